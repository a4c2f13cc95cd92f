//! What records need in git config to follow their commits.

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::{Session, shell_word};
use checkpoint_git::refs;

use super::{finding::Finding, mend::Mend};
use crate::{
    hook::scripts::CONFIG,
    setup::{installed::Installed, settings},
};

const WHAT: &str = "settings";

pub(super) fn look(session: &Session<'_>) -> Vec<Finding> {
    let config = fs_err::read(session.repo.common_dir().join("config")).unwrap_or_default();
    let missing = match settings::of_notes(session, &config) {
        Ok(missing) => missing,
        Err(error) => return vec![Finding::failure(WHAT, error.to_string())],
    };
    let (shared, followed): (Vec<_>, Vec<_>) = missing
        .iter()
        .map(|setting| setting.key.as_str())
        .partition(|key| key.starts_with("remote.") || key.ends_with(".mergeStrategy"));
    let mut findings = vec![match followed.as_slice() {
        [] => followed_by_git(session),
        keys => not_set(session, "records are lost by amend and rebase", keys),
    }];
    // Without a remote there is nobody to share with.
    if !shared.is_empty() && !session.repo.gix().remote_names().is_empty() {
        findings.push(not_set(
            session,
            "records are not shared by themselves",
            &shared,
        ));
    }
    findings.extend(overwritten(session));
    findings
}

/// What git does with the notes that it is told to rewrite.
fn followed_by_git(session: &Session<'_>) -> Finding {
    let value = CONFIG[0].1;
    if matches!(refs::find(&session.repo, value), Ok(None)) {
        let says = format!("git warns at each amend and rebase: '{value}' is not there");
        return Finding::warning(WHAT, says).fixed_by(Mend::Begin(value));
    }
    Finding::ok(WHAT, format!("'{value}' follows amend and rebase"))
}

fn not_set(session: &Session<'_>, what: &str, keys: &[&str]) -> Finding {
    let mut keys = keys.to_vec();
    keys.dedup();
    let is_installed = matches!(Installed::read(&session.repo), Ok(Some(_)));
    let says = format!("{what}: not set: {}", keys.join(", "));
    let finding = Finding::warning(WHAT, says).by("git checkpoint init");
    match is_installed {
        true => finding.fixed_by(Mend::Install),
        false => finding,
    }
}

/// What git is told to fetch over the records that are here: those that nobody else has are lost by that.
fn overwritten(session: &Session<'_>) -> Option<Finding> {
    let config = session.repo.gix().config_snapshot();
    let names = session.repo.gix().remote_names();
    let find = |name: &BString| {
        let key = format!("remote.{name}.fetch");
        let refspecs = config.plumbing().strings(key.as_str())?;
        let is_over = |spec: &&bstr::BStr| {
            let to = spec
                .strip_prefix(b"+")
                .and_then(|spec| spec.split_once_str(":"));
            to.is_some_and(|(_, to)| {
                to.starts_with_str("refs/notes/") && !to.starts_with_str("refs/notes/remotes/")
            })
        };
        let refspec = refspecs.iter().map(|spec| spec.as_ref()).find(is_over)?;
        let says = format!("every fetch from '{name}' overwrites records: {key} = {refspec}");
        let mend = format!(
            "git config --unset-all {} '^\\+refs/notes/'",
            shell_word(&key)
        );
        Some(Finding::failure(WHAT, says).by(mend))
    };
    names
        .iter()
        .find_map(|name| find(&BString::from(name.as_bytes())))
}
