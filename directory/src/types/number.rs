//! A number citizens dial (DID) and what it leads to (FEATURES NUM-1).
use super::Moment;

/// One number of the town. Several lead to the same flow and keep the *called* number visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// E.164 with `+`.
    pub e164: String,
    /// The entity it belongs to.
    pub entity: String,
    /// What operators see, e.g. `old town hall Gooik`.
    pub label: String,
    /// The dialplan's entry flow.
    pub flow: String,
    /// Valid from this moment on, when given.
    pub valid_from: Option<Moment>,
    /// Valid before this moment, when given.
    pub valid_to: Option<Moment>,
}

impl Number {
    /// Whether the number leads to its flow at `at` (from inclusive, to exclusive).
    pub fn is_valid_at(&self, at: Moment) -> bool {
        self.valid_from.is_none_or(|from| from <= at) && self.valid_to.is_none_or(|to| at < to)
    }
}

/// Whether `text` is a global number of ITU-T E.164: `+`, then 7 to 15 digits, the first not zero.
pub fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else {
        return false;
    };
    (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e164_has_a_plus_and_seven_to_fifteen_digits() {
        assert!(is_e164("+3254310000"));
        for wrong in [
            "3254310000",
            "+32 54",
            "+0254310000",
            "+325431",
            "+1234567890123456",
            "",
            "+",
            "+32543100é0",
        ] {
            assert!(!is_e164(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_number_is_valid_from_inclusive_to_exclusive() {
        let number = Number {
            e164: "+3254310000".into(),
            entity: "town".into(),
            label: String::new(),
            flow: "main".into(),
            valid_from: Some(Moment(10)),
            valid_to: Some(Moment(20)),
        };
        let valid: Vec<bool> = [9, 10, 19, 20]
            .into_iter()
            .map(|at| number.is_valid_at(Moment(at)))
            .collect();
        assert_eq!(valid, [false, true, true, false]);
    }
}
