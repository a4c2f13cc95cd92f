//! What is printed: a terminal session, with the times.

use std::{
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, bail};

use crate::process::World;

/// Long outputs are cut after so many lines.
const LINES: usize = 14;

/// Runs commands and prints them as one would see them.
pub(crate) struct Session<'a> {
    pub(crate) world: &'a World,
    pub(crate) top: &'a Path,
    /// A long word, and the shell variable that is printed in its place.
    named: Option<(String, &'static str)>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(world: &'a World, top: &'a Path) -> Self {
        Self {
            world,
            top,
            named: None,
        }
    }

    /// Prints `value` as the shell variable `name` from here on.
    pub(crate) fn name(&mut self, value: &str, name: &'static str) -> Result<()> {
        self.named = None;
        self.told(&format!("{name}={value}"))?;
        self.named = Some((value.to_owned(), name));
        Ok(())
    }

    /// A remark between two commands.
    pub(crate) fn say(&self, words: &str) -> Result<()> {
        let remark: String = words.lines().map(|line| format!("# {line}\n")).collect();
        self.print(&format!("\n{remark}"))
    }

    /// Runs `line` (words parted by blanks, no quotes), prints it with what it said and how long
    /// it took; fails when it fails.
    pub(crate) fn show(&mut self, line: &str) -> Result<Duration> {
        let (took, success) = self.run(line)?;
        if !success {
            bail!("'{line}' failed");
        }
        Ok(took)
    }

    /// The same for a command that must fail, such as a merge with conflicts.
    pub(crate) fn show_refusal(&mut self, line: &str) -> Result<()> {
        if self.run(line)?.1 {
            bail!("'{line}' succeeded; the demo needs it to fail");
        }
        Ok(())
    }

    /// Prints a line that was done by other means, such as a pipe.
    pub(crate) fn told(&self, line: &str) -> Result<()> {
        self.print(&format!("$ {}\n", self.shown(line)))
    }

    fn shown(&self, line: &str) -> String {
        match &self.named {
            Some((value, name)) => line.replace(value, &format!("${name}")),
            None => line.to_owned(),
        }
    }

    fn run(&self, line: &str) -> Result<(Duration, bool)> {
        let mut words = line.split(' ');
        let program = words.next().unwrap_or_default();
        let mut command = self.world.command(program, self.top);
        let started = Instant::now();
        let done = command
            .args(words)
            .output()
            .into_diagnostic()
            .wrap_err_with(|| format!("cannot start '{line}'"))?;
        let took = started.elapsed();
        let mut said = done.stdout;
        said.extend_from_slice(&done.stderr);
        let milliseconds = took.as_secs_f64() * 1000.0;
        let shown = self.shown(line);
        self.print(&format!(
            "$ {shown:<58} # {milliseconds:.0} ms\n{}",
            shorten(&said)
        ))?;
        Ok((took, done.status.success()))
    }

    fn print(&self, text: &str) -> Result<()> {
        std::io::stdout()
            .write_all(text.as_bytes())
            .into_diagnostic()
    }
}

fn shorten(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said.lines().collect();
    let shown = if lines.len() > LINES + 1 {
        LINES
    } else {
        lines.len()
    };
    let mut text: String = lines[..shown]
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    if shown < lines.len() {
        text += &format!("… {} more lines\n", lines.len() - shown);
    }
    text
}
