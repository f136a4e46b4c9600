//! The border's functions (RFC 5853), one file each: who may come in, what numbers mean, what leaves and how it looks.

pub(crate) mod access;
pub(crate) mod callback;
pub(crate) mod destination;
pub mod emergency;
pub(crate) mod headers;
pub(crate) mod location;
pub(crate) mod loop_guard;
pub mod number;
