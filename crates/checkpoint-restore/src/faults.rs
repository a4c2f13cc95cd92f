//! Failures on purpose, for tests: named points around everything that is written.
//!
//! Only the feature `faults` compiles them in; without it they are nothing. `CHECKPOINT_FAULT=<point>:<n>:<what>` says
//! that the `<n>`-th time (from 1) this process comes to `<point>`, `<what>` happens: `abort` ends the process there
//! and then, as a power cut would; `enospc`, `eacces`, `erofs` and `emfile` are what the system would have said. More
//! than one is separated by commas.

/// Fails, or ends the process, when the test that runs us asked for it; [`passed`] is for the time after the act.
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

#[cfg(feature = "faults")]
mod on_purpose {
    use std::io;
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
        #[expect(
            clippy::disallowed_methods,
            reason = "a build for tests is told by its environment where to break"
        )]
        let text = std::env::var("CHECKPOINT_FAULT").unwrap_or_default();
        let words = text.split(',').filter(|word| !word.is_empty());
        words
            .map(|word| parse(word).expect("CHECKPOINT_FAULT is <point>:<n>:<what>"))
            .collect()
    });

    fn parse(word: &str) -> Option<Fault> {
        // The name of a point has colons itself.
        let (rest, what) = word.rsplit_once(':')?;
        let (point, n_th) = rest.rsplit_once(':')?;
        let what = match what {
            "abort" => What::Abort,
            "enospc" => What::Fail(Errno::NOSPC),
            "eacces" => What::Fail(Errno::ACCESS),
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
    pub(crate) fn point(name: &str) -> io::Result<()> {
        match due(name) {
            Some(What::Abort) => std::process::abort(),
            Some(What::Fail(errno)) => Err(errno.into()),
            None => Ok(()),
        }
    }

    /// Ends the process when the test that runs us asked for it: what was done is done, and cannot fail any more.
    pub(crate) fn passed(name: &str) {
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
}
