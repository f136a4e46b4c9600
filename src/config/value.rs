//! Values that several sections have: addresses, ranges, paths, words out of a closed list.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use call::snapshot::AddressRange;
use ivr::parse::table::{Report, Table, Word};
use media::Codec;

/// Reads an address with its port.
pub(super) fn socket(word: &Word<'_>, what: &str, report: &mut Report<'_>) -> Option<SocketAddr> {
    let address = word.text.parse().ok();
    if address.is_none() {
        let name = is_name(word.text);
        let why = if name {
            ", and no name: names are not looked up yet"
        } else {
            ""
        };
        let instead = match name {
            true => {
                "ask your operator for the address, or see `getent hosts NAME`; write for example \"192.0.2.10:5060\""
            }
            false => "write for example \"192.0.2.10:5060\" or \"[2001:db8::10]:5060\"",
        };
        let message = format!("{what} is an address and a port{why}");
        report.error(word.span.clone(), message, Some(instead.to_owned()));
    }
    address
}

/// Whether it is the name of a host, with or without a port.
fn is_name(text: &str) -> bool {
    let host = text.rsplit_once(':').map_or(text, |(host, _)| host);
    host.contains(|letter: char| letter.is_ascii_alphabetic()) && !host.contains(':')
}

/// Reads an address without a port.
pub(super) fn address(word: &Word<'_>, what: &str, report: &mut Report<'_>) -> Option<IpAddr> {
    let address = word.text.parse().ok();
    if address.is_none() {
        report.error(
            word.span.clone(),
            format!("{what} is an address without a port"),
            Some("write for example \"192.0.2.10\"".to_owned()),
        );
    }
    address
}

/// Reads one address, `first-last`, or a network in CIDR form.
pub(super) fn range(word: &Word<'_>, report: &mut Report<'_>) -> Option<AddressRange> {
    let range = parse_range(word.text);
    if range.is_none() {
        report.error(
            word.span.clone(),
            "a source is an address, a range or a network",
            Some("write \"192.0.2.10\", \"192.0.2.10-192.0.2.19\" or \"192.0.2.0/24\"".to_owned()),
        );
    }
    range
}

fn parse_range(text: &str) -> Option<AddressRange> {
    if let Some((address, bits)) = text.split_once('/') {
        return network(address.trim().parse().ok()?, bits.trim().parse().ok()?);
    }
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (first.trim().parse().ok()?, last.trim().parse().ok()?),
        None => {
            let only: IpAddr = text.trim().parse().ok()?;
            (only, only)
        }
    };
    let range = AddressRange { first, last };
    (range.contains(first) && range.contains(last)).then_some(range)
}

fn network(address: IpAddr, bits: u32) -> Option<AddressRange> {
    match address {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(bits).unwrap_or(0);
            let first = u32::from(address) & !host;
            (bits <= 32).then(|| AddressRange {
                first: Ipv4Addr::from(first).into(),
                last: Ipv4Addr::from(first | host).into(),
            })
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(bits).unwrap_or(0);
            let first = u128::from(address) & !host;
            (bits <= 128).then(|| AddressRange {
                first: Ipv6Addr::from(first).into(),
                last: Ipv6Addr::from(first | host).into(),
            })
        }
    }
}

/// Reads a word out of a closed list.
pub(super) fn choice<T: Copy>(
    word: &Word<'_>,
    what: &str,
    choices: &[(&str, T)],
    report: &mut Report<'_>,
) -> Option<T> {
    let found = choices.iter().find(|(name, _)| *name == word.text);
    if found.is_none() {
        report.unknown(word, what, choices.iter().map(|(name, _)| *name));
    }
    found.map(|(_, value)| *value)
}

/// The codecs of a section, in order of preference; `default` when the key is absent.
pub(super) fn codecs(
    table: &mut Table<'_>,
    default: &[Codec],
    report: &mut Report<'_>,
) -> Vec<Codec> {
    const NAMES: [(&str, Codec); 3] = [
        ("g722", Codec::G722),
        ("pcma", Codec::Pcma),
        ("pcmu", Codec::Pcmu),
    ];
    let words = table.some_words("codecs", "\"g722\", \"pcma\"", report);
    if words.is_empty() {
        return default.to_vec();
    }
    let mut codecs = Vec::new();
    for word in &words {
        if let Some(codec) = choice(word, "codec", &NAMES, report)
            && !codecs.contains(&codec)
        {
            codecs.push(codec);
        }
    }
    codecs
}

/// A path, relative to the configuration's directory.
pub(super) fn path(
    table: &mut Table<'_>,
    key: &'static str,
    here: &Path,
    report: &mut Report<'_>,
) -> Option<PathBuf> {
    table.word(key, report).map(|word| here.join(word.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_three_forms() {
        let range =
            |text: &str| parse_range(text).map(|r| (r.first.to_string(), r.last.to_string()));
        let is = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        assert_eq!(range("192.0.2.7"), is("192.0.2.7", "192.0.2.7"));
        assert_eq!(range("127.0.0.2-127.0.0.9"), is("127.0.0.2", "127.0.0.9"));
        assert_eq!(range("192.0.2.7/24"), is("192.0.2.0", "192.0.2.255"));
        assert_eq!(range("0.0.0.0/0"), is("0.0.0.0", "255.255.255.255"));
        assert_eq!(range("192.0.2.7/32"), is("192.0.2.7", "192.0.2.7"));
        assert_eq!(
            range("2001:db8::7/64"),
            is("2001:db8::", "2001:db8::ffff:ffff:ffff:ffff")
        );
        for wrong in [
            "",
            "town",
            "192.0.2.9-192.0.2.1",
            "192.0.2.0/33",
            "192.0.2.1-::1",
        ] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }
}
