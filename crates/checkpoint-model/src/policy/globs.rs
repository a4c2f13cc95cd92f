//! Patterns of branches and of paths, compiled while they are read.

use std::{fmt, str::FromStr, sync::OnceLock};

use bstr::BStr;
use globset::{Candidate, Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use miette::Diagnostic;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::{
    failure::{Failure, Kind},
    shown::shown,
    text_visitor::FromText,
};

/// A pattern that cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Error, Diagnostic)]
#[error("'{}' is not a pattern: {why}", shown(pattern))]
#[diagnostic(code(policy::pattern_invalid))]
pub struct GlobError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub why: String,
}

impl Failure for GlobError {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// Patterns of branches, without `refs/heads/`. `*` also stands for `/`.
#[derive(Clone, Default)]
pub struct BranchGlobs(Globs);

/// Patterns of paths from the top of the working tree. `*` stands for anything but `/`, `**` also for that. As in
/// gitignore(5) a pattern without a slash (but at its end) is looked for at every depth, and one that names a
/// directory means all below it. Case matters. There is no negation.
#[derive(Clone, Default)]
pub struct PathGlobs(Globs);

/// Whether the branches `main` and `Main` are two: not where the file system takes their files for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// They are two.
    #[default]
    Sensitive,
    /// They are one; git-config(1) `core.ignoreCase`.
    Insensitive,
}

/// What both are made of: the patterns as written, and one automaton for all of them.
#[derive(Clone, Default)]
struct Globs {
    patterns: Vec<String>,
    /// Compiled while they are read; those of the defaults when they are first asked.
    set: OnceLock<GlobSet>,
}

impl BranchGlobs {
    /// Compiles patterns, but for those that are so plain that nothing can be wrong with them.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, GlobError> {
        let patterns: Vec<_> = patterns.into_iter().collect();
        match patterns.iter().all(|pattern| Plain::of(pattern).is_some()) {
            true => Ok(Self::of_defaults(&patterns)),
            false => Globs::new(patterns, branch_glob).map(Self),
        }
    }

    /// Patterns of ours. Most commands match no branch, and compiling takes longer than all else they do by themselves.
    pub(super) fn of_defaults(patterns: &[&str]) -> Self {
        let patterns = patterns.iter().map(ToString::to_string).collect();
        let set = OnceLock::new();
        Self(Globs { patterns, set })
    }

    /// Whether any pattern matches the branch.
    #[must_use]
    pub fn is_match(&self, branch: &str) -> bool {
        self.0.is_match(branch.as_bytes(), branch_glob)
    }

    /// The first pattern that matches the branch.
    #[must_use]
    pub fn matching(&self, branch: &str, case: Case) -> Option<&str> {
        let is_match = |pattern: &&str| {
            if let Some(plain) = Plain::of(pattern).filter(|_| case == Case::Sensitive) {
                return plain.is_match(branch);
            }
            let glob = GlobBuilder::new(pattern)
                .backslash_escape(true)
                .case_insensitive(case == Case::Insensitive)
                .build();
            glob.is_ok_and(|glob| glob.compile_matcher().is_match(branch))
        };
        self.patterns().find(is_match)
    }
}

/// A pattern that needs no automaton: most are, and to build one takes longer than all else that a hook does.
enum Plain<'p> {
    /// The branch of this name.
    Name(&'p str),
    /// All branches that begin so.
    Prefix(&'p str),
}

impl<'p> Plain<'p> {
    fn of(pattern: &'p str) -> Option<Self> {
        let (text, plain): (_, fn(&'p str) -> Self) = match pattern.strip_suffix('*') {
            Some(prefix) => (prefix, Plain::Prefix),
            None => (pattern, Plain::Name),
        };
        let is_plain = !text.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
        (is_plain && !pattern.trim_matches('/').is_empty()).then(|| plain(text))
    }

    fn is_match(&self, branch: &str) -> bool {
        match self {
            Self::Name(name) => branch == *name,
            Self::Prefix(prefix) => branch.starts_with(prefix),
        }
    }
}

impl PathGlobs {
    /// Compiles patterns.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, GlobError> {
        Globs::new(patterns, path_globs).map(Self)
    }

    /// Whether any pattern matches the path, or a directory it lies in.
    #[must_use]
    pub fn is_match(&self, path: &BStr) -> bool {
        self.0.is_match(path, path_globs)
    }

    /// The same patterns with more behind them, as when a command line adds to the policy.
    pub fn with<'a>(&'a self, more: impl IntoIterator<Item = &'a str>) -> Result<Self, GlobError> {
        Self::new(self.patterns().chain(more))
    }
}

