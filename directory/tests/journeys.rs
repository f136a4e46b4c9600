//! Facts become journeys: whole, once, with reasons; a restart closes what was open and hands out what needs a BYE
//! (FEATURES REP-1, IVR-6, SBC-8; RELIABILITY fault 10).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::journal::{Limits, Position};
use directory::{CallOrigin, Callback, Directory, Fact, Folder, JourneyId, LegId, Moment};
use std::time::Duration;
use town::{NOW, at};

const PATIENCE: Duration = Duration::from_secs(1);

fn limits() -> Limits {
    Limits {
        reserve: 0,
        ..Limits::default()
    }
}

async fn write(directory: &Directory, facts: &[Fact]) {
    directory
        .open_journal(limits())
        .await
        .unwrap()
        .append(facts);
}

/// Every row of every folded table, as text: two equal dumps mean that nothing changed.
async fn dump(directory: &Directory) -> String {
    let journeys = directory.journeys(1000).await.unwrap();
    let bindings = directory.bindings(Moment(0)).await.unwrap();
    let phones = directory.phones().await.unwrap();
    format!(
        "{journeys:#?}{bindings:#?}{phones:#?}{}",
        directory.lost_facts().await.unwrap()
    )
}

#[tokio::test]
async fn a_call_is_one_journey_with_its_legs_and_reasons() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    write(&directory, &town::call("1-1")).await;
    let folded = Folder::new(&directory).catch_up(PATIENCE).await.unwrap();
    assert_eq!((folded.facts, folded.unknown, folded.damaged), (9, 0, 0));
    let journeys = directory.journeys(10).await.unwrap();
    let [journey] = &journeys[..] else {
        panic!("{journeys:?}")
    };
    assert_eq!(
        (journey.from.as_str(), journey.to.as_str()),
        ("+32470123456", "+3254310000")
    );
    assert_eq!(
        (journey.ended_at, journey.cause.as_deref()),
        (Some(at(9002)), Some("caller-hung-up"))
    );
    let legs: Vec<_> = journey
        .legs
        .iter()
        .map(|leg| (leg.direction.as_str(), leg.party.as_str(), leg.answered_at))
        .collect();
    assert_eq!(
        legs,
        [
            ("inbound", "+32470123456", Some(at(3))),
            ("outbound", "2101", Some(at(2000)))
        ]
    );
    assert_eq!(journey.legs[0].report.unwrap().mos_centi, 439);
    assert_eq!(
        (
            journey.decisions[0].node.as_str(),
            journey.decisions[0].code.as_str()
        ),
        ("hours", "open")
    );
    assert_eq!(journey.decisions[0].arguments["calendar"], "Guichets");
    assert_eq!(
        directory
            .journey(&JourneyId("1-1".into()))
            .await
            .unwrap()
            .as_ref(),
        Some(journey)
    );
    assert_eq!(
        directory.journey(&JourneyId("1-2".into())).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn the_newest_journeys_come_first() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let began = |id: &str, ms| Fact::JourneyBegan {
        at: at(ms),
        journey: JourneyId(id.into()),
        from: String::new(),
        to: String::new(),
        trunk: None,
        session_id: None,
    };
    write(&directory, &[began("a", 2), began("b", 3), began("c", 1)]).await;
    Folder::new(&directory).catch_up(PATIENCE).await.unwrap();
    let ids: Vec<String> = directory
        .journeys(2)
        .await
        .unwrap()
        .into_iter()
        .map(|journey| journey.id.0)
        .collect();
    assert_eq!(ids, ["b", "a"]);
}

/// Two callers who were remembered; one changed the language, the other wants to be forgotten.
fn languages_kept() -> impl Iterator<Item = Fact> {
    let words = [
        (5, "+32470000001", Some("nl")),
        (6, "+32470000001", Some("fr")),
        (5, "+32470000002", Some("de")),
        (6, "+32470000002", None),
    ];
    words
        .into_iter()
        .map(|(moment, number, language)| Fact::LanguageKept {
            at: at(moment),
            number: number.into(),
            language: language.map(str::to_owned),
        })
}

