//! A party as client (RFC 3261 8.1, 13.2, 17.1): REGISTER, INVITE, requests in the dialog, and what is answered to them.

use std::net::IpAddr;
use std::time::Duration;

use super::{GIVE_UP, Phone, State, T1, T2, Todo, sdp};
use crate::message::{self, Said, address, parameter};

/// Every request of a party says so.
const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, REFER, NOTIFY";
/// A call that only ever rings is given up by a person then.
const PATIENCE: Duration = Duration::from_secs(180);

/// A request whose final answer is awaited, or was just there.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) branch: String,
    pub(super) method: String,
    pub(super) call: Option<usize>,
    pub(super) cseq: u32,
    pub(super) bytes: Vec<u8>,
    next: Duration,
    wait: Duration,
    until: Duration,
    pub(super) proceeding: bool,
    done: bool,
    /// The ACK of a failure, for its repetitions.
    pub(super) ack: Option<Vec<u8>>,
}

impl Client {
    pub(super) fn deadline(&self) -> Duration {
        let quiet = self.done || (self.proceeding && self.method == "INVITE");
        if quiet {
            self.until
        } else {
            self.next.min(self.until)
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.done
    }
}

pub(super) type Headers = Vec<(String, String)>;

pub(super) fn head(list: &[(&str, String)]) -> Headers {
    list.iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

impl Phone {
    pub(super) fn allow(&self) -> String {
        if self.habits.takes_update {
            format!("{ALLOW}, UPDATE")
        } else {
            ALLOW.to_owned()
        }
    }

    pub(super) fn start(
        &mut self,
        now: Duration,
        method: &str,
        call: Option<usize>,
        cseq: u32,
        branch: String,
        bytes: Vec<u8>,
    ) {
        let next = if self.tcp { now + GIVE_UP } else { now + T1 };
        self.send(bytes.clone());
        self.clients.push(Client {
            branch,
            method: method.to_owned(),
            call,
            cseq,
            bytes,
            next,
            wait: T1,
            until: now + GIVE_UP,
            proceeding: false,
            done: false,
            ack: None,
        });
    }

    pub(super) fn media_ip(&self) -> IpAddr {
        self.address.ip()
    }

    /// A request inside the dialog, as bytes, with its branch.
    pub(super) fn in_dialog(
        &mut self,
        index: usize,
        method: &str,
        cseq: u32,
        extra: &[(&str, String)],
        body: &str,
    ) -> (String, Vec<u8>) {
        let branch = self.mint("d");
        let via = self.via(&branch);
        let call = &self.calls[index];
        let remote_tag = call
            .remote_tag
            .clone()
            .map(|tag| format!(";tag={tag}"))
            .unwrap_or_default();
        let mut headers = head(&[
            ("Via", via),
            ("Max-Forwards", "70".into()),
            ("From", format!("{};tag={}", call.local, call.local_tag)),
            ("To", format!("{}{remote_tag}", call.remote)),
            ("Call-ID", call.id.clone()),
            ("CSeq", format!("{cseq} {method}")),
        ]);
        headers.extend(head(extra));
        let target = call.target.clone();
        (branch, message::request(method, &target, &headers, body))
    }

    /// Sends a request inside the dialog.
    pub(crate) fn ask(
        &mut self,
        now: Duration,
        index: usize,
        method: &str,
        extra: &[(&str, String)],
        body: &str,
    ) {
        self.calls[index].cseq += 1;
        let cseq = self.calls[index].cseq;
        let (branch, bytes) = self.in_dialog(index, method, cseq, extra, body);
        self.start(now, method, Some(index), cseq, branch, bytes);
    }

    /// Ends the call in whatever way fits.
    pub(crate) fn hang_up(&mut self, now: Duration, index: usize) {
        match self.calls[index].state {
            State::Calling => self.cancel(now, index),
            State::Ringing => self.refuse(now, index, 603),
            State::Up => {
                self.ask(now, index, "BYE", &[], "");
                self.calls[index].over();
            }
            State::Cancelling | State::Over => {}
        }
    }

    /// re-INVITE or UPDATE with what the call wants to hear and say now.
    pub(crate) fn modify(&mut self, now: Duration, index: usize, method: &str, offer: bool) {
        let (ip, habits) = (self.media_ip(), self.habits.clone());
        let call = &mut self.calls[index];
        call.modifying = true;
        call.offered = offer;
        let body = if offer {
            sdp::offer(ip, call, &habits)
        } else {
            String::new()
        };
        let mut extra = vec![("Contact", self.contact()), ("Allow", self.allow())];
        if let Some((seconds, ours)) = self.calls[index].session {
            let refresher = if ours { "uac" } else { "uas" };
            extra.push(("Supported", "timer".to_owned()));
            extra.push((
                "Session-Expires",
                format!("{seconds};refresher={refresher}"),
            ));
        }
        if offer {
            extra.push(("Content-Type", "application/sdp".to_owned()));
        }
        self.ask(now, index, method, &extra, &body);
    }

    pub(super) fn modify_again(&mut self, now: Duration, index: usize) {
        if self.calls[index].state == State::Up && !self.calls[index].modifying {
            self.modify(now, index, "INVITE", true);
        }
    }

    pub(super) fn refresh(&mut self, now: Duration, index: usize) {
        if self.calls[index].state == State::Up && self.habits.refreshes {
            if self.habits.takes_update {
                self.modify(now, index, "UPDATE", false);
            } else {
                self.modify(now, index, "INVITE", true);
            }
        }
    }

    /// A response came.
    pub(super) fn told(&mut self, now: Duration, said: &Said) {
        let branch = said.branch();
        let branch = branch.strip_prefix("z9hG4bK").unwrap_or(&branch);
        let Some(at) = self
            .clients
            .iter()
            .position(|c| c.branch == branch && c.method == said.method)
        else {
            return;
        };
        let final_status = said.status >= 200;
        let client = &mut self.clients[at];
        let again = client.done;
        client.proceeding = true;
        if final_status {
            client.done = true;
            client.until = now + GIVE_UP;
        } else if client.method == "INVITE" {
            client.until = now + PATIENCE;
        }
        let (call, cseq) = (client.call, client.cseq);
        match (said.method.as_str(), call) {
            ("REGISTER", _) if final_status && !again => self.told_register(now, said),
            ("INVITE", Some(index)) if again => self.acknowledge_again(at, index, cseq, said),
            ("INVITE", Some(index)) => {
                if said.status >= 300 {
                    self.acknowledge_failure(at, index, said);
                }
                let first = self.calls[index]
                    .sent
                    .as_ref()
                    .is_some_and(|(sent, ..)| sent == branch);
                if first {
                    self.told_invite(now, index, said)
                } else {
                    self.told_modify(now, index, said)
                }
            }
            ("UPDATE", Some(index)) if final_status && !again => self.told_modify(now, index, said),
            ("REFER", Some(index)) if final_status && !again => {
                self.calls[index].referred.push(said.status);
            }
            _ => {}
        }
    }

    pub(super) fn told_modify(&mut self, now: Duration, index: usize, said: &Said) {
        if said.status < 200 {
            return;
        }
        let (habits, ip) = (self.habits.clone(), self.media_ip());
        let call = &mut self.calls[index];
        call.modifying = false;
        call.modified.push(said.status);
        if said.status == 491 {
            let wait = Duration::from_millis(if call.sent.is_some() { 2_500 } else { 1_000 });
            return self.todo.push((now + wait, Todo::Again(index)));
        }
        if said.status >= 300 {
            if matches!(said.status, 408 | 481) {
                call.over();
            }
            return;
        }
        let mut answer = String::new();
        if said.has_sdp() {
            if call.offered {
                sdp::accept(now, call, &habits, &said.body)
            } else {
                answer = sdp::answer(now, ip, call, &habits, &said.body).unwrap_or_default();
            }
        }
        if said.method == "INVITE" {
            self.acknowledge(index, said, &answer);
        }
        self.keep_session(now, index, said, true);
    }

    /// Takes the session interval of an answer; who refreshes does so at half of it.
    pub(super) fn keep_session(
        &mut self,
        now: Duration,
        index: usize,
        said: &Said,
        we_asked: bool,
    ) {
        let Some(value) = said.header("Session-Expires") else {
            return;
        };
        let seconds: u32 = value
            .split(';')
            .next()
            .and_then(|n| n.trim().parse().ok())
            .expect("seconds");
        let refresher = parameter(value, "refresher");
        let ours = refresher.as_deref() == Some(if we_asked { "uac" } else { "uas" });
        self.calls[index].session = Some((seconds, ours));
        self.todo.retain(|(_, todo)| *todo != Todo::Refresh(index));
        if ours {
            self.todo.push((
                now + Duration::from_secs(u64::from(seconds / 2)),
                Todo::Refresh(index),
            ));
        }
    }

    pub(super) fn repeat_requests(&mut self, now: Duration) {
        let mut due = Vec::new();
        let mut lost = Vec::new();
        for client in &mut self.clients {
            if client.until <= now {
                if !client.done {
                    lost.push((client.call, client.method.clone()));
                }
            } else if client.deadline() <= now {
                let cap = if client.method == "INVITE" {
                    GIVE_UP
                } else {
                    T2
                };
                client.wait = (client.wait * 2).min(cap);
                client.next = now + client.wait;
                due.push(client.bytes.clone());
            }
        }
        self.clients.retain(|client| client.until > now);
        for bytes in due {
            self.send(bytes);
        }
        for (call, method) in lost {
            if method == "REGISTER" {
                self.registered = 408;
            }
            if let Some(index) =
                call.filter(|_| !["PRACK", "INFO", "REFER"].contains(&method.as_str()))
            {
                let call = &mut self.calls[index];
                call.modifying = false;
                call.over();
            }
        }
    }

    /// The party's view of an address: what stands in brackets of a header.
    pub(super) fn target_of(said: &Said) -> String {
        said.header("Contact").map(address).unwrap_or_default()
    }
}
