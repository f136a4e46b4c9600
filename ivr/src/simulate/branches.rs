//! The whole flow on one page: from each number, every way a caller can go (IVR-4, all-branches view).

use crate::flow::{Flow, StepId, StepKind};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Prints every branch as a tree; a step that was already shown is only named.
pub fn branches(flow: &Flow) -> String {
    let mut out = String::new();
    let mut shown = BTreeSet::new();
    for number in &flow.numbers {
        let retired = number
            .retired
            .as_ref()
            .map(|r| format!(", says {}", r.name))
            .unwrap_or_default();
        let label = if number.label == number.pattern {
            String::new()
        } else {
            format!(" ({})", number.label)
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{}{label}{retired}", number.pattern);
        branch(&mut out, flow, number.to, "", 1, &mut shown);
    }
    if let Some(reception) = flow.reception {
        let _ = writeln!(out, "key 0 everywhere");
        branch(&mut out, flow, reception, "", 1, &mut shown);
    }
    out
}

fn branch(
    out: &mut String,
    flow: &Flow,
    id: StepId,
    why: &str,
    depth: usize,
    shown: &mut BTreeSet<StepId>,
) {
    let Some(step) = flow.step(id) else { return };
    let why = if why.is_empty() {
        String::new()
    } else {
        format!("{why}: ")
    };
    let lead = "  ".repeat(depth);
    if !shown.insert(id) {
        let _ = writeln!(out, "{lead}{why}{} (see above)", step.name);
        return;
    }
    let _ = writeln!(out, "{lead}{why}{} [{}]", step.name, does(&step.kind));
    // The recursion is bounded by the number of steps: each is entered once.
    for (why, next) in exits(flow, &step.kind) {
        branch(out, flow, next, &why, depth.saturating_add(1), shown);
    }
}

fn does(kind: &StepKind) -> String {
    match kind {
        StepKind::Greet { .. } => "greet".into(),
        StepKind::Language { .. } => "language".into(),
        StepKind::Menu { .. } => "menu".into(),
        StepKind::Hours { service, .. } => format!("hours of {service}"),
        StepKind::Bulletin { bulletin, .. } => format!("bulletin {bulletin}"),
        StepKind::Ring { targets, time, .. } => {
            format!("ring {} for {} s", targets.join(", "), time.as_secs())
        }
        StepKind::Queue {
            targets, max_wait, ..
        } => format!(
            "queue for {}, at most {} s",
            targets.join(", "),
            max_wait.as_secs()
        ),
        StepKind::Message { then: None } => "message, then hang up".into(),
        StepKind::Message { then: Some(_) } => "message".into(),
        StepKind::External { number, .. } => format!("call {number}"),
        StepKind::Hangup => "hang up".into(),
    }
}

/// Where a caller can go from a step, and why; key 0 is everywhere and not repeated.
pub(crate) fn exits(flow: &Flow, kind: &StepKind) -> Vec<(String, StepId)> {
    let mut exits: Vec<(String, StepId)> = Vec::new();
    match kind {
        StepKind::Greet { then } | StepKind::Bulletin { then, .. } => {
            exits.push(("then".into(), *then))
        }
        StepKind::Language {
            keys,
            then,
            patience,
            remember,
        } => {
            let keys: Vec<String> = keys.iter().map(|(k, l)| format!("{k} {l}")).collect();
            exits.push((format!("key {}", keys.join(", ")), *then));
            let known = remember.then_some(("remembered".to_owned(), *then));
            exits.extend(known);
            exits.extend(patience.silence.map(|s| ("silence twice".into(), s)));
            exits.extend(patience.invalid.map(|s| ("wrong keys".into(), s)));
        }
        StepKind::Menu { keys, patience } => {
            exits.extend(keys.iter().map(|(k, s)| (format!("key {k}"), *s)));
            exits.extend(patience.silence.map(|s| ("silence twice".into(), s)));
            exits.extend(patience.invalid.map(|s| ("wrong keys".into(), s)));
        }
        StepKind::Hours {
            service,
            open,
            closed,
        } => {
            exits.push(("open".into(), *open));
            exits.extend(closed_exits(flow, service, *closed));
        }
        StepKind::Ring {
            service, otherwise, ..
        } => {
            exits.extend(service.iter().flat_map(|s| closed_exits(flow, s, None)));
            exits.push(("nobody answers".into(), *otherwise));
        }
        StepKind::Queue {
            service,
            full,
            too_long,
            nobody,
            ..
        } => {
            exits.extend(service.iter().flat_map(|s| closed_exits(flow, s, None)));
            exits.push(("full".into(), *full));
            exits.push(("too long".into(), *too_long));
            exits.push(("nobody there".into(), *nobody));
        }
        StepKind::Message { then } => exits.extend(then.map(|s| ("then".into(), s))),
        StepKind::External { otherwise, .. } => exits.push(("no answer".into(), *otherwise)),
        StepKind::Hangup => {}
    }
    exits
}

/// Every step a closed service can send to: the caller step's own or the service's, the holiday's, a closure's.
pub(crate) fn closed_exits(
    flow: &Flow,
    service: &str,
    own: Option<StepId>,
) -> Vec<(String, StepId)> {
    let Some(service) = flow.services.get(service) else {
        return Vec::new();
    };
    let closures = flow.closures.iter().map(|p| &p.closure).filter(|c| !c.open);
    let closures = closures.filter(|c| c.services.is_empty() || c.services.contains(&service.name));
    // Even a service that is always open can be closed by a live closure.
    let mut exits: Vec<(String, StepId)> = Vec::new();
    exits.extend(own.or(service.closed).map(|s| ("closed".to_owned(), s)));
    exits.extend(service.holiday.map(|s| ("holiday".to_owned(), s)));
    for closure in closures {
        exits.extend(
            closure
                .step
                .as_ref()
                .and_then(|s| flow.find(s))
                .map(|s| (closure.name.to_string(), s)),
        );
    }
    exits
}
