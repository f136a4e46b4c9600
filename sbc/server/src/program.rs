//! What the program gives the shell: its configuration of sockets, and what the shell must ask back.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use call::journal::{Binding, Callback, GhostDialog};
use call::snapshot::{Listener, Snapshot};
use media::SoundId;

use crate::handle::Handle;

/// Where the shell listens and what it may use. Fixed for the life of the process.
#[derive(Clone, Debug)]
pub struct ShellConfig {
    /// SIP listeners, UDP and TCP; port 0 takes a free one, see [`Server::listeners`](crate::Server::listeners).
    pub listeners: Vec<Listener>,
    /// Where RTP is bound.
    pub media_address: IpAddr,
    /// RTP ports; each endpoint takes an even one, and the next one when its peer does not multiplex RTCP.
    pub ports: RangeInclusive<u16>,
    /// Media workers; `None` means one less than there are cores, and at least one.
    pub workers: Option<usize>,
    /// Path of the control socket, made with mode 0600 in a directory that is there; `None` for no control.
    pub control: Option<PathBuf>,
    /// Whether SIGINT, SIGTERM and SIGHUP are the shell's; a test that runs several shells says no.
    pub signals: bool,
}

/// What the core begins with.
#[derive(Debug)]
pub struct Start {
    /// Configuration, whole. Its `settings.listeners` must be the bound ones.
    pub snapshot: Snapshot,
    /// Registrations of the last process.
    pub bindings: Vec<Binding>,
    /// Dialogs that the last process left open.
    pub ghosts: Vec<GhostDialog>,
    /// Whom calls back after emergency calls are for.
    pub callbacks: Vec<Callback>,
}

/// What a reload gave.
#[derive(Debug)]
pub struct Reloaded {
    /// The new configuration; parts that did not change are the same `Arc`s.
    pub snapshot: Snapshot,
    /// What was accepted or kept as it was, for whoever asked.
    pub said: String,
}

/// The program behind the shell. Its methods may block: they are called on threads that no call waits for.
pub trait Program: Send + Sync + 'static {
    /// The bytes of a sound file; `None` when there is none of that name.
    fn sound(&self, sound: &SoundId) -> Option<Cow<'static, [u8]>>;

    /// Reads configuration and dialplans again (SIGHUP, `centrale reload`). An error is the whole refusal, in sentences;
    /// the old configuration stays. What was taken or refused is also written into the log, one line for each fact.
    fn reload(&self) -> Result<Reloaded, String>;

    /// Answers one line that came over the control socket, without its line end. The answer may have several lines.
    fn control(&self, request: &str, handle: &Handle) -> String;
}
