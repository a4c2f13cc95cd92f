//! The filters of a path: line ends, `$Id$`, encodings, clean and smudge.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::Stdio;

use checkpoint_git::Repository;
use checkpoint_git::paths::as_path;
use gix::ObjectId;
use gix::attrs::StateRef;
use gix::bstr::{BStr, ByteSlice};
use gix::filter::plumbing::driver::apply::Delay;
use gix::filter::plumbing::pipeline::convert::to_worktree::{
    Options as ToWorktree, UnknownEncoding,
};
use gix::filter::plumbing::pipeline::convert::{ToGitOutcome, ToWorktreeOutcome};
use gix::filter::plumbing::pipeline::{CrlfRoundTripCheck, Options};
use gix::filter::plumbing::{Driver, Pipeline};
use gix::index::State;
use gix::index::entry::{Flags, Mode, Stat};
use gix::objs::Kind;
use gix::worktree::Stack;
use gix::worktree::stack::state::attributes::Source;

use super::FilesError;
use super::content::BIG;

/// Where attributes are read from. Only the entries named `.gitattributes` count: [`attributes_of`] makes an index of
/// these alone.
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'a> {
    /// As they were when what is there now was kept: they tell what git would store of it.
    pub before: &'a State,
    /// As they shall be: they make the files. What it has no `.gitattributes` for is read from the working tree, so the
    /// steps on files of that name come first.
    pub after: &'a State,
}

/// An index of nothing but these files, for [`Attributes`]: regular ones, as git follows no link for attributes.
pub fn attributes_of<'a>(
    hash: gix::hash::Kind,
    files: impl IntoIterator<Item = (&'a BStr, ObjectId)>,
) -> State {
    let mut state = State::new(hash);
    for (path, id) in files {
        state.dangerously_push_entry(Stat::default(), id, Flags::empty(), Mode::FILE, path);
    }
    state.sort_entries();
    state
}

/// How the attributes of another state would make files, compared with those of the working tree.
pub(crate) struct Shapes {
    gix: gix::Repository,
    now: Rules,
    then: Rules,
}

/// What decides how a file is made of a blob.
const CONVERSIONS: [&str; 6] = [
    "text",
    "crlf",
    "eol",
    "ident",
    "filter",
    "working-tree-encoding",
];

impl Shapes {
    /// The attributes of the working tree, or else of the index `now`; and those of `then` alone.
    pub(crate) fn new(
        repo: &gix::Repository,
        now: &State,
        then: &State,
    ) -> Result<Self, FilesError> {
        let rules = |source: gix::Error| FilesError::Rules {
            what: "attributes of the checkpoint",
            source: source.into(),
        };
        let now = Rules::new(repo, now, Source::WorktreeThenIdMapping, true).map_err(rules)?;
        let then = Rules::new(repo, then, Source::IdMapping, true).map_err(rules)?;
        Ok(Self {
            gix: repo.clone(),
            now,
            then,
        })
    }

    /// Whether the file at `path` may be another.
    pub(crate) fn differ(&mut self, path: &BStr) -> Result<bool, FilesError> {
        let conversions = |rules: &mut Rules| {
            let mut wanted = rules.stack.selected_attribute_matches(CONVERSIONS);
            let entry = rules.stack.at_path(path, None, &self.gix.objects)?;
            let _is_any = entry.matching_attributes(&mut wanted);
            let states = wanted.iter_selected();
            Ok(states
                .map(|found| found.assignment.state.to_owned())
                .collect::<Vec<_>>())
        };
        let failed = FilesError::because("read attributes of", path);
        let read =
            conversions(&mut self.now).and_then(|now| Ok(now != conversions(&mut self.then)?));
        read.map_err(|error: std::io::Error| failed(error))
    }

