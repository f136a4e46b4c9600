//! Runs the tests beside a flow and counts the steps they reach (IVR-5).

use super::{Case, End, Expect, Walk, simulate};
use crate::diagnostic::{Diagnostic, Severity};
use crate::flow::Flow;
use crate::lang::{Lang, Prompt};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// One test and what came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The test's name.
    pub name: Arc<str>,
    /// Each expectation that was not met, as a sentence; empty: passed.
    pub failures: Vec<String>,
    /// The walk.
    pub walk: Walk,
    /// Where the test stands, for a failed one.
    pub remark: Option<Diagnostic>,
}

/// All tests of a flow. `Display` prints it whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestReport {
    /// In the order of the file.
    pub outcomes: Vec<Outcome>,
    /// Steps no test passed through.
    pub never_reached: Vec<Arc<str>>,
    /// Steps of the flow.
    pub steps: usize,
}

/// Runs every `[[test]]` of a flow.
pub fn run_tests(flow: &Arc<Flow>) -> TestReport {
    let outcomes: Vec<Outcome> = flow.tests.iter().map(|case| run(flow, case)).collect();
    let reached: BTreeSet<&Arc<str>> = outcomes.iter().flat_map(|o| &o.walk.way).collect();
    let never_reached = flow
        .steps
        .iter()
        .map(|s| &s.name)
        .filter(|n| !reached.contains(n))
        .cloned()
        .collect();
    TestReport {
        never_reached,
        steps: flow.steps.len(),
        outcomes,
    }
}

impl TestReport {
    /// Whether every test passed.
    pub fn passed(&self) -> bool {
        self.outcomes.iter().all(|o| o.failures.is_empty())
    }
}

fn run(flow: &Arc<Flow>, case: &Case) -> Outcome {
    let walk = simulate(flow, case);
    let failures = differences(&case.expect, &walk);
    let remark = (!failures.is_empty()).then(|| {
        let message = format!("test \"{}\" failed: {}", case.name, failures.join("; "));
        flow.source
            .remark(Severity::Error, case.span.clone(), message, None)
    });
    Outcome {
        name: case.name.clone(),
        failures,
        walk,
        remark,
    }
}

fn differences(expect: &Expect, walk: &Walk) -> Vec<String> {
    let mut failures = Vec::new();
    if let Some(ends) = &expect.ends
        && walk.way.last() != Some(ends)
    {
        let at = walk.way.last().map_or("no step", |s| s);
        failures.push(format!("expected to end at {ends}, ended at {at}"));
    }
    if let Some(expected) = &expect.answered_by {
        match &walk.end {
            End::Answered { by } if by == expected => {}
            End::Answered { by } => {
                failures.push(format!("expected {expected} to answer, {by} did"))
            }
            _ => failures.push(format!("expected {expected} to answer, nobody did")),
        }
    }
    if expect.language.is_some() && expect.language != walk.language {
        let words = |l: Option<Lang>| l.map_or_else(|| "none".to_owned(), |l| l.to_string());
        failures.push(format!(
            "expected language {}, found {}",
            words(expect.language),
            words(walk.language)
        ));
    }
    if !expect.way.is_empty() && expect.way != walk.way {
        failures.push(format!(
            "expected the way {}, it was {}",
            expect.way.join(" > "),
            walk.way.join(" > ")
        ));
    }
    let heard = |wanted: &Arc<str>, prompt: &Prompt| {
        *wanted == prompt.name || **wanted == *prompt.to_string()
    };
    let mut prompts = walk.heard.iter();
    for wanted in &expect.hears {
        if !prompts.any(|p| heard(wanted, p)) {
            let all: Vec<String> = walk.heard.iter().map(Prompt::to_string).collect();
            failures.push(format!(
                "expected to hear {wanted}, heard {}",
                all.join(", ")
            ));
            break;
        }
    }
    for unwanted in &expect.never_hears {
        if walk.heard.iter().any(|p| heard(unwanted, p)) {
            failures.push(format!(
                "expected never to hear {unwanted}, but it was heard"
            ));
        }
    }
    let mut rules = walk.decisions.iter().map(|d| d.rule);
    for wanted in &expect.why {
        if !rules.any(|r| r == *wanted) {
            let all: Vec<&str> = walk.decisions.iter().map(|d| d.rule.code()).collect();
            failures.push(format!(
                "expected the decision {}, found {}",
                wanted.code(),
                all.join(", ")
            ));
            break;
        }
    }
    failures
}

impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in &self.outcomes {
            let mark = if outcome.failures.is_empty() {
                "ok    "
            } else {
                "FAILED"
            };
            writeln!(f, "{mark} {}", outcome.name)?;
            for failure in &outcome.failures {
                writeln!(f, "         {failure}")?;
            }
            if !outcome.failures.is_empty() {
                for decision in &outcome.walk.decisions {
                    writeln!(f, "         - {}", decision.sentence(Lang::EN))?;
                }
            }
        }
        let failed = self
            .outcomes
            .iter()
            .filter(|o| !o.failures.is_empty())
            .count();
        let reached = self.steps.saturating_sub(self.never_reached.len());
        writeln!(
            f,
            "{} tests, {failed} failed; {reached} of {} steps reached",
            self.outcomes.len(),
            self.steps
        )?;
        if !self.never_reached.is_empty() {
            writeln!(f, "never reached: {}", self.never_reached.join(", "))?;
        }
        Ok(())
    }
}
