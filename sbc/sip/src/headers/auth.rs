//! Digest credentials and challenges (RFC 7616 sections 3.3 and 3.4 as RFC 8760 uses them in SIP).
//!
//! Texts are the insides of quoted strings with their escapes as they came, because that is what gets hashed.

use crate::grammar::{Cursor, element, quoted, take_while, trim};
use crate::headers::HeaderError;
use smallvec::SmallVec;

/// Credentials of an Authorization or Proxy-Authorization header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// The user name.
    pub username: &'a str,
    /// The realm.
    pub realm: &'a str,
    /// Our nonce, or what claims to be it.
    pub nonce: &'a str,
    /// The digest-uri the peer hashed.
    pub uri: &'a str,
    /// The response: hexadecimal digits.
    pub response: &'a str,
    /// `algorithm`, as spelled; MD5 when absent.
    pub algorithm: Option<&'a str>,
    /// `cnonce`.
    pub cnonce: Option<&'a str>,
    /// `opaque`.
    pub opaque: Option<&'a str>,
    /// `qop`, as spelled.
    pub qop: Option<&'a str>,
    /// `nc`, as spelled: eight hexadecimal digits when well formed. `nonce_count` reads it.
    pub nc: Option<&'a str>,
    /// `userhash=true`: the user name is a hash.
    pub userhash: bool,
}

/// A challenge of a WWW-Authenticate or Proxy-Authenticate header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Challenge<'a> {
    /// The realm.
    pub realm: &'a str,
    /// The nonce.
    pub nonce: &'a str,
    /// `opaque`, to be repeated.
    pub opaque: Option<&'a str>,
    /// `stale=true`: the secret was right, the nonce is old.
    pub stale: bool,
    /// `algorithm`, as spelled; MD5 when absent.
    pub algorithm: Option<&'a str>,
    /// The list in `qop`, as spelled; `has_qop` looks into it.
    pub qop: Option<&'a str>,
    /// `userhash=true`.
    pub userhash: bool,
}

