//! What records need in git config to follow their commits.

use checkpoint_cli::Session;

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
    if missing.is_empty() {
        let value = CONFIG[0].1;
        return vec![Finding::ok(
            WHAT,
            format!("'{value}' follows amend and rebase"),
        )];
    }
    let is_installed = matches!(Installed::read(&session.repo), Ok(Some(_)));
    let keys: Vec<_> = missing.iter().map(|setting| setting.key.as_str()).collect();
    let keys = keys.join(", ");
    let says = format!("records are lost by amend and rebase: not set: {keys}");
    let finding = Finding::warning(WHAT, says).by("git checkpoint init");
    vec![match is_installed {
        true => finding.fixed_by(Mend::Install),
        false => finding,
    }]
}
