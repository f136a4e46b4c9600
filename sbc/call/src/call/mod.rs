//! A call: the legs that belong together, what is going on between them (its *phase*), and who hears what (its *scene*).
//!
//! [`phase`] is the one table that says what an event means; [`feature`] holds one file for each thing a person does with
//! a call; [`scene`] alone tells the media plane who hears whom.

pub(crate) mod arm;
pub(crate) mod feature;
pub(crate) mod phase;
pub(crate) mod scene;

use std::sync::Arc;
use std::time::SystemTime;

use media::Source;

use crate::border::location::Location;
use crate::desk::{CallState, DecisionText, Returned};
use crate::effect::CallEvent;
use crate::id::{CallId, LegId};
use crate::journal::{Cause, Fact, JourneyId, LegRef};
use crate::leg::Leg;
use crate::legs::Legs;
use crate::stack::Stack;
pub(crate) use arm::Arm;
use feature::merge::News;
use phase::{Phase, Role};

/// What a call may touch while it handles an event: the core's tables and the legs, but no other call.
pub(crate) struct Cx<'a> {
    pub(crate) stack: &'a mut Stack,
    pub(crate) legs: &'a mut Legs,
}

impl Cx<'_> {
    /// A leg together with the tables it works on.
    pub(crate) fn with(&mut self, id: LegId, work: impl FnOnce(&mut Leg, &mut Stack)) {
        if let Some(leg) = self.legs.get_mut(&id) {
            work(leg, self.stack);
        }
    }

    /// Two parties are connected: each is told the other's half of Session-ID from now on (RFC 7989 section 6).
    pub(crate) fn introduce(&mut self, a: LegId, b: LegId) {
        let half = |id| self.legs.get(&id).map(|leg: &Leg| leg.session_id.party);
        let (of_a, of_b) = (half(a), half(b));
        self.with(a, |leg, _| leg.session_id.other = of_b.unwrap_or_default());
        self.with(b, |leg, _| leg.session_id.other = of_a.unwrap_or_default());
    }
}

/// Whose call it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A citizen's or a phone's call.
    Journey,
    /// The resting place of a station's leg between calls.
    Station(String),
}

/// What a station hears where it rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rests {
    #[default]
    Silence,
    /// The sign that somebody waits on hold, once.
    Sign,
    /// Itself.
    Echo,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) journey: JourneyId,
    pub(crate) owner: Owner,
    /// Counts every change, for `if_version` of commands.
    pub(crate) version: u64,
    /// The leg that began it: the citizen, the dialling phone, or the station.
    pub(crate) caller: LegId,
    /// All legs that are part of it, the caller first.
    pub(crate) legs: Vec<LegId>,
    pub(crate) phase: Phase,
    /// The dialplan's session while it decides, kept afterwards for language and transfer back to the plan.
    pub(crate) plan: Option<ivr::Session>,
    /// Who the caller is, as the other party shall see it.
    pub(crate) identity: crate::leg::Identity,
    /// The caller's language once known.
    pub(crate) language: Option<ivr::Lang>,
    /// A call to an emergency number: never held back, queued or cut.
    pub(crate) emergency: bool,
    /// What a call to an emergency number carries.
    pub(crate) help: feature::emergency::Help,
    /// Hops left for what we send on (RFC 3261 8.1.1.6).
    pub(crate) max_forwards: u8,
    /// The caller's half of Session-ID (RFC 7989).
    pub(crate) session_id: u128,
    /// Headers that pass from the caller to the callee unchanged, by policy.
    pub(crate) relayed: Vec<(String, String)>,
    /// The phone that holds the other party just now, and those that are rung to remind of it.
    pub(crate) holder: Option<feature::reminder::Holder>,
    /// A station of this conversation that is not heard.
    pub(crate) gap: Option<feature::gap::Gap>,
    /// A station's device that is rung beside.
    pub(crate) beside: Option<feature::beside::Beside>,
    /// A leg that stands in for a station's: which leg, which station.
    pub(crate) stand_in: Option<(LegId, String)>,
    /// What the station that rests here hears.
    pub(crate) rests: Rests,
    /// The phone whose transfer is under way, while it is still there.
    pub(crate) referrer: Option<LegId>,
    /// Who did not take the caller when they were sent there last.
    pub(crate) returned_from: Option<String>,
    /// Legs of this journey so far.
    legs_so_far: u32,
    /// Legs whose end is not on record yet.
    pub(crate) unrecorded: usize,
    /// Why it ends, once it does.
    pub(crate) cause: Option<Cause>,
    /// When it came.
    pub(crate) began: SystemTime,
    /// What is going on in the desk's words, noted after each event.
    pub(crate) state: Option<CallState>,
    /// Since when.
    pub(crate) since: SystemTime,
    /// What was called.
    pub(crate) dialled: Option<String>,
    /// The menu choices taken.
    pub(crate) path: Vec<Arc<str>>,
    /// The service that the dialplan chose.
    pub(crate) service: Option<Arc<str>>,
    /// Since when the caller waits in a queue.
    pub(crate) waiting_since: Option<SystemTime>,
    /// The queue that the dialplan chose last.
    pub(crate) order: Option<ivr::QueueOrder>,
    /// The holder was reminded of the caller already.
    pub(crate) recalled: bool,
    /// The call that a station held together with this one, when it held a merged conversation.
    pub(crate) together: Option<CallId>,
    /// Those whose conversation is on record last: a pair, or all pairs of a merged one.
    spoken: Vec<(LegId, LegId)>,
    /// The caller came back.
    pub(crate) returned: Option<Returned>,
    /// The last decision.
    pub(crate) reason: Option<DecisionText>,
}

