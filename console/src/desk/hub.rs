//! The hub: one owner of all that the desks show. Pages, the exchange and the records tell it; it tells pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use call::journal::JourneyId;
use call::{CommandResult, DeskEvent};
use ring::rand::{SecureRandom, SystemRandom};
use server::Watching;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::{Notify, broadcast, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::answers::{Answers, Key};
use super::audience;
use super::house;
use super::lookup::Lookup;
use super::orders::Pending;
use super::records::{Kept, Told};
use super::search::Choices;
use super::station::Stations;
use super::stream::{Body, Out, Stream};
use super::view::{self, ms};
use super::world::{Change, World};
use crate::app::Ground;
use crate::life::Life;
use crate::protocol::{Audio, Bye, ClientMsg, Event, MeView, Role, ServerMsg, Snapshot};
use crate::rights;
use crate::sessions::Busy;
use crate::sign_in::SignedIn;

/// Messages of pages on their way to the hub; above it their connections wait.
const INBOX: usize = 1_024;
/// Tabs that are remembered; the one that was heard last the longest ago is forgotten first.
const TABS: usize = 512;
/// While no page is open, what the exchange says is taken at most so often.
const UNSEEN: Duration = Duration::from_millis(50);
/// Presence is told at most so often.
const PRESENCE: Duration = Duration::from_millis(200);

/// A tab of a user's browser.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TabKey {
    pub(super) user: String,
    pub(super) tab: String,
}

/// What a page says of itself in `hello`, checked.
#[derive(Clone, Debug)]
pub(super) struct Hello {
    pub(super) station: Option<String>,
    pub(super) epoch: Option<u64>,
    pub(super) since: Option<u64>,
    pub(super) audio: Audio,
    pub(super) take: bool,
}

/// Where the answer to a message goes.
#[derive(Debug)]
pub(super) enum To {
    /// The tab's own stream.
    Tab(TabKey),
    /// The request that waits for it.
    Request(oneshot::Sender<ServerMsg>),
}

/// What the hub is told.
#[derive(Debug)]
pub(super) enum Inbox {
    /// A page is connected.
    Join {
        who: SignedIn,
        key: TabKey,
        hello: Hello,
        connection: u64,
        out: Sender<Out>,
    },
    /// A page says something.
    Said {
        who: SignedIn,
        key: TabKey,
        message: ClientMsg,
        to: To,
    },
    /// A connection ended.
    Gone { key: TabKey, connection: u64 },
    /// The exchange answered an order, or let it go.
    Answered {
        order: u128,
        result: Option<CommandResult>,
    },
    /// The records told something.
    Told(Told),
}

/// One tab.
pub(super) struct Tab {
    pub(super) who: SignedIn,
    pub(super) station: String,
    pub(super) audio: Audio,
    pub(super) stream: Stream,
    /// Accounts whose lines it shows.
    pub(super) sub: BTreeSet<String>,
    /// Those of them that changed since it was told.
    pub(super) stale: BTreeSet<String>,
    /// The version of its person's choices that it knows.
    pub(super) chosen: u64,
    /// When it connected, or its connection ended.
    pub(super) seen: Instant,
}

/// Ends of calls that are told to citizens' pages and not yet read by them.
const ENDS: usize = 64;

/// Speaks to the hub. Cheap to clone; the hub ends with the last one.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    inbox: Sender<Inbox>,
    ends: broadcast::Sender<(JourneyId, String)>,
}

impl Hub {
    /// Starts the hub on the present runtime, for this life of the web side.
    pub(crate) fn start(ground: Ground, busy: Busy, life: &Life) -> Hub {
        let (inbox, said) = mpsc::channel(INBOX);
        let (ends, _) = broadcast::channel(ENDS);
        let desk = Desk::new((ground, busy), life.epoch, inbox.downgrade(), ends.clone());
        life.keep("the desk's hub", desk.run(said));
        Hub { inbox, ends }
    }

    /// The ends of calls from now on: which, and the cause's code.
    pub(super) fn ends(&self) -> broadcast::Receiver<(JourneyId, String)> {
        self.ends.subscribe()
    }

    /// Tells it something; `false` when it has ended.
    pub(super) async fn tell(&self, said: Inbox) -> bool {
        self.inbox.send(said).await.is_ok()
    }
}

