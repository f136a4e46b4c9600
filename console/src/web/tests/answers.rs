//! What every answer carries, whom it answers at all, and what a browser keeps.

use crate::assets;
use crate::stage::{Answer, Stage};

const POLICY: &str = "default-src 'none'";

fn carries_all(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap();
    for part in [
        POLICY,
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(
        !policy.contains("unsafe") && !policy.contains('*'),
        "{policy}"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    assert!(answer.header("cache-control").is_some());
    assert_eq!(answer.header("strict-transport-security"), None);
    assert_eq!(answer.header("server"), None);
}

#[test]
fn every_answer_carries_its_policy_whatever_it_is() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let mine = Some(cookie.as_str());
    let get = |path: &str| stage.ask("GET", path);
    let post = |path: &str| stage.ask("POST", path);
    let tag = stage.get("/icons.svg", None);
    let tag = tag.header("etag").unwrap();
    let asked = [
        (200, get("/").cookie(mine)),
        (200, get("/sign-in")),
        (200, get("/call")),
        (200, get("/js/main.js")),
        (200, stage.ask("HEAD", "/sign-in")),
        (303, get("/")),
        (303, get("/sign-in").cookie(mine)),
        (304, get("/icons.svg").with("If-None-Match", tag)),
        (
            308,
            get("/").with("Host", &format!("localhost:{}", stage.address().port())),
        ),
        (401, get("/").with("Accept", "*/*")),
        (403, post("/sign-in").with("Origin", "https://evil.example")),
        (403, post("/sign-in").form("user=reception1&password=wrong")),
        (404, get("/nothing")),
        (404, get("/js/../Cargo.toml")),
        (404, get("/types/protocol.d.ts")),
        (405, post("/")),
        (405, stage.ask("DELETE", "/sign-in")),
        (
            413,
            post("/sign-in").form(&format!("user={}", "x".repeat(70_000))),
        ),
        (
            415,
            post("/sign-in")
                .form("{}")
                .with("Content-Type", "application/json"),
        ),
        (421, get("/").with("Host", "evil.example")),
        (422, post("/sign-in").form("user=&password=")),
    ];
    for (status, ask) in asked {
        let answer = stage.answer(&ask);
        assert_eq!(answer.status, status, "{answer:?}");
        carries_all(&answer);
        if status >= 400 && status != 401 {
            assert!(answer.body.contains("<h1>"), "in words: {answer:?}");
            assert!(
                answer.body.contains("Demo &lt;town&gt;"),
                "escaped: {}",
                answer.body
            );
        }
    }
    // The desk's page is served under exactly the policy that its own tests run under.
    let policy = stage.get("/", mine);
    let policy = policy.header("content-security-policy").unwrap().to_owned();
    let theirs = include_str!("../../../../tests/browser/server.mjs").replace("\" +\n  \"", "");
    assert!(
        theirs.contains(&policy),
        "tests/browser/server.mjs has another policy than {policy}"
    );
}

#[test]
fn only_our_own_pages_may_change_anything_and_only_our_own_name_is_answered() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let here = stage.address();
    let foreign = [
        "".to_owned(),
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("https://{here}"),
        format!("http://127.0.0.1:{}", here.port().wrapping_add(1)),
        format!("http://localhost:{}", here.port()),
        format!("http://{here}.evil.example"),
    ];
    for origin in &foreign {
        let sign_out = stage.ask("POST", "/sign-out").with("Origin", origin);
        assert_eq!(
            stage.answer(&sign_out.cookie(Some(&cookie))).status,
            403,
            "{origin}"
        );
        for path in ["/ws", "/call/ws", "/"] {
            let socket = stage.ask("GET", path).upgrade().with("Origin", origin);
            let answer = stage.answer(&socket.cookie(Some(&cookie)));
            assert_eq!(answer.status, 403, "{path} {origin}");
        }
    }
    assert_eq!(
        stage.get("/", Some(&cookie)).status,
        200,
        "nobody was signed out"
    );
    let port = here.port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
        format!("127.0.0.1.evil.example:{port}"),
        format!("[::1]:{port}"),
        "".to_owned(),
    ] {
        let ask = stage.ask("GET", "/sign-in").with("Host", &host);
        let ask = ask.with("Origin", &format!("http://{host}"));
        let status = stage.answer(&ask).status;
        assert!(status == 421 || status == 400, "{host}: {status}");
    }
    let moved = stage
        .ask("GET", "/call?x=1")
        .with("Host", &format!("LOCALHOST:{port}"));
    let moved = stage.answer(&moved);
    assert_eq!(moved.status, 308);
    let there = format!("http://127.0.0.1:{port}/call?x=1");
    assert_eq!(moved.header("location"), Some(there.as_str()));
}

#[test]
fn a_browser_fetches_each_edition_of_a_file_once_and_packed() {
    let stage = Stage::start();
    let page = stage.get("/sign-in", None).body;
    let link = page.split("href=\"").find(|link| link.contains("base.css"));
    let link = link.unwrap().split('"').next().unwrap().to_owned();
    assert!(link.starts_with(assets::base()), "{link}");
    let packed = stage.ask("GET", &link).with("Accept-Encoding", "gzip, br");
    crate::stage::until("packed", || {
        stage.answer(&packed).header("content-encoding") == Some("br")
    });
    let answer = stage.answer(&packed);
    let kept = answer.header("cache-control").unwrap();
    assert!(
        kept.contains("immutable") && kept.contains("31536000"),
        "{kept}"
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/css; charset=utf-8")
    );
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut answer.octets.as_slice(), &mut plain).unwrap();
    let asked = stage.get("/css/base.css", None);
    assert_eq!(asked.octets, plain);
    assert_eq!(asked.header("cache-control"), Some("no-cache"));
    assert_eq!(asked.header("etag"), answer.header("etag"));
    let old = stage.get(&link.replace(assets::base(), "/v/0123456789ab"), None);
    assert_eq!(old.header("cache-control"), Some("no-cache"));
}

#[test]
fn who_never_finishes_a_request_is_let_go() {
    use std::io::{Read, Write};
    let stage = Stage::start();
    let mut slow = std::net::TcpStream::connect(stage.address()).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
    slow.set_read_timeout(Some(std::time::Duration::from_secs(30)))
        .unwrap();
    let began = std::time::Instant::now();
    let mut rest = Vec::new();
    // Closed with a 408 or without a word, but closed.
    let _ = slow.read_to_end(&mut rest);
    let took = began.elapsed();
    assert!((10..25).contains(&took.as_secs()), "{took:?}");
}
