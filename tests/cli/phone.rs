//! A phone of the demo town that registers, challenge and all.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use bytes::Bytes;
use sip::digest::{self, Ha1, Login};
use sip::{Message, Method};

/// Registers a phone of this account over UDP, from a port of its own.
pub(crate) fn register(exchange: SocketAddr, account: &str) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let patience = Some(Duration::from_secs(10));
    socket.set_read_timeout(patience).unwrap();
    let here = socket.local_addr().unwrap();
    let uri = format!("sip:{exchange}");
    let ask = |cseq: u32, proof: &str| {
        let address = format!("<sip:{account}@{exchange}>");
        let request = format!(
            "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {here};rport;branch=z9hG4bKr{cseq}\r\nMax-Forwards: 70\r\n\
             From: {address};tag=r\r\nTo: {address}\r\nCall-ID: {here}\r\nCSeq: {cseq} REGISTER\r\n\
             Contact: <sip:{account}@{here}>\r\n{proof}Content-Length: 0\r\n\r\n"
        );
        socket.send_to(request.as_bytes(), exchange).unwrap();
        let mut answer = [0; 4_096];
        let length = socket.recv(&mut answer).expect("an answer");
        Message::parse(Bytes::copy_from_slice(&answer[..length])).unwrap()
    };
    let challenged = ask(1, "");
    let ha1 = Ha1::new(account, "demo.centrale", &format!("demo-{account}"), true);
    let login = Login {
        user: account,
        realm: "demo.centrale",
        ha1: &ha1,
    };
    let challenges = challenged.www_authenticate();
    let value = digest::answer(&challenges, &login, &Method::Register, &uri, "cn", 1).unwrap();
    let answer = ask(2, &format!("Authorization: {value}\r\n"));
    assert_eq!(answer.status().0, 200, "{answer:?}");
}
