use proptest::prelude::*;

use super::*;

/// Every word reads back, and JSON says it as it is printed.
fn reads_back<T>(all: &[T])
where
    T: Copy
        + PartialEq
        + fmt::Debug
        + fmt::Display
        + FromStr
        + Serialize
        + for<'de> Deserialize<'de>,
    T::Err: fmt::Debug,
{
    for word in all {
        assert_eq!(word.to_string().parse::<T>().unwrap(), *word);
        let json = serde_json::to_string(word).unwrap();
        assert_eq!(json, format!("\"{word}\""));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *word);
    }
}

#[test]
fn every_word_reads_back() {
    reads_back(CheckpointKind::ALL);
    reads_back(Phase::ALL);
    reads_back(OperationKind::ALL);
}

#[test]
fn the_words_are_those_of_the_format() {
    let all = |words: Vec<&str>| words.join(" ");
    assert_eq!(
        all(CheckpointKind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .collect()),
        "phase_complete task_group_complete safe_state pre_risky_operation error_recovery manual milestone automatic backup"
    );
    assert_eq!(
        all(Phase::ALL.iter().map(|phase| phase.as_str()).collect()),
        "plan generate_tasks implement validate cleanup"
    );
    assert_eq!(
        all(OperationKind::ALL
            .iter()
            .map(|operation| operation.as_str())
            .collect()),
        "merge rebase rebase-apply am cherry-pick revert bisect"
    );
}

#[test]
fn an_unknown_word_is_refused_with_the_known_ones() {
    let error = "Plan".parse::<Phase>().unwrap_err();
    assert_eq!(error.to_string(), "unknown phase 'Plan'");
    assert_eq!(
        Diagnostic::help(&error).unwrap().to_string(),
        "one of: plan, generate_tasks, implement, validate, cleanup"
    );
    assert_eq!(error.kind(), Kind::Usage);
}

#[test]
fn a_state_is_a_known_key_and_a_count() {
    let check = |text: &str, expected: Option<&str>| {
        let mut counts = StateCounts::default();
        let set = counts.set(text);
        assert_eq!(
            set.is_ok().then(|| counts.to_string()).as_deref(),
            expected,
            "{text}"
        );
        assert!(set.is_ok() || counts.is_empty(), "an error sets nothing");
    };
    check("tests_passing=12", Some("tests_passing=12"));
    check("tests_failing=0", Some("tests_failing=0"));
    check(
        "tests_passing=18446744073709551615",
        Some("tests_passing=18446744073709551615"),
    );
    check("tests_passing=18446744073709551616", None);
    check("tests_passing=-1", None);
    check("tests_passing=+1", None);
    check("tests_passing=1.5", None);
    check("tests_passing=", None);
    check("tests_passing= 1", None);
    check("tests_passing", None);
    check("Tests_passing=1", None);
    check("=1", None);
    check("", None);
}

#[test]
fn the_last_value_of_a_key_counts() {
    let mut counts = StateCounts::default();
    counts.set("tasks_completed=1").unwrap();
    counts.set("tasks_completed=2").unwrap();
    assert_eq!(counts.tasks_completed, Some(2));
}

#[test]
fn an_error_of_a_state_names_what_was_wrong() {
    let mut counts = StateCounts::default();
    let error = counts.set("tests_passing=-1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state 'tests_passing' cannot be '-1': expected a whole number from 0 up"
    );
    assert_eq!(
        Diagnostic::code(&error).unwrap().to_string(),
        "checkpoint::state_invalid"
    );
    assert_eq!(
        counts.set("moons=1").unwrap_err().to_string(),
        "unknown state key 'moons'"
    );
}

proptest! {
    #[test]
    fn counts_read_back(counts in any::<[Option<u64>; 6]>()) {
        let mut state = StateCounts::default();
        for (slot, count) in state.slots().into_iter().zip(counts) {
            *slot = count;
        }
        prop_assert_eq!(state.to_string().parse::<StateCounts>().unwrap(), state);
        let json = serde_json::to_string(&state).unwrap();
        prop_assert_eq!(serde_json::from_str::<StateCounts>(&json).unwrap(), state);
    }
}
