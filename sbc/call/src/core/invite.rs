//! A new INVITE: who calls, whom, may they, and what begins.

use std::sync::Arc;

use sip::session_timer;
use sip::transaction::ServerTx;
use sip::{HeaderName, Message, Peer, StatusCode, Writer};

use super::Core;
use crate::border::access::{self, Proof};
use crate::border::destination::{self, Dialled};
use crate::border::{emergency, headers, loop_guard, number};
use crate::call::feature::{advice, farewell, fork, plan};
use crate::call::phase::Phase;
use crate::call::{Call, Cx, Opening, Owner};
use crate::journal::{Cause, Fact, JourneyId, LegRef};
use crate::leg::{self, Identity, Inbound, Leg, Screened};
use crate::limits;
use crate::snapshot::CalledFrom;

/// Who calls, as far as it is proven.
#[derive(Clone, Debug)]
struct Caller {
    identity: Identity,
    account: Option<String>,
    trunk: Option<String>,
    dtmf_info: bool,
    blocked: bool,
}

/// A new call that passed the border's checks of form.
struct Fresh {
    tx: ServerTx,
    request: Message,
    peer: Peer,
    body: Screened,
    session: session_timer::Answer,
    max_forwards: u8,
    caller: Caller,
    /// The emergency number called, as the trunk shall read it.
    emergency: Option<String>,
}

