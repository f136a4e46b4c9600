//! Desks over real sockets: who has a station, orders done once, what a page that comes back hears, and what is refused.

mod chosen;
mod tasks;
mod towns;
mod words;

use std::collections::VecDeque;
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use super::hub::fresh_id;
use super::view::ms;
use crate::stage::{PATIENCE, Stage};

/// A page at a desk.
struct Page {
    socket: WebSocket<TcpStream>,
    /// Heard while an answer was waited for, and not looked at yet.
    heard: VecDeque<Value>,
}

/// An id as a page makes one.
fn id() -> String {
    let text = format!("{:032x}", fresh_id());
    let part = |from: usize, to: usize| text[from..to].to_owned();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

impl Page {
    /// Connects with a cookie; nothing is said yet.
    fn connect(stage: &Stage, cookie: &str) -> Page {
        let address = stage.address();
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("Cookie", cookie.parse().unwrap());
        headers.insert("Origin", format!("http://{address}").parse().unwrap());
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = client(request, stream).unwrap();
        let heard = VecDeque::new();
        Page { socket, heard }
    }

    /// A page that has said hello and has its snapshot.
    fn begin(stage: &Stage, cookie: &str, tab: &str) -> (Page, Value) {
        let mut page = Page::connect(stage, cookie);
        page.say(&hello(tab));
        let welcome = page.until("welcome");
        page.until("snapshot");
        (page, welcome)
    }

    fn send(&mut self, message: Message) {
        self.socket.send(message).unwrap();
    }

    fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string()));
    }

    /// The next message; `None` when the server ended.
    fn next(&mut self) -> Option<Value> {
        loop {
            match self.socket.read().ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next message of this kind.
    fn until(&mut self, kind: &str) -> Value {
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "never: {kind}");
            let message = self.heard.pop_front().or_else(|| self.next());
            let message = message.unwrap_or_else(|| panic!("it ended before {kind}"));
            if message["t"] == kind {
                return message;
            }
        }
    }

    /// The next event that holds this.
    fn event(&mut self, what: &str) -> Value {
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < PATIENCE, "never: {what}");
            let event = self.until("ev");
            if event.get(what).is_some() {
                return event;
            }
        }
    }

    /// Gives an order; its answer.
    fn order(&mut self, id: &str, what: &Value) -> Value {
        self.say(&order(id, what));
        loop {
            let message = self.next().expect("no answer");
            if matches!(message["t"].as_str(), Some("ack" | "nack")) && message["id"] == id {
                return message;
            }
            self.heard.push_back(message);
        }
    }
}

fn hello(tab: &str) -> Value {
    json!({"t": "hello", "proto": 1, "tab": tab, "audio": "browser", "lang": "nl"})
}

fn order(id: &str, what: &Value) -> Value {
    let mut order = json!({"t": "cmd", "id": id, "at_ms": ms(std::time::SystemTime::now())});
    let fields = order.as_object_mut().unwrap();
    fields.extend(what.as_object().unwrap().clone());
    order
}

#[test]
fn one_tab_has_the_station_and_another_takes_it_over() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (mut first, welcome) = Page::begin(&stage, &cookie, "a");
    assert_eq!(welcome["me"]["owner"], true);
    assert_eq!(welcome["me"]["station"], "reception1");
    assert!(
        welcome["caps"]
            .as_array()
            .unwrap()
            .contains(&json!("answer"))
    );
    let (mut second, welcome) = Page::begin(&stage, &cookie, "b");
    assert_eq!(welcome["me"]["owner"], false);
    let nack = second.order(&id(), &json!({"cmd": "next"}));
    assert_eq!(
        (&nack["code"], &nack["by"]),
        (&json!("not_owner"), &json!("Reception 1"))
    );
    drop(second);
    let mut second = Page::connect(&stage, &cookie);
    let mut taking = hello("b");
    taking["take"] = json!(true);
    second.say(&taking);
    assert_eq!(second.until("welcome")["me"]["lease"], 2);
    let me = first.event("me");
    assert_eq!(me["me"]["owner"], false);
    let nack = first.order(&id(), &json!({"cmd": "ready"}));
    assert_eq!(nack["code"], "not_owner");
    // A receptionist sits at no other station than the own one.
    let mut elsewhere = hello("c");
    elsewhere["station"] = json!("reception2");
    let mut third = Page::connect(&stage, &cookie);
    third.say(&elsewhere);
    assert_eq!(third.until("welcome")["me"]["station"], "reception1");
}

