//! Where it does not listen, and in which words it says so.

use std::net::TcpListener;

use crate::stage::{Stage, settings};
use crate::web::{Doors, StartError};

#[test]
fn off_loopback_it_listens_with_tls_alone() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let mut town = settings();
        town.listen.push(address.parse().unwrap());
        let why = Doors::bind(&town).unwrap_err();
        assert!(matches!(why, StartError::Demo { .. }), "{why}");
        assert!(why.to_string().contains("passwords are public"), "{why}");
        town.demo = false;
        let why = Doors::bind(&town).unwrap_err();
        assert!(matches!(why, StartError::Clear { .. }), "{why}");
        assert!(
            why.to_string()
                .contains("`centrale cert self-signed --address"),
            "{why}"
        );
    }
}

#[test]
fn a_busy_address_is_named_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let mut town = settings();
    town.listen = vec![address];
    let why = Doors::bind(&town).unwrap_err();
    assert!(why.is_busy());
    let expected =
        format!("the console cannot listen on {address}: another program holds that address.");
    assert_eq!(why.to_string(), expected);
}

#[test]
fn files_that_are_no_certificate_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    let mut town = settings();
    town.tls = Some(crate::Tls {
        certificate: certificate.clone(),
        key: key.clone(),
    });
    let why = |town| Doors::bind(town).unwrap_err().to_string();
    assert!(why(&town).contains("c.pem cannot be read"));
    std::fs::write(&certificate, "hello").unwrap();
    assert!(
        why(&town).contains("c.pem holds no certificate"),
        "{}",
        why(&town)
    );
    let days = ((2026, 1, 1), (2028, 1, 1));
    let one = crate::self_signed("Gooik", &[], &["a.example".to_owned()], days).unwrap();
    let other = crate::self_signed("Gooik", &[], &["a.example".to_owned()], days).unwrap();
    std::fs::write(&certificate, &one.certificate).unwrap();
    std::fs::write(&key, "hello").unwrap();
    assert!(
        why(&town).contains("k.pem holds no private key"),
        "{}",
        why(&town)
    );
    std::fs::write(&key, &other.key).unwrap();
    assert!(
        why(&town).contains("cannot be used together"),
        "{}",
        why(&town)
    );
    std::fs::write(&key, &one.key).unwrap();
    assert!(Doors::bind(&town).is_ok());
    assert!(crate::self_signed("x", &[], &["a b".to_owned()], days).is_err());
}

#[test]
fn the_citizens_telephone_is_the_demos_alone() {
    let asked = |demo| {
        let mut town = settings();
        town.demo = demo;
        let stage = Stage::with(town);
        ["/call", "/call/ws"].map(|path| {
            let ask = stage.ask("GET", path);
            stage
                .answer(&if path == "/call" { ask } else { ask.upgrade() })
                .status
        })
    };
    assert_eq!(asked(true), [200, 101]);
    assert_eq!(asked(false), [404, 404]);
}
