//! Privacy (RFC 3323 section 4.2, `id` of RFC 3325, `history` of RFC 7044).

/// What the caller wants hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// `id`: the asserted identity stays inside the trust domain.
    pub id: bool,
    /// `header`: headers that tell where the caller is.
    pub header: bool,
    /// `session`: addresses in the session description.
    pub session: bool,
    /// `user`: what the user agent could have hidden itself.
    pub user: bool,
    /// `history`: History-Info.
    pub history: bool,
    /// `critical`: refuse rather than show.
    pub critical: bool,
    /// `none`: hide nothing, also not by default.
    pub none: bool,
}

impl Privacy {
    /// Reads one value; what is unknown is passed over, because nothing can be hidden less by it.
    pub fn parse(value: &[u8]) -> Privacy {
        let mut privacy = Privacy::default();
        // RFC 3323 separates by semicolon; commas are seen in the field.
        for word in value.split(|byte| matches!(byte, b';' | b',')) {
            let word = crate::grammar::trim(word);
            let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
            privacy.id |= is("id");
            privacy.header |= is("header");
            privacy.session |= is("session");
            privacy.user |= is("user");
            privacy.history |= is("history");
            privacy.critical |= is("critical");
            privacy.none |= is("none");
        }
        privacy
    }

    /// Whether the caller's number must not be shown to the callee.
    pub fn hides_identity(&self) -> bool {
        self.id || self.user || self.header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case() {
        assert_eq!(
            Privacy::parse(b"ID ; critical"),
            Privacy {
                id: true,
                critical: true,
                ..Privacy::default()
            }
        );
        assert_eq!(
            Privacy::parse(b"header,session"),
            Privacy {
                header: true,
                session: true,
                ..Privacy::default()
            }
        );
        assert!(
            !Privacy::parse(b"none").hides_identity() && Privacy::parse(b"user").hides_identity()
        );
        assert_eq!(Privacy::parse(b"whatever"), Privacy::default());
    }
}