#[tokio::test]
async fn folding_everything_again_changes_nothing_even_with_the_position_lost() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let mut facts = town::call("1-1");
    let journey = JourneyId("1-2".into());
    let leg = LegId("1-1-out".into());
    facts.insert(
        7,
        Fact::LegMoved {
            at: at(8000),
            journey: journey.clone(),
            leg,
            reason: "blind-transfer".into(),
        },
    );
    facts.push(Fact::BindingSet {
        at: at(1),
        binding: Box::new(town::binding("2101", "sip:2101@127.0.0.1:5070", at(60_000))),
    });
    facts.push(Fact::BindingSet {
        at: at(1),
        binding: Box::new(town::binding("2102", "sip:2102@127.0.0.1:5072", at(60_000))),
    });
    facts.push(Fact::BindingGone {
        at: at(2),
        aor: "2102".into(),
        contact: "sip:2102@127.0.0.1:5072".into(),
    });
    facts.push(Fact::Command {
        at: at(3),
        id: "c1".into(),
        actor: "an".into(),
        verb: "transfer".into(),
        result: "done".into(),
        journey: Some(journey),
    });
    facts.extend(languages_kept());
    facts.push(Fact::Gap { at: at(4), lost: 2 });
    write(&directory, &facts).await;
    Folder::new(&directory).catch_up(PATIENCE).await.unwrap();
    let first = dump(&directory).await;
    let kept = directory.snapshot().await.unwrap().languages;
    let kept: Vec<_> = kept
        .iter()
        .map(|row| (&*row.number, &*row.language))
        .collect();
    assert_eq!(kept, [("+32470000001", "fr")], "the newest word counts");
    assert!(first.contains("blind-transfer") && first.contains("transfer") && first.ends_with('2'));
    let database = sqlx::SqlitePool::connect(&format!(
        "sqlite://{}",
        directory.data().database().display()
    ))
    .await
    .unwrap();
    sqlx::query("UPDATE journal_position SET epoch = 0, sequence = 0")
        .execute(&database)
        .await
        .unwrap();
    let again = Folder::new(&directory).catch_up(PATIENCE).await.unwrap();
    assert_eq!(
        again.facts,
        u64::try_from(facts.len()).unwrap(),
        "they were folded again"
    );
    assert_eq!(dump(&directory).await, first);
}

#[tokio::test]
async fn a_moved_leg_stands_in_both_journeys() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let mut facts = town::call("1-1");
    let (to, leg) = (JourneyId("1-2".into()), LegId("1-1-out".into()));
    facts.push(Fact::LegMoved {
        at: at(9003),
        journey: to.clone(),
        leg: leg.clone(),
        reason: "pickup".into(),
    });
    write(&directory, &facts).await;
    Folder::new(&directory).catch_up(PATIENCE).await.unwrap();
    for id in ["1-1", "1-2"] {
        let journey = directory
            .journey(&JourneyId(id.into()))
            .await
            .unwrap()
            .unwrap();
        assert!(journey.legs.iter().any(|row| row.id == leg), "{id}");
        assert_eq!(
            (&journey.moves[0].from.0[..], &journey.moves[0].to),
            ("1-1", &to)
        );
    }
}

#[tokio::test]
async fn a_restart_closes_what_was_open_and_hands_out_the_ghosts() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let facts = town::call("1-1");
    write(&directory, &facts[..5]).await; // the caller is answered, 2101 rings
    let journey = JourneyId("1-1".into());
    let leg = LegId("1-1-in".into());
    write(
        &directory,
        &[Fact::LegDialog {
            at: at(50),
            journey,
            leg: leg.clone(),
            dialog: town::dialog("1-1-in", 4),
        }],
    )
    .await;
    let journal = directory.open_journal(limits()).await.unwrap();
    let restored = directory
        .restore(&journal, at(60_000), PATIENCE)
        .await
        .unwrap();
    assert_eq!(restored.closed_journeys, 1);
    let [ghost] = &restored.ghosts[..] else {
        panic!("{restored:?}")
    };
    assert_eq!(
        (&ghost.leg, &ghost.dialog),
        (&leg, &*town::dialog("1-1-in", 4)),
        "with the newest dialog"
    );
    let record = &directory.journeys(1).await.unwrap()[0];
    assert_eq!(
        (record.cause.as_deref(), record.ended_at),
        (Some("restart"), Some(at(60_000)))
    );
    assert!(
        record
            .legs
            .iter()
            .all(|leg| leg.cause.as_deref() == Some("restart") && leg.ended_at == Some(at(60_000)))
    );
    // Killed again before the BYE was sent: the ghost is handed out again, nothing is closed twice.
    let again = directory
        .restore(&journal, at(70_000), PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        (again.closed_journeys, &again.ghosts),
        (0, &restored.ghosts)
    );
    directory.ghosts_told(&[leg]).await.unwrap();
    assert_eq!(
        directory
            .restore(&journal, at(80_000), PATIENCE)
            .await
            .unwrap()
            .ghosts,
        []
    );
}