/// A name for an order, as good as never given twice: a UUIDv7 (RFC 9562) with 74 random bits.
pub(super) fn fresh_id() -> u128 {
    let at = u128::from(ms(SystemTime::now()) & 0xffff_ffff_ffff);
    let mut random = [0; 16];
    // Without entropy the time and a counter still tell orders apart; nothing depends on nobody guessing them.
    if SystemRandom::new().fill(&mut random).is_err() {
        random = u128::from(super::socket::connection()).to_be_bytes();
    }
    let random = u128::from_be_bytes(random);
    let (high, low) = (random >> 116, random & ((1 << 62) - 1));
    (at << 80) | (7 << 76) | ((high & 0xfff) << 64) | (2 << 62) | low
}

/// Tells the hub once that the exchange has said something, until it listens.
#[derive(Default)]
struct News {
    rung: AtomicBool,
    bell: Notify,
}

impl News {
    fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.bell.notify_one();
        }
    }
}

/// The hub's own state.
pub(super) struct Desk {
    pub(super) ground: Ground,
    /// Whose desks have a call.
    busy: Busy,
    pub(super) epoch: u64,
    /// For what is asked elsewhere and answered later; weak, so that the hub ends with its last page.
    pub(super) later: mpsc::WeakSender<Inbox>,
    pub(super) tabs: BTreeMap<TabKey, Tab>,
    pub(super) stations: Stations,
    pub(super) world: World,
    pub(super) lookup: Lookup,
    pub(super) kept: Kept,
    pub(super) choices: Choices,
    pub(super) answers: Answers,
    pub(super) pending: BTreeMap<u128, Pending>,
    pub(super) waiting: BTreeMap<Key, Vec<To>>,
    ends: broadcast::Sender<(JourneyId, String)>,
    presence_due: Option<Instant>,
    /// When every line was compared last.
    pub(super) reviewed: Option<Instant>,
    /// The exchange has told everything once.
    pub(super) complete: bool,
}

impl Desk {
    fn new(
        (ground, busy): (Ground, Busy),
        epoch: u64,
        later: mpsc::WeakSender<Inbox>,
        ends: broadcast::Sender<(JourneyId, String)>,
    ) -> Desk {
        let lookup = Lookup::new(&ground);
        Desk {
            ground,
            busy,
            epoch,
            ends,
            later,
            tabs: BTreeMap::new(),
            stations: Stations::default(),
            world: World::default(),
            lookup,
            kept: Kept::default(),
            choices: Choices::default(),
            answers: Answers::default(),
            pending: BTreeMap::new(),
            waiting: BTreeMap::new(),
            presence_due: None,
            reviewed: None,
            complete: false,
        }
    }

    async fn run(mut self, mut inbox: Receiver<Inbox>) {
        let news = Arc::new(News::default());
        let ring = Arc::clone(&news);
        let watching = match self.ground.exchange.watch(Box::new(move || ring.ring())) {
            Ok(watching) => watching,
            Err(why) => {
                tracing::error!(
                    kind = "console",
                    "the desk cannot watch the exchange: {why}"
                );
                return;
            }
        };
        self.fetch_lists();
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let presence = self.presence_due;
            let due = async move {
                match presence {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                said = inbox.recv() => match said {
                    Some(said) => {
                        // What changed before an answer is told before it.
                        self.listen(&watching);
                        self.hear(said);
                    }
                    None => break,
                },
                () = news.bell.notified() => {
                    if self.is_unseen() {
                        tokio::time::sleep(UNSEEN).await;
                    }
                    news.rung.store(false, Ordering::Release);
                    self.listen(&watching);
                }
                _ = second.tick() => self.each_second(),
                () = due => self.tell_presence(),
            }
        }
    }

    /// Nobody is there to see anything: no page of a desk, no citizen's.
    fn is_unseen(&self) -> bool {
        self.tabs.is_empty() && self.ends.receiver_count() == 0
    }

    /// Takes all that the exchange has told since.
    fn listen(&mut self, watching: &Watching) {
        while let Some(event) = watching.try_next() {
            self.exchange_says(event);
        }
        if watching.has_lost() {
            // An answer that is refused is asked for again by the next loss, or by the next page that looks.
            let _ = self.ground.exchange.look();
        }
    }

