//! Made-up edits, and the runner that tries them.

use bstr::BString;
use checkpoint_tests::{Content, Edit, Sandbox, cases, seed};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// Few names, so that edits meet each other; each is there for a reason.
const NAMES: &[&[u8]] = &[
    // Committed at the start.
    b"README",
    b"src/main.c",
    b"src/lib/list.c",
    b"doc/guide.txt",
    b"run.sh",
    b"link",
    // A file where a folder is, and the other way round.
    b"src",
    b"src/lib",
    b"README/inside",
    b"link/inside",
    // Sorted around `src/` in an index, not in a tree.
    b"src-",
    b"src.c",
    b"src0",
    // To be quoted.
    b"a b",
    b"tab\tand \"quotes\"",
    b"new\nline",
    b"not \xff UTF-8",
    "snow ☃".as_bytes(),
    b"back\\slash",
    // Words to a command line or a pathspec.
    b"-dash",
    b"*",
    b":(top)",
    b"#hash",
    b"!bang",
    // Ignored once a rule says so.
    b"debug.log",
    b"build/out.o",
    b"build/deep/out.o",
    b"new/file",
    b"new/deep/file",
    b".hidden",
];

const TARGETS: &[&[u8]] = &[
    b"README",
    b"nowhere",
    b"src",
    b"../outside",
    b"/dev/null",
    b"not \xff UTF-8",
];

const PATTERNS: &[&[u8]] = &[
    b"*.log",
    b"build/",
    b"/new/*",
    b"!new/file",
    b"*.o",
    b"!keep.o",
    b"deep",
    b"**/deep/**",
    b"#no rule",
    b"*",
];

fn name() -> impl Strategy<Value = BString> {
    select(NAMES).prop_map(BString::from)
}

fn content() -> impl Strategy<Value = Content> {
    let number = 0..4_u8;
    prop_oneof![
        1 => Just(Content::Empty),
        4 => number.clone().prop_map(Content::Line),
        2 => number.clone().prop_map(Content::Lines),
        1 => number.clone().prop_map(Content::DosLines),
        1 => number.clone().prop_map(Content::Binary),
        1 => number.prop_map(Content::Large),
    ]
}

/// Changes of the working tree.
fn in_working_tree() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (name(), content()).prop_map(|(path, content)| Edit::Write(path, content)),
        3 => (name(), content()).prop_map(|(path, content)| Edit::Append(path, content)),
        2 => name().prop_map(Edit::SameSize),
        3 => name().prop_map(Edit::Remove),
        3 => (name(), name()).prop_map(|(from, to)| Edit::Rename(from, to)),
        2 => (name(), any::<bool>()).prop_map(|(path, executable)| Edit::Executable(path, executable)),
        2 => (name(), select(TARGETS)).prop_map(|(path, target)| Edit::Link(path, target.into())),
        1 => name().prop_map(Edit::Folder),
        1 => (name(), select(PATTERNS)).prop_map(|(path, pattern)| Edit::Ignore(path, pattern.into())),
    ]
}

/// Changes of the index that a tree can tell.
fn in_index() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => name().prop_map(Edit::Stage),
        2 => Just(Edit::StageAll),
        2 => name().prop_map(Edit::Unstage),
        1 => name().prop_map(Edit::Untrack),
        1 => Just(Edit::Commit),
    ]
}

/// Up to 25 edits that leave a plain state: no conflict, no flag.
pub(crate) fn plain_edits() -> impl Strategy<Value = Vec<Edit>> {
    vec(prop_oneof![3 => in_working_tree(), 1 => in_index()], 0..25)
}

/// The same with intents to add.
pub(crate) fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    let intent = name().prop_map(Edit::IntendToAdd);
    vec(
        prop_oneof![9 => in_working_tree(), 3 => in_index(), 1 => intent],
        0..25,
    )
}

/// The same with flags that make git look away.
pub(crate) fn flagged_edits() -> impl Strategy<Value = Vec<Edit>> {
    const FLAGS: &[&str] = &["--assume-unchanged", "--skip-worktree"];
    let flag = (name(), select(FLAGS)).prop_map(|(path, flag)| Edit::Flag(path, flag));
    let intent = name().prop_map(Edit::IntendToAdd);
    vec(
        prop_oneof![9 => in_working_tree(), 3 => in_index(), 1 => intent, 2 => flag],
        0..25,
    )
}

/// A committed repository after these edits.
pub(crate) fn after(edits: &[Edit]) -> Sandbox {
    let sandbox = Sandbox::committed();
    edits.iter().for_each(|edit| edit.apply(&sandbox));
    sandbox
}

/// Changes of the working tree and the index of every kind, for who mixes them with others.
pub(crate) fn any_edit() -> impl Strategy<Value = Edit> {
    const FLAGS: &[&str] = &[
        "--assume-unchanged",
        "--no-assume-unchanged",
        "--skip-worktree",
        "--no-skip-worktree",
    ];
    let flag = (name(), select(FLAGS)).prop_map(|(path, flag)| Edit::Flag(path, flag));
    let intent = name().prop_map(Edit::IntendToAdd);
    prop_oneof![9 => in_working_tree(), 5 => in_index(), 1 => intent, 1 => flag]
}

/// Tries a property on made-up things, edits for the most part; a failure comes with the fewest that show it, and the
/// seed.
pub(crate) fn check<T: std::fmt::Debug>(
    edits: impl Strategy<Value = Vec<T>>,
    property: impl Fn(&[T]),
) {
    let seed = seed();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    // Each try takes some thirty processes: a failure is made smaller only so long.
    let config = Config {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let result = runner.run(&edits, |edits| {
        property(&edits);
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, edits)) => {
            panic!("CHECKPOINT_TEST_SEED={seed}\nafter {edits:#?}\n{reason}")
        }
        Err(TestError::Abort(reason)) => panic!("CHECKPOINT_TEST_SEED={seed}: {reason}"),
    }
}
