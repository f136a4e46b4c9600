//! A caller whom nobody spoke to (FEATURES QUE-8).
use super::{DecisionRow, JourneyId, Moment};

/// One call from outside that no person took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The journey.
    pub journey: JourneyId,
    /// When they called.
    pub at: Moment,
    /// Their number, E.164; empty when withheld.
    pub number: String,
    /// The number they dialled.
    pub dialled: String,
    /// `closed` (outside hours or closed by hand), `caller-hung-up` (gave up in menu, queue or while it rang), `no-answer`
    /// (nobody took it in time), else the journey's own cause code.
    pub cause: String,
    /// The last decision about hours or waiting; none when there was none.
    pub decision: Option<DecisionRow>,
    /// Who dealt with it and when; none while it is open.
    pub done: Option<(String, Moment)>,
}
