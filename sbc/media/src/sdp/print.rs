//! The printer (RFC 8866 section 9): lines in the order of the grammar, each ended by CRLF.

use super::{Address, Attribute, Media, Origin, SessionDescription};
use std::fmt::{Display, Formatter, Result};

impl Display for SessionDescription {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(
            f,
            "v=0\r\n{}s={}\r\n",
            self.origin,
            if self.name.is_empty() {
                "-"
            } else {
                &self.name
            }
        )?;
        if let Some(address) = &self.connection {
            write!(f, "c={address}\r\n")?;
        }
        f.write_str("t=0 0\r\n")?;
        self.attributes.iter().try_for_each(|a| a.fmt(f))?;
        self.media.iter().try_for_each(|m| m.fmt(f))
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Origin {
            username,
            session_id,
            version,
            address,
        } = self;
        write!(f, "o={username} {session_id} {version} {address}\r\n")
    }
}

/// With the words before it: `IN IP4 192.0.2.1`.
impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Address::Ip(ip) => write!(f, "IN {} {ip}", if ip.is_ipv6() { "IP6" } else { "IP4" }),
            // A name says nothing about the family; IP4 is what readers expect there.
            Address::Name(name) => write!(f, "IN IP4 {name}"),
        }
    }
}

impl Display for Media {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.protocol)?;
        self.formats
            .iter()
            .try_for_each(|format| write!(f, " {format}"))?;
        f.write_str("\r\n")?;
        if let Some(address) = &self.connection {
            write!(f, "c={address}\r\n")?;
        }
        self.attributes.iter().try_for_each(|a| a.fmt(f))
    }
}

impl Display for Attribute {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.value {
            Some(value) => write!(f, "a={}:{value}\r\n", self.name),
            None => write!(f, "a={}\r\n", self.name),
        }
    }
}