/// What a new call begins with.
pub(crate) struct Opening {
    pub(crate) id: CallId,
    pub(crate) journey: JourneyId,
    pub(crate) owner: Owner,
    pub(crate) caller: LegId,
    pub(crate) identity: crate::leg::Identity,
    pub(crate) emergency: bool,
    /// Where an emergency caller's phone says that it is.
    pub(crate) location: Option<Arc<Location>>,
    pub(crate) max_forwards: u8,
    pub(crate) session_id: u128,
    pub(crate) relayed: Vec<(String, String)>,
    pub(crate) began: SystemTime,
}

impl Call {
    /// A call whose caller's leg is `opening.caller`, which the core has already put among the legs.
    pub(crate) fn new(opening: Opening) -> Call {
        Call {
            id: opening.id,
            journey: opening.journey,
            owner: opening.owner,
            version: 1,
            caller: opening.caller,
            legs: Vec::new(),
            phase: Phase::Idle,
            plan: None,
            identity: opening.identity,
            language: None,
            emergency: opening.emergency,
            help: feature::emergency::Help::at(opening.location),
            max_forwards: opening.max_forwards,
            session_id: opening.session_id,
            relayed: opening.relayed,
            holder: None,
            gap: None,
            beside: None,
            stand_in: None,
            rests: Rests::Silence,
            referrer: None,
            returned_from: None,
            legs_so_far: 0,
            unrecorded: 0,
            cause: None,
            began: opening.began,
            state: None,
            since: opening.began,
            dialled: None,
            path: Vec::new(),
            service: None,
            waiting_since: None,
            order: None,
            recalled: false,
            together: None,
            spoken: Vec::new(),
            returned: None,
            reason: None,
        }
    }

    /// One event, in full: the table, the feature, then the scene.
    pub(crate) fn handle(&mut self, cx: &mut Cx<'_>, event: CallEvent) {
        let arm = phase::arm(&self.phase, self.role(&event), &event);
        cx.stack.arms.count(arm);
        self.version = self.version.saturating_add(1);
        let told = matches!(event, CallEvent::Merge(News::Bonded { .. }));
        phase::act(self, cx, arm, event);
        match &self.phase {
            Phase::Talking { with } => {
                let with = *with;
                cx.introduce(self.caller, with);
                self.show(cx, with);
                self.spoke(cx, with);
            }
            Phase::Consulting {
                with,
                third: phase::Third::Up(third),
            } => cx.introduce(*with, *third),
            _ => {}
        }
        feature::refer::settle(self, cx);
        feature::reminder::keep_watch(self, cx);
        feature::gap::keep_watch(self, cx);
        feature::beside::keep_watch(self, cx);
        feature::merge::keep_watch(self, cx, told);
        scene::apply(self, cx);
    }

