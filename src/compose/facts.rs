//! From the core's facts to the directory's: the same things in words that outlive the process.

use std::collections::BTreeMap;

use call::Entry;
use call::journal::{
    Binding, Callback, Cause, Fact, GhostDialog, JourneyId, LegRef, Origin, Quality,
};
use directory::{Arguments, CallOrigin, DialogRecord, Direction, LegId, MediaReport, Moment};

use super::peer;
use super::snapshot::moment;

/// Turns facts one after the other. It remembers legs that moved: the core counts them anew in the call they came to, the
/// record calls them what they were called first.
#[derive(Debug, Default)]
pub(crate) struct Translator {
    moved: BTreeMap<(JourneyId, LegRef), LegId>,
}

impl Translator {
    /// One fact.
    pub(crate) fn fact(&mut self, entry: &Entry) -> directory::Fact {
        let at = moment(entry.at);
        match &entry.fact {
            Fact::BindingSet(row) => directory::Fact::BindingSet {
                at,
                binding: Box::new(binding(row)),
            },
            Fact::BindingGone { account, contact } => directory::Fact::BindingGone {
                at,
                aor: account.clone(),
                contact: contact.clone(),
            },
            Fact::JourneyBegan {
                journey,
                from,
                to,
                by,
                session_id,
                emergency: _,
            } => directory::Fact::JourneyBegan {
                at,
                journey: journey_id(*journey),
                from: from.clone(),
                to: to.clone(),
                // An account that calls stands in both.
                trunk: (by != from).then(|| by.clone()),
                session_id: (!session_id.is_empty()).then(|| session_id.clone()),
            },
            Fact::Decided {
                journey,
                node,
                rule,
                inputs,
                result,
            } => directory::Fact::Decision {
                at,
                journey: journey_id(*journey),
                node: node.clone(),
                code: rule.clone(),
                arguments: arguments(inputs, result),
            },
            Fact::CalledForHelp(row) => called_for_help(at, row),
            Fact::JourneyEnded { journey, cause } => directory::Fact::JourneyEnded {
                at,
                journey: journey_id(*journey),
                cause: code(cause),
            },
            Fact::LanguageKept { number, language } => directory::Fact::LanguageKept {
                at,
                number: number.clone(),
                language: language.clone(),
            },
            Fact::Commanded {
                journey,
                actor,
                verb,
                result,
            } => directory::Fact::Command {
                at,
                id: format!("{}-{actor}-{verb}", at.0),
                actor: actor.clone(),
                verb: verb.clone(),
                result: result.clone(),
                journey: journey.map(journey_id),
            },
            Fact::Spoke { .. } => spoke(at, &entry.fact),
            leg => self.leg(at, leg),
        }
    }

    /// What happened to one leg.
    fn leg(&mut self, at: Moment, fact: &Fact) -> directory::Fact {
        match fact {
            Fact::LegBegan {
                journey,
                leg,
                party,
                inbound,
            } => directory::Fact::LegBegan {
                at,
                journey: journey_id(*journey),
                leg: self.name(*journey, *leg),
                direction: if *inbound {
                    Direction::Inbound
                } else {
                    Direction::Outbound
                },
                party: party.clone(),
                address: String::new(),
            },
            Fact::LegAnswered {
                journey,
                leg,
                dialog,
            } => directory::Fact::LegAnswered {
                at,
                journey: journey_id(*journey),
                leg: self.name(*journey, *leg),
                dialog: Box::new(dialog_record(dialog)),
            },
            Fact::LegDialog {
                journey,
                leg,
                dialog,
            } => directory::Fact::LegDialog {
                at,
                journey: journey_id(*journey),
                leg: self.name(*journey, *leg),
                dialog: Box::new(dialog_record(dialog)),
            },
            Fact::LegMoved {
                journey,
                leg,
                to,
                to_leg,
            } => directory::Fact::LegMoved {
                at,
                journey: journey_id(*to),
                leg: self.renamed((*journey, *leg), (*to, *to_leg)),
                reason: "moved".to_owned(),
            },
            Fact::LegEnded {
                journey,
                leg,
                cause,
                quality,
            } => self.ended(at, (*journey, *leg), cause, quality.as_ref()),
            // Every other fact is turned by the caller; one that is not must still leave a trace.
            _ => directory::Fact::Gap { at, lost: 1 },
        }
    }

    fn ended(
        &mut self,
        at: Moment,
        (journey, leg): (JourneyId, LegRef),
        cause: &Cause,
        quality: Option<&Quality>,
    ) -> directory::Fact {
        let name = self.name(journey, leg);
        self.moved.remove(&(journey, leg));
        directory::Fact::LegEnded {
            at,
            journey: journey_id(journey),
            leg: name,
            cause: code(cause),
            report: quality.map(report),
        }
    }

