//! `[media]`: addresses, ports and codecs of sound.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use call::snapshot::Listener;
use ivr::parse::table::{Report, Table};
use media::Codec;

use super::advertised::Advertised;
use super::value;

/// Where sound is sent and received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    /// Where RTP ports are bound.
    pub(crate) address: IpAddr,
    /// What SDP says to whoever reaches us at no listener: a web page.
    pub(crate) advertised: IpAddr,
    /// RTP ports.
    pub(crate) ports: RangeInclusive<u16>,
    /// In order of preference.
    pub(crate) codecs: Vec<Codec>,
    /// A signalled address of this host counts as loopback (demo, SBC-9).
    pub(crate) loopback: bool,
    /// Media threads; none means one less than there are cores.
    pub(crate) workers: Option<usize>,
}

/// The ports when none are said.
pub(crate) const PORTS: RangeInclusive<u16> = 20_000..=31_999;

/// The codecs when none are said: wide band first, then Europe's law.
pub(crate) const CODECS: [Codec; 3] = [Codec::G722, Codec::Pcma, Codec::Pcmu];

/// Fewest ports: one call of two parties, with RTCP.
const FEWEST: u16 = 4;

pub(super) fn read(
    root: &mut Table<'_>,
    listeners: Option<&mut [Listener]>,
    report: &mut Report<'_>,
) -> Option<Media> {
    let listeners = listeners.unwrap_or_default();
    let mut media = Media {
        address: heard_at(listeners),
        advertised: IpAddr::from(Ipv4Addr::LOCALHOST),
        ports: PORTS,
        codecs: CODECS.to_vec(),
        loopback: false,
        workers: None,
    };
    let Some(mut table) = root.table("media", report) else {
        tell(&mut media, listeners, None, &Advertised::default());
        return Some(media);
    };
    let said = table
        .word("address", report)
        .and_then(|word| value::address(&word, "`address`", report));
    media.address = said.unwrap_or(media.address);
    let (advertised, places) = Advertised::read(&mut table, report);
    places.check(listeners, report);
    tell(&mut media, listeners, said, &advertised);
    if let Some(word) = table.word("ports", report) {
        match ports(word.text) {
            Some(range) => media.ports = range,
            None => report.error(
                word.span,
                "`ports` is a range of at least 4 ports above 1023",
                Some("write for example \"20000-31999\"".to_owned()),
            ),
        }
    }
    media.codecs = value::codecs(&mut table, &CODECS, report);
    media.loopback = table.flag("loopback", report).unwrap_or(false);
    media.workers = table
        .number("workers", 1, 64, report)
        .and_then(|count| usize::try_from(count).ok());
    table.finish(report);
    Some(media)
}

/// Where sound is received when nothing is said: where signalling is; at every address of that family when it is at several.
fn heard_at(listeners: &[Listener]) -> IpAddr {
    let Some(first) = listeners.first().map(|listener| listener.local.ip()) else {
        return Ipv4Addr::LOCALHOST.into();
    };
    let alike = |listener: &&Listener| listener.local.is_ipv4() == first.is_ipv4();
    if listeners
        .iter()
        .filter(alike)
        .all(|l| l.local.ip() == first)
    {
        first
    } else if first.is_ipv4() {
        Ipv4Addr::UNSPECIFIED.into()
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    }
}

/// What SDP says at each listener: what is advertised for it, else the address that sound was given, else the listener's own.
fn tell(
    media: &mut Media,
    listeners: &mut [Listener],
    said: Option<IpAddr>,
    advertised: &Advertised,
) {
    let said = said.filter(|address| !address.is_unspecified());
    let family = media.address.is_ipv4();
    for listener in listeners.iter_mut() {
        let told = advertised.at(listener.local.ip()).or(said);
        listener.media = told.unwrap_or(listener.media);
    }
    let first = listeners.iter().find(|l| l.media.is_ipv4() == family);
    let first = first.map_or(media.address, |listener| listener.media);
    media.advertised = advertised.everywhere().or(said).unwrap_or(first);
    // Sound has one family: who signals by the other one is told what the others are.
    for listener in listeners {
        if listener.media.is_ipv4() != family {
            listener.media = media.advertised;
        }
    }
}

fn ports(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-')?;
    let (first, last): (u16, u16) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let enough = last.checked_sub(first)? >= FEWEST - 1;
    (first >= 1_024 && enough).then_some(first..=last)
}
