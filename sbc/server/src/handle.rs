//! The handle to a running shell: orders from the console, the control socket and the program itself.

use std::fmt;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use call::snapshot::Snapshot;
use call::{Command, CommandResult, CoreView};
use mio::Waker;

use crate::counters::Counters;
use crate::desk::{self, Wake, Watcher, Watching};
use crate::program::Program;

/// Called with what became of a command, on the signalling thread: it must not block.
pub type ReplyTo = Box<dyn FnOnce(CommandResult) + Send>;

/// What the signalling thread is asked.
pub(crate) enum Order {
    Command(Command, ReplyTo),
    Reload(Box<Snapshot>),
    Watch(Watcher),
    Look,
    Review,
    Drain,
    Stop,
    Status(SyncSender<Status>),
}

/// The shell and its core at one moment.
#[derive(Clone, Debug)]
pub struct Status {
    /// Counts of the core.
    pub core: CoreView,
    /// TCP connections.
    pub connections: usize,
    /// Calls are running out: the program is ending.
    pub ending: bool,
}

/// How the shell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As asked: by signal or by [`Handle::stop`].
    Asked,
    /// A fault of the signalling thread's own tables: the process must end, and its supervisor starts it again.
    Fault,
}

/// Why an order was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// More orders wait than the bound allows.
    #[error("too many orders are waiting")]
    Busy,
    /// The shell has ended.
    #[error("the exchange has ended")]
    Ended,
}

/// Why nothing of a reload was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReloadError {
    /// The program refused, and wrote into the log why.
    #[error("{0}")]
    Refused(String),
    /// The shell could not be given what the program read.
    #[error(transparent)]
    Order(#[from] OrderError),
}

pub(crate) struct Shared {
    pub(crate) counters: Arc<Counters>,
    program: Arc<dyn Program>,
    /// One reload at a time; the newest configuration wins.
    reloading: Mutex<()>,
    ended: Mutex<Option<Ended>>,
    ending: Condvar,
}

/// Speaks to the shell from any thread. Cheap to clone; no method but [`Handle::reload`],
/// [`Handle::renew`], [`Handle::status`] and [`Handle::wait`] waits.
#[derive(Clone)]
pub struct Handle {
    orders: SyncSender<Order>,
    waker: Arc<Waker>,
    shared: Arc<Shared>,
}

impl Handle {
    pub(crate) fn new(
        orders: SyncSender<Order>,
        waker: Arc<Waker>,
        counters: Arc<Counters>,
        program: Arc<dyn Program>,
    ) -> Handle {
        Handle {
            orders,
            waker,
            shared: Arc::new(Shared {
                counters,
                program,
                reloading: Mutex::new(()),
                ended: Mutex::new(None),
                ending: Condvar::new(),
            }),
        }
    }

    /// Gives a verb to the core. `reply` is called once; it is dropped uncalled when too many commands
    /// wait or the shell ends before the answer.
    pub fn command(&self, command: Command, reply: ReplyTo) -> Result<(), OrderError> {
        self.order(Order::Command(command, reply))
    }

    /// Asks the program to read everything again and feeds what it read. The answer is for whoever asked: what was
    /// accepted, or why all of it was refused.
    pub fn reload(&self) -> Result<String, ReloadError> {
        let _one = self
            .shared
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let read = self.shared.program.reload();
        let reloaded = read.map_err(ReloadError::Refused)?;
        self.replace(reloaded.snapshot)?;
        Ok(reloaded.said)
    }

    /// Feeds a new configuration that `compose` builds, one at a time with reloads: the newest rows win.
    pub fn renew(&self, compose: impl FnOnce() -> Result<Snapshot, String>) -> Result<(), String> {
        let _one = self
            .shared
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.replace(compose()?).map_err(|error| error.to_string())
    }

    /// Feeds a new configuration that the caller has already built.
    pub fn replace(&self, snapshot: Snapshot) -> Result<(), OrderError> {
        self.order(Order::Reload(Box::new(snapshot)))
    }

    /// No new calls; running ones have 30 s.
    pub fn drain(&self) -> Result<(), OrderError> {
        self.order(Order::Drain)
    }

    /// BYE to every call now, then the end.
    pub fn stop(&self) -> Result<(), OrderError> {
        self.order(Order::Stop)
    }

    /// Watches the desk from now on: what is there comes first, then every change. `wake` is called on the signalling
    /// thread when there are new events. One watches at a time; the newest wins.
    pub fn watch(&self, wake: Wake) -> Result<Watching, OrderError> {
        let (watcher, watching) = desk::watching(wake);
        self.order(Order::Watch(watcher))?;
        Ok(watching)
    }

    /// Asks for everything again: `DeskEvent::Everything` follows for whoever watches.
    pub fn look(&self) -> Result<(), OrderError> {
        self.order(Order::Look)
    }

    /// Has what was told of every line compared with what is; only what differs follows.
    pub fn review(&self) -> Result<(), OrderError> {
        self.order(Order::Review)
    }

    /// Counts of this moment; waits up to two seconds for the signalling thread.
    pub fn status(&self) -> Result<Status, OrderError> {
        let (answer, answered) = sync_channel(1);
        self.order(Order::Status(answer))?;
        answered.recv_timeout(Duration::from_secs(2)).map_err(|_| {
            if self.ended().is_some() {
                OrderError::Ended
            } else {
                OrderError::Busy
            }
        })
    }

    /// What the shell has counted since the start.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    /// Waits until every thread of the shell has ended and the journal is on the disk.
    pub fn wait(&self) -> Ended {
        let mut ended = self
            .shared
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(how) = *ended {
                return how;
            }
            ended = self
                .shared
                .ending
                .wait(ended)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How it ended, when it has.
    pub fn ended(&self) -> Option<Ended> {
        *self
            .shared
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_ended(&self, how: Ended) {
        *self
            .shared
            .ended
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(how);
        self.shared.ending.notify_all();
    }

    pub(crate) fn program(&self) -> &Arc<dyn Program> {
        &self.shared.program
    }

    fn order(&self, order: Order) -> Result<(), OrderError> {
        self.orders
            .try_send(order)
            .map_err(|refused| match refused {
                TrySendError::Full(_) => OrderError::Busy,
                TrySendError::Disconnected(_) => OrderError::Ended,
            })?;
        // A poll that is gone takes no orders either, and the order is dropped with it.
        let _ = self.waker.wake();
        Ok(())
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle(ended: {:?})", self.ended())
    }
}