    /// The name of a leg that the core calls otherwise from now on.
    fn renamed(&mut self, old: (JourneyId, LegRef), new: (JourneyId, LegRef)) -> LegId {
        let name = self.name(old.0, old.1);
        self.moved.remove(&old);
        self.moved.insert(new, name.clone());
        name
    }

    fn name(&self, journey: JourneyId, leg: LegRef) -> LegId {
        let first = || LegId(format!("{:032x}-{}", journey.0, leg.0));
        self.moved
            .get(&(journey, leg))
            .cloned()
            .unwrap_or_else(first)
    }
}

/// Who spoke with whom.
fn spoke(at: Moment, fact: &Fact) -> directory::Fact {
    match fact {
        Fact::Spoke {
            journey,
            caller,
            who,
            service,
        } => directory::Fact::Spoke {
            at,
            journey: journey_id(*journey),
            caller: caller.clone(),
            who: who.clone(),
            service: service.clone(),
        },
        _ => directory::Fact::Gap { at, lost: 1 },
    }
}

fn called_for_help(at: Moment, row: &Callback) -> directory::Fact {
    directory::Fact::CalledForHelp {
        at,
        callback: Box::new(callback(row)),
    }
}

fn callback(row: &Callback) -> directory::Callback {
    directory::Callback {
        number: row.number.clone(),
        origin: match &row.origin {
            Origin::Phone {
                account,
                contact,
                peer,
            } => CallOrigin::Phone {
                account: account.clone(),
                contact: contact.clone(),
                peer: peer::to_record(peer),
            },
            Origin::Line { trunk, digits } => CallOrigin::Line {
                trunk: trunk.clone(),
                digits: digits.clone(),
            },
        },
        until: moment(row.until),
        centre: row.centre.clone(),
    }
}

fn journey_id(journey: JourneyId) -> directory::JourneyId {
    directory::JourneyId(format!("{:032x}", journey.0))
}

/// A cause as a code, with its status after a colon when it has one.
fn code(cause: &Cause) -> String {
    match cause.argument() {
        Some(status) => format!("{}:{status}", cause.code()),
        None => cause.code().to_owned(),
    }
}

/// The values of a decision; what it led to is one of them.
fn arguments(inputs: &[(String, String)], result: &str) -> Arguments {
    let result = (directory::RESULT.to_owned(), result.to_owned());
    inputs.iter().cloned().chain([result]).collect()
}

fn report(quality: &Quality) -> MediaReport {
    let micros = |time: std::time::Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
    MediaReport {
        packets_sent: quality.sent,
        packets_received: quality.received,
        packets_lost: quality.lost,
        jitter_us: micros(quality.jitter),
        delay_us: quality
            .round_trip
            .map_or(0, |there_and_back| micros(there_and_back / 2)),
        mos_centi: quality.mos.map_or(0, hundredths),
    }
}

/// 4.41 is 441; the E-model gives 1.0 to 4.5.
fn hundredths(mos: f32) -> u16 {
    let scaled = (mos.clamp(0.0, 5.0) * 100.0).round();
    // In 0 to 500 by the clamp above; a value that is no number becomes 0.
    scaled as u16
}

fn binding(row: &Binding) -> directory::Binding {
    directory::Binding {
        aor: row.account.clone(),
        contact: row.contact.clone(),
        peer: peer::to_record(&row.peer),
        expires_at: moment(row.expires),
        call_id: row.call_id.clone(),
        cseq: row.cseq,
        user_agent: row.user_agent.clone(),
        instance: row.instance.clone(),
        reg_id: row.reg_id,
        q: row.q,
        path: row.path.clone(),
    }
}

fn dialog_record(dialog: &GhostDialog) -> DialogRecord {
    let (local_uri, local_tag) = split_tag(&dialog.local);
    let (remote_uri, remote_tag) = split_tag(&dialog.remote);
    DialogRecord {
        call_id: dialog.call_id.clone(),
        local_tag,
        remote_tag,
        local_uri,
        remote_uri,
        route_set: dialog.routes.clone(),
        remote_target: dialog.target.clone(),
        cseq: dialog.cseq,
        peer: peer::to_record(&dialog.peer),
    }
}

/// A From or To value as the value without its tag, and the tag (RFC 3261 section 20.20).
fn split_tag(value: &str) -> (String, String) {
    let after_uri = value.rfind('>').map_or(0, |at| at.saturating_add(1));
    let (uri, parameters) = value.split_at_checked(after_uri).unwrap_or((value, ""));
    let mut tag = String::new();
    let mut kept = uri.to_owned();
    for (place, part) in parameters.split(';').enumerate() {
        let name = part.trim_start().get(..4).unwrap_or("");
        if name.eq_ignore_ascii_case("tag=") {
            tag = part.trim().get(4..).unwrap_or("").to_owned();
        } else {
            if place > 0 {
                kept.push(';');
            }
            kept.push_str(part);
        }
    }
    (kept, tag)
}

#[cfg(test)]
mod tests;