impl<'a> Credentials<'a> {
    /// Reads one header value. `Ok(None)` for another scheme than Digest.
    pub fn parse(value: &'a [u8]) -> Result<Option<Credentials<'a>>, HeaderError> {
        let Some(params) = AuthParams::digest(value)? else {
            return Ok(None);
        };
        let need = |name| {
            params
                .get(name)
                .ok_or(HeaderError("credentials that are incomplete"))
        };
        Ok(Some(Credentials {
            username: need("username")?,
            realm: need("realm")?,
            nonce: need("nonce")?,
            uri: need("uri")?,
            response: need("response")?,
            algorithm: params.get("algorithm"),
            cnonce: params.get("cnonce"),
            opaque: params.get("opaque"),
            qop: params.get("qop"),
            nc: params.get("nc"),
            userhash: params
                .get("userhash")
                .is_some_and(|flag| flag.eq_ignore_ascii_case("true")),
        }))
    }

    /// The nonce count, when it is eight hexadecimal digits.
    pub fn nonce_count(&self) -> Option<u32> {
        let digits = self
            .nc
            .filter(|nc| nc.len() == 8 && nc.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    }
}

impl<'a> Challenge<'a> {
    /// Reads one header value. `Ok(None)` for another scheme than Digest.
    pub fn parse(value: &'a [u8]) -> Result<Option<Challenge<'a>>, HeaderError> {
        let Some(params) = AuthParams::digest(value)? else {
            return Ok(None);
        };
        let need = |name| {
            params
                .get(name)
                .ok_or(HeaderError("challenge that is incomplete"))
        };
        let flag = |name| {
            params
                .get(name)
                .is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
        };
        Ok(Some(Challenge {
            realm: need("realm")?,
            nonce: need("nonce")?,
            opaque: params.get("opaque"),
            stale: flag("stale"),
            algorithm: params.get("algorithm"),
            qop: params.get("qop"),
            userhash: flag("userhash"),
        }))
    }

    /// Whether a quality of protection is offered: `auth`, `auth-int`.
    pub fn has_qop(&self, name: &str) -> bool {
        self.qop.is_some_and(|list| {
            list.split(',')
                .any(|one| one.trim().eq_ignore_ascii_case(name))
        })
    }
}

/// Parameters of one header: a challenge or proof has about ten.
const USUAL: usize = 12;
/// More are nobody's; looking for doubles is quadratic.
const MOST: usize = 32;

/// The comma list behind the scheme, read once and checked: no name stands twice.
struct AuthParams<'a> {
    list: SmallVec<[(&'a str, &'a str); USUAL]>,
}

impl<'a> AuthParams<'a> {
    fn digest(value: &'a [u8]) -> Result<Option<AuthParams<'a>>, HeaderError> {
        let mut cursor = Cursor::new(value);
        let scheme = cursor
            .token()
            .ok_or(HeaderError("no authentication scheme"))?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Ok(None);
        }
        let mut params = AuthParams {
            list: SmallVec::new(),
        };
        let mut rest = Some(trim(cursor.rest)).filter(|list| !list.is_empty());
        while let Some(list) = rest {
            let (first, behind) = element(list);
            rest = behind;
            let (name, value) = auth_param(first)?;
            if params.get(name).is_some() {
                return Err(HeaderError("authentication parameter that stands twice"));
            }
            if params.list.len() >= MOST {
                return Err(HeaderError("too many authentication parameters"));
            }
            params.list.push((name, value));
        }
        Ok(Some(params))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let mut all = self.list.iter();
        let found = all.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}

fn auth_param(text: &[u8]) -> Result<(&str, &str), HeaderError> {
    let bad = HeaderError("malformed authentication parameter");
    let mut cursor = Cursor::new(text);
    let name = cursor.token().ok_or(bad)?;
    if !cursor.eat(b'=') {
        return Err(bad);
    }
    let value = if let Some((b'"', behind)) = cursor.rest.split_first() {
        let (inner, rest) = quoted(behind).ok_or(bad)?;
        cursor.rest = rest;
        inner
    } else {
        // Wider than a token: some peers leave the quotes of a URI or of base64 away.
        let (value, rest) = take_while(cursor.rest, |byte| byte.is_ascii_graphic() && byte != b'"');
        cursor.rest = rest;
        value
    };
    if !cursor.is_done() {
        return Err(bad);
    }
    Ok((name, std::str::from_utf8(value).map_err(|_| bad)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Digest username=\"2101\", realm = \"demo.centrale\",nonce=\"n,\\\"1\", uri=\"sip:demo.centrale\",\r\n response=\"0a\", \
        algorithm=SHA-256, cnonce=\"\", qop=auth, nc=0000000A, opaque=\"\", userhash=false, Town=x";

    #[test]
    fn credentials_are_read_as_hashed() {
        let read = Credentials::parse(GOOD.as_bytes()).unwrap().unwrap();
        assert_eq!(
            (read.username, read.realm, read.nonce),
            ("2101", "demo.centrale", "n,\\\"1")
        );
        assert_eq!(
            (read.uri, read.response, read.algorithm),
            ("sip:demo.centrale", "0a", Some("SHA-256"))
        );
        assert_eq!(
            (read.cnonce, read.qop, read.nonce_count(), read.opaque),
            (Some(""), Some("auth"), Some(10), Some(""))
        );
        assert_eq!(
            Credentials::parse(b"NoOneKnowsThisScheme opaque-data=here"),
            Ok(None)
        );
        for nc in ["1", "+0000001", "000000010", "0000000g"] {
            let text = GOOD.replace("0000000A", nc);
            assert_eq!(
                Credentials::parse(text.as_bytes())
                    .unwrap()
                    .unwrap()
                    .nonce_count(),
                None,
                "{nc}"
            );
        }
    }

    #[test]
    fn doubled_missing_and_torn_parameters_are_refused() {
        for (from, to) in [
            ("Town=x", "REALM=\"other\""),
            ("Town=x", "x"),
            ("Town=x", ""),
            ("Town=x", "a=\"b"),
            ("Town=x", "a=\"b\" c"),
            ("response=\"0a\"", "a=b"),
            ("username=\"2101\",", ""),
        ] {
            assert!(
                Credentials::parse(GOOD.replace(from, to).as_bytes()).is_err(),
                "{to}"
            );
        }
        assert!(Credentials::parse(b"").is_err());
        let many = format!(
            "{GOOD}{}",
            (0..40).map(|n| format!(",p{n}=1")).collect::<String>()
        );
        assert!(Credentials::parse(many.as_bytes()).is_err());
    }

    #[test]
    fn challenges() {
        let text =
            b"Digest realm=\"r\", nonce=\"n\", qop=\"auth-int, Auth\", stale=TRUE, algorithm=MD5";
        let read = Challenge::parse(text).unwrap().unwrap();
        assert!(read.stale && read.has_qop("auth") && !read.has_qop("auth-"));
        assert_eq!((read.algorithm, read.opaque), (Some("MD5"), None));
        assert_eq!(Challenge::parse(b"Basic realm=\"r\""), Ok(None));
        assert!(Challenge::parse(b"Digest realm=\"r\"").is_err());
    }
}
