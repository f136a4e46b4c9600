//! For tests: a web side that really listens, on a real directory and a real exchange, and browsers that are a few bytes.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use call::Entry;
use call::snapshot::{
    AddressRange, CalledFrom, Conveyance, Country, Emergency, Habits, Listener, Number,
    NumberFormat, Snapshot, Trunk,
};
use directory::{DataDir, Directory};
use ivr::Lang;
use media::{Codec, SoundId};
use server::{JournalSink, Program, Reloaded, Server, ShellConfig, Start};
use sip::Transport;
use tokio::runtime::Runtime;

use crate::app::{App, Dialplan, Ground, House, Opening};
use crate::audit::Audit;
use crate::clock;
use crate::gate::Ours;
use crate::life::{Life, Reins};
use crate::protocol::ServiceView;
use crate::settings::Settings;
use crate::sign_in::Guard;
use crate::web::{Doors, Web};

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A journal that nobody reads.
struct Nowhere;

impl JournalSink for Nowhere {
    fn append(&self, _: &[Entry]) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A program without files but the sounds of the demo.
pub(crate) struct Office;

impl Program for Office {
    fn sound(&self, sound: &SoundId) -> Option<Cow<'static, [u8]>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../dialplans/prompts");
        let file = format!("{folder}/{}.ogg", sound.as_str());
        std::fs::read(file).ok().map(Cow::Owned)
    }

    fn reload(&self) -> Result<Reloaded, String> {
        Err("a test has no files".to_owned())
    }

    fn control(&self, _: &str, _: &server::Handle) -> String {
        String::new()
    }
}

impl House for Office {
    fn refresh(&self) -> Result<(), String> {
        Ok(())
    }

    fn generation(&self) -> u64 {
        0
    }

    fn services(&self) -> Vec<ServiceView> {
        Vec::new()
    }

    fn dialplans(&self) -> Vec<Dialplan> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let plan = |town: &str, numbers: &[&str], services: &[&str], queues: &[&str]| Dialplan {
            town: town.to_owned(),
            numbers: words(numbers),
            services: words(services),
            queues: words(queues),
        };
        vec![
            plan("Demo", &["+3254310000"], &["population"], &["reception"]),
            plan(
                "Gooik",
                &["+3225323223"],
                &["library-gooik", "population"],
                &["line-gooik"],
            ),
        ]
    }

    fn opening(&self, _: SystemTime) -> Opening {
        Opening {
            open: true,
            until: None,
        }
    }

    /// Reception is open for an hour yet, Population tomorrow at this time; of others nothing is known.
    fn next_day(&self, service: Option<&str>, now: SystemTime) -> Vec<Range<SystemTime>> {
        let hour = Duration::from_secs(3_600);
        match service {
            None => vec![now..now + hour],
            Some("population") => vec![now + hour * 24..now + hour * 25],
            Some(_) => Vec::new(),
        }
    }

    fn day_began(&self, now: SystemTime) -> SystemTime {
        now - Duration::from_secs(3_600)
    }
}

/// The whole.
pub(crate) struct Stage {
    pub(crate) web: Web,
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) exchange: server::Handle,
    /// Where its exchange hears SIP.
    pub(crate) sip: SocketAddr,
    /// Where the directory's work is done.
    pub(crate) runtime: Runtime,
    _data: tempfile::TempDir,
}

/// What a console of the demo is told.
pub(crate) fn settings() -> Settings {
    Settings {
        listen: vec![(Ipv4Addr::LOCALHOST, 0).into()],
        tls: None,
        names: Vec::new(),
        demo: true,
        town: "Demo <town>".to_owned(),
        number: "+3254310000".to_owned(),
        country: Country::Be,
        languages: vec![Lang::NL, Lang::FR],
    }
}

impl Stage {
    /// The demo town's console on a free port.
    pub(crate) fn start() -> Stage {
        Stage::with(settings())
    }

    /// Another one.
    pub(crate) fn with(settings: Settings) -> Stage {
        Stage::on(settings, false)
    }

    /// One whose exchange has the demo's number, line and dialplan: citizens can call it.
    pub(crate) fn called() -> Stage {
        Stage::on(settings(), true)
    }

