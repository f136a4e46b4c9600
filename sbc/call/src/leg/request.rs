//! Requests of the peer inside the dialog (RFC 3261 12.2.2): each to the file that owns it, all others refused and
//! never passed on (SBC-16).

use media::Digit;
use media::dtmf::{DigitBy, info};
use sip::accept::Repeat2xx;
use sip::reliable::ReliableSender;
use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Method, Peer, StatusCode};

use super::uas::Uas;
use super::{ACCEPT, Leg, State};
use crate::effect::LegEvent;
use crate::stack::{Asker, Stack};

/// Option tags that a request may require of us.
const KNOWN: [&str; 7] = [
    "100rel",
    "timer",
    "path",
    "outbound",
    "gruu",
    "replaces",
    "norefersub",
];
/// Bodies of INFO that we read, for Accept.
const KEYS: &str = "application/dtmf-relay, application/dtmf";

impl Leg {
    /// One request in the dialog. The core has matched it by Call-ID and both tags.
    pub(crate) fn request(
        &mut self,
        stack: &mut Stack,
        tx: ServerTx,
        request: &Message,
        from: Peer,
    ) {
        self.heard_from = from.remote;
        let dialog = match (&mut self.dialog, &mut self.uac) {
            (Some(dialog), _) => Some(dialog),
            // An early dialog of our INVITE knows no BYE and no re-INVITE (RFC 3261 sections 14 and 15).
            (None, _) if matches!(request.method(), Method::Bye | Method::Invite) => {
                if *request.method() == Method::Bye {
                    self.note_early_bye(request);
                }
                let status = StatusCode::CALL_DOES_NOT_EXIST;
                return self.refuse(stack, tx, request, status);
            }
            (None, Some(uac)) => uac.early_dialog(request.from_tag().unwrap_or_default()),
            (None, None) => None,
        };
        if dialog.is_some_and(|dialog| dialog.receive(request).is_err()) {
            return self.refuse(stack, tx, request, StatusCode::SERVER_INTERNAL_ERROR);
        }
        self.follow(stack, from);
        self.heard(stack);
        self.take(stack, tx, request);
        self.record_change(stack);
    }

    /// What the request asks.
    fn take(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        if let Some(unknown) = unsupported(request) {
            let status = StatusCode::BAD_EXTENSION;
            let bytes = self
                .response(request, status)
                .header(HeaderName::Unsupported, unknown)
                .finish();
            return stack.respond(tx, status, bytes);
        }
        match request.method() {
            Method::Bye => {
                let bytes = self.response(request, StatusCode::OK).finish();
                stack.respond(tx, StatusCode::OK, bytes);
                self.bye(stack);
            }
            Method::Invite => self.reinvite(stack, tx, request),
            Method::Update => self.update(stack, tx, request),
            Method::Prack => self.prack(stack, tx, request),
            Method::Info => self.info(stack, tx, request),
            Method::Refer => self.refer(stack, tx, request),
            Method::Options => {
                let writer = self.introduce(stack, self.response(request, StatusCode::OK));
                stack.respond(
                    tx,
                    StatusCode::OK,
                    writer.header(HeaderName::Accept, ACCEPT).finish(),
                );
            }
            _ => {
                let status = StatusCode::METHOD_NOT_ALLOWED;
                let bytes = self
                    .response(request, status)
                    .header(HeaderName::Allow, self.allowed())
                    .finish();
                stack.respond(tx, status, bytes);
            }
        }
    }

    /// A phone whose NAT gave it a new address, or that came over a new connection, is followed (RELIABILITY fault 17):
    /// the dialog's tags, which only the peer knows, are the proof. A trunk stays where it signalled.
    fn follow(&mut self, stack: &mut Stack, from: Peer) {
        if !self.trunk && self.state != State::Over {
            stack.riders.follow(self.id, Some(self.peer), Some(from));
            self.peer = from;
        }
    }

    /// A key by SIP INFO (SBC-13), or something that we do not know.
    fn info(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        if request.body().is_empty() {
            let bytes = self.response(request, StatusCode::OK).finish();
            return stack.respond(tx, StatusCode::OK, bytes);
        }
        let kind = request.header(&HeaderName::ContentType).unwrap_or_default();
        match info::parse(&kind, request.body()) {
            Some(press) => {
                let bytes = self.response(request, StatusCode::OK).finish();
                stack.respond(tx, StatusCode::OK, bytes);
                self.habits.dtmf_info = self.habits.dtmf_info || !self.sound.has_events();
                self.pressed(stack, press.digit, DigitBy::Info);
            }
            None => {
                let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
                let bytes = self
                    .response(request, status)
                    .header(HeaderName::Accept, KEYS)
                    .finish();
                stack.respond(tx, status, bytes);
            }
        }
    }

    /// The party pressed a key; one press that is heard twice, in two ways, is one press.
    pub(crate) fn pressed(&mut self, stack: &mut Stack, digit: Digit, way: DigitBy) {
        if self.digits.admit(stack.now.monotonic, digit, way) {
            stack.tell(self.id, LegEvent::Digit(digit));
        }
    }

    /// Sends a key by SIP INFO.
    pub(super) fn send_info(&mut self, stack: &mut Stack, digit: Digit) {
        if self.state != State::Up {
            return;
        }
        let Some((writer, branch, hop)) = self.begin_request(stack, &Method::Info) else {
            return;
        };
        let body = info::print_relay(info::InfoKey {
            digit,
            duration_ms: 160,
        });
        let bytes = writer.body(info::DTMF_RELAY, body.as_bytes());
        stack.request(Asker::Minor(self.id), &Method::Info, &branch, bytes, hop);
    }

    /// Refuses a request with nothing but the status.
    pub(super) fn refuse(
        &mut self,
        stack: &mut Stack,
        tx: ServerTx,
        request: &Message,
        status: StatusCode,
    ) {
        let mut writer = self.response(request, status);
        if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            writer = writer.header(HeaderName::Accept, ACCEPT);
        }
        stack.respond(tx, status, writer.finish());
    }

    /// A re-INVITE takes the place of the INVITE whose ACK is awaited; what the peer wants for 100rel stays.
    pub(super) fn take_over_invite(
        &mut self,
        tx: ServerTx,
        request: Message,
        repeat: Repeat2xx,
        rseq: u32,
    ) {
        let reliable = ReliableSender::new(request.cseq().seq, rseq);
        let source = (request, self.heard_from);
        self.uas = Some(Box::new(Uas::accepted(tx, source, repeat, reliable)));
    }
}

/// Option tags of Require that we do not know, for Unsupported (RFC 3261 8.2.2.3).
pub(crate) fn unsupported(request: &Message) -> Option<String> {
    if matches!(request.method(), Method::Ack | Method::Cancel) {
        return None;
    }
    let known = |option: &&str| KNOWN.contains(option);
    let unknown: Vec<&str> = request.require().filter(|option| !known(option)).collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}
