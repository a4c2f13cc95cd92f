//! `git checkpoint doctor`: looks whether all is well.
//!
//! Each module of it looks at one thing and gives [`Finding`]s: ok, a warning, or a failure, with the command that
//! mends it. `mend` does what can be done without losing anything; `outcome` tells.

mod finding;
mod hooks;
mod leftovers;
mod mend;
mod outcome;
mod policy;
mod programs;
mod records;
mod settings;

use checkpoint_cli::{Schema, Session};

use self::finding::Finding;
pub(crate) use self::outcome::DoctorOutcome;
use crate::{CheckpointError, args::DoctorArgs};

/// Looks at everything; with `--fix`, mends what can be mended and looks again.
pub(crate) fn run(
    session: &Session<'_>,
    args: DoctorArgs,
) -> Result<DoctorOutcome, CheckpointError> {
    let findings = examine(session);
    let (mended, findings) = match (args.fix, args.dry_run) {
        (false, _) => (Vec::new(), findings),
        (true, true) => (mend::plan(&findings), findings),
        (true, false) => {
            let mended = mend::run(session, mend::plan(&findings));
            (mended, examine(session))
        }
    };
    Ok(DoctorOutcome {
        findings,
        mended,
        is_dry_run: args.dry_run,
    })
}

/// The schema of `doctor --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

fn examine(session: &Session<'_>) -> Vec<Finding> {
    let mut findings = programs::look(session);
    findings.extend(hooks::look(session));
    findings.extend(settings::look(session));
    findings.extend(policy::look(session));
    findings.extend(leftovers::look(session));
    findings.extend(records::look(session));
    findings
}
