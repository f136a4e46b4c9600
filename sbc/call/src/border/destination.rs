//! From what was dialled, or named by the dialplan, to the parties to be called: accounts' contacts and trunks. The
//! dialling right is that of whoever causes the call.

use std::sync::Arc;

use sip::{Peer, Uri};

use super::location::Location;
use super::{emergency, number};
use crate::call::{Call, Cx};
use crate::command::Refusal;
use crate::journal::Binding;
use crate::leg::Identity;
use crate::snapshot::{Habits, RuleTarget, Trunk};
use crate::stack::Stack;

/// A party to be called.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// Request-URI.
    pub(crate) uri: String,
    /// To, without brackets.
    pub(crate) to: String,
    /// Where the INVITE goes.
    pub(crate) peer: Peer,
    /// Route values (the Path of a registration).
    pub(crate) routes: Vec<String>,
    /// For records: account or number.
    pub(crate) party: String,
    /// The account whose device it is.
    pub(crate) account: Option<String>,
    /// The trunk it goes out by.
    pub(crate) trunk: Option<String>,
    /// How it is spoken to.
    pub(crate) habits: Habits,
    /// The number to be shown instead of the usual one.
    pub(crate) presented: Option<String>,
    /// Where the caller is, when this party shall know.
    pub(crate) location: Option<Arc<Location>>,
    /// Whoever answers takes the call by pressing 1: no voicemail box does.
    pub(crate) asks: bool,
    /// The operator asked for it at the desk: the phone is asked to answer by itself (CON-3).
    pub(crate) answers: bool,
    /// The accounts whose calls went elsewhere and came here, the first called first; empty for one that is called itself.
    /// None: its own forwards do not count.
    pub(crate) via: Option<Arc<[String]>>,
}

impl Outgoing {
    /// A phone where it was heard, whether it is registered or not.
    pub(crate) fn at(contact: &str, peer: Peer, account: Option<&str>) -> Outgoing {
        Outgoing {
            uri: contact.to_owned(),
            to: contact.to_owned(),
            peer: Peer { flow: None, ..peer },
            routes: Vec::new(),
            party: account.unwrap_or("unproven").to_owned(),
            account: account.map(str::to_owned),
            trunk: None,
            habits: Habits::default(),
            presented: None,
            location: None,
            asks: false,
            answers: false,
            via: None,
        }
    }
}

/// The phones of an operator who asked at the desk for the caller: they answer by themselves where they can.
pub(crate) fn own_devices(stack: &Stack, account: &str) -> Vec<Outgoing> {
    let mut phones = devices(stack, account);
    for phone in &mut phones {
        phone.answers = true;
    }
    phones
}

/// What dialled digits lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dialled {
    /// An emergency number, as the trunk shall read it.
    Emergency(String),
    /// An account.
    Account(String),
    /// One of the town's own numbers: the dialplan and the number.
    Flow {
        /// Dialplan.
        flow: String,
        /// E.164.
        number: String,
    },
    /// An outside number, E.164.
    Outside(String),
    /// Whatever the rule leaves, by the trunk it names.
    Trunk {
        /// Trunk.
        name: String,
        /// Digits as the trunk shall read them.
        digits: String,
    },
    /// A rule refuses it.
    Refused,
    /// It leads nowhere.
    Unknown,
}

/// Reads what was dialled. Emergency numbers come before every rule (CMP-1).
pub(crate) fn read(stack: &Stack, dialled: &str) -> Dialled {
    let snapshot = &stack.snapshot;
    let country = snapshot.settings.country;
    if let Some(number) = emergency::spelt(&snapshot.emergency, country, dialled) {
        return Dialled::Emergency(number);
    }
    if let Some(by_rule) = by_rule(stack, dialled) {
        return by_rule;
    }
    if snapshot.accounts.contains_key(dialled) {
        return Dialled::Account(dialled.to_owned());
    }
    match number::to_e164(country, dialled) {
        Some(e164) => match own_number(stack, &e164) {
            Some(flow) => Dialled::Flow { flow, number: e164 },
            None => Dialled::Outside(e164),
        },
        None => Dialled::Unknown,
    }
}

/// What the first dial rule that fits says.
pub(crate) fn by_rule(stack: &Stack, dialled: &str) -> Option<Dialled> {
    let snapshot = &stack.snapshot;
    let digits = number::digits(dialled).unwrap_or_else(|| dialled.to_owned());
    for rule in snapshot.rules.iter() {
        if !matches(&rule.pattern, &digits) {
            continue;
        }
        let rest: String = digits.chars().skip(rule.strip).collect();
        return Some(match &rule.target {
            RuleTarget::Account(name) => Dialled::Account(name.clone()),
            RuleTarget::Flow(flow) => Dialled::Flow {
                flow: flow.clone(),
                number: snapshot.settings.site_number.clone(),
            },
            RuleTarget::Trunk(name) => Dialled::Trunk {
                name: name.clone(),
                digits: rest,
            },
            RuleTarget::Refuse => Dialled::Refused,
        });
    }
    None
}

