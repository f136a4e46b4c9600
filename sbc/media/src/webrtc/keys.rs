//! What both sides said in their descriptions and the transport must hold them to.

use super::{Fingerprint, Identity, Wire};

/// Our side's ICE credentials of one attachment (RFC 8445 section 5.3), drawn by the signalling side.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// At least 4 ICE characters, 24 random bits.
    pub ufrag: String,
    /// At least 22 ICE characters, 128 random bits.
    pub password: String,
}

/// What was agreed for one browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Ours.
    pub local: Credentials,
    /// The browser's name in ICE; checks carry both names.
    pub remote_ufrag: String,
    /// The certificate the browser will show.
    pub fingerprint: Fingerprint,
    /// The certificate we show.
    pub identity: Identity,
    /// What the packets hold.
    pub wire: Wire,
}

/// A password is nobody's to read in a log.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({})", self.ufrag)
    }
}
