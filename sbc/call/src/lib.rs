//! The room is laid out in ARCHITECTURE.md.
#![forbid(unsafe_code)]
