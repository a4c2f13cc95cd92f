//! Failures on purpose, for tests: named points around everything that is written.
//!
//! Nothing in a shipped program comes here: a crate calls [`on_purpose`] only in its own unit tests and with its
//! feature `faults`, which no package turns on by itself.
//!
//! `CHECKPOINT_FAULT=<point>:<n>:<what>` says that the `<n>`-th time (from 1) this process comes to `<point>`,
//! `<what>` happens: `abort` ends the process there and then, as a power cut would; `enospc`, `eacces`, `eio`, `erofs`
//! and `emfile` are what the system would have said. More than one is separated by commas. With
//! `CHECKPOINT_FAULT_TRACE=<file>` each point that is passed is written to that file, one line each: its name, and
//! whether it `fails` or only `ends`.

/// The points of this crate: those before an act can fail or end the process, those after it can end it.
pub const POINTS: &[&str] = &[
    "objects::before_place",
    "objects::between",
    "objects::after_place",
    "refs::before_lock",
    "refs::locked",
    "refs::before_commit",
    "refs::after_commit",
];

/// Fails, or ends the process, when the test that runs us asked for it.
#[cfg(not(feature = "faults"))]
#[inline]
pub(crate) fn point(_name: &str) -> std::io::Result<()> {
    Ok(())
}

/// Ends the process when the test that runs us asked for it: what was done is done, and cannot fail any more.
#[cfg(not(feature = "faults"))]
#[inline]
pub(crate) fn passed(_name: &str) {}

#[cfg(feature = "faults")]
pub(crate) use on_purpose::{passed, point};

/// What the points do where they do anything.
pub mod on_purpose {
    use std::io::{self, Write as _};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rustix::io::Errno;

    /// What happens, where, and when.
    struct Fault {
        point: String,
        n_th: usize,
        what: What,
        n_seen: AtomicUsize,
    }

    #[derive(Clone, Copy)]
    enum What {
        Abort,
        Fail(Errno),
    }

    static FAULTS: LazyLock<Vec<Fault>> = LazyLock::new(|| {
        let text = variable("CHECKPOINT_FAULT").unwrap_or_default();
        let words = text.split(',').filter(|word| !word.is_empty());
        words
            .map(|word| parse(word).expect("CHECKPOINT_FAULT is <point>:<n>:<what>"))
            .collect()
    });

    static TRACE: LazyLock<Option<String>> = LazyLock::new(|| variable("CHECKPOINT_FAULT_TRACE"));

    #[expect(
        clippy::disallowed_methods,
        reason = "a build for tests is told by its environment where to break"
    )]
    fn variable(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn parse(word: &str) -> Option<Fault> {
        // The name of a point has colons itself.
        let (rest, what) = word.rsplit_once(':')?;
        let (point, n_th) = rest.rsplit_once(':')?;
        let what = match what {
            "abort" => What::Abort,
            "enospc" => What::Fail(Errno::NOSPC),
            "eacces" => What::Fail(Errno::ACCESS),
            "eio" => What::Fail(Errno::IO),
            "erofs" => What::Fail(Errno::ROFS),
            "emfile" => What::Fail(Errno::MFILE),
            _ => return None,
        };
        Some(Fault {
            point: point.to_owned(),
            n_th: n_th.parse().ok()?,
            what,
            n_seen: AtomicUsize::new(0),
        })
    }

    /// Fails, or ends the process, when the test that runs us asked for it; [`passed`] is for the time after the act.
    pub fn point(name: &str) -> io::Result<()> {
        trace(name, "fails");
        match due(name) {
            Some(What::Abort) => std::process::abort(),
            Some(What::Fail(errno)) => Err(errno.into()),
            None => Ok(()),
        }
    }

    /// Ends the process when the test that runs us asked for it: what was done is done, and cannot fail any more.
    pub fn passed(name: &str) {
        trace(name, "ends");
        if let Some(What::Abort) = due(name) {
            std::process::abort();
        }
    }

    fn due(name: &str) -> Option<What> {
        let here = FAULTS.iter().filter(|fault| fault.point == name);
        here.filter(|fault| fault.n_seen.fetch_add(1, Ordering::SeqCst) + 1 == fault.n_th)
            .map(|fault| fault.what)
            .last()
    }

    fn trace(name: &str, kind: &str) {
        let Some(path) = &*TRACE else { return };
        let file = fs_err::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path);
        file.and_then(|mut file| writeln!(file, "{name} {kind}"))
            .expect("the test gave a place to write to");
    }
}
