//! Devices that are rung beside what goes on: an operator whose handset or mobile pulls a caller, and the sign that somebody
//! waits on hold.

use std::collections::BTreeMap;

use call::desk::CallState;
use call::journal::JourneyId;
use call::{Arm, Device, Verb};
use world::{Line, Party, World, town};

fn bert() -> String {
    "bert".to_owned()
}

/// Bert works with this device, and a citizen is in the menu.
fn at_work(seed: u64, device: Device) -> (World, Party, Line, JourneyId) {
    let mut world = World::new(seed);
    let (carrier, station) = (world.carrier(), bert());
    world.must(Verb::AttachStation { station, device });
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(0);
    (world, carrier, citizen, journey)
}

fn answer(world: &mut World, journey: JourneyId) {
    let station = bert();
    world.must(Verb::Answer { station, journey });
}

fn leave(mut world: World, citizen: Line) -> BTreeMap<Arm, u64> {
    world.hang_up(citizen);
    world.run(6_000);
    world.must(Verb::DetachStation { station: bert() });
    world.nothing_left();
    world.arms_taken()
}

/// A handset that pulls: rung first, then connected; refused, or left to ring, the caller stays where she was.
fn handset() -> BTreeMap<Arm, u64> {
    let (mut world, _, citizen, journey) = at_work(1, Device::Handset("2103".to_owned()));
    let phone = world.phone("2103");
    answer(&mut world, journey);
    let handset = world.ringing(phone);
    assert_eq!(world.seen(journey).state, CallState::Menu);
    world.answer(handset);
    world.talk(citizen, handset);
    assert_eq!(world.seen(journey).station.as_deref(), Some("bert"));
    world.must(Verb::Park { journey });
    world.over_soon(handset);
    world.hears_soon(citizen, "music/default");
    answer(&mut world, journey);
    let handset = world.ringing(phone);
    world.refuse(handset, 486);
    world.run(500);
    world.hears_soon(citizen, "music/default");
    answer(&mut world, journey);
    let handset = world.ringing(phone);
    world.run(25_500);
    world.over_soon(handset);
    world.hears_soon(citizen, "music/default");
    answer(&mut world, journey);
    let handset = world.ringing(phone);
    world.answer(handset);
    world.talk(citizen, handset);
    leave(world, citizen)
}

/// A mobile that pulls has to press 1.
fn mobile() -> BTreeMap<Arm, u64> {
    let device = Device::Mobile("+32475111111".to_owned());
    let (mut world, carrier, citizen, journey) = at_work(2, device);
    answer(&mut world, journey);
    let mobile = world.ringing(carrier);
    world.answer(mobile);
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.press(mobile, "5");
    world.hears_soon(mobile, "nl/press-1-to-take");
    world.press(mobile, "1");
    world.talk(citizen, mobile);
    leave(world, citizen)
}

/// After 45 seconds a station hears that somebody waits on hold; when it goes, the caller is not its any more.
fn on_hold() -> BTreeMap<Arm, u64> {
    let mut world = World::new(3);
    let carrier = world.carrier();
    let desk = world.attach("desk");
    let citizen = world.citizen_in_menu(carrier);
    let journey = world.journey(1);
    let station = "desk".to_owned();
    world.must(Verb::Answer { station, journey });
    world.talk(citizen, desk);
    world.must(Verb::Hold { journey });
    world.run(44_000);
    world.hears_nothing(desk);
    world.hears_within(desk, "signals/waiting", 2);
    world.run(1_000);
    world.hears_nothing(desk);
    world.hears_soon(citizen, "music/default");
    world.hang_up(desk);
    world.run(500);
    assert_ne!(world.seen(journey).state, CallState::Held, "nobody has her");
    let returned = world.seen(journey).returned.clone();
    assert_eq!(returned.map(|back| back.from).as_deref(), Some("desk"));
    world.hang_up(citizen);
    world.nothing_left();
    world.arms_taken()
}

/// What phones of several makes look for before they answer by themselves.
const MAKES: [(&str, &str); 3] = [
    ("Answer-Mode", "Auto"),
    ("Alert-Info", "info=alert-autoanswer"),
    ("Call-Info", "answer-after=0"),
];

