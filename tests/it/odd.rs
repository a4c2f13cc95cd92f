use checkpoint_tests::{Fingerprint, odd};

/// The builders are right by themselves: git can look at every state, and looking changes nothing.
#[test]
fn every_odd_repository_can_be_built() {
    let mut wrong = String::new();
    for (name, build) in odd::all() {
        let built = std::panic::catch_unwind(build);
        match built {
            Err(_) => wrong += &format!("{name}: cannot be built\n"),
            Ok(sandbox) => {
                let before = Fingerprint::of(&sandbox);
                let difference = before.differences(&Fingerprint::of(&sandbox));
                if !difference.is_empty() { wrong += &format!("{name}: a look at it changes it\n{difference}") }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
