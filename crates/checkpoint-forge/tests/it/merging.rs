//! Merging when checks have passed, and closing.

mod stands;

use checkpoint_forge::{Became, ForgeError, Merging, NotYet, became, close, merge};
use checkpoint_model::policy::ForgeKind::{self, Bitbucket, Gitea, Github, Gitlab};
use serde_json::json;

use self::stands::{Check, Stands, WELL, merge_question, put};
use crate::{
    fake::{Answer, Fake},
    scene::{Scene, everything, no_secret},
};

const TIP: &str = "1111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222";

fn merging(scene: &Scene) -> Result<Merging, ForgeError> {
    let outcome = merge(&scene.request, 7, TIP, &scene.surroundings());
    match &outcome {
        Ok(outcome) => no_secret(&format!("{outcome:?}")),
        Err(error) => no_secret(&everything(error)),
    }
    outcome
}

#[test]
fn what_has_passed_is_merged_as_it_was_seen() {
    for kind in ForgeKind::ALL {
        let fake = Fake::start();
        put(&fake, *kind, WELL);
        let done =
            json!({ "sha": OTHER, "merge_commit_sha": OTHER, "merge_commit": { "hash": OTHER } });
        fake.json(merge_question(*kind), 200, done);
        let outcome = merging(&Scene::on(&fake, *kind)).unwrap();
        let commit = match kind {
            Gitea | ForgeKind::Forgejo => None,
            _ => Some(OTHER.to_owned()),
        };
        assert_eq!(outcome, Merging::Merged { commit }, "{kind}");
        let body = fake.only(merge_question(*kind)).body;
        let want = match kind {
            Github => json!({ "sha": TIP, "merge_method": "squash" }),
            Gitlab => json!({ "sha": TIP }),
            Gitea | ForgeKind::Forgejo => json!({ "Do": "merge", "head_commit_id": TIP }),
            Bitbucket => json!({}),
        };
        assert_eq!(
            body, want,
            "{kind}: only this commit, in a way that the repository allows"
        );
    }
}

#[test]
fn what_has_not_passed_is_left_alone() {
    let build = || vec!["build".to_owned()];
    let cases: [(Stands, NotYet); 7] = [
        (
            Stands {
                check: Some(Check::Failed),
                ..WELL
            },
            NotYet::ChecksFailed(build()),
        ),
        (
            Stands {
                check: Some(Check::Running),
                ..WELL
            },
            NotYet::ChecksRunning(build()),
        ),
        (
            Stands {
                check: None,
                ..WELL
            },
            NotYet::NoChecks,
        ),
        (
            Stands {
                is_draft: true,
                ..WELL
            },
            NotYet::Draft,
        ),
        (
            Stands {
                has_conflicts: true,
                ..WELL
            },
            NotYet::Conflicts,
        ),
        (
            Stands {
                is_open: false,
                ..WELL
            },
            NotYet::Closed,
        ),
        (
            Stands { tip: OTHER, ..WELL },
            NotYet::Moved {
                tip: OTHER.to_owned(),
            },
        ),
    ];
    for kind in ForgeKind::ALL {
        for (stands, want) in &cases {
            let fake = Fake::start();
            put(&fake, *kind, *stands);
            let want = match (kind, want) {
                // It does not tell before one tries.
                (Bitbucket, NotYet::Conflicts) => continue,
                (Bitbucket, NotYet::Moved { tip }) => NotYet::Moved {
                    tip: tip[..12].to_owned(),
                },
                (Gitlab, NotYet::ChecksFailed(_)) => {
                    NotYet::ChecksFailed(vec!["pipeline".to_owned()])
                }
                (Gitlab, NotYet::ChecksRunning(_)) => {
                    NotYet::ChecksRunning(vec!["pipeline".to_owned()])
                }
                (_, want) => want.clone(),
            };
            let outcome = merging(&Scene::on(&fake, *kind)).unwrap();
            assert_eq!(outcome, Merging::NotYet(want), "{kind}");
            let asked = fake.questions();
            assert!(
                asked.iter().all(|it| it.starts_with("GET ")),
                "{kind}: only looked at: {asked:?}"
            );
        }
    }
}

#[test]
fn what_is_merged_is_not_merged_again() {
    for kind in ForgeKind::ALL {
        let fake = Fake::start();
        put(
            &fake,
            *kind,
            Stands {
                is_merged: true,
                is_open: false,
                ..WELL
            },
        );
        let outcome = merging(&Scene::on(&fake, *kind)).unwrap();
        assert_eq!(outcome, Merging::WasMerged, "{kind}");
        assert!(
            fake.questions().iter().all(|it| it.starts_with("GET ")),
            "{kind}"
        );
    }
}

#[test]
fn what_became_of_one_is_told_without_a_change() {
    let merged = |tip| Stands {
        tip,
        is_merged: true,
        is_open: false,
        ..WELL
    };
    let closed = Stands {
        is_open: false,
        ..WELL
    };
    let cases = [
        (WELL, Became::Open),
        (Stands { tip: OTHER, ..WELL }, Became::Open),
        (closed, Became::Closed),
        (merged(TIP), Became::Merged { has_tip: true }),
        (merged(OTHER), Became::Merged { has_tip: false }),
    ];
    for kind in ForgeKind::ALL {
        for (stands, want) in cases {
            let fake = Fake::start();
            put(&fake, *kind, stands);
            let scene = Scene::on(&fake, *kind);
            let told = became(&scene.request, 7, TIP, &scene.surroundings()).unwrap();
            assert_eq!(told, want, "{kind}");
            let asked = fake.questions();
            assert!(
                asked.iter().all(|it| it.starts_with("GET ")),
                "{kind}: {asked:?}"
            );
        }
    }
}