/// Her own phone answers by itself when she asks at the desk, whatever its make; it rings when it is only offered a caller.
fn by_itself() -> BTreeMap<Arm, u64> {
    let mut taken = BTreeMap::new();
    for (seed, make) in (10..).zip(MAKES) {
        let handset = Device::Handset("2103".to_owned());
        let (mut world, _, citizen, journey) = at_work(seed, handset);
        let phone = world.phone("2103");
        world.with(phone, |habits| habits.obeys = Some(make));
        answer(&mut world, journey);
        world.run(200);
        let called = world.newest(phone);
        world.talk(citizen, called);
        for (arm, count) in leave(world, citizen) {
            *taken.entry(arm).or_default() += count;
        }
    }
    taken
}

/// An offer rings; a key at the desk then calls the phone anew, which tells no missed call, and it answers.
fn offered_first() -> BTreeMap<Arm, u64> {
    let mut world = World::new(13);
    let (carrier, phone) = (world.carrier(), world.phone("2103"));
    world.with(phone, |habits| habits.obeys = Some(MAKES[0]));
    let (station, device) = (bert(), Device::Handset("2103".to_owned()));
    world.must(Verb::AttachStation { station, device });
    world.serve("bert", &["line"]);
    let citizen = world.citizen_calls(carrier, town::SECOND);
    world.hears_soon(citizen, "nl/demo-menu");
    world.press(citizen, "2");
    let offered = world.ringing_within(phone, 30);
    assert_eq!(asks_to_answer(&world, offered), 0, "an offer asks nothing");
    world.run(1_000);
    let journey = world.journey(0);
    answer(&mut world, journey);
    world.until("it is called anew", |world| world.newest(phone) != offered);
    assert_eq!(world.status(offered), 487, "it rings in one call at a time");
    assert!(world.reason(offered).contains("completed elsewhere"));
    let called = world.newest(phone);
    assert_eq!(asks_to_answer(&world, called), 3);
    world.run(200);
    world.talk(citizen, called);
    leave(world, citizen)
}

fn asks_to_answer(world: &World, line: Line) -> usize {
    let invitation = world.invitation(line);
    let makes = MAKES.iter();
    makes
        .filter(|(header, word)| invitation.all(header).any(|value| value.contains(word)))
        .count()
}

/// All of these, for the coverage of the call's table.
pub(crate) fn all() -> BTreeMap<Arm, u64> {
    let mut taken = BTreeMap::new();
    for (arm, count) in [handset(), mobile(), on_hold(), by_itself(), offered_first()]
        .into_iter()
        .flatten()
    {
        *taken.entry(arm).or_default() += count;
    }
    taken
}

#[test]
fn a_handset_that_pulls_is_rung_first_and_then_connected() {
    handset();
}

#[test]
fn a_mobile_that_pulls_presses_1() {
    mobile();
}

#[test]
fn who_waits_on_hold_is_not_forgotten() {
    on_hold();
}

#[test]
fn her_own_phone_answers_by_itself_when_she_asks_at_the_desk() {
    by_itself();
}

#[test]
fn an_offered_phone_rings_and_answers_when_a_key_at_the_desk_says_so() {
    offered_first();
}

#[test]
fn nobody_else_is_asked_to_answer_by_itself() {
    let mut world = World::new(14);
    let (carrier, from, to) = (world.carrier(), world.phone("2101"), world.phone("2103"));
    let desk = world.attach("desk");
    assert_eq!(
        asks_to_answer(&world, desk),
        3,
        "a phone that stays open all day"
    );
    let (one, other) = world.talking(from, "2103", to);
    assert_eq!(asks_to_answer(&world, other), 0);
    world.hang_up(one);
    world.run(500);
    let citizen = world.citizen_in_menu(carrier);
    let (station, journey) = ("desk".to_owned(), world.journey(2));
    world.must(Verb::Answer { station, journey });
    world.talk(citizen, desk);
    let target = "2103".to_owned();
    world.must(Verb::BlindTransfer { journey, target });
    let sent = world.ringing(to);
    assert_eq!(
        asks_to_answer(&world, sent),
        0,
        "a colleague answers by hand"
    );
    world.hang_up(citizen);
    world.hang_up(desk);
    world.run(500);
    world.nothing_left();
}
