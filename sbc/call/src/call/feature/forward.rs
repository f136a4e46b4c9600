//! Calls that go elsewhere (CALL-11): always, when busy, when nobody answers, when no phone is there, when their service is
//! closed; set by somebody for themselves or by the desk on their behalf (CON-18). It holds wherever an account is called: by a
//! phone, by the dialplan, by a transfer. It does not hold for queues, which have operators, for who is called back, and never
//! for an emergency call.
//!
//! An account leads to the next one with its own rules, at most [`limits::FORWARDS`] times and never in a circle; where a rule
//! leads nowhere the account's own phones ring. Whoever answers outside takes the call by pressing 1.

use std::sync::Arc;
use std::time::Instant;

use super::super::{Call, Cx};
use super::fork::{self, Why};
use crate::border::destination::{self, Dialled, Outgoing};
use crate::command::Refusal;
use crate::deadlines::{CallTimer, Timer};
use crate::id::LegId;
use crate::journal::Cause;
use crate::leg::Identity;
use crate::limits;
use crate::snapshot::{Forward, Occasion};
use crate::stack::Stack;

/// The phones of one account in a fork.
#[derive(Debug)]
pub(crate) struct Branch {
    account: String,
    via: Arc<[String]>,
    legs: Vec<LegId>,
    /// Its calls go elsewhere then.
    answer_by: Option<Instant>,
}

/// The branches of a fork.
#[derive(Debug, Default)]
pub(crate) struct Branches(Vec<Branch>);

impl Branches {
    /// A phone of an account with rules of its own rings.
    pub(crate) fn note(&mut self, stack: &Stack, target: &Outgoing, leg: LegId) {
        let (Some(account), Some(via)) = (&target.account, &target.via) else {
            return;
        };
        if let Some(branch) = self.0.iter_mut().find(|branch| branch.account == *account) {
            return branch.legs.push(leg);
        }
        let patience = in_force(stack, account).find_map(|rule| match &rule.occasion {
            Occasion::NoAnswer(after) => Some(*after),
            _ => None,
        });
        self.0.push(Branch {
            account: account.clone(),
            via: Arc::clone(via),
            legs: vec![leg],
            answer_by: patience.and_then(|after| stack.now.monotonic.checked_add(after)),
        });
    }

    /// The branches of another fork ring here too.
    pub(crate) fn merge(&mut self, other: Branches) {
        self.0.extend(other.0);
    }

    /// The leg rings no longer. The branch comes back when it was its last.
    fn without(&mut self, leg: LegId) -> Option<Branch> {
        let place = self
            .0
            .iter()
            .position(|branch| branch.legs.contains(&leg))?;
        let branch = self.0.get_mut(place)?;
        branch.legs.retain(|other| *other != leg);
        branch.legs.is_empty().then(|| self.0.remove(place))
    }

    /// The branches that rang for long enough; each is given once.
    fn due(&mut self, now: Instant) -> Vec<Branch> {
        let due = |branch: &mut Branch| branch.answer_by.is_some_and(|at| at <= now);
        self.0.extract_if(.., due).collect()
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.0.iter().filter_map(|branch| branch.answer_by).min()
    }
}

/// Where a rule leads.
enum Next {
    /// To another account.
    Account(String),
    /// Outside.
    Outside(Vec<Outgoing>),
    /// Nowhere that this account may call, or round in a circle.
    Nowhere,
}

/// Whom a dialplan step or a phone rings: accounts with their forwards, and E.164 numbers.
pub(crate) fn for_plan(call: &mut Call, cx: &mut Cx<'_>, targets: &[String]) -> Vec<Outgoing> {
    let mut parties = Vec::new();
    for target in targets {
        if target.starts_with('+') {
            let outside = destination::outside(cx.stack, target, call.emergency);
            parties.extend(outside.unwrap_or_default());
        } else {
            parties.extend(reach(call, cx, target, Vec::new()));
        }
    }
    destination::distinct(call, cx, parties)
}

