//! Sessions run out, are revoked, and tell whoever holds a socket.

use super::*;
use crate::stage::Stage;

const HOUR: i64 = 3_600_000;

#[test]
fn a_socket_hears_of_a_change_a_removal_and_a_sign_out_within_five_seconds() {
    let stage = Stage::start();
    stage.runtime.block_on(async {
        let (app, _reins) = stage.app().await;
        let directory = &app.directory;
        let mut watches = Vec::new();
        let mut ids = Vec::new();
        for (n, name) in (1..).zip(["reception1", "reception2", "reception3", "admin"]) {
            let user = directory.user(name).await.unwrap().unwrap();
            let token = [n; 32];
            let id = app.sessions.begin(directory, &token, &user, String::new());
            let id = id.await.unwrap().unwrap();
            assert!(app.sessions.find(&id).is_some());
            watches.push(app.sessions.watch(&id).unwrap());
            ids.push(id);
        }
        let sweeping = Arc::clone(&app);
        tokio::spawn(async move {
            sweeping
                .sessions
                .sweep(&sweeping.directory, &sweeping.life)
                .await
        });
        let began = tokio::time::Instant::now();
        let display = directory::UserChange {
            display: Some("New".into()),
            ..Default::default()
        };
        directory.change_user("reception1", &display).await.unwrap();
        directory.remove_user("reception2").await.unwrap();
        directory.end_sessions(&[ids[2].0]).await.unwrap();
        for watch in &mut watches[..3] {
            watch.ended().await;
        }
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
        assert!(app.sessions.find(&ids[0]).is_none() && app.sessions.find(&ids[1]).is_none());
        assert!(app.sessions.watch(&ids[2]).is_none());
        assert!(app.sessions.find(&ids[3]).is_some());
        app.sessions.end(directory, ids[3]).await.unwrap();
        watches[3].ended().await;
    });
}

#[test]
fn half_an_hour_unused_ends_it_an_open_socket_is_use_and_twelve_hours_are_the_end_of_it_and_of_its_call()
 {
    let who = Arc::new(Who {
        user: "a".into(),
        display: "A".into(),
        roles: Vec::new(),
        station: "a".into(),
        phone: None,
        mobile: None,
        town: None,
    });
    let live = Live::new(who, Moment(0), Moment(0), Moment(0));
    assert!(!live.has_run_out(Moment(HOUR / 2 - 1), false));
    assert!(live.has_run_out(Moment(HOUR / 2), false));
    live.open.store(1, Ordering::Relaxed);
    assert!(!live.has_run_out(Moment(12 * HOUR - 1), false));
    assert!(live.has_run_out(Moment(12 * HOUR), false));
    assert!(
        !live.has_run_out(Moment(16 * HOUR - 1), true),
        "it has a call"
    );
    assert!(live.has_run_out(Moment(16 * HOUR), true));
    live.open.store(0, Ordering::Relaxed);
    live.seen.store(11 * HOUR, Ordering::Relaxed);
    assert!(!live.has_run_out(Moment(11 * HOUR + 1), false));
}

#[test]
fn what_ran_out_while_nobody_looked_is_not_loaded_and_one_person_has_ten_at_most() {
    let stage = Stage::start();
    stage.runtime.block_on(async {
        let (app, _reins) = stage.app().await;
        let directory = &app.directory;
        let user = directory.user("admin").await.unwrap().unwrap();
        let now = clock::now();
        let old = Session {
            hash: [99; 32],
            owner: user.name.clone(),
            began_at: Moment(now.0 - HOUR),
            seen_at: Moment(now.0 - HOUR / 2 - 1),
            address: String::new(),
        };
        assert!(
            directory
                .begin_session(&old, &user, PER_USER)
                .await
                .unwrap()
        );
        for n in 1..=12 {
            let token = [n; 32];
            let begun = app.sessions.begin(directory, &token, &user, String::new());
            assert!(begun.await.unwrap().is_some());
        }
        assert_eq!(directory.sessions().await.unwrap().len(), 10);
        let loaded = Sessions::load(directory, Busy::default()).await.unwrap();
        assert_eq!(loaded.all().len(), 10);
        assert!(loaded.find(&SessionId([99; 32])).is_none());
        let stale = User {
            password: "other".into(),
            ..user
        };
        let begun = app
            .sessions
            .begin(directory, &[50; 32], &stale, String::new());
        assert!(
            begun.await.unwrap().is_none(),
            "the user was changed meanwhile"
        );
    });
}

#[test]
fn twelve_hours_end_at_the_desk_when_its_call_does() {
    let stage = Stage::start();
    stage.runtime.block_on(async {
        let directory = &stage.directory;
        let user = directory.user("reception1").await.unwrap().unwrap();
        let now = clock::now();
        let id = SessionId([7; 32]);
        let row = Session {
            hash: id.0,
            owner: user.name.clone(),
            began_at: Moment(now.0 - 12 * HOUR + 500),
            seen_at: now,
            address: String::new(),
        };
        assert!(
            directory
                .begin_session(&row, &user, PER_USER)
                .await
                .unwrap()
        );
        let busy = Busy::default();
        let sessions = Sessions::load(directory, busy.clone()).await.unwrap();
        let mut watch = sessions.watch(&id).unwrap();
        let late = Moment(now.0 + 11_000);
        busy.are([id].into());
        sessions.compare(directory, late).await.unwrap();
        assert!(!*watch.ended.borrow(), "it has a call");
        busy.are(HashSet::new());
        sessions.compare(directory, late).await.unwrap();
        watch.ended().await;
        assert!(directory.sessions().await.unwrap().is_empty());
    });
}