impl Core {
    /// An INVITE outside of a dialog.
    pub(super) fn invited(&mut self, tx: ServerTx, request: &Message, peer: Peer) {
        let snapshot = &self.stack.snapshot;
        let trunk = access::trunk_of(&self.stack, &peer).map(|trunk| trunk.name.clone());
        // Before rate, access and dialplan (CMP-1). An operator never sends us emergency calls.
        let emergency = emergency::called(
            &snapshot.emergency,
            snapshot.settings.country,
            request.request_uri(),
        )
        .filter(|_| trunk.is_none());
        if self.merged(request) {
            return self.answer(tx, request, &peer, StatusCode::LOOP_DETECTED);
        }
        let own_session = self.is_own_session(request);
        let max_forwards =
            match loop_guard::check(&self.stack, request, own_session && emergency.is_none()) {
                Ok(hops) => hops,
                Err(status) => return self.answer(tx, request, &peer, status),
            };
        let Some(caller) = self.caller(tx, request, &peer, trunk, emergency.is_some()) else {
            return;
        };
        if emergency.is_none()
            && (self.stack.draining || self.journeys() >= self.stack.settings().calls)
        {
            return self.answer(tx, request, &peer, StatusCode::SERVICE_UNAVAILABLE);
        }
        let body = match leg::screen(request) {
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
        self.begin(Fresh {
            tx,
            request: request.clone(),
            peer,
            body,
            session,
            max_forwards,
            caller,
            emergency,
        });
    }

    /// Whether another copy of this INVITE came by another way (RFC 3261 8.2.2.2).
    fn merged(&self, request: &Message) -> bool {
        self.stack
            .invites
            .values()
            .any(|id| self.legs.get(id).is_some_and(|leg| leg.invited_as(request)))
    }

    /// Whether the Session-ID is that of a call of ours which already called out (RFC 7332).
    fn is_own_session(&self, request: &Message) -> bool {
        let Some(session) = session_of(request) else {
            return false;
        };
        self.calls
            .values()
            .any(|call| call.session_id == session && call.legs.len() > 1)
    }

    /// Calls that count against the limit: stations at rest do not.
    fn journeys(&self) -> usize {
        self.calls
            .values()
            .filter(|call| call.owner == Owner::Journey)
            .count()
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
            return Some(Caller {
                identity: self.presented_by_trunk(request),
                account: None,
                trunk: Some(name),
                dtmf_info: false,
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

    fn unproven_emergency(
        &mut self,
        tx: ServerTx,
        request: &Message,
        peer: &Peer,
    ) -> Option<Caller> {
        let claimed =
            access::claimed(request).filter(|name| self.stack.snapshot.accounts.contains_key(name));
        let known = claimed.is_some() || self.stack.registrar.knows(peer.remote.ip());
        let running = self
            .calls
            .values()
            .filter(|call| call.emergency)
            .filter(|call| {
                self.legs
                    .get(&call.caller)
                    .is_some_and(|leg| leg.peer.remote.ip() == peer.remote.ip())
            })
            .count();
        if !known && running >= limits::UNPROVEN_EMERGENCY {
            self.answer(tx, request, peer, StatusCode::SERVICE_UNAVAILABLE);
            return None;
        }
        Some(match claimed {
            Some(name) => self.account_caller(&name, false),
            None => Caller {
                identity: Identity {
                    number: "anonymous".to_owned(),
                    display: String::new(),
                },
                account: None,
                trunk: None,
                dtmf_info: false,
                blocked: false,
            },
        })
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
            dtmf_info: account.is_some_and(|account| account.dtmf_info),
            blocked,
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

    /// The number that was called: by the trunk's profile (NUM-1), or what the phone dialled.
    fn dialled(&self, fresh: &Fresh) -> String {
        let request = &fresh.request;
        let from_uri = || emergency::user_of(request.request_uri());
        let Some(name) = &fresh.caller.trunk else {
            return from_uri().unwrap_or_default();
        };
        let trunk = self
            .stack
            .snapshot
            .trunks
            .iter()
            .find(|trunk| &trunk.name == name);
        let order = trunk
            .map(|trunk| trunk.called_from.clone())
            .unwrap_or_default();
        order
            .iter()
            .find_map(|place| called_at(request, *place))
            .or_else(from_uri)
            .unwrap_or_default()
    }

    /// Begins the call: its leg, its journey, then what was dialled.
    fn begin(&mut self, fresh: Fresh) {
        let (tx, request, peer) = (fresh.tx, fresh.request.clone(), fresh.peer);
        let trying =
            Writer::response(&request, peer.remote, StatusCode::TRYING, None, None).finish();
        self.stack.respond(tx, StatusCode::TRYING, trying);
        let dialled = self.dialled(&fresh);
        let (caller, emergency) = (fresh.caller.clone(), fresh.emergency.clone());
        let mut call = self.opening(&fresh);
        let by = caller
            .trunk
            .clone()
            .or(caller.account.clone())
            .unwrap_or_else(|| "unproven".to_owned());
        let to = number::to_e164(self.stack.settings().country, &dialled)
            .unwrap_or_else(|| dialled.clone());
        let (journey, number) = (call.journey, call.number_leg());
        let inbound = inbound(fresh, &call, number);
        let party = inbound.party.clone();
        let leg = match Leg::invited(&mut self.stack, inbound) {
            Ok(leg) => leg,
            Err(status) => return self.answer(tx, &request, &peer, status),
        };
        let (session_id, from) = (call.session_id.clone(), party.clone());
        self.stack.journal(Fact::JourneyBegan {
            journey,
            from,
            to,
            by,
            session_id,
            emergency: call.emergency,
        });
        self.stack.journal(Fact::LegBegan {
            journey,
            leg: number,
            party,
            inbound: true,
        });
        self.legs.insert(call.caller, leg);
        call.legs.push(call.caller);
        let mut cx = Cx {
            stack: &mut self.stack,
            legs: &mut self.legs,
        };
        route(
            &mut call,
            &mut cx,
            &caller,
            emergency,
            &dialled,
            request.request_uri(),
        );
        crate::call::scene::apply(&call, &mut cx);
        self.stack.settle(call.id);
        self.calls.insert(call.id, call);
    }

    /// The call of a caller who passed the border, still without its leg.
    fn opening(&mut self, fresh: &Fresh) -> Call {
        let session_id = session_of(&fresh.request)
            .unwrap_or_else(|| format!("{:032x}", self.stack.random.u128()));
        Call::new(Opening {
            id: self.stack.next_call(),
            journey: JourneyId(self.stack.random.u128()),
            owner: Owner::Journey,
            caller: self.stack.next_leg(),
            identity: fresh.caller.identity.clone(),
            emergency: fresh.emergency.is_some(),
            max_forwards: fresh.max_forwards,
            session_id,
            relayed: headers::relayed(self.stack.settings(), &fresh.request),
        })
    }
}

/// What the caller's leg begins with.
fn inbound(fresh: Fresh, call: &Call, number: LegRef) -> Inbound {
    let caller = fresh.caller;
    Inbound {
        id: call.caller,
        number,
        journey: call.journey,
        call: call.id,
        party: caller.account.clone().unwrap_or(caller.identity.number),
        account: caller.account,
        trunk: caller.trunk.is_some(),
        dtmf_info: caller.dtmf_info,
        emergency: call.emergency,
        peer: fresh.peer,
        tx: fresh.tx,
        request: fresh.request,
        body: fresh.body,
        session: fresh.session,
    }
}

/// What was dialled decides what begins.
fn route(
    call: &mut Call,
    cx: &mut Cx<'_>,
    caller: &Caller,
    emergency: Option<String>,
    dialled: &str,
    request_uri: &str,
) {
    if let Some(number) = emergency {
        return emergency_call(call, cx, caller, &number);
    }
    if caller.blocked {
        return refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "account blocked",
        );
    }
    if caller.trunk.is_some() {
        return from_trunk(call, cx, caller, dialled);
    }
    if let Some(device) = gruu_of(cx, request_uri) {
        let device = for_caller(call, cx, device);
        return ring(call, cx, device);
    }
    let meaning = destination::read(cx.stack, dialled);
    match meaning {
        Dialled::Account(name) => to_account(call, cx, &name),
        Dialled::Flow { flow, number } => to_flow(call, cx, &flow, number),
        Dialled::Outside(number) => to_outside(call, cx, caller, &number),
        Dialled::Trunk { name, digits } => to_trunk(call, cx, caller, &name, &digits),
        Dialled::Emergency(number) => emergency_call(call, cx, caller, &number),
        Dialled::Refused => refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "dial rule",
        ),
        Dialled::Unknown => refuse(
            call,
            cx,
            StatusCode::NOT_FOUND,
            Cause::UnknownNumber,
            "unknown number",
        ),
    }
}

/// The one device that a `gr` address of ours means (RFC 5627); nobody when it is not registered.
fn gruu_of(cx: &Cx<'_>, request_uri: &str) -> Option<Vec<destination::Outgoing>> {
    let uri = sip::Uri::parse(request_uri)
        .ok()
        .filter(|uri| access::is_ours(cx.stack, uri))?;
    let gr = uri.param("gr")?;
    let gr = Some(gr).filter(|gr| !gr.is_empty());
    Some(destination::device(cx.stack, uri.user.as_deref()?, gr))
}

/// The caller's own device is not rung.
fn for_caller(
    call: &Call,
    cx: &Cx<'_>,
    devices: Vec<destination::Outgoing>,
) -> Vec<destination::Outgoing> {
    let own = cx.legs.get(&call.caller).map(|leg| leg.peer);
    devices
        .into_iter()
        .filter(|device| Some(device.peer) != own)
        .collect()
}

fn refuse(call: &mut Call, cx: &mut Cx<'_>, status: StatusCode, cause: Cause, rule: &str) {
    call.record(cx.stack, "border", rule, &[], &status.0.to_string());
    farewell::refuse(call, cx, status, cause);
}

/// A call from an operator goes to the dialplan of the number called; an unknown number is logged and counted (NUM-1).
/// A line with dial rules reaches what those rules name, and nothing else.
fn from_trunk(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, dialled: &str) {
    let country = cx.stack.settings().country;
    let number = number::to_e164(country, dialled);
    let flow = number
        .as_ref()
        .and_then(|number| destination::own_number(cx.stack, number));
    if let (Some(flow), Some(number)) = (&flow, number) {
        return to_flow(call, cx, flow, number);
    }
    let by_rule = Some(dialled)
        .filter(|_| has_dial_rules(cx, caller))
        .and_then(|dialled| destination::by_rule(cx.stack, dialled));
    match by_rule {
        Some(Dialled::Account(name)) => to_account(call, cx, &name),
        Some(Dialled::Flow { flow, number }) => to_flow(call, cx, &flow, number),
        Some(Dialled::Trunk { name, digits }) => to_trunk(call, cx, caller, &name, &digits),
        _ => {
            cx.stack.unknown_numbers = cx.stack.unknown_numbers.saturating_add(1);
            cx.stack.warn(
                "unknown-number",
                None,
                "a trunk called a number that is not the town's".to_owned(),
            );
            refuse(
                call,
                cx,
                StatusCode::NOT_FOUND,
                Cause::UnknownNumber,
                "unknown number",
            );
        }
    }
}

fn to_flow(call: &mut Call, cx: &mut Cx<'_>, flow: &str, number: String) {
    let flows = Arc::clone(&cx.stack.snapshot.flows);
    let Some(flow) = flows.get(flow) else {
        cx.stack.error(
            "dialplan",
            None,
            format!("the dialplan {flow:?} of a number does not exist"),
        );
        return refuse(
            call,
            cx,
            StatusCode::TEMPORARILY_UNAVAILABLE,
            Cause::Internal,
            "no dialplan",
        );
    };
    if !flow.answers(&number, cx.stack.now.wall.into()) {
        return refuse(
            call,
            cx,
            StatusCode::NOT_FOUND,
            Cause::UnknownNumber,
            "number not in the dialplan",
        );
    }
    let from = Some(call.identity.number.clone()).filter(|number| number != "anonymous");
    plan::begin(call, cx, Arc::clone(flow), ivr::Facts { from, to: number });
}

fn to_account(call: &mut Call, cx: &mut Cx<'_>, name: &str) {
    let phones = destination::for_plan(call, cx, &[name.to_owned()]);
    if !cx.stack.snapshot.accounts.contains_key(name) {
        return refuse(
            call,
            cx,
            StatusCode::NOT_FOUND,
            Cause::UnknownNumber,
            "unknown account",
        );
    }
    ring(call, cx, phones);
}

fn to_outside(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, number: &str) {
    if !may_call_outside(cx, caller) {
        return refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "no right to call outside",
        );
    }
    match destination::outside(cx.stack, number, false) {
        Some(parties) => ring(call, cx, parties),
        None => refuse(
            call,
            cx,
            StatusCode::SERVICE_UNAVAILABLE,
            Cause::Overload,
            "no free channel",
        ),
    }
}

fn to_trunk(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, name: &str, digits: &str) {
    if !may_call_outside(cx, caller) {
        return refuse(
            call,
            cx,
            StatusCode::FORBIDDEN,
            Cause::Forbidden,
            "no right to call outside",
        );
    }
    match destination::by_trunk(cx.stack, name, digits) {
        Some(party) => ring(call, cx, vec![party]),
        None => refuse(
            call,
            cx,
            StatusCode::SERVICE_UNAVAILABLE,
            Cause::Internal,
            "no such trunk",
        ),
    }
}

fn has_dial_rules(cx: &Cx<'_>, caller: &Caller) -> bool {
    let trunks = &cx.stack.snapshot.trunks;
    let named = |name: &String| trunks.iter().find(|trunk| trunk.name == *name);
    let trunk = caller.trunk.as_ref().and_then(named);
    trunk.is_some_and(|trunk| trunk.dial_rules)
}

/// An account with the right to it, or a line whose calls go through the dial rules.
fn may_call_outside(cx: &Cx<'_>, caller: &Caller) -> bool {
    if has_dial_rules(cx, caller) {
        return true;
    }
    let account = caller
        .account
        .as_ref()
        .and_then(|name| cx.stack.snapshot.accounts.get(name));
    account.is_some_and(|account| account.outside && !account.blocked)
}

/// Rings parties for a caller who dialled them.
fn ring(call: &mut Call, cx: &mut Cx<'_>, parties: Vec<destination::Outgoing>) {
    let ringing = fork::ring(call, cx, parties, fork::Why::Dialled);
    let nobody = ringing.legs.is_empty();
    call.phase = Phase::Ringing(ringing);
    let limit = cx.stack.settings().ring;
    fork::limit(call, cx, limit);
    if nobody {
        fork::failed(call, cx);
    }
}

/// An emergency call (CMP-1): by the trunk, with the site's number, whatever else holds; the log says where it is from.
fn emergency_call(call: &mut Call, cx: &mut Cx<'_>, caller: &Caller, number: &str) {
    call.emergency = true;
    let place = caller
        .account
        .as_ref()
        .and_then(|name| cx.stack.snapshot.accounts.get(name))
        .map(|account| account.place.clone());
    let site = cx.stack.settings().site_name.clone();
    cx.stack.error(
        "emergency",
        None,
        format!(
            "emergency call to {number} from {} at {site} {}",
            call.identity.number,
            place.unwrap_or_default()
        ),
    );
    call.record(
        cx.stack,
        "border",
        "emergency",
        &[("number", number.to_owned())],
        "trunk",
    );
    match destination::emergency_way(cx.stack, number) {
        Some(party) => ring(call, cx, vec![party]),
        None => advice::emergency(call, cx),
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

/// The caller's side of Session-ID (RFC 7989): 32 hex digits that are not all zero.
fn session_of(request: &Message) -> Option<String> {
    let value = request.header(&HeaderName::SessionId)?;
    let id: String = value.split(';').next()?.trim().to_ascii_lowercase();
    let hex = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (hex && id.bytes().any(|byte| byte != b'0')).then_some(id)
}
