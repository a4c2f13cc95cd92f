//! What a hook costs that lets a commit pass: ours, those of the managers of hooks, and a program that does nothing.
//!
//! Each is run as git runs it, by `git hook run pre-commit`, in the same repository. The managers have one hook
//! configured, `true`; they are measured when `cargo xtask managers` has fetched them.

use std::{fmt, os::unix::fs::PermissionsExt as _, path::PathBuf};

use miette::{IntoDiagnostic as _, Result};

use super::{Bench, contender::Contender, edits::Edits, field::Field, race::Race};
use crate::{
    managers::Managers,
    place::note,
    process::{Cost, output, timed},
};

/// Whose hook runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    /// Ours, without the automatic checkpoint.
    Ours,
    /// Ours, with it.
    Keeping,
    /// Ours without it, and `git-checkpoint create` after it.
    ThenCreate,
    /// A Rust program that does nothing.
    Empty,
    Husky,
    Prek,
    Lefthook,
    PreCommit,
}

const MANAGERS: [Hook; 4] = [Hook::Husky, Hook::Prek, Hook::Lefthook, Hook::PreCommit];

impl fmt::Display for Hook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Ours => "git-checkpoint",
            Self::Keeping => "git-checkpoint, keeping",
            Self::ThenCreate => "git-checkpoint, then create",
            Self::Empty => "an empty Rust program",
            Self::Husky => "husky",
            Self::Prek => "prek",
            Self::Lefthook => "lefthook",
            Self::PreCommit => "pre-commit",
        })
    }
}

/// Both cases, in a field that is large.
pub(crate) fn races(bench: &Bench<'_>, field: &mut Field, rounds: usize) -> Result<Vec<Race>> {
    let stand = &Stand::prepare(bench, field)?;
    let mut who = vec![Hook::Ours, Hook::Empty];
    match stand.managers.are_here() {
        true => who.extend(MANAGERS),
        false => note("the hook managers are not here; fetch them: cargo xtask managers"),
    }
    let race = |field: &mut Field, case: &str, who: &[Hook], rounds, edits: Option<Edits>| {
        let who: Vec<_> = who.iter().copied().map(Contender::Hook).collect();
        bench.race_of(field, case.to_owned(), &who, rounds, |field, who, seed| {
            let Contender::Hook(hook) = who else {
                unreachable!("only hooks run here");
            };
            edits.map_or(Ok(()), |edits| edits.apply(field, seed))?;
            let cost = stand.run(bench, field, hook, seed)?;
            field.restore()?;
            Ok(cost)
        })
    };
    // Runs of a few milliseconds vary more, and cost less.
    let passing = race(field, "hook that lets pass", &who, rounds * 5, None)?;
    let both = [Hook::Keeping, Hook::ThenCreate];
    let edits = Some(Edits::Changed(10));
    let keeping = race(field, "hook that keeps 10 changed", &both, rounds, edits)?;
    stand.clear(field)?;
    Ok(vec![passing, keeping])
}

/// The hooks directories, one for each, and where the managers are.
struct Stand {
    folder: PathBuf,
    managers: Managers,
}

impl Stand {
    fn prepare(bench: &Bench<'_>, field: &Field) -> Result<Self> {
        let stand = Self {
            folder: bench.scratch.join("hooks"),
            managers: Managers::of(bench.place),
        };
        stand.compile_empty(bench)?;
        let script = fs_err::read_to_string(bench.place.root.join("hooks/pre-commit"));
        let program = bench.programs.checkpoint.display().to_string();
        let script = script
            .into_diagnostic()?
            .replace("@git-checkpoint@", &program);
        stand.put(Hook::Ours, script.as_bytes())?;
        stand.put(Hook::Keeping, script.as_bytes())?;
        if stand.managers.are_here() {
            stand.install(field)?;
        }
        // What a policy lets go counts only as the protected branch has it, and work is done on another.
        stand.policy(field, "off")?;
        let git = |words: &[&str]| output(&mut field.world.git(&field.top, words)).map(drop);
        git(&["add", "--all"])?;
        git(&["commit", "--quiet", "--message", "hooks"])?;
        git(&["switch", "--quiet", "--create", "work"])?;
        Ok(stand)
    }

    fn dir(&self, hook: Hook) -> PathBuf {
        self.folder.join(match hook {
            Hook::Ours | Hook::Keeping | Hook::ThenCreate => "ours",
            Hook::Empty => "empty",
            Hook::Husky => "husky/.husky/_",
            Hook::Prek => "prek",
            Hook::Lefthook => "lefthook",
            Hook::PreCommit => "pre-commit",
        })
    }

