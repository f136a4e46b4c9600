//! Notes, outcomes and tasks: saved once, never over somebody else's words, gone with their journey (FEATURES CON-12). And what a
//! person chose for the desk, gone with the person.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
mod town;

use directory::journal::Limits;
use directory::{Directory, DirectoryError, Folder, JourneyId, Moment, NewTask, NoteError};
use sqlx::Connection;
use std::time::Duration;
use town::{NOW, at};

fn journey(id: &str) -> JourneyId {
    JourneyId(id.into())
}

async fn fold(directory: &Directory, id: &str) {
    let limits = Limits {
        reserve: 0,
        ..Limits::default()
    };
    directory
        .open_journal(limits)
        .await
        .unwrap()
        .append(&town::call(id));
    Folder::new(directory)
        .catch_up(Duration::from_secs(1))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_note_keeps_the_last_text_and_refuses_one_typed_upon_an_older() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    fold(&directory, "a1").await;
    let call = journey("a1");
    assert_eq!(directory.note(&call).await.unwrap(), None);
    let save = |seen, text: &'static str, by: &'static str| {
        let (directory, call) = (directory.clone(), call.clone());
        async move { directory.save_note(&call, seen, text, by, NOW).await }
    };
    let first = save(0, "Mrs Lef\u{0}èvre\r\nroom 3", "anna").await.unwrap();
    assert_eq!(
        (first.version, first.text.as_str()),
        (1, "Mrs Lefèvre\nroom 3")
    );
    // The answer was lost on its way, and the order comes again.
    assert_eq!(save(0, "Mrs Lefèvre\nroom 3", "anna").await.unwrap(), first);
    let second = save(1, "done", "bob").await.unwrap();
    assert_eq!(second.version, 2);
    match save(1, "mine", "anna").await {
        Err(NoteError::Changed(there)) => assert_eq!(there, second),
        other => panic!("{other:?}"),
    }
    match save(9, "from nowhere", "anna").await {
        Err(NoteError::Changed(there)) => assert_eq!(there, second),
        other => panic!("{other:?}"),
    }
    assert_eq!(directory.note(&call).await.unwrap(), Some(second));
}

#[tokio::test]
async fn a_note_is_bounded_and_no_call_is_made_up_for_it() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let call = journey("a1");
    let long = "é".repeat(4_001);
    let refused = directory.save_note(&call, 0, &long, "anna", NOW).await;
    assert!(
        matches!(
            refused,
            Err(NoteError::Directory(DirectoryError::Invalid(_)))
        ),
        "{refused:?}"
    );
    let fits = "é".repeat(4_000);
    let saved = directory.save_note(&call, 0, &fits, "anna", NOW).await;
    assert_eq!(saved.unwrap().text, fits);
    for wrong in ["", "a b", "'; DROP TABLE note", &"a".repeat(65)] {
        let refused = directory
            .save_note(&journey(wrong), 0, "x", "anna", NOW)
            .await;
        assert!(refused.is_err(), "{wrong:?}");
    }
    for wrong in ["", "Informed", "in formed", &"a".repeat(33)] {
        assert!(directory.outcome(&call, wrong, "anna", NOW).await.is_err());
    }
}

#[tokio::test]
async fn a_note_on_a_call_that_is_not_folded_yet_waits_for_it_and_dies_with_it() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let call = journey("a1");
    directory
        .save_note(&call, 0, "early", "anna", at(500))
        .await
        .unwrap();
    directory
        .outcome(&call, "informed", "anna", at(600))
        .await
        .unwrap();
    fold(&directory, "a1").await;
    let told = directory.journey(&call).await.unwrap().unwrap();
    assert_eq!((told.from.as_str(), told.began_at), ("+32470123456", at(0)));
    assert_eq!(directory.note(&call).await.unwrap().unwrap().text, "early");
    // Retention takes the journey away.
    let url = format!("sqlite://{}", directory.data().database().display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for table in ["leg", "decision"] {
        let sql = format!("DELETE FROM {table} WHERE journey = 'a1'");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&mut other)
            .await
            .unwrap();
    }
    sqlx::query("DELETE FROM journey WHERE id = 'a1'")
        .execute(&mut other)
        .await
        .unwrap();
    assert_eq!(directory.note(&call).await.unwrap(), None);
    let (outcomes,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM outcome")
        .fetch_one(&mut other)
        .await
        .unwrap();
    assert_eq!(outcomes, 0);
}

