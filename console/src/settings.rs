//! What the web side is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;

use call::snapshot::Country;
use ivr::Lang;

/// Fixed for the life of the process.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens; port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// Certificate and key; none only on loopback.
    pub tls: Option<Tls>,
    /// Host names by which browsers may ask for the console, beside the addresses.
    pub names: Vec<String>,
    /// Demo mode: public passwords, and the citizen's page at `/call`. Loopback only.
    pub demo: bool,
    /// The town's name.
    pub town: String,
    /// Its central number, E.164.
    pub number: String,
    /// How numbers are written.
    pub country: Country,
    /// Languages of the town, first preferred; pages speak nl, fr, de and en.
    pub languages: Vec<Lang>,
}

/// A certificate chain and its key, PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The chain, our own certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

impl Settings {
    /// Whether nobody but this machine can reach it.
    pub(crate) fn is_loopback(&self) -> bool {
        self.listen.iter().all(|address| address.ip().is_loopback())
    }

    /// `https` or `http`.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}
