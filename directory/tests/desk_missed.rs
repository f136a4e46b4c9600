//! Missed calls and earlier contacts come out of the journeys (FEATURES QUE-8, CON-4).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::journal::{Journal, Limits};
use directory::{Arguments, Directory, Fact, Folder, JourneyId, Moment, NewAccount, User};
use std::time::Duration;
use town::{NOW, at};

const CITIZEN: &str = "+32470123456";
const CENTRAL: &str = "+3254310000";

fn journey(id: &str) -> JourneyId {
    JourneyId(id.into())
}

/// A directory whose journal takes facts of this test.
struct Town {
    directory: Directory,
    journal: Journal,
    _temp: tempfile::TempDir,
}

impl Town {
    async fn new() -> Town {
        let temp = tempfile::tempdir().unwrap();
        let directory = town::open(temp.path()).await;
        directory.seed_demo(NOW).await.unwrap();
        let limits = Limits {
            reserve: 0,
            ..Limits::default()
        };
        let journal = directory.open_journal(limits).await.unwrap();
        Town {
            directory,
            journal,
            _temp: temp,
        }
    }

    async fn tell(&mut self, facts: &[Fact]) {
        self.journal.append(facts);
        Folder::new(&self.directory)
            .catch_up(Duration::from_secs(1))
            .await
            .unwrap();
    }

    /// Ids and causes of what waits for somebody.
    async fn missed(&self) -> Vec<(String, String)> {
        let missed = self.directory.missed(Moment(0), 100).await.unwrap();
        missed
            .into_iter()
            .map(|one| (one.journey.0, one.cause))
            .collect()
    }
}

fn began(id: &str, ms: i64, from: &str, to: &str, by: Option<&str>) -> Fact {
    Fact::JourneyBegan {
        at: at(ms),
        journey: journey(id),
        from: from.into(),
        to: to.into(),
        trunk: by.map(str::to_owned),
        session_id: None,
    }
}

fn decided(id: &str, ms: i64, code: &str) -> Fact {
    Fact::Decision {
        at: at(ms),
        journey: journey(id),
        node: "desk-hours".into(),
        code: code.into(),
        arguments: Arguments::from([("service".into(), "population".into())]),
    }
}

fn ended(id: &str, ms: i64, cause: &str) -> Fact {
    Fact::JourneyEnded {
        at: at(ms),
        journey: journey(id),
        cause: cause.into(),
    }
}

fn spoke(id: &str, ms: i64, caller: &str, who: &str) -> Fact {
    Fact::Spoke {
        at: at(ms),
        journey: journey(id),
        caller: caller.into(),
        who: who.into(),
        service: Some("population".into()),
    }
}

