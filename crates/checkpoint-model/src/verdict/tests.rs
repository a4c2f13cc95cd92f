use super::*;

#[test]
fn a_skip_list_makes_the_verdict_partial() {
    let skipped = Skipped {
        path: "run.sock".into(),
        reason: SkipReason::Socket,
        bytes: None,
    };
    assert_eq!(Verdict::of(&[]), Verdict::Full);
    assert_eq!(
        Verdict::of(std::slice::from_ref(&skipped)),
        Verdict::Partial
    );
    assert_eq!(
        serde_json::to_string(&skipped).unwrap(),
        r#"{"path":"run.sock","reason":"socket"}"#
    );
}

#[test]
fn every_reason_reads_back_and_explains_itself() {
    for reason in SkipReason::ALL {
        assert_eq!(reason.as_str().parse::<SkipReason>().unwrap(), *reason);
        assert!(!reason.explain().is_empty());
        assert!(!reason.explain().ends_with('.'), "git words no full stop");
    }
}
