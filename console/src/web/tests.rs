//! The web side over real sockets: what it answers, what it refuses, and how it begins anew.

mod answers;
// The citizen of the program's own tests calls here too.
#[allow(dead_code)]
#[path = "../../../tests/cli/citizen.rs"]
pub(crate) mod citizen;
mod doors;
mod passwords;
mod restarts;
mod rights;
mod secure;
