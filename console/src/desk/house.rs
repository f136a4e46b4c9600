//! The house as the desk shows it: open or closed, and by whom.

use std::time::SystemTime;

use crate::app::{House, Opening};
use crate::protocol::{ClosureView, LineState, LineView};

/// The house at this moment: what the hours say, unless somebody closed all of it by hand.
pub(super) fn line(
    town: &str,
    number: String,
    opening: &Opening,
    closures: &[ClosureView],
    now_ms: u64,
) -> LineView {
    let by_hand = closures
        .iter()
        .filter(|closure| closure.service.is_none() && closure.until_ms > now_ms)
        .map(|closure| closure.until_ms)
        .max();
    let (state, until_ms) = match (by_hand, opening.open) {
        (Some(until), _) => (LineState::ClosedByHand, Some(until)),
        (None, true) => (LineState::Open, opening.until.map(super::view::ms)),
        (None, false) => (LineState::Closed, opening.until.map(super::view::ms)),
    };
    LineView {
        town: town.to_owned(),
        number,
        state,
        until_ms,
    }
}

/// Until when a call back for a service is due when nobody says otherwise: the end of the next day that it is open. A service of
/// which no hours are known goes by reception; where nothing opens within the preview there is no end.
pub(super) fn deadline(
    house: &dyn House,
    service: Option<&str>,
    now: SystemTime,
) -> Option<SystemTime> {
    let of = |service| house.next_day(service, now).last().map(|open| open.end);
    let own = service.and_then(|service| of(Some(service)));
    own.or_else(|| of(None))
}

/// The closures that hold at this moment.
pub(super) fn in_force(closures: &[ClosureView], now: SystemTime) -> Vec<ClosureView> {
    let now = super::view::ms(now);
    let open = closures.iter().filter(|closure| closure.until_ms > now);
    open.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    fn closure(service: Option<&str>, until_ms: u64) -> ClosureView {
        ClosureView {
            id: "1".into(),
            service: service.map(str::to_owned),
            text: "gas".into(),
            by: "reception1".into(),
            since_ms: 0,
            until_ms,
        }
    }

    #[test]
    fn a_hand_is_stronger_than_the_hours_until_it_ends() {
        let opening = Opening {
            open: true,
            until: Some(UNIX_EPOCH + Duration::from_millis(900)),
        };
        let line =
            |closures: &[ClosureView], now| line("Demo", "054".into(), &opening, closures, now);
        let all = [closure(None, 500)];
        assert_eq!(line(&all, 499).state, LineState::ClosedByHand);
        assert_eq!(line(&all, 499).until_ms, Some(500));
        assert_eq!(line(&all, 500).state, LineState::Open);
        assert_eq!(line(&all, 500).until_ms, Some(900));
        assert_eq!(
            line(&[closure(Some("population"), 500)], 1).state,
            LineState::Open
        );
        assert!(in_force(&all, UNIX_EPOCH + Duration::from_millis(500)).is_empty());
    }

    #[test]
    fn a_call_back_is_due_when_the_next_opening_day_ends() {
        let hours = |n: u64| Some(UNIX_EPOCH + Duration::from_secs(3_600 * n));
        let now = UNIX_EPOCH + Duration::from_secs(36_000);
        let due = |service| deadline(&crate::stage::Office, service, now);
        assert_eq!(due(Some("population")), hours(35), "tomorrow");
        assert_eq!(due(None), hours(11), "reception closes in an hour");
        assert_eq!(due(Some("nobody")), hours(11), "as reception does");
    }
}
