//! Decides what the index of the commit has to hold, from what differs from HEAD.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice as _};

use super::{
    scope::Scope,
    trees::{Changes, Leaf},
};

/// Entries of an index by their paths; none is not there.
pub(crate) type Wanted = BTreeMap<BString, Option<Leaf>>;

/// What there is, compared with HEAD.
pub(crate) struct Present<'a> {
    /// Where the files differ from HEAD.
    pub(crate) files: &'a Changes,
    /// Where the index differs from HEAD.
    pub(crate) index: &'a Changes,
    /// Whether the index has entries that its tree does not tell.
    pub(crate) is_index_odd: bool,
    /// Whether git has been told not to look at the file of this entry.
    pub(crate) is_frozen: &'a dyn Fn(&BStr) -> bool,
}

/// What is to be done to a copy of the index.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Whether it is to become HEAD's first: what is staged beside is not to be committed.
    pub(crate) reset: bool,
    /// What it has to be given then.
    pub(crate) stage: Wanted,
    /// What every path in scope is to be, where it differs from HEAD or is staged as something else.
    pub(crate) settled: Wanted,
    /// Whether the commit would differ from HEAD.
    pub(crate) is_empty: bool,
}

impl Plan {
    pub(crate) fn make(present: &Present<'_>, scope: &Scope) -> Self {
        let Present { files, index, .. } = present;
        let is_beside = |path: &&BString| !scope.holds(path);
        let reset = present.is_index_odd || index.keys().any(|path| is_beside(&path));
        let mut plan = Self {
            reset,
            is_empty: true,
            ..Self::default()
        };
        for path in files.keys().chain(index.keys()) {
            if is_beside(&path) || plan.settled.contains_key(path) {
                continue;
            }
            let known = files.get(path).or_else(|| index.get(path));
            let head = known.and_then(|(before, _)| *before);
            let after = |changes: &Changes| changes.get(path).map_or(head, |(_, after)| *after);
            let staged = after(index);
            let wanted = match (present.is_frozen)(path.as_bstr()) {
                true => staged,
                false => after(files),
            };
            plan.is_empty &= wanted == head;
            let found = if reset { head } else { staged };
            if wanted != found {
                plan.stage.insert(path.clone(), wanted);
            }
            plan.settled.insert(path.clone(), wanted);
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use gix::{ObjectId, objs::tree::EntryKind};

    use super::*;

    /// A file whose content is this one letter.
    fn leaf(content: u8) -> Leaf {
        Leaf {
            mode: EntryKind::Blob.into(),
            id: ObjectId::from_bytes_or_panic(&[content; 20]),
        }
    }

    /// `path: HEAD index file` for each path; `-` where there is none, `!` behind it where it is frozen.
    fn check(scope: &[&str], rows: &[&str], want: &str) {
        let at = |letter: &str| (letter != "-").then(|| leaf(letter.as_bytes()[0]));
        let (mut files, mut index, mut frozen) = (Changes::new(), Changes::new(), Vec::new());
        for row in rows {
            let words: Vec<_> = row.split(' ').collect();
            let [path, head, staged, file] = words[..] else {
                panic!("four words: {row}")
            };
            let name = BString::from(path.trim_end_matches('!'));
            if path.ends_with('!') {
                frozen.push(name.clone());
            }
            if head != staged {
                index.insert(name.clone(), (at(head), at(staged)));
            }
            if head != file {
                files.insert(name, (at(head), at(file)));
            }
        }
        let scope = match scope {
            [] => Scope::Everything,
            paths => Scope::Paths(paths.iter().map(|path| BString::from(*path)).collect()),
        };
        let plan = Plan::make(
            &Present {
                files: &files,
                index: &index,
                is_index_odd: false,
                is_frozen: &|path| frozen.iter().any(|it| it == path),
            },
            &scope,
        );
        let tell = |wanted: &Wanted| {
            let one = |(path, leaf): (&BString, &Option<Leaf>)| {
                let letter = leaf.map_or('-', |leaf| char::from(leaf.id.as_bytes()[0]));
                format!(" {path}={letter}")
            };
            wanted.iter().map(one).collect::<String>()
        };
        let words = [(plan.reset, "reset"), (plan.is_empty, "empty")];
        let words: Vec<_> = words
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, it)| *it)
            .collect();
        let got = format!(
            "{}{} |{}",
            words.join(" "),
            tell(&plan.stage),
            tell(&plan.settled)
        );
        assert_eq!(got, want, "{scope:?} {rows:?}");
    }

    #[test]
    fn what_is_chosen_is_staged_and_what_is_beside_is_not() {
        check(&[], &["f a a b"], " f=b | f=b");
        check(&[], &["f a b b"], " | f=b");
        check(&[], &["f a b a"], "empty f=a | f=a");
        check(&[], &["f a a -"], " f=- | f=-");
        check(&[], &["f - - a"], " f=a | f=a");
        check(&[], &[], "empty |");
        check(&["f"], &["f a a b", "g a a b"], " f=b | f=b");
        check(&["f"], &["f a a b", "g a b b"], "reset f=b | f=b");
        check(&["f"], &["g a b b"], "reset empty |");
        check(&["f"], &["f a b b", "g a a b"], " | f=b");
        check(&["f"], &["f a b c", "g - b b"], "reset f=c | f=c");
        check(&["f"], &["f a b a", "g - b b"], "reset empty | f=a");
        check(
            &["d"],
            &["d/f a a b", "d/g - - b", "e a a b"],
            " d/f=b d/g=b | d/f=b d/g=b",
        );
        check(&["d"], &["d a a -", "d/f - - b"], " d=- d/f=b | d=- d/f=b");
    }

    #[test]
    fn what_git_is_not_to_look_at_is_committed_as_it_is_staged() {
        check(&[], &["f! a a b"], "empty | f=a");
        check(&[], &["f! a b c"], " | f=b");
        check(&["f"], &["f! a b c", "g a b b"], "reset f=b | f=b");
    }
}
