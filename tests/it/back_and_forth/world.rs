//! A repository, and what we know that it has to be: the model is a list of pictures and two stacks.

use std::collections::BTreeSet;

use bstr::{BStr, BString, ByteSlice};
use checkpoint_tests::{Picture, Sandbox, Thing, count};

use super::act::Act;

/// A state that can come back.
#[derive(Clone)]
struct State {
    picture: Picture,
    /// What of its files a checkpoint holds.
    held: BTreeSet<BString>,
    /// The directories with nothing in them that are ignored.
    ignored: BTreeSet<BString>,
}

impl State {
    /// Whether nothing lies below a path.
    fn is_hollow(&self, path: &BString) -> bool {
        let below = BString::from([path.as_slice(), b"/"].concat());
        let next = self.picture.files.range(below.clone()..).next();
        next.is_none_or(|(path, _)| !path.starts_with(&below))
    }
}

/// What an undo or a redo goes back to.
struct Past {
    state: State,
    /// The branch that was moved beside HEAD's own: name, from, to.
    moved: Option<(String, Option<String>, Option<String>)>,
    /// Whether everything goes back, or what a restore of a part has changed.
    is_part: bool,
}

pub(crate) struct World {
    sandbox: Sandbox,
    kept: Vec<State>,
    undo: Vec<Past>,
    redo: Vec<Past>,
    /// Whether nothing was done since the last way back or forth.
    is_untouched: bool,
}

