//! One band's memory: the adaptive quantizer's scale factor and the adaptive predictor (G.722 sections 3.3 to 3.6 and 6.2.1).

use super::saturate;
use super::tables;

/// Scale factor, and the predictor with two poles and six zeros that both sides run alike.
#[derive(Debug, Clone)]
pub(super) struct Band {
    /// Quantizer scale factor (DETL, DETH), at most 32704.
    scale: i32,
    /// Its logarithm (NBL, NBH), 11 fractional bits.
    log_scale: i32,
    /// What the predictor expects next (SL, SH).
    estimate: i32,
    /// The part of it that the zeros give (SZL, SZH).
    zeros_estimate: i32,
    /// Reconstructed signal, last two (RLT).
    reconstructed: [i32; 2],
    /// Pole coefficients (AL), 14 fractional bits.
    poles: [i32; 2],
    /// Partially reconstructed signal, last two (PLT).
    partial: [i32; 2],
    /// Quantized differences, last six (DLT).
    differences: [i32; 6],
    /// Zero coefficients (BL), 14 fractional bits.
    zeros: [i32; 6],
}

impl Band {
    /// The band below 4 kHz, at rest.
    pub(super) fn lower() -> Band {
        Band::starting_at(32)
    }

    /// The band above 4 kHz, at rest.
    pub(super) fn higher() -> Band {
        Band::starting_at(8)
    }

    /// A band at rest with that scale factor.
    pub(super) fn starting_at(scale: i32) -> Band {
        Band {
            scale,
            log_scale: 0,
            estimate: 0,
            zeros_estimate: 0,
            reconstructed: [0; 2],
            poles: [0; 2],
            partial: [0; 2],
            differences: [0; 6],
            zeros: [0; 6],
        }
    }

    pub(super) fn scale(&self) -> i32 {
        self.scale
    }

    pub(super) fn estimate(&self) -> i32 {
        self.estimate
    }

    /// Takes the six bits of the lower band; four of them drive the adaptation.
    pub(super) fn adapt_low(&mut self, code: u8) {
        let difference = tables::low_feedback(code, self.scale);
        (self.log_scale, self.scale) = tables::next_low_scale(self.log_scale, code);
        self.predict(difference);
    }

    /// Takes the two bits of the higher band and gives the quantized difference they stand for.
    pub(super) fn adapt_high(&mut self, code: u8) -> i32 {
        let difference = tables::high_difference(code, self.scale);
        (self.log_scale, self.scale) = tables::next_high_scale(self.log_scale, code);
        self.predict(difference);
        difference
    }

    /// Adapts the coefficients to a quantized difference and predicts the next sample.
    fn predict(&mut self, difference: i32) {
        let reconstructed = saturate(self.estimate + difference);
        let partial = saturate(self.zeros_estimate + difference);
        self.adapt_poles(partial);
        self.adapt_zeros(difference);
        let [a, b, c, d, e, _] = self.differences;
        self.differences = [difference, a, b, c, d, e];
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];
        let filtered = |coefficient: i32, value: i32| (coefficient * saturate(2 * value)) >> 15;
        let poles = self
            .poles
            .iter()
            .zip(&self.reconstructed)
            .map(|(a, r)| filtered(*a, *r))
            .sum();
        let zeros = self
            .zeros
            .iter()
            .zip(&self.differences)
            .map(|(b, d)| filtered(*b, *d))
            .sum();
        self.zeros_estimate = saturate(zeros);
        self.estimate = saturate(saturate(poles) + self.zeros_estimate);
    }

    /// UPPOL2 and UPPOL1: sign algorithm with leakage, the limits keep the poles stable.
    fn adapt_poles(&mut self, partial: i32) {
        let [first, second] = self.poles;
        let like = |earlier: i32| (partial < 0) == (earlier < 0);
        let [last, before] = self.partial;
        let push = saturate(4 * first);
        let push = if like(last) { (-push).min(32767) } else { push };
        let pull = if like(before) { 128 } else { -128 };
        let second = ((push >> 7) + pull + ((second * 32512) >> 15)).clamp(-12288, 12288);
        let pull = if like(last) { 192 } else { -192 };
        let limit = saturate(15360 - second);
        let first = saturate(pull + ((first * 32640) >> 15)).clamp(-limit, limit);
        self.poles = [first, second];
    }

    /// UPZERO: the same for the zeros, standing still when the difference is nil.
    fn adapt_zeros(&mut self, difference: i32) {
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, earlier) in self.zeros.iter_mut().zip(&self.differences) {
            let pull = if (difference < 0) == (*earlier < 0) {
                step
            } else {
                -step
            };
            *zero = saturate(pull + ((*zero * 32640) >> 15));
        }
    }
}
