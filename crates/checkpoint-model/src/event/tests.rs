use proptest::{collection::vec, prelude::*};
use serde_json::json;

use super::*;
use crate::samples::{any_event, checkpoint_id, created, event};

#[test]
fn a_line_begins_with_id_at_by_and_type() {
    let line = event(
        1,
        CheckpointNamed {
            checkpoint: checkpoint_id(0),
            name: None,
        },
    )
    .to_line();
    assert_eq!(
        line,
        r#"{"id":"01999d11-9be8-7101-8101-010101010101","at":"2025-10-01T00:00:01Z","by":{"user":"ada","host":"desk"},"type":"checkpoint_named","checkpoint":"01999d11-9800-7000-8000-000000000000"}"#
    );
}

#[test]
fn a_creation_has_its_fields_in_the_order_of_the_format() {
    let map: Map<String, Value> = serde_json::from_str(&event(0, created(0)).to_line()).unwrap();
    let keys: Vec<_> = map.keys().map(String::as_str).collect();
    assert_eq!(
        keys.join(" "),
        "id at by type checkpoint description kind snapshot branch worktree files verdict skipped manifest tool"
    );
}

#[test]
fn unknown_types_and_fields_are_written_as_they_were_read() {
    for line in [
        r#"{"id":"01999d11-9be8-7101-8101-010101010101","at":"2025-10-01T00:00:01Z","by":{"user":"ada","host":"desk"},"type":"moon_landed","crew":["a","b"],"height":1.5,"big":18446744073709551615,"none":null}"#,
        r#"{"id":"01999d11-9be8-7101-8101-010101010101","at":"2025-10-01T00:00:01Z","by":{"user":"ada","host":"desk","pid":7},"type":"checkpoint_named","checkpoint":"01999d11-9800-7000-8000-000000000000","name":"a","colour":{"r":1}}"#,
        r#"{"id":"01999d11-9be8-7101-8101-010101010101","at":"2025-10-01T00:00:01Z","by":{"user":"ada","host":"desk"},"type":"checkpoint_created","checkpoint":"01999d11-9800-7000-8000-000000000000","description":"","kind":"manual","snapshot":"00","worktree":"/w","files":{"tracked":1,"changed":0,"untracked":0,"bytes":0,"links":9},"verdict":"partial","skipped":[{"path":"a","reason":"fifo"},{"path":"b","reason":"socket","inode":5}],"manifest":"m","tool":"9.0.0","moon":true}"#,
    ] {
        assert_eq!(Event::parse(line.as_bytes()).unwrap().to_line(), line);
        let through_serde: Event = serde_json::from_str(line).unwrap();
        assert_eq!(through_serde, Event::parse(line.as_bytes()).unwrap());
    }
}

#[test]
fn another_program_may_write_the_fields_in_another_order() {
    let event = event(0, created(0));
    let map: Map<String, Value> = serde_json::from_str(&event.to_line()).unwrap();
    let reversed: Map<String, Value> = map.into_iter().rev().collect();
    let spaced = serde_json::to_string_pretty(&reversed)
        .unwrap()
        .replace('\n', " ");
    assert_eq!(Event::parse(spaced.as_bytes()).unwrap(), event);
}

#[test]
fn what_is_no_event_says_why() {
    let check = |line: &str, why: &str| {
        let error = Event::parse(line.as_bytes()).unwrap_err();
        assert!(error.why.contains(why), "{line}: {error}");
        assert!(serde_json::from_str::<Event>(line).is_err(), "{line}");
    };
    let head = r#""id":"01999d11-9be8-7101-8101-010101010101","at":"2025-10-01T00:00:01Z","by":{"user":"a","host":"b"}"#;
    check("", "EOF");
    check("Notes added by hand", "expected");
    check("[]", "");
    check("{}", "missing field `id`");
    check(&format!("{{{head}}}"), "missing field `type`");
    check(
        &format!(r#"{{{head},"type":"checkpoint_named"}}"#),
        "missing field `checkpoint`",
    );
    check(
        &format!(r#"{{{head},"type":"moon_landed"}} x"#),
        "trailing characters",
    );
    let version_4 = head.replace("7101", "4101");
    check(
        &format!(r#"{{{version_4},"type":"moon_landed"}}"#),
        "is not an id",
    );
    check(
        &format!(
            r#"{{{head},"type":"checkpoint_named","checkpoint":"01999d11-9800-7000-8000-000000000000","name":"a b"}}"#
        ),
        "not a valid checkpoint name",
    );
}

#[test]
fn a_field_of_ours_is_never_written_twice() {
    let mut event = event(
        1,
        CheckpointNamed {
            checkpoint: checkpoint_id(0),
            name: None,
        },
    );
    event.extra = json!({"id": "mine", "type": "mine", "by": {"user": "mine", "pid": 1}})
        .as_object()
        .unwrap()
        .clone();
    let read = Event::parse(event.to_line().as_bytes()).unwrap();
    assert_eq!(read.id, event.id);
    assert_eq!(read.by, event.by);
    assert_eq!(
        read.extra,
        json!({"by": {"pid": 1}}).as_object().unwrap().clone()
    );
}

#[test]
fn every_event_has_a_schema() {
    let schema = schemars::schema_for!(Event);
    assert_eq!(
        schema.as_value()["required"],
        json!(["id", "at", "by", "type"])
    );
    let schema = schemars::schema_for!(CheckpointCreated);
    assert_eq!(
        schema.as_value()["properties"]["checkpoint"]["type"],
        "string"
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let entries = vec((any::<String>(), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            entries.prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Puts fields that nobody knows into an object and into every object inside it.
fn widen(value: &mut Value, unknown: &Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(|value| widen(value, unknown));
            map.insert("from_the_future".to_owned(), unknown.clone());
        }
        Value::Array(values) => values.iter_mut().for_each(|value| widen(value, unknown)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn an_event_is_one_line_and_reads_back(event in any_event()) {
        let line = event.to_line();
        prop_assert!(line.starts_with(r#"{"id":""#), "sorted lines are in the order of time");
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(&Event::parse(line.as_bytes()).unwrap(), &event);
        prop_assert_eq!(&serde_json::from_str::<Event>(&line).unwrap(), &event);
    }

    #[test]
    fn unknown_fields_anywhere_survive(event in any_event(), unknown in any_json()) {
        let mut source = serde_json::to_value(&event).unwrap();
        widen(&mut source, &unknown);
        let read = Event::parse(source.to_string().as_bytes()).unwrap();
        prop_assert_eq!(read.id, event.id);
        let written: Value = serde_json::from_str(&read.to_line()).unwrap();
        prop_assert_eq!(written, source);
    }
}
