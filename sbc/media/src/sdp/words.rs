//! The words that descriptions are made of. Nearly every one consists of the same few, and those need no memory of their own.

use std::borrow::Cow;

/// A word of a description, as it was written.
pub type Word = Cow<'static, str>;

macro_rules! known {
    ($($word:literal)*) => {
        /// The word as it was written.
        pub(super) fn word(text: &str) -> Word {
            match text {
                $($word => Word::Borrowed($word),)*
                _ => Word::Owned(text.to_owned()),
            }
        }
    };
}

known! {
    "-" "0" "1" "3" "8" "9" "18" "96" "97" "98" "99" "100" "101" "20" "0-15" "0-16"
    "audio" "RTP/AVP" "rtpmap" "fmtp" "ptime" "maxptime" "rtcp" "rtcp-mux"
    "sendrecv" "sendonly" "recvonly" "inactive"
    "0 PCMU/8000" "8 PCMA/8000" "9 G722/8000" "101 telephone-event/8000" "101 0-15" "101 0-16"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_what_was_written() {
        for text in ["audio", "Audio", "101 0-16", "", "x-town"] {
            assert_eq!(word(text), text);
        }
        assert!(matches!(word("sendrecv"), Cow::Borrowed(_)));
    }
}
