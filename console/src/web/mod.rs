//! The web side as one thing: one thread, one runtime, doors that stay open while it begins anew (RELIABILITY S22).
//!
//! It is started again by [`Web::restart`] and by itself after a panic. Its sockets are bound before and kept all the while, so a
//! browser that comes in between waits for some milliseconds and is not refused. No call knows of any of this.

mod connection;
mod crowd;
mod doors;
mod routes;
mod thread;

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use directory::Directory;
use rustls::ServerConfig;
use tokio::sync::mpsc;

use crate::app::{Ground, House};
use crate::audit::Audit;
use crate::certificate;
use crate::gate::Ours;
use crate::settings::Settings;
use crate::sign_in::Guard;

pub use doors::{Doors, StartError};
use thread::Side;

/// How long a restart may take until whoever asked is told that it takes long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Told when the next life is up.
type Reply = SyncSender<()>;

/// What the thread is asked.
enum Order {
    /// A new life, with this certificate when there is one.
    Restart(Option<Arc<ServerConfig>>, Reply),
    /// The last one.
    End,
    #[cfg(test)]
    Panic,
}

/// What has happened since the start of the process.
#[derive(Debug, Default)]
pub struct Counts {
    lives: AtomicU64,
    faults: AtomicU64,
    connections: AtomicU64,
    refused: AtomicU64,
    panics: AtomicU64,
}

impl Counts {
    /// Lives of the web side, this one included.
    pub fn lives(&self) -> u64 {
        self.lives.load(Ordering::Relaxed)
    }

    /// Lives that a fault ended.
    pub fn faults(&self) -> u64 {
        self.faults.load(Ordering::Relaxed)
    }

    /// Connections that were taken.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Connections that were closed at once, because there were too many.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Connections that a panic ended.
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }
}

/// The running web side. Dropping it does not end it; [`Web::end`] does.
pub struct Web {
    settings: Arc<Settings>,
    addresses: Vec<SocketAddr>,
    orders: mpsc::UnboundedSender<Order>,
    counts: Arc<Counts>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Web {
    /// Starts the thread behind the doors, and waits for its first life.
    ///
    /// # Errors
    /// [`StartError::System`] when the system gives no thread.
    pub fn start(
        doors: Doors,
        settings: Settings,
        directory: Directory,
        exchange: server::Handle,
        house: Arc<dyn House>,
    ) -> Result<Web, StartError> {
        let settings = Arc::new(settings);
        let addresses = doors.addresses().to_vec();
        let ground = Ground {
            citizens: Arc::default(),
            ours: Ours::new(&settings, &addresses),
            settings: Arc::clone(&settings),
            directory,
            exchange,
            house,
            audit: Audit::new(),
            guard: Guard::new(),
        };
        let no_thread = |reason| StartError::System { reason };
        let (orders, orders_out) = mpsc::unbounded_channel();
        let (up, is_up) = sync_channel(1);
        let counts = Arc::new(Counts::default());
        let side = Side::new(ground, doors, orders_out, Arc::clone(&counts));
        let thread = std::thread::Builder::new()
            .name("web".into())
            .spawn(move || side.run(up))
            .map_err(no_thread)?;
        // A database that is slow to answer delays the console, not the exchange.
        let _ = is_up.recv_timeout(PATIENCE);
        Ok(Web {
            settings,
            addresses,
            orders,
            counts,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What has happened since the start.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Begins anew: every browser connects again, sessions and calls go on, a renewed certificate is taken. Waits until it is
    /// up.
    ///
    /// # Errors
    /// A sentence: the certificate is wrong (then nothing was changed), or it takes long.
    pub fn restart(&self) -> Result<(), String> {
        let tls = self.settings.tls.as_ref();
        let tls = tls.map(certificate::load).transpose()?;
        let (up, is_up) = sync_channel(1);
        let ended = || "the web side has ended".to_owned();
        self.orders
            .send(Order::Restart(tls, up))
            .map_err(|_| ended())?;
        is_up.recv_timeout(PATIENCE).map_err(|_| {
            "the web side is not up again yet; it goes on trying, and the log says why".to_owned()
        })
    }

    /// Ends it: connections have a second, what is to be written is written.
    pub fn end(&self) {
        // A thread that has ended takes no orders and needs none.
        let _ = self.orders.send(Order::End);
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }

    #[cfg(test)]
    fn panic(&self) {
        let _ = self.orders.send(Order::Panic);
    }
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Web({:?}, {:?})", self.addresses, self.counts)
    }
}

#[cfg(test)]
pub(crate) mod tests;
