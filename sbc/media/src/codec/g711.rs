//! ITU-T G.711 A-law and µ-law, by table in both directions.
//!
//! A linear sample is a 16-bit signed value; the 13 (A) or 14 (µ) bits of the Recommendation stand in its upper part.

/// Linear value of each µ-law code.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static ULAW_DECODE: [i16; 256] = {
    let mut table = [0i16; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = ulaw_expand(code as u8);
        code += 1;
    }
    table
};

/// Linear value of each A-law code.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static ALAW_DECODE: [i16; 256] = {
    let mut table = [0i16; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = alaw_expand(code as u8);
        code += 1;
    }
    table
};

/// µ-law code of each 14-bit sample, indexed by its two's complement bits.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static ULAW_ENCODE: [u8; 1 << 14] = {
    let mut table = [0u8; 1 << 14];
    let mut index = 0usize;
    while index < table.len() {
        table[index] = ulaw_compress(((index as u16) << 2) as i16);
        index += 1;
    }
    table
};

/// A-law code of each 13-bit sample, indexed by its two's complement bits.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static ALAW_ENCODE: [u8; 1 << 13] = {
    let mut table = [0u8; 1 << 13];
    let mut index = 0usize;
    while index < table.len() {
        table[index] = alaw_compress(((index as u16) << 3) as i16);
        index += 1;
    }
    table
};

/// The linear sample of a µ-law code (G.711 table 2).
#[expect(clippy::indexing_slicing, reason = "256 entries, indexed by a byte")]
pub fn ulaw_decode(code: u8) -> i16 {
    ULAW_DECODE[usize::from(code)]
}

/// The linear sample of an A-law code (G.711 table 1).
#[expect(clippy::indexing_slicing, reason = "256 entries, indexed by a byte")]
pub fn alaw_decode(code: u8) -> i16 {
    ALAW_DECODE[usize::from(code)]
}

/// The µ-law code of a linear sample.
#[expect(clippy::indexing_slicing, reason = "2^14 entries, indexed by 14 bits")]
pub fn ulaw_encode(sample: i16) -> u8 {
    ULAW_ENCODE[usize::from(sample.cast_unsigned() >> 2)]
}

/// The A-law code of a linear sample.
#[expect(clippy::indexing_slicing, reason = "2^13 entries, indexed by 13 bits")]
pub fn alaw_encode(sample: i16) -> u8 {
    ALAW_ENCODE[usize::from(sample.cast_unsigned() >> 3)]
}

/// G.711 table 2: sign, three bits of segment, four of step, all inverted; magnitude biased by 33.
const fn ulaw_expand(code: u8) -> i16 {
    let bits = !code;
    let exponent = (bits >> 4) & 7;
    let step = (bits & 0x0F) as i16;
    let magnitude = (((step << 1) + 33) << exponent) - 33;
    let sample = magnitude << 2;
    if bits & 0x80 != 0 { -sample } else { sample }
}

/// G.711 table 1: sign, three bits of segment, four of step, even bits inverted.
const fn alaw_expand(code: u8) -> i16 {
    let bits = code ^ 0x55;
    let exponent = (bits >> 4) & 7;
    let step = (bits & 0x0F) as i16;
    let magnitude = match exponent {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 0x108) << (exponent - 1),
    };
    if bits & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    }
}

/// The inverse of [`ulaw_expand`]: the segment whose decision values enclose the sample.
const fn ulaw_compress(sample: i16) -> u8 {
    let negative = sample < 0;
    // One's complement, so that -1 falls into the first negative step, as the reference does.
    let magnitude = (if negative { !sample } else { sample }) >> 2;
    let biased = if magnitude + 33 > 0x1FFF {
        0x1FFF
    } else {
        magnitude + 33
    };
    let mut exponent = 0;
    while biased >> (exponent + 6) != 0 {
        exponent += 1;
    }
    let step = (biased >> (exponent + 1)) & 0x0F;
    let bits = ((exponent as u8) << 4) | step as u8;
    if negative { !(bits | 0x80) } else { !bits }
}

