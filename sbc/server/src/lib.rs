//! The room is laid out in ARCHITECTURE.md.
#![deny(unsafe_code)]
