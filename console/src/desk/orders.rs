//! Orders of people: checked for right, owner and age, given to the exchange once, answered once.

use std::time::{Duration, SystemTime};

use call::command::{Refusal, Verb};
use call::journal::JourneyId;
use call::{Command as CoreCommand, CommandId, CommandResult, Duty};
use tokio::time::Instant;

use super::answers::Known;
use super::hub::{Desk, Inbox, TabKey, To, fresh_id};
use super::text::{LINE, line};
use super::view::{journey_of, journey_text, moment, ms, pause_word};
use crate::protocol::{AckDone, ClientMsg, Command, If, MediaState, Nack, ServerMsg};
use crate::sign_in::SignedIn;

/// An order about a call is not done when it is older.
const OLD: Duration = Duration::from_secs(5);
/// The exchange has so long to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Orders under way; above it the desk is told that the exchange is busy.
const UNDER_WAY: usize = 2_000;
/// Longest target, characters.
const TARGET: usize = 80;
/// Queues that one station may serve.
const QUEUES: usize = 64;

/// One order as it came.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) at_ms: u64,
    pub(super) seen: Option<If>,
    pub(super) cmd: Command,
}

/// An order that the exchange has.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) since: Instant,
    pub(super) key: TabKey,
    pub(super) what: Asked,
}

/// Who waits for the exchange's answer.
#[derive(Debug)]
pub(super) enum Asked {
    /// A person's order.
    Order {
        id: String,
        /// The station that takes or makes a call by it: the answer names that call.
        takes: Option<String>,
    },
    /// A page's offer with its number, or a telephone instead.
    Media {
        to: To,
        station: String,
        offer: Option<u32>,
    },
    /// Nobody: the desk's own order.
    Own,
}

