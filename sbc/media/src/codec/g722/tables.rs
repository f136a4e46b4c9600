//! The quantizers and their tables (G.722 tables 14 to 21).

/// Decision levels of the lower band (Q6), in units of 1/4096 of the scale factor.
const DECISIONS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
    1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
];
/// The decision level of the higher band.
const DECISION_HIGH: i32 = 564;
/// Output of the inverse 6-bit quantizer (QQ6), in units of 1/32768 of the scale factor.
const LEVELS_6: [i16; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232,
    -9360, -8576, -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776,
    -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280,
    11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776,
    2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
/// Output of the inverse 4-bit quantizer (QQ4).
const LEVELS_4: [i16; 16] = [
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584,
    1200, 0,
];
/// Output of the inverse 2-bit quantizer (QQ2).
const LEVELS_2: [i16; 4] = [-7408, -1616, 7408, 1616];
/// Step of the logarithmic scale factor for each 4-bit code (WL seen through RL4).
const STEPS_LOW: [i16; 16] = [
    -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60,
];
/// The same for each 2-bit code (WH seen through RH2).
const STEPS_HIGH: [i16; 4] = [798, -214, 798, -214];
/// The antilogarithm (ILB): 2048 times 2 to the n/32.
const ANTILOG: [i16; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// QUANTL: the six bits of a difference.
pub(super) fn quantize_low(difference: i32, scale: i32) -> u8 {
    let magnitude = if difference < 0 {
        !difference
    } else {
        difference
    };
    let above = DECISIONS.partition_point(|level| magnitude >= (level * scale) >> 12) as u8;
    // Table 16: the two innermost negative steps have the codes 63 and 62, the others count down from 31.
    match (difference < 0, above) {
        (true, 0..=1) => 63 - above,
        (true, _) => 33 - above,
        (false, _) => 61 - above,
    }
}

/// QUANTH: the two bits of a difference.
pub(super) fn quantize_high(difference: i32, scale: i32) -> u8 {
    let magnitude = if difference < 0 {
        !difference
    } else {
        difference
    };
    let large = magnitude >= (DECISION_HIGH * scale) >> 12;
    match (difference < 0, large) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    }
}

/// INVQBL: the difference that all six bits stand for.
pub(super) fn low_difference(code: u8, scale: i32) -> i32 {
    level(&LEVELS_6, code, scale)
}

/// INVQAL: the difference that the upper four of the six bits stand for; only it drives the adaptation, so that the lower two may be
/// stolen for data.
pub(super) fn low_feedback(code: u8, scale: i32) -> i32 {
    level(&LEVELS_4, code >> 2, scale)
}

/// INVQAH: the difference that the two bits stand for.
pub(super) fn high_difference(code: u8, scale: i32) -> i32 {
    level(&LEVELS_2, code, scale)
}

/// LOGSCL and SCALEL: the next logarithmic and linear scale factors of the lower band.
pub(super) fn next_low_scale(log_scale: i32, code: u8) -> (i32, i32) {
    let log_scale = leak(log_scale, entry(&STEPS_LOW, code >> 2)).min(18432);
    (log_scale, antilog(log_scale, 8))
}

/// LOGSCH and SCALEH: the same for the higher band.
pub(super) fn next_high_scale(log_scale: i32, code: u8) -> (i32, i32) {
    let log_scale = leak(log_scale, entry(&STEPS_HIGH, code)).min(22528);
    (log_scale, antilog(log_scale, 10))
}

fn level(levels: &[i16], code: u8, scale: i32) -> i32 {
    (scale * entry(levels, code)) >> 15
}

fn entry(table: &[i16], code: u8) -> i32 {
    i32::from(table.get(usize::from(code)).copied().unwrap_or(0))
}

fn leak(log_scale: i32, step: i32) -> i32 {
    (((log_scale * 127) >> 7) + step).max(0)
}

fn antilog(log_scale: i32, exponent: i32) -> i32 {
    let mantissa = entry(&ANTILOG, ((log_scale >> 6) & 31) as u8);
    let shift = exponent - (log_scale >> 11);
    (if shift < 0 {
        mantissa << -shift
    } else {
        mantissa >> shift
    }) << 2
}
