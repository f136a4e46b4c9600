//! Web pages as parties: an operator's, which is a station for a shift, and a citizen's in the demonstration.

use media::Digit;
use media::dtmf::DigitBy;
use media::sdp::SessionDescription;

use super::Core;
use super::invite::Caller;
use super::route::route;
use crate::call::{Call, Owner, Rests};
use crate::command::{CommandId, CommandResult, Device, Refusal};
use crate::id::LegId;
use crate::journal::{Fact, JourneyId};
use crate::leg::session_id::SessionId;
use crate::leg::{Identity, Leg, Page, Unanswered};
use crate::snapshot::Habits;
use crate::station::Station;

impl Core {
    /// An operator's page connects: a new station, or the station there is gets a new page and its conversation goes on.
    pub(super) fn station_page(
        &mut self,
        command: CommandId,
        actor: &str,
        name: &str,
        offer: &str,
    ) -> Result<(), Refusal> {
        let offer = read(offer)?;
        if let Ok(leg) = self.station_leg(name) {
            return self.another_page(command, leg, &offer);
        }
        if self.stack.draining {
            return Err(Refusal::NotNow);
        }
        let display = self.stack.settings().site_name.clone();
        let identity = Identity {
            number: name.to_owned(),
            display,
        };
        let (call, answer) = self.page_call(
            Owner::Station(name.to_owned()),
            identity,
            &offer,
            (actor, name),
        )?;
        let (id, leg) = (call.id, call.caller);
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.home = Some(id);
        }
        let station = Station {
            device: Device::Browser {
                offer: String::new(),
            },
            leg: Some(leg),
            home: Some(id),
            fallback: None,
        };
        self.stack.stations.insert(name.to_owned(), station);
        self.muster();
        self.attached(command, actor, call, "attach-station", answer);
        Ok(())
    }

    fn another_page(
        &mut self,
        command: CommandId,
        id: LegId,
        offer: &SessionDescription,
    ) -> Result<(), Refusal> {
        let page = self.legs.get_mut(&id).filter(|leg| leg.is_page());
        let page = page.ok_or(Refusal::NotNow)?;
        let answer = page.reattach(&mut self.stack, offer)?;
        let home = page.home;
        let (journey, _) = page.record_place();
        let call = page.call.and_then(|call| self.calls.get(&call));
        let version = call.map_or(0, |call| call.version);
        let result = CommandResult::Attached {
            answer,
            journey,
            version,
        };
        self.stack.reply(command, result);
        // Whoever listened to themselves is another page now, and did not ask for it.
        if let Some(home) = home {
            self.rests(home, Rests::Silence);
        }
        Ok(())
    }

    /// A citizen's page calls the central number (the demonstration's phone without a phone).
    pub(super) fn citizen_page(
        &mut self,
        command: CommandId,
        actor: &str,
        offer: &str,
    ) -> Result<(), Refusal> {
        let offer = read(offer)?;
        if self.stack.draining {
            return Err(Refusal::NotNow);
        }
        if self.journeys() >= self.stack.settings().calls {
            return Err(Refusal::Full);
        }
        let number = self.stack.settings().site_number.clone();
        let caller = Caller::of_page(Identity {
            number: "anonymous".to_owned(),
            display: String::new(),
        });
        let identity = caller.identity.clone();
        let (mut call, answer) =
            self.page_call(Owner::Journey, identity, &offer, (actor, &number))?;
        call.dialled = Some(number.clone());
        let id = call.id;
        self.attached(command, actor, call, "call", answer);
        self.with_call(id, |call, cx| {
            route(call, cx, &caller, None, &number, "");
            crate::call::scene::apply(call, cx);
        });
        self.stack.settle(id);
        Ok(())
    }

    /// A key of a citizen's page; a telephone's come as RFC 4733, INFO or tones.
    pub(super) fn page_key(
        &mut self,
        command: CommandId,
        journey: JourneyId,
        digit: char,
    ) -> Result<(), Refusal> {
        let call = self.call_of(journey)?;
        let call = self.calls.get(&call).ok_or(Refusal::Gone)?;
        let digit = Digit::from_char(digit).ok_or(Refusal::NotNow)?;
        let page = self.legs.get_mut(&call.caller);
        let page = page.filter(|leg| leg.is_page()).ok_or(Refusal::NotNow)?;
        page.pressed(&mut self.stack, digit, DigitBy::Info);
        let version = call.version;
        self.stack.reply(command, CommandResult::Done { version });
        Ok(())
    }

    /// A call whose first leg is a page's; both are on record, the call is still to be entered.
    fn page_call(
        &mut self,
        owner: Owner,
        identity: Identity,
        offer: &SessionDescription,
        (actor, to): (&str, &str),
    ) -> Result<(Call, String), Refusal> {
        let caller = self.stack.next_leg();
        let mut call = self.begin_at_desk(owner, caller, identity);
        let party = call.identity.number.clone();
        let page = Page {
            id: call.caller,
            number: call.number_leg(),
            journey: call.journey,
            call: call.id,
            identity: call.identity.clone(),
            session_id: SessionId {
                party: call.session_id,
                other: self.stack.random.u128(),
            },
        };
        let number = page.number;
        let (leg, answer) = Leg::of_page(&mut self.stack, page, offer)?;
        self.legs.insert(call.caller, leg);
        call.legs.push(call.caller);
        self.began_at_desk(&call, &party, to, actor);
        self.stack.journal(Fact::LegBegan {
            journey: call.journey,
            leg: number,
            party,
            inbound: true,
        });
        Ok((call, answer))
    }

    /// The call is entered, and whoever ordered gets the answer.
    fn attached(
        &mut self,
        command: CommandId,
        actor: &str,
        call: Call,
        verb: &str,
        answer: String,
    ) {
        let (journey, version) = (call.journey, call.version);
        self.calls.insert(call.id, call);
        self.commanded(Some(journey), actor, verb, "attached");
        let result = CommandResult::Attached {
            answer,
            journey,
            version,
        };
        self.stack.reply(command, result);
    }
}

impl Caller {
    /// Nobody who proved anything, and who may reach what a town's own numbers lead to.
    fn of_page(identity: Identity) -> Caller {
        Caller {
            identity,
            account: None,
            trunk: None,
            claimed: None,
            habits: Habits::default(),
            back: None,
            blocked: false,
        }
    }
}

impl From<Unanswered> for Refusal {
    fn from(why: Unanswered) -> Refusal {
        match why {
            Unanswered::Offer => Refusal::Offer,
            Unanswered::Full => Refusal::Full,
            Unanswered::Closed => Refusal::NotNow,
        }
    }
}

fn read(offer: &str) -> Result<SessionDescription, Refusal> {
    SessionDescription::parse(offer.as_bytes()).map_err(|_| Refusal::Offer)
}
