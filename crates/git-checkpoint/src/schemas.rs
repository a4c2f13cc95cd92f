//! The published schemas of what `--json` prints, and of the policy.

use checkpoint_cli::{ErrorDocument, Schema};
use checkpoint_model::policy::Policy;

use crate::{
    create, delete, diff, doctor, export, fetch, import, init, list, log, name, prune, push, scan,
    show, status, summary, uninstall, validate, verify,
};

/// The schema of each kind of document, by its name: those of the subcommands, `error`, and `policy`, which is not
/// printed but read.
#[must_use]
pub fn schemas() -> Vec<(&'static str, serde_json::Value)> {
    let all = [
        Schema::of::<ErrorDocument>("error"),
        Schema::of_input::<Policy>("policy"),
        status::schema(),
        create::schema(),
        list::schema(),
        show::schema(),
        diff::schema(),
        name::schema(),
        delete::schema(),
        prune::schema(),
        validate::schema(),
        summary::schema(),
        log::schema(),
        export::schema(),
        import::schema(),
        push::schema(),
        fetch::schema(),
        init::schema(),
        uninstall::schema(),
        doctor::schema(),
        verify::schema(),
    ];
    all.into_iter()
        .chain(scan::schemas())
        .map(|schema| (schema.name, schema.json))
        .collect()
}
