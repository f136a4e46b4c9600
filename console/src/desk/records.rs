//! What the records know and keep for the desks: notes, tasks, missed calls, closures, absences, and earlier contacts. The
//! database is asked on the side; its answers come back to the hub as messages.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::{Duration, SystemTime};

use call::journal::JourneyId;
use directory::{
    Absence, ClosureRow, Contact, DecisionRow, Directory, Missed, Moment, Note, Occasion, RESULT,
    Task,
};
use tokio::time::Instant;

use super::audience::{has_missed, has_task};
use super::deeds::forward_view;
use super::hub::{Desk, Inbox, Tab, TabKey};
use super::lookup::Rows;
use super::text::{LINE, line, lines};
use super::towns::Towns;
use super::view::{journey_text, ms};
use super::{house, lookup, reason};
use crate::clock;
use crate::protocol::{
    AckDone, AwayView, ClosureView, ContactView, Event, ForwardView, LineView, MissedView, Nack,
    NoteView, TaskView,
};

/// Earlier contacts that are shown.
const CONTACTS: u32 = 8;
/// Missed calls that are shown.
const MISSED: u32 = 100;
/// For so long.
const MISSED_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// The lists are read again so often, for what other programs write.
const AGAIN: Duration = Duration::from_secs(30);
/// A call is in the tables so long after its end.
const FOLDED: Duration = Duration::from_secs(2);
/// Longest note that is shown, characters.
const NOTE: usize = 4_000;

/// The lists as they were read last.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Open tasks.
    pub(super) tasks: BTreeMap<String, TaskView>,
    /// Missed calls that nobody dealt with.
    pub(super) missed: BTreeMap<String, MissedView>,
    closures: Vec<ClosureView>,
    told_closures: Vec<ClosureView>,
    away: BTreeMap<String, AwayView>,
    forwards: BTreeMap<String, Vec<ForwardView>>,
    told_line: Option<LineView>,
    read: Option<Instant>,
    /// A call ended: the lists are read again then.
    due: Option<Instant>,
    reading: bool,
}

/// Everything that the lists hold.
#[derive(Debug)]
pub(super) struct Lists {
    tasks: Vec<Task>,
    missed: Vec<Missed>,
    closures: Vec<ClosureRow>,
    absences: Vec<Absence>,
    weekly: BTreeMap<String, u32>,
}

/// What the records told.
#[derive(Debug)]
pub(super) enum Told {
    /// About a call's caller.
    Caller {
        journey: JourneyId,
        contacts: Vec<Contact>,
        earlier_today: u64,
        note: Option<Note>,
    },
    /// All lists; none when the database refused.
    Lists(Option<Lists>),
    /// The directory's rows, looked through.
    Rows(Option<Box<Rows>>),
    /// Whom an operator connected callers to on earlier days.
    Choices {
        operator: String,
        service: String,
        entries: Vec<String>,
    },
    /// What a person chose for the desk.
    Chosen {
        user: String,
        row: directory::Preferences,
    },
    /// Nothing that the desk must know.
    Nothing,
    /// A note as it is now.
    Note { journey: JourneyId, note: Note },
    /// An order is done.
    Done {
        key: TabKey,
        id: String,
        done: AckDone,
        lists: bool,
    },
    /// An order is not done.
    Refused {
        key: TabKey,
        id: String,
        code: Nack,
        words: &'static str,
    },
}

impl Kept {
    /// Whether somebody is away.
    pub(super) fn away(&self, account: &str) -> Option<AwayView> {
        self.away.get(account).cloned()
    }

    /// Where somebody's calls go on other occasions.
    pub(super) fn forwards(&self, account: &str) -> Vec<ForwardView> {
        self.forwards.get(account).cloned().unwrap_or_default()
    }

    /// The service that a closure closes (none: the whole house); `None` when there is no such closure.
    pub(super) fn service_of(&self, closure: &str) -> Option<Option<String>> {
        let row = self.closures.iter().find(|row| row.id == closure)?;
        Some(row.service.clone())
    }
}

impl Desk {
    /// Does something on the side that ends in a message to the hub.
    pub(super) fn aside(&self, work: impl Future<Output = Told> + Send + 'static) {
        let later = self.later.clone();
        tokio::spawn(async move {
            let told = work.await;
            if let Some(hub) = later.upgrade() {
                // The hub has ended: nobody waits for it any more.
                let _ = hub.send(Inbox::Told(told)).await;
            }
        });
    }

