//! Keys pressed by a caller: RFC 4733 packets, and a capture file of them for SIPp's `play_pcap_audio`.

use std::path::Path;

/// The payload type the scenarios offer for telephone-event.
const PAYLOAD: u8 = 101;
/// Samples in 20 ms at the clock of 8 kHz.
const STEP: u16 = 160;
/// Packets while a key is down: 160 ms.
const DOWN: u16 = 8;

/// Writes a capture in which each key is pressed `apart` milliseconds after the one before.
pub(crate) fn capture(path: &Path, keys: &str, apart: u32) {
    let mut file = Vec::new();
    // The classic pcap header: magic, version 2.4, zone, accuracy, snap length, Ethernet.
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(4_u16.to_le_bytes());
    file.extend([0; 8]);
    file.extend(65_535_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    for (at, rtp) in packets(keys, apart) {
        record(&mut file, at, &rtp);
    }
    std::fs::write(path, file).unwrap();
}

/// The RTP packets of some keys, each with its time in milliseconds from the start.
pub(crate) fn packets(keys: &str, apart: u32) -> Vec<(u32, Vec<u8>)> {
    let mut packets = Vec::new();
    for (index, key) in keys.chars().enumerate() {
        let start = apart * index as u32;
        let timestamp = 8 * start;
        for step in 0..DOWN + 2 {
            // Three end packets, all with the final duration (RFC 4733 section 2.5.1.4).
            let end = step >= DOWN - 1;
            let duration = STEP * (step.min(DOWN - 1) + 1);
            let mut rtp = vec![0x80, PAYLOAD | if step == 0 { 0x80 } else { 0 }];
            rtp.extend((packets.len() as u16).to_be_bytes());
            rtp.extend(timestamp.to_be_bytes());
            rtp.extend(0x5151_5151_u32.to_be_bytes());
            rtp.extend([code(key), if end { 0x8a } else { 0x0a }]);
            rtp.extend(duration.to_be_bytes());
            packets.push((start + 20 * u32::from(step), rtp));
        }
    }
    packets
}

fn code(key: char) -> u8 {
    match key {
        '*' => 10,
        '#' => 11,
        digit => digit.to_digit(10).unwrap() as u8,
    }
}

/// One record: Ethernet, IPv4, UDP; SIPp puts its own addresses and ports in their place.
fn record(file: &mut Vec<u8>, milliseconds: u32, rtp: &[u8]) {
    let length = 14 + 20 + 8 + rtp.len();
    file.extend((milliseconds / 1000).to_le_bytes());
    file.extend((milliseconds % 1000 * 1000).to_le_bytes());
    file.extend((length as u32).to_le_bytes());
    file.extend((length as u32).to_le_bytes());
    file.extend([0; 12]);
    file.extend(0x0800_u16.to_be_bytes());
    let ip = (20 + 8 + rtp.len()) as u16;
    file.extend([0x45, 0]);
    file.extend(ip.to_be_bytes());
    file.extend([0, 0, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    file.extend(6_000_u16.to_be_bytes());
    file.extend(6_000_u16.to_be_bytes());
    file.extend(((8 + rtp.len()) as u16).to_be_bytes());
    file.extend([0, 0]);
    file.extend(rtp);
}
