//! A directory with the programs of our choice, and a request.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use checkpoint_forge::{ForgeError, NotOpened, Opened, Outcome, Request, open};
use checkpoint_git::Surroundings;
use checkpoint_model::policy::{ForgeKind, PullRequest};
use miette::Diagnostic;
use tempfile::TempDir;

use crate::fake::Fake;

/// What must never be seen again, wherever it was given.
pub(crate) const SECRET: &str = "s3cr3t-t0k3n";

/// A place to be, an environment, a request.
pub(crate) struct Scene {
    dir: TempDir,
    pub(crate) env: BTreeMap<OsString, OsString>,
    pub(crate) request: Request,
}

impl Scene {
    /// With git on PATH and nothing else, and a request on the way `auto`.
    pub(crate) fn new(url: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("bin");
        fs_err::create_dir(&bin).unwrap();
        symlink(real("git").expect("the tests need git"), bin.join("git")).unwrap();
        let mut scene = Self {
            dir,
            env: BTreeMap::new(),
            request: Request {
                remote: url.parse().unwrap(),
                head: "agent/add-mill/run-1".to_owned(),
                base: "main".to_owned(),
                title: "Add the mill".to_owned(),
                body: "It grinds.\n\n- numbers\n".to_owned(),
                draft: true,
                way: PullRequest::Auto,
                forges: BTreeMap::new(),
                time_limit: Duration::from_secs(20),
            },
        };
        let home = scene.path().to_owned();
        scene.env("PATH", &bin).env("HOME", home);
        scene
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        scene
    }

    /// A repository `ada/engine` on a forge of this kind, with a token for it.
    pub(crate) fn on(fake: &Fake, kind: ForgeKind) -> Self {
        let mut scene = Self::without_token(fake, kind);
        let server = format!("http://{}", fake.host);
        match kind {
            ForgeKind::Github => scene
                .env("GH_TOKEN", SECRET)
                .env("GITHUB_SERVER_URL", server),
            ForgeKind::Gitlab => scene.env("GITLAB_TOKEN", SECRET).env("GITLAB_HOST", server),
            ForgeKind::Gitea => scene
                .env("GITEA_TOKEN", SECRET)
                .env("GITEA_SERVER_URL", server),
            ForgeKind::Forgejo => scene
                .env("FORGEJO_TOKEN", SECRET)
                .env("FORGEJO_SERVER_URL", server),
            ForgeKind::Bitbucket => {
                let url = format!("http://ada:{SECRET}@{}/ada/engine.git", fake.host);
                scene.request.remote = url.parse().unwrap();
                &mut scene
            }
        };
        scene
    }

    pub(crate) fn without_token(fake: &Fake, kind: ForgeKind) -> Self {
        let mut scene = Self::new(&format!("http://{}/ada/engine.git", fake.host));
        scene.request.forges = [(fake.host.clone(), kind)].into();
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn env(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Puts a shell script on PATH.
    pub(crate) fn script(&self, name: &str, text: &str) {
        let path = self.path().join("bin").join(name);
        fs_err::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        Surroundings {
            cwd: self.path().to_owned(),
            now: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            env: self.env.clone(),
        }
    }

    /// Opens the request; nothing that comes back may hold the secret.
    pub(crate) fn open(&self) -> Result<Outcome, ForgeError> {
        let outcome = open(&self.request, &self.surroundings());
        let said = match &outcome {
            Ok(outcome) => format!("{outcome:?}"),
            Err(error) => everything(error),
        };
        no_secret(&said);
        no_secret(&format!("{:?}", self.request));
        outcome
    }

    pub(crate) fn opened(&self) -> Opened {
        match self.open() {
            Ok(Outcome::Opened(opened)) => opened,
            other => panic!("not opened: {other:?}"),
        }
    }

    pub(crate) fn not_opened(&self) -> NotOpened {
        match self.open() {
            Ok(Outcome::NotOpened(not)) => not,
            other => panic!("not as a person has to: {other:?}"),
        }
    }

    /// The error, and its words with code and help.
    pub(crate) fn failed(&self) -> (ForgeError, String) {
        let error = self.open().expect_err("it must fail");
        let words = everything(&error);
        (error, words)
    }

    pub(crate) fn git(&self, args: &[&str]) -> std::process::Output {
        let output = Command::new("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .envs(&self.env)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        output
    }
}

/// Everything that a person may get to see of an error.
pub(crate) fn everything(error: &ForgeError) -> String {
    let code = error
        .code()
        .map(|code| code.to_string())
        .unwrap_or_default();
    let help = error
        .help()
        .map(|help| help.to_string())
        .unwrap_or_default();
    let said = format!("{code}: {error}\nhelp: {help}\n{error:?}");
    let hidden = said.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(hidden, None, "a control character in {said:?}");
    said
}

pub(crate) fn no_secret(text: &str) {
    assert!(!text.contains(SECRET), "the secret is in {text}");
}

/// Where the machine has the program.
pub(crate) fn real(name: &str) -> Option<PathBuf> {
    let words = format!("command -v {name}");
    let output = Command::new("sh").args(["-c", &words]).output().unwrap();
    let path = String::from_utf8(output.stdout).unwrap();
    (output.status.success()).then(|| PathBuf::from(path.trim()))
}

/// Says, past the capture of the test's output, what this machine could not test.
pub(crate) fn not_tested(what: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "\nNOT TESTED: {what}").ok();
}