/// Why an order is not done, and the words for it.
type Refused = (Nack, &'static str, Option<String>);

impl Desk {
    /// An order came.
    pub(super) fn order(&mut self, who: &SignedIn, key: &TabKey, order: Order, to: To) {
        let name = (who.user.clone(), order.id.clone());
        match self.answers.known(&name) {
            Some(Known::Answered(answer)) => {
                let answer = answer.as_ref().clone();
                return self.answer(to, answer);
            }
            Some(Known::Pending) => {
                return self.waiting.entry(name).or_default().push(to);
            }
            None => {}
        }
        self.answers.begin(Instant::now(), name.clone());
        self.waiting.entry(name).or_default().push(to);
        let id = order.id.clone();
        if let Err(refused) = self.carry_out(who, key, order) {
            self.refuse(key, &id, refused);
        }
    }

    fn carry_out(&mut self, who: &SignedIn, key: &TabKey, order: Order) -> Result<(), Refused> {
        let Order {
            id,
            at_ms,
            seen,
            cmd,
        } = order;
        let command = uuid(&id).ok_or((Nack::Invalid, "nack.invalid", None))?;
        let tab = self.tabs.get(key);
        let station = tab.map(|tab| tab.station.clone());
        let station = station.ok_or((Nack::NotOwner, "nack.not_owner", None))?;
        if cmd.moves_calls() && !self.stations.has(key, &station) {
            let by = self
                .stations
                .held(&station)
                .map(|held| held.display.clone());
            return Err((Nack::NotOwner, "nack.not_owner", by));
        }
        let now = SystemTime::now();
        if cmd.ages() && ms(now).saturating_sub(at_ms) > OLD.as_millis() as u64 {
            return Err((Nack::Stale, "nack.stale", None));
        }
        let if_version = self.as_seen(seen.as_ref(), &cmd)?;
        if let Command::Serve { queues } = &cmd {
            self.stations.choose(&station, queues);
        }
        let takes = matches!(cmd, Command::Next | Command::Dial { .. }).then(|| station.clone());
        let cmd = self.unveiled(cmd)?;
        let chosen = cmd.target().map(str::to_owned);
        let about = cmd.call().and_then(journey_of);
        let Some(verb) = verb(cmd.clone(), &station)? else {
            return self.record(who, key, &id, cmd);
        };
        let what = Asked::Order { id, takes };
        let command = CoreCommand {
            id: CommandId(command),
            actor: who.user.clone(),
            // The page's clock is corrected by ours; an order from the future is one of now.
            at: moment(at_ms).min(now),
            if_version,
            verb,
        };
        let unavailable = (Nack::Unavailable, "nack.unavailable", None);
        self.give(key, what, command).map_err(|_| unavailable)?;
        if let Some(target) = chosen {
            let call = about.and_then(|journey| self.world.calls.get(&journey));
            let call = call.map(|known| known.view.clone());
            self.chose(&who.user, call.as_deref(), &target);
        }
        Ok(())
    }

    /// The order with the number that its target stands for: some are called and never shown (DIR-6).
    fn unveiled(&self, mut cmd: Command) -> Result<Command, Refused> {
        if let Some(target) = cmd.target_mut() {
            let dialled = self.lookup.index.dial(target);
            *target = dialled
                .ok_or((Nack::Invalid, "nack.no_target", None))?
                .to_owned();
        }
        Ok(cmd)
    }

    /// Whether the call is still what the person saw; the version to hold it to.
    fn as_seen(&self, seen: Option<&If>, cmd: &Command) -> Result<Option<u64>, Refused> {
        let Some(seen) = seen else {
            return Ok(None);
        };
        let stale = (Nack::Stale, "nack.stale", None);
        let gone = (Nack::Gone, "nack.gone", None);
        let journey = journey_of(&seen.call).ok_or((Nack::Invalid, "nack.invalid", None))?;
        let known = self.world.calls.get(&journey).ok_or(gone)?;
        // Who takes a caller means that caller, whatever happened; who is second is told by whom they were taken.
        if matches!(
            cmd,
            Command::Answer { .. } | Command::Resume { .. } | Command::Pickup { .. }
        ) {
            return Ok(None);
        }
        if seen.v < known.meant || seen.v > known.view.version {
            return Err(stale);
        }
        let is_about_it = cmd.call() == Some(seen.call.as_str());
        Ok(is_about_it.then_some(known.view.version))
    }

    /// Gives an order to the exchange; whoever waits comes back when it takes none.
    pub(super) fn give(
        &mut self,
        key: &TabKey,
        what: Asked,
        command: CoreCommand,
    ) -> Result<(), Asked> {
        if self.pending.len() >= UNDER_WAY {
            return Err(what);
        }
        let order = command.id.0;
        let pending = Pending {
            since: Instant::now(),
            key: key.clone(),
            what,
        };
        let answer = Answering {
            later: self.later.clone(),
            order,
            result: None,
        };
        // Known before it is given: the answer may be quicker than this line.
        self.pending.insert(order, pending);
        let reply = Box::new(move |result| answer.with(result));
        if self.ground.exchange.command(command, reply).is_ok() {
            return Ok(());
        }
        match self.pending.remove(&order) {
            Some(pending) => Err(pending.what),
            None => Ok(()),
        }
    }

    /// An order of the desk's own, for a station.
    pub(super) fn own_order(&mut self, key: &TabKey, actor: &str, verb: Verb) {
        let command = CoreCommand {
            id: CommandId(fresh_id()),
            actor: actor.to_owned(),
            at: SystemTime::now(),
            if_version: None,
            verb,
        };
        if self.give(key, Asked::Own, command).is_err() {
            tracing::warn!(
                kind = "console",
                "the exchange took no order of the desk's own: too many wait"
            );
        }
    }

    /// The exchange answered.
    pub(super) fn answered(&mut self, order: u128, result: Option<CommandResult>) {
        let Some(pending) = self.pending.remove(&order) else {
            // It took longer than a person waits: the page has been told so, and sees what came of it.
            return;
        };
        let key = pending.key;
        match pending.what {
            Asked::Order { id, takes } => match outcome(result) {
                Ok(mut done) => {
                    let call = takes.and_then(|station| self.call_at(&station));
                    done.call = call.map(journey_text);
                    self.done(&key, &id, done);
                }
                Err((code, words, by)) => {
                    let by = by.map(|by| self.person(&by));
                    self.refuse(&key, &id, (code, words, by));
                }
            },
            Asked::Media { to, station, offer } => {
                self.sound_answered(&key, to, &station, offer, result)
            }
            Asked::Own => {
                if let Some(CommandResult::Refused(why)) = result {
                    tracing::debug!(
                        kind = "console",
                        "an order of the desk's own: {}",
                        why.code()
                    );
                }
            }
        }
    }

    /// Orders that the exchange has not answered in time.
    pub(super) fn late_orders(&mut self) {
        let late = self.pending.iter();
        let late = late.filter(|(_, pending)| pending.since.elapsed() > PATIENCE);
        let late: Vec<u128> = late.map(|(order, _)| *order).collect();
        for order in late {
            self.answered(order, None);
        }
    }

    /// An order was done.
    pub(super) fn done(&mut self, key: &TabKey, id: &str, done: AckDone) {
        let seq = self.tabs.get(key).map_or(0, |tab| tab.stream.seq());
        let id = id.to_owned();
        self.conclude(key, ServerMsg::Ack { id, seq, done });
    }

    /// An order was not done.
    pub(super) fn refuse(&mut self, key: &TabKey, id: &str, (code, words, by): Refused) {
        let nack = ServerMsg::Nack {
            id: id.to_owned(),
            code,
            by,
            text_key: words.to_owned(),
        };
        self.conclude(key, nack);
    }

    fn conclude(&mut self, key: &TabKey, answer: ServerMsg) {
        let id = match &answer {
            ServerMsg::Ack { id, .. } | ServerMsg::Nack { id, .. } => id.clone(),
            _ => return,
        };
        let name = (key.user.clone(), id);
        self.answers.end(&name, &answer);
        for to in self.waiting.remove(&name).unwrap_or_default() {
            self.answer(to, answer.clone());
        }
    }

    /// Somebody has no right to it: nothing is done, and it stands in the audit.
    pub(super) fn forbidden(&mut self, who: &SignedIn, action: &str, message: &ClientMsg, to: To) {
        self.ground
            .audit
            .note(&who.user, action, "", "forbidden", "");
        let answer = match message {
            ClientMsg::Cmd { id, .. } => ServerMsg::Nack {
                id: id.clone(),
                code: Nack::Forbidden,
                by: None,
                text_key: "nack.forbidden".to_owned(),
            },
            ClientMsg::Search { q, .. } => ServerMsg::Results {
                q: *q,
                items: Vec::new(),
            },
            ClientMsg::Media { .. } => ServerMsg::Media {
                media: MediaState::Refused {
                    code: Nack::Forbidden,
                    text_key: "nack.forbidden".to_owned(),
                },
            },
            ClientMsg::Hello { .. } | ClientMsg::Sub { .. } | ClientMsg::Look => return,
        };
        self.answer(to, answer);
    }

    /// The call that a station talks in.
    pub(super) fn call_at(&self, station: &str) -> Option<JourneyId> {
        self.world.stations.get(station)?.journey
    }

    /// A station or account as people know it.
    pub(super) fn person(&self, name: &str) -> String {
        let known = self
            .stations
            .user(name)
            .or_else(|| self.lookup.names.of(name));
        line(known.unwrap_or(name), LINE)
    }
}

/// Answers the hub once, also when the exchange lets the order go.
struct Answering {
    later: tokio::sync::mpsc::WeakSender<Inbox>,
    order: u128,
    result: Option<CommandResult>,
}

impl Answering {
    fn with(mut self, result: CommandResult) {
        self.result = Some(result);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let Some(hub) = self.later.upgrade() else {
            return;
        };
        let said = Inbox::Answered {
            order: self.order,
            result: self.result.take(),
        };
        // On the exchange's own thread: it must not wait. A hub that is so far behind tells the page that nobody answered.
        let _ = hub.try_send(said);
    }
}

/// What the exchange made of it, in the page's words.
fn outcome(result: Option<CommandResult>) -> Result<AckDone, Refused> {
    let mut done = AckDone::default();
    match result {
        Some(CommandResult::Done { version } | CommandResult::Attached { version, .. }) => {
            done.v = Some(version);
        }
        Some(CommandResult::Parked { slot, version }) => {
            done.v = Some(version);
            done.slot = Some(slot);
        }
        Some(CommandResult::Refused(why)) => return Err(refusal(why)),
        None => return Err((Nack::Unavailable, "nack.unavailable", None)),
    }
    Ok(done)
}

/// A refusal of the exchange in the page's words.
pub(super) fn refusal(why: Refusal) -> Refused {
    match why {
        Refusal::Gone => (Nack::Gone, "nack.gone", None),
        Refusal::Version | Refusal::Stale => (Nack::Stale, "nack.stale", None),
        Refusal::NotNow => (Nack::Busy, "nack.busy", None),
        Refusal::Taken { by } => (Nack::Taken, "nack.taken", Some(by)),
        Refusal::NoStation => (Nack::Unavailable, "nack.no_station", None),
        Refusal::NoTarget => (Nack::Invalid, "nack.no_target", None),
        Refusal::OwnNumber => (Nack::Invalid, "nack.own_number", None),
        Refusal::NotReachable => (Nack::Unavailable, "nack.not_reachable", None),
        Refusal::Forbidden => (Nack::Forbidden, "nack.forbidden", None),
        Refusal::Full => (Nack::Busy, "nack.full", None),
        Refusal::Offer => (Nack::Invalid, "nack.invalid", None),
    }
}

/// A UUIDv7 as a number (RFC 9562 section 5.7).
pub(super) fn uuid(text: &str) -> Option<u128> {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if lengths != [8, 4, 4, 4, 12] || !text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit()) {
        return None;
    }
    let id = u128::from_str_radix(&groups.concat(), 16).ok()?;
    ((id >> 76) & 0xf == 7).then_some(id)
}