#[test]
fn whoever_opens_the_desk_while_their_last_page_ends_has_it() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (first, _) = Page::begin(&stage, &cookie, "a");
    let (mut second, welcome) = Page::begin(&stage, &cookie, "b");
    assert_eq!(welcome["me"]["owner"], false, "the first has not gone yet");
    drop(first);
    let me = second.event("me");
    assert_eq!(
        (&me["me"]["owner"], &me["me"]["lease"]),
        (&json!(true), &json!(2))
    );
    assert_ne!(
        second.order(&id(), &json!({"cmd": "next"}))["code"],
        "not_owner"
    );
}

#[test]
fn an_order_is_done_once_and_answered_again() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (mut page, _) = Page::begin(&stage, &cookie, "a");
    let task = json!({"cmd": "task", "number": "+32479123456", "text": "Ring <b>back</b>"});
    let name = id();
    let ack = page.order(&name, &task);
    assert_eq!(ack["t"], "ack");
    assert!(ack["task"].is_string());
    assert_eq!(page.order(&name, &task), ack);
    let told = page.event("task");
    assert_eq!(told["task"]["near"], "0479 12 34 56");
    assert_eq!(told["task"]["text"], "Ring <b>back</b>", "text is text");
    let open = stage
        .runtime
        .block_on(stage.directory.tasks_open())
        .unwrap();
    assert_eq!(open.len(), 1);
    let done = json!({"cmd": "task_done", "task": ack["task"], "done": true});
    assert_eq!(page.order(&id(), &done)["t"], "ack");
    assert_eq!(page.event("task")["task"]["done"], true);
    let gone = page.order(
        &id(),
        &json!({"cmd": "task_done", "task": "none", "done": true}),
    );
    assert_eq!(gone["code"], "gone");
}

#[test]
fn what_is_wrong_or_late_is_not_done() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (mut page, _) = Page::begin(&stage, &cookie, "a");
    let unknown = "0192f3a17b1c7d3e8f00a1b2c3d4e5f6";
    let hang_up = json!({"cmd": "hangup", "call": unknown});
    assert_eq!(page.order(&id(), &hang_up)["code"], "gone");
    let seen = json!({"cmd": "hangup", "call": unknown, "if": {"call": unknown, "v": 1}});
    assert_eq!(page.order(&id(), &seen)["code"], "gone");
    let version4 = "01935b6e-7c2a-4d51-9f00-2f6b1c9a4e11";
    assert_eq!(
        page.order(version4, &json!({"cmd": "next"}))["code"],
        "invalid"
    );
    let mut old = order(&id(), &hang_up);
    old["at_ms"] = json!(ms(std::time::SystemTime::now()) - 6_000);
    page.say(&old);
    assert_eq!(page.until("nack")["code"], "stale");
    // Nobody is on duty yet: there is no sound to talk with.
    let nack = page.order(&id(), &json!({"cmd": "dial", "target": "2101"}));
    assert_eq!(nack["text_key"], "nack.no_station");
    let past = json!({"cmd": "closure", "text": "gas", "until_ms": 1});
    assert_eq!(page.order(&id(), &past)["code"], "invalid");
    let stranger = json!({"cmd": "closure", "service": "none", "text": "gas", "until_ms": 4_000_000_000_000u64});
    assert_eq!(page.order(&id(), &stranger)["text_key"], "nack.no_service");
}

#[test]
fn a_closure_is_on_every_desk_until_somebody_opens() {
    let stage = Stage::start();
    let cookies = ["reception1", "reception2"].map(|user| stage.cookie(user, "demo"));
    let (mut one, _) = Page::begin(&stage, &cookies[0], "a");
    let (mut other, _) = Page::begin(&stage, &cookies[1], "b");
    let until = ms(std::time::SystemTime::now()) + 3_600_000;
    let close = json!({"cmd": "closure", "text": "gas alarm", "until_ms": until});
    assert_eq!(one.order(&id(), &close)["t"], "ack");
    let closures = other.event("closures");
    assert_eq!(closures["closures"][0]["by"], "reception1");
    assert_eq!(other.event("line")["line"]["state"], "closed_by_hand");
    let reopen = json!({"cmd": "reopen", "closure": closures["closures"][0]["id"]});
    assert_eq!(other.order(&id(), &reopen)["t"], "ack");
    assert_eq!(
        one.event("closures")["closures"].as_array().unwrap().len(),
        1
    );
    assert_eq!(one.event("closures")["closures"], json!([]));
}

