//! Desks of two towns: each hears of its own calls and orders for its own, and a colleague's talk is nobody's.

use super::*;
use crate::web::tests::citizen::Citizen;

/// A supervisor of a town (none: all of the house), who may do all that a role allows.
fn somebody(stage: &Stage, name: &str, town: Option<&str>) -> String {
    let mut user = directory::User::new(name, directory::password::DEMO.to_owned());
    user.roles = vec!["supervisor".to_owned()];
    user.entity = town.map(str::to_owned);
    let added = stage.directory.add_user(&user, crate::clock::now());
    stage.runtime.block_on(added).unwrap();
    stage.cookie(name, "demo")
}

fn second_town(stage: &Stage) {
    let town = directory::Entity {
        id: "gooik".into(),
        name: "Gooik".into(),
        country: "BE".into(),
        languages: vec!["nl".into()],
        merged_into: None,
    };
    stage
        .runtime
        .block_on(stage.directory.put_entity(&town))
        .unwrap();
    // The stage's rows have one generation: a new life reads them.
    stage.web.restart().unwrap();
}

#[test]
fn people_of_a_town_hear_of_its_calls_and_order_for_them_alone() {
    let stage = Stage::called();
    second_town(&stage);
    let [own, other, house] = [("an", Some("demo")), ("bo", Some("gooik")), ("cis", None)]
        .map(|(name, town)| somebody(&stage, name, town));
    let (mut own, _) = Page::begin(&stage, &own, "a");
    let (mut other, _) = Page::begin(&stage, &other, "b");
    let (mut house, _) = Page::begin(&stage, &house, "c");
    let citizen = Citizen::call(stage.sip);
    let call = own.event("call")["call"]["id"].clone();
    assert_eq!(house.event("call")["call"]["id"], call);
    let refused = other.order(&id(), &json!({"cmd": "hangup", "call": call}));
    assert_eq!(refused["code"], "forbidden");
    crate::stage::until("audited", || {
        stage
            .audited()
            .contains(&["bo", "hangup", "forbidden"].map(str::to_owned))
    });
    other.say(&json!({"t": "look"}));
    assert_eq!(other.until("snapshot")["calls"], json!([]));
    own.say(&json!({"t": "look"}));
    assert_eq!(own.until("snapshot")["calls"][0]["id"], call);
    assert_eq!(stage.exchange.status().unwrap().core.calls, 1);
    // The house is two towns': who belongs to one closes it for nobody else.
    let until = ms(std::time::SystemTime::now()) + 3_600_000;
    let close = json!({"cmd": "closure", "text": "gas alarm", "until_ms": until});
    assert_eq!(own.order(&id(), &close)["code"], "forbidden");
    let of_gooik = json!({"cmd": "closure", "service": "library-gooik", "text": "gas alarm", "until_ms": until});
    assert_eq!(own.order(&id(), &of_gooik)["code"], "forbidden");
    assert_eq!(
        other.order(&id(), &of_gooik)["text_key"],
        "nack.no_service",
        "the stage has none"
    );
    let serve = json!({"cmd": "serve", "queues": ["reception", "line-gooik"]});
    assert_eq!(own.order(&id(), &serve)["code"], "forbidden");
    assert_ne!(house.order(&id(), &serve)["code"], "forbidden");
    assert_eq!(house.order(&id(), &close)["t"], "ack");
    let closure = own.event("closures")["closures"][0]["id"].clone();
    let reopen = json!({"cmd": "reopen", "closure": closure});
    assert_eq!(other.order(&id(), &reopen)["code"], "forbidden");
    let hang_up = json!({"cmd": "hangup", "call": call});
    assert_eq!(own.order(&id(), &hang_up)["t"], "ack");
    assert_eq!(own.event("gone")["gone"]["id"], call);
    assert_eq!(other.order(&id(), &json!({"cmd": "help"}))["t"], "ack");
    let told = |what| other.heard.iter().any(|said| said.get(what).is_some());
    assert!(
        told("help") && !told("call") && !told("gone"),
        "not even its end"
    );
    drop(citizen);
}
