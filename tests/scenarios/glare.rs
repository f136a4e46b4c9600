//! Both sides change the session at once (RFC 3261 14.1): 491 both ways, then one succeeds after the other.

use world::World;

#[test]
fn reinvites_cross() {
    let mut world = World::new(1);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    world.with(a, |habits| {
        habits.session = Some((120, "uas"));
        habits.takes_update = false;
    });
    let began = world.elapsed();
    let (caller, called) = world.talking(a, "2102", b);
    // Our refresh leaves a minute after our 200; the phone's re-INVITE leaves while it is on its way.
    let invites = world
        .mail(a)
        .iter()
        .filter(|said| said.is_request() && said.method == "INVITE")
        .count();
    let answered = world.answered_at(caller) - began;
    world.run_to(began + answered + std::time::Duration::from_millis(60_000 - 7));
    world.change(caller, "INVITE", "sendrecv");
    world.run(30);
    assert_eq!(world.modified(caller), [491]);
    assert_eq!(
        world
            .mail(a)
            .iter()
            .filter(|said| said.is_request() && said.method == "INVITE")
            .count(),
        invites + 1
    );
    world.run(10_000);
    assert_eq!(world.modified(caller), [491, 200]);
    assert_eq!(
        world
            .mail(a)
            .iter()
            .filter(|said| said.is_request() && said.method == "INVITE")
            .count(),
        invites + 2
    );
    world.talk(caller, called);
    world.hang_up(caller);
    world.over_soon(called);
    world.end("glare");
}
