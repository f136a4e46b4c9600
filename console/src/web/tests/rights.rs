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
        let action = message.action();
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
    assert_eq!(
        caps(&[Role::DirectoryEditor]),
        ["search", "away", "forward", "words", "misses"]
    );
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
    let entry = ["no-role", "GET /", "forbidden"].map(str::to_owned);
    crate::stage::until("audited", || stage.audited().contains(&entry));
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

/// Golden messages of a page, each order with an id of its own.
fn messages() -> Vec<(ClientMsg, Option<String>)> {
    let golden: std::collections::BTreeMap<String, ClientMsg> =
        serde_json::from_str(include_str!("../../../fixtures/client.json")).unwrap();
    let own = |(n, mut message): (usize, ClientMsg)| {
        let id = match &mut message {
            ClientMsg::Cmd { id, .. } => {
                *id = format!("01935b6e-7c2a-7d51-9f00-{n:012x}");
                Some(id.clone())
            }
            _ => None,
        };
        (message, id)
    };
    golden.into_values().enumerate().map(own).collect()
}

fn is_forbidden(text: &str) -> bool {
    text.contains("\"forbidden\"")
}

#[test]
fn every_message_of_every_role_is_asked_for_on_every_transport() {
    let stage = Stage::start();
    for role in ROLES {
        let name = role_code(role).replace('_', "-");
        let mut user = User::new(&name, directory::password::DEMO.to_owned());
        user.roles = vec![role_code(role).to_owned()];
        let added = stage.directory.add_user(&user, crate::clock::now());
        stage.runtime.block_on(added).unwrap();
        let cookie = stage.cookie(&name, "demo");
        let mut asked = 0;
        for (message, id) in messages() {
            let action = message.action();
            let body = serde_json::to_string(&message).unwrap();
            let post = stage.ask("POST", "/cmd").cookie(Some(&cookie));
            let post = post.with("X-Tab", "post").with("Accept", "*/*");
            let answer = stage.answer(&post.form(&body));
            assert!(answer.status < 300, "{name} {action}: {answer:?}");
            if id.is_some() {
                asked += 1;
                let refused = !allows(&[role], action);
                assert_eq!(
                    is_forbidden(&answer.body),
                    refused,
                    "{name} {action}: {}",
                    answer.body
                );
            }
        }
        assert!(asked > 20, "{asked}");
        over_a_socket(&stage, role, &cookie);
        let events = stage
            .ask("GET", "/events?tab=sse&lang=nl")
            .cookie(Some(&cookie));
        let events = stage.answer(&events.with("Accept", "text/event-stream"));
        assert_eq!(events.status, 200);
        assert_eq!(events.header("content-type"), Some("text/event-stream"));
    }
    let entry = ["auditor", "hangup", "forbidden"].map(str::to_owned);
    crate::stage::until("audited", || stage.audited().contains(&entry));
}

/// The same messages over `/ws`, and what `welcome` says of them.
fn over_a_socket(stage: &Stage, role: Role, cookie: &str) {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest;
    use tokio_tungstenite::tungstenite::{Message, client};
    let here = stage.address();
    let mut request = format!("ws://{here}/ws").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", format!("http://{here}").parse().unwrap());
    headers.insert("cookie", cookie.parse().unwrap());
    let stream = std::net::TcpStream::connect(here).unwrap();
    stream
        .set_read_timeout(Some(crate::stage::PATIENCE))
        .unwrap();
    let (mut socket, _) = client(request, stream).unwrap();
    let hello =
        "{\"t\":\"hello\",\"proto\":1,\"tab\":\"ws\",\"audio\":\"browser\",\"lang\":\"nl\"}";
    socket.send(Message::text(hello)).unwrap();
    let welcome = socket.read().unwrap().into_text().unwrap();
    let welcome: serde_json::Value = serde_json::from_str(&welcome).unwrap();
    assert_eq!(welcome["t"], "welcome", "{welcome}");
    assert_eq!(welcome["caps"], serde_json::json!(caps(&[role])));
    let mut waiting = std::collections::BTreeMap::new();
    // Words about sound have no id: who may not say them is told so once for each.
    let mut sounds = 0;
    for (message, id) in messages() {
        if message.action() == "media" && !allows(&[role], "media") {
            sounds += 1;
            let text = serde_json::to_string(&message).unwrap();
            socket.send(Message::text(text)).unwrap();
        }
        if let Some(id) = id {
            let text = serde_json::to_string(&message)
                .unwrap()
                .replace("9f00", "9f01");
            waiting.insert(id.replace("9f00", "9f01"), message.action().to_owned());
            socket.send(Message::text(text)).unwrap();
        }
    }
    assert_eq!(sounds > 3, !allows(&[role], "media"), "{role:?} {sounds}");
    while !waiting.is_empty() || sounds > 0 {
        let Message::Text(text) = socket.read().unwrap() else {
            continue;
        };
        let said: serde_json::Value = serde_json::from_str(&text).unwrap();
        if said["t"] == "media" && sounds > 0 {
            assert!(is_forbidden(&text), "{role:?}: {text}");
            sounds -= 1;
        }
        if let Some(action) = said["id"].as_str().and_then(|id| waiting.remove(id)) {
            assert_eq!(
                is_forbidden(&text),
                !allows(&[role], &action),
                "{role:?} {action}: {text}"
            );
        }
    }
}