    /// The file at `path` that becomes of a blob; none where only a driver or the git program can tell.
    pub(crate) fn file<E>(
        &mut self,
        path: &BStr,
        stored: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Option<Vec<u8>>, E> {
        let asked = self.then.asked(&self.gix, path);
        if asked.map_or(true, |asked| {
            asked.driver.is_some() || asked.is_encoded || asked.has_ids
        }) {
            return Ok(None);
        }
        let stored = stored()?;
        let made = match self.then.smudge(&self.gix, path, &stored) {
            Ok(ToWorktreeOutcome::Buffer(bytes)) => Some(bytes.to_vec()),
            Ok(ToWorktreeOutcome::Unchanged(_)) => None,
            _ => return Ok(None),
        };
        Ok(Some(made.unwrap_or(stored)))
    }
}

/// Turns files into what git stores, and back.
pub(super) struct Filters {
    repo: Repository,
    gix: gix::Repository,
    /// What is kept: with the attributes kept with it; these, or else those of the working tree.
    before: [Rules; 2],
    after: Rules,
    /// The same without drivers: what git writes when an optional one fails.
    plain: Rules,
}

/// What the attributes of a path ask for.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// `filter`: the driver, if the configuration has one of that name.
    driver: Option<Driver>,
    /// `working-tree-encoding`, but not UTF-8.
    is_encoded: bool,
    /// `ident`
    has_ids: bool,
}

/// How a file is made of a blob.
pub(super) struct Conversion {
    /// The driver, if it has a command for files on their way out, or must have one.
    pub(super) driver: Option<Driver>,
    /// Another encoding than UTF-8: gix knows other ones than git, and writes UTF-8 where it should write UTF-16.
    pub(super) is_encoded: bool,
    /// Ids are to be expanded.
    pub(super) has_ids: bool,
    /// The bytes may change for some other reason.
    pub(super) may_change: bool,
}

impl Filters {
    pub(super) fn new(repo: &Repository, attributes: Attributes<'_>) -> Result<Self, FilesError> {
        let gix = repo.gix().clone();
        let rules = |index, source, with_drivers| {
            Rules::new(&gix, index, source, with_drivers).map_err(|source| FilesError::Rules {
                what: "attributes and filters",
                source: source.into(),
            })
        };
        Ok(Self {
            before: [
                rules(attributes.before, Source::IdMapping, true)?,
                rules(attributes.before, Source::IdMappingThenWorktree, true)?,
            ],
            after: rules(attributes.after, Source::IdMappingThenWorktree, true)?,
            plain: rules(attributes.after, Source::IdMappingThenWorktree, false)?,
            repo: repo.clone(),
            gix,
        })
    }

    /// Forgets what was read of the working tree: a `.gitattributes` has changed.
    pub(super) fn renew(&mut self) {
        let [one, other] = &mut self.before;
        for rules in [one, other, &mut self.after, &mut self.plain] {
            rules.renew();
        }
    }

    /// What the file at `path` goes through on its way out.
    pub(super) fn conversion(&mut self, path: &BStr) -> Result<Conversion, FilesError> {
        let asked = self.after.asked(&self.gix, path);
        let asked = asked.map_err(FilesError::because("read attributes of", path))?;
        let probe = self.plain.smudge(&self.gix, path, b"\n");
        let may_change = probe.map_or(true, |out| !matches!(out, ToWorktreeOutcome::Unchanged(_)));
        Ok(Conversion {
            driver: asked.driver.filter(|driver| {
                driver.required || driver.smudge.is_some() || driver.process.is_some()
            }),
            is_encoded: asked.is_encoded,
            has_ids: asked.has_ids,
            may_change,
        })
    }

    /// The file that becomes of `stored`, with ids expanded, without any driver.
    pub(super) fn without_driver(
        &mut self,
        path: &BStr,
        stored: Vec<u8>,
    ) -> Result<Vec<u8>, FilesError> {
        let bytes = match self.plain.smudge(&self.gix, path, &stored) {
            Ok(ToWorktreeOutcome::Buffer(bytes)) => Some(bytes.to_vec()),
            Ok(_) => None,
            Err(source) => {
                return Err(FilesError::Rules {
                    what: "attributes and filters",
                    source: source.into(),
                });
            }
        };
        Ok(bytes.unwrap_or(stored))
    }

