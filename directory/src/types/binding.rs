//! A binding of an address of record to a contact (RFC 3261 section 10, RFC 5626, RFC 3327).
use super::Moment;
use serde::{Deserialize, Serialize};

/// Where a message came from and where an answer goes, in words that outlive the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerAddress {
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    pub transport: String,
    /// Our `address:port`.
    pub local: String,
    /// Theirs.
    pub remote: String,
    /// The connection's number; it means nothing to a later process, which must not send on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<u64>,
}

/// The q of a contact that names none, and of one that was recorded before it was kept.
fn most_wanted() -> u16 {
    1_000
}

/// One registered contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Address of record.
    pub aor: String,
    /// The contact URI as registered; with the address of record it is the key.
    pub contact: String,
    /// Where the REGISTER came from: requests to the phone go there (RFC 3581).
    pub peer: PeerAddress,
    /// When it lapses.
    pub expires_at: Moment,
    /// `Call-ID` of the REGISTER (RFC 3261 section 10.3 step 7).
    pub call_id: String,
    /// `CSeq` number of the REGISTER.
    pub cseq: u32,
    /// `User-Agent`, empty when unsaid.
    #[serde(default)]
    pub user_agent: String,
    /// `+sip.instance` (RFC 5626).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// `reg-id` (RFC 5626).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reg_id: Option<u32>,
    /// q of the contact in thousandths: how much it is wanted (RFC 3261 section 20.10).
    #[serde(default = "most_wanted")]
    pub q: u16,
    /// `Path` values (RFC 3327), outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}
