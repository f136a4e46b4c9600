//! Signing in and out over HTTP.

use std::time::Instant;

use directory::UserChange;

use crate::stage::{Stage, until};

#[test]
fn somebody_signs_in_works_and_signs_out() {
    let stage = Stage::start();
    assert_eq!(stage.get("/", None).header("location"), Some("/sign-in"));
    let answer = stage.sign_in("reception1", "demo");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let set = answer.header("set-cookie").unwrap();
    let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
    assert_eq!((name, value.len()), ("centrale", 64));
    let flags: Vec<&str> = set.split("; ").skip(1).collect();
    assert_eq!(
        flags,
        ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"]
    );
    let cookie = format!("{name}={value}");
    let desk = stage.get("/", Some(&cookie));
    assert_eq!(desk.status, 200);
    assert!(desk.body.contains("/js/main.js"), "{}", desk.body);
    let rows = stage.runtime.block_on(stage.directory.sessions()).unwrap();
    let stored: String = rows[0]
        .hash
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_ne!(stored, value, "only the hash is kept");

    let again = stage.ask("POST", "/sign-in").cookie(Some(&cookie));
    let again = stage.answer(&again.form("user=reception1&password=demo"));
    assert_eq!(again.status, 303);
    assert_eq!(
        stage.get("/", Some(&cookie)).status,
        303,
        "the old one is over"
    );
    let set = again.header("set-cookie").unwrap();
    let cookie = set.split(';').next().unwrap().to_owned();
    let out = stage.answer(&stage.ask("POST", "/sign-out").cookie(Some(&cookie)));
    assert_eq!(
        (out.status, out.header("location")),
        (303, Some("/sign-in"))
    );
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(stage.get("/", Some(&cookie)).status, 303);
    assert!(
        stage
            .runtime
            .block_on(stage.directory.sessions())
            .unwrap()
            .is_empty()
    );
    let mut done = Vec::new();
    until("three entries", || {
        done = stage.audited();
        done.len() == 3
    });
    let entry = |action: &str| {
        [
            "reception1".to_owned(),
            action.to_owned(),
            "done".to_owned(),
        ]
    };
    assert_eq!(
        done,
        [entry("sign-out"), entry("sign-in"), entry("sign-in")]
    );
}

#[test]
fn nobody_learns_whether_the_name_or_the_password_was_wrong() {
    let stage = Stage::start();
    let blocked = UserChange {
        blocked: Some(true),
        ..UserChange::default()
    };
    let change = stage.directory.change_user("reception3", &blocked);
    stage.runtime.block_on(change).unwrap();
    let mut times = [0.0_f64; 3];
    let mut bodies = Vec::new();
    for (place, (name, password)) in [
        ("reception1", "wrong"),
        ("reception9", "demo"),
        ("reception3", "demo"),
    ]
    .into_iter()
    .enumerate()
    {
        for _ in 0..3 {
            let began = Instant::now();
            let answer = stage.sign_in(name, password);
            times[place] += began.elapsed().as_secs_f64();
            assert_eq!(answer.status, 403, "{}", answer.body);
            assert_eq!(answer.header("set-cookie"), None);
            bodies.push(answer.body.replace(&format!("value=\"{name}\""), ""));
        }
    }
    assert!(bodies.iter().all(|body| body == &bodies[0]));
    let (least, most) = times
        .iter()
        .fold((f64::MAX, 0.0_f64), |(a, b), t| (a.min(*t), b.max(*t)));
    assert!(most < least * 2.0 + 0.2, "{times:?}");
    assert!(bodies[0].contains("role=\"alert\"") && bodies[0].contains("autofocus"));
    assert!(bodies[0].contains("href=\"#user\"") && bodies[0].contains("id=\"user\""));
    let markup = stage.sign_in("%3Cscript%3Ealert(1)%3C/script%3E%22", "x");
    assert!(!markup.body.contains("<script"), "{}", markup.body);
    assert!(markup.body.contains("&lt;script&gt;"), "{}", markup.body);
}

#[test]
fn after_five_wrong_ones_there_is_waiting_told_in_words() {
    let stage = Stage::start();
    for _ in 0..5 {
        assert_eq!(stage.sign_in("reception2", "wrong").status, 403);
    }
    for (lang, words) in [
        ("nl", "Probeer opnieuw over"),
        ("fr", "Réessayez dans"),
        ("de", "Versuchen Sie es in"),
        ("en", "Try again in"),
    ] {
        // One more wrong one, so that there is something to wait for whatever the machine's speed.
        until("waiting", || {
            stage.sign_in("reception2", "wrong").status == 429
        });
        let ask = stage.ask("POST", &format!("/sign-in?lang={lang}"));
        let answer = stage.answer(&ask.form("user=reception2&password=demo"));
        if answer.status == 303 {
            continue;
        }
        assert_eq!(answer.status, 429, "the right password does not help now");
        assert!(answer.body.contains(words), "{}", answer.body);
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=32).contains(&seconds), "{seconds}");
    }
    assert_eq!(
        stage.sign_in("reception1", "demo").status,
        303,
        "others are let in"
    );
}

#[test]
fn the_form_speaks_the_language_that_is_asked_for() {
    let stage = Stage::start();
    let form = |path: &str, languages: &str| {
        let ask = stage.ask("GET", path).with("Accept-Language", languages);
        stage.answer(&ask).body
    };
    assert!(form("/sign-in", "").contains("<html lang=\"nl\">"));
    assert!(form("/sign-in", "pt, fr-BE;q=0.8, en").contains("<html lang=\"fr\">"));
    assert!(form("/sign-in?lang=de", "fr").contains("<h1>Anmelden</h1>"));
    assert!(form("/sign-in?lang=xx", "en").contains("<h1>Sign in</h1>"));
}

#[test]
fn a_changed_or_removed_user_is_out_within_five_seconds_and_sessions_outlive_a_life() {
    let stage = Stage::start();
    let cookies = ["reception1", "reception2", "admin"].map(|user| stage.cookie(user, "demo"));
    stage.web.restart().unwrap();
    for cookie in &cookies {
        assert_eq!(stage.get("/", Some(cookie)).status, 200);
    }
    let change = UserChange {
        roles: Some(vec!["auditor".to_owned()]),
        ..UserChange::default()
    };
    let directory = &stage.directory;
    stage
        .runtime
        .block_on(directory.change_user("reception1", &change))
        .unwrap();
    assert!(
        stage
            .runtime
            .block_on(directory.remove_user("reception2"))
            .unwrap()
    );
    let is_out = |cookie: &String| stage.get("/", Some(cookie)).status == 303;
    let took = until("out", || is_out(&cookies[0]) && is_out(&cookies[1]));
    assert!(took.as_secs_f64() < 5.0, "{took:?}");
    assert_eq!(stage.get("/", Some(&cookies[2])).status, 200);
}
