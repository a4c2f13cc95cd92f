//! A plan, as people see it: git's letters for the paths, a line for all else.

use std::io;

use checkpoint_cli::{Output, Style, count};
use checkpoint_model::{
    path::TreePath,
    restore::{
        Blocked, CommitLine, Difference, FileKind, HeadMove, HeadPosition, Leaf, Leaving,
        OperationMove, Plan, Published, Scope, is_same_or_below,
    },
    verdict::Skipped,
    words::OperationKind,
};
use checkpoint_store::Stored;

use crate::target::Subject;

/// How many paths are shown before a question.
pub(crate) const SCREENFUL: usize = 40;

/// Draws the plan of going back to `subject`; at most `n_paths` lines for paths.
pub(crate) fn draw(
    out: &mut Output,
    subject: &Subject,
    plan: &Plan,
    n_paths: usize,
) -> io::Result<()> {
    match (subject, &plan.rollback) {
        (Subject::Checkpoint(stored, _), _) => checkpoint(out, stored, plan.scope)?,
        (Subject::Commits, told) => {
            told.iter()
                .try_for_each(|told| leaving(out, told, plan.scope, n_paths))?;
        }
    }
    for file in plan.files.iter().take(n_paths) {
        let (letter, style) = letter(file);
        let permissions = match is_same_content(file) {
            true => " (permissions)",
            false => "",
        };
        writeln!(
            out,
            " {} {}{permissions}",
            out.paint(style, letter),
            file.path
        )?;
    }
    if let Some(more @ 1..) = plan.files.len().checked_sub(n_paths) {
        writeln!(out, " and {more} more")?;
    }
    let made = made(plan).map(|path| (Style::Added, 'A', path));
    let gone = gone(plan).map(|path| (Style::Removed, 'D', path));
    for (style, letter, directory) in made.chain(gone).take(n_paths) {
        writeln!(out, " {} {directory}/ (empty)", out.paint(style, letter))?;
    }
    if !plan.files.is_empty() {
        writeln!(out, " {}", tally(plan))?;
    }
    if plan.index {
        let index = match plan.scope {
            Scope::Mixed | Scope::Hard => "as the commit has it",
            _ => "as it was",
        };
        writeln!(out, "index: {index}")?;
    }
    for line in plan.head.iter().flat_map(moves) {
        writeln!(out, "{line}")?;
    }
    if let Some(operation) = &plan.operation {
        writeln!(out, "operation in progress: {}", change(operation))?;
    }
    left_alone(out, &plan.left_alone, n_paths)?;
    blocked(out, &plan.blocked)
}

fn checkpoint(out: &mut Output, stored: &Stored, how_much: Scope) -> io::Result<()> {
    let checkpoint = &stored.checkpoint;
    let id = out.paint(Style::Id, checkpoint.id.short());
    write!(out, "checkpoint {id}")?;
    if let Some(name) = &checkpoint.name {
        write!(out, " {}", out.paint(Style::Name, name))?;
    }
    let (age, how_much) = (out.ago(checkpoint.at), scope(how_much));
    writeln!(out, ", made {age}: {how_much}")
}

/// The commit that is gone back to, those that leave the branch, and who has them already.
fn leaving(out: &mut Output, told: &Leaving, how_much: Scope, n_lines: usize) -> io::Result<()> {
    let Leaving { rollback, .. } = told;
    let commits = count(rollback.commits.into(), "commit", "commits");
    let id = out.paint(Style::Id, commit(Some(&rollback.to)));
    let how_much = match how_much {
        Scope::Soft => "the branch only; what they changed stays, staged",
        Scope::Mixed => "the branch and the index; what they changed stays in the files",
        other => scope(other),
    };
    writeln!(
        out,
        "{commits} back, to {id} ({}): {how_much}",
        told.subject
    )?;
    writeln!(out, "leaving the branch:")?;
    for CommitLine { id, subject } in told.leaving.iter().take(n_lines) {
        let id = out.paint(Style::Id, commit(Some(id)));
        writeln!(out, "   {id} {subject}")?;
    }
    if let Some(more @ 1..) = told.leaving.len().checked_sub(n_lines) {
        writeln!(out, "   and {more} more")?;
    }
    if let Some(Published { upstream, commits }) = &told.published {
        let n = count(*commits, "commit is", "commits are");
        let warning = format!("published: {n} in {upstream} already");
        writeln!(out, "{}", out.paint(Style::Warning, warning))?;
    }
    if !told.untracked.is_empty() {
        let heading = "untracked, makes way, kept in the backup:";
        writeln!(out, "{}", out.paint(Style::Warning, heading))?;
        for path in told.untracked.iter().take(n_lines) {
            writeln!(out, "   {path}")?;
        }
    }
    Ok(())
}

/// What a restore changed, in one line.
pub(crate) fn summary(plan: &Plan) -> String {
    let n_files = plan.files.len() as u64;
    let mut parts = Vec::new();
    if n_files > 0 {
        parts.push(count(n_files, "file", "files"));
    }
    let n_directories = (made(plan).count() + gone(plan).count()) as u64;
    if n_directories > 0 {
        parts.push(count(n_directories, "directory", "directories"));
    }
    if plan.index {
        parts.push("index".to_owned());
    }
    parts.extend(plan.head.iter().map(|step| at(&step.then)));
    parts.extend(plan.operation.iter().map(became));
    parts.join(", ")
}

