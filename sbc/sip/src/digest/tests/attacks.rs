//! A phone against our challenger, and each thing an attacker may try: all are refused.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::*;

const REALM: &str = "demo.centrale";
const URI: &str = "sip:demo.centrale";

struct Bench {
    challenger: Challenger,
    now: Instant,
    source: IpAddr,
    ha1: Ha1,
}

impl Bench {
    fn new() -> Bench {
        let now = Instant::now();
        Bench {
            challenger: Challenger::new([42; 32], now, 100),
            now,
            source: "192.0.2.7".parse().unwrap(),
            ha1: Ha1::new("2101", REALM, "demo-2101", true),
        }
    }

    fn challenges(&mut self) -> Vec<String> {
        let algorithms = [Algorithm::Sha256, Algorithm::Md5];
        self.challenger
            .challenge(self.now, self.source, REALM, &algorithms, false)
    }

    /// What an honest phone answers to a new challenge.
    fn honest(&mut self, nc: u32) -> Credentials<'static> {
        let asked = self.challenges();
        self.answer(&asked[0], nc)
    }

    fn answer(&self, asked: &str, nc: u32) -> Credentials<'static> {
        let login = Login {
            user: "2101",
            realm: REALM,
            ha1: &self.ha1,
        };
        credentials(
            &answer(
                &[challenge(asked)],
                &login,
                &Method::Register,
                URI,
                "0a4f",
                nc,
            )
            .unwrap(),
        )
    }

    fn judge(&mut self, credentials: &Credentials<'_>) -> Verdict {
        self.judge_as(credentials, &Method::Register, URI)
    }

    fn judge_as(&mut self, credentials: &Credentials<'_>, method: &Method, uri: &str) -> Verdict {
        let ha1 = self.ha1.clone();
        self.challenger
            .verify(self.now, self.source, credentials, method, uri, Some(&ha1))
    }
}

#[test]
fn an_honest_phone_is_let_in() {
    let mut bench = Bench::new();
    let asked = bench.challenges();
    assert!(
        asked[0].contains("algorithm=SHA-256, qop=\"auth\"") && asked[1].contains("algorithm=MD5")
    );
    assert!(!asked[0].contains("stale"));
    for asked in asked {
        let first = bench.answer(&asked, 1);
        assert_eq!(
            bench.judge(&first).is_stale(),
            asked.contains("MD5"),
            "both have one nonce: its nc is used"
        );
        let next = bench.answer(&asked, if asked.contains("MD5") { 3 } else { 2 });
        assert_eq!(bench.judge(&next), Verdict::Ok);
    }
}

#[test]
fn a_replay_is_refused() {
    let mut bench = Bench::new();
    let phone = bench.honest(1);
    assert_eq!(bench.judge(&phone), Verdict::Ok);
    assert_eq!(bench.judge(&phone), Verdict::Replay);
}

#[test]
fn nc_never_goes_back() {
    let mut bench = Bench::new();
    let asked = bench.challenges();
    let seven = bench.answer(&asked[0], 7);
    assert_eq!(bench.judge(&seven), Verdict::Ok);
    for nc in [1, 6, 7] {
        let late = bench.answer(&asked[0], nc);
        assert_eq!(bench.judge(&late), Verdict::Replay, "{nc}");
    }
    let zero = bench.answer(&asked[0], 0);
    assert_eq!(bench.judge(&zero), Verdict::Unsupported);
    for spelled in ["8", "+0000008", "0000000008", "0000000g"] {
        let mut odd = bench.answer(&asked[0], 8);
        odd.nc = Some(spelled);
        assert_eq!(bench.judge(&odd), Verdict::Unsupported, "{spelled}");
    }
    let last = bench.answer(&asked[0], u32::MAX);
    assert_eq!(bench.judge(&last), Verdict::Ok);
    for nc in [8, u32::MAX] {
        let late = bench.answer(&asked[0], nc);
        assert_eq!(bench.judge(&late), Verdict::Replay, "{nc}");
    }
}

#[test]
fn another_uri_is_refused() {
    let mut bench = Bench::new();
    let phone = bench.honest(1);
    let judged = bench.judge_as(&phone, &Method::Register, "sip:2102@demo.centrale");
    assert_eq!(judged, Verdict::UriMismatch);
    let mut moved = phone;
    moved.uri = "sip:2102@demo.centrale";
    let judged = bench.judge_as(&moved, &Method::Register, "sip:2102@demo.centrale");
    assert_eq!(judged, Verdict::Wrong, "the response covers it");
    let judged = bench.judge_as(&phone, &Method::Register, "sip:DEMO.centrale");
    assert_eq!(judged, Verdict::Ok, "the same address in another spelling");
}

#[test]
fn another_method_is_refused() {
    let mut bench = Bench::new();
    let phone = bench.honest(1);
    assert_eq!(bench.judge_as(&phone, &Method::Invite, URI), Verdict::Wrong);
}

#[test]
fn an_answer_without_qop_is_refused() {
    let mut bench = Bench::new();
    let asked = bench.challenges().remove(0).replace(", qop=\"auth\"", "");
    let old = bench.answer(&asked, 1);
    assert_eq!(old.qop, None);
    assert_eq!(bench.judge(&old), Verdict::Unsupported);
    let phone = bench.honest(1);
    for lacking in [
        Credentials { nc: None, ..phone },
        Credentials {
            cnonce: None,
            ..phone
        },
        Credentials {
            qop: Some("auth-int"),
            ..phone
        },
    ] {
        assert_eq!(bench.judge(&lacking), Verdict::Unsupported);
    }
}

