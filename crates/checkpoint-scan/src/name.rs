//! Paths are published as well, and a name may be a secret.

use bstr::{BStr, BString};

use crate::{
    content::{self, Found},
    matcher::Matcher,
};

/// A path with secrets in it.
pub(crate) struct Telling {
    /// The path without them.
    pub(crate) shown: BString,
    pub(crate) found: Vec<Found>,
}

/// Looks for secrets in a path; none: there are none.
pub(crate) fn search(path: &BStr) -> Option<Telling> {
    let found = content::search_short(path, Matcher::of_text());
    if found.is_empty() {
        return None;
    }
    let mut shown = BString::default();
    let mut end = 0;
    for one in &found {
        let place = one.place.start as usize..one.place.end as usize;
        shown.extend_from_slice(&path[end..place.start]);
        shown.extend_from_slice("…".as_bytes());
        end = place.end;
    }
    shown.extend_from_slice(&path[end..]);
    Some(Telling { shown, found })
}

/// Whether there is one in it.
pub(crate) fn is_telling(path: &BStr) -> bool {
    let mut is_telling = false;
    Matcher::of_text().search(path, 0..path.len(), |_| is_telling = true);
    is_telling
}

/// The path as it may be told.
pub(crate) fn shown(path: &BStr) -> BString {
    search(path).map_or_else(|| path.to_owned(), |telling| telling.shown)
}