/// Whom a person's order rings. `by` is the account whose rights count for a number outside.
pub(crate) fn for_transfer(
    call: &mut Call,
    cx: &mut Cx<'_>,
    by: Option<&str>,
    target: &str,
) -> Result<Vec<Outgoing>, Refusal> {
    let Dialled::Account(name) = destination::read(cx.stack, target) else {
        return destination::elsewhere(cx, by, target);
    };
    let found = reach(call, cx, &name, Vec::new());
    if found.is_empty() {
        return Err(Refusal::NotReachable);
    }
    Ok(found)
}

/// An account's phones, or those where its calls go. `via`: the accounts that led here.
fn reach(call: &mut Call, cx: &mut Cx<'_>, account: &str, via: Vec<String>) -> Vec<Outgoing> {
    let (mut name, mut via) = (account.to_owned(), via);
    loop {
        let mut phones = destination::devices(cx.stack, &name);
        if call.emergency {
            return phones;
        }
        let engaged = super::queue::is_engaged(cx.legs, &name);
        let rule = in_force(cx.stack, &name).find(|rule| match &rule.occasion {
            Occasion::Always => true,
            Occasion::Closed { flow, service } => is_closed(cx.stack, flow, service),
            Occasion::Unreachable => phones.is_empty(),
            Occasion::Busy => engaged,
            Occasion::NoAnswer(_) => false,
        });
        let next = match rule.cloned() {
            Some(rule) => go(call, cx, &name, &rule, &mut via),
            None => Next::Nowhere,
        };
        match next {
            Next::Account(next) => name = next,
            Next::Outside(parties) => return parties,
            Next::Nowhere => {
                let via: Arc<[String]> = Arc::from(via);
                for phone in &mut phones {
                    phone.via = Some(Arc::clone(&via));
                }
                return phones;
            }
        }
    }
}

/// The rules of an account whose time is not over, `Always` first.
fn in_force<'a>(stack: &'a Stack, account: &str) -> impl Iterator<Item = &'a Forward> {
    let now = stack.now.wall;
    let row = stack.snapshot.accounts.get(account);
    let rules = row.map_or(&[][..], |row| &row.forwards);
    let valid = move |rule: &&Forward| rule.until.is_none_or(|until| now < until);
    // What holds whatever the phones do comes first: who is away is so when the service is closed, too.
    let rank = |rule: &&Forward| match rule.occasion {
        Occasion::Always => 0,
        Occasion::Closed { .. } => 1,
        _ => 2,
    };
    let of_rank = move |n| {
        rules
            .iter()
            .filter(valid)
            .filter(move |rule| rank(rule) == n)
    };
    (0..3).flat_map(of_rank)
}

/// Whether a service is closed at this moment, by the calendar that callers are judged by.
fn is_closed(stack: &Stack, flow: &str, service: &str) -> bool {
    let flow = stack.snapshot.flows.get(flow);
    let found = flow.and_then(|flow| Some((flow, flow.services.get(service)?)));
    found.is_some_and(|(flow, service)| {
        let situation = super::queue::situation(stack);
        let verdict = ivr::schedule::verdict(flow, service, stack.now.wall.into(), &situation);
        verdict.branch == ivr::flow::Branch::Closed
    })
}

