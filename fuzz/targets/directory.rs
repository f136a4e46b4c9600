//! What must hold for any text that is imported and any line that the journal may hold. Used by libFuzzer and by the seeded
//! mutation on stable Rust.
#![allow(
    unreachable_pub,
    reason = "included as a private module by its two users"
)]

use directory::import::parse;
use directory::journal::{Line, decode, encode};

/// A CSV file: what is read, written with quotes, is read as the same; what is refused is told at a line of the file.
pub fn csv(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = text.matches('\n').count() + 1;
    let records = match parse(&text) {
        Ok(records) => records,
        Err(told) => {
            assert!(
                (1..=lines).contains(&told.line),
                "line {} of {lines}",
                told.line
            );
            assert!(!told.message.is_empty());
            return;
        }
    };
    let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
    let mut written = String::new();
    for record in &records {
        assert!((1..=lines).contains(&record.line));
        let fields: Vec<String> = record.fields.iter().map(quoted).collect();
        written.push_str(&fields.join(","));
        written.push_str("\r\n");
    }
    let again = parse(&written).expect("our own file");
    let held = |records: &[directory::import::CsvRecord]| {
        let fields = records.iter().map(|record| record.fields.clone());
        fields.collect::<Vec<_>>()
    };
    assert_eq!(held(&again), held(&records));
}

/// A line of the journal as it is, and behind a check sum that is right: a record, or damaged. A record written again is the
/// same record.
pub fn journal(data: &[u8]) {
    let mut sealed = format!("{:08x} ", check_sum(data)).into_bytes();
    sealed.extend_from_slice(data);
    for line in [data, &*sealed] {
        let Line::Record {
            sequence,
            fact: Some(fact),
        } = decode(line, |_| true)
        else {
            continue;
        };
        let mut written = Vec::new();
        encode(sequence, &fact, &mut written);
        let again = decode(written.strip_suffix(b"\n").expect("a whole line"), |_| true);
        let fact = Some(fact);
        assert_eq!(again, Line::Record { sequence, fact });
    }
}

/// CRC-32 of ISO 3309.
fn check_sum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes.iter().fold(u32::MAX, |crc, octet| {
        (0..8).fold(crc ^ u32::from(*octet), step)
    })
}