#[tokio::test]
async fn a_ghost_is_also_told_by_its_fact_and_calls_of_this_process_stay_open() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    write(&directory, &town::call("1-1")[..4]).await;
    let mut journal = directory.open_journal(limits()).await.unwrap();
    assert_eq!(
        directory
            .restore(&journal, at(60_000), PATIENCE)
            .await
            .unwrap()
            .ghosts
            .len(),
        1
    );
    journal.append(&town::call("1-1")[7..8]); // its LegEnded
    journal.append(&town::call("2-1")[..4]);
    let restored = directory
        .restore(&journal, at(70_000), PATIENCE)
        .await
        .unwrap();
    assert_eq!((restored.ghosts, restored.closed_journeys), (vec![], 0));
    let open = directory
        .journey(&JourneyId("2-1".into()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(open.ended_at, None);
    let closed = directory
        .journey(&JourneyId("1-1".into()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        closed.legs[0].cause.as_deref(),
        Some("restart"),
        "the first cause stands"
    );
}

#[tokio::test]
async fn bindings_survive_a_restart_until_they_lapse_and_phones_stay_known() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let mut desk = town::binding("2101", "sip:2101@127.0.0.1:5070", at(60_000));
    desk.instance = Some("<urn:uuid:1>".into());
    desk.reg_id = Some(1);
    desk.path = vec!["<sip:edge;lr>".into()];
    desk.peer.flow = Some(7);
    let soft = town::binding("2101", "sip:2101@127.0.0.1:5080", at(1_000));
    let gone = town::binding("2102", "sip:2102@127.0.0.1:5070", at(60_000));
    let set = |binding: &directory::Binding| Fact::BindingSet {
        at: at(0),
        binding: Box::new(binding.clone()),
    };
    let unset = Fact::BindingGone {
        at: at(1),
        aor: gone.aor.clone(),
        contact: gone.contact.clone(),
    };
    write(&directory, &[set(&desk), set(&soft), set(&gone), unset]).await;
    directory.close().await;
    drop(directory);
    let directory = town::open(temp.path()).await;
    let journal = directory.open_journal(limits()).await.unwrap();
    let restored = directory
        .restore(&journal, at(2_000), PATIENCE)
        .await
        .unwrap();
    assert_eq!(restored.bindings, [desk.clone()]);
    assert!(
        directory
            .remove_binding(&desk.aor, &desk.contact)
            .await
            .unwrap()
    );
    assert!(
        !directory
            .remove_binding(&desk.aor, &desk.contact)
            .await
            .unwrap()
    );
    directory.put_binding(at(3_000), &desk).await.unwrap();
    assert_eq!(directory.bindings(NOW).await.unwrap(), [desk]);
    let devices: Vec<(String, String)> = directory
        .phones()
        .await
        .unwrap()
        .into_iter()
        .map(|phone| (phone.aor, phone.device))
        .collect();
    let expected = [
        ("2101", "<urn:uuid:1>"),
        ("2101", "sip:2101@127.0.0.1:5080"),
        ("2102", "sip:2102@127.0.0.1:5070"),
    ];
    assert_eq!(
        devices,
        expected.map(|(aor, device)| (aor.to_owned(), device.to_owned()))
    );
}

#[tokio::test]
async fn facts_without_their_beginning_still_make_a_record() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    for missing in 0..9 {
        let mut facts = town::call(&format!("1-{missing}"));
        facts.drain(..missing);
        write(&directory, &facts).await;
    }
    Folder::new(&directory).catch_up(PATIENCE).await.unwrap();
    let journeys = directory.journeys(100).await.unwrap();
    assert_eq!(journeys.len(), 9);
    assert!(journeys.iter().all(
        |journey| journey.cause.is_some() && journey.legs.iter().all(|leg| leg.cause.is_some())
    ));
    assert_eq!(
        directory.folded().await.unwrap(),
        Position {
            epoch: 9,
            sequence: 1
        }
    );
}

#[tokio::test]
async fn the_way_back_after_an_emergency_call_outlives_the_process() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let row = |digits: &str, until| Callback {
        number: "+3254310099".into(),
        origin: CallOrigin::Line {
            trunk: "school".into(),
            digits: digits.into(),
        },
        until: Moment(until),
        centre: None,
    };
    let fact = |callback: &Callback| Fact::CalledForHelp {
        at: NOW,
        callback: Box::new(callback.clone()),
    };
    let (first, last) = (row("2201", NOW.0 + 1_000), row("2202", NOW.0 + 2_000));
    write(&directory, &[fact(&first), fact(&last)]).await;
    let journal = directory.open_journal(limits()).await.unwrap();
    let left = directory.restore(&journal, NOW, PATIENCE).await.unwrap();
    assert_eq!(left.callbacks, [last]);
    let later = Moment(NOW.0 + 2_000);
    let left = directory.restore(&journal, later, PATIENCE).await.unwrap();
    assert_eq!(left.callbacks, []);
}
