//! An earlier contact with a number (FEATURES CON-4).
use super::{JourneyId, Moment};

/// One call from or to a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The journey.
    pub journey: JourneyId,
    /// When it began.
    pub at: Moment,
    /// Whom they spoke to last: station, account or number; none when nobody took the call.
    pub who: Option<String>,
    /// The same as colleagues know it: who works at the station, whose number it is, or the account's name.
    pub with: Option<String>,
    /// The service it was for, when the dialplan chose one.
    pub service: Option<String>,
    /// How it ended: what the operator said it came to, else the cause code; empty while it lasts.
    pub outcome: String,
    /// What was noted.
    pub note: Option<String>,
}
