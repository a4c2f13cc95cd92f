use checkpoint_model::path::TreePath;

use super::*;

fn leaf(kind: FileKind, id: &str) -> Option<Leaf> {
    Some(Leaf {
        kind,
        id: id.to_owned(),
        raw: None,
        permissions: None,
    })
}

fn file(now: Option<Leaf>, then: Option<Leaf>) -> Difference {
    Difference {
        path: TreePath::new("path"),
        now,
        then,
    }
}

#[test]
fn a_file_has_the_letter_that_git_gives_it() {
    use FileKind::{Executable, File, Link};
    let check = |now, then, want: char, is_same: bool| {
        let file = file(now, then);
        assert_eq!(
            (letter(&file).0, is_same_content(&file)),
            (want, is_same),
            "{file:?}"
        );
    };
    check(None, leaf(File, "1"), 'A', false);
    check(leaf(File, "1"), None, 'D', false);
    check(leaf(File, "1"), leaf(File, "2"), 'M', false);
    check(leaf(File, "1"), leaf(Executable, "1"), 'M', true);
    check(leaf(File, "1"), leaf(Link, "1"), 'T', false);
}

#[test]
fn only_what_moves_is_told() {
    let position = |reference: Option<&str>, id: Option<&str>| HeadPosition {
        reference: reference.map(str::to_owned),
        id: id.map(str::to_owned),
    };
    let main = |id| position(Some("refs/heads/main"), id);
    let check = |now, then, branch_now: Option<&str>, want: &[&str]| {
        let branch_now = branch_now.map(str::to_owned);
        let step = HeadMove {
            now,
            then,
            branch_now,
            upstream: None,
        };
        assert_eq!(moves(&step), want);
    };
    check(
        main(Some("11111111")),
        main(Some("22222222")),
        Some("11111111"),
        &["branch main: 1111111 -> 2222222"],
    );
    check(
        position(Some("refs/heads/topic"), Some("11111111")),
        main(Some("22222222")),
        Some("22222222"),
        &["HEAD: topic at 1111111 -> main at 2222222"],
    );
    check(
        main(Some("11111111")),
        position(None, Some("22222222")),
        None,
        &["HEAD: main at 1111111 -> detached at 2222222"],
    );
    check(
        position(None, Some("11111111")),
        main(Some("22222222")),
        None,
        &[
            "HEAD: detached at 1111111 -> main at 2222222",
            "branch main: no commit -> 2222222",
        ],
    );
}

#[test]
fn an_operation_ends_or_begins_again() {
    let check = |now: &[OperationKind], then: &[OperationKind], want: &str| {
        let operation = OperationMove {
            now: now.to_vec(),
            then: then.to_vec(),
        };
        assert_eq!(change(&operation), want);
    };
    check(&[OperationKind::Merge], &[], "merge -> none");
    check(
        &[],
        &[OperationKind::Merge, OperationKind::Bisect],
        "none -> merge and bisect",
    );
}
