//! The whole matrix: every role and every way in; and no way in without an entry (RELIABILITY S17).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use directory::User;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;

use crate::protocol::{ClientMsg, Role};
use crate::rights::{Access, ROLES, ROUTES, access, allows, caps, guard, role_code};
use crate::stage::Stage;

#[test]
fn each_order_has_an_entry_and_nothing_else_is_allowed() {
    let golden: std::collections::BTreeMap<String, ClientMsg> =
        serde_json::from_str(include_str!("../../../fixtures/client.json")).unwrap();
    let mut orders = 0;
    for message in golden.into_values() {
        let action = match &message {
            ClientMsg::Cmd { cmd, .. } => cmd.name(),
            ClientMsg::Sub { .. } => "sub",
            ClientMsg::Search { .. } => "search",
            ClientMsg::Media { .. } => "media",
            ClientMsg::Hello { .. } | ClientMsg::Look => "look",
        };
        orders += 1;
        assert!(allows(&ROLES, action), "{action} has no entry");
        assert!(!allows(&[], action), "{action} without a role");
    }
    assert!(orders > 30, "{orders}");
    for unknown in ["", "answer ", "ANSWER", "delete_everything", "/"] {
        assert!(!allows(&ROLES, unknown), "{unknown}");
    }
    // Who only reads gives no orders; who takes calls gives all.
    let reads = ["search"];
    assert_eq!(caps(&[Role::Auditor]), reads);
    assert_eq!(caps(&[Role::TelephonyAdmin]), reads);
    assert_eq!(caps(&[Role::DirectoryEditor]), ["search", "away"]);
    assert_eq!(caps(&[]), [""; 0]);
    let receptionist = caps(&[Role::Receptionist]);
    assert_eq!(receptionist, caps(&ROLES));
    for verb in [
        "answer",
        "hangup",
        "transfer_blind",
        "closure",
        "away",
        "media",
    ] {
        assert!(receptionist.iter().any(|cap| cap == verb), "{verb}");
    }
}

#[test]
fn every_role_gets_through_the_ways_that_are_its_own() {
    let stage = Stage::start();
    let mut people = vec![(None, "nobody".to_owned(), None)];
    let mut sets: Vec<(String, Vec<Role>)> = ROLES
        .iter()
        .map(|role| (role_code(*role).replace('_', "-"), vec![*role]))
        .collect();
    sets.push(("no-role".to_owned(), Vec::new()));
    for (name, roles) in sets {
        let mut user = User::new(&name, directory::password::DEMO.to_owned());
        user.roles = roles
            .iter()
            .map(|role| role_code(*role).to_owned())
            .collect();
        let added = stage.directory.add_user(&user, crate::clock::now());
        stage.runtime.block_on(added).unwrap();
        people.push((Some(roles), name.clone(), Some(stage.cookie(&name, "demo"))));
    }
    for (method, path, access) in ROUTES {
        let path = path
            .replace("{*file}", "nothing.js")
            .replace("{build}", "x");
        if (method.as_str(), path.as_str()) == ("POST", "/sign-out") {
            continue;
        }
        for (roles, name, cookie) in &people {
            let ask = stage.ask(method.as_str(), &path).cookie(cookie.as_deref());
            let answer = stage.answer(&ask);
            let goes = match access {
                Access::Anybody => true,
                Access::To(action) => roles.as_ref().is_some_and(|roles| allows(roles, action)),
            };
            let is_sent_away = answer.status == 401
                || (answer.status == 303 && answer.header("location") == Some("/sign-in"));
            let is_refused = is_sent_away || answer.status == 403 || answer.status == 404;
            if goes {
                assert!(
                    !is_sent_away && answer.status != 403,
                    "{name} {method} {path}: {}",
                    answer.status
                );
            } else {
                assert!(is_refused, "{name} {method} {path}: {}", answer.status);
            }
        }
    }
    let refused = stage
        .audited()
        .into_iter()
        .find(|[actor, ..]| actor == "no-role");
    let [_, action, result] = refused.unwrap();
    assert_eq!((action.as_str(), result.as_str()), ("GET /", "forbidden"));
}

#[test]
fn a_way_in_without_an_entry_is_shut() {
    let stage = Stage::start();
    assert_eq!(access(&axum::http::Method::GET, "/forgotten"), None);
    assert_eq!(access(&axum::http::Method::DELETE, "/"), None);
    let status = stage.runtime.block_on(async {
        let (app, _reins) = stage.app().await;
        let router: Router = Router::new()
            .route("/forgotten", get(async || "open"))
            .route_layer(from_fn_with_state(Arc::clone(&app), guard))
            .with_state(app);
        let ask = Request::get("/forgotten").body(Body::empty()).unwrap();
        TowerToHyperService::new(router)
            .call(ask)
            .await
            .unwrap()
            .status()
    });
    assert_eq!(status, 403);
}
