//! The process is killed in the middle of calls: registrations go on, and ghost dialogs get their BYE (RELIABILITY fault 10).

use world::World;

#[test]
fn registrations_stay_and_ghosts_get_their_bye() {
    let mut world = World::new(1);
    let (a, b, carrier) = (world.phone("2101"), world.phone("2102"), world.carrier());
    let (caller, called) = world.talking(a, "2102", b);
    let citizen = world.citizen_in_menu(carrier);
    world.kill_and_restart();
    for line in [caller, called, citizen] {
        world.over_soon(line);
        assert!(
            world.reason(line).contains("Restarted"),
            "{}",
            world.reason(line)
        );
    }
    let (caller, called) = world.talking(b, "2101", a);
    world.hang_up(caller);
    world.over_soon(called);
    world.end("restart");
}

#[test]
fn who_left_before_is_not_there_after() {
    let mut world = World::new(2);
    let (a, b) = (world.phone("2101"), world.phone("2102"));
    assert_eq!(world.try_register(b, 0), 200);
    world.kill_and_restart();
    let caller = world.call(a, "2102");
    world.over_soon(caller);
    assert_eq!(world.status(caller), 480);
    world.nothing_left();
}

#[test]
fn a_phone_by_tcp_is_reached_over_a_new_connection() {
    let mut world = World::new(3);
    let (a, b) = (world.phone_by_tcp("2101"), world.phone("2102"));
    world.kill_and_restart();
    let (caller, called) = world.talking(b, "2101", a);
    world.hang_up(caller);
    world.over_soon(called);
    world.nothing_left();
}
