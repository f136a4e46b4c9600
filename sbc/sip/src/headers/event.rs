//! Event and Subscription-State (RFC 6665 sections 8.2.1 and 8.2.3).

use crate::grammar::{Cursor, number};
use crate::headers::{HeaderError, Params};

/// The event package of a SUBSCRIBE or NOTIFY.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The package, `refer`, `message-summary`, …; case matters.
    pub package: &'a str,
    /// `id`: which of several subscriptions.
    pub id: Option<&'a str>,
}

impl<'a> Event<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<Event<'a>, HeaderError> {
        let (package, params) = word(value)?;
        Ok(Event {
            package,
            id: params.get("id"),
        })
    }
}

/// The state of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// `active`
    Active,
    /// `pending`
    Pending,
    /// `terminated`
    Terminated,
    /// Anything else, which a subscriber treats as active.
    Other,
}

/// Subscription-State.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscriptionState<'a> {
    /// The state.
    pub state: Subscription,
    /// Seconds left.
    pub expires: Option<u32>,
    /// Why it ended: `noresource`, `timeout`, …
    pub reason: Option<&'a str>,
    /// Seconds before another try.
    pub retry_after: Option<u32>,
}

impl<'a> SubscriptionState<'a> {
    /// Reads one value.
    pub fn parse(value: &'a [u8]) -> Result<SubscriptionState<'a>, HeaderError> {
        let (state, params) = word(value)?;
        let named = [
            ("active", Subscription::Active),
            ("pending", Subscription::Pending),
            ("terminated", Subscription::Terminated),
        ];
        let state = named
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(state))
            .map_or(Subscription::Other, |(_, state)| state);
        let seconds = |name| params.get(name).and_then(|value| number(value.as_bytes()));
        Ok(SubscriptionState {
            state,
            expires: seconds("expires"),
            reason: params.get("reason"),
            retry_after: seconds("retry-after"),
        })
    }
}

/// A token with parameters.
fn word(value: &[u8]) -> Result<(&str, Params<'_>), HeaderError> {
    let mut cursor = Cursor::new(value);
    let word = cursor.token().ok_or(HeaderError("event without a name"))?;
    Ok((word, Params::parse(cursor.rest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_states() {
        assert_eq!(
            Event::parse(b"refer;id=93809824"),
            Ok(Event {
                package: "refer",
                id: Some("93809824")
            })
        );
        let read = SubscriptionState::parse(b"Terminated;reason=noresource;retry-after=5").unwrap();
        assert_eq!(
            (read.state, read.reason, read.retry_after),
            (Subscription::Terminated, Some("noresource"), Some(5))
        );
        assert_eq!(
            SubscriptionState::parse(b"active;expires=60")
                .unwrap()
                .expires,
            Some(60)
        );
        assert_eq!(
            SubscriptionState::parse(b"resting").unwrap().state,
            Subscription::Other
        );
        assert!(Event::parse(b"").is_err() && Event::parse(b"a b").is_err());
    }
}
