//! Demo mode: what `centrale` is when nobody configured anything. Its passwords are public, so it stays on loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use call::snapshot::{AddressRange, CalledFrom, Conveyance, Country, Habits, NumberFormat, Trunk};
use ivr::Lang;
use sip::Transport;

use crate::config::{
    CODECS, Config, Console, DATA_DIRECTORY, Emergency, Limits, Media, PORTS, Places, Refusal,
    Site, listener,
};

/// Where SIP is heard.
pub(crate) const ADDRESS: SocketAddr = SocketAddr::new(LOOPBACK, 5060);
/// The central number.
pub(crate) const NUMBER: &str = "+3254310000";
/// The same, as people nearby dial it.
pub(crate) const DIALLED: &str = "054310000";
/// Digest realm.
pub(crate) const REALM: &str = "demo.centrale";

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The demo town, listening on `address`, its console on `console`, keeping its data in `data`.
///
/// # Errors
/// A sentence when the address is not loopback.
pub(crate) fn config(
    address: SocketAddr,
    console: SocketAddr,
    data: Option<PathBuf>,
) -> Result<Config, Refusal> {
    let far = [address, console]
        .into_iter()
        .find(|address| !address.ip().is_loopback());
    if let Some(address) = far {
        return Err(Refusal::Plain(format!(
            "the demo town listens on loopback only, not on {address}: its passwords are public, so anybody who reaches it \
             could call at your cost. `centrale init` makes a town of your own."
        )));
    }
    Ok(Config {
        file: None,
        listeners: [Transport::Udp, Transport::Tcp]
            .map(|transport| listener(transport, address, None))
            .to_vec(),
        console: Some(Console {
            listen: vec![console],
            tls: None,
            names: Vec::new(),
        }),
        media: Media {
            address: address.ip(),
            advertised: address.ip(),
            ports: PORTS,
            codecs: CODECS.to_vec(),
            loopback: true,
            workers: None,
        },
        site: Site {
            name: "Demo town".to_owned(),
            place: "Marktplein 1, Demo".to_owned(),
            number: NUMBER.to_owned(),
            realm: REALM.to_owned(),
            domains: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            country: Country::Be,
            languages: vec![Lang::NL, Lang::FR],
        },
        trunks: vec![operator()],
        rules: Vec::new(),
        data: data.unwrap_or_else(|| PathBuf::from(DATA_DIRECTORY)),
        dialplans: Vec::new(),
        prompts: None,
        limits: Limits::default(),
        emergency: Emergency {
            test_prefix: Some("*99".to_owned()),
            ..Emergency::default()
        },
        places: Places::default(),
    })
}

/// The operator's line: calls from 127.0.0.2 to 127.0.0.9 come in unchallenged, outside calls go to 127.0.0.2.
fn operator() -> Trunk {
    let address = |last| IpAddr::from([127, 0, 0, last]);
    Trunk {
        name: "operator".to_owned(),
        sources: vec![AddressRange {
            first: address(2),
            last: address(9),
        }],
        target: SocketAddr::new(address(2), 5060),
        transport: Transport::Udp,
        called_from: vec![CalledFrom::RequestUri, CalledFrom::To],
        number_format: NumberFormat::E164,
        channels: 1_000,
        reserved: 10,
        codecs: CODECS.to_vec(),
        habits: Habits::STRICT,
        dial_rules: false,
        local: None,
        location: Conveyance::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CONSOLE;

    #[test]
    fn it_refuses_to_listen_to_the_network() {
        for address in ["0.0.0.0:5060", "192.0.2.1:5060", "[::]:5060"] {
            let address = address.parse().unwrap();
            for why in [
                config(address, CONSOLE, None).unwrap_err(),
                config(ADDRESS, address, None).unwrap_err(),
            ] {
                let why = why.to_string();
                assert!(why.contains("passwords are public"), "{why}");
            }
        }
        let demo = config(ADDRESS, CONSOLE, None).unwrap();
        assert!(
            demo.listeners
                .iter()
                .all(|l| l.local == ADDRESS && l.advertised == ADDRESS)
        );
    }
}
