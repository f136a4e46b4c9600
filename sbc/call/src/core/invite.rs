//! A new INVITE: who calls, whom, may they, and what begins.

use std::sync::Arc;

use sip::session_timer;
use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Peer, StatusCode, Writer};

use super::Core;
use super::route::route;
use crate::border::access::{self, Proof};
use crate::border::location::Location;
use crate::border::{emergency, headers, loop_guard, number};
use crate::call::{Call, Opening, Owner};
use crate::id::CallId;
use crate::journal::{Callback, Fact, LegRef};
use crate::leg::session_id::{self, SessionId};
use crate::leg::{self, Identity, Inbound, Leg, Screened};
use crate::limits;
use crate::snapshot::{CalledFrom, Habits};

/// Who calls, as far as it is proven.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) identity: Identity,
    /// Whose password it has.
    pub(super) account: Option<String>,
    /// Whose address it has.
    pub(super) trunk: Option<String>,
    /// The account that an emergency caller claims to be: told to whoever looks for them, and believed for nothing else.
    pub(super) claimed: Option<String>,
    pub(super) habits: Habits,
    pub(super) blocked: bool,
    /// It is the emergency centre, and this phone is whom it calls back.
    pub(super) back: Option<Callback>,
}

/// A new call that passed the border's checks of form.
pub(super) struct Fresh {
    pub(super) tx: ServerTx,
    pub(super) request: Message,
    pub(super) peer: Peer,
    body: Screened,
    session: session_timer::Answer,
    max_forwards: u8,
    pub(super) caller: Caller,
    /// The emergency number called, as the trunk shall read it.
    emergency: Option<String>,
}

impl Core {
    /// An INVITE outside of a dialog.
    pub(super) fn invited(&mut self, tx: ServerTx, request: &Message, peer: Peer) {
        let snapshot = &self.stack.snapshot;
        let trunk = access::trunk_of(&self.stack, &peer).map(|trunk| trunk.name.clone());
        // Before rate, access and dialplan (CMP-1).
        let emergency = emergency::called(
            &snapshot.emergency,
            snapshot.settings.country,
            request.request_uri(),
        )
        .filter(|_| self.may_need_help(trunk.as_deref()));
        if self.stack.heard.is_merged(request) {
            return self.answer(tx, request, &peer, StatusCode::LOOP_DETECTED);
        }
        // Who takes a leg's place comes in its session, with its call running (RFC 7989 section 7).
        let replaces = emergency.is_none() && request.has(&HeaderName::Replaces);
        let own_session = !replaces && self.goes_round(request, trunk.as_deref());
        let max_forwards =
            match loop_guard::check(&self.stack, request, own_session && emergency.is_none()) {
                Ok(hops) => hops,
                Err(status) => return self.answer(tx, request, &peer, status),
            };
        let Some(caller) = self.caller(tx, request, &peer, trunk, emergency.is_some()) else {
            return;
        };
        let full = self.stack.draining || self.journeys() >= self.stack.settings().calls;
        if full && emergency.is_none() && caller.back.is_none() && !replaces {
            return self.answer(tx, request, &peer, StatusCode::SERVICE_UNAVAILABLE);
        }
        let body = match leg::screen(request, emergency.is_some()) {
            Ok(body) => body,
            Err(status) => return self.answer(tx, request, &peer, status),
        };
        let session = session_timer::answer(&leg::POLICY, &session_timer::Said::by(request));
        if let session_timer::Answer::TooSmall { min_se } = session {
            let status = StatusCode::SESSION_INTERVAL_TOO_SMALL;
            let bytes = self
                .plain(request, &peer, status)
                .header(HeaderName::MinSe, min_se)
                .finish();
            return self.stack.respond(tx, status, bytes);
        }
        let fresh = Fresh {
            tx,
            request: request.clone(),
            peer,
            body,
            session,
            max_forwards,
            caller,
            emergency,
        };
        if replaces {
            return self.replace(fresh);
        }
        match self
            .taken_by_keys(&fresh)
            .filter(|_| fresh.emergency.is_none())
        {
            Some(Ok((call, taken))) => self.enter(fresh, call, taken),
            Some(Err(status)) => self.answer(tx, &fresh.request, &fresh.peer, status),
            None => self.begin(fresh),
        }
    }

