//! Digest access authentication: RFC 7616 and RFC 8760.
