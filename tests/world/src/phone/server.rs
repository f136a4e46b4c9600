//! A party as server (RFC 3261 8.2, 13.3, 17.2): it is called, cancelled, hung up on, changed and asked.

use std::time::Duration;

use super::call::Owed;
use super::{Audio, Call, Phone, State, Todo, sdp};
use crate::message::{self, Said, parameter};

type Headers = Vec<(String, String)>;

fn one(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The address without its tag.
fn without_tag(value: &str) -> String {
    value.split(";tag=").next().unwrap_or(value).to_owned()
}

impl Phone {
    /// A request came.
    pub(super) fn asked(&mut self, now: Duration, said: &Said) {
        if said.method == "ACK" {
            return self.asked_ack(now, said);
        }
        let key = (said.branch(), said.method.clone());
        if let Some(bytes) = self.answered.get(&key).cloned() {
            return self.send(bytes);
        }
        let tag = said.tag("To");
        let known = self.calls.iter().rposition(|call| {
            call.id == said.must("Call-ID")
                && (tag.is_none() || tag.as_deref() == Some(&call.local_tag))
        });
        // The same call once more, after it was refused: 422 or 401 ask for that.
        let again = said.method == "INVITE"
            && tag.is_none()
            && known.is_some_and(|index| self.calls[index].state == State::Over);
        let known = known.filter(|_| !again);
        match (said.method.as_str(), known) {
            ("INVITE", None) if tag.is_none() => self.invited(now, said),
            ("INVITE", Some(index)) if tag.is_some() => self.reinvited(now, index, said),
            // The INVITE of a call that still rings, repeated before anything was answered.
            ("INVITE", Some(_)) => {}
            ("CANCEL", Some(index)) => self.cancelled(now, index, said),
            ("BYE", Some(index)) => {
                self.respond(said, 200, &[], "");
                let call = &mut self.calls[index];
                call.reason = said.header("Reason").map(str::to_owned);
                call.over();
            }
            ("PRACK", Some(index)) => self.pracked(now, index, said),
            ("UPDATE", Some(index)) => self.updated(now, index, said),
            ("INFO", Some(index)) => {
                let key = said
                    .body
                    .lines()
                    .find_map(|line| line.trim().strip_prefix("Signal="));
                let key = key.map(|key| key.trim().to_owned()).unwrap_or_default();
                self.calls[index].audio.keys_heard.push_str(&key);
                self.respond(said, 200, &[], "");
            }
            ("NOTIFY", Some(index)) => self.reported(now, index, said),
            ("OPTIONS", _) => self.respond(said, 200, &[], ""),
            (_, None) => self.respond(said, 481, &[], ""),
            _ => self.respond(said, 405, &[], ""),
        }
    }

    pub(super) fn respond(
        &mut self,
        to: &Said,
        status: u16,
        extra: &[(String, String)],
        body: &str,
    ) {
        let tag = self
            .calls
            .iter()
            .rfind(|call| call.id == to.must("Call-ID"))
            .map(|call| call.local_tag.clone());
        let bytes = message::response(to, status, tag.as_deref(), extra, body);
        self.answered
            .insert((to.branch(), to.method.clone()), bytes.clone());
        self.send(bytes);
    }

    fn invited(&mut self, now: Duration, said: &Said) {
        let index = self.calls.len();
        let port = 20_000
            + 100 * (self.address.port() % 50)
            + 2 * u16::try_from(index).expect("few calls");
        let tag = self.mint("tag");
        let audio = Audio::new(port, self.tone);
        let local = without_tag(said.must("To"));
        let mut call = Call::new(
            said.must("Call-ID").to_owned(),
            local,
            tag,
            without_tag(said.must("From")),
            audio,
            State::Ringing,
        );
        call.remote_tag = said.tag("From");
        call.target = Phone::target_of(said);
        call.cseq = 100;
        call.invite = Some(said.clone());
        self.calls.push(call);
        if let (Some(least), Some(value)) = (self.habits.min_se, said.header("Session-Expires")) {
            let asked: u32 = value
                .split(';')
                .next()
                .and_then(|n| n.trim().parse().ok())
                .expect("seconds");
            if asked < least {
                self.respond(said, 422, &[one("Min-SE", &least.to_string())], "");
                return self.calls[index].over();
            }
        }
        if let Some((after, status)) = self.habits.refuses {
            self.todo.push((now + after, Todo::Refuse(index, status)));
        }
        if let Some(after) = self.habits.rings_after {
            self.todo.push((now + after, Todo::Ring(index)));
        }
        let asked =
            |(header, word): (&str, &str)| said.all(header).any(|value| value.contains(word));
        if self.habits.obeys.is_some_and(asked) {
            self.todo
                .push((now + Duration::from_millis(30), Todo::Answer(index)));
        } else if let Some(after) = self.habits.answers_after {
            self.todo.push((now + after, Todo::Answer(index)));
        }
    }

    fn waiting(&self, index: usize) -> Option<Said> {
        let call = &self.calls[index];
        call.invite.clone().filter(|_| call.state == State::Ringing)
    }

    fn introduction(&self) -> Headers {
        vec![
            ("Contact".to_owned(), self.contact()),
            ("Allow".to_owned(), self.allow()),
        ]
        .into_iter()
        .chain(
            self.habits
                .from_change
                .then(|| one("Supported", "from-change")),
        )
        .collect()
    }

    /// 180.
    pub(crate) fn ring(&mut self, _now: Duration, index: usize) {
        if let Some(invite) = self.waiting(index) {
            let extra = self.introduction();
            self.respond(&invite, 180, &extra, "");
        }
    }

    /// A provisional response with sound of its own; `reliably` as RFC 3262 wants it.
    pub(crate) fn progress_with(
        &mut self,
        now: Duration,
        index: usize,
        status: u16,
        sound: bool,
        reliably: bool,
    ) {
        let Some(invite) = self.waiting(index) else {
            return;
        };
        let (ip, habits) = (self.media_ip(), self.habits.clone());
        let mut extra = self.introduction();
        let call = &mut self.calls[index];
        let mut body = String::new();
        if sound && invite.has_sdp() {
            body = sdp::answer(now, ip, call, &habits, &invite.body).unwrap_or_default();
            extra.push(one("Content-Type", "application/sdp"));
            call.early_answer = reliably;
        }
        if !reliably {
            return self.respond(&invite, status, &extra, &body);
        }
        call.rseq += 1;
        let rseq = call.rseq;
        extra.push(one("Require", "100rel"));
        extra.push(one("RSeq", &rseq.to_string()));
        self.respond(&invite, status, &extra, &body);
        let bytes = self.answered[&(invite.branch(), "INVITE".to_owned())].clone();
        self.calls[index]
            .owed
            .push(Owed::new(now, bytes, rseq, true));
    }

    /// 200, unless a PRACK must come first.
    pub(crate) fn answer(&mut self, now: Duration, index: usize) {
        let Some(invite) = self.waiting(index) else {
            return;
        };
        if self.calls[index].owed.iter().any(|owed| owed.provisional) {
            self.calls[index].answer_waits = true;
            return;
        }
        let (ip, habits) = (self.media_ip(), self.habits.clone());
        let mut extra = self.introduction();
        let call = &mut self.calls[index];
        let body = match (invite.has_sdp(), call.early_answer) {
            (true, true) => String::new(),
            (true, false) => sdp::answer(now, ip, call, &habits, &invite.body).unwrap_or_default(),
            (false, _) => sdp::offer(ip, call, &habits),
        };
        call.offered = !invite.has_sdp();
        call.state = State::Up;
        call.status = 200;
        if !body.is_empty() {
            extra.push(one("Content-Type", "application/sdp"));
        }
        extra.extend(self.session_headers(&invite));
        self.respond(&invite, 200, &extra, &body);
        self.owe_final(now, index, &invite);
        self.take_session(now, index, &invite, &extra);
        if let Some(after) = habits.hangs_up_after {
            self.todo.push((now + after, Todo::HangUp(index)));
        }
    }

    fn owe_final(&mut self, now: Duration, index: usize, request: &Said) {
        let bytes = self.answered[&(request.branch(), "INVITE".to_owned())].clone();
        self.calls[index]
            .owed
            .push(Owed::new(now, bytes, request.cseq().0, false));
    }

    /// Session-Expires of our 2xx: what was asked, with the refresher that was named or the one we like.
    fn session_headers(&self, request: &Said) -> Headers {
        let (Some((_, liked)), Some(asked)) =
            (self.habits.session, request.header("Session-Expires"))
        else {
            return Vec::new();
        };
        let seconds = asked.split(';').next().unwrap_or_default().trim();
        let refresher = parameter(asked, "refresher")
            .unwrap_or_else(|| if liked.is_empty() { "uac" } else { liked }.to_owned());
        vec![
            one("Require", "timer"),
            (
                "Session-Expires".to_owned(),
                format!("{seconds};refresher={refresher}"),
            ),
        ]
    }

    fn take_session(&mut self, now: Duration, index: usize, request: &Said, extra: &Headers) {
        if let Some((_, value)) = extra.iter().find(|(name, _)| name == "Session-Expires") {
            let mut answer = request.clone();
            answer.set("Session-Expires", value);
            self.keep_session(now, index, &answer, false);
        }
    }

    /// A second 200 to the same INVITE, from another device behind a forking proxy: with a tag of its own.
    pub(crate) fn answer_as_fork(&mut self, now: Duration, index: usize) -> usize {
        let invite = self.calls[index].invite.clone().expect("it was called");
        let (ip, habits, fork) = (self.media_ip(), self.habits.clone(), self.calls.len());
        let tag = self.mint("fork");
        let port =
            20_000 + 100 * (self.address.port() % 50) + 2 * u16::try_from(fork).expect("few calls");
        let known = &self.calls[index];
        let audio = Audio::new(port, self.tone);
        let mut call = Call::new(
            known.id.clone(),
            known.local.clone(),
            tag.clone(),
            known.remote.clone(),
            audio,
            State::Up,
        );
        call.remote_tag = known.remote_tag.clone();
        call.target = known.target.clone();
        call.cseq = 100;
        let body = sdp::answer(now, ip, &mut call, &habits, &invite.body).unwrap_or_default();
        let mut extra = self.introduction();
        extra.push(one("Content-Type", "application/sdp"));
        let bytes = message::response(&invite, 200, Some(&tag), &extra, &body);
        call.owed
            .push(Owed::new(now, bytes.clone(), invite.cseq().0, false));
        self.calls.push(call);
        self.send(bytes);
        fork
    }

    /// A final refusal.
    pub(crate) fn refuse(&mut self, now: Duration, index: usize, status: u16) {
        let Some(invite) = self.waiting(index) else {
            return;
        };
        self.respond(&invite, status, &[], "");
        self.calls[index].status = status;
        self.calls[index].over();
        self.owe_final(now, index, &invite);
    }

    fn cancelled(&mut self, now: Duration, index: usize, said: &Said) {
        self.respond(said, 200, &[], "");
        if let Some(invite) = self.waiting(index) {
            self.calls[index].reason = said.header("Reason").map(str::to_owned);
            self.respond(&invite, 487, &[], "");
            self.calls[index].status = 487;
            self.calls[index].over();
            self.owe_final(now, index, &invite);
        }
    }

    fn asked_ack(&mut self, now: Duration, said: &Said) {
        let (number, tag, habits) = (said.cseq().0, said.tag("To"), self.habits.clone());
        let id = said.must("Call-ID");
        let Some(call) = self
            .calls
            .iter_mut()
            .find(|call| call.id == id && tag.as_deref() == Some(&call.local_tag))
        else {
            return;
        };
        let before = call.owed.len();
        call.owed
            .retain(|owed| owed.provisional || owed.number != number);
        if call.owed.len() < before {
            call.acknowledged += 1;
            if said.has_sdp() && call.offered {
                sdp::accept(now, call, &habits, &said.body);
            }
        }
    }

    fn pracked(&mut self, now: Duration, index: usize, said: &Said) {
        let rack = said.must("RAck").to_owned();
        let rseq: u32 = rack
            .split(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .expect("RAck has a number");
        self.respond(said, 200, &[], "");
        let call = &mut self.calls[index];
        call.owed
            .retain(|owed| !owed.provisional || owed.number != rseq);
        if std::mem::take(&mut call.answer_waits) {
            self.answer(now, index);
        }
    }

    fn reinvited(&mut self, now: Duration, index: usize, said: &Said) {
        if self.calls[index].modifying {
            self.respond(said, 491, &[], "");
            return self.owe_final(now, index, said);
        }
        if self.calls[index].state != State::Up {
            return self.respond(said, 481, &[], "");
        }
        let (ip, habits) = (self.media_ip(), self.habits.clone());
        let mut extra = self.introduction();
        extra.push(one("Content-Type", "application/sdp"));
        extra.extend(self.session_headers(said));
        let call = &mut self.calls[index];
        call.target = Phone::target_of(said);
        call.offered = !said.has_sdp();
        let body = if said.has_sdp() {
            sdp::answer(now, ip, call, &habits, &said.body).unwrap_or_default()
        } else {
            sdp::offer(ip, call, &habits)
        };
        self.respond(said, 200, &extra, &body);
        self.owe_final(now, index, said);
        self.take_session(now, index, said, &extra);
    }

    fn updated(&mut self, now: Duration, index: usize, said: &Said) {
        let (ip, habits) = (self.media_ip(), self.habits.clone());
        let mut extra = self.introduction();
        extra.extend(self.session_headers(said));
        let call = &mut self.calls[index];
        let mut body = String::new();
        if said.has_sdp() {
            body = sdp::answer(now, ip, call, &habits, &said.body).unwrap_or_default();
            extra.push(one("Content-Type", "application/sdp"));
        }
        self.respond(said, 200, &extra, &body);
        self.take_session(now, index, said, &extra);
    }

    pub(super) fn repeat_answers(&mut self, now: Duration) {
        if self.habits.deaf {
            return;
        }
        let due: Vec<Vec<u8>> = self
            .calls
            .iter_mut()
            .flat_map(|call| call.repeats(now))
            .collect();
        for bytes in due {
            self.send(bytes);
        }
    }
}
