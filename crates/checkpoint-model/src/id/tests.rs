use proptest::prelude::*;

use super::*;
use crate::samples::{any_at, at};

const ID: &str = "0199a1b2-c3d4-7000-8000-000000000000";

#[test]
fn an_id_has_one_spelling() {
    let check =
        |text: &str, is_id: bool| assert_eq!(text.parse::<CheckpointId>().is_ok(), is_id, "{text}");
    check(ID, true);
    check("0199A1B2-C3D4-7000-8000-000000000000", false);
    check("0199a1b2c3d470008000000000000000", false);
    check("{0199a1b2-c3d4-7000-8000-000000000000}", false);
    check("urn:uuid:0199a1b2-c3d4-7000-8000-000000000000", false);
    check("0199a1b2-c3d4-4000-8000-000000000000", false);
    check("0199a1b2-c3d4-7000-c000-000000000000", false);
    check("0199a1b2-c3d4-7000-8000-00000000000", false);
    check("0199a1b2-c3d4-7000-8000-0000000000000", false);
    check(" 0199a1b2-c3d4-7000-8000-00000000000", false);
    check("", false);
}

#[test]
fn the_short_form_holds_the_time_and_the_ref_holds_all() {
    let id: CheckpointId = ID.parse().unwrap();
    assert_eq!(id.short(), "0199a1b2-c3d4");
    assert_eq!(id.ref_name(), format!("refs/checkpoints/{ID}"));
    assert_eq!(CheckpointId::from_ref_name(&id.ref_name()), Some(id));
    assert_eq!(CheckpointId::from_ref_name("refs/heads/main"), None);
}

#[test]
fn times_before_1970_count_as_1970() {
    let id = CheckpointId::new(DateTime::from_timestamp(-1, 0).unwrap(), [0; 10]);
    assert_eq!(id.at(), DateTime::UNIX_EPOCH);
}

#[test]
fn the_latest_time_an_id_can_hold_is_a_time() {
    let id: CheckpointId = "ffffffff-ffff-7000-8000-000000000000".parse().unwrap();
    assert_eq!(id.at().timestamp_millis(), (1 << 48) - 1);
}

#[test]
fn the_order_of_ids_is_the_order_of_time() {
    assert!(CheckpointId::new(at(0), [255; 10]) < CheckpointId::new(at(1), [0; 10]));
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(at in any_at(), random in any::<[u8; 10]>()) {
        let id = EventId::new(at, random);
        prop_assert_eq!(id.to_string().parse::<EventId>().unwrap(), id);
        prop_assert_eq!(id.at().timestamp_millis(), at.timestamp_millis());
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(&json, &format!("\"{}\"", id));
        prop_assert_eq!(serde_json::from_str::<EventId>(&json).unwrap(), id);
    }
}

#[test]
fn an_id_is_its_bytes_and_no_other_bytes_are_one() {
    let text = "0199a1b2-c3d4-7000-8000-00000000000f";
    let id: CheckpointId = text.parse().unwrap();
    assert_eq!(CheckpointId::from_bytes(id.to_bytes()), Some(id));
    assert_eq!(id.encode(&mut [0; 36]), text);
    assert_eq!(
        CheckpointId::from_bytes([0; 16]),
        None,
        "that is of no version"
    );
}
