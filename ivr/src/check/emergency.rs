//! No rule of a dialplan may catch an emergency number, and none may call one.

use super::{Remarks, Surroundings};
use crate::flow::StepKind;

pub(super) fn check(remarks: &mut Remarks<'_>, around: &Surroundings) {
    let flow = remarks.flow;
    let spellings: Vec<(&str, Vec<String>)> = around
        .emergency
        .iter()
        .map(|number| (number.as_str(), spellings(number, &around.country_code)))
        .collect();
    for number in &flow.numbers {
        let caught = spellings
            .iter()
            .find(|(_, all)| all.iter().any(|dialled| number.matches(dialled)));
        if let Some((emergency, _)) = caught {
            let message = format!(
                "`{}` could catch the emergency number {emergency}",
                number.pattern
            );
            remarks.error(
                &number.span,
                message,
                Some("write the whole number, or a longer beginning"),
            );
        }
    }
    for step in &flow.steps {
        let called: Vec<&str> = match &step.kind {
            StepKind::Ring { targets, .. } | StepKind::Queue { targets, .. } => {
                targets.iter().map(String::as_str).collect()
            }
            StepKind::External { number, .. } => vec![number],
            _ => Vec::new(),
        };
        for target in called {
            if spellings
                .iter()
                .any(|(_, all)| all.iter().any(|dialled| dialled == target))
            {
                let message = format!(
                    "{} sends callers to the emergency number {target}",
                    step.name
                );
                remarks.error(
                    &step.span,
                    message,
                    Some("say in a message that the caller must dial it"),
                );
            }
        }
    }
}

/// As people dial it: alone, after an outside-line 0 or 9, national, and with the country's code.
fn spellings(number: &str, country: &str) -> Vec<String> {
    let mut all: Vec<String> = ["", "0", "9", "00", "+"]
        .iter()
        .map(|before| format!("{before}{number}"))
        .collect();
    if !country.is_empty() {
        all.extend(
            ["+", "00", "000", "900"]
                .iter()
                .map(|before| format!("{before}{country}{number}")),
        );
    }
    all
}
