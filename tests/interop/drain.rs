//! Ctrl-C: new calls get 503, running ones go on; a second Ctrl-C ends them with BYE at once.

use std::time::{Duration, Instant};

use crate::answered::{citizens, desk, fixed};
use crate::journeys;
use crate::program::{Case, NUMBER};
use crate::wire;

#[test]
fn ctrl_c_lets_calls_end_and_twice_ends_them() {
    let case = Case::new("ctrl_c_lets_calls_end_and_twice_ends_them");
    let mut centrale = case.centrale();
    let with = [("ring", fixed(0)), ("after", fixed(200))];
    let desk = desk(&case, "2103", "answer", 1, &with);
    let citizen = citizens(&case, "menu_wait", "127.0.0.2", 1, 1, None);
    desk.sees("\nACK sip:", 1, Duration::from_secs(20));
    case.say("they talk; Ctrl-C");
    centrale.process.signal("INT");
    std::thread::sleep(Duration::from_secs(1));
    let status = wire::invite("127.0.0.3:5060", NUMBER);
    case.say(format_args!("a new call gets {status}"));
    assert_eq!(status, 503);
    std::thread::sleep(Duration::from_secs(3));
    assert!(
        centrale.process.ended().is_none(),
        "it did not wait for the call"
    );
    assert!(
        !desk.messages().contains("\nBYE "),
        "the running call was ended"
    );
    case.say("the call still runs; Ctrl-C again");
    let again = Instant::now();
    centrale.process.signal("INT");
    desk.sees("\nBYE ", 1, Duration::from_secs(2));
    citizen.succeeds(Duration::from_secs(5));
    desk.succeeds(Duration::from_secs(5));
    let status = centrale.process.wait(Duration::from_secs(10));
    case.say(format_args!(
        "ended {:.1} s later, {status}",
        again.elapsed().as_secs_f64()
    ));
    assert!(status.success());
    let records = journeys::read(&case, 10);
    case.say(records[records.len() - 1].text());
    assert!(
        records
            .iter()
            .all(|record| !record.end().starts_with("running"))
    );
}
