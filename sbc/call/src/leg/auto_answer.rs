//! Asking an operator's own phone to answer by itself (CON-3): who pressed a key at the desk does not press a second one on the
//! phone. A phone that knows none of these headers rings, and is answered by hand.

use std::net::SocketAddr;

use sip::{HeaderName, Writer};

/// What an INVITE asks with. The phones of a town are of many makes, and each looks for another of the three: the standard one
/// (RFC 5373; not required, so that nobody refuses the call for it), that of Polycom, Yealink and Grandstream, and
/// that of Snom and baresip. `at` is where we are: both of the others want an address before their parameters.
pub(super) fn ask(writer: Writer, at: SocketAddr) -> Writer {
    writer
        .header(HeaderName::AnswerMode, "Auto")
        .header(
            HeaderName::AlertInfo,
            ("<sip:", at, ">;info=alert-autoanswer;delay=0"),
        )
        .header(HeaderName::CallInfo, ("<sip:", at, ">;answer-after=0"))
}
