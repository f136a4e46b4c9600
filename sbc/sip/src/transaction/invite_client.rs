//! The INVITE client transaction: RFC 3261 section 17.1.1, figure 5, with the Accepted state of RFC 6026.

use super::action::{Action, ClientEvent as Event, Pace, Wait};

/// The states of figure 5 as RFC 6026 section 7.2 redraws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Calling,
    Proceeding,
    Completed,
    Accepted,
    Terminated,
}

/// 17.1.1.2: the INVITE is sent, timer A repeats it, timer B ends it.
pub(super) const START: (State, &[Action]) = (
    State::Calling,
    &[
        Action::Send,
        Action::RepeatIn(Pace::First),
        Action::ExpireIn(Wait::Long),
    ],
);

/// One arrow of the figure.
pub(super) fn step(state: State, event: Event) -> (State, &'static [Action]) {
    use Action as Do;
    use State::{Accepted, Calling, Completed, Proceeding, Terminated};
    match (state, event) {
        // 17.1.1.2: timer A doubles without an upper limit.
        (Calling, Event::Repeat) => (Calling, &[Do::Send, Do::RepeatIn(Pace::Double)]),
        // 17.1.1.2: timer B.
        (Calling, Event::Expire) => (Terminated, &[Do::TimedOut]),
        // 17.1.4: the transport failed before anybody answered.
        (Calling, Event::Unreachable) => (Terminated, &[Do::Unreachable]),
        // 17.1.1.2: once there is a 1xx nothing is repeated, and how long it rings is the call's decision.
        (Calling, Event::Provisional) => {
            (Proceeding, &[Do::StopRepeat, Do::StopExpire, Do::Deliver])
        }
        (Proceeding, Event::Provisional) => (Proceeding, &[Do::Deliver]),
        // RFC 6026 section 7.2: timer M collects the 2xx of other branches and repeated ones.
        (Calling | Proceeding, Event::Success) => (
            Accepted,
            &[
                Do::StopRepeat,
                Do::DropBytes,
                Do::ExpireIn(Wait::Long),
                Do::Deliver,
            ],
        ),
        // 17.1.1.2 and 17.1.1.3: the ACK of a failure belongs to this transaction; timer D waits for repeats.
        (Calling | Proceeding, Event::Failure) => (
            Completed,
            &[
                Do::StopRepeat,
                Do::Acknowledge,
                Do::ExpireIn(Wait::LongUnreliable),
                Do::Deliver,
            ],
        ),
        // A connection that closes while it rings is no failed sending: the response may come over a new one (18.2.2).
        (Proceeding, Event::Repeat | Event::Expire | Event::Unreachable) => (Proceeding, &[]),
        // 17.1.1.2: the ACK was lost.
        (Completed, Event::Failure) => (Completed, &[Do::Send]),
        // 16.7: a forking proxy passes on a 2xx even after a failure; unseen, that callee would talk to nobody.
        (Completed, Event::Success) => (Completed, &[Do::Deliver]),
        // 17.1.1.2: timer D; 17.1.4: the ACK cannot be sent.
        (Completed, Event::Expire | Event::Unreachable) => (Terminated, &[]),
        (Completed, Event::Provisional | Event::Repeat) => (Completed, &[]),
        // RFC 6026 section 7.2: every 2xx goes to the user, who acknowledges it; anything else is late.
        (Accepted, Event::Success) => (Accepted, &[Do::Deliver]),
        // RFC 6026 section 7.2: timer M.
        (Accepted, Event::Expire) => (Terminated, &[]),
        (Accepted, Event::Provisional | Event::Failure | Event::Repeat | Event::Unreachable) => {
            (Accepted, &[])
        }
        (Terminated, _) => (Terminated, &[]),
    }
}