    /// Asks once for what is known of a call's caller.
    pub(super) fn ask_records(&mut self, journey: JourneyId) {
        let Some(known) = self.world.calls.get_mut(&journey) else {
            return;
        };
        if std::mem::replace(&mut known.asked, true) {
            return;
        }
        let number = known.view.caller.number.clone();
        let before = Moment(i64::try_from(ms(known.view.began)).unwrap_or(i64::MAX));
        let (directory, house) = (self.ground.directory.clone(), self.ground.house.clone());
        self.aside(async move {
            let id = directory::JourneyId(journey_text(journey));
            let contacts = directory.contacts(&number, before, CONTACTS).await;
            let today = house.day_began(SystemTime::now());
            let today = Moment(i64::try_from(ms(today)).unwrap_or(i64::MAX));
            let earlier = directory.calls_between(&number, today, before).await;
            let note = directory.note(&id).await;
            Told::Caller {
                journey,
                contacts: said("contacts", contacts).unwrap_or_default(),
                earlier_today: said("calls", earlier).unwrap_or_default(),
                note: said("note", note).flatten(),
            }
        });
    }

    /// The same for all calls that are up.
    pub(super) fn ask_all_records(&mut self) {
        let calls: Vec<JourneyId> = self.world.calls.keys().copied().collect();
        for journey in calls {
            self.ask_records(journey);
        }
    }

    /// Reads all lists again.
    pub(super) fn fetch_lists(&mut self) {
        if std::mem::replace(&mut self.kept.reading, true) {
            // What is being read may be older than what is asked for.
            self.kept.due = Some(Instant::now());
            return;
        }
        self.kept.due = None;
        let directory = self.ground.directory.clone();
        self.aside(async move { Told::Lists(said("lists", read(&directory).await)) });
        let rows = lookup::newer(&self.ground, self.lookup.generation);
        if let Some(rows) = rows {
            self.aside(rows);
        }
    }

    /// Somebody asked while the lists were being read.
    fn fetch_lists_that_are_due(&mut self) {
        if self.kept.due.is_some_and(|at| at <= Instant::now()) {
            self.fetch_lists();
        }
    }

    /// A call is over: who was in it may be missed now.
    pub(super) fn call_is_over(&mut self) {
        let at = Instant::now() + FOLDED;
        self.kept.due.get_or_insert(at);
    }

    /// Each second: what ends by itself ends on the screen, and what others wrote comes.
    pub(super) fn keep_lists_true(&mut self) {
        if self.tabs.is_empty() {
            return;
        }
        let now = Instant::now();
        let due = self.kept.due.is_some_and(|at| at <= now);
        let old = self.kept.read.is_none_or(|at| now - at >= AGAIN);
        let newer = self.ground.house.generation() != self.lookup.generation;
        if due || old || newer {
            self.fetch_lists();
        }
        self.tell_closures();
        let away = self.kept.away.iter();
        let now_ms = ms(SystemTime::now());
        let over = away.filter(|(_, away)| away.until_ms.is_some_and(|until| until <= now_ms));
        let over: Vec<String> = over.map(|(account, _)| account.clone()).collect();
        for account in over {
            self.kept.away.remove(&account);
            self.presence_changed(&account);
        }
    }

    /// The records told something.
    pub(super) fn told(&mut self, told: Told) {
        match told {
            Told::Caller {
                journey,
                contacts,
                earlier_today,
                note,
            } => {
                let index = &self.lookup.index;
                let spoke_to = contacts
                    .iter()
                    .filter_map(|row| index.owner(row.who.as_deref()?));
                let spoke_to = spoke_to.map(|entry| entry.id.clone()).collect();
                let history: Vec<ContactView> = contacts.into_iter().map(contact).collect();
                let Some(known) = self.world.calls.get_mut(&journey) else {
                    return;
                };
                let note = note.map(|note| note_view(&note)).or(known.note.take());
                let is_news = !history.is_empty() || note.is_some() || earlier_today > 0;
                known.earlier_today = u32::try_from(earlier_today).unwrap_or(u32::MAX);
                known.history = history;
                known.spoke_to = spoke_to;
                known.note = note;
                if is_news {
                    self.tell_call(journey);
                }
            }
            Told::Lists(lists) => {
                self.kept.reading = false;
                self.kept.read = Some(Instant::now());
                if let Some(lists) = lists {
                    self.take_lists(lists);
                }
                self.fetch_lists_that_are_due();
            }
            Told::Rows(rows) => {
                if let Some(rows) = rows {
                    self.take_rows(*rows);
                }
            }
            Told::Choices {
                operator,
                service,
                entries,
            } => self.choices.remembered(&operator, &service, entries),
            Told::Chosen { user, row } => self.tell_choices(&user, &row),
            Told::Nothing => {}
            Told::Note { journey, note } => self.noted(journey, &note),
            Told::Done {
                key,
                id,
                done,
                lists,
            } => {
                self.done(&key, &id, done);
                if lists {
                    self.fetch_lists();
                }
            }
            Told::Refused {
                key,
                id,
                code,
                words,
            } => self.refuse(&key, &id, (code, words, None)),
        }
    }

