//! Reliable provisional responses: RFC 3262.
