//! What every handler of the web side shares, for one life of it.

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use directory::{Directory, DirectoryError};

use crate::audit::Audit;
use crate::desk::{Citizens, Hub};
use crate::gate::Ours;
use crate::life::Life;
use crate::protocol::ServiceView;
use crate::sessions::{Busy, Sessions};
use crate::settings::Settings;
use crate::sign_in::Guard;

/// What the web side asks of the program around it.
pub trait House: Send + Sync {
    /// Rows have changed: composes what the core reads from the newest rows and feeds it, without reading files again.
    /// It waits for the database, so it is called where waiting is allowed.
    ///
    /// # Errors
    /// A sentence; the old rows stay in force.
    fn refresh(&self) -> Result<(), String>;

    /// Rises whenever rows, dialplans or configuration may be others: then what was read of them is read again.
    fn generation(&self) -> u64;

    /// The services that callers can choose, for people.
    fn services(&self) -> Vec<ServiceView>;

    /// The dialplans, and what is their towns'.
    fn dialplans(&self) -> Vec<Dialplan>;

    /// Whether the house takes calls at this moment, by its hours.
    fn opening(&self, now: SystemTime) -> Opening;

    /// The hours of a service (none: of reception) on the next day that it is open, which is this day if it is open now or
    /// opens yet. Empty when nobody knows its hours, and when it does not open within 60 days.
    fn next_day(&self, service: Option<&str>, now: SystemTime) -> Vec<Range<SystemTime>>;

    /// When this day began where the house stands.
    fn day_began(&self, now: SystemTime) -> SystemTime;
}

/// A dialplan, as far as the desk must know whose something is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dialplan {
    /// The town, as the dialplan writes it.
    pub town: String,
    /// The numbers that lead into it, E.164.
    pub numbers: Vec<String>,
    /// Its services, by id.
    pub services: Vec<String>,
    /// Its queues.
    pub queues: Vec<String>,
}

/// The house by its hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Whether it takes calls.
    pub open: bool,
    /// When that changes, as far as known.
    pub until: Option<SystemTime>,
}

/// Shared by all handlers and tasks of one life.
pub(crate) struct App {
    pub(crate) settings: Arc<Settings>,
    pub(crate) directory: Directory,
    /// Orders and questions to the core.
    pub(crate) exchange: server::Handle,
    /// Who is signed in.
    pub(crate) sessions: Sessions,
    /// Where everything that must be told later is told.
    pub(crate) audit: Audit,
    /// Epoch, end, and the tasks that must not die.
    pub(crate) life: Life,
    /// Under which names and addresses we are asked.
    pub(crate) ours: Ours,
    /// Passwords and attempts.
    pub(crate) guard: Guard,
    /// The calls of citizens' pages.
    pub(crate) citizens: Arc<Citizens>,
    /// The reception desk itself.
    pub(crate) desk: Hub,
}

/// What stays the same over all lives.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) settings: Arc<Settings>,
    pub(crate) directory: Directory,
    pub(crate) exchange: server::Handle,
    pub(crate) house: Arc<dyn House>,
    pub(crate) audit: Audit,
    pub(crate) ours: Ours,
    pub(crate) guard: Guard,
    pub(crate) citizens: Arc<Citizens>,
}

impl App {
    /// The app of a new life; sessions of earlier ones go on.
    pub(crate) async fn begin(ground: &Ground, life: Life) -> Result<Arc<App>, DirectoryError> {
        let ground = ground.clone();
        let busy = Busy::default();
        let sessions = Sessions::load(&ground.directory, busy.clone()).await?;
        let desk = Hub::start(ground.clone(), busy, &life);
        Ok(Arc::new(App {
            settings: ground.settings,
            directory: ground.directory,
            exchange: ground.exchange,
            sessions,
            audit: ground.audit,
            life,
            ours: ground.ours,
            guard: ground.guard,
            citizens: ground.citizens,
            desk,
        }))
    }
}