/// The inverse of [`alaw_expand`].
const fn alaw_compress(sample: i16) -> u8 {
    let negative = sample < 0;
    let magnitude = (if negative { !sample } else { sample }) >> 4;
    let mut exponent = 0u8;
    let mut step = magnitude;
    if magnitude > 15 {
        exponent = 1;
        while step > 31 {
            step >>= 1;
            exponent += 1;
        }
        step -= 16;
    }
    let bits = (exponent << 4) | step as u8;
    (if negative { bits } else { bits | 0x80 }) ^ 0x55
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First decoder output and step of each positive segment, G.711 table 1a (full scale 4096).
    const ALAW_SEGMENTS: [(i32, i32); 8] = [
        (1, 2),
        (33, 2),
        (66, 4),
        (132, 8),
        (264, 16),
        (528, 32),
        (1056, 64),
        (2112, 128),
    ];
    /// The same, G.711 table 2a (full scale 8159).
    const ULAW_SEGMENTS: [(i32, i32); 8] = [
        (0, 2),
        (33, 4),
        (99, 8),
        (231, 16),
        (495, 32),
        (1023, 64),
        (2079, 128),
        (4191, 256),
    ];

    fn outputs(segments: [(i32, i32); 8], scale: i32) -> Vec<i32> {
        segments
            .iter()
            .flat_map(|&(first, step)| (0..16).map(move |n| (first + n * step) * scale))
            .collect()
    }

    #[test]
    fn every_alaw_code_has_the_value_of_the_recommendation() {
        for (n, value) in outputs(ALAW_SEGMENTS, 8).into_iter().enumerate() {
            let positive = (0x80 | n as u8) ^ 0x55;
            assert_eq!(
                i32::from(alaw_decode(positive)),
                value,
                "code {positive:#04x}"
            );
            assert_eq!(
                i32::from(alaw_decode(positive ^ 0x80)),
                -value,
                "code {:#04x}",
                positive ^ 0x80
            );
        }
    }

    #[test]
    fn every_ulaw_code_has_the_value_of_the_recommendation() {
        for (n, value) in outputs(ULAW_SEGMENTS, 4).into_iter().enumerate() {
            let positive = !(n as u8);
            assert_eq!(
                i32::from(ulaw_decode(positive)),
                value,
                "code {positive:#04x}"
            );
            assert_eq!(
                i32::from(ulaw_decode(positive ^ 0x80)),
                -value,
                "code {:#04x}",
                positive ^ 0x80
            );
        }
    }

    #[test]
    fn encoding_a_decoded_code_gives_it_back() {
        for code in 0..=255u8 {
            assert_eq!(alaw_encode(alaw_decode(code)), code);
            // µ-law has two zeros; the negative one is never sent.
            let expected = if code == 0x7F { 0xFF } else { code };
            assert_eq!(ulaw_encode(ulaw_decode(code)), expected);
        }
    }

    /// The code number of a magnitude: the last whose lower decision value (half a step under its output) is not above it.
    fn number(segments: [(i32, i32); 8], scale: i32, magnitude: i32) -> u8 {
        let decisions = segments
            .iter()
            .flat_map(|&(first, step)| (0..16).map(move |n| first + n * step - step / 2));
        let below = decisions.filter(|d| d * scale <= magnitude).count();
        u8::try_from(below - 1).unwrap()
    }

    #[test]
    fn every_sample_falls_between_the_decision_values_of_its_code() {
        for sample in i16::MIN..=i16::MAX {
            let sign = if sample < 0 { 0x00 } else { 0x80 };
            let magnitude = i32::from(if sample < 0 { !sample } else { sample });
            let alaw = (sign | number(ALAW_SEGMENTS, 8, magnitude)) ^ 0x55;
            assert_eq!(alaw_encode(sample), alaw, "A-law {sample}");
            let ulaw = sign ^ 0x80 ^ 0xFF ^ number(ULAW_SEGMENTS, 4, magnitude);
            assert_eq!(ulaw_encode(sample), ulaw, "µ-law {sample}");
        }
    }
}
