//! The quadrature mirror filters that split 16 kHz into two bands and join them (G.722 sections 3.1 and 4.4, table 11).

use super::saturate;

/// Every second coefficient; the other twelve are the same in reverse order.
const HALF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/// The last twelve pairs of samples, oldest first.
#[derive(Debug, Clone, Default)]
struct Delay([[i32; 2]; 12]);

impl Delay {
    /// Shifts a pair in and gives both polyphase sums.
    fn push(&mut self, pair: [i32; 2]) -> (i32, i32) {
        self.0.rotate_left(1);
        self.0[11] = pair;
        let mut first = 0;
        let mut second = 0;
        for (pair, (forward, backward)) in self.0.iter().zip(HALF.iter().zip(HALF.iter().rev())) {
            first += pair[0] * forward;
            second += pair[1] * backward;
        }
        (first, second)
    }
}

/// The transmit filter.
#[derive(Debug, Clone, Default)]
pub(super) struct Analysis(Delay);

impl Analysis {
    /// One sample of each band from two samples of sound.
    pub(super) fn split(&mut self, pair: [i16; 2]) -> (i32, i32) {
        let (first, second) = self.0.push(pair.map(i32::from));
        ((second + first) >> 14, (second - first) >> 14)
    }
}

/// The receive filter.
#[derive(Debug, Clone, Default)]
pub(super) struct Synthesis(Delay);

impl Synthesis {
    /// Two samples of sound from one sample of each band.
    pub(super) fn join(&mut self, low: i32, high: i32) -> [i16; 2] {
        let (first, second) = self.0.push([low + high, low - high]);
        [second, first].map(|sum| saturate(sum >> 11) as i16)
    }
}
