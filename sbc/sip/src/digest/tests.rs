//! Digest by the RFCs' own examples, and by what an attacker would try.

mod attacks;

use super::hash::{Hex, Inputs, response, sha256};
use super::*;
use crate::Method;
use crate::headers::{Challenge, Credentials};

fn hex(sum: &[u8]) -> String {
    Hex::new(sum).as_str().to_owned()
}

/// The value of one parameter of a challenge or of credentials we wrote.
fn param(value: &str, name: &str) -> Option<String> {
    let start = value.find(&format!(" {name}="))? + name.len() + 2;
    let rest = &value[start..];
    Some(match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap().to_owned(),
        None => rest.split(',').next().unwrap().to_owned(),
    })
}

fn challenge(value: &str) -> Challenge<'static> {
    Challenge::parse(value.to_owned().leak().as_bytes())
        .unwrap()
        .unwrap()
}

fn credentials(value: &str) -> Credentials<'static> {
    Credentials::parse(value.to_owned().leak().as_bytes())
        .unwrap()
        .unwrap()
}

#[test]
fn the_example_of_rfc_7616_section_3_9_1() {
    let ha1 = Ha1::new("Mufasa", "http-auth@example.org", "Circle of Life", true);
    let inputs = Inputs {
        method: "GET",
        uri: "/dir/index.html",
        nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        counted: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
    };
    for (algorithm, expected) in [
        (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (
            Algorithm::Sha256,
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        ),
    ] {
        let sum = response(algorithm, &ha1.hex(algorithm).unwrap(), &inputs);
        assert_eq!(sum.as_str(), expected);
        assert!(sum.matches(&expected.to_uppercase()));
        assert!(!sum.matches(&expected[1..]));
        assert!(!sum.matches(&expected.replace('5', "6")));
    }
}

#[test]
fn the_example_of_rfc_2617_without_qop() {
    let login = Login {
        user: "Mufasa",
        realm: "testrealm@host.com",
        ha1: &Ha1::new("Mufasa", "testrealm@host.com", "Circle Of Life", true),
    };
    let asked = [Challenge {
        realm: "testrealm@host.com",
        nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        opaque: Some("5ccc069c403ebaf9f0171e9517f40e41"),
        ..Challenge::default()
    }];
    let get = Method::Other("GET".into());
    let value = answer(&asked, &login, &get, "/dir/index.html", "0a4f113b", 1).unwrap();
    // Computed by hand from RFC 2069: H(HA1:nonce:HA2).
    assert_eq!(
        param(&value, "response").unwrap(),
        "670fd8c2df070c60b045671b8b24ff02"
    );
    assert_eq!(
        param(&value, "opaque").unwrap(),
        "5ccc069c403ebaf9f0171e9517f40e41"
    );
    assert_eq!((param(&value, "qop"), param(&value, "nc")), (None, None));
}

#[test]
fn hmac_by_rfc_4231() {
    let mut key = [0; 32];
    key[..4].copy_from_slice(b"Jefe");
    assert_eq!(
        hex(&Mac::new(&key).sum(&[b"what do ya want ", b"for nothing?"])),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert_eq!(
        hex(&sha256(&[])),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn a_secret_does_not_show_when_printed() {
    let ha1 = Ha1::new("2101", "demo.centrale", "demo-2101", true);
    assert_eq!(format!("{ha1:?}"), "Ha1(…)");
    let now = std::time::Instant::now();
    assert_eq!(
        format!("{:?}", Challenger::new([7; 32], now, 10)),
        "Challenger { used: 0, .. }"
    );
}

#[test]
fn the_first_challenge_we_can_answer_is_answered() {
    let ask = |algorithm: Option<&'static str>, qop: Option<&'static str>, realm: &'static str| {
        Challenge {
            realm,
            nonce: "n",
            algorithm,
            qop,
            ..Challenge::default()
        }
    };
    let strong = Ha1::new("u", "r", "p", false);
    let both = Ha1::new("u", "r", "p", true);
    let algorithm = |asked: &[Challenge<'_>], ha1: &Ha1| {
        let login = Login {
            user: "u",
            realm: "r",
            ha1,
        };
        let value = answer(asked, &login, &Method::Register, "sip:r", "c", 1)?;
        param(&value, "algorithm")
    };
    let list = [
        ask(Some("SHA-512-256"), Some("auth"), "r"),
        ask(Some("sha-256"), Some("auth-int, auth"), "r"),
        ask(Some("MD5"), Some("auth"), "r"),
    ];
    assert_eq!(algorithm(&list, &both).as_deref(), Some("SHA-256"));
    assert_eq!(algorithm(&list[2..], &both).as_deref(), Some("MD5"));
    assert_eq!(
        algorithm(&list[2..], &strong),
        None,
        "no MD5 for this login"
    );
    assert_eq!(
        algorithm(&[ask(Some("SHA-256"), Some("auth-int"), "r")], &both),
        None
    );
    assert_eq!(
        algorithm(&[ask(Some("SHA-256"), Some("auth"), "other")], &both),
        None,
        "not our realm"
    );
    assert_eq!(
        algorithm(&[ask(Some("MD5-sess"), Some("auth"), "r")], &both),
        None
    );
}

#[test]
fn quotes_cannot_be_left() {
    assert_eq!(quote("a\"b\\c\r\nd"), r#""a\"b\\cd""#);
}
