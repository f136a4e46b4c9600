//! Dialplans as the core gets them: read, checked and named after their files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use call::snapshot::RuleTarget;
use ivr::{Diagnostic, Flow, Surroundings};

use super::{emergency, sounds};
use crate::config::Config;
use crate::embedded::DEMO_DIALPLAN;

/// The demo's dialplan, by name.
pub(crate) const DEMO: &str = "demo";

/// Checked dialplans by name.
pub(crate) type Flows = BTreeMap<String, Arc<Flow>>;

/// What reading gave: all dialplans or none, and what is worth saying.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// By name; empty when there are `mistakes`.
    pub(crate) flows: Flows,
    /// Why they are refused.
    pub(crate) mistakes: Vec<String>,
    /// Worth a look.
    pub(crate) warnings: Vec<String>,
}

/// Reads all dialplans of a configuration. Those of `before` whose text did not change stay the same.
pub(crate) fn read(config: &Config, before: &Flows) -> Read {
    let mut read = Read::default();
    let (around, unusable) = surroundings(config);
    read.mistakes = unusable;
    if config.is_demo() {
        read.take(DEMO, DEMO_DIALPLAN, "demo.toml", &around, before);
    }
    for path in &config.dialplans {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let (name, file) = (name(path), path.display().to_string());
                if read.flows.contains_key(&name) {
                    let two = format!("two dialplans are called {name}: {file}");
                    read.mistakes.push(two);
                }
                read.take(&name, &text, &file, &around, before);
            }
            Err(why) => {
                let unreadable = format!("{} cannot be read: {why}", path.display());
                read.mistakes.push(unreadable);
            }
        }
    }
    read.rules(config);
    if !read.mistakes.is_empty() {
        read.flows.clear();
    }
    read
}

/// What a check of a dialplan looks at beside it, and a sentence for each recording that cannot be used.
pub(crate) fn surroundings(config: &Config) -> (Surroundings, Vec<String>) {
    let (library, unusable) = sounds::library(config.prompts.as_deref());
    let around = Surroundings {
        library,
        emergency: emergency::of(config.site.country, &config.emergency).numbers,
        country_code: emergency::country_code(config.site.country).to_owned(),
    };
    (around, unusable)
}

impl Read {
    fn take(&mut self, name: &str, text: &str, file: &str, around: &Surroundings, before: &Flows) {
        match checked(text, file, around) {
            Ok((flow, warnings)) => {
                self.warnings
                    .extend(warnings.iter().map(ToString::to_string));
                let same = before
                    .get(name)
                    .filter(|old| old.source.text == flow.source.text);
                let flow = same.map_or_else(|| Arc::new(flow), Arc::clone);
                self.flows.insert(name.to_owned(), flow);
            }
            Err(mistakes) => self
                .mistakes
                .extend(mistakes.iter().map(ToString::to_string)),
        }
    }

    /// A dial rule may only lead to a dialplan that is there. Said only when nothing else is wrong.
    fn rules(&mut self, config: &Config) {
        for rule in &config.rules {
            if let RuleTarget::Flow(name) = &rule.target
                && self.mistakes.is_empty()
                && !self.flows.contains_key(name)
            {
                self.mistakes.push(format!(
                    "the dial rule {} leads to the dialplan `{name}`, which is not among `dialplans`",
                    rule.pattern
                ));
            }
        }
    }
}

/// A dialplan that may answer a telephone, with what is worth saying about it; or every mistake.
pub(crate) fn checked(
    text: &str,
    file: &str,
    around: &Surroundings,
) -> Result<(Flow, Vec<Diagnostic>), Vec<Diagnostic>> {
    let flow = ivr::parse(text, file)?;
    let remarks = ivr::check(&flow, around);
    if ivr::check::refused(&remarks) {
        return Err(remarks);
    }
    Ok((flow, remarks))
}

/// A dialplan is called like its file.
fn name(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