/// The directories that are not there yet. One from which files go is, and only has to be left.
fn made(plan: &Plan) -> impl Iterator<Item = &TreePath> {
    let is_left = |directory: &TreePath| plan.deletes().any(|file| is_below(file, directory));
    plan.directories.iter().filter(move |it| !is_left(it))
}

/// The empty directories that will not be there any more. One into which files come is, and only has to be filled.
fn gone(plan: &Plan) -> impl Iterator<Item = &TreePath> {
    let is_filled = |directory: &TreePath| plan.writes().any(|file| is_below(file, directory));
    plan.hollow.iter().filter(move |it| !is_filled(it))
}

fn is_below(file: &Difference, directory: &TreePath) -> bool {
    is_same_or_below(file.path.as_bstr(), directory.as_bstr()) && file.path != *directory
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Exact => "everything as it was",
        Scope::Files => "files only",
        Scope::Soft => "the branch only",
        Scope::Mixed => "the branch and the index",
        Scope::Hard => "branch, index and tracked files",
        Scope::Paths => "these paths only",
    }
}

/// git's letter for what becomes of a file.
fn letter(file: &Difference) -> (char, Style) {
    match (&file.now, &file.then) {
        (None, _) => ('A', Style::Added),
        (_, None) => ('D', Style::Removed),
        (Some(now), Some(then)) if is_link(now) != is_link(then) => ('T', Style::Warning),
        _ => ('M', Style::Plain),
    }
}

fn is_link(leaf: &Leaf) -> bool {
    leaf.kind == FileKind::Link
}

/// Whether only the permissions of a file change.
fn is_same_content(file: &Difference) -> bool {
    match (&file.now, &file.then) {
        (Some(now), Some(then)) => {
            is_link(now) == is_link(then) && now.id == then.id && now.raw == then.raw
        }
        _ => false,
    }
}

fn tally(plan: &Plan) -> String {
    let n = |is_wanted: &dyn Fn(&Difference) -> bool| {
        plan.files.iter().filter(|file| is_wanted(file)).count()
    };
    let parts = [
        (n(&|file| file.now.is_none()), "to add"),
        (
            n(&|file| file.now.is_some() && file.then.is_some()),
            "to change",
        ),
        (n(&|file| file.then.is_none()), "to delete"),
    ];
    let parts = parts.iter().filter(|(n, _)| *n > 0);
    let parts: Vec<_> = parts.map(|(n, what)| format!("{n} {what}")).collect();
    let files = count(plan.files.len() as u64, "file", "files");
    format!("{files}: {}", parts.join(", "))
}

/// HEAD and the branch: a line for each that moves.
fn moves(step: &HeadMove) -> Vec<String> {
    let mut lines = Vec::new();
    if step.now.reference != step.then.reference || step.then.reference.is_none() {
        lines.push(format!("HEAD: {} -> {}", at(&step.now), at(&step.then)));
    }
    if let Some(reference) = &step.then.reference
        && step.branch_now != step.then.id
    {
        let (from, to) = (
            commit(step.branch_now.as_ref()),
            commit(step.then.id.as_ref()),
        );
        lines.push(format!("branch {}: {from} -> {to}", branch(reference)));
    }
    lines
}

fn branch(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

fn at(position: &HeadPosition) -> String {
    let commit = commit(position.id.as_ref());
    match &position.reference {
        Some(reference) => format!("{} at {commit}", branch(reference)),
        None => format!("detached at {commit}"),
    }
}

fn commit(id: Option<&String>) -> String {
    id.map_or_else(|| "no commit".to_owned(), |id| id.chars().take(7).collect())
}

fn change(operation: &OperationMove) -> String {
    let words = |kinds: &[OperationKind]| match kinds {
        [] => "none".to_owned(),
        kinds => operations(kinds),
    };
    format!("{} -> {}", words(&operation.now), words(&operation.then))
}

/// What has become of the operation in progress.
fn became(operation: &OperationMove) -> String {
    match operation.then.as_slice() {
        [] => format!("{} ended", operations(&operation.now)),
        then => format!("{} in progress", operations(then)),
    }
}

fn operations(kinds: &[OperationKind]) -> String {
    let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
    kinds.join(" and ")
}

fn left_alone(out: &mut Output, skipped: &[Skipped], n_paths: usize) -> io::Result<()> {
    if skipped.is_empty() {
        return Ok(());
    }
    writeln!(out, "left alone, since it is not in the checkpoint:")?;
    for Skipped { path, reason, .. } in skipped.iter().take(n_paths) {
        writeln!(out, "   {path}: {}", reason.explain())?;
    }
    match skipped.len().checked_sub(n_paths) {
        Some(more @ 1..) => writeln!(out, "   and {more} more"),
        _ => Ok(()),
    }
}

fn blocked(out: &mut Output, blocked: &[Blocked]) -> io::Result<()> {
    if blocked.is_empty() {
        return Ok(());
    }
    let heading = "in the way, and no backup can hold it:";
    writeln!(out, "{}", out.paint(Style::Warning, heading))?;
    for Blocked { path, reason, .. } in blocked {
        writeln!(out, "   {path}: {}", reason.explain())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
