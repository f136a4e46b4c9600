//! Somebody is away, or sends calls elsewhere (FEATURES CON-10, CON-18, CALL-11).
use super::Moment;

/// On which occasion calls go elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// Whatever the phone does. With or without a target, the person is away.
    Always,
    /// The phone is in a call.
    Busy,
    /// Nobody answers for so many seconds, 5 to 120.
    NoAnswer {
        /// Seconds.
        after_s: u32,
    },
    /// No phone is registered.
    Unreachable,
    /// The service that the account's person belongs to is closed by its calendar.
    Closed,
}

impl Occasion {
    /// The code that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Occasion::Always => "always",
            Occasion::Busy => "busy",
            Occasion::NoAnswer { .. } => "no-answer",
            Occasion::Unreachable => "unreachable",
            Occasion::Closed => "closed",
        }
    }

    /// Seconds, where the occasion has some.
    pub fn after_s(self) -> Option<u32> {
        match self {
            Occasion::NoAnswer { after_s } => Some(after_s),
            _ => None,
        }
    }

    /// Reads the stored code.
    pub fn from_code(code: &str, after_s: Option<u32>) -> Option<Self> {
        match code {
            "always" => Some(Occasion::Always),
            "busy" => Some(Occasion::Busy),
            "no-answer" => Some(Occasion::NoAnswer {
                after_s: after_s.unwrap_or(Self::USUAL_S),
            }),
            "unreachable" => Some(Occasion::Unreachable),
            "closed" => Some(Occasion::Closed),
            _ => None,
        }
    }

    /// How long a phone rings before its calls go elsewhere, unless something else is said, seconds.
    pub const USUAL_S: u32 = 20;
}

/// Colleagues who are sent elsewhere together (FEATURES CALL-11: "all of building B to mobiles").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circle {
    /// Everybody of the same service.
    Service,
    /// Everybody at the same site.
    Site,
}

/// What became of an order for many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Together {
    /// Accounts whose calls go elsewhere now, or come to them again.
    pub accounts: Vec<String>,
    /// Names of those who stay as they were: they have no number to go to.
    pub left: Vec<String>,
}

/// One rule of one account. A later one for the same account and occasion replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Whose.
    pub account: String,
    /// When it applies.
    pub occasion: Occasion,
    /// Where calls go: an account, or a number as it is dialled. None: nowhere else, the person is only shown as away.
    pub to: Option<String>,
    /// When it ends by itself; none until somebody ends it.
    pub until: Option<Moment>,
    /// Who said so: a user's name, or the account.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Who ended it early and when; none while it is in force or when its time was over.
    pub ended: Option<(String, Moment)>,
}
