//! `git checkpoint import`: checkpoints that `export` wrote elsewhere.

mod outcome;

use std::{
    io::{self, BufRead, BufReader, Read as _},
    path::Path,
};

use checkpoint_cli::{Schema, Session};
use checkpoint_store::{
    StoreError,
    export::{self as store, Imported, ImportedStates},
};

pub(crate) use self::outcome::ImportOutcome;
use crate::{
    CheckpointError, ExchangeError,
    args::ImportArgs,
    exchange::{bundle_beside, is_stream},
};

/// Merges records by set union, and takes states from the bundle that stands beside the file, if one does; a bundle
/// alone will do as well. A file that is broken changes nothing.
pub(crate) fn run(
    session: &Session<'_>,
    args: ImportArgs,
) -> Result<ImportOutcome, CheckpointError> {
    if is_stream(&args.file) {
        let records = import_records(session, &mut io::stdin().lock())?;
        return Ok(ImportOutcome {
            records: Some(records),
            states: None,
        });
    }
    let file = session.surroundings.cwd.join(&args.file);
    if is_bundle(&file)? {
        return Ok(ImportOutcome {
            records: None,
            states: Some(import_states(session, &file, false)?),
        });
    }
    let bundle = bundle_beside(&file);
    let has_bundle = bundle.is_file();
    if has_bundle {
        check_bundle(session, &bundle)?;
    }
    let mut input = open(&file)?;
    let records = import_records(session, &mut input)?;
    let states = has_bundle.then(|| import_states(session, &bundle, true));
    Ok(ImportOutcome {
        records: Some(records),
        states: states.transpose()?,
    })
}

/// The schema of `import --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

fn import_records(
    session: &Session<'_>,
    input: &mut dyn BufRead,
) -> Result<Imported, CheckpointError> {
    let doing = session.doing("git checkpoint import");
    Ok(store::import(&session.repo, input, &doing)?)
}

/// Asks git whether the bundle is one, and has all it needs here, before anything is imported.
fn check_bundle(session: &Session<'_>, bundle: &Path) -> Result<(), ExchangeError> {
    let words = ["bundle", "verify", "--quiet"].map(AsRef::as_ref);
    let program = session
        .repo
        .git(words.into_iter().chain([bundle.as_os_str()]));
    let verified = program.output().map_err(StoreError::from);
    verified
        .map_err(|error| broken(bundle, false, error))
        .map(drop)
}

fn import_states(
    session: &Session<'_>,
    bundle: &Path,
    has_records: bool,
) -> Result<ImportedStates, ExchangeError> {
    store::import_states(&session.repo, bundle).map_err(|error| broken(bundle, has_records, error))
}

fn broken(bundle: &Path, has_records: bool, error: StoreError) -> ExchangeError {
    ExchangeError::BrokenBundle {
        path: bundle.to_owned(),
        has_records,
        source: error.into(),
    }
}

fn open(file: &Path) -> Result<BufReader<fs_err::File>, ExchangeError> {
    let opened = fs_err::File::open(file).map_err(|source| unreadable(file, source))?;
    Ok(BufReader::new(opened))
}

/// Whether the file begins as git's bundles do; see gitformat-bundle(5).
fn is_bundle(file: &Path) -> Result<bool, ExchangeError> {
    let mut start = Vec::new();
    let read = open(file)?.take(16).read_to_end(&mut start);
    read.map_err(|source| unreadable(file, source))?;
    Ok(start.starts_with(b"# v") && start.ends_with(b" git bundle\n"))
}

fn unreadable(file: &Path, source: io::Error) -> ExchangeError {
    ExchangeError::Unreadable {
        path: file.to_owned(),
        source,
    }
}
