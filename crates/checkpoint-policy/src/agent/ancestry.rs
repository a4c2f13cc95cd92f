//! The processes above this one: `/proc` on Linux, `ps` elsewhere; where neither is there, none are known.

/// More processes than this are not above any shell.
const MAX_DEPTH: usize = 64;

/// A process, by its id and its command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// The program's own name, then its words.
    pub(crate) words: Vec<String>,
}

/// Programs that run another one, which their first word that is no option names.
const INTERPRETERS: [&str; 8] = ["node", "bun", "deno", "npx", "npm", "python", "uv", "ruby"];

impl Process {
    /// What it may be called: its own name, that of the program, and that of the script it runs. Endings such as `.js`
    /// do not count.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.words.iter().take(2).map(|word| stem(word));
        let program = self.words.get(1).map_or("", |word| stem(word));
        let runs_script = INTERPRETERS.iter().any(|name| program.starts_with(name));
        let words = self.words.iter().skip(2);
        let script = words.filter(|word| !word.starts_with('-')).take(1);
        own.chain(script.filter(move |_| runs_script).map(|word| stem(word)))
    }
}

fn stem(word: &str) -> &str {
    let name = word
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(word);
    match name.rsplit_once('.') {
        Some((stem, "js" | "mjs" | "cjs" | "py" | "exe")) => stem,
        _ => name,
    }
}

/// The processes above this one, the nearest first.
pub(crate) fn of_this_process() -> impl Iterator<Item = Process> {
    let parent = rustix::process::getppid();
    let mut next = parent.map(|parent| parent.as_raw_nonzero().get().unsigned_abs());
    let walk = move || {
        let (process, parent) = system::look(next?)?;
        next = (parent > 0).then_some(parent);
        Some(process)
    };
    std::iter::from_fn(walk).take(MAX_DEPTH)
}

/// The command lines of the processes above this one, the nearest first; empty words are left out. Without `/proc`, words
/// with spaces are cut.
pub fn commands_above() -> impl Iterator<Item = Vec<String>> {
    of_this_process().map(|process| process.words.into_iter().skip(1).collect())
}

#[cfg(target_os = "linux")]
mod system {
    use super::Process;

    /// A process and the id of its parent; none where it is gone, or not to be seen.
    pub(super) fn look(pid: u32) -> Option<(Process, u32)> {
        let status = fs_err::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let field = |name: &str| {
            let mut lines = status.lines();
            lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
        };
        let command = fs_err::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).into_owned();
        let words = command.split('\0').filter(|word| !word.is_empty());
        let words = field("Name:")
            .into_iter()
            .chain(words.map(str::to_owned))
            .collect();
        let parent = field("PPid:")?.parse().ok()?;
        Some((Process { pid, words }, parent))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::Process;

    /// A process and the id of its parent, by `ps`; words with spaces are cut, which costs no name.
    pub(super) fn look(pid: u32) -> Option<(Process, u32)> {
        let output = std::process::Command::new("ps")
            .args(["-o", "ppid=,comm=,args=", "-p", &pid.to_string()])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut words = text.split_whitespace().map(str::to_owned);
        let parent = words.next()?.parse().ok()?;
        let words = words.collect();
        Some((Process { pid, words }, parent))
    }
}