#[test]
fn where_a_colleagues_calls_go_is_set_seen_and_ended_at_every_desk() {
    let stage = Stage::start();
    let cookies = ["reception1", "reception2"].map(|user| stage.cookie(user, "demo"));
    let (mut one, _) = Page::begin(&stage, &cookies[0], "a");
    let (mut other, _) = Page::begin(&stage, &cookies[1], "b");
    other.say(&json!({"t": "sub", "presence": ["2103"]}));
    let shown = other.event("presence")["presence"][0].clone();
    assert!(shown["forwards"].is_null(), "{shown}");
    let forward =
        |when: &str, to: &str| json!({"cmd": "forward", "account": "2103", "when": when, "to": to});
    let off = |when: &str| json!({"cmd": "forward", "account": "2103", "when": when});
    let mut expected = Vec::new();
    for when in ["busy", "no_answer", "unreachable", "closed"] {
        assert_eq!(
            one.order(&id(), &forward(when, "2104"))["t"],
            "ack",
            "{when}"
        );
        expected.push(json!({"when": when, "to": "2104", "by": "reception1"}));
        let shown = other.event("presence")["presence"][0]["forwards"].clone();
        let mut shown: Vec<_> = shown.as_array().unwrap().clone();
        shown.sort_by_key(|row| expected.iter().position(|known| known == row));
        assert_eq!(shown, expected);
    }
    // Nonsense changes nothing and says so.
    for wrong in [
        forward("busy", "2103"),
        forward("busy", " "),
        forward("busy", &"1".repeat(99)),
    ] {
        assert_eq!(one.order(&id(), &wrong)["t"], "nack", "{wrong}");
    }
    let nobody = json!({"cmd": "forward", "account": "9999", "when": "busy", "to": "2104"});
    assert_eq!(one.order(&id(), &nobody)["code"], "invalid");
    for when in ["busy", "no_answer", "unreachable", "closed"] {
        assert_eq!(other.order(&id(), &off(when))["t"], "ack", "{when}");
        let shown = other.event("presence")["presence"][0]["forwards"].clone();
        expected.retain(|row| row["when"] != when);
        assert_eq!(shown.as_array().map_or(0, Vec::len), expected.len());
    }
}

#[test]
fn a_call_for_help_is_on_every_desk_and_on_those_that_come_while_it_goes_on() {
    let stage = Stage::called();
    let cookies = ["reception1", "reception2"].map(|user| stage.cookie(user, "demo"));
    let (mut one, _) = Page::begin(&stage, &cookies[0], "a");
    let phone = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (here, there) = (phone.local_addr().unwrap(), stage.sip);
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} RTP/AVP 8\r\n",
        here.port()
    );
    let invite = format!(
        "INVITE sip:112@{there} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKhelp\r\nMax-Forwards: 70\r\nFrom: <sip:2103@{there}>;tag=a\r\n\
         To: <sip:112@{there}>\r\nCall-ID: help\r\nCSeq: 1 INVITE\r\nContact: <sip:2103@{here}>\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    phone.send_to(invite.as_bytes(), there).unwrap();
    let alarm = one.event("emergency")["emergency"].clone();
    assert_eq!(
        (&alarm["number"], &alarm["site"]),
        (&json!("112"), &json!("Town hall"))
    );
    let mut other = Page::connect(&stage, &cookies[1]);
    other.say(&hello("b"));
    assert_eq!(other.until("snapshot")["emergencies"], json!([alarm]));
    // The web side begins anew: the exchange knows it still.
    stage.web.restart().unwrap();
    let mut page = Page::connect(&stage, &cookies[1]);
    page.say(&hello("b"));
    assert_eq!(page.until("snapshot")["emergencies"], json!([alarm]));
}

#[test]
fn who_has_no_right_is_refused_and_it_stands_in_the_audit() {
    let stage = Stage::start();
    let mut user = directory::User::new("auditor", directory::password::DEMO.to_owned());
    user.roles = vec!["auditor".to_owned()];
    let added = stage.directory.add_user(&user, crate::clock::now());
    stage.runtime.block_on(added).unwrap();
    let cookie = stage.cookie("auditor", "demo");
    let (mut page, welcome) = Page::begin(&stage, &cookie, "a");
    assert_eq!(welcome["caps"], json!(["search"]));
    assert_eq!(
        welcome["me"]["owner"], false,
        "who only looks on has no station"
    );
    let hang_up = json!({"cmd": "hangup", "call": "0192f3a17b1c7d3e8f00a1b2c3d4e5f6"});
    assert_eq!(page.order(&id(), &hang_up)["code"], "forbidden");
    page.say(&json!({"t": "media", "media": "offer", "sdp": "v=0\r\n"}));
    assert_eq!(page.until("media")["code"], "forbidden");
    crate::stage::until("audited", || {
        let audited = stage.audited();
        ["hangup", "media"].iter().all(|action| {
            let entry = ["auditor", action, "forbidden"].map(str::to_owned);
            audited.contains(&entry)
        })
    });
}

