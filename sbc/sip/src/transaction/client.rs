//! The non-INVITE client transaction: RFC 3261 section 17.1.2, figure 6.

use super::action::{Action, ClientEvent as Event, Pace, Wait};

/// The states of figure 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

/// 17.1.2.2: the request is sent, timer E repeats it, timer F ends it.
pub(super) const START: (State, &[Action]) = (
    State::Trying,
    &[
        Action::Send,
        Action::RepeatIn(Pace::First),
        Action::ExpireIn(Wait::Long),
    ],
);

/// One arrow of the figure.
pub(super) fn step(state: State, event: Event) -> (State, &'static [Action]) {
    use Action as Do;
    use State::{Completed, Proceeding, Terminated, Trying};
    match (state, event) {
        // 17.1.2.2: timer E doubles up to T2.
        (Trying, Event::Repeat) => (Trying, &[Do::Send, Do::RepeatIn(Pace::DoubleToT2)]),
        // 17.1.2.2: after a 1xx timer E goes on at T2, for a lost final response is only sent again when asked.
        (Proceeding, Event::Repeat) => (Proceeding, &[Do::Send, Do::RepeatIn(Pace::T2)]),
        (Trying | Proceeding, Event::Provisional) => (Proceeding, &[Do::Deliver]),
        // 17.1.2.2: timer F, not stopped by a 1xx.
        (Trying | Proceeding, Event::Expire) => (Terminated, &[Do::TimedOut]),
        // 17.1.4.
        (Trying | Proceeding, Event::Unreachable) => (Terminated, &[Do::Unreachable]),
        // 17.1.2.2: timer K absorbs repeated final responses.
        (Trying | Proceeding, Event::Success | Event::Failure) => (
            Completed,
            &[
                Do::StopRepeat,
                Do::DropBytes,
                Do::ExpireIn(Wait::ShortUnreliable),
                Do::Deliver,
            ],
        ),
        // 17.1.2.2: timer K.
        (Completed, Event::Expire) => (Terminated, &[]),
        (Completed, Event::Provisional | Event::Success | Event::Failure) => (Completed, &[]),
        (Completed, Event::Repeat | Event::Unreachable) => (Completed, &[]),
        (Terminated, _) => (Terminated, &[]),
    }
}