#[test]
fn a_forged_nonce_is_refused() {
    let mut bench = Bench::new();
    let asked = bench.challenges().remove(0);
    let genuine = param(&asked, "nonce").unwrap();
    let mut later = genuine.clone();
    later.replace_range(15..16, "f");
    let plus = format!("+{}", &genuine[1..]);
    for forged in [
        "",
        "x",
        "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        &later,
        &plus,
        &genuine[..63],
        &genuine.to_uppercase(),
    ] {
        let phone = bench.answer(&asked.replace(&genuine, forged), 1);
        let verdict = bench.judge(&phone);
        assert_eq!(
            verdict,
            Verdict::Stale,
            "{forged}: the right password, so no ban, but no entry"
        );
    }
    let genuine = bench.answer(&asked, 1);
    assert_eq!(bench.judge(&genuine), Verdict::Ok);
}

#[test]
fn a_nonce_of_another_address_or_another_process_is_stale() {
    let mut bench = Bench::new();
    let phone = bench.honest(1);
    bench.source = "192.0.2.8".parse().unwrap();
    assert_eq!(bench.judge(&phone), Verdict::Stale);
    bench.source = "::ffff:192.0.2.7".parse().unwrap();
    assert_eq!(
        bench.judge(&phone),
        Verdict::Ok,
        "the same address in its other form"
    );
    let phone = bench.honest(1);
    bench.challenger = Challenger::new([43; 32], bench.now, 100);
    assert_eq!(bench.judge(&phone), Verdict::Stale);
}

#[test]
fn a_nonce_expires_and_the_next_challenge_says_stale() {
    let mut bench = Bench::new();
    let asked = bench.challenges().remove(0);
    bench.now += Duration::from_secs(300);
    let phone = bench.answer(&asked, 1);
    assert_eq!(bench.judge(&phone), Verdict::Ok);
    bench.now += Duration::from_millis(1);
    let phone = bench.answer(&asked, 2);
    let verdict = bench.judge(&phone);
    assert_eq!(verdict, Verdict::Stale);
    let again = bench.challenger.challenge(
        bench.now,
        bench.source,
        REALM,
        &[Algorithm::Sha256],
        verdict.is_stale(),
    );
    assert!(again[0].contains(", stale=true,"), "{again:?}");
    assert_eq!(bench.challenger.remembered(), 0, "the old one is forgotten");
}

#[test]
fn a_wrong_password_is_wrong_whatever_the_nonce() {
    let mut bench = Bench::new();
    let asked = bench.challenges().remove(0);
    let right = bench.ha1.clone();
    bench.ha1 = Ha1::new("2101", REALM, "guess", true);
    let guess = bench.answer(&asked, 1);
    bench.ha1 = right;
    assert_eq!(bench.judge(&guess), Verdict::Wrong);
    bench.now += Duration::from_secs(301);
    assert_eq!(bench.judge(&guess), Verdict::Wrong);
    assert_eq!(bench.challenger.remembered(), 0, "guesses cost no memory");
    let mut empty = guess;
    empty.response = "";
    assert_eq!(bench.judge(&empty), Verdict::Wrong);
}

#[test]
fn an_account_nobody_has_is_wrong_in_every_way() {
    let mut bench = Bench::new();
    for index in [0, 1] {
        let asked = bench.challenges().remove(index);
        let phone = bench.answer(&asked, 1);
        let verdict = bench.challenger.verify(
            bench.now,
            bench.source,
            &phone,
            &Method::Register,
            URI,
            None,
        );
        assert_eq!(verdict, Verdict::Wrong);
    }
}

#[test]
fn md5_is_only_for_accounts_that_allow_it() {
    let mut bench = Bench::new();
    let weak = bench.challenges().remove(1);
    let phone = bench.answer(&weak, 1);
    bench.ha1.md5 = None;
    assert_eq!(bench.judge(&phone), Verdict::Wrong);
    for name in ["MD5-sess", "SHA-512-256", "none"] {
        let mut odd = bench.honest(1);
        odd.algorithm = Some(name);
        assert_eq!(bench.judge(&odd), Verdict::Unsupported);
    }
    let mut relabelled = bench.honest(1);
    relabelled.algorithm = None;
    assert_eq!(
        bench.judge(&relabelled),
        Verdict::Wrong,
        "without a name it is MD5"
    );
}

#[test]
fn the_table_of_nonces_is_bounded_and_forgetting_opens_no_replay() {
    let mut bench = Bench::new();
    let asked: Vec<String> = (0..150).map(|_| bench.challenges().remove(0)).collect();
    for asked in &asked {
        let phone = bench.answer(asked, 1);
        assert_eq!(bench.judge(&phone), Verdict::Ok);
    }
    assert_eq!(bench.challenger.remembered(), 100);
    for (n, asked) in asked.iter().enumerate() {
        let phone = bench.answer(asked, 1);
        let expected = if n < 50 {
            Verdict::Stale
        } else {
            Verdict::Replay
        };
        assert_eq!(bench.judge(&phone), expected, "{n}");
    }
    bench.now += Duration::from_secs(301);
    let fresh = bench.honest(1);
    assert_eq!(bench.judge(&fresh), Verdict::Ok);
    assert_eq!(bench.challenger.remembered(), 1);
}
