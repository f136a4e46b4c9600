//! Via (RFC 3261 section 20.42, rport of RFC 3581, tolerance of RFC 5118 section 4.5).

use std::net::{IpAddr, SocketAddr};

use crate::grammar::{Cursor, is_lws, port, take_while, text};
use crate::headers::{HeaderError, Params};
use crate::transport::Transport;
use crate::uri::Host;
use crate::uri::host;
use crate::value::Value;

/// The magic cookie in front of an RFC 3261 branch (section 8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

/// One Via value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport name as spelled: `UDP`, `TCP`, `SCTP`, anything.
    pub transport: &'a str,
    /// The host of sent-by as spelled, an IPv6 address with its brackets.
    pub host: &'a str,
    /// The port of sent-by.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
    /// `SIP/2.0/UDP host:port`, as spelled.
    pub(crate) front: &'a [u8],
    /// The value of that parameter, found once.
    pub(crate) branch: Option<&'a str>,
}

impl<'a> Via<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<Via<'a>, HeaderError> {
        let (via, rest) = Via::front(value)?;
        let (params, branch) = Params::parse_for(rest, "branch")?;
        Ok(Via {
            params,
            branch,
            ..via
        })
    }

    /// Reads protocol and sent-by, and keeps parameters that cannot be checked: for the answer to a malformed request.
    pub(crate) fn salvage(value: &'a [u8]) -> Option<Via<'a>> {
        let (via, rest) = Via::front(value).ok()?;
        let params = Params::salvage(rest);
        Some(Via {
            branch: params.get("branch"),
            params,
            ..via
        })
    }

    fn front(value: &'a [u8]) -> Result<(Via<'a>, &'a [u8]), HeaderError> {
        let bad = HeaderError("Via without protocol, version and transport");
        let mut cursor = Cursor::new(value);
        let start = cursor.rest;
        let name = cursor.token().ok_or(bad)?;
        let _version = cursor
            .eat(b'/')
            .then(|| cursor.token())
            .flatten()
            .ok_or(bad)?;
        let transport = cursor
            .eat(b'/')
            .then(|| cursor.token())
            .flatten()
            .ok_or(bad)?;
        if !name.eq_ignore_ascii_case("SIP")
            || !cursor.rest.first().is_some_and(|&byte| is_lws(byte))
        {
            return Err(bad);
        }
        cursor.skip_lws();
        let host = if cursor.rest.first() == Some(&b'[') {
            let (inside, _) = take_while(cursor.rest, |byte| byte != b']');
            let (host, rest) = cursor
                .rest
                .split_at_checked(inside.len().saturating_add(1))
                .ok_or(HeaderError("Via with an open bracket"))?;
            cursor.rest = rest;
            host
        } else {
            let (host, rest) = take_while(cursor.rest, |byte| {
                !is_lws(byte) && byte != b':' && byte != b';'
            });
            cursor.rest = rest;
            host
        };
        if !host::is_host(host) {
            return Err(HeaderError("Via without a host"));
        }
        let mut end = cursor.rest;
        let mut number = None;
        if cursor.eat(b':') {
            let (digits, rest) = take_while(cursor.rest, |byte| byte.is_ascii_digit());
            number = Some(port(digits).ok_or(HeaderError("Via with a bad port"))?);
            cursor.rest = rest;
            end = rest;
        }
        let front = start
            .get(..start.len().saturating_sub(end.len()))
            .unwrap_or_default();
        Ok((
            Via {
                transport,
                host: text(host),
                port: number,
                params: Params::default(),
                front,
                branch: None,
            },
            cursor.rest,
        ))
    }

    /// The branch, which identifies the transaction.
    pub fn branch(&self) -> Option<&'a str> {
        self.branch
    }

    /// The transport, when it is one we speak.
    pub fn known_transport(&self) -> Option<Transport> {
        Transport::from_name(self.transport)
    }

    /// The host of sent-by, read.
    pub fn sent_by(&self) -> Host {
        Host::parse(self.host).unwrap_or_default()
    }

    /// The address in `received`, with or without brackets; an IPv4-mapped one as IPv4.
    pub fn received(&self) -> Option<IpAddr> {
        let value = self.params.get("received")?;
        let bare = value
            .strip_prefix('[')
            .and_then(|value| value.strip_suffix(']'))
            .unwrap_or(value);
        bare.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
    }

    /// `rport`: `None` when absent, `Some(None)` when asked for, `Some(Some(port))` when filled in.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(|value| port(value.as_bytes()))
    }

    /// Prints this value as the topmost one of a response: with the source it came from (RFC 3581, also unasked).
    pub(crate) fn write_answered(&self, out: &mut Vec<u8>, source: SocketAddr) {
        out.extend_from_slice(self.front);
        for param in self.params.iter() {
            if param.name.eq_ignore_ascii_case("received")
                || param.name.eq_ignore_ascii_case("rport")
            {
                continue;
            }
            out.push(b';');
            out.extend_from_slice(param.name.as_bytes());
            if let Some(value) = param.value {
                out.push(b'=');
                let quote: &[u8] = if param.quoted { b"\"" } else { b"" };
                out.extend_from_slice(quote);
                out.extend_from_slice(value.as_bytes());
                out.extend_from_slice(quote);
            }
        }
        let ip = source.ip().to_canonical();
        (";received=", ip, ";rport=", source.port()).put(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_and_spaced() {
        let via =
            Via::parse(b" SIP  / 2.0\r\n /UDP\r\n    192.0.2.2 : 5080 ;branch=390skdjuw ;rport")
                .unwrap();
        assert_eq!(
            (via.transport, via.host, via.port),
            ("UDP", "192.0.2.2", Some(5080))
        );
        assert_eq!((via.branch(), via.rport()), (Some("390skdjuw"), Some(None)));
    }

    #[test]
    fn addresses_of_version_6_with_and_without_brackets() {
        let via = Via::parse(
            b"SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111",
        )
        .unwrap();
        assert_eq!(via.received(), Some("2001:db8::9:255".parse().unwrap()));
        assert_eq!(via.sent_by(), Host::V6("2001:db8::9:1".parse().unwrap()));
        let via = Via::parse(b"SIP/2.0/UDP [::ffff:192.0.2.10]:19823;received=::ffff:192.0.2.10")
            .unwrap();
        assert_eq!(
            (via.port, via.received()),
            (Some(19823), Some("192.0.2.10".parse().unwrap()))
        );
    }

    #[test]
    fn malformed_values_are_refused() {
        for bad in [
            "",
            "SIP/2.0 host",
            "SIP/2.0/UDP",
            "SIP/2.0/UDP ",
            "HTTP/1.1/TCP host",
            "SIP/2.0/UDPhost",
            "SIP/2.0/UDP host:0",
            "SIP/2.0/UDP host:99999",
            "SIP/2.0/UDP host;;",
            "SIP/2.0/UDP [2001:db8::1",
            "SIP/2.0/UDP 2001:db8::1",
            "SIP/2.0/UDP host x",
            "SIP/2.0/UDP a<b",
        ] {
            assert!(Via::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert_eq!(
            Via::salvage(b"SIP/2.0/UDP 192.0.2.15;;branch=x").and_then(|via| via.branch()),
            Some("x")
        );
    }

    #[test]
    fn the_source_replaces_what_the_peer_claims() {
        let via = Via::parse(b"SIP/2.0/UDP a;rport;branch=z9hG4bK1;received=1.2.3.4").unwrap();
        let mut out = Vec::new();
        via.write_answered(&mut out, "[2001:db8::1]:5062".parse().unwrap());
        assert_eq!(
            text(&out),
            "SIP/2.0/UDP a;branch=z9hG4bK1;received=2001:db8::1;rport=5062"
        );
    }
}
