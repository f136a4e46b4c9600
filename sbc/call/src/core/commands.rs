//! Commands of people: idempotent by id, checked for age and version, then told to the call they are for.

use std::collections::{BTreeMap, VecDeque};

use super::Core;
use crate::command::{Command, CommandId, CommandResult, Duty, Refusal, Verb};
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};
use crate::io::Output;
use crate::journal::JourneyId;
use crate::limits;

/// Results by command id, the oldest forgotten first.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    results: BTreeMap<CommandId, CommandResult>,
    order: VecDeque<CommandId>,
}

impl Remembered {
    fn get(&self, id: CommandId) -> Option<&CommandResult> {
        self.results.get(&id)
    }

    fn keep(&mut self, id: CommandId, result: CommandResult) {
        if self.results.insert(id, result).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > limits::COMMANDS_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.results.remove(&oldest);
        }
    }
}

impl Core {
    pub(super) fn command(&mut self, command: Command) {
        let id = command.id;
        if let Some(result) = self.commands.get(id).cloned() {
            return self.stack.reply(id, result);
        }
        let before = self.stack.out.len();
        if let Err(refusal) = self.carry_out(command) {
            self.stack.reply(id, CommandResult::Refused(refusal));
        }
        self.settle();
        let result = self
            .stack
            .out
            .iter()
            .skip(before)
            .find_map(|output| match output {
                Output::Reply { command, result } if *command == id => Some(result.clone()),
                _ => None,
            });
        // A call that a fault of ours struck says nothing: whoever ordered is told that it is gone.
        let result = result.unwrap_or_else(|| {
            let gone = CommandResult::Refused(Refusal::Gone);
            self.stack.reply(id, gone.clone());
            gone
        });
        self.commands.keep(id, result);
    }

    fn carry_out(&mut self, command: Command) -> Result<(), Refusal> {
        let age = self
            .stack
            .now
            .wall
            .duration_since(command.at)
            .unwrap_or_default();
        if age > limits::COMMAND_AGE {
            return Err(Refusal::Stale);
        }
        let (call, station) = match &command.verb {
            Verb::AttachStation { station, device } => {
                let (station, device) = (station.clone(), device.clone());
                return self.attach(command.id, &command.actor, station, device);
            }
            Verb::Dial { station, .. } => return self.dial(command.clone(), station),
            Verb::Fallback { .. } => return self.other_device(&command),
            Verb::Echo { .. } => return self.echo(&command),
            Verb::Next { station } => return self.next(command.clone(), station.clone()),
            Verb::StationState {
                state: Duty::Ready | Duty::Paused(_),
                ..
            }
            | Verb::Serve { .. }
            | Verb::Decline { .. } => return self.agent_order(&command),
            Verb::BrowserMedia { station, offer } => {
                return self.station_page(command.id, &command.actor, station, offer);
            }
            Verb::Call { offer } => {
                return self.citizen_page(command.id, &command.actor, offer);
            }
            Verb::Key { journey, digit } => return self.page_key(command.id, *journey, *digit),
            Verb::Merge { journey, with } => {
                let (call, with) = (self.call_of(*journey)?, self.call_of(*with)?);
                (call, Some(self.can_merge(call, with)?))
            }
            Verb::DetachStation { station } | Verb::StationState { station, .. } => {
                if self.leave_duty(&command, station)? {
                    return Ok(());
                }
                (self.resting_place(station)?, None)
            }
            Verb::Digit { station, .. } => {
                let leg = self.station_leg(station)?;
                let call = self.legs.get(&leg).and_then(|leg| leg.call);
                (call.ok_or(Refusal::NotNow)?, Some(leg))
            }
            Verb::Answer { station, journey } | Verb::Retrieve { station, journey } => {
                (self.call_of(*journey)?, self.station_leg_if_any(station)?)
            }
            Verb::HangUp { journey }
            | Verb::Hold { journey }
            | Verb::Park { journey }
            | Verb::BlindTransfer { journey, .. }
            | Verb::Consult { journey, .. }
            | Verb::CompleteTransfer { journey }
            | Verb::Swap { journey }
            | Verb::TakeBack { journey }
            | Verb::CancelTransfer { journey } => (self.call_of(*journey)?, None),
        };
        let version = self.calls.get(&call).map(|call| call.version);
        if command.if_version.is_some() && command.if_version != version {
            return Err(Refusal::Version);
        }
        self.give(call, command, station);
        Ok(())
    }

    /// Tells the call. A station that talks and takes another caller is one order: whom it talks with waits, unless the other
    /// cannot be had (CONSOLE 3.3).
    pub(super) fn give(&mut self, call: CallId, command: Command, station: Option<LegId>) {
        let takes = matches!(command.verb, Verb::Answer { .. } | Verb::Retrieve { .. });
        let actor = command.actor.clone();
        let event = CallEvent::Verb {
            command: command.id,
            actor: command.actor,
            verb: command.verb,
            station,
        };
        let talks = station
            .filter(|_| takes)
            .and_then(|leg| self.legs.get(&leg)?.call.map(|there| (leg, there)))
            .filter(|(_, there)| *there != call);
        if let Some((leg, there)) = talks
            && let Some(with) = self.calls.get(&there).filter(|with| with.talks_to(leg))
            && self.calls.get(&call).is_some_and(|call| call.takes(&event))
        {
            let journey = with.journey;
            self.deliver(there, CallEvent::TakesAnother(leg));
            self.settle();
            self.commanded(Some(journey), &actor, "hold", "done");
        }
        self.deliver(call, event);
    }

    pub(super) fn call_of(&self, journey: JourneyId) -> Result<CallId, Refusal> {
        self.calls
            .values()
            .find(|call| call.journey == journey)
            .map(|call| call.id)
            .ok_or(Refusal::Gone)
    }
}