fn task(id: &str, moment: Moment) -> NewTask {
    NewTask {
        id: id.into(),
        number: "+32470123456".into(),
        name: Some(format!("Lefèvre\u{7}{}", "x".repeat(10_000))),
        lang: Some("fr".into()),
        service: Some("population".into()),
        whom: Some("2105".into()),
        text: "passport,\nafter 14:00".into(),
        by: "anna".into(),
        at: moment,
        due: Some(Moment(moment.0 + 1)),
        journey: Some(journey("a1")),
    }
}

#[tokio::test]
async fn a_task_is_made_once_and_leaves_the_list_when_it_is_done() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let made = directory.add_task(task("t1", at(2))).await.unwrap();
    assert_eq!((made.version, made.done.clone()), (1, None));
    assert_eq!(made.task.name.as_ref().unwrap().chars().count(), 128);
    let again = directory.add_task(task("t1", at(9))).await.unwrap();
    assert_eq!(again, made, "the same order makes one task");
    directory.add_task(task("t2", at(1))).await.unwrap();
    let ids = |tasks: Vec<directory::Task>| -> Vec<String> {
        tasks.into_iter().map(|task| task.task.id).collect()
    };
    assert_eq!(ids(directory.tasks_open().await.unwrap()), ["t2", "t1"]);

    let done = |done| directory.task_done("t1", done, "bob", at(10));
    let dealt = done(true).await.unwrap().unwrap();
    assert_eq!(
        (dealt.version, dealt.done.clone()),
        (2, Some(("bob".into(), at(10))))
    );
    assert_eq!(
        directory
            .task_done("t1", true, "carl", at(11))
            .await
            .unwrap(),
        Some(dealt.clone()),
        "saying it twice changes nothing"
    );
    assert_eq!(ids(directory.tasks_open().await.unwrap()), ["t2"]);
    assert_eq!(directory.task("t1").await.unwrap(), Some(dealt));
    let open = done(false).await.unwrap().unwrap();
    assert_eq!((open.version, open.done), (3, None));
    assert_eq!(
        directory.task_done("t9", true, "bob", NOW).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_task_without_a_number_or_with_too_long_a_text_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let nobody = NewTask {
        number: " ".into(),
        ..task("t1", NOW)
    };
    let long = NewTask {
        text: "x".repeat(1_001),
        ..task("t2", NOW)
    };
    for wrong in [nobody, long] {
        let refused = directory.add_task(wrong).await;
        assert!(
            matches!(refused, Err(DirectoryError::Invalid(_))),
            "{refused:?}"
        );
    }
    assert_eq!(directory.tasks_open().await.unwrap(), []);
}

#[tokio::test]
async fn open_tasks_are_bounded() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let url = format!("sqlite://{}", directory.data().database().display());
    let mut other = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) \
         INSERT INTO task (id, version, number, text, author, at, done) SELECT 'n' || i, 1, '2101', '', 'anna', i, 0 FROM n",
    )
    .execute(&mut other)
    .await
    .unwrap();
    let refused = directory.add_task(task("t1", NOW)).await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("1000 tasks are open")
    );
    directory.task_done("n7", true, "anna", NOW).await.unwrap();
    directory.add_task(task("t1", NOW)).await.unwrap();
}

#[tokio::test]
async fn what_a_person_chose_is_kept_over_a_restart_and_goes_with_the_person() {
    let temp = tempfile::tempdir().unwrap();
    let directory = town::open(temp.path()).await;
    let anna = directory::User::new("anna", directory::password::DEMO.to_owned());
    directory.add_user(&anna, NOW).await.unwrap();
    assert_eq!(directory.preferences("anna").await.unwrap(), None);
    for density in ["compact", "large"] {
        let chosen = format!("{{\"density\":\"{density}\"}}");
        directory
            .keep_preferences("anna", &chosen, NOW)
            .await
            .unwrap();
    }
    for (user, chosen) in [("nobody", "{}".to_owned()), ("anna", "x".repeat(4_097))] {
        let refused = directory.keep_preferences(user, &chosen, NOW).await;
        assert!(
            matches!(refused, Err(DirectoryError::Invalid(_))),
            "{refused:?}"
        );
    }
    directory.close().await;
    drop(directory);
    let again = town::open(temp.path()).await;
    let kept = again.preferences("anna").await.unwrap().unwrap();
    assert_eq!(
        (kept.version, kept.chosen.as_str()),
        (2, "{\"density\":\"large\"}")
    );
    again.remove_user("anna").await.unwrap();
    assert_eq!(again.preferences("anna").await.unwrap(), None);
}