impl World {
    /// Three commits on `main`, and `side`, which changes some of the same lines.
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::committed();
        sandbox.write("README", "read me twice\n");
        sandbox.write(".gitignore", "*.o\n");
        sandbox.commit("second");
        sandbox.git(["checkout", "--quiet", "-b", "side"]);
        sandbox.write("README", "as side has it\n");
        sandbox.write("src/main.c", "side\n");
        sandbox.commit("side");
        sandbox.git(["checkout", "--quiet", "main"]);
        sandbox.write("README", "as main has it\n");
        sandbox.commit("third");
        sandbox.write("build/out.o", "ignored\n");
        Self {
            sandbox,
            kept: Vec::new(),
            undo: Vec::new(),
            redo: Vec::new(),
            is_untouched: false,
        }
    }

    /// Does one thing and looks whether all is as it has to be.
    pub(crate) fn go(&mut self, act: &Act, why: &str) {
        count(act.word());
        match act {
            Act::Edit(_) | Act::Git(_) => {
                act.apply(&self.sandbox);
                self.is_untouched = false;
            }
            Act::Keep => {
                let name = format!("k{}", self.kept.len());
                self.sandbox.checkpoint(["create", &name]).exits(0);
                self.kept.push(self.look());
            }
            Act::Restore(back) => self.restore(*back, why),
            Act::Partly(back, part) => self.restore_partly(*back, part, why),
            Act::Undo => match self.undo.pop() {
                Some(past) => {
                    let before = self.back_to(&past, "--undo", why);
                    self.redo.push(before);
                }
                None => self.has_nothing_to("--undo"),
            },
            Act::Redo => match self.redo.pop() {
                Some(past) => {
                    let before = self.back_to(&past, "--redo", why);
                    self.undo.push(before);
                }
                None => self.has_nothing_to("--redo"),
            },
        }
    }

    /// What git thinks of it in the end. It writes an index with an empty tree in it itself, and misses that then.
    pub(crate) fn is_sound(&self) {
        const EMPTY: &str = "missing tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let words = [
            "fsck",
            "--connectivity-only",
            "--no-dangling",
            "--no-progress",
        ];
        let found = self.sandbox.try_git(words);
        let text = found.text();
        let complaints: Vec<_> = text.lines().filter(|line| *line != EMPTY).collect();
        assert!(complaints.is_empty(), "git finds fault: {found}");
    }

    fn restore(&mut self, back: usize, why: &str) {
        let n = self.kept.len() - 1 - back.min(self.kept.len() - 1);
        let kept = self.kept[n].clone();
        let before = self.look();
        let words = ["--json", &format!("k{n}"), "--exact", "--force"];
        let told = self.sandbox.safe_restore(words).exits(0).json();
        let after = self.look();
        let expected = Past {
            state: kept,
            moved: None,
            is_part: false,
        };
        is_as_expected(&before, &expected, &after, why);
        if told["outcome"] == "restored" {
            let moved = moved(&before, &expected.state);
            self.undo.push(Past {
                state: before,
                moved,
                is_part: false,
            });
            self.redo.clear();
            self.is_untouched = true;
        }
        self.is_tidy(why);
    }

    /// What comes back by that is told elsewhere; that it can be taken back is asked here.
    fn restore_partly(&mut self, back: usize, part: &str, why: &str) {
        let n = self.kept.len() - 1 - back.min(self.kept.len() - 1);
        let before = self.look();
        let name = format!("k{n}");
        let words = ["--json", "--force", &name].into_iter();
        let done = self.sandbox.safe_restore(words.chain(part.split(' ')));
        if done.code != 0 {
            let differences = before.picture.differences(&self.look().picture);
            assert!(
                done.code == 1 && differences.is_empty(),
                "{why}: {done}\n{differences}"
            );
        }
        self.is_tidy(why);
        if done.code != 0 {
            // Refused, and nothing was changed.
        } else if done.json()["outcome"] == "restored" {
            self.undo.push(Past {
                state: before,
                moved: None,
                is_part: part != "--mixed",
            });
            self.redo.clear();
            self.is_untouched = true;
        }
    }

    /// Goes one step on a stack; gives what the other stack gets.
    fn back_to(&mut self, past: &Past, word: &str, why: &str) -> Past {
        let before = self.look();
        self.sandbox.safe_restore([word, "--force"]).exits(0);
        let after = self.look();
        if self.is_untouched {
            let mut found = after.picture.clone();
            if past.is_part {
                // A part may bring files back that are ignored by rules that stay: those are not seen any more.
                let then = &past.state.picture.files;
                let is_unseen = |path: &BString, thing: &Thing| match thing {
                    Thing::Directory => !after.is_hollow(path),
                    _ => !after.held.contains(path),
                };
                found
                    .files
                    .retain(|path, thing| then.contains_key(path) || !is_unseen(path, thing));
            }
            let differences = past.state.picture.differences(&found);
            assert!(
                differences.is_empty(),
                "{why}, and yet it differs:\n{differences}"
            );
        } else if !past.is_part {
            is_as_expected(&before, past, &after, why);
        }
        self.is_tidy(why);
        self.is_untouched = true;
        let moved = moved(&before, &past.state);
        Past {
            state: before,
            moved,
            is_part: past.is_part,
        }
    }

    fn has_nothing_to(&self, word: &str) {
        let before = self.look();
        self.sandbox.safe_restore([word, "--force"]).exits(1);
        let differences = before.picture.differences(&self.look().picture);
        assert!(
            differences.is_empty(),
            "{word} is refused, and yet it differs:\n{differences}"
        );
    }

    fn look(&self) -> State {
        let picture = Picture::of(&self.sandbox);
        State {
            ignored: picture.ignored_directories(&self.sandbox),
            held: Picture::held(&self.sandbox),
            picture,
        }
    }

    fn is_tidy(&self, why: &str) {
        let found = self.sandbox.sh(
            "find . -name '.git-checkpoint-*' -o -name '*.lock' -not -path './.git/checkpoint/restore.lock' \
             -o -path './.git/checkpoint/*' -not -name restore.lock -not -name list-cache",
        );
        assert_eq!(found, "", "{why}, nothing is left behind");
    }
}

