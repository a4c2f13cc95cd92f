//! Another process: this very test binary, told what to do by a file in its working directory.

use std::process::{Child, Command, Stdio};

use gix::objs::Kind;
use miette::Diagnostic;

use super::super::{Durability, ObjectError, ObjectSink, Written};
use super::{Fixture, noise, prose};

/// What the process shall write into the repository it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Job {
    /// This many small objects.
    Prose(u64),
    /// This many objects of 20 KB that do not shrink.
    Noise(u64),
    /// One that is streamed.
    Big,
}

impl std::fmt::Display for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Prose(n) => write!(f, "prose {n}"),
            Self::Noise(n) => write!(f, "noise {n}"),
            Self::Big => write!(f, "big 1"),
        }
    }
}

const FILE: &str = "child-job";

impl Fixture {
    /// Starts a process with this job; `wrapper` is a command that starts it in its turn.
    pub(super) fn start(&self, wrapper: &[&str], job: Job) -> Child {
        let file = self.path().join(FILE);
        // Not while another child with the same job may be reading it.
        if !fs_err::read_to_string(&file).is_ok_and(|text| text == job.to_string()) {
            fs_err::write(file, job.to_string()).unwrap();
        }
        let this = std::env::current_exe().unwrap();
        let mut command = match wrapper {
            [] => Command::new(this),
            [program, args @ ..] => {
                let mut command = Command::new(program);
                command.args(args).arg(this);
                command
            }
        };
        command.args([
            "objects::tests::child::does_its_job",
            "--exact",
            "--nocapture",
        ]);
        command
            .current_dir(self.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }
}

/// Waits for the process and gives what became of its job: `written` or the code of an error.
pub(super) fn outcome(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let outcome = said.split_once("outcome: ").map(|(_, rest)| rest);
    let outcome = outcome.unwrap_or_else(|| panic!("the child did not get far: {said}{complaint}"));
    outcome.lines().next().unwrap_or_default().to_owned()
}

/// The process itself. Without the file that tells its job this is not a child, and there is nothing to do.
#[test]
fn does_its_job() {
    let Ok(job) = fs_err::read_to_string(FILE) else {
        return;
    };
    let (what, n) = job.split_once(' ').unwrap();
    let all = 0..n.parse().unwrap();
    let result = match what {
        "prose" => write(all.map(|n| prose(n, 700))),
        "noise" => write(all.map(|n| noise(n, 20_000))),
        _ => write(all.map(|n| noise(n, 9 * 1024 * 1024))),
    };
    match result {
        Ok(_) => println!("outcome: written"),
        Err(error) => println!("outcome: {}", error.code().unwrap()),
    }
}

fn write(contents: impl IntoIterator<Item = Vec<u8>>) -> Result<Written, ObjectError> {
    let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
    let repo = gix::open_opts(".", options).unwrap();
    let sink = ObjectSink::with_durability(&repo, Durability::None)?;
    for content in contents {
        sink.write(Kind::Blob, content)?;
    }
    sink.finish()
}

/// What makes a process not be root, which may do everything; nothing for those who are not root anyway.
pub(super) fn as_nobody() -> &'static [&'static str] {
    match rustix::process::geteuid().is_root() {
        true => &[
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ],
        false => &[],
    }
}