    /// What becomes of `stored`, the blob `id`, on its way to `path`.
    pub(super) fn smudge<'input>(
        &mut self,
        path: &BStr,
        id: ObjectId,
        stored: &'input [u8],
    ) -> Result<ToWorktreeOutcome<'input, '_>, gix::Error> {
        self.after.pipeline.driver_context_mut().blob = Some(id);
        self.after.smudge(&self.gix, path, stored)
    }

    /// Starts anew after a failure: a process that was left in the middle of an answer would give it to the next question.
    pub(super) fn recover(&mut self) {
        self.after.renew();
    }

    /// Whether git would have stored `stored` for a file with this content, when that was kept.
    pub(super) fn is_stored_as(&mut self, path: &BStr, content: &[u8], stored: &ObjectId) -> bool {
        let Self { gix, before, .. } = self;
        let cleaned = before
            .iter_mut()
            .map(|rules| rules.clean(gix, path, content, stored));
        let mut has_failed = false;
        for id in cleaned {
            match id {
                Ok(id) if id == *stored => return true,
                Ok(_) => {}
                Err(_) => has_failed = true,
            }
        }
        // What gix cannot convert (an encoding it does not know) git may.
        has_failed && self.hash_by_program(path, content) == Some(*stored)
    }

    /// The same for a file too large for memory; it is read from its start.
    pub(super) fn is_big_stored_as(
        &mut self,
        path: &BStr,
        file: &mut File,
        stored: &ObjectId,
    ) -> std::io::Result<bool> {
        let Self { gix, before, .. } = self;
        let nowhere = stored.kind().null();
        let is_converted = before.iter_mut().any(|rules| {
            let is_asked = rules.asked(gix, path).map_or(true, |asked| {
                asked.driver.is_some() || asked.is_encoded || asked.has_ids
            });
            let line = b"\r\n".as_slice();
            let cleaned = |rules: &mut Rules| rules.clean(gix, path, line, &nowhere);
            is_asked || cleaned(rules).map_or(true, |id| !is_id_of(&id, line))
        });
        if !is_converted {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(0))?;
        let mut command = self.repo.git(hash_arguments(path)).into_command();
        command.stdin(file.try_clone()?).stderr(Stdio::null());
        let output = command.output()?;
        let id = ObjectId::from_hex(output.stdout.trim());
        Ok(output.status.success() && id.is_ok_and(|id| id == *stored))
    }

    fn hash_by_program(&self, path: &BStr, content: &[u8]) -> Option<ObjectId> {
        let hex = self
            .repo
            .git(hash_arguments(path))
            .output_of(content)
            .ok()?;
        ObjectId::from_hex(hex.trim()).ok()
    }
}

fn hash_arguments(path: &BStr) -> [std::ffi::OsString; 3] {
    ["hash-object".into(), "--stdin".into(), path_argument(path)]
}

/// `--path=<path>`, for the git program.
pub(super) fn path_argument(path: &BStr) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from("--path=");
    argument.push(as_path(path));
    argument
}

fn is_id_of(id: &gix::oid, content: &[u8]) -> bool {
    gix::objs::compute_hash(id.kind(), Kind::Blob, content).is_ok_and(|found| found == id)
}

/// One set of attributes, and the filters that they name.
struct Rules {
    /// Without anything read yet.
    pristine: Stack,
    stack: Stack,
    pipeline: Pipeline,
    wanted: gix::attrs::search::Outcome,
    context: gix::command::Context,
    options: Options,
    hash: gix::hash::Kind,
}

impl Rules {
    fn new(
        repo: &gix::Repository,
        index: &State,
        source: Source,
        with_drivers: bool,
    ) -> Result<Self, gix::Error> {
        let stack = repo.attributes_only(index, source)?.detach();
        let mut options = gix::filter::Pipeline::options(repo)?;
        // `core.safecrlf=true` makes `git add` refuse; that does not change what a file is.
        options.crlf_roundtrip_check = CrlfRoundTripCheck::Skip;
        if !with_drivers {
            options.drivers.clear();
        }
        // `filter.<driver>.smudge=` switches a command off; gix would run the empty command, and write an empty file.
        for driver in &mut options.drivers {
            for command in [&mut driver.clean, &mut driver.smudge, &mut driver.process] {
                command.take_if(|command| command.is_empty());
            }
            // Required, and not configured at all: what was kept is the very file, so it comes back as it is.
            let commands = [&driver.clean, &driver.smudge, &driver.process];
            driver.required &= commands.iter().any(|command| command.is_some());
        }
        let context = repo.command_context()?;
        let hash = repo.object_hash();
        Ok(Self {
            wanted: selected(&stack),
            pipeline: Pipeline::new(context.clone(), hash, options.clone()),
            pristine: stack.clone(),
            stack,
            context,
            options,
            hash,
        })
    }

