//! How good a stream sounds: the E-model (ITU-T G.107), reduced to what a packet network changes.
//!
//! `R = 93.2 - Id - Ie,eff`: the default of G.107 table 3 with every other parameter at its default value.

/// R of a perfect narrow-band connection with all parameters of G.107 at their defaults.
const R_DEFAULT: f32 = 93.2;
/// Packet loss robustness of G.711 with loss concealment (ITU-T G.113 Appendix I, table I.4); every
/// telephone conceals. Equipment impairment of G.711 is 0; G.722 is judged alike, its wider band not credited.
const BPL: f32 = 25.1;
/// What a receiver adds: one packet of 20 ms, and a jitter buffer of twice the jitter.
const PACKET_MS: f32 = 20.0;

/// What the network did to a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// Fraction of packets lost, 0 to 1.
    pub loss: f32,
    /// Mean length of a run of lost packets, at least 1.
    pub mean_gap: f32,
    /// Delay one way in the network, milliseconds; 0 when unknown.
    pub delay_ms: f32,
    /// Interarrival jitter, milliseconds.
    pub jitter_ms: f32,
}

/// The estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Transmission rating R of G.107, 0 to 93.2.
    pub r: f32,
    /// Mean opinion score that goes with it (G.107 Annex B), 1.0 to 4.5.
    pub mos: f32,
}

impl Conditions {
    /// Rates the conditions.
    pub fn quality(self) -> Quality {
        let delay = self.delay_ms.max(0.0) + 2.0 * self.jitter_ms.max(0.0) + PACKET_MS;
        let r =
            (R_DEFAULT - delay_impairment(delay) - self.loss_impairment()).clamp(0.0, R_DEFAULT);
        Quality { r, mos: mos(r) }
    }

    /// `Ie,eff` of G.107 section 7.5 with `Ie` 0: `95 · Ppl / (Ppl / BurstR + Bpl)`, `Ppl` in percent. `BurstR` is
    /// the observed mean run of loss over that of random loss, which is `1 / (1 - p)`.
    fn loss_impairment(self) -> f32 {
        let loss = self.loss.clamp(0.0, 1.0);
        let ppl = 100.0 * loss;
        let burst = (self.mean_gap * (1.0 - loss)).max(1.0);
        95.0 * ppl / (ppl / burst + BPL)
    }
}

/// `Id` as fitted by Cole and Rosenbluth, "Voice over IP performance monitoring" (2001), equation 3.
fn delay_impairment(ms: f32) -> f32 {
    0.024 * ms + 0.11 * (ms - 177.3).max(0.0)
}

/// G.107 Annex B.
fn mos(r: f32) -> f32 {
    if r <= 0.0 {
        return 1.0;
    }
    if r >= 100.0 {
        return 4.5;
    }
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: Conditions = Conditions {
        loss: 0.0,
        mean_gap: 1.0,
        delay_ms: 0.0,
        jitter_ms: 0.0,
    };

    /// The pairs of G.107 table B.1 (user satisfaction), which rounds a little more than its own formula.
    #[test]
    fn mos_of_known_ratings() {
        for (r, expected) in [
            (90.0, 4.34),
            (80.0, 4.03),
            (70.0, 3.60),
            (60.0, 3.10),
            (50.0, 2.58),
        ] {
            assert!((mos(r) - expected).abs() < 0.01, "R {r}: {}", mos(r));
        }
        assert_eq!((mos(-1.0), mos(100.0)), (1.0, 4.5));
    }

    #[test]
    fn a_clean_stream_is_near_the_best_g711_can_be() {
        let quality = CLEAN.quality();
        assert!(
            (quality.r - 92.72).abs() < 0.01 && (quality.mos - 4.40).abs() < 0.01,
            "{quality:?}"
        );
    }

    /// G.107 with Bpl 25.1: 1 % random loss gives Ie,eff 95/26.1 = 3.64, 5 % gives 15.78.
    #[test]
    fn random_loss_costs_what_the_formula_says() {
        for (loss, cost) in [(0.01, 3.64), (0.05, 15.78), (0.20, 42.13)] {
            let quality = Conditions { loss, ..CLEAN }.quality();
            assert!(
                (CLEAN.quality().r - quality.r - cost).abs() < 0.02,
                "{loss}: {quality:?}"
            );
        }
    }

    #[test]
    fn loss_in_bursts_costs_more_than_the_same_loss_at_random() {
        let random = Conditions {
            loss: 0.05,
            mean_gap: 1.05,
            ..CLEAN
        }
        .quality();
        let bursts = Conditions {
            loss: 0.05,
            mean_gap: 5.0,
            ..CLEAN
        }
        .quality();
        assert!(bursts.mos < random.mos, "{bursts:?} {random:?}");
    }

    /// Above 177.3 ms the slope changes: 200 ms costs 4.8 + 2.497.
    #[test]
    fn delay_and_jitter_cost() {
        assert!((delay_impairment(200.0) - 7.297).abs() < 0.001);
        let late = Conditions {
            delay_ms: 80.0,
            jitter_ms: 50.0,
            ..CLEAN
        }
        .quality();
        assert!((late.r - (93.2 - 7.297)).abs() < 0.01, "{late:?}");
    }

    #[test]
    fn nonsense_stays_in_range() {
        for loss in [-1.0, 0.5, 1.0, 7.0] {
            let quality = Conditions {
                loss,
                mean_gap: 0.0,
                delay_ms: 1e9,
                jitter_ms: -5.0,
            }
            .quality();
            assert!((1.0..=4.5).contains(&quality.mos));
        }
    }
}
