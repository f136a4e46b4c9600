//! The town of the world: its addresses, accounts, numbers, trunk and dialplans, as a snapshot for the core.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use call::snapshot::{
    Account, AddressRange, CalledFrom, Conveyance, Country, Emergency, Habits, Listener, Number,
    NumberFormat, Settings, Snapshot, Trunk,
};
use media::Codec;
use sip::Transport;
use sip::digest::Ha1;

/// Digest realm and domain.
pub const REALM: &str = "demo.centrale";
/// The exchange's address, for SIP and for sound.
pub const EXCHANGE: &str = "192.0.2.1";
/// The operator's address.
pub const OPERATOR: &str = "198.51.100.10:5060";
/// The town's central number, as citizens dial it.
pub const CENTRAL: &str = "+3254310000";
/// The number of [`SECOND_FLOW`].
pub const SECOND: &str = "+3254310001";
/// A citizen's mobile number.
pub const CITIZEN: &str = "+32470123456";

/// A second dialplan, with what the demo town does not have: a queue, real hours, an outside number.
pub const SECOND_FLOW: &str = include_str!("second.toml");
/// The demo town's.
pub const DEMO_FLOW: &str = include_str!("../../../dialplans/demo.toml");

/// Where SIP is heard.
pub(crate) fn sip_address() -> SocketAddr {
    format!("{EXCHANGE}:5060").parse().expect("an address")
}

/// An account's password.
pub(crate) fn password(account: &str) -> String {
    format!("secret-{account}")
}

/// An account that may do everything.
pub fn account(name: &str) -> Account {
    Account {
        name: name.to_owned(),
        display: format!("Desk {name}"),
        ha1: Ha1::new(name, REALM, &password(name), true),
        md5_only: false,
        blocked: false,
        outside: true,
        number: None,
        habits: Habits::default(),
        site_number: None,
        place: "first floor".to_owned(),
        forwards: Vec::new(),
    }
}

fn number(e164: &str, flow: &str) -> (String, Number) {
    let number = Number {
        e164: e164.to_owned(),
        entity: "Demo".to_owned(),
        label: flow.to_owned(),
        flow: flow.to_owned(),
        valid_from: None,
        valid_to: None,
        music: None,
    };
    (e164.to_owned(), number)
}

/// The operator's line.
pub fn trunk() -> Trunk {
    let target: SocketAddr = OPERATOR.parse().expect("an address");
    Trunk {
        name: "operator".to_owned(),
        sources: vec![AddressRange {
            first: target.ip(),
            last: target.ip(),
        }],
        target,
        transport: Transport::Udp,
        called_from: vec![CalledFrom::RequestUri],
        number_format: NumberFormat::E164,
        channels: 30,
        reserved: 2,
        codecs: Vec::new(),
        habits: Habits::STRICT,
        dial_rules: false,
        local: None,
        location: Conveyance::default(),
    }
}

fn settings() -> Settings {
    let local = sip_address();
    let listener = |transport| Listener {
        transport,
        local,
        advertised: local,
        media: local.ip(),
    };
    Settings {
        realm: REALM.to_owned(),
        domains: Vec::new(),
        listeners: vec![listener(Transport::Udp), listener(Transport::Tcp)],
        media_address: local.ip(),
        loopback_media: false,
        country: Country::Be,
        languages: vec![ivr::Lang::NL, ivr::Lang::FR],
        site_number: CENTRAL.to_owned(),
        site_name: "Demo town hall".to_owned(),
        music: "music/default".into(),
        codecs: vec![Codec::G722, Codec::Pcma, Codec::Pcmu],
        calls: 100,
        ring: Duration::from_secs(60),
        hold: Duration::from_secs(120),
        relay_headers: Vec::new(),
        no_route_advice: "emergency-no-route".to_owned(),
    }
}

/// A dialplan that must be right.
pub fn flow(source: &str, name: &str) -> Arc<ivr::Flow> {
    Arc::new(ivr::parse(source, name).unwrap_or_else(|errors| panic!("{name}: {errors:?}")))
}

/// The whole town.
pub fn snapshot() -> Snapshot {
    let names = [
        "2101", "2102", "2103", "2104", "2105", "2106", "desk", "desk2",
    ];
    let accounts = names.map(|name| (name.to_owned(), account(name)));
    let flows = [("demo", DEMO_FLOW), ("second", SECOND_FLOW)];
    let flows = flows.map(|(name, source)| (name.to_owned(), flow(source, name)));
    Snapshot {
        settings: Arc::new(settings()),
        accounts: Arc::new(BTreeMap::from(accounts)),
        numbers: Arc::new(BTreeMap::from([
            number(CENTRAL, "demo"),
            number(SECOND, "second"),
        ])),
        trunks: Arc::new(vec![trunk()]),
        rules: Arc::new(Vec::new()),
        flows: Arc::new(BTreeMap::from(flows)),
        situation: Arc::new(ivr::Situation::default()),
        closures: Arc::default(),
        languages: Arc::default(),
        emergency: Arc::new(Emergency {
            numbers: vec!["112".to_owned(), "100".to_owned(), "101".to_owned()],
            line_prefixes: vec!["0".to_owned()],
            ..Emergency::default()
        }),
    }
}
