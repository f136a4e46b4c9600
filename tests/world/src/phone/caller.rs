//! A party calls (RFC 3261 13.2): its INVITE, what is answered to it, ACK and CANCEL.

use std::time::Duration;

use super::client::head;
use super::{Audio, Call, Phone, Reliably, State, Todo, sdp};
use crate::message::{self, Said};
use crate::town;

impl Phone {
    /// Calls a URI. `from` is how a trunk's caller is shown.
    pub(crate) fn invite(&mut self, now: Duration, uri: &str, from: Option<&str>) -> usize {
        let user = from.unwrap_or(&self.user).to_owned();
        let host = if self.trunk {
            self.address.ip().to_string()
        } else {
            town::REALM.to_owned()
        };
        let index = self.calls.len();
        let port = 20_000
            + 100 * (self.address.port() % 50)
            + 2 * u16::try_from(index).expect("few calls");
        let (id, tag) = (self.mint("call"), self.mint("tag"));
        let local = format!("<sip:{user}@{host}>");
        let mut call = Call::new(
            id,
            local,
            tag,
            format!("<{uri}>"),
            Audio::new(port, self.tone),
            State::Calling,
        );
        call.target = uri.to_owned();
        call.dialled = uri.to_owned();
        self.calls.push(call);
        self.send_invite(now, index, None, None);
        index
    }

    /// The bytes of a call's newest INVITE.
    pub(crate) fn sent_invite(&self, index: usize) -> Vec<u8> {
        let mut sent = self.clients.iter().rev();
        let found = sent.find(|client| client.call == Some(index) && client.method == "INVITE");
        found.expect("it called just now").bytes.clone()
    }

    pub(super) fn send_invite(
        &mut self,
        now: Duration,
        index: usize,
        proof: Option<String>,
        session: Option<u32>,
    ) {
        let branch = self.mint("i");
        let habits = self.habits.clone();
        let ip = self.media_ip();
        let call = &mut self.calls[index];
        call.cseq += 1;
        let cseq = call.cseq;
        call.sent = Some((branch.clone(), cseq, call.dialled.clone()));
        call.proved = proof.is_some();
        call.least = session.or(call.least);
        let session = call.least;
        let body = if habits.offerless {
            String::new()
        } else {
            sdp::offer(ip, call, &habits)
        };
        let (dialled, local, tag, id) = (
            call.dialled.clone(),
            call.local.clone(),
            call.local_tag.clone(),
            call.id.clone(),
        );
        let mut headers = head(&[
            ("Via", self.via(&branch)),
            ("Max-Forwards", "70".into()),
            ("From", format!("{local};tag={tag}")),
            ("To", format!("<{dialled}>")),
            ("Call-ID", id),
            ("CSeq", format!("{cseq} INVITE")),
            ("Contact", self.contact()),
            ("Allow", self.allow()),
        ]);
        let mut supported = Vec::new();
        match habits.reliably {
            Reliably::No => {}
            Reliably::Supported => supported.push("100rel"),
            Reliably::Required => headers.push(("Require".into(), "100rel".into())),
        }
        if let Some((seconds, refresher)) = habits.session {
            supported.push("timer");
            let seconds = session.unwrap_or(seconds);
            let refresher = if refresher.is_empty() {
                String::new()
            } else {
                format!(";refresher={refresher}")
            };
            headers.push(("Session-Expires".into(), format!("{seconds}{refresher}")));
            headers.extend(session.map(|least| ("Min-SE".to_owned(), least.to_string())));
        }
        if !supported.is_empty() {
            headers.push(("Supported".into(), supported.join(", ")));
        }
        headers.extend(proof.map(|value| ("Authorization".to_owned(), value)));
        for (name, value) in &habits.extra {
            headers.retain(|(other, _)| other != name);
            headers.push((name.clone(), value.clone()));
        }
        if !body.is_empty() {
            headers.push(("Content-Type".into(), "application/sdp".into()));
        }
        let bytes = message::request("INVITE", &dialled, &headers, &body);
        self.start(now, "INVITE", Some(index), cseq, branch, bytes);
    }

    /// CANCEL, at once when a provisional response is there, else as soon as one comes (RFC 3261 9.1).
    pub(crate) fn cancel(&mut self, now: Duration, index: usize) {
        let Some((branch, cseq, uri)) = self.calls[index].sent.clone() else {
            return;
        };
        let proceeding = self
            .clients
            .iter()
            .any(|client| client.branch == branch && client.proceeding);
        self.calls[index].cancel_wanted = true;
        if !proceeding || self.calls[index].state != State::Calling {
            return;
        }
        let call = &mut self.calls[index];
        call.state = State::Cancelling;
        call.audio.stop();
        let headers = head(&[
            ("From", format!("{};tag={}", call.local, call.local_tag)),
            ("To", format!("<{uri}>")),
            ("Call-ID", call.id.clone()),
            ("CSeq", format!("{cseq} CANCEL")),
        ]);
        let mut all = head(&[("Via", self.via(&branch)), ("Max-Forwards", "70".into())]);
        all.extend(headers);
        let bytes = message::request("CANCEL", &uri, &all, "");
        self.start(now, "CANCEL", Some(index), cseq, branch, bytes);
    }