/// The dialplan of one of the town's numbers, if it is in use today (NUM-1); else the one that has it in a range (NUM-9).
pub(crate) fn own_number(stack: &Stack, e164: &str) -> Option<String> {
    let now = stack.now.wall;
    let Some(number) = stack.snapshot.numbers.get(e164) else {
        let mut flows = stack.snapshot.flows.iter();
        let in_range = flows.find(|(_, flow)| flow.answers(e164, now.into()));
        return in_range.map(|(name, _)| name.clone());
    };
    let begun = number.valid_from.is_none_or(|from| from <= now);
    let ended = number.valid_to.is_some_and(|to| to <= now);
    (begun && !ended).then(|| number.flow.clone())
}

/// Digits, then an optional `*` for any rest.
fn matches(pattern: &str, digits: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => digits.starts_with(prefix),
        None => pattern == digits,
    }
}

/// The devices of an account, each at the place where its registration came from.
pub(crate) fn devices(stack: &Stack, account: &str) -> Vec<Outgoing> {
    let settings = stack.settings();
    let Some(row) = stack.snapshot.accounts.get(account) else {
        return Vec::new();
    };
    let realm = &settings.realm;
    stack
        .registrar
        .reachable(account)
        .map(|binding| to_device(binding, realm, row.habits))
        .collect()
}

/// The one device that a `gr` address means (RFC 5627 section 5), when it is registered.
pub(crate) fn device(stack: &Stack, user: &str, gr: Option<&str>) -> Vec<Outgoing> {
    let realm = &stack.settings().realm;
    let habits = |account: &str| {
        let row = stack.snapshot.accounts.get(account);
        row.map(|account| account.habits).unwrap_or_default()
    };
    let bindings = stack.registrar.device(user, gr);
    bindings
        .into_iter()
        .map(|binding| to_device(binding, realm, habits(&binding.account)))
        .collect()
}

fn to_device(binding: &Binding, realm: &str, habits: Habits) -> Outgoing {
    Outgoing {
        uri: binding.contact.clone(),
        to: format!("sip:{}@{realm}", binding.account),
        peer: binding.peer,
        routes: binding.path.clone(),
        party: binding.account.clone(),
        account: Some(binding.account.clone()),
        trunk: None,
        habits,
        presented: None,
        location: None,
        asks: false,
        answers: false,
        via: None,
    }
}

/// The phones of a queue: accounts and E.164 numbers, as they are.
pub(crate) fn for_queue(call: &Call, cx: &Cx<'_>, targets: &[String]) -> Vec<Outgoing> {
    let parties = targets.iter().flat_map(|target| {
        if target.starts_with('+') {
            outside(cx.stack, target, call.emergency).unwrap_or_default()
        } else {
            devices(cx.stack, target)
        }
    });
    distinct(call, cx, parties)
}

/// Each party once, and never the caller's own device.
pub(crate) fn distinct(
    call: &Call,
    cx: &Cx<'_>,
    parties: impl IntoIterator<Item = Outgoing>,
) -> Vec<Outgoing> {
    let own = cx.legs.get(&call.caller).map(|leg| leg.peer);
    let mut found: Vec<Outgoing> = Vec::new();
    for party in parties {
        let is_own = party.account.is_some() && own == Some(party.peer);
        let twice = found
            .iter()
            .any(|other| other.uri == party.uri && other.peer == party.peer);
        if !is_own && !twice {
            found.push(party);
        }
    }
    found
}

/// Who is to be rung by a person's order, beside accounts, which [`crate::call::feature::forward`] knows. `by` is the account whose rights count; without one nobody outside may be rung.
pub(crate) fn elsewhere(
    cx: &Cx<'_>,
    by: Option<&str>,
    target: &str,
) -> Result<Vec<Outgoing>, Refusal> {
    let may = by.is_some_and(|name| match cx.stack.snapshot.accounts.get(name) {
        Some(account) => account.outside && !account.blocked,
        // A station without a phone of its own: the console let its operator in.
        None => cx.stack.stations.get(name).is_some(),
    });
    let found = match read(cx.stack, target) {
        Dialled::Account(_) => return Err(Refusal::NoTarget),
        Dialled::Outside(_) | Dialled::Trunk { .. } if !may => return Err(Refusal::Forbidden),
        Dialled::Outside(number) => outside(cx.stack, &number, false).unwrap_or_default(),
        Dialled::Trunk { name, digits } => by_trunk(cx.stack, &name, &digits).into_iter().collect(),
        // An emergency number is dialled by who is in need, never transferred to.
        Dialled::Emergency(_) | Dialled::Refused => return Err(Refusal::Forbidden),
        // A menu is nobody to talk to first.
        Dialled::Flow { .. } => return Err(Refusal::OwnNumber),
        Dialled::Unknown => return Err(Refusal::NoTarget),
    };
    if found.is_empty() {
        Err(Refusal::NoTarget)
    } else {
        Ok(found)
    }
}

