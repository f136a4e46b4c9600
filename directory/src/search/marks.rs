//! Which letters of the shown name are underlined.
use super::build::Field;
use super::letters::{fold_into, is_apostrophe};
use super::matching::How;
use super::rank::WordHit;
use super::words::words;

/// First character and how many, in UTF-16 units, in order and never touching.
pub(super) fn of(name: &str, fits: &[WordHit]) -> Vec<(u32, u32)> {
    let words = words(name);
    let mut marks: Vec<(u32, u32)> = Vec::new();
    for fit in fits.iter().filter(|fit| fit.field == Field::Name) {
        let first = usize::from(fit.word);
        let last = first + usize::from(fit.run.max(1)) - 1;
        let (Some(first), Some(last)) = (words.get(first), words.get(last)) else {
            continue;
        };
        let whole = (first.first, last.first + last.length);
        let part = matches!(fit.how, How::Start | How::Inside | How::Mistaken) && fit.letters > 0;
        let (begin, end) = if part {
            letters(name, whole, fit.from, fit.letters)
        } else {
            whole
        };
        if begin < end {
            marks.push((begin, end));
        }
    }
    marks.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(marks.len());
    for (begin, end) in marks {
        match joined.last_mut() {
            Some((_, last)) if begin <= *last => *last = end.max(*last),
            _ => joined.push((begin, end)),
        }
    }
    joined
        .iter()
        .map(|(begin, end)| (*begin, end - begin))
        .collect()
}

/// The units of some folded letters inside a part of the name.
fn letters(name: &str, (begin, end): (u32, u32), from: u8, count: u8) -> (u32, u32) {
    let (from, to) = (usize::from(from), usize::from(from) + usize::from(count));
    let (mut at, mut seen) = (0_u32, 0_usize);
    let (mut first, mut last) = (None, begin);
    for symbol in name.chars() {
        let units = if symbol.len_utf16() == 2 { 2 } else { 1 };
        if at >= begin && at < end && seen < to {
            let mut folded = String::new();
            if symbol.is_alphanumeric() && !is_apostrophe(symbol) {
                symbol
                    .to_lowercase()
                    .for_each(|letter| fold_into(&mut folded, letter));
            }
            if seen >= from && first.is_none() {
                first = Some(at);
            }
            seen += folded.chars().count();
            last = at + units;
        }
        at += units;
    }
    (first.unwrap_or(begin), last)
}
