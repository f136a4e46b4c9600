//! It answers at once, on every listener, and says what is in the way when it cannot listen.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream};
use std::time::Duration;

use server::{BindError, Server};

use crate::peer::Peer;
use crate::town::{PATIENCE, Town, config};

#[test]
fn options_is_answered_over_udp_and_tcp() {
    let mut peer = Peer::new("127.0.0.1");
    let town = Town::start(1, peer.address(), None);
    let uri = format!("sip:{}", town.udp);
    let options = peer.request("OPTIONS", &uri, "o1", "o1", "");
    peer.send(town.udp, &options);
    let (answer, from) = peer.expect("SIP/2.0 200");
    assert_eq!((answer.one("CSeq"), from), ("1 OPTIONS", town.udp));

    let mut stream = TcpStream::connect(town.tcp).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let options = options
        .replace("SIP/2.0/UDP", "SIP/2.0/TCP")
        .replace("o1", "o2");
    // Cut in the middle of a header: the shell hands over pieces, the core frames them.
    let (first, second) = options.split_at(options.len() / 2);
    stream.write_all(first.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    stream.write_all(second.as_bytes()).unwrap();
    let mut answer = [0; 4_096];
    let length = stream.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"SIP/2.0 200"));

    assert_eq!(town.handle.status().unwrap().connections, 1);
    drop(stream);
    town.handle.stop().unwrap();
    town.handle.wait();
}

#[test]
fn a_busy_address_is_told_in_one_sentence() {
    let address = IpAddr::from([127, 43, 0, 2]);
    let first = Server::bind(&config(address, None)).unwrap();
    let mut second = config(address, None);
    second.listeners = first.listeners();
    let Err(error) = Server::bind(&second) else {
        panic!("the same address was bound twice");
    };
    let expected = format!(
        "SIP over UDP cannot listen on {}: another program holds that address.",
        first.listeners()[0].local
    );
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_data_directory_in_use_is_told_and_a_dead_ones_socket_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control.sock");
    let peer = Peer::new("127.0.0.1");
    let town = Town::start(3, peer.address(), Some(path.clone()));
    let second = Server::bind(&config(IpAddr::from([127, 43, 0, 4]), Some(path.clone())));
    assert!(matches!(second, Err(BindError::InUse { .. })));
    town.handle.stop().unwrap();
    town.handle.wait();
    assert!(!path.exists());
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    assert!(Server::bind(&config(IpAddr::from([127, 43, 0, 4]), Some(path))).is_ok());
}

#[test]
fn the_control_socket_asks_the_program_and_reload_reaches_the_core() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control.sock");
    let mut peer = Peer::new("127.0.0.1");
    let town = Town::start(5, peer.address(), Some(path.clone()));
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(server::ask(&path, "status").unwrap(), "0 calls\n");
    assert_eq!(
        server::ask(&path, "reload").unwrap(),
        "refused: centrale.toml, line 3: unknown key\n"
    );
    let mut next = town.snapshot.clone();
    let settings = std::sync::Arc::make_mut(&mut next.settings);
    settings.realm = "new.centrale".into();
    *town.office.next.lock().unwrap() = Some(next);
    assert_eq!(
        server::ask(&path, "reload").unwrap(),
        "accepted: 1 part changed\n"
    );
    let stranger = peer.request("INVITE", &format!("sip:2101@{}", town.udp), "r1", "r1", "");
    let mut phone = Peer::new("127.0.0.9");
    phone.send(
        town.udp,
        &stranger.replace(&peer.address().to_string(), &phone.address().to_string()),
    );
    let (challenge, _) = phone.expect("SIP/2.0 401");
    assert!(
        challenge.one("WWW-Authenticate").contains("new.centrale"),
        "{challenge:?}"
    );
    peer.send(
        town.udp,
        &peer.request("OPTIONS", "sip:a@h", "r2", "r2", ""),
    );
    peer.expect("SIP/2.0 200");
    town.handle.stop().unwrap();
    town.handle.wait();
}