    fn noted(&mut self, journey: JourneyId, note: &Note) {
        if let Some(known) = self.world.calls.get_mut(&journey) {
            known.note = Some(note_view(note));
            self.tell_call(journey);
        }
    }

    fn take_rows(&mut self, rows: Rows) {
        self.lookup.take(rows);
        // Names and labels may be others: all pages see them anew.
        if self.complete {
            self.snapshot_for_all();
        }
    }

    fn take_lists(&mut self, lists: Lists) {
        self.choices.weekly = lists.weekly;
        let names = &self.lookup.names;
        let tasks = lists.tasks.iter().map(|row| task_view(row, names));
        let tasks: BTreeMap<String, TaskView> = tasks.map(|task| (task.id.clone(), task)).collect();
        let missed = lists.missed.iter().map(|row| missed_view(row, names));
        let missed: BTreeMap<String, MissedView> =
            missed.map(|row| (row.id.clone(), row)).collect();
        for change in differences(&self.kept.tasks, &tasks, |task| task.done = true) {
            let has = |tab: &Tab, towns: &Towns| has_task(&change, tab.who.town.as_deref(), towns);
            self.tell_those(&Event::Task(change.clone()), has);
        }
        for change in differences(&self.kept.missed, &missed, |row| row.done = true) {
            let has =
                |tab: &Tab, towns: &Towns| has_missed(&change, tab.who.town.as_deref(), towns);
            self.tell_those(&Event::Missed(change.clone()), has);
        }
        self.kept.tasks = tasks;
        self.kept.missed = missed;
        self.kept.closures = lists.closures.iter().map(closure_view).collect();
        self.tell_closures();
        self.new_absences(&lists.absences);
    }

    /// Whoever is away or back, or whose calls go elsewhere now, is shown so.
    fn new_absences(&mut self, rows: &[Absence]) {
        let always = rows.iter().filter(|row| row.occasion == Occasion::Always);
        let away: BTreeMap<String, AwayView> = always
            .map(|row| (row.account.clone(), away_view(row)))
            .collect();
        let mut forwards: BTreeMap<String, Vec<ForwardView>> = BTreeMap::new();
        for row in rows {
            if let Some(view) = forward_view(row) {
                forwards.entry(row.account.clone()).or_default().push(view);
            }
        }
        let away = std::mem::replace(&mut self.kept.away, away);
        let forwards = std::mem::replace(&mut self.kept.forwards, forwards);
        let now = self.kept.away.keys().chain(self.kept.forwards.keys());
        let accounts = away.keys().chain(forwards.keys()).chain(now);
        let accounts: BTreeSet<String> = accounts.cloned().collect();
        for account in accounts {
            if away.get(&account) != self.kept.away.get(&account)
                || forwards.get(&account) != self.kept.forwards.get(&account)
            {
                self.presence_changed(&account);
            }
        }
    }

    /// The closures that hold at this moment.
    pub(super) fn closures_in_force(&self) -> Vec<ClosureView> {
        house::in_force(&self.kept.closures, SystemTime::now())
    }

    /// The house at this moment.
    pub(super) fn line(&self) -> LineView {
        let now = SystemTime::now();
        let settings = &self.ground.settings;
        let opening = self.ground.house.opening(now);
        let number = self.lookup.names.near(&settings.number);
        house::line(
            &settings.town,
            number,
            &opening,
            &self.kept.closures,
            ms(now),
        )
    }

    fn tell_closures(&mut self) {
        let closures = self.closures_in_force();
        if closures != self.kept.told_closures {
            self.kept.told_closures.clone_from(&closures);
            self.tell(&Event::Closures(closures));
        }
        let line = self.line();
        if self.kept.told_line.as_ref() != Some(&line) {
            let known = self.kept.told_line.replace(line.clone()).is_some();
            if known {
                self.tell(&Event::Line(line));
            }
        }
    }
}

