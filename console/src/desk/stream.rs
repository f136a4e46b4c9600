//! What one browser tab is told, in order: numbered events that are kept for a while, so that a connection that was lost goes on
//! where it stopped, and a queue to the connection that never grows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::Instant;

use crate::protocol::{Bye, Event, ServerMsg};

/// Messages under way to one page; a page that reads slower is cut off and begins again with a snapshot.
pub(super) const QUEUE: usize = 256;
/// Events kept for a page that comes back.
const KEPT: usize = 2_000;
/// For how long they are kept.
const KEPT_FOR: Duration = Duration::from_secs(300);

/// One message on its way to a page.
#[derive(Debug)]
pub(super) enum Out {
    /// A whole message as JSON.
    Text(String),
    /// The last one, and then the end.
    Bye(Bye),
}

/// The body of an event, written once for all pages: its JSON without the opening brace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body(Arc<str>);

impl Body {
    /// Writes an event. `None` when it cannot be written, which no event of ours can cause.
    pub(super) fn of(event: &Event) -> Option<Body> {
        let text = serde_json::to_string(event).ok()?;
        Some(Body(text.strip_prefix('{')?.into()))
    }
}

struct Kept {
    seq: u64,
    at: Instant,
    body: Body,
}

/// The connection that a tab has at the moment.
struct Line {
    out: Sender<Out>,
}

/// The numbered events of one tab.
#[derive(Default)]
pub(super) struct Stream {
    seq: u64,
    kept: VecDeque<Kept>,
    line: Option<Line>,
    /// The connection it had last, also when it was cut off and its end has not been told yet.
    latest: Option<u64>,
}

impl Stream {
    /// The last event's number.
    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether a page is connected.
    pub(super) fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// A page is connected from now on; the one before is told to go.
    pub(super) fn connect(&mut self, connection: u64, out: Sender<Out>) {
        self.end(Bye::Restart);
        self.latest = Some(connection);
        self.line = Some(Line { out });
    }

    /// That connection is over. `false`: there is a younger one.
    pub(super) fn disconnect(&mut self, connection: u64) -> bool {
        let mine = self.latest == Some(connection);
        if mine {
            self.latest = None;
            self.line = None;
        }
        mine
    }

    /// Ends the connection with a reason.
    pub(super) fn end(&mut self, why: Bye) {
        if let Some(line) = self.line.take() {
            // A queue that is full ends with its sender: the connection says `slow` by itself.
            let _ = line.out.try_send(Out::Bye(why));
        }
    }

    /// Tells an event.
    pub(super) fn event(&mut self, now: Instant, body: &Body) {
        self.seq = self.seq.saturating_add(1);
        self.kept.push_back(Kept {
            seq: self.seq,
            at: now,
            body: body.clone(),
        });
        while self
            .kept
            .front()
            .is_some_and(|first| self.kept.len() > KEPT || now - first.at > KEPT_FOR)
        {
            self.kept.pop_front();
        }
        self.text(framed(self.seq, body));
    }

    /// Says something that has no number.
    pub(super) fn say(&mut self, message: &ServerMsg) {
        if let Ok(text) = serde_json::to_string(message) {
            self.text(text);
        }
    }

    /// Whether a page that saw everything up to `since` can go on.
    pub(super) fn reaches(&self, since: u64) -> bool {
        let first = self.kept.front().map_or(self.seq + 1, |kept| kept.seq);
        since <= self.seq && since.saturating_add(1) >= first
    }

    /// Says the events after `since` again.
    pub(super) fn replay(&mut self, since: u64) {
        let missed: Vec<String> = self
            .kept
            .iter()
            .filter(|kept| kept.seq > since)
            .map(|kept| framed(kept.seq, &kept.body))
            .collect();
        for text in missed {
            self.text(text);
        }
    }

