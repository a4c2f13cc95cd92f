//! `git checkpoint verify`: whether checkpoints are what they say.

mod github;
mod junit;
mod outcome;

use std::io::Write as _;
use std::path::PathBuf;

use checkpoint_cli::{Console, ErrorDocument, FailureForm, Schema, Session, write_line};
use checkpoint_git::refs;
use checkpoint_policy::{PolicyReader, ReadError};
use checkpoint_store::{StoreError, tag};
use checkpoint_verify::{About, Check, CheckId, Report, Request, Status, Verified, Wanted, Which};
use miette::Diagnostic as _;

pub(crate) use self::outcome::VerifyOutcome;
use crate::{
    CheckpointError,
    args::{Format, VerifyArgs},
};

/// Makes the checks that are asked for. In GitHub Actions the summary of the job is written as well.
pub(crate) fn run(
    session: &Session<'_>,
    args: VerifyArgs,
) -> Result<VerifyOutcome, CheckpointError> {
    let reader = PolicyReader::new(&session.repo);
    let (rules, unread) = reader.agreed_rules(None);
    session.tell_of(&reader);
    let request = Request {
        which: which(session, &args.checkpoints)?,
        range: args.range,
        remote: args.remote,
        restore: args.restore,
        manifests: args.manifests,
        objects: args.objects,
        secrets: args.secrets,
    };
    let mut report = checkpoint_verify::verify(
        &session.repo,
        &session.surroundings,
        &rules.merged(),
        &request,
    )?;
    report
        .verified
        .splice(0..0, unread.iter().map(unread_policy));
    report.policy = rules
        .layers()
        .iter()
        .map(|layer| layer.source.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    if args.format == Format::Github {
        summarize(session, &report)?;
    }
    Ok(VerifyOutcome {
        report,
        format: args.format,
    })
}

/// A policy that may ask for more than was looked at. All else is told nevertheless.
fn unread_policy(error: &ReadError) -> Verified {
    let failed = Check {
        id: CheckId::PolicyReadable,
        status: Status::Failed,
        why: format!("{error}: {}", error.why()),
        remedy: error.help().map(|help| help.to_string()),
    };
    Verified {
        about: About::Repository,
        checks: vec![failed],
    }
}

/// Whoever asked for a format gets it also where nothing could be looked at.
pub(crate) fn set_failure_form(console: &Console, args: &VerifyArgs) {
    let form: FailureForm = match args.format {
        Format::Text => return,
        Format::Json => |error| {
            let document = ErrorDocument::of(error.clone());
            let mut line = Vec::new();
            write_line(&mut line, &document).expect("a vector takes all that is written");
            String::from_utf8_lossy(&line).into_owned()
        },
        Format::Github => github::failure,
        Format::Junit => junit::failure,
    };
    console.set_failure_form(form);
}

/// The schema of `verify --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// What was typed means a tag where there is one of that name, whatever it points at: a broken one is to be told as such.
fn which(session: &Session<'_>, typed: &[String]) -> Result<Which, CheckpointError> {
    if typed.is_empty() {
        return Ok(Which::All);
    }
    let prefix = format!("refs/tags/{}", tag::prefix(&session.repo));
    let mut wanted = Vec::new();
    for word in typed {
        let name = word.strip_prefix(&prefix).unwrap_or(word);
        let is_tag = gix::validate::reference::name(format!("{prefix}{name}").as_str().into())
            .is_ok()
            && refs::find(&session.repo, &format!("{prefix}{name}"))
                .map_err(StoreError::from)?
                .is_some();
        wanted.push(match is_tag {
            true => Wanted::Tag(name.to_owned()),
            false => Wanted::Snapshot(session.choose(word)?.snapshot),
        });
    }
    Ok(Which::Some(wanted))
}

/// Adds the summary to the file that GitHub Actions names; elsewhere there is none.
fn summarize(session: &Session<'_>, report: &Report) -> Result<(), CheckpointError> {
    let Some(path) = session
        .surroundings
        .filled("GITHUB_STEP_SUMMARY")
        .map(PathBuf::from)
    else {
        return Ok(());
    };
    let file = fs_err::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path);
    let written = file.and_then(|mut file| file.write_all(github::summary(report).as_bytes()));
    written.map_err(|source| CheckpointError::NoSummary { source })
}