    fn on(settings: Settings, has_number: bool) -> Stage {
        let data = tempfile::tempdir().unwrap();
        // As in the program: a thread of its own, or connections would not go back into their pool.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let directory = runtime.block_on(async {
            let directory = Directory::open(DataDir::open(data.path()).unwrap())
                .await
                .unwrap();
            directory.seed_demo(clock::now()).await.unwrap();
            directory
        });
        let (exchange, sip) = exchange(has_number);
        let doors = Doors::bind(&settings).unwrap();
        let web = Web::start(
            doors,
            settings.clone(),
            directory.clone(),
            exchange.clone(),
            Arc::new(Office),
        )
        .unwrap();
        Stage {
            web,
            settings,
            directory,
            exchange,
            sip,
            runtime,
            _data: data,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.web.addresses()[0]
    }

    /// An app on the same directory and exchange that nobody serves.
    pub(crate) async fn app(&self) -> (Arc<App>, Reins) {
        let (life, reins) = Life::begin(1);
        let ground = Ground {
            citizens: Arc::default(),
            settings: Arc::new(self.settings.clone()),
            directory: self.directory.clone(),
            exchange: self.exchange.clone(),
            house: Arc::new(Office),
            audit: Audit::new(),
            ours: Ours::new(&self.settings, self.web.addresses()),
            guard: Guard::new(),
        };
        (App::begin(&ground, life).await.unwrap(), reins)
    }

    /// A request as a page of ours makes it.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        let host = self.address().to_string();
        Ask {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: vec![
                ("Origin".to_owned(), format!("http://{host}")),
                ("Accept".to_owned(), "text/html".to_owned()),
                ("Host".to_owned(), host),
            ],
            body: String::new(),
        }
    }

    /// Its answer.
    pub(crate) fn answer(&self, ask: &Ask) -> Answer {
        let stream = TcpStream::connect(self.address()).unwrap();
        ask.over(stream)
    }

    /// `GET` with a cookie or without.
    pub(crate) fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        self.answer(&self.ask("GET", path).cookie(cookie))
    }

    /// Tries to sign in.
    pub(crate) fn sign_in(&self, user: &str, password: &str) -> Answer {
        let typed = format!("user={user}&password={password}");
        self.answer(&self.ask("POST", "/sign-in").form(&typed))
    }

    /// Signs in; the cookie as a browser sends it back.
    pub(crate) fn cookie(&self, user: &str, password: &str) -> String {
        let answer = self.sign_in(user, password);
        assert_eq!(answer.status, 303, "{user}: {}", answer.body);
        let set = answer.header("set-cookie").unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// What the audit holds, newest first: actor, action, result.
    pub(crate) fn audited(&self) -> Vec<[String; 3]> {
        let entries = self.runtime.block_on(self.directory.audited(100)).unwrap();
        entries
            .into_iter()
            .map(|entry| [entry.actor, entry.action, entry.result])
            .collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.web.end();
        let _ = self.exchange.stop();
        self.exchange.wait();
    }
}

/// Waits until it is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
    began.elapsed()
}