/// The branch that a restore moves though it was not checked out.
fn moved(before: &State, then: &State) -> Option<(String, Option<String>, Option<String>)> {
    let name = &then.picture.head;
    let commit = |state: &State| state.picture.branches.get(name).cloned();
    let (from, to) = (commit(before), commit(then));
    let is_other = name.starts_with("refs/") && before.picture.head != *name;
    (is_other && from != to).then(|| (name.clone(), from, to))
}

/// Fails unless `after` is what going to `past` from `before` has to give.
fn is_as_expected(before: &State, past: &Past, after: &State, why: &str) {
    let then = &past.state;
    let mut expected = then.picture.clone();
    expected.branches = branches(before, past);
    // What no checkpoint holds stays as it was, unless something else comes to its place.
    expected.files.retain(|path, thing| match thing {
        Thing::Directory => then.is_hollow(path) && !then.ignored.contains(path),
        _ => then.held.contains(path),
    });
    for (path, thing) in &before.picture.files {
        let is_unseen = match thing {
            Thing::Directory => before.ignored.contains(path),
            _ => !before.held.contains(path),
        };
        let is_free = !expected.files.contains_key(path) && has_room(&expected, path.as_bstr());
        if is_unseen && is_free {
            expected.files.insert(path.clone(), thing.clone());
        }
    }
    // What was ignored then is not what the checkpoint tells of: it stays, though it was seen before.
    for (path, thing) in &after.picture.files {
        let is_ignored = match thing {
            Thing::Directory => after.ignored.contains(path),
            _ => before.held.contains(path) && !after.held.contains(path),
        };
        let was_there = before.picture.files.get(path) == Some(thing);
        // A backup may hold it nevertheless, because it lay in the way: then it is as it was.
        let is_as_then = then.picture.files.get(path) == Some(thing);
        let is_right = is_ignored && was_there || is_as_then;
        if is_right && !expected.files.contains_key(path) {
            expected.files.insert(path.clone(), thing.clone());
        }
    }
    let is_seen_now = |path: &BString| after.held.contains(path) && !then.held.contains(path);
    let came_into_sight = expected.files.keys().any(is_seen_now);
    let mut found = after.picture.clone();
    if came_into_sight {
        found.status.clone_from(&expected.status);
    }
    // Directories are there for what is in them, and those that were empty.
    found
        .files
        .retain(|path, thing| !matches!(thing, Thing::Directory) || after.is_hollow(path));
    // One may be empty then for what is in it now, ignored.
    expected.files.retain(|path, thing| {
        !matches!(thing, Thing::Directory)
            || !after.picture.files.contains_key(path)
            || after.is_hollow(path)
    });
    let differences = expected.differences(&found);
    assert!(
        differences.is_empty(),
        "{why}, and yet it differs:\n{differences}"
    );
}

/// Nothing of what comes is at `path`, above it or below it.
fn has_room(expected: &Picture, path: &BStr) -> bool {
    let below = [path.as_bytes(), b"/"].concat();
    let mut above = path.find_iter(b"/").map(|slash| path[..slash].as_bstr());
    let is_free_above = above
        .all(|directory| matches!(expected.files.get(directory), None | Some(Thing::Directory)));
    is_free_above && !expected.files.keys().any(|file| file.starts_with(&below))
}

/// HEAD's branch is as it was then, one that was moved goes back unless somebody moved it since, the others stay.
fn branches(before: &State, past: &Past) -> std::collections::BTreeMap<String, String> {
    let mut branches = before.picture.branches.clone();
    let mut put = |name: &String, id: Option<&String>| match id {
        Some(id) => drop(branches.insert(name.clone(), id.clone())),
        None => drop(branches.remove(name)),
    };
    if let Some((name, from, to)) = &past.moved
        && before.picture.branches.get(name) == to.as_ref()
    {
        put(name, from.as_ref());
    }
    let head = &past.state.picture.head;
    if head.starts_with("refs/heads/") {
        put(head, past.state.picture.branches.get(head));
    }
    branches
}
