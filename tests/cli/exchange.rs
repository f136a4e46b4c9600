//! A running demo town of the test's own: a free port, its own data directory, ended when dropped.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program with arguments, outside of any configuration.
pub(crate) fn centrale<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_centrale"));
    command.args(arguments).current_dir(std::env::temp_dir());
    command
}

/// A directory with a town that `centrale init` made.
pub(crate) fn town() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let made = centrale(["init", "--address", "127.0.0.1", "--name", "Gooik"])
        .args(["--number", "+3225323223", "--config"])
        .arg(directory.path().join("centrale.toml"))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    directory
}

/// A loopback address whose port is free over UDP and TCP.
pub(crate) fn free_address() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = tcp.local_addr().unwrap();
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// Whether an OPTIONS there is answered with 200 within half a second.
pub(crate) fn sip_ok(address: SocketAddr) -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let here = socket.local_addr().unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let options = format!(
        "OPTIONS sip:{address} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{}\r\nFrom: <sip:a@{here}>;tag=1\r\n\
         To: <sip:{address}>\r\nCall-ID: {here}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
        here.port()
    );
    socket.send_to(options.as_bytes(), address).unwrap();
    let mut answer = [0; 2_048];
    matches!(socket.recv(&mut answer), Ok(length) if answer[..length].starts_with(b"SIP/2.0 200 "))
}

/// The running program.
pub(crate) struct Exchange {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Where its console is.
    pub(crate) console: SocketAddr,
    data: tempfile::TempDir,
    place: Vec<String>,
    child: Child,
}

impl Exchange {
    /// Starts one and waits until it answers.
    pub(crate) fn start() -> Exchange {
        let (address, console) = (free_address(), free_address());
        let data = tempfile::tempdir().unwrap();
        let place = place(address, console, &data.path().join("data"));
        Exchange::at((address, console), data, place.to_vec())
    }

    /// Makes a town with `centrale init` in a directory of its own, moves it to a free port, and starts it.
    pub(crate) fn init() -> Exchange {
        let data = town();
        let file = data.path().join("centrale.toml").display().to_string();
        let (address, console) = (free_address(), free_address());
        let text = std::fs::read_to_string(&file).unwrap();
        let moved = text
            .replace("127.0.0.1:5060", &address.to_string())
            .replace("127.0.0.1:8080", &console.to_string());
        std::fs::write(&file, moved).unwrap();
        Exchange::at((address, console), data, vec!["--config".to_owned(), file])
    }

    fn at(
        (address, console): (SocketAddr, SocketAddr),
        data: tempfile::TempDir,
        place: Vec<String>,
    ) -> Exchange {
        let log = File::create(data.path().join("log")).unwrap();
        let child = centrale(&place)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut exchange = Exchange {
            address,
            console,
            data,
            place,
            child,
        };
        exchange.until_it_answers();
        exchange
    }

    /// Starts the next process on the same data.
    pub(crate) fn restart(&mut self) {
        let log = self.data.path().join("log");
        let log = File::options().append(true).open(log).unwrap();
        self.child = centrale(self.place())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.until_it_answers();
    }

    /// The directory of everything it has.
    pub(crate) fn directory(&self) -> &Path {
        self.data.path()
    }

    /// The arguments that mean this town.
    pub(crate) fn place(&self) -> &[String] {
        &self.place
    }

    /// What a command does.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        centrale(arguments).args(self.place()).output().unwrap()
    }

    /// Runs a command that reads this line from its standard input.
    pub(crate) fn typing(&self, arguments: &[&str], line: &str) -> Output {
        let mut child = centrale(arguments)
            .args(self.place())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command says; it must succeed.
    pub(crate) fn ask(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{wrong}");
        said
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &process])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Its log, as far as it is.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap()
    }

    /// Waits until its log says so.
    pub(crate) fn says(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let log = self.log();
            if log.contains(text) {
                return;
            }
            assert!(Instant::now() < end, "it does not say {text:?}: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn until_it_answers(&mut self) {
        let end = Instant::now() + PATIENCE;
        while !sip_ok(self.address) {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended");
            assert!(Instant::now() < end, "it does not answer");
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        // Already gone is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn place(address: SocketAddr, console: SocketAddr, data: &Path) -> [String; 6] {
    [
        "--listen".to_owned(),
        address.to_string(),
        "--console".to_owned(),
        console.to_string(),
        "--data".to_owned(),
        data.display().to_string(),
    ]
}