/// The exchange's verb for an order; `None` for what the records do.
fn verb(cmd: Command, station: &str) -> Result<Option<Verb>, Refused> {
    let station = station.to_owned();
    let journey = |call: String| journey_of(&call).ok_or((Nack::Gone, "nack.gone", None));
    Ok(Some(match cmd {
        Command::Answer { call } => Verb::Answer {
            station,
            journey: journey(call)?,
        },
        Command::Resume { call } | Command::Pickup { call } => Verb::Retrieve {
            station,
            journey: journey(call)?,
        },
        Command::Next => Verb::Next { station },
        Command::Hangup { call } => Verb::HangUp {
            journey: journey(call)?,
        },
        Command::Hold { call } => Verb::Hold {
            journey: journey(call)?,
        },
        Command::Park { call } => Verb::Park {
            journey: journey(call)?,
        },
        Command::TransferBlind { call, target } => Verb::BlindTransfer {
            journey: journey(call)?,
            target: checked(target)?,
        },
        Command::TakeBack { call } => Verb::TakeBack {
            journey: journey(call)?,
        },
        Command::ConsultStart { call, target } => Verb::Consult {
            journey: journey(call)?,
            target: checked(target)?,
        },
        Command::ConsultComplete { call } => Verb::CompleteTransfer {
            journey: journey(call)?,
        },
        Command::ConsultCancel { call } => Verb::CancelTransfer {
            journey: journey(call)?,
        },
        Command::Swap { call } => Verb::Swap {
            journey: journey(call)?,
        },
        Command::Merge { call, with } => merge(journey(call)?, journey(with)?),
        Command::Dial { target } => Verb::Dial {
            station,
            target: checked(target)?,
        },
        Command::Dtmf { digit } => pressed(station, &digit)?,
        Command::Ready => duty(station, Duty::Ready),
        Command::Pause { reason } => duty(station, Duty::Paused(pause_word(reason).to_owned())),
        Command::Out => duty(station, Duty::Out),
        Command::Serve { queues } => Verb::Serve {
            station,
            queues: queues.into_iter().take(QUEUES).map(Into::into).collect(),
        },
        Command::Wrapup { .. }
        | Command::Note { .. }
        | Command::Task { .. }
        | Command::TaskDone { .. }
        | Command::Closure { .. }
        | Command::Reopen { .. }
        | Command::Away { .. }
        | Command::Words { .. }
        | Command::Misses
        | Command::Prefs { .. }
        | Command::Forward { .. }
        | Command::Help { .. } => return Ok(None),
    }))
}

