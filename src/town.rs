//! The program behind the shell: sounds, reloading, and what the control socket is asked.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use call::snapshot::{Listener, Snapshot};
use console::Web;
use directory::Directory;
use media::SoundId;
use server::{Program, Reloaded};
use tokio::runtime::Handle;

use crate::compose::agreement;
use crate::compose::dialplans::{self, Flows, Tests};
use crate::compose::snapshot::{Parts, compose};
use crate::compose::sounds;
use crate::config::{self, Config, Refusal};
use crate::demo;

/// Where the configuration comes from, now and at every reload.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Nobody configured anything.
    Demo {
        /// Where SIP is heard.
        listen: SocketAddr,
        /// Where the console is.
        console: SocketAddr,
        /// The data directory, when it is not the usual one.
        data: Option<PathBuf>,
    },
    /// A file.
    File(PathBuf),
}

impl Origin {
    /// Reads the configuration; an error is the whole refusal, in sentences.
    pub(crate) fn read(&self) -> Result<Config, Refusal> {
        match self {
            Origin::Demo {
                listen,
                console,
                data,
            } => demo::config(*listen, *console, data.clone()),
            Origin::File(path) => config::load(path),
        }
    }
}

/// The running town.
pub(crate) struct Town {
    origin: Origin,
    directory: Directory,
    runtime: Handle,
    listeners: Vec<Listener>,
    calls: usize,
    /// The configuration that the process began with: what it bound and opened stays so until it ends.
    began: Config,
    current: Mutex<Current>,
    web: OnceLock<Web>,
    composed: Mutex<Composed>,
}

/// What is in force.
struct Current {
    config: Config,
    flows: Flows,
}

/// What the core was given last, for whoever shows it.
#[derive(Clone, Default)]
pub(crate) struct Composed {
    /// Counts the times.
    pub(crate) generation: u64,
    /// All of it; none before the first time.
    pub(crate) snapshot: Option<Snapshot>,
}

impl Town {
    /// A town that begins with this configuration and these dialplans.
    pub(crate) fn new(
        origin: Origin,
        (config, flows): (Config, Flows),
        (directory, runtime): (Directory, Handle),
        (listeners, calls): (Vec<Listener>, usize),
    ) -> Town {
        Town {
            origin,
            directory,
            runtime,
            listeners,
            calls,
            began: config.clone(),
            current: Mutex::new(Current { config, flows }),
            web: OnceLock::new(),
            composed: Mutex::default(),
        }
    }

    /// Everything the core reads, from the newest rows.
    pub(crate) fn snapshot(&self, config: &Config, flows: &Flows) -> Result<Snapshot, String> {
        Ok(self.composed_of(config, flows, &self.rows()?))
    }

    /// The newest rows.
    pub(crate) fn rows(&self) -> Result<directory::Snapshot, String> {
        let rows = self.runtime.block_on(self.directory.snapshot());
        rows.map_err(|why| why.to_string())
    }

    /// Everything the core reads, from these rows.
    pub(crate) fn composed_of(
        &self,
        config: &Config,
        flows: &Flows,
        rows: &directory::Snapshot,
    ) -> Snapshot {
        let parts = Parts {
            rows,
            flows,
            listeners: &self.listeners,
            calls: self.calls,
        };
        let snapshot = compose(config, &parts);
        let mut composed = self.kept();
        composed.generation += 1;
        composed.snapshot = Some(snapshot.clone());
        snapshot
    }

    /// The same configuration and dialplans with the newest rows.
    pub(crate) fn renewed(&self) -> Result<Snapshot, String> {
        let (config, flows) = {
            let current = self.current();
            (current.config.clone(), current.flows.clone())
        };
        self.snapshot(&config, &flows)
    }

    /// What the core was given last.
    pub(crate) fn composed(&self) -> Composed {
        self.kept().clone()
    }

    fn kept(&self) -> MutexGuard<'_, Composed> {
        self.composed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The web side that belongs to it.
    pub(crate) fn opened(&self, web: Web) {
        // A town has one, for the life of the process.
        let _ = self.web.set(web);
    }

    /// Ends its web side, when it has one.
    pub(crate) fn close(&self) {
        if let Some(web) = self.web.get() {
            web.end();
        }
    }

    fn restart_web(&self) -> Result<String, String> {
        let web = self.web.get().ok_or(
            "this town has no console: write [console] into centrale.toml and start again",
        )?;
        web.restart()?;
        let addresses: Vec<String> = web.addresses().iter().map(ToString::to_string).collect();
        Ok(format!(
            "the console is up again on {}\n",
            addresses.join(", ")
        ))
    }