    fn compile_empty(&self, bench: &Bench<'_>) -> Result<()> {
        let source = self.folder.join("empty.rs");
        fs_err::create_dir_all(self.dir(Hook::Empty)).into_diagnostic()?;
        fs_err::write(&source, "fn main() {}\n").into_diagnostic()?;
        let mut rustc = bench.place.rustc();
        rustc.args(["-O", "-C", "strip=symbols", "-o"]);
        let program = self.dir(Hook::Empty).join("pre-commit");
        output(rustc.arg(program).arg(source)).map(drop)
    }

    fn put(&self, hook: Hook, content: &[u8]) -> Result<()> {
        let dir = self.dir(hook);
        fs_err::create_dir_all(&dir).into_diagnostic()?;
        let path = dir.join("pre-commit");
        fs_err::write(&path, content).into_diagnostic()?;
        let runnable = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(path, runnable).into_diagnostic()
    }

    /// Lets each manager write its hook: into the field, from where it is taken, and husky in a repository of its own.
    fn install(&self, field: &Field) -> Result<()> {
        for (name, text) in CONFIGS {
            fs_err::write(field.top.join(name), text).into_diagnostic()?;
        }
        let hooks = field.git_dir.join("hooks");
        for (hook, program) in [
            (Hook::Prek, self.managers.python().join("prek")),
            (Hook::PreCommit, self.managers.python().join("pre-commit")),
            (Hook::Lefthook, self.managers.npm().join("lefthook")),
        ] {
            fs_err::remove_dir_all(&hooks).into_diagnostic()?;
            fs_err::create_dir(&hooks).into_diagnostic()?;
            let mut install = field.world.command(program, &field.top);
            output(self.beside(field, &mut install).arg("install"))?;
            let written = fs_err::read(hooks.join("pre-commit")).into_diagnostic()?;
            self.put(hook, &written)?;
        }
        let apart = self.folder.join("husky");
        fs_err::create_dir_all(&apart).into_diagnostic()?;
        output(&mut field.world.git(&apart, ["init", "--quiet"]))?;
        let mut husky = field
            .world
            .command(self.managers.npm().join("husky"), &apart);
        output(self.beside(field, &mut husky))?;
        fs_err::write(apart.join(".husky/pre-commit"), "true\n").into_diagnostic()
    }

    /// With the managers on PATH, where their hooks look for them.
    fn beside<'c>(
        &self,
        field: &Field,
        command: &'c mut std::process::Command,
    ) -> &'c mut std::process::Command {
        let folders = [self.managers.npm(), self.managers.python()];
        let path = field.world.path_with(&folders);
        command.env("PATH", path)
    }

    /// Says in the working tree whether a commit is kept first.
    fn policy(&self, field: &Field, checkpoint: &str) -> Result<()> {
        let text = format!("[hooks]\ncheckpoint = \"{checkpoint}\"\n");
        fs_err::write(field.top.join(POLICY), text).into_diagnostic()
    }

    fn run(&self, bench: &Bench<'_>, field: &Field, hook: Hook, seed: u64) -> Result<Cost> {
        self.policy(field, if hook == Hook::Keeping { "warn" } else { "off" })?;
        let hooks_path = format!("core.hooksPath={}", self.dir(hook).display());
        let words = ["-c", &hooks_path, "hook", "run", "pre-commit"];
        let mut git = field.world.git(&field.top, words);
        let mut cost = timed(self.beside(field, &mut git))?;
        if hook == Hook::ThenCreate {
            let name = format!("kept-{seed}");
            let create = &bench.programs.checkpoint;
            let mut create = field.world.command(create, &field.top);
            cost += timed(create.args(["create", &name]))?;
        }
        Ok(cost)
    }

    /// Leaves the field without what was put into it.
    fn clear(&self, field: &Field) -> Result<()> {
        let git = |words: &[&str]| output(&mut field.world.git(&field.top, words)).map(drop);
        git(&["switch", "--quiet", "--force", "main"])?;
        git(&["reset", "--quiet", "--hard", "HEAD~1"])
    }
}

const POLICY: &str = ".git-checkpoint.toml";

/// One hook that does nothing, for each manager that reads its own file.
const CONFIGS: [(&str, &str); 2] = [
    (
        ".pre-commit-config.yaml",
        "repos:\n  - repo: local\n    hooks:\n      - {id: nothing, name: nothing, entry: 'true', \
         language: system, always_run: true, pass_filenames: false}\n",
    ),
    ("lefthook.yml", "pre-commit:\n  jobs:\n    - run: 'true'\n"),
];
