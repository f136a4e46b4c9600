//! Open or closed: the verdict of the schedule as a recorded decision and a next step.

use super::Session;
use super::turn::Turn;
use crate::act::Cause;
use crate::decision::Rule;
use crate::flow::{Branch, Flow, Service, StepId};
use crate::schedule::{Because, Verdict, verdict};
use std::sync::Arc;

/// What the hours say to a caller.
pub(super) enum Answer {
    Open,
    /// The step to go to; none when the flow forgot it.
    Closed(Option<StepId>),
}

/// A verdict in the words of a decision.
struct Told {
    rule: Rule,
    inputs: Vec<(&'static str, String)>,
    /// A step the reason itself asks for.
    step: Option<StepId>,
}

impl Session {
    /// Asks the hours of a service. `closed` is the step's own exit; `open` is only named in the record.
    pub(super) fn opening(
        &mut self,
        turn: &mut Turn<'_>,
        service: &Arc<str>,
        closed: Option<StepId>,
        open: Option<StepId>,
    ) -> Answer {
        let flow = self.flow.clone();
        let Some(service) = flow.services.get(service) else {
            return Answer::Open;
        };
        let verdict = verdict(&flow, service, turn.now, turn.situation);
        let is_open = verdict.branch == Branch::Open;
        let live = turn.situation.hours.get(&service.name);
        let hours = live.map_or(&*service.hours.label, String::as_str);
        let mut told = told(&flow, service, verdict, hours);
        let at = turn
            .now
            .with_timezone(&flow.zone)
            .format("%Y-%m-%dT%H:%M")
            .to_string();
        told.inputs
            .extend([("service", service.name.to_string()), ("at", at)]);
        let next = if is_open {
            open
        } else {
            told.step.or(closed).or(service.closed)
        };
        let result = match (next, is_open) {
            (Some(step), _) => flow.name(step),
            (None, true) => "on".into(),
            (None, false) => "end".into(),
        };
        let inputs: Vec<(&str, &str)> = told.inputs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        turn.decided(self.node(), told.rule, &inputs, &result);
        if is_open {
            return Answer::Open;
        }
        self.cause = Cause::Closed;
        Answer::Closed(next)
    }
}

fn told(flow: &Flow, service: &Service, verdict: Verdict, hours: &str) -> Told {
    let open = verdict.branch == Branch::Open;
    let hours = ("hours", hours.to_owned());
    match verdict.because {
        Because::Hours => Told {
            rule: if open { Rule::Open } else { Rule::Closed },
            inputs: vec![hours],
            step: None,
        },
        Because::Holiday { code, date } => Told {
            rule: if open {
                Rule::OpenHoliday
            } else {
                Rule::ClosedHoliday
            },
            inputs: vec![
                hours,
                ("holiday", code.to_string()),
                ("date", date.to_string()),
            ],
            step: service.holiday,
        },
        Because::Closure { name, step } => Told {
            rule: if open {
                Rule::OpenExceptionally
            } else {
                Rule::ClosedExceptionally
            },
            inputs: vec![("closure", name.to_string())],
            step: step.and_then(|s| flow.find(&s)),
        },
        Because::Unsure { problem } => {
            let branch = if open { "open" } else { "closed" };
            Told {
                rule: Rule::HoursUnsure,
                inputs: vec![hours, ("problem", problem), ("branch", branch.to_owned())],
                step: None,
            }
        }
    }
}
