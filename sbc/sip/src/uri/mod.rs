//! SIP, SIPS and tel URIs (RFC 3261 section 19.1, RFC 3966); any other scheme is kept as text.

pub mod host;

mod compare;
mod escape;
mod parts;

use std::fmt;
use std::net::SocketAddr;

pub use host::Host;
pub(crate) use parts::Parts;

use crate::grammar::{take_while, text};
use crate::limits::MAX_PARAMS;
use escape::{unescape, write_escaped};

/// Why a URI cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// No scheme, nothing behind it, or a character no URI has.
    #[error("not a URI")]
    Scheme,
    /// An empty user, a broken escape or one that is not UTF-8, or a telephone number that is none.
    #[error("bad user part")]
    User,
    /// No host, or an address that is none.
    #[error("bad host")]
    Host,
    /// A port that is not 1 to 65535.
    #[error("bad port")]
    Port,
    /// An empty parameter or a broken escape.
    #[error("bad parameter")]
    Param,
    /// Something behind the parameters that is not `?headers`.
    #[error("something behind the address")]
    Trailing,
}

/// The scheme, compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other, in lower case.
    Other(Box<str>),
}

impl Scheme {
    /// The scheme without its colon.
    pub fn as_str(&self) -> &str {
        match self {
            Scheme::Sip => "sip",
            Scheme::Sips => "sips",
            Scheme::Tel => "tel",
            Scheme::Other(name) => name,
        }
    }
}

/// A parameter or an embedded header of a URI, unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriParam {
    /// The name as spelled.
    pub name: String,
    /// The value; `None` for a flag.
    pub value: Option<String>,
}

/// A URI with its escapes resolved exactly once. `==` compares the pieces; RFC 3261's equality is `equivalent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// The scheme.
    pub scheme: Scheme,
    /// The user; for `tel:` the number as spelled.
    pub user: Option<String>,
    /// The password, which RFC 3261 advises against.
    pub password: Option<String>,
    /// The host; empty for `tel:` and unknown schemes.
    pub host: Host,
    /// The port; omitted is not the same as 5060.
    pub port: Option<u16>,
    /// `;name=value`
    pub params: Vec<UriParam>,
    /// `?name=value&…`: never honoured, only carried.
    pub headers: Vec<UriParam>,
    /// What stands behind the colon of an unknown scheme, as spelled.
    pub opaque: String,
}

impl Uri {
    /// Reads a URI.
    pub fn parse(uri: &str) -> Result<Uri, UriError> {
        let parts = Parts::split(uri.as_bytes())?;
        let scheme = match parts.scheme.to_ascii_lowercase() {
            name if name == "sip" => Scheme::Sip,
            name if name == "sips" => Scheme::Sips,
            name if name == "tel" => Scheme::Tel,
            name => Scheme::Other(name.into()),
        };
        let plain = |bytes: Option<&[u8]>| {
            bytes
                .map(|bytes| unescape(bytes).ok_or(UriError::User))
                .transpose()
        };
        Ok(Uri {
            scheme,
            user: plain(parts.user)?,
            password: plain(parts.password)?,
            host: Host::parse(text(parts.host)).unwrap_or_default(),
            port: parts.port,
            params: distinct(pairs(parts.params, b';')?)?,
            headers: pairs(parts.headers.unwrap_or_default(), b'&')?,
            opaque: text(parts.opaque).to_owned(),
        })
    }

    /// `sip:user@host`.
    pub fn sip(user: Option<&str>, host: Host) -> Uri {
        Uri {
            scheme: Scheme::Sip,
            user: user.map(str::to_owned),
            password: None,
            host,
            port: None,
            params: Vec::new(),
            headers: Vec::new(),
            opaque: String::new(),
        }
    }

