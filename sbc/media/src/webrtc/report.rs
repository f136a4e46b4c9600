//! RTCP between the clocks (RFC 3550 section 6.4): timestamps and jitter count ticks, and a browser's clock is six times ours.

/// Octets of a report block, and where its jitter stands.
const BLOCK: usize = 24;
const JITTER: usize = 12;
/// Where the RTP timestamp of a sender report stands.
const TIMESTAMP: usize = 16;

/// Our reports in the browser's ticks.
pub(super) fn faster(bytes: &mut [u8], ratio: u32) {
    fields(bytes, |field| field.wrapping_mul(ratio));
}

/// The browser's reports in our ticks.
pub(super) fn slower(bytes: &mut [u8], ratio: u32) {
    fields(bytes, |field| field.checked_div(ratio).unwrap_or(field));
}

/// Changes every timestamp and jitter of a compound packet.
fn fields(bytes: &mut [u8], change: impl Fn(u32) -> u32) {
    let mut rest = bytes;
    while let Some(&[first, kind, l0, l1]) = rest.first_chunk() {
        let length = 4 * (usize::from(u16::from_be_bytes([l0, l1])) + 1);
        let Some((packet, after)) = rest.split_at_mut_checked(length) else {
            return;
        };
        let blocks = match kind {
            200 => {
                at(packet, TIMESTAMP, &change);
                28
            }
            201 => 8,
            _ => length,
        };
        for block in 0..usize::from(first & 31) {
            at(packet, blocks + block * BLOCK + JITTER, &change);
        }
        rest = after;
    }
}

fn at(packet: &mut [u8], place: usize, change: impl Fn(u32) -> u32) {
    if let Some(field) = packet.get_mut(place..).and_then(<[u8]>::first_chunk_mut) {
        *field = change(u32::from_be_bytes(*field)).to_be_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sender report with one block, and one octet more than a receiver report has.
    fn compound() -> Vec<u8> {
        let mut bytes = vec![0x81, 200, 0, 12];
        bytes.resize(52, 1);
        bytes.extend([0x81, 201, 0, 7]);
        bytes.resize(84, 1);
        bytes
    }

    #[test]
    fn timestamps_and_jitter_change_and_nothing_else_does() {
        let mut bytes = compound();
        faster(&mut bytes, 6);
        let changed: Vec<usize> = (0..84).filter(|n| bytes[*n] != compound()[*n]).collect();
        let fields = [16..20, 40..44, 72..76];
        assert_eq!(changed, fields.into_iter().flatten().collect::<Vec<_>>());
        slower(&mut bytes, 6);
        assert_eq!(bytes, compound());
    }

    #[test]
    fn lengths_that_lie_touch_nothing() {
        for length in 0..84 {
            let mut bytes = compound();
            bytes.truncate(length);
            faster(&mut bytes, 6);
        }
        let mut bytes = [0x9f, 201, 0, 1, 9, 9, 9, 9];
        faster(&mut bytes, 6);
        assert_eq!(bytes, [0x9f, 201, 0, 1, 9, 9, 9, 9]);
    }
}