    /// Caller and partner are each shown who the other is, when that is news.
    fn show(&self, cx: &mut Cx<'_>, with: LegId) {
        let Some(partner) = cx.legs.get(&with).map(|leg| leg.identity().clone()) else {
            return;
        };
        cx.with(with, |leg, stack| leg.meets(stack, &self.identity));
        cx.with(self.caller, |leg, stack| leg.meets(stack, &partner));
    }

    /// That two speak with each other goes on record, once for each pair that follows another.
    fn spoke(&mut self, cx: &mut Cx<'_>, with: LegId) {
        let pair = (self.caller, with);
        if self.spoken.contains(&pair) {
            return;
        }
        self.spoken.clear();
        self.speaks(cx, with);
    }

    /// The same for one more who speaks with the caller beside those who did.
    pub(crate) fn speaks(&mut self, cx: &mut Cx<'_>, with: LegId) {
        self.spoken.push((self.caller, with));
        let station = |leg| cx.stack.stations.of_leg(leg).map(str::to_owned);
        let partner = cx.legs.get(&with).map(|leg| leg.identity().number.clone());
        let caller = station(self.caller).unwrap_or_else(|| self.identity.number.clone());
        let who = station(with).or(partner).unwrap_or_default();
        cx.stack.journal(Fact::Spoke {
            journey: self.journey,
            caller,
            who,
            service: self.service.as_ref().map(ToString::to_string),
        });
    }

    /// Another party is the caller from now on: the one who began is on the other side, or gone.
    pub(crate) fn begin_with(&mut self, cx: &Cx<'_>, caller: LegId) {
        self.caller = caller;
        if let Some(leg) = cx.legs.get(&caller) {
            self.identity = leg.identity().clone();
        }
        // What came with the first caller was for whom they called.
        self.plan = None;
        self.relayed.clear();
    }

    /// What who waits here hears: as the dialplan says for the service, else the number's music, else the site's.
    pub(crate) fn music(&self, stack: &Stack) -> Source {
        let named = self.plan.as_ref().and_then(ivr::Session::music);
        let number = self.dialled.as_ref();
        let number = number.and_then(|number| stack.snapshot.numbers.get(number));
        let music = named
            .map(crate::snapshot::music)
            .or_else(|| number?.music.clone())
            .unwrap_or_else(|| stack.settings().music.clone());
        Source::Play {
            sounds: Arc::from([music]),
            repeat: true,
        }
    }

    /// Whether a phone that speaks here may bring the party of its other call.
    pub(crate) fn can_join(&self, by: LegId) -> bool {
        let here = self.caller == by || self.phase.partner() == Some(by);
        let alone = matches!(self.phase, Phase::Held { .. }) && self.caller == by;
        matches!(self.phase, Phase::Talking { .. } | Phase::Held { .. }) && here && !alone
    }

    /// The next leg's number in the journey; the leg's end will be on record.
    pub(crate) fn number_leg(&mut self) -> LegRef {
        self.legs_so_far = self.legs_so_far.saturating_add(1);
        self.unrecorded = self.unrecorded.saturating_add(1);
        LegRef(self.legs_so_far)
    }

    /// The number here of a leg whose record stands in another journey.
    pub(crate) fn visit(&mut self) -> LegRef {
        self.legs_so_far = self.legs_so_far.saturating_add(1);
        LegRef(self.legs_so_far)
    }

    /// Whether this leg is in conversation with the caller.
    pub(crate) fn talks_to(&self, leg: LegId) -> bool {
        match &self.phase {
            Phase::Talking { with } => *with == leg,
            Phase::Merged(bond) => bond.station_here() == Some(leg),
            _ => false,
        }
    }

