use super::*;

#[test]
fn a_token_stays_with_its_server() {
    let check = |verb: &str, status: u16, to: &str, want: Option<&str>| {
        let reply = Reply {
            status,
            headers: vec![("location".to_owned(), to.to_owned())],
            body: Vec::new(),
        };
        let got = moved("https://a.b:8443/api/x", verb, &reply);
        assert_eq!(got.as_deref(), want, "{verb} {status} {to}");
    };
    check("GET", 301, "https://a.b:8443/y", Some("https://a.b:8443/y"));
    check("GET", 302, "/y", Some("https://a.b:8443/y"));
    check(
        "POST",
        307,
        "https://A.b:8443/y",
        Some("https://A.b:8443/y"),
    );
    check("POST", 308, "/y", Some("https://a.b:8443/y"));
    check("POST", 301, "/y", None);
    check("POST", 302, "https://a.b:8443/y", None);
    check("GET", 301, "https://a.b/y", None);
    check("GET", 301, "http://a.b:8443/y", None);
    check("GET", 301, "https://a.b:8443.evil.example/y", None);
    check("GET", 301, "https://a.b:8443@evil.example/y", None);
    check("GET", 301, "//evil.example/y", None);
    check("GET", 301, "y", None);
    check("GET", 200, "/y", None);
}

#[test]
fn what_a_program_heard_is_an_answer() {
    let reply =
        parse(b"HTTP/2.0 422 Unprocessable Entity\r\nRetry-After: 3\r\n\r\n{\"a\":\n\n1}").unwrap();
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (422, Some("3"))
    );
    assert_eq!(reply.body, b"{\"a\":\n\n1}");
    let reply = parse(b"HTTP/1.1 204 No Content\nA: b\n\n").unwrap();
    assert_eq!((reply.status, reply.body.as_slice()), (204, b"".as_slice()));
    for garbage in [
        "",
        "{}",
        "\n\n",
        "HTTP/1.1\n\n",
        "HTTP/1.1 x y\n\n",
        "HTTP/1.1 200 OK\n",
    ] {
        assert!(parse(garbage.as_bytes()).is_none(), "{garbage:?}");
    }
}

#[test]
fn each_forge_gets_its_token_in_its_own_way() {
    let check = |kind, user: Option<&str>, want: &str| {
        let token = Token {
            user: user.map(str::to_owned),
            secret: "s".to_owned(),
            from: String::new(),
        };
        assert_eq!(authorization(kind, &token), want, "{kind} {user:?}");
    };
    check(ForgeKind::Github, None, "Bearer s");
    check(ForgeKind::Github, Some("ada"), "Bearer s");
    check(ForgeKind::Gitlab, Some("oauth2"), "Bearer s");
    check(ForgeKind::Gitea, None, "token s");
    check(ForgeKind::Forgejo, Some("a"), "Basic YTpz");
    check(ForgeKind::Bitbucket, None, "Bearer s");
    check(ForgeKind::Bitbucket, Some("x-token-auth"), "Bearer s");
    check(ForgeKind::Bitbucket, Some("a"), "Basic YTpz");
}
