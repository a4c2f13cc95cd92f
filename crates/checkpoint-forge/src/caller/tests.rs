use super::*;

#[test]
fn what_a_forge_says_is_found_in_its_json() {
    let check = |body: &str, want: &str| {
        let reply = Reply {
            status: 422,
            headers: Vec::new(),
            body: body.as_bytes().to_owned(),
        };
        assert_eq!(said(&reply), want, "{body}");
    };
    check(
        r#"{"message":"no","errors":[{"code":"custom","message":"why"}]}"#,
        "no; why",
    );
    check(r#"{"message":["one","two"]}"#, "one; two");
    check(r#"{"message":{"base":["taken"]}}"#, "taken");
    check(r#"{"error":{"message":"bad"},"type":"error"}"#, "bad");
    check(
        r#"{"error":"invalid_token","error_description":"it ended"}"#,
        "invalid_token; it ended",
    );
    check(r#"{"message":"no","errors":["no"]}"#, "no");
    check("{}", "nothing");
    check("", "nothing");
    check("[1]", "nothing");
    check("<html>", "<html>");
}
