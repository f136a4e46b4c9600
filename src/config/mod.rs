//! The configuration of a town: `centrale.toml`, one file for each section, refused whole when anything in it is wrong.

mod advertised;
mod console;
mod data;
mod dial;
mod emergency;
mod limits;
mod listen;
mod media;
mod refusal;
mod site;
mod trunk;
mod value;

use std::path::{Path, PathBuf};

use call::snapshot::{Country, Listener, Rule, Trunk};
use ivr::diagnostic::{Source, Span};
use ivr::parse::read_toml;
use ivr::parse::table::{Report, Table};
use ivr::{Diagnostic, Severity};

pub(crate) use console::{ADDRESS as CONSOLE, Console};
pub(crate) use data::DIRECTORY as DATA_DIRECTORY;
pub(crate) use emergency::Emergency;
pub(crate) use limits::Limits;
pub(crate) use listen::listener;
pub(crate) use media::{CODECS, Media, PORTS};
pub(crate) use refusal::Refusal;
pub(crate) use site::{Site, country_code, default_languages};

/// The name looked for in the working directory.
pub(crate) const FILE: &str = "centrale.toml";

/// Everything that the program is told from outside.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The file it came from; none in demo mode.
    pub(crate) file: Option<PathBuf>,
    /// SIP listeners.
    pub(crate) listeners: Vec<Listener>,
    /// The reception desk; none: no console.
    pub(crate) console: Option<Console>,
    /// Sound.
    pub(crate) media: Media,
    /// Who and where we are.
    pub(crate) site: Site,
    /// Operators' lines, in order of preference.
    pub(crate) trunks: Vec<Trunk>,
    /// Dial rules, first match wins.
    pub(crate) rules: Vec<Rule>,
    /// The data directory.
    pub(crate) data: PathBuf,
    /// Dialplan files; none means the demo's.
    pub(crate) dialplans: Vec<PathBuf>,
    /// The town's own recordings.
    pub(crate) prompts: Option<PathBuf>,
    /// Bounds.
    pub(crate) limits: Limits,
    /// What a town says about emergency calls.
    pub(crate) emergency: Emergency,
    /// Where it says what only shows wrong beside it.
    pub(crate) places: Places,
}

/// Places in the file, for what is looked at together with dialplans, recordings and accounts. Demo mode has none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    source: Option<Source>,
    /// The site's number.
    pub(crate) number: Span,
    /// Each of the site's languages.
    pub(crate) languages: Vec<Span>,
    /// Each dialplan's path.
    pub(crate) dialplans: Vec<Span>,
    /// The path of the recordings.
    pub(crate) prompts: Span,
    /// What each dial rule leads to.
    pub(crate) rules: Vec<Span>,
}

impl Places {
    /// A remark about a place; the first of the file when there is none.
    pub(crate) fn remark(
        &self,
        severity: Severity,
        place: Option<&Span>,
        message: String,
        expected: String,
    ) -> Diagnostic {
        let nowhere = || Source {
            file: FILE.into(),
            text: "".into(),
        };
        let source = self.source.clone().unwrap_or_else(nowhere);
        source.remark(
            severity,
            place.cloned().unwrap_or_default(),
            message,
            Some(expected),
        )
    }
}

impl Config {
    /// Demo mode: no file, public passwords, loopback only.
    pub(crate) fn is_demo(&self) -> bool {
        self.file.is_none()
    }

    /// The control socket of a program that runs on this data directory.
    pub(crate) fn control(&self) -> PathBuf {
        self.data.join("control")
    }
}

/// Reads a configuration file.
pub(crate) fn load(path: &Path) -> Result<Config, Refusal> {
    let text = std::fs::read_to_string(path).map_err(|why| Refusal::Unreadable {
        file: path.to_owned(),
        why,
    })?;
    parse(&text, path)
}

/// Reads the text of a configuration; relative paths in it start at the file's own directory.
pub(crate) fn parse(text: &str, path: &Path) -> Result<Config, Refusal> {
    let source = Source {
        file: path.display().to_string().into(),
        text: text.into(),
    };
    let root = read_toml(&source).map_err(Refusal::Mistakes)?;
    let mut report = Report {
        source: &source,
        found: Vec::new(),
    };
    let config = read(
        Table::new(&root, 0..0, "the configuration"),
        path,
        &mut report,
    );
    let mut found = report.found;
    match config {
        Some(config) if found.is_empty() => Ok(config),
        _ => {
            found.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
            Err(Refusal::Mistakes(found))
        }
    }
}

/// Every section is read, so that all mistakes are told at once.
fn read(mut root: Table<'_>, path: &Path, report: &mut Report<'_>) -> Option<Config> {
    let here = path.parent().unwrap_or(Path::new(""));
    let mut places = Places {
        source: Some(report.source.clone()),
        ..Places::default()
    };
    let site = match root.table("site", report) {
        Some(table) => site::read(table, &mut places, report),
        None => {
            root.missing(
                "site",
                "write [site] with name, number and country; `centrale init` writes a whole file",
                report,
            );
            None
        }
    };
    let mut listeners = listen::read(&mut root, report);
    let console = console::read(&mut root, here, report);
    let media = media::read(&mut root, listeners.as_deref_mut(), report);
    let trunks = trunk::read(&mut root, listeners.as_deref(), report);
    let (rules, targets) = dial::read(&mut root, &trunks, report);
    places.rules = targets;
    let data = data::read(&mut root, here, report);
    let limits = limits::read(&mut root, report);
    let country = site.as_ref().map_or(Country::Be, |site| site.country);
    let emergency = emergency::read(&mut root, country, report);
    let (dialplans, spans) = dialplans(&mut root, here, report);
    places.dialplans = spans;
    let prompts = root.text("prompts", "prompts", report);
    places.prompts = prompts
        .as_ref()
        .map(|word| word.span.clone())
        .unwrap_or_default();
    root.finish(report);
    Some(Config {
        file: Some(path.to_owned()),
        listeners: listeners?,
        console,
        media: media?,
        site: site?,
        trunks,
        rules,
        data: data?,
        dialplans,
        prompts: prompts.map(|word| here.join(word.text)),
        limits: limits?,
        emergency,
        places,
    })
}

/// Paths, relative to the configuration's directory, and where they stand.
fn dialplans(
    root: &mut Table<'_>,
    here: &Path,
    report: &mut Report<'_>,
) -> (Vec<PathBuf>, Vec<Span>) {
    let expected = "write dialplans = [\"dialplans/town.toml\"] above the first section";
    match root.value("dialplans") {
        None => root.missing("dialplans", expected, report),
        Some(value)
            if value
                .get_ref()
                .as_array()
                .is_some_and(|list| list.is_empty()) =>
        {
            let message = "`dialplans` is an empty list: nobody could be answered";
            report.error(value.span(), message, Some(expected.to_owned()));
        }
        Some(_) => {}
    }
    let words = root.words("dialplans", report).into_iter();
    words.map(|word| (here.join(word.text), word.span)).unzip()
}

#[cfg(test)]
mod tests;
