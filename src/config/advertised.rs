//! `advertised`: what others are told instead of the address that we are bound to (SBC-9). One address for all, or one for each
//! address that we listen at: a machine with a foot in the town's network and one behind the operator's NAT tells each side its own.

use std::net::IpAddr;

use call::snapshot::Listener;
use ivr::parse::table::{Report, Table, word};
use toml::de::DeValue;

use super::value;

/// What is told, by the address of the listener.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Advertised {
    /// Where nothing else is said.
    everywhere: Option<IpAddr>,
    /// Bound address, then the one that is told there.
    each: Vec<(IpAddr, IpAddr)>,
}

impl Advertised {
    /// Reads the key of a section; nothing when it is not there.
    pub(super) fn read(table: &mut Table<'_>, report: &mut Report<'_>) -> (Advertised, Places) {
        let Some(value) = table.value("advertised") else {
            return Default::default();
        };
        let mut read = Advertised::default();
        let mut places = Places::default();
        if !matches!(value.get_ref(), DeValue::Table(_)) {
            read.everywhere = word(value, "advertised", report)
                .and_then(|word| value::address(&word, "`advertised`", report));
            return (read, places);
        }
        let Some(inner) = Table::of(value, "`advertised`", report) else {
            return (read, places);
        };
        for (key, told) in inner.entries() {
            let bound = value::address(&key, "a key of `advertised`", report);
            let told = word(told, key.text, report)
                .and_then(|word| value::address(&word, "what is advertised", report));
            if let (Some(bound), Some(told)) = (bound, told) {
                read.each.push((bound, told));
                places.0.push((bound, key.span));
            }
        }
        (read, places)
    }

    /// What is told to those who reach us at `bound`; an address of the other family is none for them.
    pub(super) fn at(&self, bound: IpAddr) -> Option<IpAddr> {
        let own = self.each.iter().find(|(address, _)| *address == bound);
        own.map(|(_, told)| *told)
            .or(self.everywhere)
            .filter(|told| told.is_ipv4() == bound.is_ipv4())
    }

    /// What is told everywhere.
    pub(super) fn everywhere(&self) -> Option<IpAddr> {
        self.everywhere
    }
}

/// Where the keys stand, for the errors.
#[derive(Default)]
pub(super) struct Places(Vec<(IpAddr, std::ops::Range<usize>)>);

impl Places {
    /// Tells the addresses at which nothing listens.
    pub(super) fn check(self, listeners: &[Listener], report: &mut Report<'_>) {
        for (address, span) in self.0 {
            if listeners.iter().any(|l| l.local.ip() == address) {
                continue;
            }
            let known: Vec<String> = listeners.iter().map(|l| l.local.ip().to_string()).collect();
            let expected = known
                .first()
                .map(|first| format!("write for example \"{first}\""));
            report.error(span, format!("no listener is at {address}"), expected);
        }
    }
}
