//! Services and closures: a closed one must lead somewhere, overlapping closures must say which one wins.

use super::Remarks;
use crate::flow::{PlannedClosure, StepKind};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn check(remarks: &mut Remarks<'_>) {
    fallbacks(remarks);
    closures(remarks);
    for service in remarks.flow.services.values() {
        if let Some(lost) = service.hours.replaced() {
            let message = format!(
                "in the hours of {} a later rule replaces {lost}",
                service.name
            );
            remarks.warn(
                &service.span,
                message,
                Some("write a comma instead of the semicolon to add hours"),
            );
        }
    }
}

/// Every service that callers are sent to and that can be closed has a step for it.
fn fallbacks(remarks: &mut Remarks<'_>) {
    let flow = remarks.flow;
    let mut used: BTreeSet<&Arc<str>> = BTreeSet::new();
    for step in &flow.steps {
        match &step.kind {
            StepKind::Ring {
                service: Some(service),
                ..
            }
            | StepKind::Queue {
                service: Some(service),
                ..
            } => {
                used.insert(service);
            }
            StepKind::Hours {
                service,
                closed: None,
                ..
            } => {
                used.insert(service);
            }
            _ => {}
        }
    }
    for service in flow.services.values() {
        // Even one that is always open can be closed by a live closure.
        if service.closed.is_none() && used.contains(&service.name) {
            let message = format!(
                "callers of {} have nowhere to go when it is closed",
                service.name
            );
            remarks.error(&service.span, message, Some("name a step: closed = \"…\""));
        }
        if !used.contains(&service.name)
            && !flow.steps.iter().any(|s| names(&s.kind, &service.name))
        {
            remarks.warn(
                &service.span,
                format!("no step uses the service {}", service.name),
                None,
            );
        }
    }
}

fn names(kind: &StepKind, service: &Arc<str>) -> bool {
    matches!(kind, StepKind::Hours { service: s, .. } if s == service)
}

/// Two closures that rule the same moment of the same service differently, with the same priority.
fn closures(remarks: &mut Remarks<'_>) {
    let all = &remarks.flow.closures;
    for (index, second) in all.iter().enumerate() {
        for first in all
            .iter()
            .take(index)
            .filter(|first| quarrel(first, second))
        {
            let message = format!(
                "`{}` and `{}` overlap and neither has priority",
                first.closure.name, second.closure.name
            );
            remarks.error(
                &second.span,
                message,
                Some("give one of them a higher `priority`"),
            );
        }
    }
}

fn quarrel(a: &PlannedClosure, b: &PlannedClosure) -> bool {
    let (a, b) = (&a.closure, &b.closure);
    let together = a.services.is_empty()
        || b.services.is_empty()
        || a.services.iter().any(|s| b.services.contains(s));
    let same = a.open == b.open && a.step == b.step;
    a.priority == b.priority && a.from < b.to && b.from < a.to && together && !same
}
