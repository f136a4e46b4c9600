//! Open or closed: the verdict of the schedule as a recorded decision and a next step.

use super::Session;
use super::turn::Turn;
use crate::act::Cause;
use crate::decision::Rule;
use crate::flow::{Branch, StepId};
use crate::schedule::{Because, verdict};
use std::sync::Arc;

/// What the hours say to a caller.
pub(super) enum Answer {
    Open,
    /// The step to go to; none when the flow forgot it.
    Closed(Option<StepId>),
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
        let at = turn
            .now
            .with_timezone(&flow.zone)
            .format("%Y-%m-%dT%H:%M")
            .to_string();
        let live = turn.situation.hours.get(&service.name);
        let hours = live.map_or(&*service.hours.label, String::as_str);
        let is_open = verdict.branch == Branch::Open;
        let mut inputs = vec![("service", service.name.to_string())];
        let mut own = closed.or(service.closed);
        let rule = match verdict.because {
            Because::Hours => {
                inputs.push(("hours", hours.to_owned()));
                if is_open { Rule::Open } else { Rule::Closed }
            }
            Because::Holiday { code, date } => {
                inputs.extend([
                    ("hours", hours.to_owned()),
                    ("holiday", code.to_string()),
                    ("date", date.to_string()),
                ]);
                own = service.holiday.or(own);
                if is_open {
                    Rule::OpenHoliday
                } else {
                    Rule::ClosedHoliday
                }
            }
            Because::Closure { name, step } => {
                inputs.push(("closure", name.to_string()));
                own = step.and_then(|s| flow.find(&s)).or(own);
                if is_open {
                    Rule::OpenExceptionally
                } else {
                    Rule::ClosedExceptionally
                }
            }
            Because::Unsure { problem } => {
                let branch = if is_open { "open" } else { "closed" };
                inputs.extend([
                    ("hours", hours.to_owned()),
                    ("problem", problem),
                    ("branch", branch.to_owned()),
                ]);
                Rule::HoursUnsure
            }
        };
        inputs.push(("at", at));
        let inputs: Vec<(&str, &str)> = inputs.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let next = if is_open { open } else { own };
        let result = match (next, is_open) {
            (Some(step), _) => flow.name(step),
            (None, true) => "on".into(),
            (None, false) => "end".into(),
        };
        turn.decided(self.node(), rule, &inputs, &result);
        if is_open {
            return Answer::Open;
        }
        self.cause = Cause::Closed;
        Answer::Closed(own)
    }
}
