//! A new life of the web side: nobody is refused meanwhile, nobody is signed out, and the exchange knows nothing of it.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::citizen::Citizen;
use crate::stage::{Stage, until};

#[test]
fn it_begins_anew_as_asked_and_nobody_is_refused_meanwhile() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (is_over, served) = (AtomicBool::new(false), AtomicUsize::new(0));
    let ask = stage.ask("GET", "/").cookie(Some(&cookie));
    let address = stage.address();
    std::thread::scope(|scope| {
        let browser = scope.spawn(|| {
            while !is_over.load(Ordering::Acquire) {
                let answer = ask.over(TcpStream::connect(address).unwrap());
                assert_eq!(answer.status, 200);
                served.fetch_add(1, Ordering::AcqRel);
            }
        });
        for _ in 0..5 {
            let before = served.load(Ordering::Acquire);
            stage.web.restart().unwrap();
            until("served", || {
                served.load(Ordering::Acquire) > before + 2 || browser.is_finished()
            });
        }
        is_over.store(true, Ordering::Release);
        browser.join().unwrap();
    });
    let counts = stage.web.counts();
    assert_eq!(
        (counts.lives(), counts.faults(), counts.refused()),
        (6, 0, 0)
    );
    assert!(stage.exchange.ended().is_none());
}

#[test]
fn it_begins_anew_by_itself_after_a_panic() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    for fault in 1..=3 {
        stage.web.panic();
        until("another life", || stage.web.counts().lives() == fault + 1);
        assert_eq!(stage.web.counts().faults(), fault);
        assert_eq!(stage.get("/", Some(&cookie)).status, 200);
    }
    assert!(stage.exchange.status().is_ok());
    stage.web.restart().unwrap();
    stage.web.end();
    assert!(stage.web.restart().is_err());
}

#[test]
fn a_call_hears_nothing_of_a_panic_and_no_packet_is_missing() {
    let stage = Stage::called();
    let citizen = Citizen::call(stage.sip);
    citizen.hears(Duration::ZERO);
    let heard = std::thread::scope(|scope| {
        let hears = scope.spawn(|| citizen.hears(Duration::from_secs(6)));
        for fault in 1..=3 {
            std::thread::sleep(Duration::from_millis(300));
            stage.web.panic();
            until("another life", || stage.web.counts().lives() == fault + 1);
        }
        hears.join().unwrap()
    });
    assert!(heard.packets >= 100, "{heard:?}");
    assert_eq!(heard.missing, 0, "{heard:?}");
    assert_eq!(stage.exchange.status().unwrap().core.calls, 1);
}

#[test]
fn a_task_that_it_cannot_be_without_takes_it_along() {
    let stage = Stage::start();
    let fault = stage.runtime.block_on(async {
        let (app, mut reins) = stage.app().await;
        app.life.keep("a task that ends well", async {});
        app.life
            .keep("a task that does not", async { panic!("as a test asked") });
        reins.fault().await
    });
    assert_eq!(fault, "a task that does not");
}
