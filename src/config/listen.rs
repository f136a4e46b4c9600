//! `[listen]`: where SIP is heard, and what others are told.

use std::net::{IpAddr, SocketAddr};

use call::snapshot::Listener;
use ivr::parse::table::{Report, Table};
use sip::Transport;

use super::advertised::Advertised;
use super::value;

/// Listeners that one program may have.
const MOST: usize = 16;

pub(super) fn read(root: &mut Table<'_>, report: &mut Report<'_>) -> Option<Vec<Listener>> {
    let Some(mut table) = root.table("listen", report) else {
        root.missing(
            "listen",
            "write [listen] with udp = [\"192.0.2.10:5060\"], the address of this machine",
            report,
        );
        return None;
    };
    let (advertised, places) = Advertised::read(&mut table, report);
    let mut listeners = Vec::new();
    for (key, transport) in [("udp", Transport::Udp), ("tcp", Transport::Tcp)] {
        for word in table.words(key, report) {
            let Some(local) = value::socket(&word, "a listener", report) else {
                continue;
            };
            let told = advertised.at(local.ip());
            if local.ip().is_unspecified() && told.is_none() {
                report.error(
                    word.span,
                    format!("{} is no address that a phone could answer to", local.ip()),
                    Some(
                        "write the machine's own address, or add advertised = \"192.0.2.10\""
                            .to_owned(),
                    ),
                );
                continue;
            }
            listeners.push(listener(transport, local, told));
        }
    }
    if listeners.is_empty() && report.found.is_empty() {
        table.missing(
            "udp",
            "write udp = [\"192.0.2.10:5060\"], the address of this machine",
            report,
        );
    }
    if listeners.len() > MOST {
        let message = format!("at most {MOST} listeners");
        report.error(table.span.clone(), message, None);
    }
    places.check(&listeners, report);
    table.finish(report);
    Some(listeners)
}

/// A listener that tells its own address, or the advertised one. Sound is told to be at the same address; `[media]` may know better.
pub(crate) fn listener(
    transport: Transport,
    local: SocketAddr,
    advertised: Option<IpAddr>,
) -> Listener {
    let told = advertised.unwrap_or(local.ip());
    Listener {
        transport,
        local,
        advertised: SocketAddr::new(told, local.port()),
        media: told,
    }
}
