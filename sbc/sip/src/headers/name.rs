//! Header field names, their compact forms and which of them may stand only once (RFC 3261 section 20, IANA sip-parameters).

use std::fmt;

/// The slot of a name without a variant.
pub(crate) const OTHER: u8 = u8::MAX;

macro_rules! names {
    ($($variant:ident, $name:literal, $compact:literal, $single:literal;)*) => {
        /// The name of a header field. Compared without regard to case; compact forms are read as the full name.
        #[derive(Clone, Debug)]
        pub enum HeaderName {
            $(#[doc = concat!("`", $name, "`.")] $variant,)*
            /// A name without a variant, as it was spelled.
            Other(Box<str>),
        }

        #[repr(u8)]
        enum Slot { $($variant,)* }

        const NAMES: &[(&str, u8, bool)] = &[$(($name, $compact, $single),)*];

        impl HeaderName {
            /// The place in the table, `OTHER` for a name without a variant.
            pub(crate) const fn slot(&self) -> u8 {
                match self {
                    $(HeaderName::$variant => Slot::$variant as u8,)*
                    HeaderName::Other(_) => OTHER,
                }
            }

            /// The name for a slot, `spelled` for one without a variant.
            pub(crate) fn from_slot(slot: u8, spelled: &str) -> HeaderName {
                $(if slot == Slot::$variant as u8 { return HeaderName::$variant; })*
                HeaderName::Other(spelled.into())
            }

            /// The full name.
            pub fn as_str(&self) -> &str {
                match self {
                    $(HeaderName::$variant => $name,)*
                    HeaderName::Other(name) => name,
                }
            }
        }
    };
}

// Name, full spelling, compact form (b' ' for none), whether a message may carry it only once as one value.
names! {
    Via, "Via", b'v', false;
    From, "From", b'f', true;
    To, "To", b't', true;
    CallId, "Call-ID", b'i', true;
    CSeq, "CSeq", b' ', true;
    MaxForwards, "Max-Forwards", b' ', true;
    Contact, "Contact", b'm', false;
    ContentLength, "Content-Length", b'l', true;
    ContentType, "Content-Type", b'c', true;
    ContentDisposition, "Content-Disposition", b' ', true;
    ContentEncoding, "Content-Encoding", b'e', false;
    ContentLanguage, "Content-Language", b' ', false;
    ContentId, "Content-ID", b' ', false;
    ContentTransferEncoding, "Content-Transfer-Encoding", b' ', false;
    Route, "Route", b' ', false;
    RecordRoute, "Record-Route", b' ', false;
    Path, "Path", b' ', false;
    ServiceRoute, "Service-Route", b' ', false;
    Accept, "Accept", b' ', false;
    AcceptEncoding, "Accept-Encoding", b' ', false;
    AcceptLanguage, "Accept-Language", b' ', false;
    AcceptContact, "Accept-Contact", b'a', false;
    RejectContact, "Reject-Contact", b'j', false;
    RequestDisposition, "Request-Disposition", b'd', false;
    AlertInfo, "Alert-Info", b' ', false;
    AnswerMode, "Answer-Mode", b' ', false;
    PrivAnswerMode, "Priv-Answer-Mode", b' ', false;
    Allow, "Allow", b' ', false;
    AllowEvents, "Allow-Events", b'u', false;
    Authorization, "Authorization", b' ', false;
    AuthenticationInfo, "Authentication-Info", b' ', false;
    ProxyAuthenticate, "Proxy-Authenticate", b' ', false;
    ProxyAuthorization, "Proxy-Authorization", b' ', false;
    WwwAuthenticate, "WWW-Authenticate", b' ', false;
    CallInfo, "Call-Info", b' ', false;
    Date, "Date", b' ', false;
    Diversion, "Diversion", b' ', false;
    ErrorInfo, "Error-Info", b' ', false;
    Event, "Event", b'o', true;
    Expires, "Expires", b' ', true;
    MinExpires, "Min-Expires", b' ', true;
    FlowTimer, "Flow-Timer", b' ', true;
    Geolocation, "Geolocation", b' ', false;
    GeolocationRouting, "Geolocation-Routing", b' ', true;
    HistoryInfo, "History-Info", b' ', false;
    Identity, "Identity", b'y', false;
    IdentityInfo, "Identity-Info", b'n', false;
    InReplyTo, "In-Reply-To", b' ', false;
    Join, "Join", b' ', true;
    MimeVersion, "MIME-Version", b' ', false;
    MinSe, "Min-SE", b' ', true;
    Organization, "Organization", b' ', false;
    PAccessNetworkInfo, "P-Access-Network-Info", b' ', false;
    PAssertedIdentity, "P-Asserted-Identity", b' ', false;
    PCalledPartyId, "P-Called-Party-ID", b' ', true;
    PChargingVector, "P-Charging-Vector", b' ', true;
    PEarlyMedia, "P-Early-Media", b' ', false;
    PPreferredIdentity, "P-Preferred-Identity", b' ', false;
    Priority, "Priority", b' ', false;
    Privacy, "Privacy", b' ', false;
    ProxyRequire, "Proxy-Require", b' ', false;
    RAck, "RAck", b' ', true;
    RSeq, "RSeq", b' ', true;
    Reason, "Reason", b' ', false;
    ReferSub, "Refer-Sub", b' ', true;
    ReferTo, "Refer-To", b'r', true;
    ReferredBy, "Referred-By", b'b', true;
    RemotePartyId, "Remote-Party-ID", b' ', false;
    Replaces, "Replaces", b' ', true;
    ReplyTo, "Reply-To", b' ', false;
    Require, "Require", b' ', false;
    ResourcePriority, "Resource-Priority", b' ', false;
    RetryAfter, "Retry-After", b' ', true;
    Server, "Server", b' ', false;
    SessionExpires, "Session-Expires", b'x', true;
    SessionId, "Session-ID", b' ', true;
    SipEtag, "SIP-ETag", b' ', true;
    SipIfMatch, "SIP-If-Match", b' ', true;
    Subject, "Subject", b's', false;
    SubscriptionState, "Subscription-State", b' ', true;
    Supported, "Supported", b'k', false;
    TargetDialog, "Target-Dialog", b' ', true;
    Timestamp, "Timestamp", b' ', false;
    Unsupported, "Unsupported", b' ', false;
    UserAgent, "User-Agent", b' ', false;
    UserToUser, "User-to-User", b' ', false;
    Warning, "Warning", b' ', false;
}

const BUCKETS: usize = 512;

const fn hash(name: &[u8]) -> usize {
    let (Some(first), Some(last)) = (name.first(), name.last()) else {
        return 0;
    };
    let Some((left, _)) = name.split_at_checked(name.len() / 2) else {
        return 0;
    };
    let middle = match left.last() {
        Some(byte) => *byte,
        None => 0,
    };
    let sum = (name.len() as u32).wrapping_mul(37)
        ^ ((*first | 0x20) as u32).wrapping_mul(5)
        ^ ((*last | 0x20) as u32).wrapping_mul(11)
        ^ ((middle | 0x20) as u32).wrapping_mul(23);
    sum as usize % BUCKETS
}

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler: a slip is a build error"
)]
const fn table() -> [u8; BUCKETS] {
    let mut table = [OTHER; BUCKETS];
    let mut slot = 0;
    while slot < NAMES.len() {
        let mut bucket = hash(NAMES[slot].0.as_bytes());
        while table[bucket] != OTHER {
            bucket = (bucket + 1) % BUCKETS;
        }
        table[bucket] = slot as u8;
        slot += 1;
    }
    table
}

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler: a slip is a build error"
)]
const fn compact_table() -> [u8; 26] {
    let mut table = [OTHER; 26];
    let mut slot = 0;
    while slot < NAMES.len() {
        let compact = NAMES[slot].1;
        if compact != b' ' {
            table[(compact - b'a') as usize] = slot as u8;
        }
        slot += 1;
    }
    table
}

