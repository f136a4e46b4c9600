//! One row of the answer.
use super::entry::{Entry, NumberKind};

/// Why a row was found, when the shown name does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Also {
    /// Another name of it, or a word that citizens use for it.
    Text(String),
    /// It sounds like what was typed.
    Sound,
}

/// An entry that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Who stands in, when the directory knows.
    pub deputy: Option<&'a Entry>,
    /// Parts of the shown name that fit, in order: first character and how many, in UTF-16 units.
    pub marks: Vec<(u32, u32)>,
    /// Why it was found.
    pub also: Option<Also>,
    /// How well the text fits, 0 to 1 040.
    pub text: u16,
    /// What the context added to that, -60 to 60; unbounded in the answer to an empty text.
    pub context: i32,
}

/// A number as a row holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitNumber<'a> {
    /// What an order names: the number, or for one that is not shown a word that [`super::Index::dial`] understands.
    pub target: String,
    /// The number, unless it is hidden.
    pub shown: Option<&'a str>,
    /// What it is.
    pub kind: NumberKind,
}

/// What the target of a hidden number begins with; no account and no number can.
const VEILED: char = '~';

/// The target of the number at `place` of an entry.
pub(super) fn target(entry: &Entry, place: usize) -> String {
    match entry.numbers.get(place) {
        Some(number) if number.hidden => format!("{VEILED}{}/{place}", entry.id),
        Some(number) => number.number.clone(),
        None => String::new(),
    }
}

/// The entry and place behind the target of a hidden number.
pub(super) fn unveil(target: &str) -> Option<(&str, usize)> {
    let (id, place) = target.strip_prefix(VEILED)?.rsplit_once('/')?;
    Some((id, place.parse().ok()?))
}

impl<'a> Hit<'a> {
    /// All numbers of the entry, and last the first one of who stands in.
    pub fn numbers(&self) -> Vec<HitNumber<'a>> {
        let own = self.entry.numbers.iter().enumerate();
        let mut numbers: Vec<HitNumber<'a>> = own
            .map(|(place, number)| HitNumber {
                target: target(self.entry, place),
                shown: (!number.hidden).then_some(number.number.as_str()),
                kind: number.kind,
            })
            .collect();
        if let Some((deputy, number)) = self
            .deputy
            .and_then(|deputy| deputy.numbers.first().map(|number| (deputy, number)))
        {
            numbers.push(HitNumber {
                target: target(deputy, 0),
                shown: (!number.hidden).then_some(number.number.as_str()),
                kind: NumberKind::Deputy,
            });
        }
        numbers
    }
}