    /// An operator never sends us emergency calls; a line between exchanges of the same owner may.
    fn may_need_help(&self, trunk: Option<&str>) -> bool {
        let trunks = &self.stack.snapshot.trunks;
        trunk.is_none_or(|name| {
            let mut named = trunks.iter().filter(|trunk| trunk.name == name);
            named.any(|trunk| trunk.dial_rules)
        })
    }

    /// Whether a call of ours comes back and would go round: by its Session-ID it is one that already called out. An
    /// outside number may be forwarded to the town, so that a call comes back honestly, once, to another number than it
    /// went through; the second time, or to the same number, it is a loop (SBC-16).
    fn goes_round(&self, request: &Message, trunk: Option<&str>) -> bool {
        let Some(session) = session_id::said(request) else {
            return false;
        };
        let same = (session, CallId(0))..=(session, CallId(u64::MAX));
        let same = self.sessions.range(same);
        let calls: Vec<&Call> = same.filter_map(|(_, id)| self.calls.get(id)).collect();
        let called = self.in_full(&self.dialled(request, trunk));
        let again = calls
            .iter()
            .any(|call| call.dialled.as_ref() == Some(&called));
        calls.iter().any(|call| call.legs.len() > 1) && (calls.len() > 1 || again)
    }

    /// The only codecs that this line takes; none: all.
    fn codecs_of(&self, trunk: Option<&str>) -> Vec<media::Codec> {
        let mut trunks = self.stack.snapshot.trunks.iter();
        let named = trunks.find(|row| Some(row.name.as_str()) == trunk);
        named.map(|trunk| trunk.codecs.clone()).unwrap_or_default()
    }

    /// Calls that count against the limit: stations at rest do not.
    pub(super) fn journeys(&self) -> usize {
        self.calls.len().saturating_sub(self.stack.stations.homes())
    }

    /// Who calls. `None`: the request was challenged or refused.
    fn caller(
        &mut self,
        tx: ServerTx,
        request: &Message,
        peer: &Peer,
        trunk: Option<String>,
        emergency: bool,
    ) -> Option<Caller> {
        if let Some(name) = trunk {
            let identity = self.presented_by_trunk(request);
            return Some(Caller {
                back: self.called_back(request, &name, &identity.number),
                identity,
                account: None,
                habits: self.line_habits(&name),
                trunk: Some(name),
                claimed: None,
                blocked: false,
            });
        }
        match access::prove(&mut self.stack, request, peer) {
            Proof::Account(name) => Some(self.account_caller(&name, false)),
            Proof::Blocked(name) => Some(self.account_caller(&name, true)),
            // Never blocked: who calls for help need not prove who they are, but one address may not flood the line.
            Proof::None { .. } if emergency => self.unproven_emergency(tx, request, peer),
            Proof::None { stale } => {
                self.challenge(tx, request, peer, stale);
                None
            }
        }
    }

    /// A caller who proved nothing calls for help. A phone that is registered from there is believed as much as that
    /// needs; anybody else may call too, but neither one address nor all strangers together may flood the line.
    fn unproven_emergency(
        &mut self,
        tx: ServerTx,
        request: &Message,
        peer: &Peer,
    ) -> Option<Caller> {
        let claimed =
            access::claimed(request).filter(|name| self.stack.snapshot.accounts.contains_key(name));
        if !self.stack.registrar.knows(peer.remote.ip()) {
            let running = self.calls.values().filter(|call| call.emergency);
            let callers = running.filter_map(|call| self.legs.get(&call.caller));
            let strangers = callers.filter(|leg| leg.account().is_none() && !leg.is_trunk());
            let from: Vec<_> = strangers.map(|leg| leg.peer.remote.ip()).collect();
            let here = from.iter().filter(|ip| **ip == peer.remote.ip()).count();
            if here >= limits::UNPROVEN_EMERGENCY || from.len() >= limits::UNPROVEN_EMERGENCIES {
                self.answer(tx, request, peer, StatusCode::SERVICE_UNAVAILABLE);
                return None;
            }
        }
        let anonymous = || Identity {
            number: "anonymous".to_owned(),
            display: String::new(),
        };
        let shown = claimed
            .as_deref()
            .map(|name| self.account_caller(name, false));
        Some(Caller {
            identity: shown.map_or_else(anonymous, |caller| caller.identity),
            account: None,
            trunk: None,
            claimed,
            habits: Habits::default(),
            blocked: false,
            back: None,
        })
    }

