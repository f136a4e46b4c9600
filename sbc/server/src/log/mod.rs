//! Log lines on their way out: a bounded, lossy channel to one thread that limits the rate and writes them with `tracing`.
//! Signalling and media never wait for it.

mod limiter;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use call::io::{Level, Note};

use crate::clock;
use crate::counters::Counters;
use limiter::Limiter;

/// Lines under way; above it the newest is lost and counted.
const UNDER_WAY: usize = 1_024;
/// A line is cut here.
const LENGTH: usize = 1_000;

/// What the writing thread is sent.
#[derive(Debug)]
enum Line {
    Note(Box<Note>),
    End,
}

/// Where any thread of the shell leaves a line.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    channel: SyncSender<Line>,
    counters: Arc<Counters>,
}

impl Log {
    /// Starts the writing thread; it ends with [`Log::end`], or when every `Log` is gone.
    pub(crate) fn start(counters: Arc<Counters>) -> io::Result<(Log, JoinHandle<()>)> {
        let (channel, lines) = sync_channel(UNDER_WAY);
        let lost = Arc::clone(&counters);
        let thread = std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write_all(&lines, &lost))?;
        Ok((Log { channel, counters }, thread))
    }

    /// Leaves a line, or counts it as lost.
    pub(crate) fn note(&self, note: Note) {
        if self.channel.try_send(Line::Note(Box::new(note))).is_err() {
            self.counters.log_lost.one();
        }
    }

    /// What was left so far is written, and nothing after it: a thread that is still at work is not waited for.
    pub(crate) fn end(&self) {
        // A channel without room has a writer that stands still; its end is waited for no longer than usual.
        let _ = self.channel.try_send(Line::End);
    }

    /// A line of the shell's own.
    pub(crate) fn say(&self, level: Level, kind: &'static str, text: impl Into<String>) {
        self.note(Note {
            level,
            kind,
            source: None,
            journey: None,
            text: text.into(),
        });
    }
}

fn write_all(lines: &Receiver<Line>, counters: &Counters) {
    let mut limiter = Limiter::default();
    let mut lost_told = 0;
    loop {
        let now = clock::monotonic();
        let wait = limiter
            .next_deadline()
            .map_or(Duration::from_secs(3_600), |at| {
                at.saturating_duration_since(now)
            });
        let line = lines.recv_timeout(wait);
        let now = clock::monotonic();
        for told in limiter.close_window(now) {
            tracing::warn!(kind = "log-limit", "{told}");
        }
        let lost = counters.log_lost.get();
        if lost > lost_told {
            tracing::warn!(
                kind = "log-limit",
                "{} lines were lost: the log is too slow",
                lost - lost_told
            );
            lost_told = lost;
        }
        match line {
            Ok(Line::Note(note)) => {
                if limiter.admits(now, &note) {
                    write(&note);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Line::End) | Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn write(note: &Note) {
    let text = printable(&note.text);
    let (kind, source) = (note.kind, note.source.map(tracing::field::display));
    let journey = note.journey.map(|journey| format!("{:032x}", journey.0));
    let journey = journey.as_deref();
    match note.level {
        Level::Info => tracing::info!(kind, source, journey, "{text}"),
        Level::Warn => tracing::warn!(kind, source, journey, "{text}"),
        Level::Error => tracing::error!(kind, source, journey, "{text}"),
    }
}

/// What a peer sent may stand in a line: it must not break out of it or drive a terminal.
fn printable(text: &str) -> String {
    text.chars()
        .take(LENGTH)
        .map(|letter| if letter.is_control() { '·' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_peer_cannot_break_out_of_its_line() {
        assert_eq!(
            super::printable("a\r\nfake line\u{1b}[31m"),
            "a··fake line·[31m"
        );
        assert_eq!(super::printable(&"x".repeat(5_000)).len(), 1_000);
    }
}
