//! Orders are done once: what was answered to an id is answered again, for ten minutes.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use crate::protocol::ServerMsg;

/// How long an answer is remembered.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
/// How many are remembered; a desk gives some ten orders a minute.
const REMEMBERED: usize = 20_000;

/// An order's name: ids are a user's own.
pub(super) type Key = (String, String);

/// What is known of an order.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// It is under way.
    Pending,
    /// It was answered.
    Answered(Box<ServerMsg>),
}

/// The orders of late.
#[derive(Debug, Default)]
pub(super) struct Answers {
    known: BTreeMap<Key, Known>,
    order: VecDeque<(Instant, Key)>,
}

impl Answers {
    /// What became of it, when it was given before.
    pub(super) fn known(&self, key: &Key) -> Option<&Known> {
        self.known.get(key)
    }

    /// It is under way from now on.
    pub(super) fn begin(&mut self, now: Instant, key: Key) {
        while self.order.front().is_some_and(|(at, _)| {
            self.order.len() >= REMEMBERED || now.duration_since(*at) > REMEMBERED_FOR
        }) {
            if let Some((_, oldest)) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
        self.order.push_back((now, key.clone()));
        self.known.insert(key, Known::Pending);
    }

    /// It was answered. `false`: it had been already, or was forgotten.
    pub(super) fn end(&mut self, key: &Key, answer: &ServerMsg) -> bool {
        match self.known.get_mut(key) {
            Some(known @ Known::Pending) => {
                *known = Known::Answered(Box::new(answer.clone()));
                true
            }
            Some(Known::Answered(_)) | None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::AckDone;

    fn ack(id: &str) -> ServerMsg {
        ServerMsg::Ack {
            id: id.to_owned(),
            seq: 1,
            done: AckDone::default(),
        }
    }

    fn key(id: &str) -> Key {
        ("reception1".to_owned(), id.to_owned())
    }

    #[test]
    fn an_answer_is_given_once_and_remembered_ten_minutes() {
        let mut answers = Answers::default();
        let now = Instant::now();
        answers.begin(now, key("a"));
        assert!(matches!(answers.known(&key("a")), Some(Known::Pending)));
        assert!(answers.end(&key("a"), &ack("a")));
        assert!(!answers.end(&key("a"), &ack("a")));
        assert!(matches!(answers.known(&key("a")), Some(Known::Answered(_))));
        answers.begin(now + REMEMBERED_FOR + Duration::from_secs(1), key("b"));
        assert!(answers.known(&key("a")).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let mut answers = Answers::default();
        for number in 0..REMEMBERED + 10 {
            answers.begin(Instant::now(), key(&number.to_string()));
        }
        assert_eq!(answers.known.len(), REMEMBERED);
        assert!(answers.known(&key("9")).is_none());
        assert!(answers.known(&key("10")).is_some());
    }
}