    /// Starts anew: nothing read of the working tree, no process running.
    fn renew(&mut self) {
        self.stack = self.pristine.clone();
        self.wanted = selected(&self.stack);
        self.pipeline = Pipeline::new(self.context.clone(), self.hash, self.options.clone());
    }

    /// What the attributes of `path` ask for.
    fn asked(&mut self, repo: &gix::Repository, path: &BStr) -> std::io::Result<Asked> {
        let entry = self.stack.at_path(path, None, &repo.objects)?;
        let _is_any = entry.matching_attributes(&mut self.wanted);
        let mut asked = Asked::default();
        for found in self.wanted.iter_selected() {
            match (found.assignment.name.as_str(), found.assignment.state) {
                ("filter", StateRef::Value(name)) => {
                    let mut drivers = self.options.drivers.iter();
                    asked.driver = drivers
                        .find(|driver| driver.name == name.as_bstr())
                        .cloned();
                }
                ("working-tree-encoding", StateRef::Value(name)) => {
                    let name = name.as_bstr();
                    asked.is_encoded = ![b"utf-8".as_slice(), b"utf8"]
                        .iter()
                        .any(|utf8| name.eq_ignore_ascii_case(utf8));
                }
                ("working-tree-encoding", StateRef::Set | StateRef::Unset) => {
                    asked.is_encoded = true;
                }
                ("ident", StateRef::Set) => asked.has_ids = true,
                _ => {}
            }
        }
        Ok(asked)
    }

    fn smudge<'input>(
        &mut self,
        repo: &gix::Repository,
        path: &BStr,
        stored: &'input [u8],
    ) -> Result<ToWorktreeOutcome<'input, '_>, gix::Error> {
        let entry = self
            .stack
            .at_path(path, None, &repo.objects)
            .map_err(gix::Error::from_error)?;
        let outcome = self.pipeline.convert_to_worktree(
            stored,
            path,
            &mut |_, wanted| {
                entry.matching_attributes(wanted);
            },
            ToWorktree {
                can_delay: Delay::Forbid,
                unknown_encoding: UnknownEncoding::Ignore,
            },
        )?;
        Ok(outcome)
    }

    /// The id of what git stores for `content`.
    fn clean(
        &mut self,
        repo: &gix::Repository,
        path: &BStr,
        content: &[u8],
        stored: &ObjectId,
    ) -> Result<ObjectId, gix::Error> {
        let entry = self
            .stack
            .at_path(path, None, &repo.objects)
            .map_err(gix::Error::from_error)?;
        let outcome = self.pipeline.convert_to_git(
            content,
            as_path(path),
            &mut |_, wanted| {
                entry.matching_attributes(wanted);
            },
            // With `text=auto` line ends are kept where the index has CR LF already. What is stored then has them too.
            &mut |buffer| {
                use gix::prelude::FindExt as _;
                let header = repo.find_header(*stored);
                if header.map_or(true, |header| header.size() > BIG) {
                    return Ok(None);
                }
                Ok(repo.objects.find_blob(stored, buffer).ok().map(|_| ()))
            },
        )?;
        let mut read = Vec::new();
        let cleaned = match outcome {
            ToGitOutcome::Unchanged(content) => content,
            ToGitOutcome::Buffer(cleaned) => cleaned,
            ToGitOutcome::Process(mut reader) => {
                reader
                    .read_to_end(&mut read)
                    .map_err(gix::Error::from_error)?;
                &read
            }
        };
        gix::objs::compute_hash(self.hash, Kind::Blob, cleaned)
    }
}

fn selected(stack: &Stack) -> gix::attrs::search::Outcome {
    stack.selected_attribute_matches(["filter", "working-tree-encoding", "ident"])
}
