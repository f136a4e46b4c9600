//! Stations come on duty and call out: orders that are for no call yet.

use super::Core;
use crate::agent::Event as AgentEvent;
use crate::border::destination;
use crate::call::feature::{fork, queue, station};
use crate::call::{Call, Cx, Opening, Owner, Rests, scene};
use crate::command::{Command, CommandId, CommandResult, Device, Duty, Refusal, Verb};
use crate::desk::Pause;
use crate::effect::{CallEvent, Effect};
use crate::id::{CallId, LegId};
use crate::journal::{Fact, JourneyId};
use crate::leg::{Identity, Leg};
use crate::queue::Event;
use crate::station::Station;

impl Core {
    /// A station comes on duty. A kept device is called now; its leg then rests in a call of its own for the shift.
    pub(super) fn attach(
        &mut self,
        command: CommandId,
        actor: &str,
        name: String,
        device: Device,
    ) -> Result<(), Refusal> {
        if let Device::Browser { offer } = &device {
            return self.station_page(command, actor, &name, offer);
        }
        if self.stack.stations.get(&name).is_some() {
            return Err(Refusal::NotNow);
        }
        if !device.is_kept() {
            let rung = Station {
                device,
                leg: None,
                home: None,
                fallback: None,
            };
            self.stack.stations.insert(name, rung);
            self.muster();
            // Nothing is called for it: it can be reached at once, and no event will say so.
            self.tell_stations_truth();
            self.commanded(None, actor, "attach-station", "on-duty");
            self.stack
                .reply(command, CommandResult::Done { version: 0 });
            return Ok(());
        }
        let account = match &device {
            Device::Phone(account) | Device::Handset(account) | Device::Mobile(account) => account,
            Device::Browser { .. } => return Err(Refusal::NotNow),
        };
        let devices = destination::own_devices(&self.stack, account);
        let phone = devices.into_iter().next().ok_or(Refusal::NoStation)?;
        let display = self.stack.settings().site_name.clone();
        let identity = Identity {
            number: name.clone(),
            display,
        };
        let mut call = self.begin_at_desk(Owner::Station(name.clone()), LegId(0), identity);
        self.began_at_desk(&call, &name, &name, actor);
        let mut cx = Cx {
            stack: &mut self.stack,
            legs: &mut self.legs,
        };
        let ringing = fork::ring(&mut call, &mut cx, vec![phone], fork::Why::Consult);
        station::calling(&mut call, &mut cx, ringing.legs, device);
        let (version, journey) = (call.version, call.journey);
        self.calls.insert(call.id, call);
        self.muster();
        self.commanded(Some(journey), actor, "attach-station", "calling");
        self.stack.reply(command, CommandResult::Done { version });
        Ok(())
    }

    /// A station calls somebody: a call of its own takes its leg, then rings the target.
    pub(super) fn dial(&mut self, command: Command, name: &str) -> Result<(), Refusal> {
        let Verb::Dial { target, .. } = &command.verb else {
            return Err(Refusal::NotNow);
        };
        let leg = self.station_leg(name)?;
        let resting = self.legs.get(&leg).filter(|leg| leg.is_resting());
        let account = resting.ok_or(Refusal::NotNow)?.account();
        let identity = Identity {
            number: account.unwrap_or(name).to_owned(),
            display: self.stack.settings().site_name.clone(),
        };
        let call = self.begin_at_desk(Owner::Journey, leg, identity);
        let id = call.id;
        self.began_at_desk(&call, name, target, &command.actor);
        self.calls.insert(id, call);
        self.stack.effects.push_back(Effect::Move { leg, to: id });
        let event = CallEvent::Verb {
            command: command.id,
            actor: command.actor,
            verb: command.verb,
            station: Some(leg),
        };
        self.stack.effects.push_back(Effect::Tell(id, event));
        Ok(())
    }

    /// A call that begins at a desk, without its legs.
    pub(super) fn begin_at_desk(
        &mut self,
        owner: Owner,
        caller: LegId,
        identity: Identity,
    ) -> Call {
        let session_id = self.stack.random.u128();
        let call = Call::new(Opening {
            id: self.stack.next_call(),
            journey: self.stack.random.journey(self.stack.now.wall),
            owner,
            caller,
            identity,
            location: None,
            emergency: false,
            max_forwards: 70,
            session_id,
            relayed: Vec::new(),
            began: self.stack.now.wall,
        });
        self.sessions.insert((session_id, call.id));
        call
    }

    pub(super) fn began_at_desk(&mut self, call: &Call, from: &str, to: &str, by: &str) {
        self.stack.journal(Fact::JourneyBegan {
            journey: call.journey,
            from: from.to_owned(),
            to: to.to_owned(),
            by: by.to_owned(),
            session_id: format!("{:032x}", call.session_id),
            emergency: false,
        });
    }

    /// An order that no call carries out goes on record.
    pub(super) fn commanded(
        &mut self,
        journey: Option<JourneyId>,
        actor: &str,
        verb: &str,
        result: &str,
    ) {
        self.stack.journal(Fact::Commanded {
            journey,
            actor: actor.to_owned(),
            verb: verb.to_owned(),
            result: result.to_owned(),
        });
    }

