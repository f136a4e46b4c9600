//! One call of a party: its dialog (RFC 3261 section 12) and what it still owes or awaits.

use std::time::Duration;

use super::{Audio, GIVE_UP, T1, T2};
use crate::message::Said;

/// How far a party's call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It called; no final answer yet.
    Calling,
    /// It is being called; no final answer yet.
    Ringing,
    /// Answered.
    Up,
    /// It cancelled; the end is awaited.
    Cancelling,
    /// Over.
    Over,
}

/// A response that is repeated until it is acknowledged.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) next: Duration,
    pub(crate) wait: Duration,
    pub(crate) until: Duration,
    /// The number that acknowledges it: CSeq for a final response, RSeq for a provisional one.
    pub(crate) number: u32,
    pub(crate) provisional: bool,
}

impl Owed {
    pub(crate) fn new(now: Duration, bytes: Vec<u8>, number: u32, provisional: bool) -> Owed {
        Owed {
            bytes,
            next: now + T1,
            wait: T1,
            until: now + GIVE_UP,
            number,
            provisional,
        }
    }
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) local: String,
    pub(crate) remote: String,
    pub(crate) local_tag: String,
    pub(crate) remote_tag: Option<String>,
    /// Request-URI of requests in the dialog.
    pub(crate) target: String,
    pub(crate) cseq: u32,
    pub(crate) state: State,
    /// Final status of its INVITE, or the one it gave.
    pub(crate) status: u16,
    /// All statuses its INVITE was given, in order.
    pub(crate) statuses: Vec<u16>,
    /// The INVITE it has to answer.
    pub(crate) invite: Option<Said>,
    /// Branch, CSeq and Request-URI of its own first INVITE, for CANCEL.
    pub(crate) sent: Option<(String, u32, String)>,
    /// The number it dialled.
    pub(crate) dialled: String,
    /// ACK of the 2xx it was given, and of which CSeq.
    pub(crate) ack: Option<(u32, Vec<u8>)>,
    pub(crate) owed: Vec<Owed>,
    pub(crate) audio: Audio,
    /// Reason of the CANCEL or BYE that ended it.
    pub(crate) reason: Option<String>,
    /// ACKs of its own 2xx that came.
    pub(crate) acknowledged: u32,
    /// Next RSeq of its provisional responses; the last one it acknowledged of the other side.
    pub(crate) rseq: u32,
    pub(crate) rseq_seen: u32,
    /// An answer that waits for a PRACK.
    pub(crate) answer_waits: bool,
    /// Whether its description went out in a reliable provisional response.
    pub(crate) early_answer: bool,
    /// Interval of the session timer, once agreed, and whether it is the one who refreshes.
    pub(crate) session: Option<(u32, bool)>,
    /// Its own re-INVITE or UPDATE is under way.
    pub(crate) modifying: bool,
    /// Its own last description in the exchange under way was the offer.
    pub(crate) offered: bool,
    /// Statuses its re-INVITEs and UPDATEs were given.
    pub(crate) modified: Vec<u16>,
    /// Final statuses its REFERs were given.
    pub(crate) referred: Vec<u16>,
    /// What it was told of its transfers: status line, Subscription-State.
    pub(crate) reports: Vec<(String, String)>,
    /// CANCEL as soon as a provisional response allows it.
    pub(crate) cancel_wanted: bool,
    /// Its newest INVITE had a proof.
    pub(crate) proved: bool,
    /// The Min-SE that it was told.
    pub(crate) least: Option<u32>,
    /// When it was answered.
    pub(crate) answered_at: Duration,
}

impl Call {
    pub(crate) fn new(
        id: String,
        local: String,
        local_tag: String,
        remote: String,
        audio: Audio,
        state: State,
    ) -> Call {
        Call {
            id,
            local,
            remote,
            local_tag,
            remote_tag: None,
            target: String::new(),
            cseq: 0,
            state,
            status: 0,
            statuses: Vec::new(),
            invite: None,
            sent: None,
            dialled: String::new(),
            ack: None,
            owed: Vec::new(),
            audio,
            reason: None,
            acknowledged: 0,
            rseq: 0,
            rseq_seen: 0,
            answer_waits: false,
            early_answer: false,
            session: None,
            modifying: false,
            offered: false,
            modified: Vec::new(),
            referred: Vec::new(),
            reports: Vec::new(),
            cancel_wanted: false,
            proved: false,
            least: None,
            answered_at: Duration::ZERO,
        }
    }

    pub(crate) fn over(&mut self) {
        self.state = State::Over;
        self.audio.stop();
        self.owed.retain(|owed| !owed.provisional);
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.owed.iter().map(|owed| owed.next).min()
    }

    /// The responses to be repeated now; what was never acknowledged is given up.
    pub(crate) fn repeats(&mut self, now: Duration) -> Vec<Vec<u8>> {
        self.owed.retain(|owed| owed.until > now);
        let mut due = Vec::new();
        for owed in &mut self.owed {
            if owed.next <= now {
                owed.wait = if owed.provisional {
                    owed.wait * 2
                } else {
                    (owed.wait * 2).min(T2)
                };
                owed.next = now + owed.wait;
                due.push(owed.bytes.clone());
            }
        }
        due
    }
}
