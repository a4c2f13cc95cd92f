//! What is special about a repository, found out once.

use gix::bstr::ByteSlice;

/// The kinds of repository that route single steps to the git program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// References are kept in reftable files (`extensions.refStorage=reftable`): gix cannot read them.
    pub reftable: bool,
    /// The repository has a promisor remote (partial clone): an object may be absent without being lost.
    pub promisor: bool,
}

impl Caps {
    /// Reads them from the configuration of `repo`.
    pub(crate) fn of(repo: &gix::Repository) -> Self {
        let config = repo.config_snapshot();
        Self {
            reftable: config
                .string("extensions.refStorage")
                .is_some_and(|value| value.to_lowercase().starts_with(b"reftable")),
            promisor: config.string("extensions.partialClone").is_some() || has_promisor(repo),
        }
    }
}

/// Whether a remote has promised what is not here (`remote.<name>.promisor`).
fn has_promisor(repo: &gix::Repository) -> bool {
    let config = repo.config_snapshot();
    let sections = config
        .plumbing()
        .sections_by_name("remote")
        .into_iter()
        .flatten();
    sections.into_iter().any(|section| {
        section
            .value("promisor")
            .is_some_and(|value| !value.eq_ignore_ascii_case(b"false"))
    })
}

/// The extensions a version 1 repository may name for us to work in it; gitrepository-layout(5) and
/// `Documentation/technical/repository-version` list them. A repository with any other may keep its state in a way we
/// would misread.
const KNOWN_EXTENSIONS: &[&str] = &[
    "noop",
    "noop-v1",
    "objectformat",
    "partialclone",
    "preciousobjects",
    "refstorage",
    "relativeworktrees",
    "submodulepathconfig",
    "worktreeconfig",
];

/// The name of an extension of `repo` that we do not know, if there is one; gix opens such repositories without a word.
pub(crate) fn unknown_extension(repo: &gix::Repository) -> Option<String> {
    let config = repo.config_snapshot();
    if config.integer("core.repositoryFormatVersion").unwrap_or(0) < 1 {
        return None;
    }
    let sections = config.plumbing().sections_by_name("extensions")?;
    sections
        .filter(|section| section.meta().source == gix::config::Source::Local)
        .flat_map(|section| {
            section
                .value_names()
                .map(|name| name.to_string())
                .collect::<Vec<_>>()
        })
        .find(|name| !KNOWN_EXTENSIONS.contains(&name.to_lowercase().as_str()))
}
