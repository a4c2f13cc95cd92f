use proptest::prelude::*;

use super::*;
use crate::samples::{any_checkpoint_id, checkpoint_id, name};

fn word(name: bool, id_prefix: Option<&str>, commit: Option<&str>) -> impl Fn(&str) -> Selector {
    move |text| Selector::Word {
        text: text.to_owned(),
        name: name.then(|| text.parse().unwrap()),
        id_prefix: id_prefix.map(str::to_owned),
        commit: commit.map(str::to_owned),
    }
}

#[test]
fn a_word_keeps_each_reading_it_allows() {
    let check = |text: &str, expected: &dyn Fn(&str) -> Selector| {
        assert_eq!(text.parse::<Selector>().unwrap(), expected(text), "{text}");
    };
    check("latest", &|_| Selector::Latest(0));
    check("latest~", &|_| Selector::Latest(1));
    check("latest~12", &|_| Selector::Latest(12));
    check("refs/tags/checkpoint/a", &|text| {
        Selector::FullRef(text.to_owned())
    });
    check("before-api-work", &word(true, None, None));
    check("latest-1", &word(true, None, None));
    check("feed", &word(true, Some("feed"), None));
    check("fee", &word(true, None, None));
    check("DeadBeef", &word(true, Some("deadbeef"), Some("deadbeef")));
    check(
        "deadbeef0",
        &word(true, Some("deadbeef-0"), Some("deadbeef0")),
    );
    check("deadbeef-", &word(true, Some("deadbeef"), None));
    check("0199a1b2-c3d4", &word(true, Some("0199a1b2-c3d4"), None));
    check(
        "0199a1b2-c3d4-7000-8000-000000000000",
        &word(false, Some("0199a1b2-c3d4-7000-8000-000000000000"), None),
    );
    check(
        "0199a1b2c3d470008000000000000000",
        &word(
            false,
            Some("0199a1b2-c3d4-7000-8000-000000000000"),
            Some("0199a1b2c3d470008000000000000000"),
        ),
    );
    check("de-adbeef", &word(true, None, None));
    check(
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        &word(
            false,
            None,
            Some("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
        ),
    );
}

#[test]
fn what_can_mean_nothing_is_refused() {
    for text in [
        "",
        "latest~x",
        "latest~-1",
        "latest~99999999999999999999",
        "a b",
        "-n",
        "@",
        "a..b",
        "a\nb",
        "----",
    ] {
        assert!(text.parse::<Selector>().is_err(), "{text:?}");
    }
    assert_eq!(
        "latest~x".parse::<Selector>().unwrap_err().to_string(),
        "'latest~x' cannot name a checkpoint: a whole number comes after 'latest~'"
    );
}

#[test]
fn the_first_reading_that_means_something_wins() {
    let [oldest, middle, newest] = [0, 1, 1_000_000].map(checkpoint_id);
    let (beef, cafe) = (name("4b825dc"), name("cafe"));
    let known = [
        Known {
            id: newest,
            name: None,
            snapshot: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        },
        Known {
            id: oldest,
            name: Some(&cafe),
            snapshot: "aaaaaaaa42cb6eb9a060e54bf8d69288fbee4904",
        },
        Known {
            id: middle,
            name: Some(&beef),
            snapshot: "aaaaaaaabbbb6eb9a060e54bf8d69288fbee4904",
        },
    ];
    let check = |text: &str, expected: Result<CheckpointId, &str>| {
        let found = text
            .parse::<Selector>()
            .unwrap()
            .resolve(known.iter().copied(), "checkpoint/");
        assert_eq!(
            found.map_err(|error| error.to_string()),
            expected.map_err(str::to_owned),
            "{text}"
        );
    };
    check("latest", Ok(newest));
    check("latest~2", Ok(oldest));
    check("latest~3", Err("no checkpoint 'latest~3'"));
    check("cafe", Ok(oldest));
    check("4b825dc", Ok(middle));
    check("4b825dc6", Ok(newest));
    check(&newest.to_string(), Ok(newest));
    check(
        &newest.to_string().to_uppercase().replace('-', ""),
        Ok(newest),
    );
    check(&newest.short(), Ok(newest));
    check(
        "01999d11-9",
        Err("'01999d11-9' is ambiguous: 2 checkpoints begin with it"),
    );
    check(
        "aaaaaaaa",
        Err("'aaaaaaaa' is ambiguous: 2 checkpoints begin with it"),
    );
    check("aaaaaaaab", Ok(middle));
    check("aaaaaa", Err("no checkpoint 'aaaaaa'"));
    check(&newest.ref_name(), Ok(newest));
    check("refs/tags/checkpoint/cafe", Ok(oldest));
    check("refs/tags/cafe", Err("no checkpoint 'refs/tags/cafe'"));
    check("refs/heads/main", Err("no checkpoint 'refs/heads/main'"));
}

proptest! {
    #[test]
    fn a_selector_is_printed_as_it_was_typed(text in "(latest(~[0-9]{1,3})?|refs/[a-z/]{1,9}|[0-9a-f-]{4,40}|[a-z]{1,9})") {
        if let Ok(selector) = text.parse::<Selector>() {
            prop_assert_eq!(selector.to_string().parse::<Selector>().unwrap(), selector);
        }
    }

    #[test]
    fn every_prefix_of_an_id_means_it(id in any_checkpoint_id(), length in 4..=36_usize, hyphens in any::<bool>()) {
        let text = id.to_string();
        let text = if hyphens { text } else { text.replace('-', "") };
        let text = &text[..length.min(text.len())];
        let known = [Known { id, name: None, snapshot: "" }];
        prop_assert_eq!(text.parse::<Selector>().unwrap().resolve(known.into_iter(), "checkpoint/"), Ok(id));
    }
}
