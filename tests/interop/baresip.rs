//! baresip as a softphone, an operator's subscriber or a citizen: dialling, keys, hold, and what it heard.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::process::Process;
use crate::program::{ADDRESS, Case};
use crate::tone::{self, Heard};

/// How a softphone is set up.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    /// Its name in messages and files.
    pub(crate) name: &'a str,
    /// The user part of its address: an account, or a number behind the trunk.
    pub(crate) user: &'a str,
    /// Where it listens.
    pub(crate) listen: &'a str,
    /// Whether it registers itself (baresip 1.0 knows MD5 only: 2109 and 2110).
    pub(crate) registers: bool,
    /// What it says all the time; nothing is a muted party.
    pub(crate) says: Option<f64>,
    /// PCMA, PCMU or G722.
    pub(crate) codec: &'a str,
}

/// A running baresip.
pub(crate) struct Softphone {
    process: Process,
    control: TcpStream,
    keys: TcpStream,
    events: Arc<Mutex<String>>,
    seen: usize,
    /// Its configuration, sounds and recordings. The path must be short: baresip cuts names of recordings at 128 bytes.
    folder: tempfile::TempDir,
    logs: PathBuf,
}

impl Softphone {
    /// Starts it, and waits until it is registered if it shall.
    pub(crate) fn start(case: &Case, setup: Setup<'_>) -> Softphone {
        let logs = case.logs.join(setup.name);
        std::fs::create_dir_all(&logs).unwrap();
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().to_owned();
        std::fs::create_dir_all(folder.join("heard")).unwrap();
        tone::make(&folder.join("says.wav"), setup.says, 120);
        let (control, keys) = (free_port(), free_port());
        std::fs::write(folder.join("config"), config(setup, &folder, control, keys)).unwrap();
        let account = format!(
            "<sip:{user}@{ADDRESS}>;regint={regint};auth_user={user};auth_pass=demo-{user};audio_codecs={codec}\n",
            user = setup.user,
            regint = if setup.registers { 600 } else { 0 },
            codec = setup.codec
        );
        std::fs::write(folder.join("accounts"), account).unwrap();
        let mut process = Process::start(
            setup.name,
            "baresip-core",
            Command::new("baresip")
                .args(["-4", "-s", "-f"])
                .arg(&folder),
            &logs.join("log"),
        );
        let control = connect(control, &mut process);
        let events = Arc::new(Mutex::new(String::new()));
        collect(control.try_clone().unwrap(), Arc::clone(&events));
        let mut phone = Softphone {
            keys: connect(keys, &mut process),
            process,
            control,
            events,
            seen: 0,
            folder: place,
            logs,
        };
        if setup.registers && !phone.process.output().contains("200 OK") {
            phone.prints("200 OK", Duration::from_secs(10));
        }
        phone
    }

