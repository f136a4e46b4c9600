//! The ACK of a failure, which belongs to the INVITE's own transaction: RFC 3261 section 17.1.1.3.

use bytes::Bytes;

use crate::Method;
use crate::headers::HeaderName;
use crate::message::Message;
use crate::transaction::cancel::follow_up;

/// The ACK for this 300 to 699: everything from the INVITE we sent, To from the response.
pub(super) fn for_failure(invite: &Bytes, response: &Message) -> Option<Bytes> {
    let invite = Message::parse(invite.clone()).ok()?;
    let to = response.header(&HeaderName::To)?;
    Some(follow_up(&invite, &Method::Ack, &to))
}
