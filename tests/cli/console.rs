//! The console of the running program: who signs in, as the command line says; and a web side that begins anew under a call.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::citizen::Citizen;
use crate::exchange::{Exchange, centrale, free_address};

/// One request over a connection of its own, as a page of ours makes it; the whole answer.
fn ask(console: SocketAddr, line: &str, cookie: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(console).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    write!(
        stream,
        "{line} HTTP/1.1\r\nHost: {console}\r\nOrigin: http://{console}\r\nAccept: text/html\r\nConnection: close\r\n\
         Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Tries to sign in; the cookie when it goes.
fn sign_in(console: SocketAddr, user: &str, password: &str) -> Option<String> {
    let body = format!("user={user}&password={password}");
    let answer = ask(console, "POST /sign-in", "", &body);
    let set = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    set.map(|set| set.split(';').next().unwrap().to_owned())
}

fn is_in(console: SocketAddr, cookie: &str) -> bool {
    ask(console, "GET /", cookie, "").starts_with("HTTP/1.1 200 ")
}

fn is_soon_out(console: SocketAddr, cookie: &str) {
    let began = Instant::now();
    while is_in(console, cookie) {
        assert!(began.elapsed() < Duration::from_secs(5), "still signed in");
    }
}

#[test]
fn the_web_side_begins_anew_under_a_call_and_no_packet_is_missing() {
    let exchange = Exchange::start();
    let cookie = sign_in(exchange.console, "reception1", "demo").expect("the demo's password");
    let citizen = Citizen::call(exchange.address);
    citizen.hears(Duration::ZERO);
    let heard = std::thread::scope(|scope| {
        let hears = scope.spawn(|| citizen.hears(Duration::from_secs(6)));
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(300));
            let said = exchange.ask(&["web", "restart"]);
            assert!(said.contains(&exchange.console.to_string()), "{said}");
            assert!(is_in(exchange.console, &cookie), "sessions go on");
        }
        hears.join().unwrap()
    });
    assert!(heard.packets >= 100, "{heard:?}");
    assert_eq!(heard.missing, 0, "{heard:?}");
    exchange.says("the web side begins anew, as asked");
}

#[test]
fn the_command_line_says_who_signs_in() {
    let exchange = Exchange::start();
    let added = exchange.ask(&["user", "add", "an", "--name", "An P.", "--phone", "2105"]);
    let password = added
        .lines()
        .find_map(|line| line.strip_prefix("password  "))
        .unwrap();
    let cookie = sign_in(exchange.console, "an", password).expect("it was just made");
    let listed = exchange.ask(&["user", "list"]);
    let line = listed.lines().find(|line| line.starts_with("an ")).unwrap();
    for part in ["An P.", "receptionist", "2105"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(
        !listed.contains(password) && !listed.contains("argon2"),
        "{listed}"
    );
    let twice = exchange.run(&["user", "add", "an"]);
    assert_eq!(twice.status.code(), Some(1));
    exchange.ask(&["user", "change", "an", "--role", "auditor,supervisor"]);
    is_soon_out(exchange.console, &cookie);
    let cookie = sign_in(exchange.console, "an", password).expect("the password stays");
    exchange.ask(&["user", "change", "an", "--sign-in", "blocked"]);
    assert!(sign_in(exchange.console, "an", password).is_none());
    exchange.ask(&["user", "remove", "an"]);
    is_soon_out(exchange.console, &cookie);
    for wrong in [
        &["user", "change", "an", "--new-password"][..],
        &["user", "remove", "an"],
        &["user", "change", "reception1"],
    ] {
        assert_eq!(exchange.run(wrong).status.code(), Some(1), "{wrong:?}");
    }
}

#[test]
fn a_chosen_password_is_asked_for_and_never_shown() {
    let exchange = Exchange::start();
    let chosen = "een-zin-is-goed-te-onthouden";
    let add = ["user", "add", "bo", "--ask-password"];
    let short = exchange.typing(&add, "kort");
    assert_eq!(short.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&short.stderr).contains("at least"));
    let added = exchange.typing(&add, chosen);
    assert!(added.status.success(), "{added:?}");
    let said = [added.stdout, added.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains(chosen));
    assert!(sign_in(exchange.console, "bo", "kort").is_none());
    let cookie = sign_in(exchange.console, "bo", chosen).expect("it was just chosen");
    let other = "en-een-andere-ook-wel";
    let changed = exchange.typing(&["user", "change", "bo", "--ask-password"], other);
    assert!(changed.status.success(), "{changed:?}");
    is_soon_out(exchange.console, &cookie);
    assert!(sign_in(exchange.console, "bo", chosen).is_none());
    assert!(sign_in(exchange.console, "bo", other).is_some());
}

