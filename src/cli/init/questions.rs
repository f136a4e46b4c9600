//! What `centrale init` asks on a terminal.

use std::io::Write;
use std::net::{IpAddr, UdpSocket};

use crate::cli::can_ask;
use crate::start::Failure;

/// Which address is asked for.
pub(super) const ADDRESS: &str = "This machine's address on the town's network";
/// Which name.
pub(super) const NAME: &str = "The town's name";
/// Which number. Nothing is guessed: a wrong one would be shown to the emergency services.
pub(super) const NUMBER: &str =
    "The town's central number, shown outside and to the emergency services";

/// What was not given must be asked for, or all of it is named at once.
pub(super) fn can_be_asked(questions: &[(&str, bool, &str)]) -> Result<(), Failure> {
    if can_ask() {
        return Ok(());
    }
    let missing = questions.iter().filter(|(_, given, _)| !given);
    let mut lines: Vec<String> = missing
        .map(|(option, _, what)| {
            let likely = likely().filter(|_| *option == "--address");
            let perhaps = likely.map_or_else(String::new, |address| format!(", perhaps {address}"));
            format!("{option} is missing: {}{perhaps}", what.to_lowercase())
        })
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    lines.push("nothing was written".to_owned());
    Err(Failure::Other(lines.join("\n")))
}

/// This machine's address, with the likely one as the answer to a bare Return.
pub(super) fn address() -> Result<IpAddr, Failure> {
    let likely = likely();
    let hint = likely.map_or_else(String::new, |address| format!(" [{address}]"));
    let read = |text: &str| match (text, likely) {
        ("", Some(address)) => Some(address),
        (text, _) => text.parse().ok(),
    };
    let expected = "expected an address like 192.168.1.10";
    until(&format!("{ADDRESS}{hint}"), read, expected)
}

/// Asks until the answer can be used.
pub(super) fn until<T>(
    question: &str,
    read: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<T, Failure> {
    loop {
        eprint!("{question}: ");
        std::io::stderr().flush().map_err(failed)?;
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).map_err(failed)? == 0 {
            return Err(Failure::Other(
                "no answer was given, and nothing was written".to_owned(),
            ));
        }
        match read(line.trim()) {
            Some(answer) => return Ok(answer),
            None => eprintln!("{:?}: {expected}", line.trim()),
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
