//! The host of a URI or of sent-by (RFC 3261 section 25.1), with the tolerance of RFC 5118 section 4.10 for a third colon.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::grammar::text;

/// A host. Names keep their spelling and compare without regard to case.
#[derive(Clone, Debug, Eq)]
pub enum Host {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address; printed with brackets.
    V6(Ipv6Addr),
    /// A host name; empty for a URI without a host (`tel:`).
    Name(Box<str>),
}

impl Host {
    /// Reads `192.0.2.1`, `[2001:db8::1]` or a name.
    pub fn parse(host: &str) -> Option<Host> {
        if let Some(inside) = host.strip_prefix('[') {
            return version6(inside.strip_suffix(']')?).map(Host::V6);
        }
        if !is_name(host.as_bytes()) {
            return None;
        }
        if looks_numeric(host.as_bytes()) {
            return host.parse().ok().map(Host::V4);
        }
        Some(Host::Name(host.into()))
    }

    /// The address, for a host that is one; an IPv4-mapped one as IPv4, so that access lists see one address.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Host::V4(ip) => Some(IpAddr::V4(*ip)),
            Host::V6(ip) => Some(IpAddr::V6(*ip).to_canonical()),
            Host::Name(_) => None,
        }
    }

    /// Whether there is no host at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Host::Name(name) if name.is_empty())
    }
}

fn version6(inside: &str) -> Option<Ipv6Addr> {
    // RFC 5118 section 4.10: an error in RFC 3261's grammar made peers write three colons.
    inside.parse().ok().or_else(|| {
        inside
            .contains(":::")
            .then(|| inside.replacen(":::", "::", 1).parse().ok())
            .flatten()
    })
}

fn is_name(host: &[u8]) -> bool {
    // The underscore is no host name character, but Windows and container names have it.
    !host.is_empty()
        && host.first() != Some(&b'.')
        && host
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

fn looks_numeric(host: &[u8]) -> bool {
    host.iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Whether `Ipv4Addr` reads it, without its detours: this runs for every address of every message.
fn is_dotted_quad(host: &[u8]) -> bool {
    let octet = |part: &[u8]| {
        matches!(
            part,
            [b'0'..=b'9']
                | [b'1'..=b'9', b'0'..=b'9']
                | [b'1', b'0'..=b'9', b'0'..=b'9']
                | [b'2', b'0'..=b'4', b'0'..=b'9']
                | [b'2', b'5', b'0'..=b'5']
        )
    };
    let mut parts = host.split(|&byte| byte == b'.');
    parts.by_ref().take(4).filter(|part| octet(part)).count() == 4 && parts.next().is_none()
}

/// Whether the bytes are a host as `Host::parse` reads it, without allocating.
pub(crate) fn is_host(host: &[u8]) -> bool {
    if let [b'[', inside @ .., b']'] = host {
        return version6(text(inside)).is_some();
    }
    if looks_numeric(host) {
        is_dotted_quad(host)
    } else {
        is_name(host)
    }
}

impl Default for Host {
    fn default() -> Host {
        Host::Name("".into())
    }
}

impl From<IpAddr> for Host {
    fn from(ip: IpAddr) -> Host {
        match ip {
            IpAddr::V4(ip) => Host::V4(ip),
            IpAddr::V6(ip) => Host::V6(ip),
        }
    }
}

impl PartialEq for Host {
    fn eq(&self, other: &Host) -> bool {
        match (self, other) {
            (Host::V4(a), Host::V4(b)) => a == b,
            (Host::V6(a), Host::V6(b)) => a == b,
            (Host::Name(a), Host::Name(b)) => a.eq_ignore_ascii_case(b),
            _ => false,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::V4(ip) => ip.fmt(f),
            Host::V6(ip) => write!(f, "[{ip}]"),
            Host::Name(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_colons_are_read_and_printed_as_two() {
        assert_eq!(
            Host::parse("[2001:db8:::192.0.2.1]").unwrap().to_string(),
            "[2001:db8::c000:201]"
        );
        assert_eq!(
            Host::parse("[::ffff:192.0.2.1]").unwrap().ip(),
            Some("192.0.2.1".parse().unwrap())
        );
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for bad in [
            "",
            "[::1",
            "::1]",
            "[]",
            "[g::]",
            "1.2.3.256",
            "1.2",
            "a b",
            "a@b",
            "ho\"st",
            ".a",
            "[::1]x",
            "é",
        ] {
            assert_eq!(Host::parse(bad), None, "{bad}");
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
        for text in [
            "0.0.0.0",
            "255.255.255.255",
            "1.2.3.04",
            "1.2.3.4.5",
            "1.2.3.",
            "1..3.4",
            "249.250.99.10",
            "300.1.1.1",
            "1234.1.1.1",
        ] {
            assert_eq!(
                is_host(text.as_bytes()),
                text.parse::<Ipv4Addr>().is_ok(),
                "{text}"
            );
        }
        assert_eq!(Host::parse("Pc-1_a.Example"), Host::parse("pc-1_a.example"));
        assert!(is_host(b"Pc-1_a.Example") && is_host(b"[2001:db8::10:5070]"));
    }
}
