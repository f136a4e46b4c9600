//! Web pages as parties: an operator's shift, a page that goes missing and comes again, and a citizen's call.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::page::{OFFER, came, conversation, heard, is_music, missed, page, tell, welcoming};
use bench::{Bench, TRUNK, sdp};
use call::command::Refusal;
use call::desk::StationMedia;
use call::{CommandResult, CoreView, DeskEvent, Input, Verb};
use media::Source;

fn nothing_is_left(bench: &mut Bench) {
    bench.wait(Duration::from_secs(120));
    assert_eq!(bench.core.view(), CoreView::default());
}

#[test]
fn a_page_rests_answers_and_goes_home_when_the_citizen_hangs_up() {
    let mut bench = welcoming();
    let (desk, _, invite, ok) = conversation(&mut bench);
    bench.say(&invite.next("BYE", 2, &ok));
    assert_eq!(bench.hears[&desk].1, Source::Silence);
    let station = "anna".to_owned();
    bench.order(Verb::DetachStation { station });
    nothing_is_left(&mut bench);
}

#[test]
fn a_page_that_is_missed_leaves_music_and_another_one_takes_over() {
    let mut bench = welcoming();
    let (desk, caller, invite, ok) = conversation(&mut bench);
    tell(&mut bench, missed, desk);
    bench.played(caller);
    assert!(is_music(&bench.hears[&caller].1));
    bench.wait(Duration::from_secs(27));
    let CommandResult::Attached { answer, .. } = page(&mut bench) else {
        panic!("the second page is not answered");
    };
    assert!(answer.contains("a=ice-lite"));
    assert_eq!(bench.attached.len(), 2);
    assert_eq!(bench.attached[1].0, desk, "the same endpoint");
    came(&mut bench);
    assert!(is_music(&bench.hears[&caller].1), "not before it is heard");
    tell(&mut bench, heard, desk);
    bench.played(caller);
    bench.played(desk);
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(desk));
    bench.wait(Duration::from_secs(60));
    assert_eq!(bench.count(TRUNK, "BYE"), 0);
    bench.say(&invite.next("BYE", 2, &ok));
    let station = "anna".to_owned();
    bench.order(Verb::DetachStation { station });
    nothing_is_left(&mut bench);
}

#[test]
fn a_reload_quicker_than_anybody_misses_the_page_is_told() {
    let mut bench = welcoming();
    conversation(&mut bench);
    bench.feed(Input::Watch(true));
    assert!(matches!(page(&mut bench), CommandResult::Attached { .. }));
    bench.seen.clear();
    came(&mut bench);
    let told = bench.seen.iter().find_map(|event| match event {
        DeskEvent::Station(view) => Some((view.media, view.pages)),
        _ => None,
    });
    assert_eq!(told, Some((StationMedia::Up, 2)));
}

#[test]
fn a_page_that_rests_hears_itself_until_it_is_told_to_stop_or_another_comes() {
    let mut bench = welcoming();
    page(&mut bench);
    came(&mut bench);
    let desk = bench.open[0].0;
    let echo = |bench: &mut Bench, on| {
        let station = "anna".to_owned();
        bench.order(Verb::Echo { station, on })
    };
    assert!(matches!(echo(&mut bench, true), CommandResult::Done { .. }));
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(desk));
    echo(&mut bench, false);
    assert_eq!(bench.hears[&desk].1, Source::Silence);
    echo(&mut bench, true);
    page(&mut bench);
    assert_eq!(bench.hears[&desk].1, Source::Silence, "nobody asked there");
    echo(&mut bench, true);
    let (caller, invite, ok) = {
        let (invite, ok) = bench::page::citizen(&mut bench);
        (bench.open[1].0, invite, ok)
    };
    let verb = Verb::Answer {
        station: "anna".to_owned(),
        journey: bench.journey(1),
    };
    bench.order(verb);
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(caller));
    let refused = echo(&mut bench, true);
    assert_eq!(refused, CommandResult::Refused(Refusal::NotNow));
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(caller));
    bench.say(&invite.next("BYE", 2, &ok));
    assert_eq!(bench.hears[&desk].1, Source::Silence);
    let station = "anna".to_owned();
    bench.order(Verb::DetachStation { station });
    nothing_is_left(&mut bench);
}

#[test]
fn a_page_that_never_comes_is_no_station_after_half_a_minute() {
    let mut bench = welcoming();
    page(&mut bench);
    bench.wait(Duration::from_secs(29));
    assert_eq!(bench.open.len(), 1);
    nothing_is_left(&mut bench);
}

#[test]
fn a_citizen_s_page_hears_the_menu_presses_keys_and_hangs_up() {
    let mut bench = welcoming();
    let verb = Verb::Call {
        offer: OFFER.to_owned(),
    };
    let CommandResult::Attached { journey, .. } = bench.order(verb) else {
        panic!("the page is not answered");
    };
    came(&mut bench);
    let caller = bench.open[0].0;
    assert!(matches!(
        bench.hears[&caller].1,
        Source::Play { repeat: false, .. }
    ));
    let before = bench.hears[&caller].1.clone();
    bench.press(caller, '1');
    assert_ne!(bench.hears[&caller].1, before, "the menu goes on");
    bench.order(Verb::HangUp { journey });
    nothing_is_left(&mut bench);
}

#[test]
fn what_is_no_offer_is_refused_and_leaves_nothing() {
    let mut bench = Bench::new();
    assert_eq!(page(&mut bench), CommandResult::Refused(Refusal::NotNow));
    let mut bench = welcoming();
    for offer in [
        "",
        "v=0",
        "rubbish",
        &sdp(30_000),
        &OFFER.replace("opus", "speex").replace(" 8 ", " "),
    ] {
        for citizen in [false, true] {
            let offer = offer.to_owned();
            let station = "anna".to_owned();
            let verb = if citizen {
                Verb::Call { offer }
            } else {
                Verb::BrowserMedia { station, offer }
            };
            let result = bench.order(verb);
            assert_eq!(result, CommandResult::Refused(Refusal::Offer));
        }
    }
    assert_eq!(bench.facts.len(), 0);
    nothing_is_left(&mut bench);
}
