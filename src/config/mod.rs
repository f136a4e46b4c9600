//! The configuration of a town: `centrale.toml`, one file for each section, refused whole when anything in it is wrong.

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
use ivr::diagnostic::Source;
use ivr::parse::read_toml;
use ivr::parse::table::{Report, Table};

pub(crate) use console::{ADDRESS as CONSOLE, Console};
pub(crate) use data::DIRECTORY as DATA_DIRECTORY;
pub(crate) use emergency::Emergency;
pub(crate) use limits::Limits;
pub(crate) use listen::listener;
pub(crate) use media::{CODECS, Media, PORTS};
pub(crate) use refusal::Refusal;
pub(crate) use site::{Site, default_languages};

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
    let site = root.table("site", report);
    let site = match site {
        Some(table) => site::read(table, report),
        None => {
            root.missing(
                "site",
                "write [site] with name, number and country; `centrale init` writes a whole file",
                report,
            );
            None
        }
    };
    let listeners = listen::read(&mut root, report);
    let console = console::read(&mut root, here, report);
    let media = media::read(&mut root, listeners.as_deref(), report);
    let trunks = trunk::read(&mut root, report);
    let rules = dial::read(&mut root, &trunks, report);
    let data = data::read(&mut root, here, report);
    let limits = limits::read(&mut root, report);
    let country = site.as_ref().map_or(Country::Be, |site| site.country);
    let emergency = emergency::read(&mut root, country, report);
    let dialplans = value::paths(&mut root, "dialplans", here, report);
    if dialplans.is_empty() {
        root.missing(
            "dialplans",
            "write dialplans = [\"dialplans/town.toml\"] above the first section",
            report,
        );
    }
    let prompts = value::path(&mut root, "prompts", here, report);
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
        prompts,
        limits: limits?,
        emergency,
    })
}

#[cfg(test)]
mod tests;
