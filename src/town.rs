//! The program behind the shell: sounds, reloading, and what the control socket is asked.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use call::snapshot::{Listener, Snapshot};
use console::Web;
use directory::Directory;
use media::SoundId;
use server::{Program, Reloaded};
use tokio::runtime::Handle;

use crate::compose::dialplans::{self, Flows};
use crate::compose::snapshot::{Parts, compose};
use crate::compose::sounds;
use crate::config::{self, Config};
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
    pub(crate) fn read(&self) -> Result<Config, String> {
        match self {
            Origin::Demo {
                listen,
                console,
                data,
            } => demo::config(*listen, *console, data.clone()),
            Origin::File(path) => config::load(path).map_err(|why| why.to_string()),
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
            current: Mutex::new(Current { config, flows }),
            web: OnceLock::new(),
            composed: Mutex::default(),
        }
    }

    /// Everything the core reads, from the newest rows.
    pub(crate) fn snapshot(&self, config: &Config, flows: &Flows) -> Result<Snapshot, String> {
        let rows = self
            .runtime
            .block_on(self.directory.snapshot())
            .map_err(|why| why.to_string())?;
        let parts = Parts {
            rows: &rows,
            flows,
            listeners: &self.listeners,
            calls: self.calls,
        };
        let snapshot = compose(config, &parts);
        let mut composed = self.kept();
        composed.generation += 1;
        composed.snapshot = Some(snapshot.clone());
        Ok(snapshot)
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
        let config = self.origin.read()?;
        let before = self.current().flows.clone();
        let read = dialplans::read(&config, &before);
        if !read.mistakes.is_empty() {
            return Err(read.mistakes.join("\n\n"));
        }
        let snapshot = self.snapshot(&config, &read.flows)?;
        let mut current = self.current();
        let said = accepted(&snapshot, &current, &config, &read, &before);
        *current = Current {
            config,
            flows: read.flows,
        };
        Ok(Reloaded { snapshot, said })
    }

    fn control(&self, request: &str, handle: &server::Handle) -> String {
        match request {
            "reload" => match handle.reload() {
                Ok(said) => format!("accepted\n{said}"),
                Err(why) => format!("refused\n{why}"),
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

/// What a reload took, for people.
fn accepted(
    snapshot: &Snapshot,
    current: &Current,
    config: &Config,
    read: &dialplans::Read,
    before: &Flows,
) -> String {
    let mut said = String::new();
    for (name, flow) in &read.flows {
        let how = match before.get(name) {
            None => "new",
            Some(old) if old.source.text == flow.source.text => "unchanged",
            Some(_) => "changed, for calls from now on",
        };
        let _ = writeln!(said, "dialplan {name}: {how}");
    }
    for gone in before.keys().filter(|name| !read.flows.contains_key(*name)) {
        let _ = writeln!(said, "dialplan {gone}: gone, calls that are in it go on");
    }
    let _ = writeln!(
        said,
        "{}, {}, {}, {}",
        counted(snapshot.accounts.len(), "account"),
        counted(snapshot.numbers.len(), "number"),
        counted(snapshot.trunks.len(), "trunk"),
        counted(snapshot.rules.len(), "dial rule")
    );
    for section in fixed(&current.config, config) {
        let _ = writeln!(
            said,
            "{section} changed: that takes a restart, the old one stays until then"
        );
    }
    for warning in &read.warnings {
        let _ = writeln!(said, "{warning}");
    }
    said
}

/// So many of something, for people.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}

/// The sections that hold for the life of a process and differ.
fn fixed(old: &Config, new: &Config) -> Vec<&'static str> {
    let places = |media: &config::Media| (media.address, media.ports.clone(), media.workers);
    [
        ("[listen]", old.listeners != new.listeners),
        ("[console]", old.console != new.console),
        ("[media]", places(&old.media) != places(&new.media)),
        ("[data]", old.data != new.data),
    ]
    .into_iter()
    .filter_map(|(section, differs)| differs.then_some(section))
    .collect()
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
