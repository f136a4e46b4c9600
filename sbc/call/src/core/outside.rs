//! Requests outside of a dialog: REGISTER, OPTIONS, INVITE, and those that are refused (RFC 3261 8.2).

use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Method, Peer, Scheme, StatusCode, Uri};

use super::Core;
use crate::border::access::{self, Proof};
use crate::border::emergency;
use crate::leg::{ACCEPT, unsupported};
use crate::registrar;

/// Extensions of the registrar beside those of calls.
const OUTSIDE_SUPPORTED: &str = "timer, 100rel, replaces, norefersub, path, outbound, gruu";
/// What we take outside and inside dialogs.
pub(super) const ALLOW: &str =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER";

impl Core {
    /// The order is RFC 3261's: method, header, extension, then what the method asks. `urgent`: an INVITE to an emergency number.
    pub(super) fn out_of_dialog(
        &mut self,
        tx: ServerTx,
        request: &Message,
        peer: Peer,
        urgent: bool,
    ) {
        if let Some(status) = self.not_for_us(request, urgent) {
            return self.answer_stranger(tx, request, &peer, status);
        }
        if let Some(unknown) = unsupported(request) {
            let writer = self.plain(request, &peer, StatusCode::BAD_EXTENSION);
            let bytes = writer.header(HeaderName::Unsupported, unknown).finish();
            return self.forget_and_send(tx, &peer, bytes);
        }
        match request.method() {
            // Early and cheap: whoever is refused now goes elsewhere before its caller loses patience (RFC 3261 21.5.4).
            Method::Invite if self.stack.crowded && !urgent => {
                self.answer_stranger(tx, request, &peer, StatusCode::SERVICE_UNAVAILABLE);
            }
            Method::Invite => self.invited(tx, request, peer),
            Method::Register => self.registering(tx, request, peer),
            Method::Options => self.options(tx, request, peer),
            // ACK and CANCEL never come here; the others need a dialog that does not exist.
            Method::Bye | Method::Update | Method::Prack | Method::Info => {
                self.answer_stranger(tx, request, &peer, StatusCode::CALL_DOES_NOT_EXIST);
            }
            // We call nobody for somebody who is in no call (RFC 3515 section 5).
            Method::Refer => self.answer_stranger(tx, request, &peer, StatusCode::FORBIDDEN),
            _ => self.answer_stranger(tx, request, &peer, StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// New calls come faster than they can be served, or no longer so.
    pub(super) fn crowd(&mut self, crowded: bool) {
        if crowded && !self.stack.crowded {
            let text =
                "more new calls than can be served: they are refused with 503 until it is calmer";
            self.stack.warn("overload", None, text.to_owned());
        }
        self.stack.crowded = crowded;
    }

    /// Methods and Request-URIs that are not ours to read.
    fn not_for_us(&self, request: &Message, urgent: bool) -> Option<StatusCode> {
        if matches!(request.method(), Method::Other(_)) {
            return Some(StatusCode::NOT_IMPLEMENTED);
        }
        if urgent {
            return None;
        }
        let help = || self.is_emergency(request) || emergency::is_test_urn(request.request_uri());
        match Uri::parse(request.request_uri()).map(|uri| uri.scheme) {
            Ok(Scheme::Sip | Scheme::Sips | Scheme::Tel) => None,
            Ok(Scheme::Other(_)) if help() => None,
            Ok(Scheme::Other(_)) => Some(StatusCode::UNSUPPORTED_URI_SCHEME),
            Err(_) => Some(StatusCode::BAD_REQUEST),
        }
    }

    /// OPTIONS (RFC 3261 11.2): who we are able to speak to, and nothing of who we are.
    fn options(&mut self, tx: ServerTx, request: &Message, peer: Peer) {
        let status = if self.stack.draining {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        };
        let writer = self
            .plain(request, &peer, status)
            .header(HeaderName::Allow, ALLOW)
            .header(HeaderName::Accept, ACCEPT)
            .header(HeaderName::Supported, OUTSIDE_SUPPORTED);
        self.forget_and_send(tx, &peer, writer.finish());
    }

    fn registering(&mut self, tx: ServerTx, request: &Message, peer: Peer) {
        let Some(account) = self.address_of_record(request) else {
            return self.answer(tx, request, &peer, StatusCode::BAD_REQUEST);
        };
        // An operator registers nothing; a machine of our own may hold phones as well, and they prove themselves.
        if access::trunk_of(&self.stack, &peer).is_some_and(|trunk| !trunk.dial_rules) {
            return self.answer(tx, request, &peer, StatusCode::FORBIDDEN);
        }
        match access::prove(&mut self.stack, request, &peer) {
            Proof::None { stale } => self.challenge(tx, request, &peer, stale),
            Proof::Account(name) if name == account => {
                let (status, writer) = registrar::register(&mut self.stack, request, &peer, &name);
                self.stack.respond(tx, status, writer.finish());
            }
            // The password of one account is no right to another (S7).
            Proof::Account(_) | Proof::Blocked(_) => {
                self.answer(tx, request, &peer, StatusCode::FORBIDDEN);
            }
        }
    }

    /// The account that To names, when its host is ours (RFC 3261 10.3 steps 1 and 5).
    fn address_of_record(&self, request: &Message) -> Option<String> {
        let uri = request.to().uri().ok()?;
        if !matches!(uri.scheme, Scheme::Sip | Scheme::Sips) {
            return None;
        }
        // A foreign host is treated like an unknown name: challenged, and never told apart.
        let user = uri.user.clone()?;
        Some(if access::is_ours(&self.stack, &uri) {
            user
        } else {
            String::new()
        })
    }
}
