use super::*;

fn kinds() -> BTreeMap<String, ForgeKind> {
    [
        ("git.example.org", ForgeKind::Gitea),
        ("code.example.org:8443", ForgeKind::Gitlab),
        ("ghe.example.org", ForgeKind::Github),
        ("[::1]:3000", ForgeKind::Forgejo),
        ("two.example.org:1", ForgeKind::Gitea),
        ("two.example.org:2", ForgeKind::Gitea),
    ]
    .map(|(host, kind)| (host.to_owned(), kind))
    .into()
}

fn site(url: &str) -> Option<Site> {
    Site::of(&Remote::parse(url).unwrap(), &kinds()).unwrap()
}

#[test]
fn hosts_tell_their_forge_and_its_interface() {
    let check = |url: &str, api: &str, path: &str| {
        let site = site(url).unwrap_or_else(|| panic!("{url} is known"));
        assert_eq!(
            (site.api().as_str(), site.path.as_str()),
            (api, path),
            "{url}"
        );
    };
    check(
        "https://github.com/a/b.git",
        "https://api.github.com",
        "a/b",
    );
    check("git@github.com:a/b.git", "https://api.github.com", "a/b");
    check(
        "ssh://git@ssh.github.com:443/a/b",
        "https://api.github.com",
        "a/b",
    );
    check("http://github.com/a/b", "https://api.github.com", "a/b");
    check("git@x.ghe.com:a/b", "https://api.x.ghe.com", "a/b");
    check(
        "git@ghe.example.org:a/b",
        "https://ghe.example.org/api/v3",
        "a/b",
    );
    check(
        "https://gitlab.com/g/s/p",
        "https://gitlab.com/api/v4",
        "g/s/p",
    );
    check("http://gitlab.com/g/p", "https://gitlab.com/api/v4", "g/p");
    check(
        "ssh://git@altssh.gitlab.com:443/g/p",
        "https://gitlab.com/api/v4",
        "g/p",
    );
    check(
        "https://code.example.org:8443/g/p",
        "https://code.example.org:8443/api/v4",
        "g/p",
    );
    check(
        "ssh://git@code.example.org:22/g/p",
        "https://code.example.org:8443/api/v4",
        "g/p",
    );
    check(
        "https://codeberg.org/a/b",
        "https://codeberg.org/api/v1",
        "a/b",
    );
    check("https://gitea.com/a/b", "https://gitea.com/api/v1", "a/b");
    check(
        "https://git.example.org/a/b",
        "https://git.example.org/api/v1",
        "a/b",
    );
    check(
        "https://git.example.org:443/a/b",
        "https://git.example.org/api/v1",
        "a/b",
    );
    check(
        "https://git.example.org:3000/a/b",
        "https://git.example.org:3000/api/v1",
        "a/b",
    );
    check(
        "http://git.example.org/forge/a/b",
        "http://git.example.org/forge/api/v1",
        "a/b",
    );
    check(
        "ssh://git@git.example.org:2222/srv/a/b",
        "https://git.example.org/api/v1",
        "a/b",
    );
    check("http://[::1]:3000/a/b", "http://[::1]:3000/api/v1", "a/b");
    check(
        "git@bitbucket.org:w/r.git",
        "https://api.bitbucket.org/2.0",
        "w/r",
    );
}

#[test]
fn unknown_hosts_stay_unknown() {
    for url in [
        "https://example.org/a/b",
        "https://github.com.example.org/a/b",
        "https://code.example.org/g/p",
        "git@two.example.org:a/b",
        "/srv/a/b",
    ] {
        assert_eq!(site(url), None, "{url}: nobody said what runs there");
    }
}

#[test]
fn a_path_that_is_no_repository_is_refused() {
    for url in [
        "https://github.com/a",
        "https://github.com/a/b/c",
        "https://gitlab.com/a",
        "https://gitea.com/a",
        "https://bitbucket.org/a/b/c",
    ] {
        let remote = Remote::parse(url).unwrap();
        assert!(Site::of(&remote, &kinds()).is_err(), "{url}");
    }
}

#[test]
fn the_page_to_compare_takes_any_branch() {
    let check = |url: &str, want: &str| {
        let page = site(url).unwrap().compare_page("agent/a#b/run-1", "main");
        assert_eq!(page, want);
    };
    check(
        "git@github.com:a/b",
        "https://github.com/a/b/compare/main...agent/a%23b/run-1?expand=1",
    );
    check(
        "git@gitlab.com:g/s/p",
        "https://gitlab.com/g/s/p/-/merge_requests/new?merge_request%5Bsource_branch%5D=agent%2Fa%23b%2Frun-1&merge_request%5Btarget_branch%5D=main",
    );
    check(
        "http://git.example.org/forge/a/b",
        "http://git.example.org/forge/a/b/compare/main...agent/a%23b/run-1",
    );
    check(
        "git@bitbucket.org:w/r.git",
        "https://bitbucket.org/w/r/pull-requests/new?source=agent%2Fa%23b%2Frun-1&dest=main",
    );
}