/// A citizen's call that nobody took.
fn lost(id: &str, ms: i64, from: &str, code: &str, cause: &str) -> [Fact; 3] {
    [
        began(id, ms, from, CENTRAL, Some("operator")),
        decided(id, ms + 1, code),
        ended(id, ms + 9, cause),
    ]
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

/// Calls that are none of them: talked to, from inside, through us to somebody else, and still going on.
fn not_missed() -> Vec<Fact> {
    vec![
        began("talked", 70, "+32470000006", CENTRAL, Some("operator")),
        decided("talked", 71, "open"),
        spoke("talked", 72, "+32470000006", "2101"),
        ended("talked", 79, "caller-hung-up"),
        began("inside", 80, "2101", "2102", None),
        ended("inside", 81, "no-answer"),
        began(
            "through",
            82,
            "+32470000007",
            "+33140000000",
            Some("operator"),
        ),
        ended("through", 83, "trunk-failed"),
        began("now", 84, "+32470000008", CENTRAL, Some("operator")),
        decided("now", 85, "queue-wait"),
    ]
}

#[tokio::test]
async fn every_caller_whom_nobody_spoke_to_is_there_with_the_reason() {
    let mut town = Town::new().await;
    town.tell(&lost(
        "closed",
        10,
        "+32470000001",
        "closed-holiday",
        "finished",
    ))
    .await;
    town.tell(&lost(
        "queue",
        20,
        "+32470000002",
        "queue-wait",
        "caller-hung-up",
    ))
    .await;
    town.tell(&lost("menu", 30, "+32470000003", "open", "cancelled"))
        .await;
    town.tell(&lost("rang", 40, "+32470000004", "no-answer", "finished"))
        .await;
    town.tell(&lost(
        "withheld",
        50,
        "anonymous",
        "queue-too-long",
        "finished",
    ))
    .await;
    // No room: no dialplan ever saw the caller.
    town.tell(&[
        began("full", 60, "+32470000005", CENTRAL, Some("operator")),
        ended("full", 61, "overload"),
    ])
    .await;
    town.tell(&not_missed()).await;
    assert_eq!(
        town.missed().await,
        pairs(&[
            ("full", "overload"),
            ("withheld", "no-answer"),
            ("rang", "no-answer"),
            ("menu", "caller-hung-up"),
            ("queue", "caller-hung-up"),
            ("closed", "closed"),
        ])
    );
    let rows = town.directory.missed(at(20), 2).await.unwrap();
    let [full, withheld] = &rows[..] else {
        panic!("{rows:?}")
    };
    assert_eq!((full.dialled.as_str(), full.at), (CENTRAL, at(60)));
    assert_eq!(withheld.number, "", "a number that is withheld is none");
    assert_eq!(full.decision, None, "no dialplan decided");
    let decision = withheld.decision.as_ref().unwrap();
    assert_eq!(
        (&*decision.node, &*decision.code),
        ("desk-hours", "queue-too-long")
    );
    assert_eq!(decision.arguments["service"], "population");
}

#[tokio::test]
async fn a_mobile_whose_voicemail_box_answered_is_no_person() {
    let mut town = Town::new().await;
    // The leg is answered, and nobody pressed 1: no fact says that they spoke.
    let mut facts = town::call("box");
    facts.truncate(8);
    facts.push(ended("box", 9002, "caller-hung-up"));
    town.tell(&facts).await;
    assert_eq!(town.missed().await, pairs(&[("box", "caller-hung-up")]));
}

#[tokio::test]
async fn who_was_reached_later_is_missed_no_more() {
    let mut town = Town::new().await;
    for (id, from) in [("a", CITIZEN), ("b", "+32470000002"), ("c", "anonymous")] {
        town.tell(&lost(id, 10, from, "closed", "finished")).await;
    }
    // Called again in vain: two entries, and one conversation closes both.
    town.tell(&lost("again", 20, CITIZEN, "queue-wait", "caller-hung-up"))
        .await;
    assert_eq!(town.missed().await.len(), 4);
    town.tell(&[
        began("came", 30, CITIZEN, CENTRAL, Some("operator")),
        spoke("came", 31, CITIZEN, "reception1"),
    ])
    .await;
    assert_eq!(
        town.missed().await,
        pairs(&[("c", "closed"), ("b", "closed")])
    );
    // Called back by a phone of ours, in vain and then not.
    town.tell(&[
        began("vain", 40, "2101", "0470000002", None),
        ended("vain", 41, "no-answer"),
    ])
    .await;
    assert_eq!(town.missed().await.len(), 2);
    town.tell(&[
        began("back", 50, "2101", "0470000002", None),
        spoke("back", 51, "2101", "+32470000002"),
        // Somebody else who withholds the number.
        spoke("other", 52, "anonymous", "2101"),
    ])
    .await;
    assert_eq!(town.missed().await, pairs(&[("c", "closed")]));
    // A conversation of before is no answer to a call of today.
    town.tell(&lost("later", 60, CITIZEN, "closed", "finished"))
        .await;
    assert_eq!(
        town.missed().await,
        pairs(&[("later", "closed"), ("c", "closed")])
    );
}

#[tokio::test]
async fn a_missed_call_is_dealt_with_and_open_again() {
    let mut town = Town::new().await;
    town.tell(&lost("a", 10, CITIZEN, "closed", "finished"))
        .await;
    let call = journey("a");
    let done = |done, by: &'static str, ms| {
        let (directory, call) = (town.directory.clone(), call.clone());
        async move {
            let row = directory.missed_done(&call, done, by, at(ms)).await;
            row.unwrap().unwrap()
        }
    };
    let first = done(true, "anna", 100).await;
    assert_eq!(first.done, Some(("anna".into(), at(100))));
    assert_eq!(done(true, "bob", 101).await, first, "who was first stays");
    assert_eq!(town.missed().await, []);
    assert_eq!(done(false, "bob", 102).await.done, None);
    assert_eq!(town.missed().await, pairs(&[("a", "closed")]));
    let none = town
        .directory
        .missed_done(&journey("none"), true, "anna", NOW)
        .await;
    assert_eq!(none.unwrap(), None);
}