    /// The value of a parameter; empty for a flag.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))
            .map(|param| param.value.as_deref().unwrap_or(""))
    }

    /// Sets a parameter, or a flag when there is no value. A name that is no token is not set.
    pub fn set_param(&mut self, name: &str, value: Option<&str>) {
        self.remove_param(name);
        if crate::grammar::is_token(name.as_bytes()) {
            self.params.push(UriParam {
                name: name.to_owned(),
                value: value.map(str::to_owned),
            });
        }
    }

    /// Takes a parameter out.
    pub fn remove_param(&mut self, name: &str) {
        self.params
            .retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    /// Whether `lr` is there: a loose router (RFC 3261 section 16.12).
    pub fn is_loose(&self) -> bool {
        self.param("lr").is_some()
    }

    /// Whether the scheme demands secure transport.
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::Sips
    }
}

fn pairs(text: &[u8], separator: u8) -> Result<Vec<UriParam>, UriError> {
    let plain = |bytes: &[u8]| unescape(bytes).ok_or(UriError::Param);
    let mut pairs = Vec::new();
    for pair in text
        .split(|&byte| byte == separator)
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = take_while(pair, |byte| byte != b'=');
        if pairs.len() >= MAX_PARAMS {
            return Err(UriError::Param);
        }
        pairs.push(UriParam {
            name: plain(name)?,
            value: value.get(1..).map(plain).transpose()?,
        });
    }
    Ok(pairs)
}

/// Refuses a name that stands twice (RFC 3261 section 19.1.1).
fn distinct(params: Vec<UriParam>) -> Result<Vec<UriParam>, UriError> {
    let mut rest = params.as_slice();
    while let [first, behind @ ..] = rest {
        if behind
            .iter()
            .any(|other| other.name.eq_ignore_ascii_case(&first.name))
        {
            return Err(UriError::Param);
        }
        rest = behind;
    }
    Ok(params)
}

/// The user of a sip:, sips: or tel: URI, unescaped, when the URI can be read: what most of its readers want, without the rest.
pub fn user_of(uri: &str) -> Option<String> {
    unescape(Parts::split(uri.as_bytes()).ok()?.user?)
}

/// Where a sip: or sips: URI leads when its host is an address; port 5060 unless it says another.
pub fn address_of(uri: &str) -> Option<SocketAddr> {
    let parts = Parts::split(uri.as_bytes()).ok()?;
    let ip = Host::parse(text(parts.host))?.ip()?;
    Some(SocketAddr::new(ip, parts.port.unwrap_or(5060)))
}

/// A character that may stand in a URI at all: visible ASCII without quotes and angle brackets.
pub(crate) fn is_uri_byte(byte: u8) -> bool {
    (byte > b' ') & (byte < 0x7f) & (byte != b'<') & (byte != b'>') & (byte != b'"')
}

/// Whether every byte may stand in a URI. Without branches, because it runs over every URI of every message.
pub(crate) fn is_uri_text(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(true, |good, &byte| good & is_uri_byte(byte))
}

/// Whether a scheme, a colon and something stand in front.
pub(crate) fn has_scheme(uri: &[u8]) -> bool {
    let (scheme, rest) = take_while(uri, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
    });
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && rest.first() == Some(&b':')
        && rest.len() > 1
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme.as_str(), self.opaque)?;
        if let Some(user) = &self.user {
            write_escaped(
                f,
                user,
                if self.scheme == Scheme::Tel {
                    "+#"
                } else {
                    "&=+$,;?/"
                },
            )?;
            if let Some(password) = &self.password {
                f.write_str(":")?;
                write_escaped(f, password, "&=+$,")?;
            }
            if self.scheme != Scheme::Tel {
                f.write_str("@")?;
            }
        }
        self.host.fmt(f)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        for param in &self.params {
            f.write_str(";")?;
            write_pair(f, param, "[]/:&+$")?;
        }
        for (nth, header) in self.headers.iter().enumerate() {
            f.write_str(if nth == 0 { "?" } else { "&" })?;
            write_pair(f, header, "[]/?:+$")?;
        }
        Ok(())
    }
}

fn write_pair(f: &mut fmt::Formatter<'_>, pair: &UriParam, also: &str) -> fmt::Result {
    write_escaped(f, &pair.name, also)?;
    if let Some(value) = &pair.value {
        f.write_str("=")?;
        write_escaped(f, value, also)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
