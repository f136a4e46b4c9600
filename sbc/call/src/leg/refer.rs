//! REFER from a phone and the reports it is owed (RFC 3515, RFC 4488). The implicit subscription lives in the leg's own
//! dialog: one NOTIFY on its way at a time, the newest state next, and an end with the outcome or with the dialog.

use std::time::Instant;

use media::Source;
use sip::dialog::DialogId;
use sip::headers::Referral;
use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Method, StatusCode};

use super::{Leg, State};
use crate::deadlines::{LegTimer, Timer};
use crate::effect::LegEvent;
use crate::limits;
use crate::stack::{Asker, Stack};

/// What a leg has to do with REFER.
#[derive(Debug, Default)]
pub(super) struct Refers {
    /// REFERs of this dialog that were put before the call.
    count: usize,
    /// The one that the call has not decided on yet.
    asked: Option<Box<Asked>>,
    /// The reports that are owed.
    reports: Option<Reports>,
    /// When its transfer failed, until it takes its party back.
    failed: Option<Instant>,
    /// It hung up without having taken its party back.
    unaware: bool,
}

#[derive(Debug)]
struct Asked {
    tx: ServerTx,
    request: Message,
    silent: bool,
}

/// One implicit subscription.
#[derive(Debug)]
struct Reports {
    /// `id` of Event: the CSeq of the REFER, but for the dialog's first (RFC 3515 section 2.4.6).
    id: Option<u32>,
    /// What was said last.
    last: StatusCode,
    /// Its NOTIFY is not answered yet.
    unanswered: bool,
    /// What is to be said as soon as it is.
    next: Option<StatusCode>,
}

impl Leg {
    /// The peer wants a transfer. Only a phone may, while its session stands, and one at a time; whether it fits is for
    /// the call to say.
    pub(super) fn refer(&mut self, stack: &mut Stack, tx: ServerTx, request: &Message) {
        if self.state == State::Accepted {
            return self.refuse_for_now(stack, tx, request);
        }
        // A trunk's REFER would have us call at its wish and the town's cost. A station's leg is the operator's for the
        // whole shift: its transfers are the desk's.
        let may = self.account.is_some() && !self.trunk && self.home.is_none();
        let stands = self.state == State::Up && self.call.is_some();
        if !may || !stands || self.refers.count >= limits::REFERS {
            return self.refuse(stack, tx, request, StatusCode::DECLINE);
        }
        if self.refers.asked.is_some() || self.refers.reports.is_some() {
            return self.refuse(stack, tx, request, StatusCode::REQUEST_PENDING);
        }
        let referral = match Referral::of(request) {
            Ok(referral) => referral,
            Err(status) => return self.refuse(stack, tx, request, status),
        };
        self.refers.count = self.refers.count.saturating_add(1);
        self.refers.asked = Some(Box::new(Asked {
            tx,
            request: request.clone(),
            silent: referral.silent,
        }));
        stack.tell(self.id, LegEvent::Refer(Box::new(referral)));
    }

    /// The call does it: 202, and the first report unless none is wanted.
    pub(crate) fn accept_referral(&mut self, stack: &mut Stack) {
        let Some(asked) = self.refers.asked.take() else {
            return;
        };
        let status = StatusCode::ACCEPTED;
        let mut writer = self.introduce(stack, self.response(&asked.request, status));
        if asked.silent {
            writer = writer.header(HeaderName::ReferSub, "false");
        }
        stack.respond(asked.tx, status, writer.finish());
        if asked.silent {
            return;
        }
        let first = self.refers.count <= 1;
        self.refers.reports = Some(Reports {
            id: (!first).then_some(asked.request.cseq().seq),
            last: StatusCode::TRYING,
            unanswered: false,
            next: None,
        });
        self.notify(stack, false);
    }

    /// The call does not.
    pub(crate) fn refuse_referral(&mut self, stack: &mut Stack, status: StatusCode) {
        if let Some(asked) = self.refers.asked.take() {
            self.refuse(stack, asked.tx, &asked.request, status);
        }
    }

