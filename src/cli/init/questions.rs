//! What `centrale init` asks on a terminal.

use std::io::Write;
use std::net::{IpAddr, UdpSocket};

use crate::cli::can_ask;
use crate::start::Failure;

/// This machine's address: asked for on a terminal, with the likely one as the answer to a bare Return.
pub(super) fn address() -> Result<IpAddr, Failure> {
    let likely = likely();
    if !can_ask() {
        return Err(Failure::Other(format!(
            "--address is missing: this machine's address on the town's network{}",
            likely.map_or_else(String::new, |address| format!(", perhaps {address}"))
        )));
    }
    loop {
        let hint = likely.map_or_else(String::new, |address| format!(" [{address}]"));
        eprint!("This machine's address on the town's network{hint}: ");
        std::io::stderr().flush().map_err(failed)?;
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).map_err(failed)? == 0 {
            return Err(Failure::Other("no address was given".to_owned()));
        }
        match (line.trim(), likely) {
            ("", Some(address)) => return Ok(address),
            (text, _) => match text.parse() {
                Ok(address) => return Ok(address),
                Err(_) => eprintln!("{text:?} is no address; expected something like 192.168.1.10"),
            },
        }
    }
}

fn failed(why: std::io::Error) -> Failure {
    Failure::Other(format!("the terminal cannot be read: {why}"))
}

/// The address that the system would send from. No packet is sent: connecting a datagram socket only chooses a route
/// (192.0.2.1 is documentation's, RFC 5737).
fn likely() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}