/// An outside number by the first trunk that has a channel; an emergency call takes the first trunk even when full.
pub(crate) fn outside(stack: &Stack, e164: &str, emergency: bool) -> Option<Vec<Outgoing>> {
    let trunks = Arc::clone(&stack.snapshot.trunks);
    let free = trunks.iter().find(|trunk| stack.channels.is_free(trunk));
    let trunk = free.or_else(|| trunks.first().filter(|_| emergency))?;
    let digits = number::write(stack.settings().country, trunk.number_format, e164);
    Some(vec![to_trunk(stack, trunk, &digits)])
}

/// Digits as they are, by the trunk of that name.
pub(crate) fn by_trunk(stack: &Stack, name: &str, digits: &str) -> Option<Outgoing> {
    stack
        .snapshot
        .trunks
        .iter()
        .find(|trunk| trunk.name == name)
        .map(|trunk| to_trunk(stack, trunk, digits))
}

/// The Request-URI of digits on a trunk.
pub(crate) fn trunk_uri(trunk: &Trunk, digits: &str) -> String {
    format!("sip:{digits}@{}", trunk.target)
}

fn to_trunk(stack: &Stack, trunk: &Trunk, digits: &str) -> Outgoing {
    let uri = trunk_uri(trunk, digits);
    let local = stack
        .settings()
        .listeners
        .iter()
        .find(|listener| {
            listener.transport == trunk.transport
                && listener.local.is_ipv4() == trunk.target.is_ipv4()
                && trunk.local.is_none_or(|local| local == listener.local.ip())
        })
        .map_or(trunk.target, |listener| listener.local);
    Outgoing {
        to: uri.clone(),
        uri,
        peer: Peer {
            transport: trunk.transport,
            local,
            remote: trunk.target,
            flow: None,
        },
        routes: Vec::new(),
        party: digits.to_owned(),
        account: None,
        trunk: Some(trunk.name.clone()),
        habits: trunk.habits,
        presented: None,
        location: None,
        asks: false,
        answers: false,
        via: None,
    }
}

/// How the caller is shown to this party: the From value without tag, and P-Asserted-Identity for a trunk (RFC 3325).
/// Outside, only numbers that the town owns are shown: the account's, or the site's, or the one that the target says.
pub(crate) fn shown(
    stack: &Stack,
    identity: &Identity,
    target: &Outgoing,
) -> (String, Option<String>) {
    let settings = stack.settings();
    if target.trunk.is_some() {
        let own = stack
            .snapshot
            .accounts
            .get(&identity.number)
            .and_then(|account| account.number.clone());
        let presented = target.presented.clone();
        let number = presented
            .or(own)
            .unwrap_or_else(|| settings.site_number.clone());
        let host = stack.advertised(&target.peer).ip();
        let host = if host.is_ipv6() {
            format!("[{host}]")
        } else {
            host.to_string()
        };
        let address = format!("<sip:{number}@{host}>");
        return (address.clone(), Some(address));
    }
    (address(stack, identity), None)
}

/// How a party is shown to a phone: a name-addr without tag.
pub(crate) fn address(stack: &Stack, identity: &Identity) -> String {
    let realm = stack.settings().realm.as_str();
    let mut uri = Uri::sip(Some(&identity.number), sip::Host::Name(realm.into()));
    if identity.number.starts_with('+') {
        uri.set_param("user", Some("phone"));
    }
    if identity.display.is_empty() {
        format!("<{uri}>")
    } else {
        format!("\"{}\" <{uri}>", quoted(&identity.display))
    }
}

/// Who is called, as another party shall see it: the account with its name, or the number. An outside number that stands in
/// for an account is never told: it is somebody's own.
pub(crate) fn identity(stack: &Stack, target: &Outgoing) -> Identity {
    let stands_for = target.via.as_ref().and_then(|via| via.last());
    let Some(name) = target.account.as_ref().or(stands_for) else {
        let country = stack.settings().country;
        let number = number::to_e164(country, &target.party);
        return Identity {
            number: number.unwrap_or_else(|| target.party.clone()),
            display: String::new(),
        };
    };
    let account = stack.snapshot.accounts.get(name);
    Identity {
        number: name.clone(),
        display: account
            .map(|account| account.display.clone())
            .unwrap_or_default(),
    }
}

/// A display name inside quotes (RFC 3261 25.1); control characters never leave.
fn quoted(display: &str) -> String {
    display
        .chars()
        .filter(|letter| !letter.is_control())
        .flat_map(|letter| {
            let escape = matches!(letter, '"' | '\\').then_some('\\');
            escape.into_iter().chain([letter])
        })
        .take(128)
        .collect()
}