fn branch_glob(pattern: &str) -> Result<Vec<Glob>, globset::Error> {
    let glob = GlobBuilder::new(pattern).backslash_escape(true).build()?;
    Ok(vec![glob])
}

/// A pattern as globset knows them: once for what it names, once for what lies below that.
fn path_globs(pattern: &str) -> Result<Vec<Glob>, globset::Error> {
    let is_directory = pattern.ends_with('/');
    let named = pattern.trim_end_matches('/');
    let anchored = match named.strip_prefix('/') {
        Some(anchored) => anchored.to_owned(),
        None if named.contains('/') => named.to_owned(),
        None => format!("**/{named}"),
    };
    let build = |pattern: &str| {
        GlobBuilder::new(pattern)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
    };
    let mut globs = vec![build(&format!("{anchored}/**"))?];
    if !is_directory {
        globs.push(build(&anchored)?);
    }
    Ok(globs)
}

type Compile = fn(&str) -> Result<Vec<Glob>, globset::Error>;

impl Globs {
    fn new<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
        compile: Compile,
    ) -> Result<Self, GlobError> {
        let patterns: Vec<_> = patterns.into_iter().map(str::to_owned).collect();
        let set = OnceLock::from(Self::set(&patterns, compile)?);
        Ok(Self { patterns, set })
    }

    fn set(patterns: &[String], compile: Compile) -> Result<GlobSet, GlobError> {
        let error = |pattern: &str, why: String| GlobError {
            pattern: pattern.to_owned(),
            why,
        };
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            if pattern.trim_matches('/').is_empty() {
                return Err(error(pattern, "it names nothing".to_owned()));
            }
            let globs =
                compile(pattern).map_err(|source| error(pattern, source.kind().to_string()))?;
            for glob in globs {
                set.add(glob);
            }
        }
        set.build()
            .map_err(|source| error(&patterns.join(" "), source.kind().to_string()))
    }

    fn is_match(&self, text: &[u8], compile: Compile) -> bool {
        let set = || {
            Self::set(&self.patterns, compile)
                .expect("what was typed is compiled already, and the defaults are well-formed")
        };
        let is_match = |set: &GlobSet| set.is_match_candidate(&Candidate::from_bytes(text));
        !self.patterns.is_empty() && is_match(self.set.get_or_init(set))
    }
}

macro_rules! globs {
    ($name:ident, $description:literal) => {
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "array",
                    "description": $description,
                    "items": { "type": "string", "minLength": 1 }
                })
            }
        }

        impl $name {
            /// The patterns as they were written.
            pub fn patterns(&self) -> impl Iterator<Item = &str> + Clone {
                self.0.patterns.iter().map(String::as_str)
            }

            /// Whether there is no pattern, so that nothing matches.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.patterns.is_empty()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.patterns()).finish()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.patterns == other.0.patterns
            }
        }

        impl Eq for $name {}

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // Each is tried on its own, inside of its visitor: so an error underlines it and not the list.
                struct One(String);
                impl FromStr for One {
                    type Err = GlobError;

                    fn from_str(pattern: &str) -> Result<Self, GlobError> {
                        $name::new([pattern]).map(|_| Self(pattern.to_owned()))
                    }
                }
                impl<'de> Deserialize<'de> for One {
                    fn deserialize<D: Deserializer<'de>>(
                        deserializer: D,
                    ) -> Result<Self, D::Error> {
                        deserializer.deserialize_str(FromText::new("a pattern"))
                    }
                }
                let patterns = Vec::<One>::deserialize(deserializer)?;
                Self::new(patterns.iter().map(|One(pattern)| pattern.as_str()))
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

globs!(
    BranchGlobs,
    "Patterns of branches, without refs/heads/; '*' also stands for '/'"
);
globs!(
    PathGlobs,
    "Patterns of paths from the top of the working tree, as in gitignore(5), without negation"
);
