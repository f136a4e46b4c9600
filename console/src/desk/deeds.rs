//! Orders that the records carry out: notes, outcomes, tasks, closures, absences, and the call for help.

mod absence;

pub(super) use absence::forward_view;

use std::time::SystemTime;

use call::command::{Duty, Verb};
use call::desk::{CallView, StationState as CoreState};
use call::journal::JourneyId;
use directory::{DirectoryError, Moment, NewClosure, NewTask, NoteError};

use super::house;
use super::hub::{Desk, TabKey};
use super::records::Told;
use super::text::{LINE, line, lines};
use super::view::{journey_of, journey_text, ms};
use crate::clock;
use crate::protocol::{AckDone, Command, Event, Nack, Outcome};
use crate::sign_in::SignedIn;

/// Longest note, characters.
const NOTE: usize = 4_000;
/// Longest text of a task, characters.
const TASK: usize = 1_000;
/// Longest text of a closure, characters.
const CLOSURE: usize = 200;

/// Why an order is not done, the words for it, and who was first.
pub(super) type Refused = (Nack, &'static str, Option<String>);

/// An order on its way through the records.
pub(super) struct Deed {
    key: TabKey,
    id: String,
    pub(super) by: String,
    pub(super) at: Moment,
}

impl Deed {
    pub(super) fn done(self, done: AckDone, lists: bool) -> Told {
        Told::Done {
            key: self.key,
            id: self.id,
            done,
            lists,
        }
    }

    pub(super) fn refused(self, code: Nack, words: &'static str) -> Told {
        Told::Refused {
            key: self.key,
            id: self.id,
            code,
            words,
        }
    }

    /// What the records refused: what is wrong in it is the page's fault, everything else is ours.
    pub(super) fn failed(self, why: &DirectoryError) -> Told {
        match why {
            DirectoryError::Invalid(_) => self.refused(Nack::Invalid, "nack.invalid"),
            _ => {
                tracing::warn!(kind = "console", "the records took no order: {why}");
                self.refused(Nack::Unavailable, "nack.unavailable")
            }
        }
    }
}

pub(super) const INVALID: Refused = (Nack::Invalid, "nack.invalid", None);
const GONE: Refused = (Nack::Gone, "nack.gone", None);

impl Desk {
    /// Carries out what the exchange need not know.
    pub(super) fn record(
        &mut self,
        who: &SignedIn,
        key: &TabKey,
        id: &str,
        cmd: Command,
    ) -> Result<(), Refused> {
        let deed = Deed {
            key: key.clone(),
            id: id.to_owned(),
            by: who.user.clone(),
            at: clock::now(),
        };
        match cmd {
            Command::Wrapup { call, outcome } => self.wrap_up(deed, &call, outcome),
            Command::Note { call, text, v } => self.note(deed, &call, &text, v),
            Command::Task {
                call,
                number,
                whom,
                text,
                due_ms,
            } => {
                let new = self.task(&deed, (call.as_deref(), number), whom, &text, due_ms)?;
                self.add_task(deed, new);
                Ok(())
            }
            Command::TaskDone { task, done } => self.task_done(deed, task, done),
            Command::Closure {
                service,
                text,
                until_ms,
            } => self.close(deed, service, &text, until_ms),
            Command::Reopen { closure } => {
                self.reopen(deed, closure);
                Ok(())
            }
            Command::Away {
                account,
                to,
                until_ms,
                all: None,
            } => self.away(deed, account, to, until_ms),
            Command::Away {
                account,
                to,
                until_ms,
                all: Some(all),
            } => self.all_away(deed, account, to, (until_ms, all)),
            Command::Words { service, words } => {
                self.set_words(deed, service, words);
                Ok(())
            }
            Command::Misses => {
                self.tell_misses(deed);
                Ok(())
            }
            Command::Prefs { prefs } => self.choose(deed, &prefs),
            Command::Forward { account, when, to } => self.forward(deed, account, when, to),
            Command::Help { queue } => {
                let by = line(&who.display, LINE);
                let queue = queue.map(|queue| line(&queue, LINE));
                self.tell(&Event::Help { by, queue });
                self.done(key, id, AckDone::default());
                Ok(())
            }
            // The rest are the exchange's: `orders::verb` gave them to it.
            _ => Err(INVALID),
        }
    }

    fn wrap_up(&mut self, deed: Deed, call: &str, outcome: Outcome) -> Result<(), Refused> {
        let journey = journey_of(call).ok_or(GONE)?;
        let station = self.tabs.get(&deed.key).map(|tab| tab.station.clone());
        if let Some(station) = station
            && let Some(at) = self.world.stations.get(&station)
            && at.state == CoreState::WrapUp
        {
            let state = Duty::Ready;
            let (key, by) = (deed.key.clone(), deed.by.clone());
            self.own_order(&key, &by, Verb::StationState { station, state });
        }
        let directory = self.ground.directory.clone();
        self.aside(async move {
            let id = directory::JourneyId(journey_text(journey));
            let saved = directory
                .outcome(&id, word(outcome), &deed.by, deed.at)
                .await;
            match saved {
                Ok(()) => deed.done(AckDone::default(), false),
                Err(why) => deed.failed(&why),
            }
        });
        Ok(())
    }

    fn note(&mut self, deed: Deed, call: &str, text: &str, seen: u64) -> Result<(), Refused> {
        let journey = journey_of(call).ok_or(GONE)?;
        if text.chars().count() > NOTE {
            return Err(INVALID);
        }
        let text = lines(text, NOTE);
        let directory = self.ground.directory.clone();
        let later = self.later.clone();
        self.aside(async move {
            let id = directory::JourneyId(journey_text(journey));
            let saved = directory
                .save_note(&id, seen, &text, &deed.by, deed.at)
                .await;
            let (note, answer) = match saved {
                Ok(note) => (Some(note), deed.done(AckDone::default(), false)),
                // The page shows the newer text and what was typed here side by side.
                Err(NoteError::Changed(note)) => {
                    (Some(note), deed.refused(Nack::Stale, "nack.note_changed"))
                }
                Err(NoteError::Directory(why)) => (None, deed.failed(&why)),
            };
            if let (Some(note), Some(hub)) = (note, later.upgrade()) {
                let told = Told::Note { journey, note };
                // The hub has ended: nobody shows it any more.
                let _ = hub.send(super::hub::Inbox::Told(told)).await;
            }
            answer
        });
        Ok(())
    }

    /// A call back as it is asked for: what is not said comes from the call.
    fn task(
        &self,
        deed: &Deed,
        (call, number): (Option<&str>, Option<String>),
        whom: Option<String>,
        text: &str,
        due_ms: Option<u64>,
    ) -> Result<NewTask, Refused> {
        let journey = match call {
            Some(call) => Some(journey_of(call).ok_or(GONE)?),
            None => None,
        };
        let view = journey.and_then(|journey| self.call_of(journey));
        let caller = view.map(|view| self.lookup.names.caller(&view.caller));
        let number = number
            .map(|number| line(&number, LINE))
            .or_else(|| caller.as_ref().map(|caller| caller.number.clone()))
            .filter(|number| !number.is_empty())
            .ok_or((Nack::Invalid, "nack.no_number", None))?;
        if text.chars().count() > TASK {
            return Err(INVALID);
        }
        let service = view.and_then(|view| view.service.as_deref());
        let due = due_ms.map(at).or_else(|| {
            let end = house::deadline(self.ground.house.as_ref(), service, SystemTime::now());
            Some(at(ms(end?)))
        });
        Ok(NewTask {
            id: deed.id.clone(),
            number,
            name: caller.and_then(|caller| caller.name),
            lang: view
                .and_then(|view| view.language)
                .map(|lang| lang.as_str().to_owned()),
            service: service.map(str::to_owned),
            whom: whom.map(|whom| line(&whom, LINE)),
            text: lines(text, TASK),
            by: deed.by.clone(),
            at: deed.at,
            due,
            journey: journey.map(|journey| directory::JourneyId(journey_text(journey))),
        })
    }

    fn add_task(&mut self, deed: Deed, new: NewTask) {
        let directory = self.ground.directory.clone();
        self.aside(async move {
            match directory.add_task(new).await {
                Ok(task) => {
                    let done = AckDone {
                        task: Some(task.task.id),
                        ..AckDone::default()
                    };
                    deed.done(done, true)
                }
                Err(why) => deed.failed(&why),
            }
        });
    }

    /// A task, or a missed call, is dealt with.
    fn task_done(&mut self, deed: Deed, task: String, done: bool) -> Result<(), Refused> {
        let missed = journey_of(&task).is_some();
        let directory = self.ground.directory.clone();
        self.aside(async move {
            let there = if missed {
                let journey = directory::JourneyId(task);
                let row = directory.missed_done(&journey, done, &deed.by, deed.at);
                row.await.map(|row| row.is_some())
            } else {
                let row = directory.task_done(&task, done, &deed.by, deed.at);
                row.await.map(|row| row.is_some())
            };
            match there {
                Ok(true) => deed.done(AckDone::default(), true),
                Ok(false) => deed.refused(Nack::Gone, "nack.gone"),
                Err(why) => deed.failed(&why),
            }
        });
        Ok(())
    }

    fn close(
        &mut self,
        deed: Deed,
        service: Option<String>,
        text: &str,
        until_ms: u64,
    ) -> Result<(), Refused> {
        if until_ms <= ms(SystemTime::now()) || text.chars().count() > CLOSURE {
            return Err(INVALID);
        }
        if let Some(service) = &service
            && !self.lookup.knows_service(service)
        {
            return Err((Nack::Invalid, "nack.no_service", None));
        }
        let new = NewClosure {
            id: deed.id.clone(),
            service,
            text: line(text, CLOSURE),
            by: deed.by.clone(),
            from: deed.at,
            until: at(until_ms),
        };
        let (directory, house) = (self.ground.directory.clone(), self.ground.house.clone());
        self.aside(async move {
            match directory.close_by_hand(new).await {
                Ok(_) => in_force(deed, house, AckDone::default()).await,
                Err(why) => deed.failed(&why),
            }
        });
        Ok(())
    }

    fn reopen(&mut self, deed: Deed, closure: String) {
        let (directory, house) = (self.ground.directory.clone(), self.ground.house.clone());
        self.aside(async move {
            match directory.reopen(&closure, &deed.by, deed.at).await {
                Ok(Some(_)) => in_force(deed, house, AckDone::default()).await,
                Ok(None) => deed.refused(Nack::Gone, "nack.gone"),
                Err(why) => deed.failed(&why),
            }
        });
    }

    /// A call that goes on, or ended a short while ago.
    fn call_of(&self, journey: JourneyId) -> Option<&CallView> {
        Some(&self.world.known(journey)?.view)
    }
}

/// The exchange decides by the new rows before whoever ordered is told that it is done.
pub(super) async fn in_force(
    deed: Deed,
    house: std::sync::Arc<dyn crate::app::House>,
    done: AckDone,
) -> Told {
    match tokio::task::spawn_blocking(move || house.refresh()).await {
        Ok(Ok(())) => deed.done(done, true),
        Ok(Err(why)) => {
            tracing::error!(
                kind = "console",
                "an order is on record and not in force: {why}"
            );
            deed.refused(Nack::Unavailable, "nack.unavailable")
        }
        Err(_) => deed.refused(Nack::Unavailable, "nack.unavailable"),
    }
}

fn at(ms: u64) -> Moment {
    Moment(i64::try_from(ms).unwrap_or(i64::MAX))
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Informed => "informed",
        Outcome::Transferred => "transferred",
        Outcome::Callback => "callback",
        Outcome::Referred => "referred",
        Outcome::Nothing => "nothing",
        Outcome::Other => "other",
    }
}