    fn read_again(&self) -> Result<(Reloaded, Vec<String>), Refusal> {
        let config = self.origin.read()?;
        let before = self.current().flows.clone();
        let mut read = dialplans::read(&config, &before, Tests::Bind)?;
        let rows = self.rows().map_err(Refusal::Plain)?;
        let warnings = agreement::warnings(&config, &read.flows, Some(&rows));
        read.warnings.extend(warnings);
        let snapshot = self.composed_of(&config, &read.flows, &rows);
        let mut facts = accepted(&snapshot, &read, &before);
        facts.extend(fixed(&self.began, &config));
        let mut said = facts.join("\n");
        for warning in &read.warnings {
            facts.push(warning.in_one_line());
            let _ = write!(said, "\n\n{warning}");
        }
        said.push('\n');
        *self.current() = Current {
            config,
            flows: read.flows,
        };
        Ok((Reloaded { snapshot, said }, facts))
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Program for Town {
    fn sound(&self, sound: &SoundId) -> Option<Cow<'static, [u8]>> {
        let own = self.current().config.prompts.clone();
        sounds::bytes(own.as_deref(), sound.as_str())
    }

    fn reload(&self) -> Result<Reloaded, String> {
        match self.read_again() {
            Ok((reloaded, facts)) => {
                for fact in facts {
                    tracing::info!(kind = "reload", "configuration read again: {fact}");
                }
                Ok(reloaded)
            }
            Err(refusal) => {
                for fact in refusal.lines() {
                    tracing::error!(kind = "reload", "the old configuration stays: {fact}");
                }
                Err(refusal.to_string())
            }
        }
    }

    fn control(&self, request: &str, handle: &server::Handle) -> String {
        match request {
            "reload" => match handle.reload() {
                Ok(said) => format!("accepted\n{said}"),
                Err(why) => format!("refused\n{why}"),
            },
            // Asked by a command line that finds more than one exchange, or one whose data lies elsewhere by now.
            "configuration" => match &self.origin {
                Origin::File(file) => format!("accepted\n{}", absolute(file).display()),
                Origin::Demo { .. } => "accepted\n".to_owned(),
            },
            "status" => status(handle),
            "web restart" => match self.restart_web() {
                Ok(said) => format!("accepted\n{said}"),
                Err(why) => format!("refused\n{why}"),
            },
            other => format!("refused\nunknown request {other:?}"),
        }
    }
}

/// What a reload took, one fact a line.
fn accepted(snapshot: &Snapshot, read: &dialplans::Read, before: &Flows) -> Vec<String> {
    let mut facts = Vec::new();
    for (name, flow) in &read.flows {
        let how = match before.get(name) {
            None => "new",
            Some(old) if old.source.text == flow.source.text => "unchanged",
            Some(_) => "changed, for calls from now on",
        };
        facts.push(format!("dialplan {name}: {how}"));
    }
    for gone in before.keys().filter(|name| !read.flows.contains_key(*name)) {
        facts.push(format!("dialplan {gone}: gone, calls that are in it go on"));
    }
    facts.push(format!(
        "{}, {}, {}, {}",
        counted(snapshot.accounts.len(), "account"),
        counted(snapshot.numbers.len(), "number"),
        counted(snapshot.trunks.len(), "trunk"),
        counted(snapshot.rules.len(), "dial rule")
    ));
    facts
}

/// So many of something, for people.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

/// The sections that hold for the life of a process and are other ones than those it runs with.
fn fixed(began: &Config, new: &Config) -> Vec<String> {
    let heard = |config: &Config| {
        let all = config.listeners.iter();
        all.map(|l| (l.transport, l.local, l.advertised))
            .collect::<Vec<_>>()
    };
    let places = |media: &config::Media| (media.address, media.ports.clone(), media.workers);
    let shown = |config: &Config| {
        let site = config.site.clone();
        (site.name, site.number, site.country, site.languages)
    };
    let data = |config: &Config| absolute(&config.data);
    let what_runs = "the old one runs until then";
    let sections = [
        ("[listen]", what_runs, heard(began) != heard(new)),
        ("[console]", what_runs, began.console != new.console),
        (
            "[media]",
            "the old address, ports and workers run until then",
            places(&began.media) != places(&new.media),
        ),
        ("[data]", what_runs, data(began) != data(new)),
        (
            "[site]",
            "calls go by it now, the console shows the old one until then",
            began.console.is_some() && shown(began) != shown(new),
        ),
    ];
    let changed = sections.into_iter().filter(|(.., differs)| *differs);
    changed
        .map(|(section, meanwhile, _)| {
            format!("{section} is not the one that runs: that takes a restart, {meanwhile}")
        })
        .collect()
}

/// A path from the root on, whatever directory the process began in.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn status(handle: &server::Handle) -> String {
    match handle.status() {
        Ok(status) => {
            let core = status.core;
            let ending = if status.ending { ", ending" } else { "" };
            format!(
                "accepted\n{} calls, {} legs, {} registered contacts, {} connections{ending}",
                core.calls, core.legs, core.bindings, status.connections
            )
        }
        Err(why) => format!("refused\n{why}"),
    }
}
