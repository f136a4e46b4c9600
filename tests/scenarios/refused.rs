//! The phone called is busy, declines, is not registered, does not exist, or has no codec in common.

use call::journal::Cause;
use media::Codec;
use world::World;

fn refused_with(status: u16) -> (u16, Vec<Cause>, World) {
    let mut world = World::new(u64::from(status));
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    let caller = world.call(a, "2102");
    let called = world.ringing(b);
    world.refuse(called, status);
    world.over_soon(caller);
    world.nothing_left();
    (world.status(caller), world.causes(), world)
}

#[test]
fn busy() {
    let (status, causes, world) = refused_with(486);
    assert_eq!((status, causes), (486, vec![Cause::Busy]));
    world.end("refused");
}

#[test]
fn declined() {
    let (status, causes, _) = refused_with(603);
    assert_eq!((status, causes), (603, vec![Cause::Declined]));
}

#[test]
fn faults_of_the_phone_stay_inside() {
    assert_eq!(refused_with(302).0, 480, "a redirection is not followed");
    assert_eq!(refused_with(500).0, 500);
    assert_eq!(
        refused_with(401).0,
        403,
        "a challenge of a phone is not the caller's"
    );
}

#[test]
fn not_registered() {
    let mut world = World::new(1);
    let a = world.phone("2101");
    let caller = world.call(a, "2102");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 480);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::NotRegistered]);
}

#[test]
fn unknown_number() {
    let mut world = World::new(2);
    let a = world.phone("2101");
    let caller = world.call(a, "9999");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 404);
    world.nothing_left();
    assert_eq!(world.causes(), [Cause::UnknownNumber]);
}

#[test]
fn a_citizen_dials_a_number_that_is_not_the_towns() {
    let mut world = World::new(3);
    let carrier = world.carrier();
    let citizen = world.citizen_calls(carrier, "+3254999999");
    world.over_soon(citizen);
    assert_eq!(world.status(citizen), 404);
    world.nothing_left();
    assert_eq!(world.view().unknown_numbers, 1);
}

#[test]
fn a_phone_that_never_answers_its_invite_is_given_up() {
    let mut world = World::new(4);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(b, |habits| habits.deaf = true);
    let caller = world.call(a, "2102");
    world.within(std::time::Duration::from_secs(40), "an end", |world| {
        world.status(caller) != 0
    });
    assert!(
        [408, 480].contains(&world.status(caller)),
        "{}",
        world.status(caller)
    );
    world.nothing_left();
}

#[test]
fn an_offer_without_a_codec_of_ours() {
    let mut world = World::new(5);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    // GSM full rate alone: the phones of the world do not speak it, so its description is written out.
    let body = "v=0\r\no=- 1 1 IN IP4 10.0.0.20\r\ns=-\r\nc=IN IP4 10.0.0.20\r\nt=0 0\r\nm=audio 4000 RTP/AVP 3\r\n";
    world.with(a, |habits| habits.codecs = vec![Codec::Pcma]);
    let (caller, called) = world.talking(a, "2102", b);
    let kind = [("Content-Type", "application/sdp".to_owned())];
    world.ask(caller, "UPDATE", &kind, body);
    world.run(200);
    assert_eq!(world.modified(caller), [488]);
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
