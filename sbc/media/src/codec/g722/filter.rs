//! The quadrature mirror filters that split 16 kHz into two bands and join them (G.722 sections 3.1 and 4.4, table 11).

use super::saturate;

/// The even coefficients; the odd ones are the same in reverse order. Their sizes add up to 6482, so that a sum of products with samples
/// of 16 bits stays below 2 to the 28.
const EVEN: [i16; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];
const ODD: [i16; 12] = [-11, 53, -156, 362, -805, 3876, 951, -210, 32, 12, -11, 3];

/// The last twelve pairs of samples, oldest first.
#[derive(Debug, Clone, Default)]
struct Delay {
    first: [i16; 12],
    second: [i16; 12],
}

impl Delay {
    /// Shifts a pair in and gives both polyphase sums.
    fn push(&mut self, [first, second]: [i16; 2]) -> (i32, i32) {
        shift(&mut self.first, first);
        shift(&mut self.second, second);
        (sum(&self.first, &EVEN), sum(&self.second, &ODD))
    }
}

fn shift(samples: &mut [i16; 12], newest: i16) {
    samples.copy_within(1.., 0);
    samples[11] = newest;
}

/// Written so that the compiler finds the instruction that multiplies and adds pairs.
fn sum(samples: &[i16; 12], coefficients: &[i16; 12]) -> i32 {
    let products = samples
        .iter()
        .zip(coefficients)
        .map(|(s, c)| i32::from(*s).wrapping_mul(i32::from(*c)));
    products.fold(0, i32::wrapping_add)
}

/// The transmit filter.
#[derive(Debug, Clone, Default)]
pub(super) struct Analysis(Delay);

impl Analysis {
    /// One sample of each band from two samples of sound.
    pub(super) fn split(&mut self, pair: [i16; 2]) -> (i32, i32) {
        let (first, second) = self.0.push(pair);
        ((second + first) >> 14, (second - first) >> 14)
    }
}

/// The receive filter.
#[derive(Debug, Clone, Default)]
pub(super) struct Synthesis(Delay);

impl Synthesis {
    /// Two samples of sound from one sample of each band.
    pub(super) fn join(&mut self, low: i32, high: i32) -> [i16; 2] {
        let (first, second) = self
            .0
            .push([saturate(low + high) as i16, saturate(low - high) as i16]);
        [second, first].map(|sum| saturate(sum >> 11) as i16)
    }
}