    fn text(&mut self, text: String) {
        let Some(line) = &self.line else {
            return;
        };
        match line.out.try_send(Out::Text(text)) {
            Ok(()) => {}
            // The page does not read, or is gone: its connection ends and it comes back for what it missed.
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => self.line = None,
        }
    }
}

fn framed(seq: u64, body: &Body) -> String {
    format!(r#"{{"t":"ev","seq":{seq},{}"#, body.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::channel;

    fn help(by: &str) -> Body {
        let event = Event::Help {
            by: by.to_owned(),
            queue: None,
        };
        Body::of(&event).unwrap()
    }

    fn texts(heard: &mut tokio::sync::mpsc::Receiver<Out>) -> Vec<String> {
        let mut texts = Vec::new();
        while let Ok(Out::Text(text)) = heard.try_recv() {
            texts.push(text);
        }
        texts
    }

    #[tokio::test]
    async fn events_are_numbered_and_read_as_messages() {
        let (out, mut heard) = channel(QUEUE);
        let mut stream = Stream::default();
        stream.connect(1, out);
        stream.event(Instant::now(), &help("a"));
        stream.event(Instant::now(), &help("b"));
        let texts = texts(&mut heard);
        let read: Vec<ServerMsg> = texts
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let by = |name: &str| Event::Help {
            by: name.to_owned(),
            queue: None,
        };
        let expected = [(1, "a"), (2, "b")].map(|(seq, name)| ServerMsg::Ev {
            seq,
            event: by(name),
        });
        assert_eq!(read, expected);
    }

    #[tokio::test]
    async fn a_page_that_comes_back_hears_what_it_missed_and_no_more() {
        let mut stream = Stream::default();
        for name in ["a", "b", "c"] {
            stream.event(Instant::now(), &help(name));
        }
        let (out, mut heard) = channel(QUEUE);
        stream.connect(2, out);
        assert!(stream.reaches(0) && stream.reaches(3) && !stream.reaches(4));
        stream.replay(1);
        assert_eq!(texts(&mut heard).len(), 2);
        for _ in 0..KEPT {
            stream.event(Instant::now(), &help("d"));
        }
        assert!(!stream.reaches(2) && stream.reaches(3));
    }

    #[test]
    fn events_of_more_than_five_minutes_ago_are_forgotten() {
        let mut stream = Stream::default();
        let now = Instant::now();
        stream.event(now, &help("a"));
        stream.event(now + KEPT_FOR + Duration::from_secs(1), &help("b"));
        assert!(!stream.reaches(0) && stream.reaches(1));
    }

    #[tokio::test]
    async fn a_page_that_does_not_read_is_cut_off() {
        let (out, mut heard) = channel(2);
        let mut stream = Stream::default();
        stream.connect(1, out);
        for _ in 0..3 {
            stream.event(Instant::now(), &help("a"));
        }
        assert!(!stream.is_connected());
        assert_eq!(texts(&mut heard).len(), 2);
        assert!(heard.recv().await.is_none(), "the queue ends");
        assert!(stream.disconnect(1), "and then its connection has ended");
    }

    #[tokio::test]
    async fn a_connection_that_ended_before_its_end_was_told_has_ended_all_the_same() {
        let (out, heard) = channel(2);
        let mut stream = Stream::default();
        stream.connect(1, out);
        drop(heard);
        stream.event(Instant::now(), &help("a"));
        assert!(!stream.is_connected());
        assert!(stream.disconnect(1) && !stream.disconnect(1));
    }

    #[tokio::test]
    async fn a_new_connection_ends_the_one_before() {
        let (first, mut old) = channel(2);
        let (second, _new) = channel(2);
        let mut stream = Stream::default();
        stream.connect(1, first);
        stream.connect(2, second);
        assert!(matches!(old.recv().await, Some(Out::Bye(Bye::Restart))));
        assert!(!stream.disconnect(1) && stream.is_connected());
        assert!(stream.disconnect(2) && !stream.is_connected());
    }
}
