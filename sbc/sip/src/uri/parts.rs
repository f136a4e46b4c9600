//! The pieces of a URI, borrowed and checked (RFC 3261 section 25.1, RFC 3966 section 3).

use memchr::memchr;

use crate::grammar::{port, take_while, text};
use crate::uri::escape::is_escaped_well;
use crate::uri::{UriError, has_scheme, host, is_uri_text};

/// What a URI is made of, as spelled.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) user: Option<&'a [u8]>,
    pub(crate) password: Option<&'a [u8]>,
    pub(crate) host: &'a [u8],
    pub(crate) port: Option<u16>,
    /// Behind the first semicolon; empty for none.
    pub(crate) params: &'a [u8],
    /// Behind the question mark.
    pub(crate) headers: Option<&'a [u8]>,
    /// Everything behind the colon of a scheme we do not know.
    pub(crate) opaque: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Splits and checks.
    pub(crate) fn split(uri: &'a [u8]) -> Result<Parts<'a>, UriError> {
        if !has_scheme(uri) || !is_uri_text(uri) {
            return Err(UriError::Scheme);
        }
        let colon = memchr(b':', uri).ok_or(UriError::Scheme)?;
        let (scheme, rest) = uri.split_at_checked(colon).ok_or(UriError::Scheme)?;
        let rest = rest.get(1..).unwrap_or_default();
        let parts = Parts {
            scheme: text(scheme),
            ..Parts::default()
        };
        if scheme.eq_ignore_ascii_case(b"sip") || scheme.eq_ignore_ascii_case(b"sips") {
            parts.sip(rest)
        } else if scheme.eq_ignore_ascii_case(b"tel") {
            parts.tel(rest)
        } else {
            Ok(Parts {
                opaque: rest,
                ..parts
            })
        }
    }

    fn sip(mut self, mut rest: &'a [u8]) -> Result<Parts<'a>, UriError> {
        // Neither host nor parameters hold a bare '@', so the first one ends the user.
        if let Some(at) = memchr(b'@', rest) {
            let (userinfo, behind) = rest.split_at_checked(at).ok_or(UriError::User)?;
            let (user, password) = take_while(userinfo, |byte| byte != b':');
            if user.is_empty() || !is_escaped_well(userinfo) {
                return Err(UriError::User);
            }
            self.user = Some(user);
            self.password = password.get(1..);
            rest = behind.get(1..).unwrap_or_default();
        }
        let length = if rest.first() == Some(&b'[') {
            memchr(b']', rest).ok_or(UriError::Host)?.saturating_add(1)
        } else {
            take_while(rest, |byte| !matches!(byte, b':' | b';' | b'?'))
                .0
                .len()
        };
        (self.host, rest) = rest.split_at_checked(length).ok_or(UriError::Host)?;
        if !host::is_host(self.host) {
            return Err(UriError::Host);
        }
        if let Some((b':', behind)) = rest.split_first() {
            let (digits, behind) = take_while(behind, |byte| byte.is_ascii_digit());
            self.port = Some(port(digits).ok_or(UriError::Port)?);
            rest = behind;
        }
        if let Some((b';', behind)) = rest.split_first() {
            (self.params, rest) = take_while(behind, |byte| byte != b'?');
            check_params(self.params)?;
        }
        match rest.split_first() {
            None => Ok(self),
            Some((b'?', headers)) if !headers.is_empty() && is_escaped_well(headers) => Ok(Parts {
                headers: Some(headers),
                ..self
            }),
            Some(_) => Err(UriError::Trailing),
        }
    }

    fn tel(mut self, rest: &'a [u8]) -> Result<Parts<'a>, UriError> {
        let (number, rest) = take_while(rest, |byte| byte != b';');
        let digits = number.strip_prefix(b"+").unwrap_or(number);
        let fits = |byte: &u8| {
            byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'.' | b'(' | b')' | b'*' | b'#')
        };
        if !digits
            .iter()
            .any(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'*' | b'#'))
            || !digits.iter().all(fits)
        {
            return Err(UriError::User);
        }
        self.user = Some(number);
        if let Some((_, params)) = rest.split_first() {
            check_params(params)?;
            self.params = params;
        }
        Ok(self)
    }
}

fn check_params(params: &[u8]) -> Result<(), UriError> {
    if !is_escaped_well(params) || memchr(b'@', params).is_some() {
        return Err(UriError::Param);
    }
    for param in params.split(|&byte| byte == b';') {
        if param.is_empty() || param.first() == Some(&b'=') {
            return Err(UriError::Param);
        }
    }
    Ok(())
}
