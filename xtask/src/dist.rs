//! `cargo xtask dist`: keeps copies of what is generated in `docs/`, and checks them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, miette};

use crate::{
    place::{Place, note},
    product::{self, Generated, Kind},
};

/// Write man pages, completions and JSON schemas to docs/
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a kept copy is not what would be written
    #[arg(long)]
    check: bool,
}

/// The folders that hold generated files and nothing else.
const FOLDERS: [&str; 3] = ["docs/man", "docs/completions", "docs/schema"];

/// Writes or checks.
pub(crate) fn run(args: &Args) -> Result<()> {
    let place = Place::read()?;
    let wanted: BTreeMap<PathBuf, Vec<u8>> = product::generate(&place.root)?
        .into_iter()
        .map(|file| (Path::new(folder(&file)).join(&file.name), file.content))
        .collect();
    let stale = stale(&place.root, &wanted)?;
    if !args.check {
        return write(&place.root, &wanted, &stale);
    }
    if stale.is_empty() {
        note(&format!(
            "{} generated files are as they should be",
            wanted.len()
        ));
        return Ok(());
    }
    let list: String = stale
        .iter()
        .map(|path| format!("\n  {}", path.display()))
        .collect();
    Err(miette!(
        help = "cargo xtask dist",
        "stale copies of generated files:{list}"
    ))
}

fn folder(file: &Generated) -> &'static str {
    match file.kind {
        Kind::Man => FOLDERS[0],
        Kind::Bash | Kind::Zsh | Kind::Fish => FOLDERS[1],
        Kind::Schema => FOLDERS[2],
    }
}

/// Files that are absent, different, or there without being generated any more.
fn stale(root: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<PathBuf>> {
    let mut stale: Vec<PathBuf> = wanted
        .iter()
        .filter(|(path, content)| {
            fs_err::read(root.join(path)).map_or(true, |kept| kept != **content)
        })
        .map(|(path, _)| path.clone())
        .collect();
    for folder in FOLDERS {
        let Ok(entries) = fs_err::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let path = Path::new(folder).join(entry.into_diagnostic()?.file_name());
            if !wanted.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}

fn write(root: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>, stale: &[PathBuf]) -> Result<()> {
    for path in stale {
        let to = root.join(path);
        match wanted.get(path) {
            Some(content) => {
                fs_err::create_dir_all(to.parent().unwrap_or(root)).into_diagnostic()?;
                fs_err::write(to, content).into_diagnostic()?;
                note(&format!("written: {}", path.display()));
            }
            None => {
                fs_err::remove_file(to).into_diagnostic()?;
                note(&format!("removed: {}", path.display()));
            }
        }
    }
    Ok(())
}
