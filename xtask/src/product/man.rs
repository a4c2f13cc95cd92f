//! Manual pages: `git checkpoint --help` opens one and never reaches the program, so the manual
//! is part of the command. One page holds everything, and each subcommand has its own.

mod sections;

use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man;
use miette::{IntoDiagnostic as _, Result};

use super::{Generated, Kind, errors::ErrorCode};

const MANUAL: &str = "Git Checkpoint Manual";

/// The pages of the command and of each subcommand that is not hidden.
pub(crate) fn pages(command: &Command, errors: &[ErrorCode]) -> Result<Vec<Generated>> {
    let mut command = command.clone().disable_help_subcommand(true);
    command.build();
    let mut pages = vec![page(&command, whole(&command, errors)?)];
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        pages.push(page(sub, one(sub, &command)?));
    }
    Ok(pages)
}

fn page(command: &Command, content: Vec<u8>) -> Generated {
    let name = PathBuf::from(format!("{}.1", title(command)));
    Generated {
        kind: Kind::Man,
        name,
        content,
    }
}

fn title(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

/// The page of the command: every subcommand with its options, and all that is common to them.
fn whole(command: &Command, errors: &[ErrorCode]) -> Result<Vec<u8>> {
    let man = man(command, command);
    let mut page = Vec::new();
    head(&man, &mut page)?;
    man.render_options_section(&mut page).into_diagnostic()?;
    page.extend(sections::after(command));
    if command.has_subcommands() {
        page.extend_from_slice(b".SH COMMANDS\n");
    }
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        page.extend_from_slice(&subcommand(sub, command)?);
    }
    page.extend(sections::write(errors));
    Ok(page)
}

/// The page of one subcommand.
fn one(sub: &Command, command: &Command) -> Result<Vec<u8>> {
    let man = man(sub, command);
    let mut page = Vec::new();
    head(&man, &mut page)?;
    man.render_options_section(&mut page).into_diagnostic()?;
    page.extend(sections::see_whole(title(command)));
    Ok(page)
}

fn man(command: &Command, top: &Command) -> Man {
    let source = format!("{} {}", title(top), top.get_version().unwrap_or_default());
    // No date: the same source gives the same page. An empty one would shift what follows it.
    Man::new(command.clone())
        .date(" ")
        .title(title(command))
        .manual(MANUAL)
        .source(source)
}

fn head(man: &Man, page: &mut Vec<u8>) -> Result<()> {
    man.render_title(page).into_diagnostic()?;
    man.render_name_section(page).into_diagnostic()?;
    man.render_synopsis_section(page).into_diagnostic()?;
    man.render_description_section(page).into_diagnostic()
}

/// A subcommand as a part of the whole page: its sections become paragraphs of one subsection.
fn subcommand(sub: &Command, command: &Command) -> Result<Vec<u8>> {
    let man = man(sub, command);
    let typed = command.get_bin_name().unwrap_or(title(command));
    let mut text = format!(".SS \"{typed} {}\"\n", sub.get_name()).into_bytes();
    let mut parts = Vec::new();
    man.render_synopsis_section(&mut parts).into_diagnostic()?;
    parts.extend_from_slice(b".PP\n");
    man.render_description_section(&mut parts)
        .into_diagnostic()?;
    // Options that every subcommand takes are told once, above.
    let own = sub.clone().mut_args(|arg| {
        let everywhere = arg.is_global_set() || arg.get_id() == "help";
        arg.hide(everywhere)
    });
    Man::new(own)
        .render_options_section(&mut parts)
        .into_diagnostic()?;
    for line in parts.split_inclusive(|byte| *byte == b'\n') {
        let preamble = line.starts_with(b".ie") || line.starts_with(b".el");
        if !line.starts_with(b".SH") && !preamble {
            text.extend_from_slice(line);
        }
    }
    Ok(text)
}
