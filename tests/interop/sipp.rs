//! SIPp, with a scenario from `tests/interop/sipp/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::Process;
use crate::program::{ADDRESS, Case};

/// How a SIPp is set up.
pub(crate) struct Sipp<'a> {
    /// Its name in messages and files.
    pub(crate) name: &'a str,
    /// The scenario, without `.xml`.
    pub(crate) scenario: &'a str,
    /// Its address and port, for SIP and for media.
    pub(crate) listen: (&'a str, u16),
    /// The first of its media ports.
    pub(crate) media: u16,
    /// Whom it calls, or who it is: `[service]` in the scenario.
    pub(crate) service: &'a str,
    /// How many calls in all.
    pub(crate) calls: u32,
    /// New calls a second.
    pub(crate) rate: u32,
    /// Texts in the scenario, in square brackets, and what stands for them.
    pub(crate) with: &'a [(&'a str, String)],
    /// More arguments.
    pub(crate) more: &'a [&'a str],
}

/// A running SIPp.
pub(crate) struct Running {
    process: Process,
    folder: PathBuf,
}

impl Sipp<'_> {
    /// Starts it.
    pub(crate) fn start(&self, case: &Case) -> Running {
        let folder = case.logs.join(self.name);
        std::fs::create_dir_all(&folder).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/interop/sipp")
            .join(format!("{}.xml", self.scenario));
        let mut scenario = std::fs::read_to_string(&source)
            .unwrap_or_else(|error| panic!("{}: {error}", source.display()));
        for (name, value) in self.with {
            assert!(scenario.contains(&format!("[{name}]")), "{name}");
            scenario = scenario.replace(&format!("[{name}]"), value);
        }
        std::fs::write(folder.join("scenario.xml"), scenario).unwrap();
        let mut command = Command::new("sipp");
        command
            .current_dir(&folder)
            .arg(ADDRESS)
            .args([
                "-sf",
                "scenario.xml",
                "-i",
                self.listen.0,
                "-mi",
                self.listen.0,
            ])
            .args(["-p", &self.listen.1.to_string()])
            .args(["-mp", &self.media.to_string()])
            .args(["-s", self.service, "-m", &self.calls.to_string()])
            .args(["-l", &self.calls.to_string(), "-r", &self.rate.to_string()])
            .args(["-nostdin", "-trace_err", "-error_file", "errors.log"])
            .args(["-trace_msg", "-message_file", "messages.log"])
            .args(["-trace_screen", "-screen_file", "screen.log"])
            .args(self.more);
        let process = Process::start(self.name, "sip-tester", &mut command, &folder.join("log"));
        Running { process, folder }
    }
}

impl Running {
    /// Waits until all calls are over; each one must have gone as the scenario says.
    pub(crate) fn succeeds(mut self, limit: Duration) {
        let status = self.process.wait(limit);
        let errors = std::fs::read_to_string(self.folder.join("errors.log")).unwrap_or_default();
        let head: Vec<&str> = errors.lines().take(12).collect();
        assert!(
            status.success(),
            "{} failed with {status}; {}/ has all messages. Its errors:\n{}",
            self.process.name,
            self.folder.display(),
            head.join("\n")
        );
    }

    /// Waits until all calls are over, however each went, and gives all messages. For a scenario whose crossings SIPp itself
    /// cannot follow: it gives up a call when a copy of an INVITE comes while it pauses.
    pub(crate) fn ends(mut self, limit: Duration) -> String {
        self.process.wait(limit);
        self.messages()
    }

    /// The messages so far, in order, as SIPp logs them.
    pub(crate) fn messages(&self) -> String {
        let bytes = std::fs::read(self.folder.join("messages.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until `text` stands `count` times in the messages.
    pub(crate) fn sees(&self, text: &str, count: usize, limit: Duration) {
        let until = std::time::Instant::now() + limit;
        loop {
            let found = self.messages().matches(text).count();
            if found >= count {
                return;
            }
            assert!(
                std::time::Instant::now() < until,
                "{} saw {text:?} {found} times of {count} within {limit:?}; see {}/",
                self.process.name,
                self.folder.display()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
