//! The published schemas of what `--json` prints.

use checkpoint_cli::{ErrorDocument, Schema};

use crate::{
    create, delete, diff, export, import, list, log, name, prune, show, status, summary, validate,
};

/// The schema of each kind of document, by its name; the names are those of the subcommands, and `error`.
#[must_use]
pub fn schemas() -> Vec<(&'static str, serde_json::Value)> {
    let all = [
        Schema::of::<ErrorDocument>("error"),
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
    ];
    all.into_iter()
        .map(|schema| (schema.name, schema.json))
        .collect()
}
