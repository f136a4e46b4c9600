//! The program itself, in demo mode, in a directory of its own.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::process::Process;

/// Where demo mode listens.
pub(crate) const ADDRESS: &str = "127.0.0.1:5060";
/// The central number, as the operator's trunk signals it.
pub(crate) const NUMBER: &str = "+3254310000";

static PORT: Mutex<()> = Mutex::new(());

/// One test's place: the port, a directory for the program's data, and one for logs.
pub(crate) struct Case {
    /// The program's working directory.
    pub(crate) home: tempfile::TempDir,
    /// Kept after the test.
    pub(crate) logs: PathBuf,
    name: String,
    started: Instant,
    starts: std::cell::Cell<u32>,
    _port: MutexGuard<'static, ()>,
}

impl Case {
    /// Waits for the port and makes the directories.
    pub(crate) fn new(name: &str) -> Case {
        let port = PORT.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let logs = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .with_file_name("test-logs")
            .join("interop")
            .join(name);
        let _ = std::fs::remove_dir_all(&logs);
        std::fs::create_dir_all(&logs).unwrap();
        Case {
            home: tempfile::tempdir().unwrap(),
            logs,
            name: name.to_owned(),
            started: Instant::now(),
            starts: std::cell::Cell::new(0),
            _port: port,
        }
    }

    /// Says what is going on.
    pub(crate) fn say(&self, what: impl std::fmt::Display) {
        println!(
            "[{} {:5.1} s] {what}",
            self.name,
            self.started.elapsed().as_secs_f64()
        );
    }

    /// Starts the program and waits until it answers OPTIONS.
    pub(crate) fn centrale(&self) -> Centrale {
        port_is_free();
        self.starts.set(self.starts.get() + 1);
        let log = self
            .logs
            .join(format!("centrale-{}.log", self.starts.get()));
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(5)))
            .unwrap();
        socket.connect(ADDRESS).unwrap();
        let start = Instant::now();
        let mut process = Process::start(
            "centrale",
            "of this repository",
            // Its console takes any port: nobody asks for it here.
            Command::new(binary())
                .args(["--console", "127.0.0.1:0"])
                .current_dir(self.home.path()),
            &log,
        );
        let first_answer = loop {
            if crate::wire::options(&socket) {
                break start.elapsed();
            }
            std::thread::sleep(Duration::from_millis(1));
            if let Some(status) = process.ended() {
                panic!("centrale ended at once, {status}:\n{}", process.tail());
            }
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "centrale does not answer OPTIONS:\n{}",
                process.tail()
            );
        };
        self.say(format_args!(
            "centrale answers OPTIONS after {:.0} ms",
            first_answer.as_secs_f64() * 1e3
        ));
        Centrale {
            process,
            first_answer,
        }
    }

    /// Runs another command of the program to its end.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        Command::new(binary())
            .args(arguments)
            .current_dir(self.home.path())
            .output()
            .unwrap()
    }
}

/// The program of this build; `CENTRALE_PROGRAM` names another one, e.g. of the `dist` profile.
fn binary() -> std::ffi::OsString {
    std::env::var_os("CENTRALE_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_centrale").into())
}

/// Nobody else may have the port: not another Centrale, not a softphone.
fn port_is_free() {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let free = UdpSocket::bind(ADDRESS)
            .map(drop)
            .and_then(|()| TcpListener::bind(ADDRESS).map(drop));
        let Err(error) = free else { return };
        assert!(
            Instant::now() < until,
            "{ADDRESS} is busy ({error}): these tests need it for the program; end what listens there and try again"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A running Centrale.
pub(crate) struct Centrale {
    /// The process.
    pub(crate) process: Process,
    /// From the start of the process to the first answer to OPTIONS.
    pub(crate) first_answer: Duration,
}

impl Centrale {
    /// Asks it to end, as Ctrl-C does, and waits: with no calls it ends at once, and well.
    pub(crate) fn stop(mut self) {
        self.process.signal("INT");
        let status = self.process.wait(Duration::from_secs(40));
        assert!(
            status.success(),
            "centrale ended with {status}:\n{}",
            self.process.tail()
        );
        self.is_sane();
    }

    /// Ends it although there are calls: Ctrl-C twice.
    pub(crate) fn stop_at_once(mut self) {
        self.process.signal("INT");
        std::thread::sleep(Duration::from_millis(300));
        self.process.signal("INT");
        let status = self.process.wait(Duration::from_secs(20));
        assert!(status.success(), "centrale ended with {status}");
        self.is_sane();
    }

    /// It never says that it panicked.
    pub(crate) fn is_sane(&self) {
        let output = self.process.output();
        assert!(!output.contains("panicked"), "{}", self.process.tail());
    }

    /// Resident memory, in KiB.
    pub(crate) fn resident(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
