use std::collections::BTreeMap;

use super::*;

fn site(url: &str) -> Option<Site> {
    Site::of(&url.parse().unwrap(), &BTreeMap::new()).unwrap()
}

fn check(url: &str, printed: &str, request: Option<(u64, Option<&str>)>, page: Option<&str>) {
    let told = read(printed.as_bytes(), site(url).as_ref());
    let request = request.map(|(number, url)| (number, url.map(str::to_owned)));
    assert_eq!(
        (told.request, told.compare_page.as_deref()),
        (request, page),
        "{printed}"
    );
}

const GITHUB: &str = "git@github.com:ada/engine";
const OTHER: &str = "/srv/engine.git";

#[test]
fn what_forges_say_is_read() {
    check(
        GITHUB,
        "remote: \nremote: Create a pull request for 'x' on GitHub by visiting:        \nremote:      https://github.com/ada/engine/pull/new/x        \n",
        None,
        Some("https://github.com/ada/engine/pull/new/x"),
    );
    check(
        "https://gitlab.com/ada/engine",
        "remote: View merge request for x:\nremote:   https://gitlab.com/ada/engine/-/merge_requests/12\n",
        Some((
            12,
            Some("https://gitlab.com/ada/engine/-/merge_requests/12"),
        )),
        None,
    );
    check(
        "https://codeberg.org/ada/engine",
        "remote: Create a new pull request for 'x':\nremote:   https://codeberg.org/ada/engine/compare/main...x\n",
        None,
        Some("https://codeberg.org/ada/engine/compare/main...x"),
    );
    check(
        "https://codeberg.org/Ada/engine",
        "remote: Visit the existing pull request:\nremote:   https://codeberg.org/ada/engine/pulls/9 merges into main\n",
        Some((9, Some("https://codeberg.org/ada/engine/pulls/9"))),
        None,
    );
    check(
        "git@bitbucket.org:ada/engine",
        "remote: Create pull request for x:\nremote:   https://bitbucket.org/ada/engine/pull-requests/new?source=x&t=1\n",
        None,
        Some("https://bitbucket.org/ada/engine/pull-requests/new?source=x&t=1"),
    );
    check(
        OTHER,
        "To host:engine.git\n * [new reference]   HEAD -> refs/pull/7/head\n",
        Some((7, None)),
        None,
    );
    check(
        OTHER,
        "*\tHEAD:refs/pull/7/head\t[new reference]\nDone\n",
        Some((7, None)),
        None,
    );
    check(
        OTHER,
        "remote:   https://host/ada/engine/pulls/7\n   1..2  HEAD -> refs/pull/7/head\n",
        Some((7, Some("https://host/ada/engine/pulls/7"))),
        None,
    );
    check(
        OTHER,
        "   1..2  HEAD -> refs/pull/7/head\nremote:   https://host/ada/engine/pulls/7\n",
        Some((7, Some("https://host/ada/engine/pulls/7"))),
        None,
    );
}

#[test]
fn what_else_is_said_is_not_taken_for_it() {
    check(
        GITHUB,
        "remote: see https://github.com/other/thing/pull/3\n",
        None,
        None,
    );
    check(
        GITHUB,
        "remote: see https://github.com/ada/engine2/pull/3\n",
        None,
        None,
    );
    check(
        GITHUB,
        "remote: see https://github.com/ada/engine/issues/3\n",
        None,
        None,
    );
    check(
        GITHUB,
        "see https://github.com/ada/engine/pull/3\n",
        None,
        None,
    );
    check(
        GITHUB,
        "remote: javascript://github.com/ada/engine/pull/3\n",
        None,
        None,
    );
    check(
        GITHUB,
        "remote: https://github.com/ada/engine/pull/99999999999999999999\n",
        None,
        None,
    );
    check(
        GITHUB,
        "remote: https://github.com/ada/engine/pull/3\u{1b}[2J\n",
        None,
        None,
    );
    check(
        OTHER,
        " ! [remote rejected] HEAD -> refs/pull/7/head (no)\n",
        None,
        None,
    );
    check(OTHER, "", None, None);
    check(OTHER, "\u{fffd}\0remote:\n", None, None);
}
