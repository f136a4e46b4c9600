//! The same under TLS, spoken to by a client that believes this certificate alone.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::settings::Tls;
use crate::stage::{Ask, Stage, settings};
use crate::{SelfSigned, self_signed};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn made() -> SelfSigned {
    self_signed(
        "Gooik",
        &[HERE],
        &["desk.example".to_owned()],
        ((2026, 1, 1), (2036, 1, 1)),
    )
    .unwrap()
}

fn client(trusted: &SelfSigned) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(trusted.certificate.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

struct Town {
    stage: Stage,
    made: SelfSigned,
}

fn town() -> Town {
    let (made, folder) = (made(), tempfile::tempdir().unwrap());
    let tls = Tls {
        certificate: folder.path().join("c.pem"),
        key: folder.path().join("k.pem"),
    };
    std::fs::write(&tls.certificate, &made.certificate).unwrap();
    std::fs::write(&tls.key, &made.key).unwrap();
    let mut settings = settings();
    settings.tls = Some(tls);
    settings.names = vec!["desk.example".to_owned()];
    Town {
        stage: Stage::with(settings),
        made,
    }
}

impl Town {
    fn stream(&self, trusted: &SelfSigned) -> StreamOwned<ClientConnection, TcpStream> {
        let name = ServerName::from(HERE);
        let connection = ClientConnection::new(client(trusted), name).unwrap();
        StreamOwned::new(
            connection,
            TcpStream::connect(self.stage.address()).unwrap(),
        )
    }

    fn ask(&self, method: &str, path: &str) -> Ask {
        let origin = format!("https://{}", self.stage.address());
        self.stage.ask(method, path).with("Origin", &origin)
    }
}

#[test]
fn under_tls_the_cookie_is_bound_to_the_host_and_answers_say_hsts() {
    let town = town();
    let enter = town
        .ask("POST", "/sign-in")
        .form("user=reception1&password=demo");
    let answer = enter.over(town.stream(&town.made));
    assert_eq!(answer.status, 303, "{}", answer.body);
    let hsts = answer.header("strict-transport-security").unwrap();
    assert!(hsts.contains("max-age=31536000"), "{hsts}");
    let set = answer.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-centrale="), "{set}");
    let flags: Vec<&str> = set.split("; ").skip(1).collect();
    assert_eq!(
        flags,
        [
            "HttpOnly",
            "SameSite=Strict",
            "Path=/",
            "Max-Age=43200",
            "Secure"
        ]
    );
    let cookie = set.split(';').next().unwrap();
    let desk = town
        .ask("GET", "/")
        .cookie(Some(cookie))
        .over(town.stream(&town.made));
    assert_eq!(desk.status, 200);
    // Under the name of the settings too, and under no other.
    let named = town
        .ask("GET", "/sign-in")
        .with("Host", "desk.example:8443");
    assert_eq!(named.over(town.stream(&town.made)).status, 200);
    let strange = town
        .ask("GET", "/sign-in")
        .with("Host", "evil.example:8443");
    assert_eq!(strange.over(town.stream(&town.made)).status, 421);
    // An origin without TLS is another's.
    let clear = format!("http://{}", town.stage.address());
    let clear = town
        .ask("POST", "/sign-out")
        .with("Origin", &clear)
        .cookie(Some(cookie));
    assert_eq!(clear.over(town.stream(&town.made)).status, 403);
}

#[test]
fn without_tls_nothing_is_said_and_another_certificate_is_not_believed() {
    let town = town();
    let mut plain = TcpStream::connect(town.stage.address()).unwrap();
    plain
        .write_all(b"GET /sign-in HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!said.windows(4).any(|four| four == b"HTTP"), "{said:?}");
    let mut stream = town.stream(&made());
    assert!(stream.write_all(b"GET / HTTP/1.1\r\n\r\n").is_err());
}

#[test]
fn a_renewed_certificate_is_shown_after_a_restart_and_a_broken_one_changes_nothing() {
    let town = town();
    let tls = town.stage.settings.tls.clone().unwrap();
    let folder = tls.certificate.parent().unwrap();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(&tls.certificate, "broken").unwrap();
    let why = town.stage.web.restart().unwrap_err();
    assert!(why.contains("c.pem"), "{why}");
    let look = town.ask("GET", "/sign-in");
    assert_eq!(look.over(town.stream(&town.made)).status, 200);
    let new = made();
    std::fs::write(&tls.certificate, &new.certificate).unwrap();
    std::fs::write(&tls.key, &new.key).unwrap();
    town.stage.web.restart().unwrap();
    assert_eq!(look.over(town.stream(&new)).status, 200);
}