/// A citizen was spoken with and transferred, called in vain, and was called back.
async fn with_contacts() -> Town {
    let mut town = Town::new().await;
    let mut named = NewAccount::new("demo.centrale", "2120", "secret-2120");
    named.display = "Peeters, Jan".into();
    town.directory.add_account(&named, NOW).await.unwrap();
    town.tell(&[
        began("one", 10, CITIZEN, CENTRAL, Some("operator")),
        decided("one", 11, "open"),
        spoke("one", 12, CITIZEN, "reception1"),
        spoke("one", 13, CITIZEN, "2120"),
        ended("one", 19, "callee-hung-up"),
    ])
    .await;
    town.tell(&lost("two", 20, CITIZEN, "closed", "finished"))
        .await;
    // The town called back.
    town.tell(&[
        began("three", 30, "2120", "0470123456", None),
        spoke("three", 31, "2120", CITIZEN),
        ended("three", 39, "caller-hung-up"),
        began("other", 40, "+32470000002", CENTRAL, Some("operator")),
        began("now", 50, CITIZEN, CENTRAL, Some("operator")),
    ])
    .await;
    let mut anna = User::new(
        "anna",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".into(),
    );
    (anna.display, anna.station) = ("Anna De Smet".into(), "counter7".into());
    town.directory.add_user(&anna, NOW).await.unwrap();
    town.tell(&[
        began("four", 45, CITIZEN, CENTRAL, Some("operator")),
        spoke("four", 46, CITIZEN, "counter7"),
        ended("four", 48, "caller-hung-up"),
    ])
    .await;
    let note = |id, text| {
        let directory = town.directory.clone();
        async move {
            directory
                .save_note(&journey(id), 0, text, "anna", NOW)
                .await
        }
    };
    note("one", "passport is ready").await.unwrap();
    note("two", "").await.unwrap();
    town.directory
        .outcome(&journey("one"), "informed", "anna", NOW)
        .await
        .unwrap();
    town
}

#[tokio::test]
async fn earlier_contacts_tell_with_whom_about_what_and_what_was_noted() {
    let town = with_contacts().await;
    let contacts = town.directory.contacts(CITIZEN, at(50), 8).await.unwrap();
    let told: Vec<_> = contacts
        .iter()
        .map(|one| {
            (
                one.journey.0.as_str(),
                one.with.as_deref(),
                one.service.as_deref(),
                one.outcome.as_str(),
                one.note.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "four",
                Some("Anna De Smet"),
                Some("population"),
                "caller-hung-up",
                None
            ),
            (
                "three",
                Some("Peeters, Jan"),
                Some("population"),
                "caller-hung-up",
                None
            ),
            ("two", None, Some("population"), "finished", None),
            (
                "one",
                Some("Peeters, Jan"),
                Some("population"),
                "informed",
                Some("passport is ready")
            ),
        ]
    );
    let newest = town.directory.contacts(CITIZEN, at(50), 1).await.unwrap();
    assert_eq!(newest, contacts[..1]);
    for (since, before, calls) in [(20, 99, 3), (20, 50, 2), (20, 20, 0)] {
        let counted = town
            .directory
            .calls_between(CITIZEN, at(since), at(before))
            .await;
        assert_eq!(counted.unwrap(), calls, "{since} to {before}");
    }
    for nobody in ["", "anonymous"] {
        assert_eq!(
            town.directory.contacts(nobody, at(99), 8).await.unwrap(),
            []
        );
        let counted = town.directory.calls_between(nobody, at(0), at(99)).await;
        assert_eq!(counted.unwrap(), 0);
    }
}
