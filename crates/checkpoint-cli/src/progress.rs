//! Progress of long work, on a terminal only, in git's words: `Capturing files: 12345, done.`

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How often the number on the terminal changes.
const REFRESH: Duration = Duration::from_millis(100);

/// A number that grows while work is done. [`Progress::finish`] leaves the last one on the terminal; dropping without
/// it, as when the work failed, takes the line away.
#[derive(Debug)]
pub struct Progress {
    counter: Arc<AtomicU64>,
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    end: Sender<End>,
    painter: JoinHandle<()>,
}

enum End {
    Done,
    Gone,
}

impl Progress {
    /// A progress that counts and is never seen.
    pub fn hidden() -> Self {
        Self {
            counter: Arc::default(),
            shown: None,
        }
    }

    /// Shows `title` and the counter on `to`, from `delay` on.
    pub(crate) fn start(
        title: &'static str,
        delay: Duration,
        to: impl Write + Send + 'static,
    ) -> Self {
        let counter = Arc::<AtomicU64>::default();
        let count = Arc::clone(&counter);
        let (end, ended) = mpsc::channel();
        let work = move || paint(title, delay, &count, &ended, to);
        // Without a thread there is no progress to be seen; the work itself is not concerned.
        let painter = thread::Builder::new()
            .name("progress".to_owned())
            .spawn(work)
            .ok();
        Self {
            counter,
            shown: painter.map(|painter| Shown { end, painter }),
        }
    }

    /// The counter, for the threads that do the work: `fetch_add(1, Relaxed)` for each file or object done.
    pub fn counter(&self) -> &Arc<AtomicU64> {
        &self.counter
    }

    /// Ends the line with the last number and `done.`, if the line was ever shown.
    pub fn finish(mut self) {
        self.end(End::Done);
    }

    fn end(&mut self, how: End) {
        if let Some(Shown { end, painter }) = self.shown.take() {
            // The painter ends only by this message; should it have panicked, its line is all that is lost.
            let _lost = end.send(how);
            let _panicked = painter.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end(End::Gone);
    }
}

fn paint(
    title: &str,
    delay: Duration,
    count: &AtomicU64,
    ended: &mpsc::Receiver<End>,
    mut to: impl Write,
) {
    let mut line = String::new();
    let mut wait = delay;
    let end = loop {
        match ended.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(end) => break end,
            Err(RecvTimeoutError::Disconnected) => break End::Gone,
        }
        wait = REFRESH;
        let next = format!("{title}: {}", count.load(Ordering::Relaxed));
        if next != line && is_in_foreground() {
            put(&mut to, &format!("\r{next}"));
            line = next;
        }
    };
    if line.is_empty() {
        return;
    }
    match end {
        End::Done => put(
            &mut to,
            &format!("\r{title}: {}, done.\n", count.load(Ordering::Relaxed)),
        ),
        End::Gone => put(&mut to, &format!("\r{:1$}\r", "", line.chars().count())),
    }
}

fn put(to: &mut impl Write, text: &str) {
    let _lost: io::Result<()> = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

/// Whether the terminal is ours at the moment; a job in the background keeps still, as git's do. True where standard
/// error is no terminal.
fn is_in_foreground() -> bool {
    rustix::termios::tcgetpgrp(io::stderr())
        .map_or(true, |front| front == rustix::process::getpgrp())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
        fn wait_for(&self, text: &str) {
            while !self.text().contains(text) {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    #[test]
    fn short_work_shows_nothing() {
        let screen = Screen::default();
        let progress =
            Progress::start("Capturing files", Duration::from_secs(3600), screen.clone());
        progress.counter().fetch_add(5, Ordering::Relaxed);
        progress.finish();
        assert_eq!(screen.text(), "");
    }

    #[test]
    fn long_work_ends_in_done() {
        let screen = Screen::default();
        let progress = Progress::start("Capturing files", Duration::ZERO, screen.clone());
        screen.wait_for("\rCapturing files: 0");
        progress.counter().fetch_add(12_345, Ordering::Relaxed);
        progress.finish();
        assert!(
            screen.text().ends_with("\rCapturing files: 12345, done.\n"),
            "{:?}",
            screen.text()
        );
    }

    #[test]
    fn failed_work_takes_its_line_away() {
        let screen = Screen::default();
        let progress = Progress::start("Packing", Duration::ZERO, screen.clone());
        screen.wait_for("\rPacking: 0");
        drop(progress);
        assert_eq!(screen.text(), "\rPacking: 0\r          \r");
    }
}
