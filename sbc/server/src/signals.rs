//! SIGINT, SIGTERM and SIGHUP, each as a byte in a pipe of its own that the signalling thread polls. The handlers are
//! `signal-hook`'s, so this room needs no unsafe code.

use std::io::{self, Read};
use std::os::unix::net::UnixStream as StdStream;

use mio::net::UnixStream;
use mio::{Interest, Registry, Token};
use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::{pipe, unregister};

/// What a signal means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// SIGINT, SIGTERM: come to an end.
    End,
    /// SIGHUP: read configuration and dialplans again.
    Reload,
}

struct Caught {
    pipe: UnixStream,
    meaning: Meaning,
    id: SigId,
}

/// The signals, caught until dropped.
pub(crate) struct Signals {
    caught: Vec<Caught>,
}

impl Signals {
    /// Catches the three; their tokens are `first` and the next two.
    pub(crate) fn catch(registry: &Registry, first: usize) -> io::Result<Signals> {
        let mut signals = Signals { caught: Vec::new() };
        let meanings = [
            (SIGINT, Meaning::End),
            (SIGTERM, Meaning::End),
            (SIGHUP, Meaning::Reload),
        ];
        for (place, (signal, meaning)) in meanings.into_iter().enumerate() {
            let (read, write) = StdStream::pair()?;
            read.set_nonblocking(true)?;
            write.set_nonblocking(true)?;
            let id = pipe::register(signal, write)?;
            let mut pipe = UnixStream::from_std(read);
            let registered = registry.register(&mut pipe, Token(first + place), Interest::READABLE);
            signals.caught.push(Caught { pipe, meaning, id });
            registered?;
        }
        Ok(signals)
    }

    /// Whether the token is one of theirs, and what came: each signal counts, unless they come faster than they are read.
    pub(crate) fn read(&mut self, place: usize) -> Option<(Meaning, usize)> {
        let caught = self.caught.get_mut(place)?;
        let mut bytes = [0; 16];
        let count = caught.pipe.read(&mut bytes).unwrap_or(0);
        Some((caught.meaning, count))
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for caught in &self.caught {
            unregister(caught.id);
        }
    }
}
