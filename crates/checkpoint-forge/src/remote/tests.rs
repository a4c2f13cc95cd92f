use super::*;

#[test]
fn addresses_read_as_git_reads_them() {
    let check = |url: &str, transport: Transport, authority: &str, path: &str| {
        let remote = Remote::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(
            (
                remote.transport(),
                remote.authority().as_str(),
                remote.path().as_str()
            ),
            (transport, authority, path),
            "{url}"
        );
    };
    use Transport::{File, Git, Http, Https, Ssh};
    check("https://github.com/a/b.git", Https, "github.com", "a/b");
    check("https://github.com/a/b", Https, "github.com", "a/b");
    check("https://github.com/a/b.git/", Https, "github.com", "a/b");
    check("HTTPS://GitHub.com/A/b", Https, "github.com", "A/b");
    check("https://u:p@host:8443/a/b", Https, "host:8443", "a/b");
    check("https://u@v:p@host/a/b", Https, "host", "a/b");
    check(
        "http://127.0.0.1:3000/a/b.git",
        Http,
        "127.0.0.1:3000",
        "a/b",
    );
    check("http://[::1]:3000/a/b", Http, "[::1]:3000", "a/b");
    check("https://host/g/s/t/p.git", Https, "host", "g/s/t/p");
    check("https://host/a%20b/c", Https, "host", "a b/c");
    check("ssh://git@host:2222/a/b.git", Ssh, "host:2222", "a/b");
    check("ssh://host/~ada/b", Ssh, "host", "~ada/b");
    check("git+ssh://git@host/a/b", Ssh, "host", "a/b");
    check("git@github.com:a/b.git", Ssh, "github.com", "a/b");
    check("github.com:a/b", Ssh, "github.com", "a/b");
    check("work:a/b.git", Ssh, "work", "a/b");
    check("git@host:/srv/a/b.git", Ssh, "host", "srv/a/b");
    check("git@host:a@b/c", Ssh, "host", "a@b/c");
    check("git@[::1]:a/b", Ssh, "[::1]", "a/b");
    check("[git@host:2222]:a/b", Ssh, "host:2222", "a/b");
    check("git@[host:2222]:a/b", Ssh, "host:2222", "a/b");
    check("git://host/a/b", Git, "host", "a/b");
    check("/srv/git/b.git", File, "", "/srv/git/b.git");
    check("../b", File, "", "../b");
    check("./a:b", File, "", "./a:b");
    check("b", File, "", "b");
    check("file:///srv/b.git", File, "", "/srv/b.git");
}

#[test]
fn what_is_no_address_is_refused_and_not_repeated() {
    for url in [
        "",
        "https:///a/b",
        "https://-oProxyCommand=x/a/b",
        "-oProxyCommand=x:a/b",
        "https://host:port/a/b",
        "https://host:99999/a/b",
        "https://u:secret@ho st/a/b",
        "https://u:secret@host/../b",
        "https://u:secret@host/a/%2e%2e/b",
        "https://u:secret@host/a/%0ab",
        "ssh://ho\nst/a",
        "gopher://u:secret@host/a/b",
        "ext::sh -c secret",
        "codecommit::eu://secret",
        ":a/b",
    ] {
        let error = Remote::parse(url).expect_err(url);
        let said = format!("{error:?} {error}");
        assert!(!said.contains("secret"), "{url:?} gave {said}");
    }
}

#[test]
fn passwords_are_not_shown() {
    let remote = Remote::parse("https://ada:pass%20word@host/a/b").unwrap();
    let login = remote.login().unwrap();
    assert_eq!(login.user.as_deref(), Some("ada"));
    assert_eq!(login.password.as_deref(), Some("pass word"));
    assert_eq!(remote.to_string(), "https://host/a/b");
    assert_eq!(format!("{remote:?}"), "Remote(https://host/a/b)");
    let remote = Remote::parse("ssh://git:secret@host/a/b").unwrap();
    assert!(
        remote.login().is_none(),
        "the user of ssh is nobody on the web"
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(url in "\\PC{0,40}") {
        if let Ok(remote) = Remote::parse(&url) {
            proptest::prop_assert!(!remote.host().starts_with('-'));
        }
    }

    #[test]
    fn what_is_shown_reads_back(host in "[a-z][a-z0-9.-]{0,20}", port: Option<u16>, path in "[a-z]{1,9}(/[a-z.]{1,9}x){0,3}") {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let remote = Remote::parse(&format!("ssh://git@{host}{port}/{path}.git")).unwrap();
        let again = Remote::parse(&remote.to_string()).unwrap();
        proptest::prop_assert_eq!((again.authority(), again.path()), (remote.authority(), remote.path()));
    }
}
