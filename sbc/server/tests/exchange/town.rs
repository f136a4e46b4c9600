//! A town of one trunk, with a shell of its own per test.

use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use call::Entry;
use call::journal::Fact;
use call::snapshot::{
    AddressRange, CalledFrom, Country, Emergency, Habits, Listener, NumberFormat, Settings,
    Snapshot, Trunk,
};
use media::{Codec, SoundId};
use server::{Handle, JournalSink, Program, Reloaded, Server, ShellConfig, Start};
use sip::Transport;

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Keeps what was journalled.
#[derive(Default)]
pub(crate) struct Pages {
    entries: Mutex<Vec<Entry>>,
    synced: Mutex<usize>,
}

impl JournalSink for Pages {
    fn append(&self, entries: &[Entry]) -> io::Result<()> {
        self.entries.lock().unwrap().extend_from_slice(entries);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        *self.synced.lock().unwrap() = self.entries.lock().unwrap().len();
        Ok(())
    }
}

impl Pages {
    pub(crate) fn facts(&self) -> Vec<Fact> {
        let entries = self.entries.lock().unwrap();
        entries.iter().map(|entry| entry.fact.clone()).collect()
    }

    pub(crate) fn synced(&self) -> usize {
        *self.synced.lock().unwrap()
    }
}

/// The program behind the shell: no sounds, and a reload that a test prepares.
#[derive(Default)]
pub(crate) struct Office {
    pub(crate) next: Mutex<Option<Snapshot>>,
}

impl Program for Office {
    fn sound(&self, _: &SoundId) -> Option<Cow<'static, [u8]>> {
        None
    }

    fn reload(&self) -> Result<Reloaded, String> {
        let snapshot = self.next.lock().unwrap().take();
        let said = "1 part changed".to_owned();
        snapshot
            .map(|snapshot| Reloaded { snapshot, said })
            .ok_or_else(|| "centrale.toml, line 3: unknown key".to_owned())
    }

    fn control(&self, request: &str, handle: &Handle) -> String {
        match request {
            "reload" => match handle.reload() {
                Ok(said) => format!("accepted: {said}"),
                Err(refused) => format!("refused: {refused}"),
            },
            "status" => format!("{} calls", handle.status().unwrap().core.calls),
            other => format!("unknown: {other}"),
        }
    }
}

/// A running shell.
pub(crate) struct Town {
    pub(crate) handle: Handle,
    pub(crate) udp: SocketAddr,
    pub(crate) tcp: SocketAddr,
    pub(crate) snapshot: Snapshot,
    pub(crate) pages: Arc<Pages>,
    pub(crate) office: Arc<Office>,
}

pub(crate) fn config(address: IpAddr, control: Option<PathBuf>) -> ShellConfig {
    let listener = |transport| Listener {
        transport,
        local: (address, 0).into(),
        advertised: (address, 0).into(),
        media: address,
    };
    ShellConfig {
        listeners: vec![listener(Transport::Udp), listener(Transport::Tcp)],
        media_address: address,
        ports: 20_000..=20_999,
        workers: Some(2),
        control,
        signals: false,
    }
}

impl Town {
    /// Starts it on a loopback address of the test's own. `trunk` is where calls to outside numbers go.
    pub(crate) fn start(last_byte: u8, trunk: SocketAddr, control: Option<PathBuf>) -> Town {
        let address = IpAddr::from([127, 43, 0, last_byte]);
        let server = Server::bind(&config(address, control)).unwrap();
        let listeners = server.listeners();
        let snapshot = snapshot(address, &listeners, trunk, server.capacity().calls);
        let (pages, office) = (Arc::new(Pages::default()), Arc::new(Office::default()));
        let start = Start {
            snapshot: snapshot.clone(),
            bindings: Vec::new(),
            ghosts: Vec::new(),
            callbacks: Vec::new(),
        };
        let program: Arc<dyn Program> = Arc::clone(&office) as _;
        let journal: Arc<dyn JournalSink> = Arc::clone(&pages) as _;
        let handle = server.run(start, program, journal).unwrap();
        Town {
            handle,
            udp: listeners[0].local,
            tcp: listeners[1].local,
            snapshot,
            pages,
            office,
        }
    }

    /// Waits until the journal says so.
    pub(crate) fn wait_for_fact(&self, what: &str, wanted: impl Fn(&Fact) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !self.pages.facts().iter().any(&wanted) {
            assert!(
                Instant::now() < end,
                "never journalled: {what}: {:?}",
                self.pages.facts()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

pub(crate) fn snapshot(
    address: IpAddr,
    listeners: &[Listener],
    trunk: SocketAddr,
    calls: usize,
) -> Snapshot {
    let settings = Settings {
        realm: "test.centrale".into(),
        domains: Vec::new(),
        listeners: listeners.to_vec(),
        media_address: address,
        loopback_media: false,
        country: Country::Be,
        languages: vec![ivr::Lang::NL],
        site_number: "+3254310000".into(),
        site_name: "Town hall".into(),
        music: SoundId::from("music/default"),
        codecs: vec![Codec::Pcma],
        calls,
        ring: Duration::from_secs(60),
        hold: Duration::from_secs(120),
        relay_headers: Vec::new(),
        no_route_advice: "advice".into(),
    };
    Snapshot {
        settings: Arc::new(settings),
        accounts: Default::default(),
        numbers: Default::default(),
        trunks: Arc::new(vec![operator(trunk)]),
        rules: Default::default(),
        flows: Default::default(),
        situation: Default::default(),
        closures: Default::default(),
        languages: Default::default(),
        emergency: Arc::new(Emergency {
            numbers: vec!["112".into()],
            line_prefixes: vec!["0".into()],
            ..Emergency::default()
        }),
    }
}

fn operator(target: SocketAddr) -> Trunk {
    Trunk {
        name: "operator".into(),
        sources: vec![AddressRange {
            first: target.ip(),
            last: target.ip(),
        }],
        target,
        transport: Transport::Udp,
        called_from: vec![CalledFrom::RequestUri],
        number_format: NumberFormat::E164,
        channels: 10,
        reserved: 2,
        habits: Habits::STRICT,
        dial_rules: false,
        local: None,
        location: call::snapshot::Conveyance::default(),
        codecs: vec![Codec::Pcma],
    }
}