/// What is in `new` and was not so in `old`, and what is gone, marked so.
fn differences<V: Clone + PartialEq>(
    old: &BTreeMap<String, V>,
    new: &BTreeMap<String, V>,
    over: impl Fn(&mut V),
) -> Vec<V> {
    let changed = new.iter().filter(|(id, row)| old.get(*id) != Some(*row));
    let mut rows: Vec<V> = changed.map(|(_, row)| row.clone()).collect();
    let gone = old.iter().filter(|(id, _)| !new.contains_key(*id));
    rows.extend(gone.map(|(_, row)| {
        let mut row = row.clone();
        over(&mut row);
        row
    }));
    rows
}

async fn read(directory: &Directory) -> Result<Lists, directory::DirectoryError> {
    let now = clock::now();
    let missed_for = i64::try_from(MISSED_FOR.as_millis()).unwrap_or(i64::MAX);
    Ok(Lists {
        tasks: directory.tasks_open().await?,
        missed: directory
            .missed(Moment(now.0.saturating_sub(missed_for)), MISSED)
            .await?,
        closures: directory.closures(now).await?,
        absences: directory.absences(now).await?,
        weekly: directory.weekly_choices(now).await?,
    })
}

/// What the database gave; a refusal is logged, and the desk goes on with what it knows.
pub(super) fn said<T>(what: &str, result: Result<T, directory::DirectoryError>) -> Option<T> {
    result
        .inspect_err(|why| {
            tracing::warn!(kind = "console", "the desk could not read {what}: {why}");
        })
        .ok()
}

/// Milliseconds since 1970 of a stored moment.
fn stored(moment: Moment) -> u64 {
    u64::try_from(moment.0).unwrap_or(0)
}

fn contact(row: Contact) -> ContactView {
    ContactView {
        at_ms: stored(row.at),
        with: row.with.map(|with| line(&with, LINE)),
        outcome: line(&row.outcome, LINE),
        note: row.note.map(|note| lines(&note, NOTE)),
    }
}

/// A note for the page.
pub(super) fn note_view(note: &Note) -> NoteView {
    NoteView {
        v: note.version,
        text: lines(&note.text, NOTE),
        by: line(&note.by, LINE),
    }
}

fn task_view(row: &Task, names: &super::names::Names) -> TaskView {
    let task = &row.task;
    let some = |text: &Option<String>| text.as_deref().map(|text| line(text, LINE));
    TaskView {
        id: task.id.clone(),
        v: row.version,
        number: line(&task.number, LINE),
        near: names.near(&task.number),
        name: some(&task.name),
        lang: some(&task.lang),
        service: some(&task.service),
        whom: some(&task.whom),
        text: lines(&task.text, NOTE),
        by: line(&task.by, LINE),
        at_ms: stored(task.at),
        due_ms: task.due.map(stored),
        done: row.done.is_some(),
    }
}

fn missed_view(row: &Missed, names: &super::names::Names) -> MissedView {
    MissedView {
        id: row.journey.0.clone(),
        at_ms: stored(row.at),
        number: line(&row.number, LINE),
        near: names.near(&row.number),
        name: names.of(&row.number).map(|name| line(name, LINE)),
        dialled: line(&row.dialled, LINE),
        cause: row.cause.clone(),
        why: row
            .decision
            .as_ref()
            .map(|row| why(row, names))
            .unwrap_or_default(),
        done: row.done.is_some(),
    }
}

/// A stored decision in one sentence by language.
fn why(decision: &DecisionRow, names: &super::names::Names) -> BTreeMap<String, String> {
    let values = decision.arguments.iter();
    let values = values.map(|(name, value)| (name.as_str(), value.as_str()));
    let inputs = values.clone().filter(|(name, _)| *name != RESULT);
    let inputs = inputs.map(|(name, value)| (name, reason::named(name, value, names)));
    let result = values.clone().find(|(name, _)| *name == RESULT);
    let result = result.map_or("", |(_, value)| value);
    reason::sentences(&decision.node, &decision.code, inputs, result)
}

fn closure_view(row: &ClosureRow) -> ClosureView {
    ClosureView {
        id: row.id.clone(),
        service: row.service.clone(),
        text: line(&row.text, 200),
        by: line(&row.by, LINE),
        since_ms: stored(row.from),
        until_ms: stored(row.until),
    }
}

fn away_view(row: &Absence) -> AwayView {
    AwayView {
        until_ms: row.until.map(stored),
        to: row.to.as_deref().map(|to| line(to, LINE)),
        by: line(&row.by, LINE),
    }
}