    pub(super) fn told_invite(&mut self, now: Duration, index: usize, said: &Said) {
        let call = &mut self.calls[index];
        call.statuses.push(said.status);
        if let Some(tag) = said.tag("To") {
            call.remote_tag = Some(tag);
        }
        if let Some(contact) = said.address("Contact") {
            call.target = contact;
        }
        match said.status {
            100..=199 => {
                self.progress(now, index, said);
                if self.calls[index].cancel_wanted {
                    self.cancel(now, index);
                }
            }
            200..=299 => self.answered_us(now, index, said),
            401 if !self.calls[index].proved && !self.trunk => {
                let uri = self.calls[index].dialled.clone();
                self.calls[index].remote_tag = None;
                match self.proof(said, "INVITE", &uri) {
                    Some(proof) => self.send_invite(now, index, Some(proof), None),
                    None => self.failed(index, 401),
                }
            }
            422 if self.calls[index].cseq < 4 => {
                let least = said.must("Min-SE").parse().expect("seconds");
                self.calls[index].remote_tag = None;
                self.send_invite(now, index, None, Some(least));
            }
            status => self.failed(index, status),
        }
    }

    pub(super) fn failed(&mut self, index: usize, status: u16) {
        let call = &mut self.calls[index];
        call.status = status;
        call.over();
    }

    pub(super) fn progress(&mut self, now: Duration, index: usize, said: &Said) {
        let habits = self.habits.clone();
        let ip = self.media_ip();
        let rseq: Option<u32> = said
            .header("RSeq")
            .filter(|_| said.has_option("Require", "100rel"))
            .and_then(|n| n.parse().ok());
        let call = &mut self.calls[index];
        let mut answer = None;
        if said.has_sdp() {
            if habits.offerless {
                answer = sdp::answer(now, ip, call, &habits, &said.body);
            } else {
                sdp::accept(now, call, &habits, &said.body);
            }
        }
        if let Some(rseq) = rseq.filter(|rseq| *rseq > call.rseq_seen && habits.pracks) {
            call.rseq_seen = rseq;
            let invite_seq = said.cseq().0;
            let mut extra = vec![("RAck", format!("{rseq} {invite_seq} INVITE"))];
            if answer.is_some() {
                extra.push(("Content-Type", "application/sdp".to_owned()));
            }
            self.ask(now, index, "PRACK", &extra, &answer.unwrap_or_default());
        }
    }

    pub(super) fn answered_us(&mut self, now: Duration, index: usize, said: &Said) {
        let habits = self.habits.clone();
        let ip = self.media_ip();
        let call = &mut self.calls[index];
        let early = call.audio.remote.is_some();
        let mut answer = String::new();
        if said.has_sdp() {
            if habits.offerless && !early {
                answer = sdp::answer(now, ip, call, &habits, &said.body).unwrap_or_default();
            } else if !habits.offerless {
                sdp::accept(now, call, &habits, &said.body);
            }
        }
        call.status = said.status;
        let wanted = call.state != State::Cancelling && !call.cancel_wanted;
        call.state = State::Up;
        call.answered_at = now;
        self.acknowledge(index, said, &answer);
        self.keep_session(now, index, said, true);
        if !wanted {
            self.hang_up(now, index);
        } else if let Some(after) = habits.hangs_up_after {
            self.todo.push((now + after, Todo::HangUp(index)));
        }
    }

    /// ACK for a 2xx, kept for its repetitions.
    pub(super) fn acknowledge(&mut self, index: usize, said: &Said, answer: &str) {
        let cseq = said.cseq().0;
        let kind = [("Content-Type", "application/sdp".to_owned())];
        let extra: &[(&str, String)] = if answer.is_empty() { &[] } else { &kind };
        let (_, bytes) = self.in_dialog(index, "ACK", cseq, extra, answer);
        self.calls[index].ack = Some((cseq, bytes.clone()));
        if self.habits.acks {
            self.send(bytes);
        }
    }

    pub(super) fn acknowledge_failure(&mut self, at: usize, index: usize, said: &Said) {
        let client = &self.clients[at];
        let branch = client.branch.clone();
        let call = &self.calls[index];
        let uri = call
            .sent
            .as_ref()
            .filter(|(sent, ..)| *sent == branch)
            .map_or(&call.target, |(_, _, uri)| uri);
        let list = head(&[
            ("Via", self.via(&branch)),
            ("Max-Forwards", "70".into()),
            ("From", said.must("From").to_owned()),
            ("To", said.must("To").to_owned()),
            ("Call-ID", call.id.clone()),
            ("CSeq", format!("{} ACK", client.cseq)),
        ]);
        let bytes = message::request("ACK", uri, &list, "");
        self.clients[at].ack = Some(bytes.clone());
        self.send(bytes);
    }

    pub(super) fn acknowledge_again(&mut self, at: usize, index: usize, cseq: u32, said: &Said) {
        if said.status >= 300 {
            if let Some(ack) = self.clients[at].ack.clone() {
                self.send(ack);
            }
        } else if let Some((_, ack)) = self.calls[index]
            .ack
            .clone()
            .filter(|(number, _)| *number == cseq)
            && self.habits.acks
            && said.status >= 200
        {
            self.send(ack);
        }
    }
}