    fn prints(&mut self, text: &str, limit: Duration) {
        let until = Instant::now() + limit;
        while !self.process.output().contains(text) {
            assert!(
                Instant::now() < until,
                "{} did not print {text}:\n{}",
                self.process.name,
                self.process.tail()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn command(&mut self, command: &str, parameter: &str) {
        let json = format!("{{\"command\":\"{command}\",\"params\":\"{parameter}\"}}");
        write!(self.control, "{}:{json},", json.len()).unwrap();
    }

    /// Calls a user or number at Centrale.
    pub(crate) fn dial(&mut self, whom: &str) {
        self.command("dial", &format!("sip:{whom}@{ADDRESS}"));
    }

    /// Transfers the call without asking.
    pub(crate) fn transfer(&mut self, to: &str) {
        self.command("transfer", &format!("sip:{to}@{ADDRESS}"));
    }

    /// Takes the call that rings.
    pub(crate) fn answer(&mut self) {
        self.command("accept", "");
    }

    /// Ends the call.
    pub(crate) fn hang_up(&mut self) {
        self.command("hangup", "");
    }

    /// Presses a key as a person would: RFC 4733, about a quarter of a second.
    pub(crate) fn press(&mut self, key: char) {
        write!(self.keys, "{key}").unwrap();
        std::thread::sleep(Duration::from_millis(250));
        // The key goes up.
        self.keys.write_all(&[4]).unwrap();
        std::thread::sleep(Duration::from_millis(250));
    }

    /// Puts the call on hold.
    pub(crate) fn hold(&mut self) {
        write!(self.keys, "x").unwrap();
    }

    /// Takes it back.
    pub(crate) fn resume(&mut self) {
        write!(self.keys, "X").unwrap();
    }

    /// Waits for the next event of this type (`CALL_INCOMING`, `CALL_ESTABLISHED`, `CALL_CLOSED` …); gives its JSON.
    pub(crate) fn expect(&mut self, event: &str, limit: Duration) -> String {
        let until = Instant::now() + limit;
        let wanted = format!("\"type\":\"{event}\"");
        loop {
            let events = self.events.lock().unwrap().clone();
            if let Some(at) = events[self.seen..].find(&wanted) {
                let start = self.seen + at;
                let end = events[start..]
                    .find("},")
                    .map_or(events.len(), |end| start + end);
                self.seen = start + wanted.len();
                return events[start..end].to_owned();
            }
            assert!(
                Instant::now() < until,
                "{} saw no {event} within {limit:?}; events:\n{}\nlog: {}",
                self.process.name,
                &events[self.seen..],
                self.process.log.display()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the program and reads what it heard in its only call.
    pub(crate) fn heard(mut self) -> Heard {
        self.command("quit", "");
        let _ = self.process.wait(Duration::from_secs(10));
        let files = std::fs::read_dir(self.folder.path().join("heard")).unwrap();
        let mut recordings: Vec<PathBuf> = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .collect();
        assert!(
            !recordings.is_empty(),
            "{} heard nothing at all",
            self.process.name
        );
        // A new one begins when sound is renegotiated; the names are times.
        recordings.sort();
        for file in &recordings {
            std::fs::copy(file, self.logs.join(file.file_name().unwrap())).unwrap();
        }
        Heard::read(&recordings)
    }
}

fn config(setup: Setup<'_>, folder: &std::path::Path, control: u16, keys: u16) -> String {
    let folder = folder.display();
    // The system's modules; the path is Debian's.
    let modules = ["g711", "g722", "aufile", "sndfile"].map(|name| format!("module {name}.so\n"));
    let rtp = free_port() & !1;
    let host = setup.listen.split(':').next().unwrap();
    // A phone on this machine signals this machine's own address, as softphones do. Trunks are held to the address they
    // signal, and baresip sends sound from loopback's first address wherever its SIP is.
    let interface = if host == "127.0.0.1" && has_a_network() {
        ""
    } else {
        "net_interface 127.0.0.1\n"
    };
    format!(
        "poll_method epoll\ncall_local_timeout 120\ncall_max_calls 4\naudio_player aufile,{folder}/played.wav\n\
         audio_source aufile,{folder}/says.wav\naudio_alert aufile,{folder}/alert.wav\nausrc_srate 8000\nauplay_srate 8000\n\
         ausrc_channels 1\nauplay_channels 1\naudio_txmode thread\naudio_path /nonexistent\njitter_buffer_delay 1-5\n\
         sip_listen {listen}\nrtp_ports {rtp}-{end}\nmodule_path /usr/lib/baresip/modules\n{modules}\
         module_tmp account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\nmodule_app cons.so\n\
         ctrl_tcp_listen 127.0.0.1:{control}\ncons_listen 127.0.0.1:{keys}\n{interface}snd_path {folder}/heard\n",
        listen = setup.listen,
        end = rtp.saturating_add(20),
        modules = modules.concat(),
    )
}

/// Whether this machine has an address besides loopback's. In a container without one baresip knows no address of its own,
/// and registers nowhere.
fn has_a_network() -> bool {
    // Nothing is sent: connecting a UDP socket only asks for the way.
    UdpSocket::bind("0.0.0.0:0").is_ok_and(|socket| socket.connect("192.0.2.1:9").is_ok())
}

/// A port nobody has at the moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn connect(port: u16, process: &mut Process) -> TcpStream {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
            return stream;
        }
        if let Some(status) = process.ended() {
            panic!("{} ended, {status}:\n{}", process.name, process.tail());
        }
        assert!(Instant::now() < until, "{} does not listen", process.name);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Reads events for as long as the phone lives.
fn collect(mut stream: TcpStream, into: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length) = stream.read(&mut buffer) {
            if length == 0 {
                return;
            }
            into.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    });
}
