//! How large a message may be. Beyond a limit the message is refused; nothing is allocated from a length that was only announced.

/// Bytes of a whole message, head and body.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// Header fields of a message.
pub const MAX_HEADERS: usize = 256;
/// Bytes of one logical line, folds included.
pub const MAX_LINE: usize = 8 * 1024;
/// Parameters of one header value, and parameters or headers of one URI. Looking for doubles is quadratic in it.
pub const MAX_PARAMS: usize = 64;
/// Parts of a body, nested ones included.
pub const MAX_BODY_PARTS: usize = 16;
/// Multiparts within multiparts.
pub const MAX_BODY_DEPTH: usize = 3;
/// Characters of a boundary (RFC 2046 section 5.1.1).
pub const MAX_BOUNDARY: usize = 70;
/// Header lines of one part.
pub const MAX_PART_HEADERS: usize = 16;
