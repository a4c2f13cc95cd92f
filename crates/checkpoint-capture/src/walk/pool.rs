//! Threads that share the jobs of a walk.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{Directory, Eyes, Found, Job, Walk};
use crate::CaptureError;

/// Walks the whole working tree; gives what was found, sorted by path.
pub(crate) fn run(walk: &Walk<'_>) -> Result<Found, CaptureError> {
    let n_entries = walk.index.entries().len();
    let top = Directory {
        parent: None,
        path: Default::default(),
        entries: 0..n_entries,
        is_ignored: false,
    };
    let pool = Pool::new(Job::Directory(top));
    let mut found = Found::default();
    let mut eyes = Eyes::new();
    // A thread costs more than a small tree takes: the caller's own begins alone.
    let n_alone = if n_entries > 500 { 1 } else { 32 };
    let is_done = pool.work(walk, &mut eyes, &mut found, n_alone);
    if !is_done {
        let n_threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(8);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (1..n_threads)
                .map(|_| {
                    let walk = walk.clone();
                    scope.spawn(|| {
                        let walk = walk;
                        let mut found = Found::default();
                        pool.work(&walk, &mut Eyes::new(), &mut found, usize::MAX);
                        found
                    })
                })
                .collect();
            pool.work(walk, &mut eyes, &mut found, usize::MAX);
            for thread in threads {
                match thread.join() {
                    Ok(other) => found.absorb(other),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
    }
    match pool.lock().failure.take() {
        Some(error) => Err(error),
        None => {
            found.sort();
            Ok(found)
        }
    }
}

/// The jobs that wait, and how many are being done: there is no more to come when both are none.
struct Pool {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: Vec<Job>,
    n_busy: usize,
    n_idle: usize,
    failure: Option<CaptureError>,
}

impl Pool {
    fn new(first: Job) -> Self {
        let state = State {
            waiting: vec![first],
            n_busy: 0,
            n_idle: 0,
            failure: None,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does jobs, the newest first so that few directories stay open, until none is left or `limit` are done; tells
    /// whether none is left.
    fn work<'a>(
        &self,
        walk: &Walk<'a>,
        eyes: &mut Eyes<'a>,
        found: &mut Found,
        limit: usize,
    ) -> bool {
        let mut new = Vec::new();
        for _ in 0..limit {
            let Some(job) = self.take() else { return true };
            let outcome = Busy { pool: self }.run(|| walk.job(eyes, job, found, &mut new));
            self.done(outcome, &mut new);
        }
        let state = self.lock();
        state.waiting.is_empty() && state.n_busy == 0
    }

    fn take(&self) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() {
                return None;
            }
            if let Some(job) = state.waiting.pop() {
                state.n_busy += 1;
                return Some(job);
            }
            if state.n_busy == 0 {
                self.changed.notify_all();
                return None;
            }
            state.n_idle += 1;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.n_idle -= 1;
        }
    }

    fn done(&self, outcome: Result<(), CaptureError>, new: &mut Vec<Job>) {
        let mut state = self.lock();
        state.n_busy -= 1;
        state.waiting.append(new);
        if let Err(error) = outcome {
            state.failure.get_or_insert(error);
        }
        if state.n_idle > 0 {
            self.changed.notify_all();
        }
    }
}

/// A job under way: a panic in it must not leave the other threads waiting for ever.
struct Busy<'a> {
    pool: &'a Pool,
}

impl Busy<'_> {
    fn run<T>(self, work: impl FnOnce() -> T) -> T {
        let outcome = work();
        std::mem::forget(self);
        outcome
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        state.n_busy -= 1;
        state.waiting.clear();
        self.pool.changed.notify_all();
    }
}
