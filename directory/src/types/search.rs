//! What is kept of searches: counts, and nothing of who asked for whom (FEATURES DIR-5).
use super::Moment;

/// A text that found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchMiss {
    /// As typed, in small letters and without marks.
    pub text: String,
    /// How often.
    pub times: u64,
    /// When it was last typed.
    pub last_at: Moment,
}
