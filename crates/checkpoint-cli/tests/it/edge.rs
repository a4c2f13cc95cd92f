//! Runs `examples/edge.rs`, with pipes or on a terminal of its own.

use std::{
    fs::File,
    io::Read,
    path::PathBuf,
    process::{Command, Output, Stdio},
    thread,
};

use rustix::{
    fs::{Mode, OFlags},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
};

/// The example, with an environment in which only `env` and `PATH` are set.
pub(crate) fn edge(args: &[&str], env: &[(&str, &str)]) -> Command {
    // Cargo builds examples beside the folder of the test that runs.
    let mut path = PathBuf::from(
        std::env::current_exe()
            .unwrap()
            .parent()
            .unwrap()
            .parent()
            .unwrap(),
    );
    path.extend(["examples", "edge"]);
    let mut command = Command::new(path);
    #[expect(
        clippy::disallowed_methods,
        reason = "children need to find less and sh"
    )]
    let search = std::env::var_os("PATH").unwrap_or_default();
    command
        .args(args)
        .env_clear()
        .env("PATH", search)
        .env("TERM", "xterm")
        .envs(env.iter().copied());
    command
}

/// Exit number, standard output and standard error, with pipes.
pub(crate) fn piped(args: &[&str], env: &[(&str, &str)]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = edge(args, env).stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Exit number and what is seen when all streams are one terminal; line ends as written.
pub(crate) fn on_terminal(args: &[&str], env: &[(&str, &str)]) -> (i32, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    // It is not to become the terminal of whoever runs the tests.
    let terminal = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let stream = || Stdio::from(terminal.try_clone().unwrap());
    let mut child = edge(args, env)
        .stdin(stream())
        .stdout(stream())
        .stderr(stream())
        .spawn()
        .unwrap();
    drop(terminal);
    let reader = thread::spawn(move || {
        let mut seen = Vec::new();
        // The end of a terminal is an error (EIO) on Linux, and an end of file elsewhere.
        let _ended = File::from(master).read_to_end(&mut seen);
        String::from_utf8(seen).unwrap().replace("\r\n", "\n")
    });
    let status = child.wait().unwrap();
    (status.code().unwrap(), reader.join().unwrap())
}
