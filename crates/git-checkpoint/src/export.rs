//! `git checkpoint export`: checkpoints, written to be read elsewhere.

mod file;
mod outcome;

use std::path::PathBuf;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::{checkpoint::Checkpoint, id::CheckpointId, maestro::Maestro};
use checkpoint_store::{Stored, export as store};

pub(crate) use self::outcome::ExportOutcome;
use self::outcome::{Exported, States};
use crate::{
    CheckpointError, ExchangeError,
    args::{ExportArgs, ExportFormat},
    exchange::{bundle_beside, is_stream},
};

/// Writes records, and with `--with-state` the states into a git bundle beside them. States come first: where they
/// cannot be written, no file of records tells of them.
pub(crate) fn run(
    session: &Session<'_>,
    args: ExportArgs,
) -> Result<ExportOutcome, CheckpointError> {
    let path = args.output.filter(|path| !is_stream(path));
    let path = path.map(|path| session.surroundings.cwd.join(path));
    let bundle = match (args.with_state, args.format, &path) {
        (false, ..) => None,
        (true, ExportFormat::Maestro, _) => return Err(ExchangeError::FormatWithoutState.into()),
        (true, _, None) => return Err(ExchangeError::StateNeedsFile.into()),
        (true, _, Some(path)) => Some(bundle_beside(path)),
    };
    let chosen = chosen(session, &args.checkpoints, args.session.as_deref())?;
    let all: Vec<&Stored> = chosen.iter().collect();
    let states = bundle.map(|bundle| write_states(session, &all, bundle));
    let states = states.transpose()?;
    let (bytes, without_record) = match args.format {
        ExportFormat::Native => native(session, &all)?,
        ExportFormat::Maestro => (maestro(session, &all, args.session), Vec::new()),
    };
    let exported = match path {
        Some(path) => {
            file::replace(&path, &bytes)?;
            Exported::To(path)
        }
        None => Exported::Here(bytes),
    };
    Ok(ExportOutcome {
        exported,
        n_records: all.len() - without_record.len(),
        without_record,
        states,
    })
}

/// The schema of `export --json`, which tells of the file that was written.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// Those that were typed, else all; also deleted ones, so that the other side learns of it.
fn chosen(
    session: &Session<'_>,
    typed: &[String],
    of_session: Option<&str>,
) -> Result<Vec<Stored>, CheckpointError> {
    let mut chosen = match typed {
        [] => checkpoint_store::load(&session.repo)?.checkpoints,
        typed => session.choose_all(typed)?,
    };
    chosen.retain(|stored| {
        of_session.is_none() || stored.checkpoint.created.session.as_deref() == of_session
    });
    chosen.sort_by_key(|stored| stored.checkpoint.id);
    Ok(chosen)
}

fn write_states(
    session: &Session<'_>,
    chosen: &[&Stored],
    bundle: PathBuf,
) -> Result<States, CheckpointError> {
    let checkpoints = store::export_states(&session.repo, chosen, &bundle)?;
    Ok(States {
        checkpoints,
        bundle,
    })
}

fn native(
    session: &Session<'_>,
    chosen: &[&Stored],
) -> Result<(Vec<u8>, Vec<CheckpointId>), CheckpointError> {
    let mut bytes = Vec::new();
    let without_record = store::export(&session.repo, chosen, session.now(), &mut bytes)?;
    Ok((bytes, without_record))
}

fn maestro(session: &Session<'_>, chosen: &[&Stored], of_session: Option<String>) -> Vec<u8> {
    let checkpoints: Vec<Checkpoint> = chosen.iter().map(|it| (*it.checkpoint).clone()).collect();
    let document = Maestro::of(of_session, &checkpoints, session.now());
    let mut bytes = serde_json::to_vec_pretty(&document)
        .expect("keys are strings, and no value of ours refuses to be written");
    bytes.push(b'\n');
    bytes
}