fn merge(journey: JourneyId, with: JourneyId) -> Verb {
    Verb::Merge { journey, with }
}

fn pressed(station: String, digit: &str) -> Result<Verb, Refused> {
    let digit = key(digit).ok_or((Nack::Invalid, "nack.invalid", None))?;
    Ok(Verb::Digit { station, digit })
}

fn duty(station: String, state: Duty) -> Verb {
    Verb::StationState { station, state }
}

/// A target as a person may type it.
fn checked(target: String) -> Result<String, Refused> {
    let target = line(&target, TARGET);
    if target.is_empty() {
        return Err((Nack::Invalid, "nack.no_target", None));
    }
    Ok(target)
}

/// One key of a telephone.
pub(super) fn key(text: &str) -> Option<char> {
    let mut letters = text.chars();
    let key = letters.next()?.to_ascii_uppercase();
    (letters.next().is_none() && matches!(key, '0'..='9' | '*' | '#' | 'A'..='D')).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_uuid_of_version_7_names_an_order() {
        assert!(uuid("01935b6e-7c2a-7d51-9f00-2f6b1c9a4e11").is_some());
        for wrong in [
            "",
            "01935b6e-7c2a-4d51-9f00-2f6b1c9a4e11",
            "01935b6e7c2a7d519f002f6b1c9a4e11",
            "01935b6e-7c2a-7d51-9f00-2f6b1c9a4e1g",
            "01935b6e-7c2a-7d51-9f00-2f6b1c9a4e1é",
            "+1935b6e-7c2a-7d51-9f00-2f6b1c9a4e11",
        ] {
            assert_eq!(uuid(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_key_is_one_of_a_telephone() {
        assert_eq!(key("5"), Some('5'));
        assert_eq!(key("a"), Some('A'));
        for wrong in ["", "12", "e", "é", " "] {
            assert_eq!(key(wrong), None, "{wrong}");
        }
    }
}