    fn line_habits(&self, name: &str) -> Habits {
        let mut trunks = self.stack.snapshot.trunks.iter();
        let line = trunks.find(|trunk| trunk.name == name);
        line.map_or(Habits::STRICT, |trunk| trunk.habits)
    }

    fn account_caller(&self, name: &str, blocked: bool) -> Caller {
        let account = self.stack.snapshot.accounts.get(name);
        Caller {
            identity: Identity {
                number: name.to_owned(),
                display: account
                    .map(|account| account.display.clone())
                    .unwrap_or_default(),
            },
            account: Some(name.to_owned()),
            trunk: None,
            claimed: None,
            habits: account.map(|account| account.habits).unwrap_or_default(),
            blocked,
            back: None,
        }
    }

    /// The citizen's number: P-Asserted-Identity of a trunk is trusted (RFC 3325), unless it asks for privacy.
    fn presented_by_trunk(&self, request: &Message) -> Identity {
        let anonymous = Identity {
            number: "anonymous".to_owned(),
            display: String::new(),
        };
        if request.privacy().is_some_and(|wish| wish.id || wish.user) {
            return anonymous;
        }
        let country = self.stack.settings().country;
        let asserted = request
            .p_asserted_identity()
            .first()
            .and_then(|first| first.uri().ok());
        let uri = asserted.or_else(|| request.from().uri().ok());
        let Some(user) = uri.and_then(|uri| uri.user) else {
            return anonymous;
        };
        let number = number::to_e164(country, &user).unwrap_or(user);
        if number.eq_ignore_ascii_case("anonymous") || number.is_empty() {
            return anonymous;
        }
        let display = request
            .from()
            .display
            .map(|name| name.chars().filter(|c| !c.is_control()).take(64).collect());
        Identity {
            number: number
                .chars()
                .filter(|c| !c.is_control())
                .take(64)
                .collect(),
            display: display.unwrap_or_default(),
        }
    }

    /// The phone that a trunk's call is for, when the emergency centre calls back.
    fn called_back(&self, request: &Message, trunk: &str, caller: &str) -> Option<Callback> {
        let country = self.stack.settings().country;
        let called = number::to_e164(country, &self.dialled(request, Some(trunk)))?;
        let (snapshot, now) = (&self.stack.snapshot, self.stack.now);
        let callbacks = &self.stack.callbacks;
        callbacks.wanted(snapshot, now, (&called, caller), request)
    }

    /// The number that was called: by the trunk's profile (NUM-1), or what the phone dialled.
    fn dialled(&self, request: &Message, trunk: Option<&str>) -> String {
        let from_uri = || emergency::user_of(request.request_uri());
        let Some(name) = trunk else {
            return from_uri().unwrap_or_default();
        };
        let mut trunks = self.stack.snapshot.trunks.iter();
        let trunk = trunks.find(|trunk| trunk.name == name);
        let order = trunk
            .map(|trunk| trunk.called_from.clone())
            .unwrap_or_default();
        order
            .iter()
            .find_map(|place| called_at(request, *place))
            .or_else(from_uri)
            .unwrap_or_default()
    }

    /// A number as records have it.
    fn in_full(&self, dialled: &str) -> String {
        let number = number::to_e164(self.stack.settings().country, dialled);
        number.unwrap_or_else(|| dialled.to_owned())
    }

    /// 100.
    pub(super) fn trying(&mut self, fresh: &Fresh) {
        let (remote, status) = (fresh.peer.remote, StatusCode::TRYING);
        let bytes = Writer::response(&fresh.request, remote, status, None, None).finish();
        self.stack.respond(fresh.tx, status, bytes);
    }

