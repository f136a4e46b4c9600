//! When the next report is due (RFC 3550 section 6.2, for two parties and one stream each).

use std::time::Duration;

/// `Tmin` of section 6.2. With two parties and 64 kbit/s the bandwidth rule never asks for more.
const MINIMUM: Duration = Duration::from_secs(5);
/// Section 6.3.1: makes up for timer reconsideration, `e - 3/2`.
const COMPENSATION: f64 = 1.218_28;

/// The time to the next report: half to one and a half of the minimum, by a uniform random number; half of
/// that for the first one.
pub fn interval(random: u32, first: bool) -> Duration {
    let spread = 0.5 + f64::from(random) / f64::from(u32::MAX);
    let minimum = if first { MINIMUM / 2 } else { MINIMUM };
    minimum.mul_f64(spread / COMPENSATION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_spread_around_five_seconds() {
        assert_eq!(interval(0, false).as_millis(), 2052);
        assert_eq!(interval(u32::MAX, false).as_millis(), 6156);
        assert_eq!(interval(u32::MAX, true).as_millis(), 3078);
    }
}