    fn exchange_says(&mut self, event: DeskEvent) {
        match self.world.take(event) {
            // Without a page nobody asks; the first one that comes does.
            Change::Call(_) if self.tabs.is_empty() => {}
            Change::Call(journey) => {
                self.ask_records(journey);
                self.plan(journey);
                self.tell_call(journey);
            }
            Change::Gone(journey, cause) => {
                let id = view::journey_text(journey);
                let why = cause.code().to_owned();
                // Nobody listens when no citizen's page is open.
                let _ = self.ends.send((journey, why.clone()));
                self.tell_of(journey, |_, _| Event::Gone { id, why });
                self.call_is_over();
            }
            Change::Queue(queue) => {
                if let Some(view) = self.world.queues.get(&queue) {
                    let view = view::queue(view);
                    self.tell(&Event::Queue(view));
                }
            }
            Change::Station(station) => {
                if let Some(journey) = self.world.offered(&station) {
                    self.tell_call(journey);
                }
                self.tell_station(&station);
            }
            Change::Out(view) => {
                let user = self.stations.user(&view.station);
                let view = view::station(&view, user);
                self.tell(&Event::Station(view));
            }
            Change::Presence(account) => self.presence_changed(&account),
            Change::Emergency(view) => {
                let view = view::emergency(&view);
                self.tell(&Event::Emergency(view));
            }
            Change::Everything => {
                self.complete = true;
                if !self.tabs.is_empty() {
                    self.ask_all_records();
                }
                self.plan_all();
                self.snapshot_for_all();
            }
        }
    }

    /// The same for all calls that are up.
    pub(super) fn plan_all(&mut self) {
        let calls: Vec<JourneyId> = self.world.calls.keys().copied().collect();
        for journey in calls {
            self.plan(journey);
        }
    }

    /// Until when this caller would be called back.
    fn plan(&mut self, journey: JourneyId) {
        if let Some(known) = self.world.calls.get_mut(&journey) {
            let service = known.view.service.as_deref();
            known.due = house::deadline(self.ground.house.as_ref(), service, SystemTime::now());
        }
    }

    fn hear(&mut self, said: Inbox) {
        match said {
            Inbox::Join {
                who,
                key,
                hello,
                connection,
                out,
            } => self.join(who, key, &hello, connection, out),
            Inbox::Said {
                who,
                key,
                message,
                to,
            } => self.said(&who, &key, message, to),
            Inbox::Gone { key, connection } => {
                if let Some(tab) = self.tabs.get_mut(&key)
                    && tab.stream.disconnect(connection)
                {
                    tab.seen = Instant::now();
                    self.bequeath(&key);
                }
            }
            Inbox::Answered { order, result } => self.answered(order, result),
            Inbox::Told(told) => self.told(told),
        }
    }

    fn said(&mut self, who: &SignedIn, key: &TabKey, message: ClientMsg, to: To) {
        let action = message.action();
        let is_within = match &message {
            ClientMsg::Cmd { cmd, .. } => self.is_within(who, key, cmd),
            _ => true,
        };
        if !rights::allows(&who.roles, action) || !is_within {
            self.forbidden(who, action, &message, to);
            return;
        }
        match message {
            ClientMsg::Hello { .. } => {}
            ClientMsg::Look => self.snapshot(key),
            ClientMsg::Sub { presence } => self.subscribe(key, presence),
            ClientMsg::Search { q, text, n, call } => {
                let items = self.search(key, &text, n, call.as_deref());
                self.answer(to, ServerMsg::Results { q, items });
            }
            ClientMsg::Media { media } => self.media(who, key, media, to),
            ClientMsg::Cmd {
                id,
                at_ms,
                seen,
                cmd,
            } => self.order(
                who,
                key,
                super::orders::Order {
                    id,
                    at_ms,
                    seen,
                    cmd,
                },
                to,
            ),
        }
    }

    /// Says something to whoever asked.
    pub(super) fn answer(&mut self, to: To, message: ServerMsg) {
        match to {
            To::Tab(key) => {
                if let Some(tab) = self.tabs.get_mut(&key) {
                    tab.stream.say(&message);
                }
            }
            To::Request(waiting) => {
                // Whoever asked may have gone.
                let _ = waiting.send(message);
            }
        }
    }

    /// Tells all pages an event.
    pub(super) fn tell(&mut self, event: &Event) {
        if !self.tabs.is_empty() {
            self.tell_those(event, |_, _| true);
        }
    }

    /// Tells one tab an event.
    pub(super) fn tell_one(&mut self, key: &TabKey, event: &Event) {
        if let (Some(body), Some(tab)) = (Body::of(event), self.tabs.get_mut(key)) {
            tab.stream.event(Instant::now(), &body);
        }
    }

    /// Tells a call as it is to whoever hears of it.
    pub(super) fn tell_call(&mut self, journey: JourneyId) {
        self.tell_of(journey, |known, names| {
            Event::Call(Box::new(view::call(known, names)))
        });
    }

