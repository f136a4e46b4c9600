//! Where callers can get: steps nobody reaches, choices without a way out, menus too wide or too deep.

use super::Remarks;
use crate::flow::{Flow, Patience, StepId, StepKind};
use crate::simulate::exits;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// More choices than people remember.
const CHOICES: usize = 5;
/// More menus one after the other than people bear.
const LEVELS: usize = 3;

pub(super) fn check(remarks: &mut Remarks<'_>) {
    let flow = remarks.flow;
    let levels = levels(flow);
    for (index, step) in flow.steps.iter().enumerate() {
        let id = StepId(index);
        if !levels.contains_key(&id) {
            remarks.error(
                &step.span,
                format!("no caller can reach step {}", step.name),
                Some("lead a key or a step to it, or remove it"),
            );
        }
        match &step.kind {
            StepKind::Menu { keys, patience } => {
                way_out(remarks, index, patience);
                if keys.len() > CHOICES {
                    let message = format!(
                        "{} offers {} choices; more than {CHOICES} are hard to remember",
                        step.name,
                        keys.len()
                    );
                    remarks.warn(&step.span, message, Some("group them in two menus"));
                }
                if levels.get(&id).is_some_and(|level| *level >= LEVELS) {
                    let message = format!("{} is more than {LEVELS} menus deep", step.name);
                    remarks.warn(
                        &step.span,
                        message,
                        Some("callers get lost; bring it nearer"),
                    );
                }
            }
            StepKind::Language { keys, patience, .. } => {
                way_out(remarks, index, patience);
                for lang in flow
                    .languages
                    .iter()
                    .filter(|l| !keys.values().any(|k| k == *l))
                {
                    remarks.warn(
                        &step.span,
                        format!("no key of {} chooses the language {lang}", step.name),
                        None,
                    );
                }
            }
            _ => {}
        }
    }
    reception(remarks);
}

fn way_out(remarks: &mut Remarks<'_>, index: usize, patience: &Patience) {
    let flow = remarks.flow;
    let Some(step) = flow.steps.get(index) else {
        return;
    };
    if flow.reception.is_some() {
        return;
    }
    for (missing, key, who) in [
        (patience.silence, "silence", "says nothing"),
        (patience.invalid, "invalid", "presses wrong keys"),
    ] {
        if missing.is_none() {
            let message = format!("{} has no way out for a caller who {who}", step.name);
            remarks.error(
                &step.span,
                message,
                Some(&format!("set `reception` at the top, or `{key}` here")),
            );
        }
    }
    let hint = "set `reception` at the top: key 0 must lead to a person everywhere";
    remarks.error(
        &step.span,
        format!("{} has no reception behind key 0", step.name),
        Some(hint),
    );
}

/// Key 0 leads to a person, not to another question.
fn reception(remarks: &mut Remarks<'_>) {
    let Some(step) = remarks.flow.reception.and_then(|id| remarks.flow.step(id)) else {
        return;
    };
    if !matches!(
        step.kind,
        StepKind::Ring { .. }
            | StepKind::Queue { .. }
            | StepKind::Hours { .. }
            | StepKind::External { .. }
    ) {
        let message = format!("{} is behind key 0 but rings nobody", step.name);
        remarks.error(
            &step.span,
            message,
            Some("reception is a ring, queue, hours or external step"),
        );
    }
}

/// Every step a caller can reach, with the fewest menus before it. Key 0 works everywhere, so reception is a beginning too.
fn levels(flow: &Flow) -> BTreeMap<StepId, usize> {
    let mut levels: BTreeMap<StepId, usize> = BTreeMap::new();
    let starts: BTreeSet<StepId> = flow
        .numbers
        .iter()
        .map(|n| n.to)
        .chain(flow.reception)
        .collect();
    let mut next: VecDeque<(StepId, usize)> = starts.into_iter().map(|s| (s, 0)).collect();
    while let Some((id, level)) = next.pop_front() {
        if levels.get(&id).is_some_and(|known| *known <= level) {
            continue;
        }
        levels.insert(id, level);
        let Some(step) = flow.step(id) else { continue };
        let deeper = level.saturating_add(usize::from(matches!(step.kind, StepKind::Menu { .. })));
        next.extend(
            exits(flow, &step.kind)
                .into_iter()
                .map(|(_, to)| (to, deeper)),
        );
    }
    levels
}
