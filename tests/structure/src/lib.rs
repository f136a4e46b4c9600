//! Reads the house as text (files, sources, manifests, licences), so that the tests beside it can hold its walls (ARCHITECTURE.md).
#![forbid(unsafe_code)]

pub mod files;
pub mod licence;
pub mod manifest;
pub mod rules;
pub mod sound;
pub mod source;

/// The middle value, 0 for none. Printed, not enforced: a median that grows is the first sign of a swallowing object.
pub fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