#[test]
fn what_the_forge_wants_first_is_told() {
    for (kind, status) in [(Github, 405), (Gitlab, 405), (Gitea, 405), (Gitlab, 422)] {
        let fake = Fake::start();
        put(&fake, kind, WELL);
        fake.json(
            merge_question(kind),
            status,
            json!({ "message": "needs a \u{1b}review" }),
        );
        let outcome = merging(&Scene::on(&fake, kind)).unwrap();
        let said = "needs a \\u{1b}review".to_owned();
        assert_eq!(outcome, Merging::NotYet(NotYet::Blocked(said)), "{kind}");
    }
    let fake = Fake::start();
    let list = "GET /api/v3/repos/ada/engine/pulls/7";
    fake.json(list, 200, json!({ "state": "open", "mergeable": true, "mergeable_state": "blocked", "head": { "sha": TIP } }));
    put(&fake, Github, WELL);
    let outcome = merging(&Scene::on(&fake, Github)).unwrap();
    assert_eq!(
        outcome,
        Merging::NotYet(NotYet::Blocked("blocked".to_owned()))
    );
}

#[test]
fn one_who_pushed_in_between_is_told_and_a_lost_answer_looked_after() {
    let fake = Fake::start();
    put(&fake, Github, WELL);
    put(&fake, Github, Stands { tip: OTHER, ..WELL });
    fake.json(
        merge_question(Github),
        409,
        json!({ "message": "Head branch was modified" }),
    );
    let outcome = merging(&Scene::on(&fake, Github)).unwrap();
    assert_eq!(
        outcome,
        Merging::NotYet(NotYet::Moved {
            tip: OTHER.to_owned()
        })
    );

    let fake = Fake::start();
    put(&fake, Github, WELL);
    put(
        &fake,
        Github,
        Stands {
            is_merged: true,
            is_open: false,
            ..WELL
        },
    );
    fake.on(merge_question(Github), Answer::Raw(String::new()));
    let outcome = merging(&Scene::on(&fake, Github)).unwrap();
    assert_eq!(outcome, Merging::Merged { commit: None });

    let fake = Fake::start();
    put(&fake, Github, WELL);
    fake.json(merge_question(Github), 500, json!({}));
    let error = merging(&Scene::on(&fake, Github)).unwrap_err();
    assert!(matches!(error, ForgeError::ServerFailed { .. }), "{error}");
}

#[test]
fn plain_statuses_of_a_commit_are_checks_too() {
    let fake = Fake::start();
    let base = "GET /api/v3/repos/ada/engine";
    fake.json(
        &format!("{base}/commits/{TIP}/status"),
        200,
        json!({ "statuses": [
        { "context": "jenkins", "state": "pending" }, { "context": "lint", "state": "success" },
    ] }),
    );
    put(&fake, Github, WELL);
    let outcome = merging(&Scene::on(&fake, Github)).unwrap();
    assert_eq!(
        outcome,
        Merging::NotYet(NotYet::ChecksRunning(vec!["jenkins".to_owned()]))
    );
}

#[test]
fn a_pipeline_of_an_older_commit_says_nothing_of_this_one() {
    let fake = Fake::start();
    let request = json!({
        "iid": 7, "state": "opened", "draft": false, "sha": TIP, "has_conflicts": false,
        "head_pipeline": { "status": "success", "sha": OTHER },
    });
    fake.json(
        "GET /api/v4/projects/ada%2Fengine/merge_requests/7",
        200,
        request,
    );
    let outcome = merging(&Scene::on(&fake, Gitlab)).unwrap();
    let pipeline = vec!["pipeline".to_owned()];
    assert_eq!(outcome, Merging::NotYet(NotYet::ChecksRunning(pipeline)));
}

#[test]
fn one_is_closed_in_its_forges_way() {
    let cases = [
        (
            Github,
            "PATCH /api/v3/repos/ada/engine/pulls/7",
            json!({ "state": "closed" }),
        ),
        (
            Gitlab,
            "PUT /api/v4/projects/ada%2Fengine/merge_requests/7",
            json!({ "state_event": "close" }),
        ),
        (
            Gitea,
            "PATCH /api/v1/repos/ada/engine/pulls/7",
            json!({ "state": "closed" }),
        ),
        (
            Bitbucket,
            "POST /2.0/repositories/ada/engine/pullrequests/7/decline",
            json!({}),
        ),
    ];
    for (kind, question, body) in cases {
        let fake = Fake::start();
        fake.json(question, 200, json!({}));
        let scene = Scene::on(&fake, kind);
        close(&scene.request, 7, &scene.surroundings()).unwrap();
        assert_eq!(fake.only(question).body, body, "{kind}");
    }
}

#[test]
fn a_request_that_a_push_opened_is_merged_by_a_token_or_not_at_all() {
    use checkpoint_model::policy::PullRequest;
    let fake = Fake::start();
    put(
        &fake,
        Gitlab,
        Stands {
            check: None,
            ..WELL
        },
    );
    let mut scene = Scene::on(&fake, Gitlab);
    scene.request.way = PullRequest::PushOptions;
    assert_eq!(merging(&scene).unwrap(), Merging::NotYet(NotYet::NoChecks));
    scene.env.remove(std::ffi::OsStr::new("GITLAB_TOKEN"));
    let words = everything(&merging(&scene).unwrap_err());
    assert!(words.contains("forge::no_token"), "{words}");
    scene.request.remote = "/srv/a".parse().unwrap();
    let words = everything(&merging(&scene).unwrap_err());
    assert!(words.contains("forge::host_unknown"), "{words}");
}
