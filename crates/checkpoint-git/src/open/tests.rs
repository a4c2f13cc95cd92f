use super::parse_config_parameters;

fn check(text: &str, expected: Option<&[&str]>) {
    let words = parse_config_parameters(text.as_bytes());
    let words = words.map(|words| words.iter().map(ToString::to_string).collect::<Vec<_>>());
    let expected = expected.map(|words| words.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(words, expected, "the parameters {text}");
}

#[test]
fn config_parameters_are_read_in_both_of_gits_spellings() {
    check("", Some(&[]));
    check("'a.b=c'", Some(&["a.b=c"]));
    check("'a.b'='c'", Some(&["a.b=c"]));
    check("'a.b'=", Some(&["a.b="]));
    check("'a.b'", Some(&["a.b"]));
    check("'a.b'='it'\\''s'", Some(&["a.b=it's"]));
    check("'a.b'='wow'\\!''", Some(&["a.b=wow!"]));
    check(
        "'a.b'='c' 'd.e=f'  'g.h'='i j'",
        Some(&["a.b=c", "d.e=f", "g.h=i j"]),
    );
    check("a.b=c", None);
    check("'a.b", None);
}