    /// Begins the call: its leg, its journey, then what was dialled.
    fn begin(&mut self, fresh: Fresh) {
        let (tx, request, peer) = (fresh.tx, fresh.request.clone(), fresh.peer);
        self.trying(&fresh);
        let dialled = match &fresh.emergency {
            Some(number) => number.clone(),
            None => self.dialled(&request, fresh.caller.trunk.as_deref()),
        };
        let (caller, emergency) = (fresh.caller.clone(), fresh.emergency.clone());
        let mut call = self.opening(&fresh);
        let by = caller
            .trunk
            .clone()
            .or(caller.account.clone())
            .unwrap_or_else(|| "unproven".to_owned());
        let to = self.in_full(&dialled);
        let number = call.number_leg();
        let other = self.stack.random.u128();
        let codecs = self.codecs_of(caller.trunk.as_deref());
        let mut inbound = inbound(fresh, &call, number, other);
        inbound.codecs = codecs;
        let party = inbound.party.clone();
        let leg = match Leg::invited(&mut self.stack, inbound) {
            Ok(leg) => leg,
            Err(status) => return self.answer(tx, &request, &peer, status),
        };
        call.dialled = Some(to.clone());
        self.record_beginning(&call, number, party, (by, to));
        self.legs.insert(call.caller, leg);
        call.legs.push(call.caller);
        if let Some(trunk) = &caller.trunk {
            self.stack.channels.hold(trunk, call.caller);
        }
        self.stack.heard.note(tx, &request);
        let id = call.id;
        self.sessions.insert((call.session_id, id));
        self.calls.insert(id, call);
        self.with_call(id, |call, cx| {
            let uri = request.request_uri();
            route(call, cx, &caller, emergency, &dialled, uri);
            crate::call::scene::apply(call, cx);
        });
        self.stack.settle(id);
    }

    /// The journey and its first leg go on record: by whom the call came, and to whom.
    fn record_beginning(
        &mut self,
        call: &Call,
        leg: LegRef,
        from: String,
        (by, to): (String, String),
    ) {
        let journey = call.journey;
        let party = from.clone();
        self.stack.journal(Fact::JourneyBegan {
            journey,
            from,
            to,
            by,
            session_id: format!("{:032x}", call.session_id),
            emergency: call.emergency,
        });
        self.stack.journal(Fact::LegBegan {
            journey,
            leg,
            party,
            inbound: true,
        });
    }

    /// The call of a caller who passed the border, still without its leg.
    fn opening(&mut self, fresh: &Fresh) -> Call {
        let session_id = session_id::said(&fresh.request).unwrap_or(self.stack.random.u128());
        let realm = self.stack.settings().realm.clone();
        let location = fresh
            .emergency
            .as_ref()
            .and_then(|_| Location::said(&fresh.request, &realm, &mut self.stack.random));
        Call::new(Opening {
            id: self.stack.next_call(),
            journey: self.stack.random.journey(self.stack.now.wall),
            owner: Owner::Journey,
            caller: self.stack.next_leg(),
            identity: fresh.caller.identity.clone(),
            emergency: fresh.emergency.is_some(),
            location: location.map(Arc::new),
            max_forwards: fresh.max_forwards,
            session_id,
            relayed: headers::relayed(self.stack.settings(), &fresh.request),
            began: self.stack.now.wall,
        })
    }
}

/// What the caller's leg begins with.
pub(super) fn inbound(fresh: Fresh, call: &Call, number: LegRef, other: u128) -> Inbound {
    let caller = fresh.caller;
    Inbound {
        id: call.caller,
        number,
        journey: call.journey,
        call: call.id,
        party: caller
            .account
            .clone()
            .unwrap_or_else(|| caller.identity.number.clone()),
        identity: caller.identity,
        account: caller.account,
        trunk: caller.trunk.is_some(),
        codecs: Vec::new(),
        habits: caller.habits,
        emergency: call.emergency,
        peer: fresh.peer,
        tx: fresh.tx,
        request: fresh.request,
        body: fresh.body,
        session: fresh.session,
        session_id: SessionId {
            party: call.session_id,
            other,
        },
    }
}

/// The called number at one of the places where trunks write it.
fn called_at(request: &Message, place: CalledFrom) -> Option<String> {
    let user = |uri: &str| emergency::user_of(uri);
    match place {
        CalledFrom::RequestUri => user(request.request_uri()),
        CalledFrom::To => user(request.to().uri),
        CalledFrom::PCalledPartyId => user(request.p_called_party_id()?.uri),
        CalledFrom::Diversion => {
            let diverted = request.diversion().last().and_then(|last| user(last.uri));
            diverted.or_else(|| {
                request
                    .history_info()
                    .last()
                    .and_then(|last| user(last.uri))
            })
        }
    }
}
