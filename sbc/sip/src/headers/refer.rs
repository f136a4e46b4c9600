//! What a REFER asks for (RFC 3515 section 2, RFC 4488, RFC 5589): whom to call, in place of which dialog, and whether
//! the outcome shall be reported.

use crate::StatusCode;
use crate::dialog::DialogId;
use crate::headers::{HeaderName, Replaces};
use crate::message::Message;
use crate::uri::{Scheme, Uri};

/// One REFER, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// Refer-To without its headers.
    pub target: Uri,
    /// The dialog to be replaced, named as its other side names it: `local` is the tag of whoever receives the INVITE.
    pub replaces: Option<DialogId>,
    /// `early-only`: not when that dialog is confirmed (RFC 3891 section 3).
    pub early_only: bool,
    /// `Refer-Sub: false`: no reports are wanted (RFC 4488 section 4).
    pub silent: bool,
}

impl Referral {
    /// Reads a REFER; the status to refuse it with when it cannot be used. One Refer-To must stand in it (RFC 3515 section
    /// 2.4.1; a second one is no message at all), and ask for an INVITE of a person: `sip:`, `sips:` or `tel:`.
    pub fn of(request: &Message) -> Result<Referral, StatusCode> {
        let address = request.refer_to().ok_or(StatusCode::BAD_REQUEST)?;
        let mut target = address.uri().map_err(|_| StatusCode::BAD_REQUEST)?;
        if matches!(target.scheme, Scheme::Other(_)) {
            return Err(StatusCode::UNSUPPORTED_URI_SCHEME);
        }
        if target
            .param("method")
            .is_some_and(|method| method != "INVITE")
        {
            return Err(StatusCode::DECLINE);
        }
        let named = Replaces::in_uri(&target)
            .transpose()
            .map_err(|_| StatusCode::BAD_REQUEST)?;
        let early_only = named.is_some_and(|named| named.early_only);
        let replaces = named.map(|named| named.dialog());
        target.headers.clear();
        let silent = request
            .header(&HeaderName::ReferSub)
            .is_some_and(|value| is_false(&value));
        Ok(Referral {
            target,
            replaces,
            early_only,
            silent,
        })
    }
}

fn is_false(value: &str) -> bool {
    let word = value.split(';').next().unwrap_or_default();
    word.trim().eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &str) -> Result<Referral, StatusCode> {
        let text = format!(
            "REFER sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:b@h>;tag=1\r\n\
             To: <sip:a@h>;tag=2\r\nCall-ID: c\r\nCSeq: 2 REFER\r\nContact: <sip:b@h>\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        Referral::of(&Message::parse(text.into_bytes().into()).unwrap())
    }

    #[test]
    fn whom_and_how() {
        let blind = read("Refer-To: \"Desk\" <sip:2103@h;user=phone>\r\n").unwrap();
        assert_eq!(blind.target.user.as_deref(), Some("2103"));
        assert!(blind.replaces.is_none() && !blind.silent && !blind.early_only);
        let asked = read(
            "r: <sip:2103@h?Replaces=x%40y%3Bto-tag%3Dours%3Bfrom-tag%3Dtheirs%3Bearly-only&Require=replaces>\r\n\
             Refer-Sub: False;x=1\r\n",
        )
        .unwrap();
        let dialog = asked.replaces.unwrap();
        assert_eq!(
            (
                dialog.call_id.as_str(),
                dialog.local.as_str(),
                dialog.remote.as_str()
            ),
            ("x@y", "ours", "theirs")
        );
        assert!(asked.silent && asked.early_only && asked.target.headers.is_empty());
        assert!(read("Refer-To: tel:+3254310000\r\n").is_ok());
    }

    #[test]
    fn what_cannot_be_used() {
        for (headers, status) in [
            ("", 400),
            ("Refer-To: <sip:a@h>, <sip:b@h>\r\n", 400),
            ("Refer-To: <sip:a@>\r\n", 400),
            ("Refer-To: 2103\r\n", 400),
            ("Refer-To: <sip:a@h?Replaces=x%3Bto-tag%3Da>\r\n", 400),
            ("Refer-To: <http://h/>\r\n", 416),
            ("Refer-To: <sip:a@h;method=BYE>\r\n", 603),
        ] {
            assert_eq!(read(headers), Err(StatusCode(status)), "{headers}");
        }
    }
}