/// A request.
#[derive(Clone)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Ask {
    /// With a header in place of any of that name; an empty value takes it away.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Ask {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if !value.is_empty() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) fn cookie(self, cookie: Option<&str>) -> Ask {
        self.with("Cookie", cookie.unwrap_or_default())
    }

    pub(crate) fn form(mut self, body: &str) -> Ask {
        self.body = body.to_owned();
        self.with("Content-Type", "application/x-www-form-urlencoded")
    }

    /// As a browser's `new WebSocket` asks.
    pub(crate) fn upgrade(self) -> Ask {
        self.with("Connection", "Upgrade")
            .with("Upgrade", "websocket")
            .with("Sec-WebSocket-Version", "13")
            .with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    /// Sent over a connection of its own; the answer is read to its end.
    pub(crate) fn over(&self, mut stream: impl Read + Write) -> Answer {
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.headers.iter().any(|(name, _)| name == "Connection") {
            text.push_str("Connection: close\r\n");
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        stream.write_all(text.as_bytes()).unwrap();
        // Who refuses may answer before it has read everything.
        let _ = stream.write_all(self.body.as_bytes());
        Answer::read(stream, self.method == "HEAD")
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) octets: Vec<u8>,
}

impl Answer {
    fn read(mut stream: impl Read, is_head: bool) -> Answer {
        let (mut all, mut buffer) = (Vec::new(), [0; 4_096]);
        loop {
            let end = all.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end.filter(|end| is_head || is_whole(&all, *end)) {
                let head = String::from_utf8_lossy(&all[..end]).into_owned();
                let octets = all.split_off(end + 4);
                return Answer::of(&head, octets);
            }
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => panic!("cut off: {:?}", String::from_utf8_lossy(&all)),
                Ok(length) => all.extend_from_slice(&buffer[..length]),
            }
        }
    }

    fn of(head: &str, octets: Vec<u8>) -> Answer {
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Answer {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            body: String::from_utf8_lossy(&octets).into_owned(),
            octets,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Whether as much has come as the head says.
fn is_whole(all: &[u8], end: usize) -> bool {
    let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    all.len() >= end + 4 + length
}

/// An exchange on ports of its own, with nobody registered.
fn exchange(has_number: bool) -> (server::Handle, SocketAddr) {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let listener = |transport| Listener {
        transport,
        local: (address, 0).into(),
        advertised: (address, 0).into(),
        media: address,
    };
    let server = Server::bind(&ShellConfig {
        listeners: vec![listener(Transport::Udp), listener(Transport::Tcp)],
        media_address: address,
        ports: 20_000..=31_999,
        workers: Some(1),
        control: None,
        signals: false,
    })
    .unwrap();
    let mut snapshot = snapshot(address, server.listeners(), server.capacity().calls);
    if has_number {
        give_number(&mut snapshot);
    }
    let sip = server.listeners()[0].local;
    let start = Start {
        snapshot,
        bindings: Vec::new(),
        ghosts: Vec::new(),
        callbacks: Vec::new(),
    };
    let handle = server
        .run(start, Arc::new(Office), Arc::new(Nowhere))
        .unwrap();
    // The exchange sends panics to a log that a test has not; a test's own must be read.
    let _ = std::panic::take_hook();
    (handle, sip)
}

fn snapshot(address: IpAddr, listeners: Vec<Listener>, calls: usize) -> Snapshot {
    let settings = call::snapshot::Settings {
        realm: "demo.centrale".into(),
        domains: Vec::new(),
        listeners,
        media_address: address,
        loopback_media: true,
        country: Country::Be,
        languages: vec![Lang::NL],
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
        accounts: phones(),
        numbers: Default::default(),
        trunks: Default::default(),
        rules: Default::default(),
        flows: Default::default(),
        situation: Default::default(),
        closures: Default::default(),
        languages: Default::default(),
        emergency: Arc::new(Emergency {
            numbers: vec!["112".to_owned()],
            ..Emergency::default()
        }),
    }
}

/// Colleagues' phones, which nobody has registered.
fn phones() -> Arc<std::collections::BTreeMap<String, call::snapshot::Account>> {
    let phone = |name: &str| call::snapshot::Account {
        name: name.to_owned(),
        display: name.to_owned(),
        ha1: sip::digest::Ha1::new(name, "demo.centrale", "demo", true),
        md5_only: false,
        blocked: false,
        outside: false,
        number: None,
        habits: Default::default(),
        site_number: None,
        place: String::new(),
        forwards: Vec::new(),
    };
    let all = ["2103", "2104"].map(|name| (name.to_owned(), phone(name)));
    Arc::new(all.into())
}

/// The central number behind the demo's dialplan, called over a line from 127.0.0.3.
fn give_number(snapshot: &mut Snapshot) {
    let flow = ivr::parse(include_str!("../../dialplans/demo.toml"), "demo.toml").unwrap();
    let number = Number {
        e164: "+3254310000".into(),
        entity: "demo".into(),
        label: "Central number".into(),
        flow: "demo".into(),
        music: None,
        valid_from: None,
        valid_to: None,
    };
    let line = IpAddr::from([127, 0, 0, 3]);
    let trunk = Trunk {
        name: "operator".into(),
        sources: vec![AddressRange {
            first: line,
            last: line,
        }],
        target: (line, 5060).into(),
        transport: Transport::Udp,
        called_from: vec![CalledFrom::RequestUri],
        number_format: NumberFormat::E164,
        channels: 10,
        reserved: 2,
        codecs: vec![Codec::Pcma],
        habits: Habits::STRICT,
        dial_rules: false,
        local: None,
        location: Conveyance::default(),
    };
    snapshot.flows = Arc::new([("demo".to_owned(), Arc::new(flow))].into());
    snapshot.numbers = Arc::new([(number.e164.clone(), number)].into());
    snapshot.trunks = Arc::new(vec![trunk]);
}
