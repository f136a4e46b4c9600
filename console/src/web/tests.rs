//! The web side over real sockets: what it answers, what it refuses, and how it begins anew.

mod answers;
mod doors;
mod passwords;
mod restarts;
mod rights;
mod secure;
