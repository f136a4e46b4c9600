//! A device that has registered: last seen, where, with which firmware (FEATURES SBC-8).
use super::Moment;

/// One device of an address of record. It stays when its bindings are gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Address of record it registered for.
    pub aor: String,
    /// `+sip.instance` (RFC 5626) when the device names itself, else its contact.
    pub device: String,
    /// The last REGISTER that was accepted.
    pub last_seen: Moment,
    /// Source `address:port` of that REGISTER.
    pub last_address: String,
    /// Its `User-Agent`, which names model and firmware.
    pub user_agent: String,
}
