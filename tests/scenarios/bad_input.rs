//! Messages that are wrong: the RFC's answer or silence, and nothing is left of them.

use world::World;

#[test]
fn a_wrong_password() {
    let mut world = World::new(1);
    let a = world.unregistered("nobody");
    assert_eq!(world.try_register(a, 3_600), 401);
    assert_eq!(world.view().bindings, 0);
    world.nothing_left();
}

#[test]
fn a_stray_bye_and_noise() {
    let mut world = World::new(2);
    let carrier = world.carrier();
    let via = format!(
        "Via: SIP/2.0/UDP {};branch=z9hG4bKstray",
        world.address(carrier)
    );
    world.raw(carrier, &format!(
        "BYE sip:x@192.0.2.1 SIP/2.0\n{via}\nMax-Forwards: 70\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\nCall-ID: stray\nCSeq: 1 BYE\nContent-Length: 0\n\n"
    ));
    world.run(50);
    assert_eq!(world.last(carrier, "481").method, "BYE");
    let answers = world.mail(carrier).len();
    // An ACK and a response are never answered, however wrong.
    world.raw(carrier, &format!("ACK sip:x@192.0.2.1 SIP/2.0\n{via}2\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\nCall-ID: stray\nCSeq: 1 ACK\nContent-Length: 0\n\n"));
    world.raw(carrier, &format!("SIP/2.0 200 OK\n{via}3\nFrom: <sip:a@x>;tag=1\nTo: <sip:b@x>;tag=2\nCall-ID: stray\nCSeq: 1 INVITE\nContent-Length: 0\n\n"));
    world.run(50);
    assert_eq!(world.mail(carrier).len(), answers);
    world.nothing_left();
}

#[test]
fn an_extension_that_we_do_not_know() {
    let mut world = World::new(3);
    let (a, _) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.extra = vec![("Require".into(), "nothingSupportsThis".into())]
    });
    let caller = world.call(a, "2102");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 420);
    assert_eq!(
        world.last(a, "420").must("Unsupported"),
        "nothingSupportsThis"
    );
    world.nothing_left();
}
