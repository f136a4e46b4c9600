//! One record as one line of text, pure: `crc32 sequence json LF`. A town's engineer can read it with `tail` and `grep`.
use super::crc::crc32;
use crate::fact::Fact;

/// Longest line that is believed, in bytes; a fact is far below (a binding with a long path is some kilobytes).
pub(super) const LINE_LIMIT: usize = 256 * 1024;

/// What one line turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A whole record.
    Record {
        /// Its sequence number in the segment's epoch.
        sequence: u64,
        /// The fact, or `None` when this program does not know its kind (written by a newer one): skipped and counted.
        fact: Option<Box<Fact>>,
    },
    /// The check sum or the shape is wrong: a torn or damaged line.
    Damaged,
}

/// Appends `fact` as one line to `out`.
pub fn encode(sequence: u64, fact: &Fact, out: &mut Vec<u8>) {
    // A fact has string keys and finite integers only, so JSON cannot refuse it; were it ever to, the record says so itself.
    let json = serde_json::to_string(fact).unwrap_or_else(|error| {
        format!(
            "{{\"fact\":\"unwritable\",\"why\":{:?}}}",
            error.to_string()
        )
    });
    let body = format!("{sequence} {json}");
    out.extend_from_slice(format!("{:08x} ", crc32(body.as_bytes())).as_bytes());
    out.extend_from_slice(body.as_bytes());
    out.push(b'\n');
}

/// Reads one line without its line feed. `wanted` is asked with the sequence number whether the JSON is worth decoding.
pub fn decode(line: &[u8], wanted: impl FnOnce(u64) -> bool) -> Line {
    parse(line, wanted).unwrap_or(Line::Damaged)
}

fn parse(line: &[u8], wanted: impl FnOnce(u64) -> bool) -> Option<Line> {
    let (sum, rest) = line.split_at_checked(8)?;
    let body = rest.strip_prefix(b" ")?;
    let sum = u32::from_str_radix(std::str::from_utf8(sum).ok()?, 16).ok()?;
    if sum != crc32(body) {
        return None;
    }
    let (sequence, json) = std::str::from_utf8(body).ok()?.split_once(' ')?;
    let sequence = sequence.parse().ok()?;
    let fact = if wanted(sequence) {
        serde_json::from_str(json).ok().map(Box::new)
    } else {
        None
    };
    Some(Line::Record { sequence, fact })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{JourneyId, Moment};

    fn line() -> Vec<u8> {
        let fact = Fact::JourneyEnded {
            at: Moment(7),
            journey: JourneyId("1-é\n\"2".into()),
            cause: "caller".into(),
        };
        let mut out = Vec::new();
        encode(42, &fact, &mut out);
        out
    }

    #[test]
    fn a_record_is_one_line_and_comes_back() {
        let line = line();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let Line::Record {
            sequence: 42,
            fact: Some(fact),
        } = decode(&line[..line.len() - 1], |_| true)
        else {
            panic!()
        };
        assert_eq!(fact.at(), Moment(7));
        assert_eq!(
            decode(&line[..line.len() - 1], |_| false),
            Line::Record {
                sequence: 42,
                fact: None
            }
        );
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let line = line();
        let body = &line[..line.len() - 1];
        for at in 0..body.len() {
            let mut changed = body.to_vec();
            changed[at] ^= 0x11;
            assert_eq!(decode(&changed, |_| true), Line::Damaged, "byte {at}");
        }
    }

    #[test]
    fn an_unknown_fact_is_a_record_without_a_fact() {
        let body = "3 {\"fact\":\"from-the-future\",\"at\":1}";
        let line = format!("{:08x} {body}", crc32(body.as_bytes()));
        assert_eq!(
            decode(line.as_bytes(), |_| true),
            Line::Record {
                sequence: 3,
                fact: None
            }
        );
    }
}
