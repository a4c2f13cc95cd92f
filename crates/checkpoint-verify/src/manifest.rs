//! The fingerprints of many trees that are nearly the same.
//!
//! A fingerprint is a hash over everything, so the last file of a tree can only be hashed after all others. What two
//! states have in common at their beginning is hashed once: the hash is noted down as it stood along the way.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use sha2::{Digest as _, Sha256};

use crate::listing::{Node, Part};

/// So many runs of lines lie between two notes of how the hash stood.
const STEP: usize = 16;
/// At most so many trees in a row are hashed by one thread, each beginning where the one before it began to differ.
const ROW: usize = 64;

/// `sha256:<hex>` of each tree, in order.
pub(crate) fn all(roots: &[Arc<Node>]) -> Vec<String> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let row = roots.len().div_ceil(threads).clamp(1, ROW);
    let rows: Vec<_> = roots.chunks(row).collect();
    let done = Mutex::new(vec![Vec::new(); rows.len()]);
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((at, row)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, rows.get(at)?)))
        {
            let hashed = row_of(row);
            done.lock().unwrap_or_else(PoisonError::into_inner)[at] = hashed;
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(rows.len()) {
            // Without a thread to spare, this one does it all.
            drop(thread::Builder::new().spawn_scoped(scope, work));
        }
        work();
    });
    done.into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .concat()
}

fn row_of(roots: &[Arc<Node>]) -> Vec<String> {
    let mut before: Vec<&[u8]> = Vec::new();
    // How the hash stood before each STEP-th run.
    let mut notes: Vec<Sha256> = Vec::new();
    let mut hashed = Vec::with_capacity(roots.len());
    for root in roots {
        let mut runs = Vec::with_capacity(before.len());
        flatten(root, &mut runs);
        // A directory in which anything changed is listed anew, with the same lines before what changed.
        let is_same =
            |(one, other): &(&&[u8], &&[u8])| std::ptr::eq(**one, **other) || one == other;
        let common = before.iter().zip(&runs).take_while(is_same).count();
        notes.truncate(common / STEP + 1);
        let start = notes.len().saturating_sub(1) * STEP;
        let mut hasher = notes.last().cloned().unwrap_or_else(Sha256::new);
        for (at, run) in runs.iter().enumerate().skip(start) {
            if at % STEP == 0 && at / STEP >= notes.len() {
                notes.push(hasher.clone());
            }
            hasher.update(run);
        }
        let digits = hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        hashed.push(format!("sha256:{digits}"));
        before = runs;
    }
    hashed
}

fn flatten<'n>(node: &'n Node, runs: &mut Vec<&'n [u8]>) {
    for part in &node.parts {
        match part {
            Part::Lines(lines) => runs.push(lines),
            Part::Directory(below) => flatten(below, runs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(parts: Vec<Part>) -> Arc<Node> {
        Arc::new(Node {
            parts,
            ..Node::default()
        })
    }

    #[test]
    fn what_is_in_common_is_hashed_once_and_counts_each_time() {
        let shared: Vec<_> = (0..100)
            .map(|n| node(vec![Part::Lines(format!("line {n}").into_bytes())]))
            .collect();
        let root = |changed: usize| {
            let parts = shared
                .iter()
                .enumerate()
                .map(|(at, below)| match at == changed {
                    true => Part::Lines(b"other".to_vec()),
                    false => Part::Directory(Arc::clone(below)),
                });
            node(parts.collect())
        };
        let roots: Vec<_> = [99, 50, 50, 0, 17, 15, 16, 99, 1000].map(root).into();
        let wanted: Vec<_> = roots
            .iter()
            .map(|root| row_of(std::slice::from_ref(root)).concat())
            .collect();
        assert_eq!(all(&roots), wanted);
        assert_eq!(wanted[1], wanted[2], "the same files");
        let nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(all(&[node(Vec::new())]), [nothing]);
        assert!(all(&[]).is_empty());
    }
}
