//! 200 citizens at once, all through the menu to one desk; none is lost and each has one record.

use std::time::Duration;

use crate::answered::{citizens, desk, fixed};
use crate::journeys;
use crate::program::Case;

const CALLS: u32 = 200;

#[test]
fn two_hundred_calls_at_once() {
    let case = Case::new("two_hundred_calls_at_once");
    let centrale = case.centrale();
    let before = centrale.resident();
    let with = [("ring", fixed(0)), ("after", fixed(500))];
    let desk = desk(&case, "2103", "answer", CALLS, &with);
    case.say("200 citizens call, 40 a second");
    let citizens = citizens(&case, "menu_call", "127.0.0.2", CALLS, 40, Some(15_000));
    std::thread::sleep(Duration::from_secs(9));
    let status = case.command(&["status"]);
    case.say(String::from_utf8_lossy(&status.stdout).trim());
    let during = centrale.resident();
    citizens.succeeds(Duration::from_secs(90));
    desk.succeeds(Duration::from_secs(30));
    let records = journeys::exactly(&case, CALLS as usize);
    let talked = records
        .iter()
        .filter(|record| record.legs().filter(|leg| leg.contains("talked")).count() == 2)
        .count();
    case.say(format_args!(
        "{} records, {talked} talked with the desk; resident {before} KiB before, {during} KiB during, {} KiB after",
        records.len(),
        centrale.resident()
    ));
    assert_eq!(talked, CALLS as usize);
    centrale.stop();
}