    /// Where a station's kept leg rests.
    pub(super) fn resting_place(&self, station: &str) -> Result<CallId, Refusal> {
        let station = self.stack.stations.get(station);
        station
            .and_then(|station| station.home)
            .ok_or(Refusal::NoStation)
    }

    /// A station's leg.
    pub(super) fn station_leg(&self, station: &str) -> Result<LegId, Refusal> {
        let station = self.stack.stations.get(station);
        station
            .and_then(|station| station.leg)
            .ok_or(Refusal::NoStation)
    }

    /// The same, but one whose device is rung for each call may have none just now.
    pub(super) fn station_leg_if_any(&self, station: &str) -> Result<Option<LegId>, Refusal> {
        match self.stack.stations.get(station) {
            Some(station) if !station.device.is_kept() => Ok(station.leg),
            _ => self.station_leg(station).map(Some),
        }
    }

    /// The station takes whoever has waited longest for it.
    pub(super) fn next(&mut self, command: Command, station: String) -> Result<(), Refusal> {
        let first = self.stack.queues.longest(&station);
        let call = first.ok_or(Refusal::NotNow)?;
        let journey = self.calls.get(&call).ok_or(Refusal::Gone)?.journey;
        let leg = self.station_leg_if_any(&station)?;
        let verb = Verb::Answer { station, journey };
        self.give(call, Command { verb, ..command }, leg);
        Ok(())
    }

    /// What rings when the station is not heard.
    pub(super) fn other_device(&mut self, command: &Command) -> Result<(), Refusal> {
        let Verb::Fallback { station, device } = &command.verb else {
            return Err(Refusal::NotNow);
        };
        if matches!(device, Some(Device::Browser { .. })) {
            return Err(Refusal::NotNow);
        }
        if !self.stack.stations.set_fallback(station, device.clone()) {
            return Err(Refusal::NoStation);
        }
        self.commanded(None, &command.actor, command.verb.name(), "done");
        let done = CommandResult::Done { version: 0 };
        self.stack.reply(command.id, done);
        Ok(())
    }

    /// The sound of a station comes back to it while it rests.
    pub(super) fn echo(&mut self, command: &Command) -> Result<(), Refusal> {
        let Verb::Echo { station, on } = &command.verb else {
            return Err(Refusal::NotNow);
        };
        let leg = self.station_leg(station)?;
        let home = self.resting_place(station)?;
        if !self.legs.get(&leg).is_some_and(Leg::is_resting) {
            return Err(Refusal::NotNow);
        }
        self.rests(home, if *on { Rests::Echo } else { Rests::Silence });
        let done = CommandResult::Done { version: 0 };
        self.stack.reply(command.id, done);
        Ok(())
    }

    /// What a station hears where it rests.
    pub(super) fn rests(&mut self, home: CallId, rests: Rests) {
        self.with_call(home, |call, cx| {
            call.rests = rests;
            scene::apply(call, cx);
        });
    }

    /// What an operator says about offers; no call is asked.
    pub(super) fn agent_order(&mut self, command: &Command) -> Result<(), Refusal> {
        let name = match &command.verb {
            Verb::StationState { station, .. }
            | Verb::Serve { station, .. }
            | Verb::Decline { station, .. } => station.clone(),
            _ => return Err(Refusal::NotNow),
        };
        if self.stack.stations.get(&name).is_none() {
            return Err(Refusal::NoStation);
        }
        // A station that came on duty in this very moment is an agent already.
        self.attend();
        let event = match &command.verb {
            Verb::Serve { queues, .. } => Event::Serve(name, queues.clone()),
            Verb::Decline { journey, .. } => Event::Declined(name, self.call_of(*journey)?),
            Verb::StationState {
                state: Duty::Paused(why),
                ..
            } => Event::Agent(name, AgentEvent::Pause(Pause::Asked(why.clone()))),
            _ => Event::Agent(name, AgentEvent::Ready),
        };
        queue::feed(&mut self.stack, event);
        self.commanded(None, &command.actor, command.verb.name(), "done");
        let done = CommandResult::Done { version: 0 };
        self.stack.reply(command.id, done);
        Ok(())
    }

    /// A station without a kept leg goes off duty; a conversation that it is in goes on. `false`: it has a kept leg.
    pub(super) fn leave_duty(&mut self, command: &Command, name: &str) -> Result<bool, Refusal> {
        let station = self.stack.stations.get(name).ok_or(Refusal::NoStation)?;
        if station.device.is_kept() {
            return Ok(false);
        }
        let leg = station.leg;
        self.stack.stations.remove(name);
        if let Some(call) = leg.and_then(|leg| self.legs.get(&leg)?.call) {
            self.stack.watch.call(call);
        }
        self.muster();
        self.commanded(None, &command.actor, command.verb.name(), "off-duty");
        let done = CommandResult::Done { version: 0 };
        self.stack.reply(command.id, done);
        Ok(true)
    }
}
