//! `[media]`: addresses, ports and codecs of sound.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use call::snapshot::Listener;
use ivr::parse::table::{Report, Table};
use media::Codec;

use super::value;

/// Where sound is sent and received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    /// Where RTP ports are bound.
    pub(crate) address: IpAddr,
    /// What SDP says.
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
    listeners: Option<&[Listener]>,
    report: &mut Report<'_>,
) -> Option<Media> {
    let first = listeners.and_then(<[Listener]>::first);
    let mut media = Media {
        address: first.map_or(IpAddr::from([127, 0, 0, 1]), |l| l.local.ip()),
        advertised: first.map_or(IpAddr::from([127, 0, 0, 1]), |l| l.advertised.ip()),
        ports: PORTS,
        codecs: CODECS.to_vec(),
        loopback: false,
        workers: None,
    };
    let Some(mut table) = root.table("media", report) else {
        return Some(media);
    };
    if let Some(word) = table.word("address", report)
        && let Some(address) = value::address(&word, "`address`", report)
    {
        media.address = address;
        if !address.is_unspecified() {
            media.advertised = address;
        }
    }
    if let Some(word) = table.word("advertised", report)
        && let Some(address) = value::address(&word, "`advertised`", report)
    {
        media.advertised = address;
    }
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

fn ports(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-')?;
    let (first, last): (u16, u16) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let enough = last.checked_sub(first)? >= FEWEST - 1;
    (first >= 1_024 && enough).then_some(first..=last)
}
