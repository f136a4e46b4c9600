//! ITU-T G.722 at 64 kbit/s (mode 1): 16 kHz sound as two bands of 8 kHz, each in adaptive differential code.
//!
//! Every value is kept in the 16 bits of the Recommendation by [`saturate`] and by clamped scale factors, so that no product or sum
//! leaves an `i32` whatever a peer sends. Nothing is allocated while coding.

mod band;
mod filter;
mod tables;
#[cfg(test)]
mod tests;

use band::Band;
use filter::{Analysis, Synthesis};

/// Sound to code: two samples at 16 kHz make one byte.
#[derive(Debug, Clone)]
pub struct G722Encoder {
    split: Analysis,
    low: Band,
    high: Band,
}

/// Code to sound: one byte makes two samples at 16 kHz.
#[derive(Debug, Clone)]
pub struct G722Decoder {
    join: Synthesis,
    low: Band,
    high: Band,
}

impl G722Encoder {
    /// An encoder at rest.
    pub fn new() -> G722Encoder {
        G722Encoder {
            split: Analysis::default(),
            low: Band::lower(),
            high: Band::higher(),
        }
    }

    /// The code of two samples that follow each other (G.722 figure 2).
    pub fn encode(&mut self, pair: [i16; 2]) -> u8 {
        let (low, high) = self.split.split(pair);
        let low_code = tables::quantize_low(saturate(low - self.low.estimate()), self.low.scale());
        self.low.adapt_low(low_code);
        let high_code =
            tables::quantize_high(saturate(high - self.high.estimate()), self.high.scale());
        self.high.adapt_high(high_code);
        high_code << 6 | low_code
    }
}

impl G722Decoder {
    /// A decoder at rest.
    pub fn new() -> G722Decoder {
        G722Decoder {
            join: Synthesis::default(),
            low: Band::lower(),
            high: Band::higher(),
        }
    }

    /// The two samples of a code (G.722 figure 3).
    pub fn decode(&mut self, code: u8) -> [i16; 2] {
        let (low_code, high_code) = (code & 0x3F, code >> 6);
        let difference = tables::low_difference(low_code, self.low.scale());
        let low = (self.low.estimate() + difference).clamp(-16384, 16383);
        self.low.adapt_low(low_code);
        let before = self.high.estimate();
        let difference = self.high.adapt_high(high_code);
        let high = (before + difference).clamp(-16384, 16383);
        self.join.join(low, high)
    }
}

impl Default for G722Encoder {
    fn default() -> G722Encoder {
        G722Encoder::new()
    }
}

impl Default for G722Decoder {
    fn default() -> G722Decoder {
        G722Decoder::new()
    }
}

/// Limits a value to 16 bits.
fn saturate(value: i32) -> i32 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX))
}
