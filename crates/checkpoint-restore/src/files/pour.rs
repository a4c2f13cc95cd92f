//! Fills a file: from memory, from the git program, or from the commands of a driver.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Command, Stdio};

use checkpoint_git::ProgramError;
use checkpoint_git::objects::LooseBlob;
use gix::ObjectId;
use gix::bstr::BStr;
use gix::filter::plumbing::Driver;
use gix::filter::plumbing::driver::apply::MaybeDelayed;
use gix::filter::plumbing::pipeline::convert::ToWorktreeOutcome;

use super::FilesError;
use super::content::{Body, Source, failed};
use super::filters::path_argument;

impl Source {
    /// Writes `body` to `out`, an empty file.
    pub(super) fn pour(
        &mut self,
        path: &BStr,
        body: &Body,
        out: &mut File,
    ) -> Result<(), FilesError> {
        match body {
            Body::Target(bytes) | Body::Bytes(bytes) => write(path, bytes, out),
            Body::Blob { id, size } => {
                let n_bytes = self.pour_blob(path, *id, out)?;
                match n_bytes == *size {
                    true => Ok(()),
                    false => Err(FilesError::MissingObject {
                        id: *id,
                        path: path.to_owned(),
                        source: format!("{n_bytes} bytes of {size}").into(),
                    }),
                }
            }
            Body::ByProgram { id, driver } => {
                let id = id.to_string().into();
                let arguments = [
                    "cat-file".into(),
                    "--filters".into(),
                    path_argument(path),
                    id,
                ];
                let command = self.repo.git(arguments).into_command();
                let poured = pour_command(path, command, out);
                match (poured, driver) {
                    (Ok(_), _) => Ok(()),
                    (Err(FilesError::Program { source, .. }), Some(driver)) => {
                        Err(failed(path, driver, Some(source.into())))
                    }
                    (Err(error), _) => Err(error),
                }
            }
            Body::ByDriver { id, driver } => self.pour_by_driver(path, *id, driver, out),
        }
    }

    /// Streams a big blob and gives its number of bytes. Of a loose one git would map the whole file, of a packed one
    /// it holds everything below `core.bigFileThreshold`.
    fn pour_blob(&self, path: &BStr, id: ObjectId, out: &mut File) -> Result<u64, FilesError> {
        if let Some(mut blob) =
            LooseBlob::open(&self.gix, &id).map_err(FilesError::because("read", path))?
        {
            return copy(&mut blob, out).map_err(|error| match error {
                Copying::Write(error) => FilesError::at("write", path, error),
                Copying::Read(source) => FilesError::MissingObject {
                    id,
                    path: path.to_owned(),
                    source,
                },
            });
        }
        let streaming = [
            "-c",
            "core.bigFileThreshold=8m",
            "-c",
            "core.packedGitWindowSize=16m",
            "-c",
            "core.packedGitLimit=32m",
        ];
        let id = id.to_string();
        let arguments = streaming.into_iter().chain(["cat-file", "blob", &id]);
        pour_command(path, self.repo.git(arguments).into_command(), out)
    }

    fn pour_by_driver(
        &mut self,
        path: &BStr,
        id: ObjectId,
        driver: &Driver,
        out: &mut File,
    ) -> Result<(), FilesError> {
        let stored = self.blob(path, id)?;
        let poured = match self.filters.smudge(path, id, &stored) {
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Immediate(mut reader))) => {
                copy(&mut reader, out).map(drop)
            }
            Ok(ToWorktreeOutcome::Process(MaybeDelayed::Delayed(_))) => {
                Err(Copying::Read("it delayed what it must not".into()))
            }
            // It does not do what it was asked for, such as a process that can only clean.
            Ok(_) => Err(Copying::Read("it cannot smudge".into())),
            Err(error) => Err(Copying::Read(error.into())),
        };
        match poured {
            Ok(_) => return Ok(()),
            Err(Copying::Write(error)) => {
                self.filters.recover();
                return Err(FilesError::at("write", path, error));
            }
            Err(Copying::Read(source)) => {
                self.filters.recover();
                if driver.required {
                    return Err(failed(path, driver, Some(source)));
                }
            }
        }
        // An optional filter that fails is passed over.
        out.set_len(0)
            .and_then(|()| out.seek(SeekFrom::Start(0)))
            .map_err(FilesError::because("write", path))?;
        let bytes = self.filters.without_driver(path, stored)?;
        write(path, &bytes, out)
    }
}

fn write(path: &BStr, bytes: &[u8], out: &mut File) -> Result<(), FilesError> {
    out.write_all(bytes)
        .map_err(FilesError::because("write", path))
}

/// Runs `command` and writes what it says to `out`; gives the number of bytes. Its complaints go where ours go.
fn pour_command(path: &BStr, mut command: Command, out: &mut File) -> Result<u64, FilesError> {
    let what = format!(
        "git {}",
        command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ")
    );
    let program = |source| FilesError::Program {
        path: path.to_owned(),
        source,
    };
    command.stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().map_err(|source| {
        program(ProgramError::NotRun {
            what: what.clone(),
            source,
        })
    })?;
    let mut stdout = child
        .stdout
        .take()
        .expect("standard output was asked for as a pipe");
    let poured = std::io::copy(&mut stdout, out);
    // Where we cannot write any more it must not wait for us.
    drop(stdout);
    let status = child.wait().map_err(FilesError::because("write", path))?;
    let n_bytes = poured.map_err(FilesError::because("write", path))?;
    match status.success() {
        true => Ok(n_bytes),
        false => Err(program(ProgramError::Failed {
            what,
            code: status.code(),
            stderr: String::new(),
        })),
    }
}

/// Which side of a copy failed.
enum Copying {
    Read(Box<dyn std::error::Error + Send + Sync>),
    Write(std::io::Error),
}

/// Gives the number of bytes.
fn copy(from: &mut dyn Read, to: &mut File) -> Result<u64, Copying> {
    let mut buffer = vec![0; 64 * 1024];
    let mut n_bytes = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(n_bytes),
            Ok(n_read) => {
                to.write_all(&buffer[..n_read]).map_err(Copying::Write)?;
                n_bytes += n_read as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Copying::Read(error.into())),
        }
    }
}
