//! Closures with their mandatory end, absences and forwards with their history (FEATURES CON-10, CON-18, CON-21, IVR-9).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::{Circle, ClosureRow, Directory, DirectoryError, Moment, NewClosure, Occasion};
use town::{NOW, at};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

async fn demo() -> (tempfile::TempDir, Directory) {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    directory.seed_demo(NOW).await.unwrap();
    (temp, directory)
}

fn closure(id: &str, service: Option<&str>, from: Moment, until: Moment) -> NewClosure {
    NewClosure {
        id: id.into(),
        service: service.map(str::to_owned),
        text: "gas alarm\nin the town hall".into(),
        by: "anna".into(),
        from,
        until,
    }
}

fn ids(rows: Vec<ClosureRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_closure_ends_by_itself_or_is_opened_early() {
    let (_temp, directory) = demo().await;
    let close = |id: &'static str, service, hours| {
        let new = closure(id, service, NOW, at(hours * HOUR));
        directory.close_by_hand(new)
    };
    let made = close("c1", Some("population"), 1).await.unwrap();
    assert_eq!(made.text, "gas alarm in the town hall");
    let again = closure("c1", None, at(5), at(9 * HOUR));
    assert_eq!(
        directory.close_by_hand(again).await.unwrap(),
        made,
        "the same order"
    );
    close("c2", None, 2).await.unwrap();
    assert_eq!(ids(directory.closures(NOW).await.unwrap()), ["c2", "c1"]);
    assert_eq!(
        ids(directory.closures(at(HOUR - 1)).await.unwrap()),
        ["c2", "c1"]
    );
    assert_eq!(ids(directory.closures(at(HOUR)).await.unwrap()), ["c2"]);
    assert_eq!(directory.snapshot().await.unwrap().closures.len(), 2);

    let opened = directory
        .reopen("c2", "bob", at(10))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(opened.reopened, Some(("bob".into(), at(10))));
    let twice = directory.reopen("c2", "carl", at(11)).await.unwrap();
    assert_eq!(twice, Some(opened), "who was first stays");
    assert_eq!(ids(directory.closures(NOW).await.unwrap()), ["c1"]);
    assert_eq!(ids(directory.snapshot().await.unwrap().closures), ["c1"]);
    let late = directory
        .reopen("c1", "bob", at(HOUR))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(late.reopened, None, "it had ended by itself");
    assert_eq!(directory.reopen("c9", "bob", NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_closure_without_an_end_or_with_one_out_of_reach_is_refused() {
    let (_temp, directory) = demo().await;
    let mut long_text = closure("c1", None, NOW, at(HOUR));
    long_text.text = "x".repeat(201);
    let wrong = [
        closure("c1", None, NOW, NOW),
        closure("c1", None, NOW, at(-1)),
        closure("c1", None, NOW, Moment(i64::MAX)),
        closure("c1", None, NOW, at(366 * DAY + 1)),
        closure("", None, NOW, at(HOUR)),
        long_text,
    ];
    for new in wrong {
        let refused = directory.close_by_hand(new).await;
        assert!(
            matches!(refused, Err(DirectoryError::Invalid(_))),
            "{refused:?}"
        );
    }
    assert_eq!(directory.closures(NOW).await.unwrap(), []);
    let longest = closure("c1", None, NOW, at(366 * DAY));
    directory.close_by_hand(longest).await.unwrap();
    for number in 2..=100 {
        let new = closure(&format!("c{number}"), None, NOW, at(HOUR));
        directory.close_by_hand(new).await.unwrap();
    }
    let more = closure("c101", None, at(1), at(HOUR));
    assert!(
        directory.close_by_hand(more).await.is_err(),
        "a hundred are in force"
    );
    let later = closure("c101", None, at(HOUR), at(2 * HOUR));
    directory.close_by_hand(later).await.unwrap();
    assert_eq!(ids(directory.snapshot().await.unwrap().closures).len(), 2);
}

#[tokio::test]
async fn an_absence_ends_by_itself_is_replaced_or_taken_back_and_all_of_it_stays_on_record() {
    let (_temp, directory) = demo().await;
    let away = |to, hours: i64, by, ms| {
        let until = Some(at(hours * HOUR));
        directory.set_absence("2105", Occasion::Always, to, until, by, at(ms))
    };
    let first = away(Some("2106"), 1, "anna", 0).await.unwrap();
    assert_eq!(
        away(Some("2106"), 1, "anna", 5).await.unwrap(),
        first,
        "the same again"
    );
    assert_eq!(directory.absences(at(HOUR - 1)).await.unwrap(), [first]);
    assert_eq!(directory.absences(at(HOUR)).await.unwrap(), []);
    let second = away(Some("0470 12 34 56"), 2, "bob", 10).await.unwrap();
    assert_eq!(
        directory.absences(at(20)).await.unwrap()[..],
        *std::slice::from_ref(&second)
    );
    assert_eq!(directory.snapshot().await.unwrap().absences, [second]);
    assert!(directory.end_absence("2105", "2105", at(30)).await.unwrap());
    assert!(!directory.end_absence("2105", "2105", at(31)).await.unwrap());
    assert_eq!(directory.absences(at(32)).await.unwrap(), []);
    away(None, 3, "anna", 40).await.unwrap();
    // Its time is over when it is replaced: nobody ended it.
    away(Some("2106"), 5, "anna", 4 * HOUR).await.unwrap();
    let history = directory.absence_history("2105", 10).await.unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|row| (row.to.as_deref(), row.by.as_str(), row.ended.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (Some("2106"), "anna", None),
            (None, "anna", None),
            (Some("0470 12 34 56"), "bob", Some(("2105".into(), at(30)))),
            (Some("2106"), "anna", Some(("bob".into(), at(10)))),
        ]
    );
}

#[tokio::test]
async fn each_occasion_has_a_rule_of_its_own() {
    let (_temp, directory) = demo().await;
    let set = |occasion, to| directory.set_absence("2105", occasion, to, None, "2105", NOW);
    let after = |after_s| Occasion::NoAnswer { after_s };
    set(Occasion::Busy, Some("2106")).await.unwrap();
    set(after(15), Some("2107")).await.unwrap();
    set(Occasion::Unreachable, Some("0470123456"))
        .await
        .unwrap();
    set(after(25), Some("2107")).await.unwrap();
    set(Occasion::Closed, Some("2106")).await.unwrap();
    let rules = directory.absences(at(1_000 * DAY)).await.unwrap();
    let told: Vec<_> = rules
        .iter()
        .map(|row| (row.occasion, row.to.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Occasion::Busy, Some("2106")),
            (Occasion::Closed, Some("2106")),
            (after(25), Some("2107")),
            (Occasion::Unreachable, Some("0470123456")),
        ]
    );
    assert!(
        directory
            .end_forward("2105", after(1), "2105", at(1))
            .await
            .unwrap()
    );
    assert_eq!(directory.absences(at(1)).await.unwrap().len(), 3);
    let wrong = [
        set(Occasion::Busy, None).await,
        set(Occasion::Busy, Some(" ")).await,
        set(Occasion::Always, Some("2105")).await,
        set(Occasion::Always, Some(&"1".repeat(65))).await,
        set(Occasion::Closed, None).await,
        set(after(4), Some("2106")).await,
        set(after(121), Some("2106")).await,
        directory
            .set_absence("2999", Occasion::Always, None, None, "anna", NOW)
            .await,
        directory
            .set_absence("2105", Occasion::Always, None, Some(NOW), "anna", NOW)
            .await,
    ];
    for refused in wrong {
        assert!(
            matches!(refused, Err(DirectoryError::Invalid(_))),
            "{refused:?}"
        );
    }
    assert_eq!(directory.absences(at(1)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_whole_building_goes_to_its_mobiles_and_comes_back_one_by_one_or_together() {
    let (_temp, directory) = demo().await;
    let away = |to: Option<&'static str>, by: &'static str| {
        directory.circle_away("2103", Circle::Site, to, at(HOUR), by, NOW)
    };
    let done = away(None, "anna").await.unwrap();
    assert_eq!(done.accounts, ["2103"], "who has a mobile at the town hall");
    assert!(done.left.contains(&"Lieve Verstraeten".to_owned()));
    let rules = directory.absences(at(1)).await.unwrap();
    let [rule] = &rules[..] else {
        panic!("one rule: {rules:?}")
    };
    assert_eq!(
        (rule.to.as_deref(), rule.until, rule.by.as_str()),
        (Some("+32470310003"), Some(at(HOUR)), "anna")
    );
    let all = away(Some("2104"), "anna").await.unwrap();
    assert!(all.accounts.len() >= 5 && all.left.is_empty(), "{all:?}");
    assert!(!all.accounts.contains(&"2104".to_owned()), "it takes them");
    assert!(!all.accounts.contains(&"2105".to_owned()), "another site");
    assert!(directory.end_absence("2101", "2101", at(2)).await.unwrap());
    let back = directory
        .circle_back("2103", Circle::Site, "anna", at(3))
        .await
        .unwrap();
    assert_eq!(back.accounts.len(), all.accounts.len() - 1);
    assert_eq!(directory.absences(at(4)).await.unwrap(), []);
    let history = directory.absence_history("2103", 10).await.unwrap();
    assert_eq!(history.len(), 2);
    let ended: Vec<_> = history.iter().filter_map(|row| row.ended.clone()).collect();
    assert!(ended.contains(&("anna".to_owned(), at(3))), "{ended:?}");

    let service = directory
        .circle_away("2101", Circle::Service, Some("2104"), at(HOUR), "anna", NOW)
        .await
        .unwrap();
    assert!(service.accounts.contains(&"2102".to_owned()));
    assert!(!service.accounts.contains(&"2103".to_owned()));
    for (account, until) in [("2999", at(HOUR)), ("2101", NOW)] {
        let refused = directory
            .circle_away(account, Circle::Site, Some("2104"), until, "anna", NOW)
            .await;
        assert!(matches!(refused, Err(DirectoryError::Invalid(_))));
    }
}
