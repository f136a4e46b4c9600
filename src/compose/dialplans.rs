//! Dialplans as the core gets them: read, checked, tried by their own tests, and named after their files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ivr::parse::suggest::nearest;
use ivr::{Diagnostic, Flow, Severity, Surroundings};

use super::{agreement, emergency, sounds};
use crate::config::{Config, Refusal};
use crate::embedded::DEMO_DIALPLAN;

/// The demo's dialplan, by name.
pub(crate) const DEMO: &str = "demo";

/// Checked dialplans by name.
pub(crate) type Flows = BTreeMap<String, Arc<Flow>>;

/// What becomes of a dialplan whose own test comes out otherwise than it says (IVR-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tests {
    /// It is refused: somebody is there who can mend it, and an older one is in force.
    Bind,
    /// It is told: a town that starts answers its telephones first.
    Warn,
}

/// All dialplans of a configuration, or why none is taken.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// By name.
    pub(crate) flows: Flows,
    /// Worth a look.
    pub(crate) warnings: Vec<Diagnostic>,
    mistakes: Vec<Diagnostic>,
}

/// Reads all dialplans of a configuration. Those of `before` whose text did not change stay the same.
///
/// # Errors
/// Every mistake, in them or between them and the configuration.
pub(crate) fn read(config: &Config, before: &Flows, tests: Tests) -> Result<Read, Refusal> {
    let mut read = Read::default();
    let (around, unusable) = surroundings(config);
    read.mistakes = unusable;
    read.mistakes
        .extend(agreement::languages(config, &around.library));
    let rules = (&around, before, tests);
    if config.is_demo() {
        read.take(DEMO, (DEMO_DIALPLAN, "demo.toml"), rules);
    }
    for (place, path) in config.dialplans.iter().enumerate() {
        let span = config.places.dialplans.get(place);
        let wrong = |message, expected| {
            let places = &config.places;
            places.remark(Severity::Error, span, message, expected)
        };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let (name, file) = (name(path), path.display().to_string());
                if read.flows.contains_key(&name) {
                    let two = format!("two dialplans are called {name}: {file}");
                    let expected = "each is called like its file, so give one another name";
                    read.mistakes.push(wrong(two, expected.to_owned()));
                }
                read.take(&name, (&text, &file), rules);
            }
            Err(why) => {
                let unreadable = format!("{} cannot be read: {why}", path.display());
                read.mistakes.push(wrong(unreadable, beside(path)));
            }
        }
    }
    // What is missing may be all that is wrong with a rule or a number.
    if read.mistakes.is_empty() {
        read.mistakes.extend(agreement::numbers(&read.flows));
        read.mistakes.extend(agreement::rules(config, &read.flows));
    }
    match read.mistakes.is_empty() {
        true => Ok(read),
        false => Err(Refusal::Mistakes(read.mistakes)),
    }
}

/// What a check of a dialplan looks at beside it, and a remark for each recording that cannot be used.
pub(crate) fn surroundings(config: &Config) -> (Surroundings, Vec<Diagnostic>) {
    let (library, unusable) = sounds::library(config.prompts.as_deref());
    let around = Surroundings {
        library,
        emergency: emergency::of(config.site.country, &config.emergency).numbers,
        country_code: emergency::country_code(config.site.country).to_owned(),
    };
    let (places, place) = (&config.places, &config.places.prompts);
    let remarks = unusable.into_iter().map(|what| {
        let expected = what.expected.to_owned();
        places.remark(Severity::Error, Some(place), what.message, expected)
    });
    (around, remarks.collect())
}

impl Read {
    fn take(
        &mut self,
        name: &str,
        (text, file): (&str, &str),
        (around, before, tests): (&Surroundings, &Flows, Tests),
    ) {
        match checked(text, file, around) {
            Ok((flow, warnings)) => {
                self.warnings.extend(warnings);
                let red = red(&flow);
                match tests {
                    Tests::Bind => self.mistakes.extend(red),
                    Tests::Warn => self.warnings.extend(red.into_iter().map(warning)),
                }
                let same = before
                    .get(name)
                    .filter(|old| old.source.text == flow.source.text);
                let flow = same.map_or(flow, Arc::clone);
                self.flows.insert(name.to_owned(), flow);
            }
            Err(mistakes) => self.mistakes.extend(mistakes),
        }
    }
}

/// A dialplan that may answer a telephone, with what is worth saying about it; or every mistake. Its tests are not taken.
pub(crate) fn checked(
    text: &str,
    file: &str,
    around: &Surroundings,
) -> Result<(Arc<Flow>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let flow = ivr::parse(text, file)?;
    let remarks = ivr::check(&flow, around);
    if ivr::check::refused(&remarks) {
        return Err(remarks);
    }
    Ok((Arc::new(flow), remarks))
}

/// The tests of a dialplan that come out otherwise than they say: which, what was expected, and what came.
pub(crate) fn red(flow: &Arc<Flow>) -> Vec<Diagnostic> {
    let outcomes = ivr::run_tests(flow).outcomes.into_iter();
    let expected = |test: Diagnostic| Diagnostic {
        suggestion: Some("`centrale dialplan test` shows its decisions".to_owned()),
        ..test
    };
    outcomes
        .filter_map(|outcome| outcome.remark)
        .map(expected)
        .collect()
}

fn warning(error: Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        ..error
    }
}

/// What was probably meant by a path that cannot be read.
fn beside(path: &Path) -> String {
    let directory = path.parent().unwrap_or(Path::new(""));
    let here = match directory.as_os_str().is_empty() {
        true => Path::new("."),
        false => directory,
    };
    let files = std::fs::read_dir(here).into_iter().flatten().flatten();
    let names: Vec<String> = files
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .filter(|file| file.ends_with(".toml"))
        .collect();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) if *near != *wanted => {
            format!("did you mean `{}`?", directory.join(near).display())
        }
        _ => "expected the path of a dialplan, seen from this file's own directory".to_owned(),
    }
}

/// A dialplan is called like its file.
fn name(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
