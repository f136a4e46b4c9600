//! The whole way of an emergency call, decided before anything is sent. The live call, the test call from a phone and
//! `centrale emergency test` read this one plan, so that a test tells what would happen and nothing else.

use std::net::SocketAddr;

use super::{called, spelt};
use crate::border::destination;
use crate::snapshot::{Conveyance, Snapshot};

/// What becomes of a call for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The emergency number, as each trunk reads it: short codes are never normalised.
    pub number: String,
    /// The town or building, for the log and the desk.
    pub site: String,
    /// Where the phone is, when that is on record.
    pub place: String,
    /// The number that is shown, E.164: the site's, so that the operator chooses the right centre.
    pub presented: String,
    /// That number is kept for calls back: for an hour every call to it rings the phone (see `border/callback.rs`).
    pub kept: bool,
    /// The trunks, in the order in which they are tried.
    pub ways: Vec<Way>,
}

/// One trunk that is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its name.
    pub trunk: String,
    /// Where the call goes.
    pub target: SocketAddr,
    /// Request-URI.
    pub uri: String,
    /// Its channels, the reserve for emergency calls included.
    pub channels: usize,
    /// Channels that only emergency calls may take.
    pub reserved: usize,
    /// What it is told of where the caller is.
    pub place: Told,
}

/// What a trunk is told of where the caller is (RFC 6442).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// What the phone says of itself.
    Said,
    /// What is on record.
    Recorded,
}

/// The plan for what somebody dials, digits or a URI; `None` when it is no emergency number. `account` is whose phone it
/// is, as far as one knows.
pub fn plan(snapshot: &Snapshot, dialled: &str, account: Option<&str>) -> Option<Plan> {
    let country = snapshot.settings.country;
    let number = spelt(&snapshot.emergency, country, dialled)
        .or_else(|| called(&snapshot.emergency, country, dialled))?;
    Some(of(snapshot, &number, account, false))
}

/// The plan for an emergency number; `said`: the phone says itself where it is.
pub(crate) fn of(snapshot: &Snapshot, number: &str, account: Option<&str>, said: bool) -> Plan {
    let settings = &snapshot.settings;
    let account = account.and_then(|name| snapshot.accounts.get(name));
    let place = account.map_or(String::new(), |account| account.place.clone());
    let presented = account
        .and_then(|account| account.site_number.clone())
        .or_else(|| snapshot.emergency.callback_number.clone())
        .unwrap_or_else(|| settings.site_number.clone());
    let ways = snapshot.trunks.iter().map(|trunk| Way {
        trunk: trunk.name.clone(),
        target: trunk.target,
        uri: destination::trunk_uri(trunk, number),
        channels: trunk.channels,
        reserved: trunk.reserved,
        place: match trunk.location {
            Conveyance::Nothing => Told::Nothing,
            Conveyance::Said | Conveyance::Recorded if said => Told::Said,
            Conveyance::Recorded if !place.is_empty() => Told::Recorded,
            Conveyance::Said | Conveyance::Recorded => Told::Nothing,
        },
    });
    Plan {
        number: number.to_owned(),
        site: settings.site_name.clone(),
        kept: is_kept(snapshot, &presented),
        ways: ways.collect(),
        place,
        presented,
    }
}

/// Whether a number that is shown in emergencies is kept for calls back: the configuration says so, or no dialplan is ever
/// entered by it.
pub(crate) fn is_kept(snapshot: &Snapshot, e164: &str) -> bool {
    let mut rows = snapshot.flows.values().flat_map(|flow| flow.numbers.iter());
    snapshot.emergency.callback_number.as_deref() == Some(e164)
        || !(snapshot.numbers.contains_key(e164) || rows.any(|row| covers(&row.pattern, e164)))
}

/// A number of a dialplan, or a range of them that ends in `*`.
fn covers(pattern: &str, e164: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => e164.starts_with(prefix),
        None => pattern == e164,
    }
}
