//! What the body of a message says to a leg: a session description, alone or among other parts (RFC 3261, RFC 5621).

use media::sdp::SessionDescription;
use sip::body::{self, BodyError, Part};
use sip::{HeaderName, Message, StatusCode};

/// Bodies that we read, for Accept.
pub(crate) const ACCEPT: &str =
    "application/sdp, application/pidf+xml, multipart/mixed, multipart/alternative";

/// What a body turned out to be.
#[derive(Debug)]
pub(crate) enum Screened {
    /// No description: the peer wants our offer, or says nothing about sound.
    Empty,
    /// A description.
    Sdp(Box<SessionDescription>),
}

/// Reads the body of a message. The status to refuse it with, when it cannot be used: 415, 406 or 400. A call for help is
/// not refused for a part that we do not understand; nor can a response or an ACK be refused.
pub(crate) fn screen(message: &Message, emergency: bool) -> Result<Screened, StatusCode> {
    let refusable = message.is_request() && *message.method() != sip::Method::Ack && !emergency;
    if refusable && message.has(&HeaderName::Accept) && !accepts_sdp(message) {
        return Err(StatusCode::NOT_ACCEPTABLE);
    }
    let parts = match body::parts(message, &understood) {
        Ok(parts) => parts,
        Err(BodyError::NotUnderstood) if refusable => {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        Err(BodyError::NotUnderstood) => {
            body::parts(message, &|_| true).map_err(|_| StatusCode::BAD_REQUEST)?
        }
        Err(BodyError::Malformed) => return Err(StatusCode::BAD_REQUEST),
    };
    let Some(session) = parts.into_iter().find(Part::is_session) else {
        return Ok(Screened::Empty);
    };
    SessionDescription::parse(&session.bytes)
        .map(|sdp| Screened::Sdp(Box::new(sdp)))
        .map_err(|_| StatusCode::BAD_REQUEST)
}

/// Descriptions, and places: those are read where a call for help passes them on, and kept to ourselves elsewhere.
fn understood(part: &Part) -> bool {
    part.is_session() || part.is("application", "pidf+xml")
}

fn accepts_sdp(message: &Message) -> bool {
    message.header(&HeaderName::Accept).is_some_and(|accept| {
        accept.split(',').any(|range| {
            let kind = range.split(';').next().unwrap_or_default().trim();
            ["application/sdp", "application/*", "*/*"]
                .iter()
                .any(|ours| kind.eq_ignore_ascii_case(ours))
        })
    })
}
