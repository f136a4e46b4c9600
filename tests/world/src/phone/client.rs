//! A party as client (RFC 3261 8.1, 13.2, 17.1): REGISTER, INVITE, requests in the dialog, and what is answered to them.

use std::net::IpAddr;
use std::time::Duration;

use rsip::headers::auth::{Algorithm, AuthQop};
use rsip::services::DigestGenerator;

use super::{Audio, Call, GIVE_UP, Phone, Reliably, State, T1, T2, Todo, sdp};
use crate::message::{self, Said, address, parameter};
use crate::town;

/// Every request of a party says so.
const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK";
/// A call that only ever rings is given up by a person then.
const PATIENCE: Duration = Duration::from_secs(180);

/// A request whose final answer is awaited, or was just there.
#[derive(Debug)]
pub(super) struct Client {
    branch: String,
    pub(super) method: String,
    call: Option<usize>,
    cseq: u32,
    bytes: Vec<u8>,
    next: Duration,
    wait: Duration,
    until: Duration,
    proceeding: bool,
    done: bool,
    /// The ACK of a failure, for its repetitions.
    ack: Option<Vec<u8>>,
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

type Headers = Vec<(String, String)>;

fn head(list: &[(&str, String)]) -> Headers {
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

    fn start(
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

    /// REGISTER for so many seconds; 0 leaves.
    pub(crate) fn register(&mut self, now: Duration, seconds: u32, proof: Option<String>) {
        self.register_seq += 1;
        let (cseq, branch) = (self.register_seq, self.mint("r"));
        let own = format!("<sip:{}@{}>", self.user, town::REALM);
        let mut headers = head(&[
            ("Via", self.via(&branch)),
            ("Max-Forwards", "70".into()),
            ("From", format!("{own};tag=reg")),
            ("To", own.clone()),
            ("Call-ID", self.register_id.clone()),
            ("CSeq", format!("{cseq} REGISTER")),
            ("Contact", self.contact()),
            ("Expires", seconds.to_string()),
        ]);
        headers.extend(proof.map(|value| ("Authorization".to_owned(), value)));
        let bytes = message::request("REGISTER", &format!("sip:{}", town::REALM), &headers, "");
        self.registered = 0;
        self.register_seconds = seconds;
        self.start(now, "REGISTER", None, cseq, branch, bytes);
    }

    /// The answer to a challenge, computed by rsip.
    fn proof(&mut self, said: &Said, method: &str, uri: &str) -> Option<String> {
        let challenges: Vec<&str> = said.all("WWW-Authenticate").collect();
        let field = |text: &str, name: &str| {
            let text = text.trim_start_matches("Digest ");
            text.split(',').find_map(|part| {
                let (key, value) = part.trim().split_once('=')?;
                (key == name).then(|| value.trim_matches('"').to_owned())
            })
        };
        self.challenged = challenges
            .iter()
            .map(|c| field(c, "algorithm").unwrap_or_else(|| "MD5".into()))
            .collect();
        let first = challenges.first()?;
        let (realm, nonce) = (field(first, "realm")?, field(first, "nonce")?);
        let name = self.challenged.first()?.clone();
        let algorithm = if name == "SHA-256" {
            Algorithm::Sha256
        } else {
            Algorithm::Md5
        };
        let cnonce = self.mint("cn");
        let qop = AuthQop::Auth {
            cnonce: cnonce.clone(),
            nc: 1,
        };
        let password = town::password(&self.user);
        let digest = DigestGenerator {
            username: &self.user,
            password: &password,
            nonce: &nonce,
            uri: &rsip::Uri::try_from(uri).ok()?,
            realm: &realm,
            method: &method.parse().ok()?,
            qop: Some(&qop),
            algorithm,
        };
        let response = digest.compute();
        Some(format!(
            "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
             algorithm={name}, cnonce=\"{cnonce}\", qop=auth, nc=00000001",
            self.user
        ))
    }

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

    fn send_invite(
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

    pub(super) fn media_ip(&self) -> IpAddr {
        self.address.ip()
    }

    /// A request inside the dialog, as bytes, with its branch.
    fn in_dialog(
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
            _ => {}
        }
    }

    fn told_register(&mut self, now: Duration, said: &Said) {
        if said.status == 401 && self.register_seq < 50 {
            let already = self
                .clients
                .iter()
                .filter(|c| c.method == "REGISTER")
                .count()
                > 1
                && self.challenged_twice();
            if let Some(proof) = self
                .proof(said, "REGISTER", &format!("sip:{}", town::REALM))
                .filter(|_| !already)
            {
                let seconds = self.register_seconds;
                return self.register(now, seconds, Some(proof));
            }
        }
        self.registered = said.status;
    }

    /// Whether the last REGISTER already had a proof: a second challenge means that it was wrong.
    fn challenged_twice(&self) -> bool {
        self.clients
            .iter()
            .rev()
            .find(|c| c.method == "REGISTER")
            .is_some_and(|client| String::from_utf8_lossy(&client.bytes).contains("Authorization:"))
    }

    fn acknowledge_failure(&mut self, at: usize, index: usize, said: &Said) {
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

    fn acknowledge_again(&mut self, at: usize, index: usize, cseq: u32, said: &Said) {
        if said.status >= 300 {
            if let Some(ack) = self.clients[at].ack.clone() {
                self.send(ack);
            }
        } else if let Some((_, ack)) = self.calls[index]
            .ack
            .clone()
            .filter(|(number, _)| *number == cseq)
        {
            if self.habits.acks && said.status >= 200 {
                self.send(ack);
            }
        }
    }

    fn told_invite(&mut self, now: Duration, index: usize, said: &Said) {
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
            401 if !self.calls[index].local.is_empty()
                && self.calls[index].cseq == 1
                && !self.trunk =>
            {
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

    fn failed(&mut self, index: usize, status: u16) {
        let call = &mut self.calls[index];
        call.status = status;
        call.over();
    }

    fn progress(&mut self, now: Duration, index: usize, said: &Said) {
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

    fn answered_us(&mut self, now: Duration, index: usize, said: &Said) {
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
        self.acknowledge(index, said, &answer);
        self.keep_session(now, index, said, true);
        if !wanted {
            self.hang_up(now, index);
        } else if let Some(after) = habits.hangs_up_after {
            self.todo.push((now + after, Todo::HangUp(index)));
        }
    }

    /// ACK for a 2xx, kept for its repetitions.
    fn acknowledge(&mut self, index: usize, said: &Said, answer: &str) {
        let cseq = said.cseq().0;
        let kind = [("Content-Type", "application/sdp".to_owned())];
        let extra: &[(&str, String)] = if answer.is_empty() { &[] } else { &kind };
        let (_, bytes) = self.in_dialog(index, "ACK", cseq, extra, answer);
        self.calls[index].ack = Some((cseq, bytes.clone()));
        if self.habits.acks {
            self.send(bytes);
        }
    }

    fn told_modify(&mut self, now: Duration, index: usize, said: &Said) {
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
            if let Some(index) = call.filter(|_| method != "PRACK" && method != "INFO") {
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
