//! Transactions: RFC 3261 section 17 with RFC 6026.
