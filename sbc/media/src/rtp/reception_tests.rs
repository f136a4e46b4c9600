//! Loss, jitter and restarts of numbering on known sequences.

use super::*;

fn header(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
    Header {
        marker: false,
        payload_type: 8,
        sequence,
        timestamp,
        ssrc,
    }
}

/// Feeds packets of 20 ms with these numbers, each arriving on time.
fn feed(reception: &mut Reception, numbers: impl IntoIterator<Item = u32>) {
    for n in numbers {
        let time = n.wrapping_mul(160);
        reception.packet(&header(1, n as u16, time), 160, time, true);
    }
}

#[test]
fn nothing_lost_over_a_wrap_of_the_numbers() {
    let mut reception = Reception::default();
    feed(&mut reception, 65_000..66_000);
    assert_eq!(
        (reception.packets(), reception.expected(), reception.lost()),
        (1000, 1000, 0)
    );
    assert_eq!(reception.octets(), 160_000);
    let block = reception.report().unwrap();
    assert_eq!(
        (block.ssrc, block.highest, block.cumulative_lost),
        (1, 65_999, 0)
    );
    assert_eq!(reception.jitter(), 0);
}

#[test]
fn loss_is_told_per_interval_and_in_all() {
    let mut reception = Reception::default();
    feed(&mut reception, (0..100).filter(|n| n % 4 != 2));
    assert_eq!(reception.lost(), 25);
    let block = reception.report().unwrap();
    assert_eq!((block.fraction_lost, block.cumulative_lost), (64, 25));
    assert_eq!(reception.mean_gap(), 1.0);
    feed(&mut reception, 100..200);
    let block = reception.report().unwrap();
    assert_eq!((block.fraction_lost, block.cumulative_lost), (0, 25));
}

#[test]
fn loss_in_runs_has_a_long_mean_gap() {
    let mut reception = Reception::default();
    feed(&mut reception, (0..100).filter(|n| n % 20 >= 5 || *n == 0));
    assert_eq!(reception.lost(), 24);
    assert!((reception.mean_gap() - 24.0 / 5.0).abs() < 0.01);
}

#[test]
fn reordering_is_no_loss_and_a_copy_hides_none_beyond_itself() {
    let mut reception = Reception::default();
    feed(&mut reception, [0, 2, 1, 3, 5, 4, 6]);
    assert_eq!((reception.lost(), reception.expected()), (0, 7));
    feed(&mut reception, [6]);
    assert_eq!(reception.report().unwrap().cumulative_lost, -1);
    assert_eq!(reception.lost(), 0);
}

#[test]
fn jitter_converges_to_the_mean_deviation() {
    let mut reception = Reception::default();
    for n in 0..2000u32 {
        // Each second packet 10 ms (80 units) late, so |D| is always 80.
        let late = if n % 2 == 0 { 0 } else { 80 };
        reception.packet(&header(1, n as u16, n * 160), 160, n * 160 + late, true);
    }
    assert!(
        (79..=80).contains(&reception.jitter()),
        "{}",
        reception.jitter()
    );
    assert!(reception.jitter_max() >= reception.jitter());
}

#[test]
fn a_held_key_is_no_jitter() {
    let mut reception = Reception::default();
    feed(&mut reception, 0..10);
    for n in 10..60u32 {
        reception.packet(&header(1, n as u16, 1600), 4, n * 160, false);
    }
    feed(&mut reception, 60..70);
    assert_eq!(reception.jitter_max(), 0);
}

#[test]
fn a_new_ssrc_keeps_the_totals() {
    let mut reception = Reception::default();
    feed(&mut reception, [0, 1, 3]);
    for n in 0..10u32 {
        reception.packet(&header(2, 40_000 + n as u16, n * 160), 160, n * 160, true);
    }
    assert_eq!(
        (reception.packets(), reception.expected(), reception.lost()),
        (13, 14, 1)
    );
    assert_eq!(reception.ssrc(), Some(2));
    assert_eq!(reception.report().unwrap().cumulative_lost, 0);
}

#[test]
fn one_wild_number_is_kept_out_and_two_in_a_row_are_a_restart() {
    let mut reception = Reception::default();
    feed(&mut reception, 0..10);
    assert_eq!(
        reception.packet(&header(1, 30_000, 0), 160, 1600, true),
        Arrived::Wild
    );
    feed(&mut reception, 10..20);
    assert_eq!((reception.packets(), reception.lost()), (20, 0));
    assert_eq!(
        reception.packet(&header(1, 30_000, 0), 160, 3200, true),
        Arrived::Wild
    );
    assert_eq!(
        reception.packet(&header(1, 30_001, 160), 160, 3360, true),
        Arrived::Restart
    );
    assert_eq!(
        reception.packet(&header(1, 30_002, 320), 160, 3520, true),
        Arrived::InOrder
    );
    assert_eq!((reception.packets(), reception.lost()), (22, 0));
}
