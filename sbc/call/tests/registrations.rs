//! Registrations over time: a wall clock that jumps, devices that change their names.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::{Duration, SystemTime};

use bench::Bench;
use bench::script::Request;
use call::journal::Fact;
use call::{Input, Now};
use std::sync::Arc;

#[test]
fn a_wall_clock_put_right_ends_no_registration() {
    let mut bench = Bench::new();
    bench.registered("2101", "127.0.0.1:6001");
    bench.registered("2102", "127.0.0.1:6002");
    let at = |bench: &Bench, seconds: u64, jump: u64| Now {
        monotonic: bench.start + Duration::from_secs(seconds),
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + seconds + jump),
    };
    let later = at(&bench, 10, 7_200);
    // Whatever looks at the registrations again must not believe the new wall time.
    let look = Input::Restore {
        bindings: Vec::new(),
        ghosts: Vec::new(),
        callbacks: Vec::new(),
    };
    let _ = bench.core.handle(later, look).count();
    assert_eq!(bench.core.handle(later, Input::Deadline).count(), 0);
    bench.registered("2103", "127.0.0.1:6003");
    assert_eq!(bench.core.view().bindings, 3);
    let end = at(&bench, 3_601, 0);
    let _ = bench.core.handle(end, Input::Deadline).count();
    assert_eq!(bench.core.view().bindings, 0);
    assert_eq!(bench.core.view().deadlines, 0);
}

#[test]
fn who_proves_nothing_costs_no_memory() {
    let mut bench = Bench::new();
    let at = "127.0.0.1:7001";
    for (method, status) in [
        ("OPTIONS", "200"),
        ("BYE", "481"),
        ("CANCEL", "481"),
        ("SUBSCRIBE", "405"),
        ("REFER", "403"),
        ("FROBNICATE", "501"),
        ("INVITE", "401"),
    ] {
        let request = Request {
            method,
            ..Request::invite(at, "sip:2101@demo.centrale", "stranger", "flood")
        };
        bench.say(&request);
        let answer = bench.sent.last().unwrap();
        assert_eq!(answer.1.status().0.to_string(), status, "{method}");
        let stray = Request {
            to: "<sip:2101@demo.centrale>;tag=guessed".to_owned(),
            ..request
        };
        bench.say(&stray);
    }
    assert_eq!(bench.core.view(), call::CoreView::default());
}

#[test]
fn the_same_request_gets_the_same_tag_again() {
    let mut bench = Bench::new();
    let at = "127.0.0.1:7001";
    for method in ["OPTIONS", "BYE", "INVITE", "FROBNICATE", "REGISTER"] {
        let first = Request {
            method,
            ..Request::invite(at, "sip:2101@demo.centrale", "stranger", "again")
        };
        let other = Request {
            branch: "z9hG4bKanother".to_owned(),
            ..first.clone()
        };
        let mut tag = |request: &Request<'_>| {
            bench.say(request);
            let answer = bench.sent.last().unwrap();
            answer.1.to_tag().expect("a tag").to_owned()
        };
        let once = tag(&first);
        assert_eq!(once, tag(&first), "{method}: RFC 3261 8.2.7");
        assert_ne!(once, tag(&other), "{method}");
    }
}

#[test]
fn phones_of_an_account_that_is_removed_are_registered_no_more() {
    let mut bench = Bench::new();
    bench.registered("2101", "127.0.0.1:6001");
    bench.registered("2102", "127.0.0.1:6002");
    let mut snapshot = bench::snapshot();
    let mut accounts = (*snapshot.accounts).clone();
    accounts.remove("2102");
    snapshot.accounts = Arc::new(accounts);
    bench.feed(Input::Reload(snapshot));
    assert_eq!(bench.core.view().bindings, 1);
    let gone =
        |fact: &&Fact| matches!(fact, Fact::BindingGone { account, .. } if account == "2102");
    assert_eq!(bench.facts.iter().filter(gone).count(), 1);
    let told = "account 2102 is gone: its phone sip:2102@127.0.0.1:6002 is registered no more";
    assert_eq!(bench.notes.last().map(|note| &*note.text), Some(told));
}
