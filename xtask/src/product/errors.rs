//! The error codes, read from the sources: the manual lists what can happen, and cannot forget.

use std::path::Path;

use miette::{IntoDiagnostic as _, Result};

/// An error that a user can meet.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ErrorCode {
    /// `area::what_happened`, stable.
    pub(crate) code: String,
    /// Its message, with `<…>` where values stand.
    pub(crate) message: String,
}

/// The codes that `program` can end with: those of its crate, and of the crates that it is built on; sorted, each once.
/// What tests define is left out.
pub(crate) fn read(root: &Path, program: &str) -> Result<Vec<ErrorCode>> {
    let mut found = Vec::new();
    let mut folders = vec![program.to_owned()];
    let mut next = 0;
    while let Some(folder) = folders.get(next) {
        let folder = root.join("crates").join(folder);
        gather(&folder.join("src"), &mut found)?;
        let manifest = fs_err::read_to_string(folder.join("Cargo.toml")).into_diagnostic()?;
        for below in built_on(&manifest) {
            if !folders.iter().any(|folder| folder == below) {
                folders.push(below.to_owned());
            }
        }
        next += 1;
    }
    found.sort();
    found.dedup_by(|a, b| a.code == b.code);
    Ok(found)
}

/// The crates of ours that a manifest names among its dependencies.
fn built_on(manifest: &str) -> impl Iterator<Item = &str> {
    let (_, rest) = manifest
        .split_once("\n[dependencies]\n")
        .unwrap_or_default();
    let (dependencies, _) = rest.split_once("\n[").unwrap_or((rest, ""));
    let names = dependencies
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| name.starts_with("checkpoint-"))
}

fn gather(directory: &Path, found: &mut Vec<ErrorCode>) -> Result<()> {
    for entry in fs_err::read_dir(directory).into_diagnostic()? {
        let path = entry.into_diagnostic()?.path();
        if path.is_dir() {
            gather(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs_err::read_to_string(&path).into_diagnostic()?;
            let (tested, _) = source
                .split_once("#[cfg(test)]\nmod tests {")
                .unwrap_or((&source, ""));
            if !path.ends_with("tests.rs") {
                found.extend(codes(tested));
            }
        }
    }
    Ok(())
}

/// The codes of one source file: attributes of a variant stand together, so each `code(…)` goes
/// with the `#[error("…")]` of the same block of attributes.
fn codes(source: &str) -> Vec<ErrorCode> {
    attribute_blocks(source)
        .iter()
        .filter_map(|block| code(block))
        .collect()
}

fn code(block: &str) -> Option<ErrorCode> {
    let (_, rest) = block.split_once("#[diagnostic(")?;
    let (_, rest) = rest.split_once("code(")?;
    let (code, _) = rest.split_once(')')?;
    let (_, rest) = block.split_once("#[error(")?;
    Some(ErrorCode {
        code: code.trim().to_owned(),
        message: shown(&literal(rest)?),
    })
}

/// A format string as a reader should see it: `{branch}` as `<branch>`, `{0}` as `…`.
fn shown(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        if let Some(literal) = after.strip_prefix('{') {
            text.push('{');
            rest = literal;
            continue;
        }
        let (value, after) = after.split_once('}').unwrap_or((after, ""));
        let name = value
            .split([':', '.', '('])
            .next()
            .unwrap_or_default()
            .trim();
        if name.is_empty() || name.parse::<u8>().is_ok() {
            text.push('…');
        } else {
            text.push_str(&format!("<{}>", name.replace('_', " ")));
        }
        rest = after;
    }
    text.push_str(rest);
    text.replace("}}", "}")
}

/// The first string literal, unescaped as far as messages need it.
fn literal(text: &str) -> Option<String> {
    let mut characters = text.split_once('"')?.1.chars();
    let mut literal = String::new();
    loop {
        match characters.next()? {
            '"' => return Some(literal),
            '\\' => match characters.next()? {
                'n' => literal.push(' '),
                // A line continued in the source.
                '\n' => characters = characters.as_str().trim_start().chars(),
                other => literal.push(other),
            },
            other => literal.push(other),
        }
    }
}

/// Runs of lines that are attributes or doc comments, joined.
fn attribute_blocks(source: &str) -> Vec<String> {
    let mut blocks = vec![String::new()];
    let mut depth = 0_i32;
    for line in source.lines() {
        let trimmed = line.trim();
        if depth > 0 || trimmed.starts_with("#[") {
            let opened = trimmed.matches(['[', '(']).count() as i32;
            depth += opened - trimmed.matches([']', ')']).count() as i32;
            if let Some(block) = blocks.last_mut() {
                block.push_str(trimmed);
                block.push('\n');
            }
        } else if !trimmed.starts_with("//") {
            depth = 0;
            blocks.push(String::new());
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, built_on, codes, shown};

    fn check(source: &str, expected: &[(&str, &str)]) {
        let expected: Vec<ErrorCode> = expected
            .iter()
            .map(|(code, message)| ErrorCode {
                code: (*code).into(),
                message: (*message).into(),
            })
            .collect();
        assert_eq!(codes(source), expected, "in {source}");
    }

    #[test]
    fn a_code_goes_with_the_message_of_its_variant() {
        check(
            "
            /// Words.
            #[error(\"no '{name}' \\\"here\\\"\")]
            #[diagnostic(code(checkpoint::absent), help(\"look\"))]
            Absent { name: String },
            #[diagnostic(
                code(checkpoint::taken),
                help(\"another (please)\")
            )]
            #[error(\"taken\")]
            Taken,",
            &[
                ("checkpoint::absent", "no '<name>' \"here\""),
                ("checkpoint::taken", "taken"),
            ],
        );
    }

    #[test]
    fn a_manifest_tells_what_a_program_is_built_on() {
        let manifest = "[package]\nname = \"git-it\"\n\n[dependencies]\ncheckpoint-git.workspace = true\n\
                        bstr.workspace = true\ncheckpoint-cli = { workspace = true }\n\n\
                        [dev-dependencies]\ncheckpoint-capture.workspace = true\n";
        let names: Vec<_> = built_on(manifest).collect();
        assert_eq!(names, ["checkpoint-git", "checkpoint-cli"]);
    }

    #[test]
    fn values_are_shown_as_words() {
        let check = |format, expected| assert_eq!(shown(format), expected);
        check("no '{name}'", "no '<name>'");
        check("'{path:?}' took {0} of {}", "'<path>' took … of …");
        check("a {{brace}} and {max_bytes}", "a {brace} and <max bytes>");
    }

    #[test]
    fn what_passes_through_has_no_code_of_its_own() {
        check(
            "#[error(transparent)]\n#[diagnostic(transparent)]\nRepo(#[from] RepoError),",
            &[],
        );
    }
}
