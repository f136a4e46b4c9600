//! The doors: listening sockets, bound once for the life of the process, and one sentence for each reason why not.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustls::ServerConfig;

use crate::certificate;
use crate::settings::Settings;

/// Why the web side cannot start. Each is one sentence that names what is in the way.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program has the address.
    #[error("the console cannot listen on {address}: another program holds that address.")]
    Busy {
        /// Which address.
        address: SocketAddr,
    },
    /// The address is not this host's, or the port needs a right that we have not.
    #[error("the console cannot listen on {address}: {reason}.")]
    Refused {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// Passwords and citizens' numbers would cross the network in clear.
    #[error(
        "the console does not listen on {address} without TLS: whoever is on the network could read along. \
         `centrale cert self-signed --address {ip}` makes a certificate.", ip = address.ip()
    )]
    Clear {
        /// Which address.
        address: SocketAddr,
    },
    /// The demo's passwords are public.
    #[error(
        "the demo's console listens on loopback only, not on {address}: its passwords are public."
    )]
    Demo {
        /// Which address.
        address: SocketAddr,
    },
    /// Certificate or key cannot be used.
    #[error("{0}.")]
    Certificate(String),
    /// The system refused something that every process has.
    #[error("the system gives no thread: {reason}.")]
    System {
        /// What the system said.
        reason: io::Error,
    },
}

impl StartError {
    /// Whether something else has what we need.
    pub fn is_busy(&self) -> bool {
        matches!(self, StartError::Busy { .. })
    }
}

/// Bound, and nobody behind them yet: who knocks waits.
#[derive(Debug)]
pub struct Doors {
    listeners: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    tls: Option<Arc<ServerConfig>>,
}

impl Doors {
    /// Reads the certificate and binds every address.
    ///
    /// # Errors
    /// A [`StartError`]; nothing stays bound.
    pub fn bind(settings: &Settings) -> Result<Doors, StartError> {
        let far = settings.listen.iter().find(|a| !a.ip().is_loopback());
        match far {
            Some(&address) if settings.demo => return Err(StartError::Demo { address }),
            Some(&address) if settings.tls.is_none() => return Err(StartError::Clear { address }),
            _ => {}
        }
        let tls = settings.tls.as_ref().map(certificate::load).transpose();
        let mut doors = Doors {
            listeners: Vec::new(),
            addresses: Vec::new(),
            tls: tls.map_err(StartError::Certificate)?,
        };
        for &address in &settings.listen {
            let refused = |reason: io::Error| match reason.kind() {
                ErrorKind::AddrInUse => StartError::Busy { address },
                _ => StartError::Refused { address, reason },
            };
            let listener = TcpListener::bind(address).map_err(refused)?;
            listener.set_nonblocking(true).map_err(refused)?;
            doors
                .addresses
                .push(listener.local_addr().map_err(refused)?);
            doors.listeners.push(listener);
        }
        Ok(doors)
    }

    /// The addresses that are really listened on.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    pub(super) fn listeners(&self) -> &[TcpListener] {
        &self.listeners
    }

    pub(super) fn tls(&self) -> Option<&Arc<ServerConfig>> {
        self.tls.as_ref()
    }

    /// From now on they show another certificate.
    pub(super) fn show(&mut self, tls: Arc<ServerConfig>) {
        self.tls = Some(tls);
    }
}
