//! Repeats a 2xx to INVITE until its ACK: RFC 3261 section 13.3.1.4.