const fn single_mask() -> u128 {
    let mut mask = 0u128;
    let mut names = NAMES;
    let mut bit = 1u128;
    while let [(_, _, single), rest @ ..] = names {
        if *single {
            mask |= bit;
        }
        bit <<= 1;
        names = rest;
    }
    mask
}

static TABLE: [u8; BUCKETS] = table();
static COMPACT: [u8; 26] = compact_table();
/// One bit a slot: the headers that may stand only once.
pub(crate) const SINGLE: u128 = single_mask();
// The duplicate check holds one bit for each name.
const _: () = assert!(NAMES.len() <= 128);

/// The slot of a spelled name, full or compact, in any case.
pub(crate) fn slot_of(name: &[u8]) -> u8 {
    if let [letter] = name {
        let place = (letter | 0x20).wrapping_sub(b'a');
        return COMPACT
            .get(usize::from(place))
            .copied()
            .filter(|_| letter.is_ascii_alphabetic())
            .unwrap_or(OTHER);
    }
    let mut bucket = hash(name);
    while let Some(&slot) = TABLE.get(bucket) {
        let Some((full, _, _)) = NAMES.get(usize::from(slot)) else {
            return OTHER;
        };
        // Nearly every peer spells the name as the RFC does.
        if full.as_bytes() == name || full.as_bytes().eq_ignore_ascii_case(name) {
            return slot;
        }
        bucket = bucket.saturating_add(1) % BUCKETS;
    }
    OTHER
}

impl HeaderName {
    /// Reads a spelled name, full or compact, in any case.
    pub fn from_name(name: &str) -> HeaderName {
        HeaderName::from_slot(slot_of(name.as_bytes()), name)
    }
}

impl PartialEq for HeaderName {
    fn eq(&self, other: &HeaderName) -> bool {
        self.slot() == other.slot()
            && (self.slot() != OTHER || self.as_str().eq_ignore_ascii_case(other.as_str()))
    }
}

impl Eq for HeaderName {}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_in_any_case_and_by_its_compact_form() {
        for (slot, (name, compact, _)) in NAMES.iter().enumerate() {
            for spelled in [name.to_string(), name.to_uppercase(), name.to_lowercase()] {
                assert_eq!(usize::from(slot_of(spelled.as_bytes())), slot, "{spelled}");
            }
            assert_eq!(HeaderName::from_slot(slot as u8, "").as_str(), *name);
            assert_eq!(usize::from(HeaderName::from_name(name).slot()), slot);
            if *compact != b' ' {
                assert_eq!(usize::from(slot_of(&[*compact])), slot);
                assert_eq!(usize::from(slot_of(&[compact.to_ascii_uppercase()])), slot);
            }
        }
    }

    #[test]
    fn what_is_not_a_name_is_other() {
        for spelled in ["", "z", "!", "X-Via", "Vi", "Via ", "C%6Fntact", "[", "`"] {
            assert_eq!(slot_of(spelled.as_bytes()), OTHER, "{spelled}");
        }
        assert_eq!(
            HeaderName::from_name("x-Town"),
            HeaderName::Other("X-TOWN".into())
        );
    }
}