/// One step: what the rule of this account leads to, on record with who said so.
fn go(
    call: &mut Call,
    cx: &mut Cx<'_>,
    account: &str,
    rule: &Forward,
    via: &mut Vec<String>,
) -> Next {
    let may = cx.stack.snapshot.accounts.get(account);
    let may = may.is_some_and(|row| row.outside && !row.blocked);
    let next = match destination::read(cx.stack, &rule.to) {
        Dialled::Account(next) => {
            let round = next == account || via.contains(&next) || is_here(call, cx, &next);
            if round || via.len() >= limits::FORWARDS {
                return turned_back(call, cx, account, rule, "forward-loop");
            }
            Next::Account(next)
        }
        Dialled::Outside(number) if may => {
            Next::Outside(destination::outside(cx.stack, &number, false).unwrap_or_default())
        }
        Dialled::Trunk { name, digits } if may => {
            let party = destination::by_trunk(cx.stack, &name, &digits);
            Next::Outside(party.into_iter().collect())
        }
        Dialled::Outside(_) | Dialled::Trunk { .. } => {
            return turned_back(call, cx, account, rule, "forward-forbidden");
        }
        // Neither help nor one of our own menus is called in somebody's place.
        Dialled::Emergency(_) | Dialled::Refused | Dialled::Flow { .. } | Dialled::Unknown => {
            return turned_back(call, cx, account, rule, "forward-nowhere");
        }
    };
    via.push(account.to_owned());
    match next {
        Next::Outside(parties) if parties.is_empty() => {
            via.pop();
            turned_back(call, cx, account, rule, "forward-no-channel")
        }
        Next::Outside(mut parties) => {
            let via: Arc<[String]> = Arc::from(via.as_slice());
            for party in &mut parties {
                party.asks = true;
                party.via = Some(Arc::clone(&via));
            }
            say(call, cx, account, rule);
            Next::Outside(parties)
        }
        next => {
            say(call, cx, account, rule);
            next
        }
    }
}

/// Whether this account is a party of the call already: it is not called in somebody else's place.
fn is_here(call: &Call, cx: &Cx<'_>, account: &str) -> bool {
    let legs = call.legs.iter().filter_map(|id| cx.legs.get(id));
    let mut here = legs.filter(|leg| leg.is_engaged());
    here.any(|leg| leg.account() == Some(account))
}

/// The calls went elsewhere: who said so stands in the reason (IVR-6).
fn say(call: &mut Call, cx: &mut Cx<'_>, account: &str, rule: &Forward) {
    let code = match rule.by == account {
        true => "forwarded",
        false => "forwarded-on-behalf",
    };
    put(call, cx, account, rule, (code, rule.to.as_str()));
}

/// A rule leads nowhere: the account's own phones ring.
fn turned_back(
    call: &mut Call,
    cx: &mut Cx<'_>,
    account: &str,
    rule: &Forward,
    code: &str,
) -> Next {
    put(call, cx, account, rule, (code, account));
    Next::Nowhere
}

fn put(
    call: &mut Call,
    cx: &mut Cx<'_>,
    account: &str,
    rule: &Forward,
    (code, result): (&str, &str),
) {
    let inputs = [
        ("account", account.to_owned()),
        ("occasion", rule.occasion.code().to_owned()),
        ("to", rule.to.clone()),
        ("by", rule.by.clone()),
    ];
    call.record(cx.stack, "forward", code, &inputs, result);
}

/// Phones ring, and may ring for long: when their calls go elsewhere is noted.
pub(crate) fn watch(call: &Call, cx: &mut Cx<'_>) {
    let timer = Timer::Call(call.id, CallTimer::Forward);
    match call
        .phase
        .fork()
        .and_then(|fork| fork.branches.next_deadline())
    {
        Some(at) => cx.stack.deadlines.set(timer, at),
        None => cx.stack.deadlines.cancel(timer),
    }
}

/// A phone refused or failed. Whether others ring now in the place of its account.
pub(crate) fn refused(call: &mut Call, cx: &mut Cx<'_>, leg: LegId, cause: &Cause) -> bool {
    let fork = call.phase.fork_mut();
    let Some(branch) = fork.and_then(|fork| fork.branches.without(leg)) else {
        return false;
    };
    let fits = |occasion: &Occasion| match cause {
        Cause::Busy | Cause::Declined => *occasion == Occasion::Busy,
        Cause::NotRegistered | Cause::Failed(_) | Cause::PeerLost => {
            *occasion == Occasion::Unreachable
        }
        _ => false,
    };
    instead(call, cx, &branch, fits)
}

