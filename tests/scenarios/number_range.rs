//! A range of numbers leads into one dialplan (NUM-9): what begins so is answered, what does not is unknown.

use std::collections::BTreeMap;
use std::sync::Arc;
use world::{World, town};

const RANGE: &str = r#"
town = "Range"
country = "BE"
languages = ["nl"]
when-hours-fail = "open"
[numbers]
"+32549999*" = { label = "Direct numbers", to = "hello" }
[step.hello]
kind = "message"
say = "welcome"
"#;

#[test]
fn a_number_of_the_range_is_answered() {
    let mut snapshot = town::snapshot();
    let mut flows = BTreeMap::clone(&snapshot.flows);
    flows.insert("range".to_owned(), town::flow(RANGE, "range"));
    snapshot.flows = Arc::new(flows);
    let mut world = World::of(1, snapshot);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, "+3254999912");
    world.hears_soon(citizen, "nl/welcome");
    world.over_soon(citizen);
    let stranger = world.citizen_calls(carrier, "+3254999812");
    world.over_soon(stranger);
    assert_eq!(world.status(stranger), 404);
    world.nothing_left();
    assert_eq!(world.view().unknown_numbers, 1);
}
