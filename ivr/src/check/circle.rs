//! Circles a caller could be sent through without pressing a key and without time going by.

use super::Remarks;
use crate::flow::{Flow, StepId, StepKind};
use crate::simulate::exits;
use std::collections::BTreeSet;

pub(super) fn check(remarks: &mut Remarks<'_>) {
    let flow = remarks.flow;
    let mut told: BTreeSet<StepId> = BTreeSet::new();
    for index in 0..flow.steps.len() {
        let id = StepId(index);
        if told.contains(&id) {
            continue;
        }
        if let Some(circle) = circle(flow, id) {
            let names: Vec<&str> = circle
                .iter()
                .filter_map(|id| flow.step(*id))
                .map(|s| &*s.name)
                .collect();
            told.extend(circle.iter().copied());
            if let Some(step) = flow.step(id) {
                let message = format!(
                    "callers go in a circle: {} > {}",
                    names.join(" > "),
                    step.name
                );
                remarks.error(
                    &step.span,
                    message,
                    Some("lead one of these steps to a message or to a menu"),
                );
            }
        }
    }
}

/// A way from a step back to itself by exits that may take no time at all.
fn circle(flow: &Flow, from: StepId) -> Option<Vec<StepId>> {
    let mut seen = BTreeSet::new();
    let mut ways: Vec<Vec<StepId>> = vec![vec![from]];
    while let Some(way) = ways.pop() {
        for next in way
            .last()
            .and_then(|id| flow.step(*id))
            .map(|s| instant(flow, &s.kind))
            .unwrap_or_default()
        {
            if next == from {
                return Some(way);
            }
            if seen.insert(next) {
                let mut longer = way.clone();
                longer.push(next);
                ways.push(longer);
            }
        }
    }
    None
}

/// Exits without a key and without a wait: a prompt whose sound is missing is silent at once, phones that are not
/// registered fail at once. Only a question and the longest wait of a queue always take time.
fn instant(flow: &Flow, kind: &StepKind) -> Vec<StepId> {
    match kind {
        StepKind::Menu { .. } | StepKind::Language { .. } => match kind {
            // A language that is known is not asked again: then the step is passed at once.
            StepKind::Language { then, .. } => vec![*then],
            _ => Vec::new(),
        },
        StepKind::Queue { too_long, .. } => {
            let all = exits(flow, kind);
            all.into_iter()
                .filter(|(why, to)| why != "too long" || to != too_long)
                .map(|(_, to)| to)
                .collect()
        }
        _ => exits(flow, kind).into_iter().map(|(_, to)| to).collect(),
    }
}
