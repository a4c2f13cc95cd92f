//! Signals that are to end this process while git makes a commit.
//!
//! Git would go on alone, and its commit land when whoever asked for it had given up. So such a signal ends git first,
//! what was begun is cleaned up, and then this process ends by the same signal.

use std::{
    ffi::c_int,
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag, low_level,
};

/// The hang-up of a terminal goes to git by itself.
const SIGNALS: [c_int; 2] = [SIGINT, SIGTERM];

/// Signals are caught in one place, once for a process; but for those that whoever started it has it ignore.
static CAUGHT: OnceLock<Caught> = OnceLock::new();

#[derive(Default)]
struct Caught {
    /// Whether they end this process as ever.
    ends: Arc<AtomicBool>,
    /// The one that came last; 0 for none.
    last: Arc<AtomicUsize>,
}

/// What signals do to this process.
pub(super) struct Signals(&'static Caught);

impl Signals {
    pub(super) fn catch() -> Self {
        let caught = CAUGHT.get_or_init(|| {
            let caught = Caught::default();
            caught.ends.store(true, SeqCst);
            let ignored = ignored();
            for signal in SIGNALS {
                if ignored >> (signal - 1) & 1 == 0 {
                    // Where signals cannot be caught, they do what they always did.
                    let _uncaught = caught.catch(signal);
                }
            }
            caught
        });
        Self(caught)
    }

    /// From now on they wait.
    pub(super) fn hold_back(&self) {
        self.0.ends.store(false, SeqCst);
    }

    /// From now on they end this process as ever.
    pub(super) fn let_through(&self) {
        self.0.ends.store(true, SeqCst);
    }

    /// The signal that came while they waited.
    pub(super) fn came(&self) -> Option<c_int> {
        c_int::try_from(self.0.last.load(SeqCst))
            .ok()
            .filter(|signal| *signal != 0)
    }

    /// Ends this process by the signal that came.
    pub(super) fn end(&self) {
        if let Some(signal) = self.came() {
            let _never = low_level::emulate_default_handler(signal);
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.0.last.store(0, SeqCst);
        self.let_through();
    }
}

impl Caught {
    fn catch(&self, signal: c_int) -> io::Result<()> {
        flag::register_conditional_default(signal, Arc::clone(&self.ends))?;
        let number = signal.unsigned_abs() as usize;
        flag::register_usize(signal, Arc::clone(&self.last), number)?;
        Ok(())
    }
}

/// The signals that this process ignores, a bit for each, where the system tells; proc(5), SigIgn.
fn ignored() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or(0)
}