    /// Whether this order takes the caller, as things are.
    pub(crate) fn takes(&self, order: &CallEvent) -> bool {
        let arm = phase::arm(&self.phase, Role::None, order);
        matches!(arm, Arm::VerbAnswer | Arm::VerbRetrieve) && !self.emergency
    }

    /// Which part the event's leg plays just now.
    fn role(&self, event: &CallEvent) -> Role {
        let id = match event {
            CallEvent::Leg(id, _)
            | CallEvent::Arrived(id)
            | CallEvent::TakesAnother(id)
            | CallEvent::Joined { by: id, .. }
            | CallEvent::Replaces { old: id, .. } => *id,
            CallEvent::Timer(_)
            | CallEvent::Verb { .. }
            | CallEvent::Queue(_)
            | CallEvent::Collects { .. }
            | CallEvent::Sign
            | CallEvent::HolderLost(_)
            | CallEvent::Merge(_)
            | CallEvent::Reloaded => return Role::None,
        };
        if id == self.caller {
            Role::Caller
        } else if self.phase.partner() == Some(id) {
            Role::Partner
        } else if self
            .phase
            .fork()
            .is_some_and(|fork| fork.legs.contains(&id))
        {
            Role::Forked
        } else if self.phase.consulted() == Some(id) {
            Role::Consulted
        } else if self.holder.as_ref().is_some_and(|one| one.rings(id)) {
            Role::Reminded
        } else if self.beside.as_ref().is_some_and(|one| one.rings(id)) {
            Role::Beside
        } else {
            Role::None
        }
    }

    /// Takes a leg out of the list; where it goes is the caller's business.
    pub(crate) fn drop_leg(&mut self, id: LegId) {
        self.legs.retain(|leg| *leg != id);
    }

    /// Lets a leg go: the party is hung up on, cancelled or refused, and the leg finishes by itself.
    pub(crate) fn dismiss(&mut self, cx: &mut Cx<'_>, id: LegId, cause: Cause) {
        cx.with(id, |leg, stack| leg.hang_up(stack, cause));
        self.drop_leg(id);
        cx.stack.release(id);
    }

    /// Ends the call for everybody who is still in it.
    pub(crate) fn finish(&mut self, cx: &mut Cx<'_>, cause: Cause) {
        if let Phase::Parked { slot, .. } = self.phase {
            cx.stack.parking.free(slot);
        }
        feature::queue::leave(self, cx);
        feature::merge::leave_behind(self, cx);
        cx.stack.deadlines.sweep_call(self.id);
        for id in std::mem::take(&mut self.legs) {
            feature::station::send_home_or(self, cx, id, |cx, id| {
                let cause = cause.clone();
                cx.with(id, |leg, stack| leg.hang_up(stack, cause));
                cx.stack.release(id);
            });
        }
        self.cause.get_or_insert(cause);
        self.phase = Phase::Over;
        cx.stack.settle(self.id);
    }

    /// Puts a fact about a decision into the journal; the desk shows the last one.
    pub(crate) fn record(
        &mut self,
        stack: &mut Stack,
        node: &str,
        rule: &str,
        inputs: &[(&str, String)],
        result: &str,
    ) {
        let inputs = inputs.iter();
        self.decided(
            stack,
            DecisionText {
                node: node.to_owned(),
                rule: rule.to_owned(),
                inputs: inputs
                    .map(|(name, value)| ((*name).to_owned(), value.clone()))
                    .collect(),
                result: result.to_owned(),
            },
        );
    }

    /// The same for a decision that is whole.
    pub(crate) fn decided(&mut self, stack: &mut Stack, decision: DecisionText) {
        self.reason = Some(decision.clone());
        stack.journal(Fact::Decided {
            journey: self.journey,
            node: decision.node,
            rule: decision.rule,
            inputs: decision.inputs,
            result: decision.result,
        });
    }

    /// Whether nothing of it is left to be done or put on record.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Over) && self.legs.is_empty() && self.unrecorded == 0
    }

    /// Whether the caller's side has sound already.
    pub(crate) fn caller_has_sound(&self, cx: &Cx<'_>) -> bool {
        cx.legs.get(&self.caller).is_some_and(Leg::has_sound)
    }
}