/// Phones whose account has patience for no longer.
pub(crate) fn due(call: &mut Call, cx: &mut Cx<'_>) {
    let now = cx.stack.now.monotonic;
    let fork = call.phase.fork_mut();
    let due = fork.map(|fork| fork.branches.due(now)).unwrap_or_default();
    for branch in due {
        // Not in force any more, or nobody there: the phones ring on.
        if instead(call, cx, &branch, is_no_answer) {
            for leg in branch.legs {
                if let Some(fork) = call.phase.fork_mut() {
                    fork.remove(leg);
                }
                call.dismiss(cx, leg, Cause::NoAnswer);
            }
        }
    }
    watch(call, cx);
}

/// It rang as long as it may. Whether others ring now in the place of accounts whose calls go elsewhere unanswered.
pub(crate) fn at_last(call: &mut Call, cx: &mut Cx<'_>) -> bool {
    let fork = call.phase.fork_mut();
    let branches = fork.map(|fork| std::mem::take(&mut fork.branches.0));
    fork::withdraw(call, cx, Cause::NoAnswer);
    let mut rings = false;
    for branch in branches.unwrap_or_default() {
        rings |= instead(call, cx, &branch, is_no_answer);
    }
    rings
}

fn is_no_answer(occasion: &Occasion) -> bool {
    matches!(occasion, Occasion::NoAnswer(_))
}

/// Rings whom the account's rule for this occasion names, for as long as was meant for the account itself.
fn instead(
    call: &mut Call,
    cx: &mut Cx<'_>,
    branch: &Branch,
    fits: impl Fn(&Occasion) -> bool,
) -> bool {
    let account = &branch.account;
    let rule = in_force(cx.stack, account).find(|rule| fits(&rule.occasion));
    let Some(rule) = rule.cloned() else {
        return false;
    };
    let mut via = branch.via.to_vec();
    let parties = match go(call, cx, account, &rule, &mut via) {
        Next::Account(next) => reach(call, cx, &next, via),
        Next::Outside(parties) => parties,
        Next::Nowhere => return false,
    };
    let mut parties = destination::distinct(call, cx, parties);
    parties.retain(|party| !rings_already(call, cx, party));
    let Some((why, ring)) = call.phase.fork().map(|fork| (fork.why.clone(), fork.limit)) else {
        return false;
    };
    let more = fork::ring(call, cx, parties, why);
    let rings = !more.legs.is_empty();
    if let Some(fork) = call.phase.fork_mut() {
        fork.merge(more);
    }
    if rings {
        fork::limit(call, cx, ring);
    }
    rings
}

/// Whether the phone rings for this caller as one of its own step.
fn rings_already(call: &Call, cx: &Cx<'_>, party: &Outgoing) -> bool {
    let fork = call.phase.fork().into_iter();
    let mut legs = fork.flat_map(|fork| &fork.legs);
    legs.any(|id| {
        let leg = cx.legs.get(id);
        leg.is_some_and(|leg| leg.account().is_some() && leg.account() == party.account.as_deref())
    })
}

/// The caller, as a phone shows them that rings in somebody else's place: "for 2105", in the site's first language, before
/// the name.
pub(crate) fn shown(stack: &Stack, caller: &Identity, via: &[String], why: &Why) -> Identity {
    let Some(first) = via.first().filter(|_| !matches!(why, Why::Remind(_))) else {
        return caller.clone();
    };
    let mark = match stack.settings().languages.first().copied() {
        Some(ivr::Lang::NL) => "voor",
        Some(ivr::Lang::FR) => "pour",
        Some(ivr::Lang::DE) => "für",
        _ => "for",
    };
    let row = stack.snapshot.accounts.get(first);
    let name = row.map_or(first.as_str(), |row| row.display.as_str());
    let name = if name.is_empty() { first } else { name };
    Identity {
        number: caller.number.clone(),
        display: format!("{mark} {name} {}", caller.display)
            .trim()
            .to_owned(),
    }
}
