//! The non-INVITE server transaction: RFC 3261 section 17.2.2, figure 8.

use super::action::{Action, ServerEvent as Event, Wait};

/// The states of figure 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

/// 17.2.2: the request goes to the user, nothing is sent.
pub(super) const START: (State, &[Action]) = (State::Trying, &[]);

/// One arrow of the figure.
pub(super) fn step(state: State, event: Event) -> (State, &'static [Action]) {
    use Action as Do;
    use State::{Completed, Proceeding, Terminated, Trying};
    match (state, event) {
        // 17.2.2: in Trying a repeated request is discarded; later it gets the last response again.
        (Trying, Event::Request) => (Trying, &[]),
        (Proceeding, Event::Request) => (Proceeding, &[Do::Send]),
        (Completed, Event::Request) => (Completed, &[Do::Send]),
        (Trying | Proceeding, Event::Provisional) => (Proceeding, &[Do::SendNew]),
        // 17.2.2: timer J answers repeats of the request.
        (Trying | Proceeding, Event::Success | Event::Failure) => (
            Completed,
            &[Do::SendNew, Do::ExpireIn(Wait::LongUnreliable)],
        ),
        // 17.2.2: timer J.
        (Completed, Event::Expire) => (Terminated, &[]),
        // 17.2.2: any other final response of the user is discarded.
        (Completed, Event::Provisional | Event::Success | Event::Failure) => (Completed, &[]),
        // Only an INVITE is acknowledged, and nothing is repeated unasked.
        (Trying | Proceeding, Event::Ack | Event::Repeat | Event::Expire) => (state, &[]),
        (Completed, Event::Ack | Event::Repeat) => (Completed, &[]),
        (Terminated, _) => (Terminated, &[]),
    }
}