#[test]
fn a_user_belongs_to_a_town_that_there_is() {
    let exchange = Exchange::start();
    let wrong = exchange.run(&["user", "add", "an", "--town", "gooik"]);
    assert_eq!(wrong.status.code(), Some(1));
    let why = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(
        why.contains("there is no town gooik; there is demo"),
        "{why}"
    );
    exchange.ask(&[
        "town",
        "add",
        "gooik",
        "--name",
        "Gooik",
        "--merged-into",
        "demo",
    ]);
    let listed = exchange.ask(&["town", "list"]);
    let line = listed
        .lines()
        .find(|line| line.starts_with("gooik "))
        .unwrap();
    assert!(line.contains("Gooik") && line.ends_with("demo"), "{line}");
    let circle = exchange.run(&["town", "add", "demo", "--merged-into", "gooik"]);
    assert_eq!(circle.status.code(), Some(1), "{circle:?}");
    exchange.ask(&["user", "add", "an", "--town", "gooik"]);
    let town = |exchange: &Exchange| {
        let listed = exchange.ask(&["user", "list"]);
        let line = listed.lines().find(|line| line.starts_with("an ")).unwrap();
        line.split_whitespace().nth(3).unwrap().to_owned()
    };
    assert_eq!(town(&exchange), "gooik");
    exchange.ask(&["user", "change", "an", "--town", ""]);
    assert_eq!(town(&exchange), "all");
}

#[test]
fn where_an_account_s_calls_go_is_said_and_taken_back() {
    let exchange = Exchange::start();
    let forward = |arguments: &[&str]| {
        let all = [&["account", "forward"], arguments].concat();
        exchange.run(&all)
    };
    let set = ["2105", "--when", "closed", "--to", "2106"];
    assert!(forward(&set).status.success());
    let set = [
        "2105",
        "--when",
        "no-answer",
        "--to",
        "2107",
        "--after",
        "15",
    ];
    assert!(forward(&set).status.success());
    let listed = exchange.ask(&["account", "forward", "2105"]);
    for line in ["closed          2106", "no-answer (15 s)  2107"] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let found = listed
            .lines()
            .any(|said| words.iter().all(|word| said.contains(word)));
        assert!(found, "{line}: {listed}");
    }
    assert!(
        forward(&["2105", "--when", "closed", "--off"])
            .status
            .success()
    );
    assert!(
        !exchange
            .ask(&["account", "forward", "2105"])
            .contains("closed")
    );
    for (wrong, why) in [
        (&["2105", "--when", "busy"][..], "--to"),
        (
            &["2105", "--when", "busy", "--to", "2105"],
            "come to it already",
        ),
        (&["2999"], "there is no account 2999"),
    ] {
        let refused = forward(wrong);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(why), "{said}");
    }
}

#[test]
fn a_busy_console_is_named_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let refused = centrale(["--console", &address, "--listen"])
        .arg(free_address().to_string())
        .arg("--data")
        .arg(data.path())
        .output()
        .unwrap();
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{why}");
    assert_eq!(why.trim().lines().count(), 1, "{why}");
    assert!(why.contains(&address), "{why}");
    let far = centrale(["--console", "0.0.0.0:8080", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    let why = String::from_utf8_lossy(&far.stderr).into_owned();
    assert_eq!(far.status.code(), Some(1));
    assert!(why.contains("its passwords are public"), "{why}");
}

#[test]
fn on_the_network_a_town_s_console_takes_a_certificate_of_its_own_making() {
    let exchange = Exchange::init();
    let file = exchange.directory().join("centrale.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let local = format!("listen = \"{}\"", exchange.console);
    assert!(text.contains(&local), "{text}");
    std::fs::write(&file, text.replace(&local, "listen = \"0.0.0.0:0\"")).unwrap();
    let refused = exchange.run(&["check"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{why}");
    assert!(
        why.contains("`centrale cert self-signed --address"),
        "{why}"
    );
    let made = exchange.ask(&["cert", "self-signed", "--address", "192.0.2.10"]);
    let lines: Vec<&str> = made
        .lines()
        .filter(|line| line.starts_with("certificate = ") || line.starts_with("key = "))
        .collect();
    assert_eq!(lines.len(), 2, "{made}");
    for name in ["console-cert.pem", "console-key.pem"] {
        use std::os::unix::fs::PermissionsExt;
        let there = exchange.directory().join(name).metadata().unwrap();
        assert_eq!(there.permissions().mode() & 0o777, 0o600, "{name}");
    }
    let with = format!("listen = \"0.0.0.0:0\"\n{}", lines.join("\n"));
    std::fs::write(&file, text.replace(&local, &with)).unwrap();
    assert!(exchange.ask(&["check"]).contains("is right"));
    let again = exchange.run(&["cert", "self-signed", "--address", "192.0.2.10"]);
    assert_eq!(again.status.code(), Some(1), "what is there stays");
}
