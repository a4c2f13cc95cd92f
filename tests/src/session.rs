//! Sessions at a terminal, written down in Markdown: prose, and what was typed and said in `console` blocks.
//!
//! ````text
//! ```console
//! $ git checkpoint create taken
//! ? 1
//! error: …
//! ```
//! ````
//!
//! A line after `$ ` is given to a shell, lines after `> ` belong to it. `? ` tells an exit code other than 0. Standard
//! output and standard error follow as a terminal shows them. A file is one session in one repository.

use std::fmt::Write as _;
use std::path::Path;

use crate::{Sandbox, Snapshot};

/// 2026-01-02T03:04:05Z, when the first command is typed. Every other comes a minute later.
const START: u64 = 1_767_323_045;

/// Types every command of a document in a fresh repository, and gives the document with what was said this time.
pub fn replay(document: &str) -> String {
    let mut session = Session::start();
    let mut said = String::new();
    let mut lines = document.lines().peekable();
    let mut is_console = false;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            is_console = line == "```console";
        }
        match line.strip_prefix("$ ") {
            Some(command) if is_console => {
                let mut command = command.to_owned();
                writeln!(said, "{line}").expect("a string takes all");
                while let Some(more) = lines.next_if(|line| line.starts_with("> ")) {
                    writeln!(said, "{more}").expect("a string takes all");
                    command = command + "\n" + &more[2..];
                }
                // What was said another time is not of interest.
                while lines
                    .next_if(|line| !line.starts_with("$ ") && !line.starts_with("```"))
                    .is_some()
                {}
                said += &session.types(&command);
                if lines.peek().is_some_and(|line| line.starts_with("$ ")) && said.ends_with("\n\n")
                {
                    said.pop();
                }
            }
            _ => writeln!(said, "{line}").expect("a string takes all"),
        }
    }
    said
}

struct Session {
    sandbox: Sandbox,
    n_typed: u64,
    /// Words that are others each time, and what stands for them.
    stable: Vec<(String, String)>,
}

impl Session {
    fn start() -> Self {
        let sandbox = Sandbox::committed();
        let world = sandbox.world().to_string_lossy().into_owned();
        let host = sandbox.sh("uname -n");
        let stable = vec![
            (format!("{world}/repo"), "/home/ada/project".to_owned()),
            (world, "/home/ada".to_owned()),
            (format!(" on {host}\n"), " on analytical\n".to_owned()),
            (
                format!("\"host\":\"{host}\""),
                "\"host\":\"analytical\"".to_owned(),
            ),
        ];
        Self {
            sandbox,
            n_typed: 0,
            stable,
        }
    }

    fn types(&mut self, command: &str) -> String {
        let now = START + 60 * self.n_typed;
        self.n_typed += 1;
        self.sandbox.set_env("GIT_TEST_DATE_NOW", now.to_string());
        self.sandbox.set_env("USER", "ada");
        let output = self.sandbox.terminal(command);
        self.learn();
        let status = if output.code == 0 {
            String::new()
        } else {
            format!("? {}\n", output.code)
        };
        status + &self.stabilise(&String::from_utf8_lossy(&output.stdout))
    }

    /// A snapshot's id depends on the random part of the checkpoint's; the n-th one is shown as n, n, n, …
    fn learn(&mut self) {
        for snapshot in Snapshot::all(&self.sandbox) {
            let known = self
                .stable
                .iter()
                .filter(|(word, _)| word.len() == snapshot.work.len());
            if !known.clone().any(|(word, _)| *word == snapshot.work) {
                let digit = format!("{:x}", (known.count() + 1) % 16);
                self.stable.push((snapshot.work.clone(), digit.repeat(40)));
                self.stable
                    .push((snapshot.work[..7].to_owned(), digit.repeat(7)));
            }
        }
    }

    fn stabilise(&self, said: &str) -> String {
        let mut said = without_sizes(&without_random_parts(said));
        for (word, stands_for) in &self.stable {
            said = said.replace(word, stands_for);
        }
        if !said.is_empty() && !said.ends_with('\n') {
            said.push('\n');
        }
        said
    }
}

/// The first half of a UUIDv7 is its time, which is ours to say; the rest is random.
fn without_random_parts(said: &str) -> String {
    let mut stable = said.to_owned();
    let starts: Vec<_> = said.char_indices().map(|(at, _)| at).collect();
    for at in starts {
        if said.get(at..at + 36).is_some_and(is_uuid) {
            stable.replace_range(at + 13..at + 36, "-7000-8000-000000000000");
        }
    }
    stable
}

/// How well a record deflates depends on the random parts in it.
fn without_sizes(said: &str) -> String {
    let lines = said.split_inclusive('\n').map(|line| {
        if let Some((before, _)) = line.split_once(" KiB on disk") {
            let start = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            return format!("{start}1.00 KiB on disk\n");
        }
        if let Some((before, _)) = line
            .split_once("kept on disk by checkpoints alone: ")
            .filter(|(_, size)| size.contains("KiB"))
        {
            return format!("{before}kept on disk by checkpoints alone: 1.00 KiB\n");
        }
        match line
            .strip_suffix("}\n")
            .and_then(|line| line.rsplit_once("\"bytes\":"))
        {
            Some((before, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{before}\"bytes\":1024}}\n")
            }
            _ => line.to_owned(),
        }
    });
    lines.collect()
}

fn is_uuid(word: &str) -> bool {
    let is_hyphen = |at| [8, 13, 18, 23].contains(&at);
    word.bytes().enumerate().all(|(at, byte)| {
        if is_hyphen(at) {
            byte == b'-'
        } else {
            byte.is_ascii_hexdigit()
        }
    })
}

/// The document's text.
pub fn read(path: &Path) -> String {
    fs_err::read_to_string(path).expect("a document in UTF-8")
}
