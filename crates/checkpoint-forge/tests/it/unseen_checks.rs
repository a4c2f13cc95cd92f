//! Tokens that may see a request, and not the checks of its commits.

use checkpoint_forge::{Became, ForgeError, Merging, NotYet, became, merge};
use checkpoint_model::policy::ForgeKind;
use serde_json::json;

use crate::{fake::Fake, scene::Scene};

const TIP: &str = "1111111111111111111111111111111111111111";

/// Request 7 of GitHub's, whose checks are nobody's to see.
fn at(state: &str, is_merged: bool, status: u16) -> (Fake, Scene) {
    let fake = Fake::start();
    let base = "GET /api/v3/repos/ada/engine";
    let pull = json!({
        "number": 7, "state": state, "merged": is_merged, "head": { "sha": TIP },
    });
    fake.json(&format!("{base}/pulls/7"), 200, pull);
    let said = json!({ "message": "Resource not accessible by personal access token" });
    for what in ["check-runs", "status"] {
        fake.json(
            &format!("{base}/commits/{TIP}/{what}"),
            status,
            said.clone(),
        );
    }
    let scene = Scene::on(&fake, ForgeKind::Github);
    (fake, scene)
}

#[test]
fn what_became_of_a_request_is_known_without_its_checks() {
    for status in [403, 404] {
        for (state, is_merged, want) in [
            ("open", false, Became::Open),
            ("closed", false, Became::Closed),
            ("closed", true, Became::Merged { has_tip: true }),
        ] {
            let (fake, scene) = at(state, is_merged, status);
            let told = became(&scene.request, 7, TIP, &scene.surroundings()).unwrap();
            assert_eq!(told, want, "{status} {state}");
            assert_eq!(fake.questions().len(), 1, "the checks are not asked for");
        }
    }
}

#[test]
fn a_request_is_not_merged_where_its_checks_are_not_seen() {
    let (_fake, scene) = at("closed", false, 403);
    let told = merge(&scene.request, 7, TIP, &scene.surroundings()).unwrap();
    assert_eq!(told, Merging::NotYet(NotYet::Closed));
    let (_fake, scene) = at("open", false, 403);
    let error = merge(&scene.request, 7, TIP, &scene.surroundings()).unwrap_err();
    assert!(matches!(error, ForgeError::Forbidden { .. }), "{error}");
}
