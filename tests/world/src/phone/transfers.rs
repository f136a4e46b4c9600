//! A party transfers: REFER, the reports about it (RFC 3515), and the names of its dialogs (RFC 3891).

use std::time::Duration;

use super::{Phone, State, Todo};
use crate::message::Said;
use crate::town;

impl Phone {
    /// The value of Replaces for a call, as whoever receives it knows it.
    pub(crate) fn replaces(&self, index: usize) -> String {
        let call = &self.calls[index];
        let remote = call.remote_tag.as_deref().unwrap_or("0");
        format!("{};to-tag={remote};from-tag={}", call.id, call.local_tag)
    }

    /// Asks to have the other party call, or be joined with that of another call.
    pub(crate) fn refer(
        &mut self,
        now: Duration,
        index: usize,
        target: &str,
        other: Option<usize>,
        extra: &[(&str, String)],
    ) {
        let replaces = other.map(|other| {
            let value = self.replaces(other);
            let escaped = value.replace('@', "%40").replace(';', "%3B");
            format!("?Replaces={}", escaped.replace('=', "%3D"))
        });
        let uri = format!(
            "<sip:{target}@{}{}>",
            town::REALM,
            replaces.unwrap_or_default()
        );
        let mut headers = vec![
            ("Contact", self.contact()),
            ("Refer-To", uri),
            ("Referred-By", self.calls[index].local.clone()),
        ];
        headers.extend(extra.iter().cloned());
        self.ask(now, index, "REFER", &headers, "");
    }

    /// A report about a transfer came. Who hears that it succeeded hangs up.
    pub(super) fn reported(&mut self, now: Duration, index: usize, said: &Said) {
        if !self.habits.takes_reports {
            return self.respond(said, 481, &[], "");
        }
        self.respond(said, 200, &[], "");
        assert!(said.must("Event").starts_with("refer"), "{said:#?}");
        assert!(
            said.must("Content-Type").starts_with("message/sipfrag"),
            "{said:#?}"
        );
        let line = said.body.trim().to_owned();
        let state = said.must("Subscription-State").to_owned();
        let succeeded = line.starts_with("SIP/2.0 2");
        self.calls[index].reports.push((line, state));
        if succeeded && self.habits.leaves && self.calls[index].state == State::Up {
            let moment = Duration::from_millis(100);
            self.todo.push((now + moment, Todo::HangUp(index)));
        }
    }
}