#[test]
fn a_page_that_comes_back_hears_what_it_missed() {
    let stage = Stage::start();
    let cookies = ["reception1", "reception2"].map(|user| stage.cookie(user, "demo"));
    let (page, welcome) = Page::begin(&stage, &cookies[0], "a");
    drop(page);
    let (mut colleague, _) = Page::begin(&stage, &cookies[1], "b");
    let help = json!({"cmd": "help", "queue": "reception"});
    assert_eq!(colleague.order(&id(), &help)["t"], "ack");
    let mut page = Page::connect(&stage, &cookies[0]);
    let mut back = hello("a");
    back["epoch"] = welcome["epoch"].clone();
    back["since"] = welcome["seq"].clone();
    page.say(&back);
    assert_eq!(page.until("welcome")["replay"], true);
    let event = page.event("help");
    assert_eq!(
        event["help"],
        json!({"by": "Reception 2", "queue": "reception"})
    );
    drop(page);
    // Another life of the web side: nothing can be gone on with.
    stage.web.restart().unwrap();
    let mut page = Page::connect(&stage, &cookies[0]);
    page.say(&back);
    let welcome_again = page.until("welcome");
    assert_eq!(welcome_again["replay"], false);
    assert!(welcome_again["epoch"].as_u64() > welcome["epoch"].as_u64());
    page.until("snapshot");
}

#[test]
fn what_is_no_message_ends_the_socket() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let mut page = Page::connect(&stage, &cookie);
    page.say(&json!({"t": "look"}));
    assert_eq!(page.until("bye")["why"], "invalid", "hello comes first");
    let mut page = Page::connect(&stage, &cookie);
    let mut newer = hello("a");
    newer["proto"] = json!(2);
    page.say(&newer);
    assert_eq!(page.until("bye")["why"], "version");
    let (mut page, _) = Page::begin(&stage, &cookie, "a");
    page.send(Message::text("{"));
    assert_eq!(page.until("bye")["why"], "invalid");
    let (mut page, _) = Page::begin(&stage, &cookie, "a");
    page.send(Message::binary(vec![1, 2, 3]));
    assert_eq!(page.until("bye")["why"], "invalid");
    let (mut page, _) = Page::begin(&stage, &cookie, "a");
    page.send(Message::text("x".repeat(70_000)));
    while let Some(message) = page.next() {
        assert_ne!(message["t"], "snapshot");
    }
}

#[test]
fn a_session_that_ends_takes_its_socket_along() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (mut page, _) = Page::begin(&stage, &cookie, "a");
    let began = Instant::now();
    let out = stage.answer(&stage.ask("POST", "/sign-out").cookie(Some(&cookie)));
    assert_eq!(out.status, 303);
    assert_eq!(page.until("bye")["why"], "signed_out");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_same_desk_without_websockets() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let post = |body: Value| {
        let ask = stage
            .ask("POST", "/cmd")
            .cookie(Some(&cookie))
            .with("X-Tab", "a");
        let mut ask = ask.form(&body.to_string());
        ask = ask.with("Content-Type", "application/json");
        stage.answer(&ask)
    };
    use std::io::{BufRead, BufReader, Write};
    let mut events = TcpStream::connect(stage.address()).unwrap();
    events.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        events,
        "GET /events?tab=a&lang=nl HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\n\r\n",
        stage.address()
    )
    .unwrap();
    let mut lines = BufReader::new(events).lines();
    let mut next = |kind: &str| -> Value {
        loop {
            let line = lines.next().unwrap().unwrap();
            if let Some(data) = line.strip_prefix("data: ") {
                let message: Value = serde_json::from_str(data).unwrap();
                if message["t"] == kind {
                    return message;
                }
            }
        }
    };
    assert_eq!(next("welcome")["me"]["owner"], true);
    next("snapshot");
    let name = id();
    let answer = post(order(&name, &json!({"cmd": "help"})));
    let ack: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&ack["t"], &ack["id"]), (&json!("ack"), &json!(name)));
    assert_eq!(next("ev")["help"]["by"], "Reception 1");
    let rows = post(json!({"t": "search", "q": 7, "text": "054 31 00 00", "n": 3}));
    let rows: Value = serde_json::from_str(&rows.body).unwrap();
    assert_eq!((&rows["t"], &rows["q"]), (&json!("results"), &json!(7)));
    assert_eq!(post(json!({"t": "sub", "presence": []})).status, 204);
    assert_eq!(post(json!({"t": "nonsense"})).status, 400);
    let foreign = stage
        .ask("POST", "/cmd")
        .cookie(Some(&cookie))
        .with("Origin", "http://evil.example");
    assert_eq!(stage.answer(&foreign.with("X-Tab", "a")).status, 403);
}
