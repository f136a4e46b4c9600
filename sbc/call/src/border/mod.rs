//! The border's functions (RFC 5853), one file each: who may come in, what numbers mean, what leaves and how it looks.

pub(crate) mod access;
pub(crate) mod destination;
pub(crate) mod emergency;
pub(crate) mod headers;
pub(crate) mod loop_guard;
pub mod number;
