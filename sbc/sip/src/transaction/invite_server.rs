//! The INVITE server transaction: RFC 3261 section 17.2.1, figure 7, with the Accepted state of RFC 6026.

use super::action::{Action, Pace, ServerEvent as Event, Wait};

/// The states of figure 7 as RFC 6026 section 7.1 redraws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Proceeding,
    Completed,
    Confirmed,
    Accepted,
    Terminated,
}

/// 17.2.1: the user answers 100 at once, so nothing is sent here.
pub(super) const START: (State, &[Action]) = (State::Proceeding, &[]);

/// One arrow of the figure.
pub(super) fn step(state: State, event: Event) -> (State, &'static [Action]) {
    use Action as Do;
    use State::{Accepted, Completed, Confirmed, Proceeding, Terminated};
    match (state, event) {
        // 17.2.1: a repeated INVITE gets the last 1xx again.
        (Proceeding, Event::Request) => (Proceeding, &[Do::Send]),
        (Proceeding, Event::Provisional) => (Proceeding, &[Do::SendNew]),
        // RFC 6026 section 7.1: timer L; the user repeats the 2xx until its ACK (13.3.1.4).
        (Proceeding, Event::Success) => (Accepted, &[Do::SendOnce, Do::ExpireIn(Wait::Long)]),
        // 17.2.1: timer G repeats the failure, timer H gives up on its ACK.
        (Proceeding, Event::Failure) => (
            Completed,
            &[
                Do::SendNew,
                Do::RepeatIn(Pace::First),
                Do::ExpireIn(Wait::Long),
            ],
        ),
        // Nobody can acknowledge a response that was not sent.
        (Proceeding, Event::Ack | Event::Repeat | Event::Expire) => (Proceeding, &[]),
        // 17.2.1: a repeated INVITE, or timer G.
        (Completed, Event::Request) => (Completed, &[Do::Send]),
        (Completed, Event::Repeat) => (Completed, &[Do::Send, Do::RepeatIn(Pace::DoubleToT2)]),
        // 17.2.1: timer I absorbs further ACKs.
        (Completed, Event::Ack) => (
            Confirmed,
            &[
                Do::StopRepeat,
                Do::DropBytes,
                Do::ExpireIn(Wait::ShortUnreliable),
            ],
        ),
        // 17.2.1: timer H.
        (Completed, Event::Expire) => (Terminated, &[Do::AckMissing]),
        // There is one final response.
        (Completed, Event::Provisional | Event::Success | Event::Failure) => (Completed, &[]),
        // 17.2.1: timer I.
        (Confirmed, Event::Expire) => (Terminated, &[]),
        (Confirmed, Event::Request | Event::Ack | Event::Repeat) => (Confirmed, &[]),
        (Confirmed, Event::Provisional | Event::Success | Event::Failure) => (Confirmed, &[]),
        // RFC 6026 section 7.1: a repeated INVITE is absorbed, the ACK is the dialog's, a repeated 2xx passes.
        (Accepted, Event::Ack) => (Accepted, &[Do::Deliver]),
        (Accepted, Event::Success) => (Accepted, &[Do::SendOnce]),
        // RFC 6026 section 7.1: timer L.
        (Accepted, Event::Expire) => (Terminated, &[]),
        (Accepted, Event::Request | Event::Repeat | Event::Provisional | Event::Failure) => {
            (Accepted, &[])
        }
        (Terminated, _) => (Terminated, &[]),
    }
}