    /// How far the transfer is. Says whether anybody wants to know.
    pub(crate) fn report(&mut self, stack: &mut Stack, status: StatusCode) -> bool {
        let Some(reports) = &mut self.refers.reports else {
            return false;
        };
        let said = reports.next.unwrap_or(reports.last);
        if said == status || said.is_final() {
            return true;
        }
        if status.is_final() && !status.is_success() {
            self.refers.failed = Some(stack.now.monotonic);
        }
        if reports.unanswered {
            reports.next = Some(status);
        } else {
            reports.last = status;
            self.notify(stack, false);
        }
        true
    }

    /// The answer to a NOTIFY; none came when `status` is one of ours. Who refuses reports gets no more of them: that is
    /// the end of the subscription (RFC 6665 section 4.2.2) and of nothing else.
    pub(crate) fn report_answered(&mut self, stack: &mut Stack, status: StatusCode) {
        let Some(reports) = self.refers.reports.as_mut() else {
            return;
        };
        if status.is_provisional() {
            return;
        }
        reports.unanswered = false;
        match reports.next.take() {
            _ if !status.is_success() || reports.last.is_final() => self.refers.reports = None,
            Some(next) => {
                reports.last = next;
                self.notify(stack, false);
            }
            None => {}
        }
    }

    /// Whether the phone left its party although its transfer had failed. Some phones hang up whatever they are told, and
    /// a person who has put the handset down believes that the caller is well kept.
    pub(crate) fn left_unaware(&self) -> bool {
        self.refers.unaware
    }

    /// The session was changed by the party: one that does not hold us after its transfer failed has taken its party back.
    pub(super) fn took_back(&mut self) {
        if !self.holds_us() {
            self.refers.failed = None;
        }
    }

    /// The transfer is done and this party no part of it any more: phones hang up then, and one that does not is hung up
    /// on.
    pub(crate) fn retire(&mut self, stack: &mut Stack) {
        self.hear(stack, Source::Silence);
        stack.after(
            Timer::Leg(self.id, LegTimer::Retire),
            limits::TRANSFEROR_LEAVES,
        );
    }

    /// Whether this names the leg's dialog (RFC 3891 section 3).
    pub(crate) fn is_named(&self, dialog: &DialogId) -> bool {
        let early = self.uac.iter().flat_map(|uac| uac.early_dialogs());
        self.dialog
            .iter()
            .chain(early)
            .any(|own| own.id() == dialog)
    }

    /// The dialog ends: a REFER that nobody decided on is answered, and the last report says `status`, or what was said
    /// last when that is all we know.
    pub(super) fn end_referral(&mut self, stack: &mut Stack, status: Option<StatusCode>) {
        self.refuse_referral(stack, StatusCode::REQUEST_TERMINATED);
        let just_now = |at: Instant| {
            stack.now.monotonic.saturating_duration_since(at) < limits::FAILURE_NOTICED
        };
        let failed = self.refers.failed.take();
        self.refers.unaware |= failed.is_some_and(|at| self.holds_us() || just_now(at));
        let Some(reports) = &mut self.refers.reports else {
            return;
        };
        if reports.last.is_final() {
            return;
        }
        reports.last = status.or(reports.next).unwrap_or(reports.last);
        self.notify(stack, true);
        self.refers.reports = None;
    }

    /// Sends the state as message/sipfrag (RFC 3420). The subscription ends with a final one, or with its dialog.
    fn notify(&mut self, stack: &mut Stack, ends: bool) {
        let Some(reports) = &mut self.refers.reports else {
            return;
        };
        let (status, id) = (reports.last, reports.id);
        reports.unanswered = true;
        let Some((writer, branch, hop)) = self.begin_request(stack, &Method::Notify) else {
            return;
        };
        let event = match id {
            Some(id) => format!("refer;id={id}"),
            None => "refer".to_owned(),
        };
        let state = if ends || status.is_final() {
            "terminated;reason=noresource".to_owned()
        } else {
            format!("active;expires={}", limits::REPORTS.as_secs())
        };
        let line = format!("SIP/2.0 {} {}\r\n", status.0, status.default_reason());
        let bytes = self
            .introduce(stack, writer)
            .header(HeaderName::Event, event)
            .header(HeaderName::SubscriptionState, state)
            .body("message/sipfrag;version=2.0", line.as_bytes());
        stack.request(Asker::Report(self.id), &Method::Notify, &branch, bytes, hop);
    }
}
