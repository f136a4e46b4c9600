//! Requests that follow an INVITE hop by hop and copy it: CANCEL (RFC 3261 section 9.1) and the ACK of a failure.

use bytes::Bytes;

use crate::Method;
use crate::dialog::HOPS;
use crate::headers::HeaderName;
use crate::message::Message;
use crate::writer::Writer;

/// The CANCEL for an INVITE of ours (section 9.1). It is a client transaction of its own with the INVITE's branch, goes
/// where the INVITE went, and is sent only once a 1xx has come.
pub fn cancel(invite: &Message) -> Bytes {
    let to = invite.header(&HeaderName::To).unwrap_or_default();
    follow_up(invite, &Method::Cancel, &to)
}

/// Same Request-URI, top Via, Route, From, Call-ID and CSeq number; the To is given.
pub(super) fn follow_up(invite: &Message, method: &Method, to: &str) -> Bytes {
    let via = invite.header(&HeaderName::Via).unwrap_or_default();
    Writer::request(method, invite.request_uri())
        .header(HeaderName::Via, via)
        .header(HeaderName::MaxForwards, HOPS)
        .copy(invite, &HeaderName::Route)
        .copy(invite, &HeaderName::From)
        .header(HeaderName::To, to)
        .header(HeaderName::CallId, invite.call_id())
        .header(HeaderName::CSeq, (invite.cseq().seq, " ", method))
        .finish()
}