    /// Everything, for one tab.
    pub(super) fn snapshot(&mut self, key: &TabKey) {
        let (Some(tab), Some(me)) = (self.tabs.get(key), self.me(key)) else {
            return;
        };
        let lines = tab
            .sub
            .iter()
            .filter_map(|account| self.presence_of(account));
        let stations = self.world.stations.values();
        let (towns, town) = (&self.lookup.towns, tab.who.town.as_deref());
        let calls = self.world.calls.values();
        let calls = calls.filter(|known| audience::hears(tab, known, towns));
        let tasks = self.kept.tasks.values();
        let missed = self.kept.missed.values();
        let snapshot = Snapshot {
            seq: tab.stream.seq(),
            calls: calls
                .map(|known| view::call(known, &self.lookup.names))
                .collect(),
            queues: self.world.queues.values().map(view::queue).collect(),
            stations: stations
                .map(|at| view::station(at, self.stations.user(&at.station)))
                .collect(),
            presence: lines.collect(),
            me,
            line: self.line(),
            closures: self.closures_in_force(),
            tasks: tasks
                .filter(|task| audience::has_task(task, town, towns))
                .cloned()
                .collect(),
            missed: missed
                .filter(|missed| audience::has_missed(missed, town, towns))
                .cloned()
                .collect(),
            services: self.lookup.services.clone(),
            emergencies: self.world.emergencies.iter().map(view::emergency).collect(),
        };
        if let Some(tab) = self.tabs.get_mut(key) {
            tab.stale.clear();
            tab.stream.say(&ServerMsg::Snapshot(Box::new(snapshot)));
        }
    }

    /// All pages begin again: what they know may not be what is.
    pub(super) fn snapshot_for_all(&mut self) {
        let keys: Vec<TabKey> = self.tabs.keys().cloned().collect();
        for key in keys {
            self.snapshot(&key);
        }
    }

    /// Who the person at a tab is to us.
    pub(super) fn me(&self, key: &TabKey) -> Option<MeView> {
        let tab = self.tabs.get(key)?;
        let held = self.stations.held(&tab.station);
        let owner = held.is_some_and(|held| held.key == *key);
        Some(MeView {
            user: tab.who.user.clone(),
            display: tab.who.display.clone(),
            roles: tab.who.roles.clone(),
            station: tab.station.clone(),
            owner,
            owned_by: held.filter(|_| !owner).map(|held| held.display.clone()),
            lease: held.map_or(0, |held| held.lease),
        })
    }

    fn each_second(&mut self) {
        let server_ms = ms(SystemTime::now());
        for tab in self.tabs.values_mut() {
            let seq = tab.stream.seq();
            tab.stream.say(&ServerMsg::Tick { seq, server_ms });
        }
        self.busy.are(self.sessions_with_a_call());
        self.forget_tabs();
        self.late_orders();
        self.release_deserted();
        self.keep_lists_true();
        self.keep_lines_true();
    }

    /// Tabs that have been gone for so long that nothing is kept for them, and those above the bound.
    fn forget_tabs(&mut self) {
        let now = Instant::now();
        let gone = Duration::from_secs(300);
        self.tabs
            .retain(|_, tab| tab.stream.is_connected() || now - tab.seen < gone);
        while self.tabs.len() > TABS {
            let oldest = self
                .tabs
                .iter()
                .min_by_key(|(_, tab)| (tab.stream.is_connected(), tab.seen))
                .map(|(key, _)| key.clone());
            let Some(mut tab) = oldest.and_then(|key| self.tabs.remove(&key)) else {
                return;
            };
            tab.stream.end(Bye::Slow);
        }
    }

    /// A line changed: it is told with the others of the next 200 ms.
    pub(super) fn presence_changed(&mut self, account: &str) {
        let mut shown = false;
        for tab in self.tabs.values_mut() {
            if tab.sub.contains(account) {
                tab.stale.insert(account.to_owned());
                shown = true;
            }
        }
        if shown && self.presence_due.is_none() {
            self.presence_due = Some(Instant::now() + PRESENCE);
        }
    }

    pub(super) fn tell_presence(&mut self) {
        self.presence_due = None;
        let keys: Vec<TabKey> = self.tabs.keys().cloned().collect();
        for key in keys {
            let Some(tab) = self.tabs.get_mut(&key) else {
                continue;
            };
            let stale = std::mem::take(&mut tab.stale);
            let lines: Vec<_> = stale
                .iter()
                .filter_map(|account| self.presence_of(account))
                .collect();
            if !lines.is_empty() {
                self.tell_one(&key, &Event::Presence(lines));
            }
        }
    }

    /// Whether one of these roles may see everything that all desks do.
    pub(super) fn supervises(who: &SignedIn) -> bool {
        who.roles.contains(&Role::Supervisor)
    }
}
