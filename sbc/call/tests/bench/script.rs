//! Requests written by hand, and the longer gestures that many tests begin with.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use call::journal::{Binding, Fact, JourneyId};
use call::{Command, CommandId, CommandResult, Input, Verb};
use sip::digest::{self, Ha1, Login};
use sip::{FlowId, HeaderName, Message, Method, Peer, Transport};

use super::{Bench, US};

/// One request as a peer writes it.
#[derive(Clone)]
pub struct Request<'a> {
    pub method: &'a str,
    pub uri: &'a str,
    pub at: &'a str,
    pub branch: String,
    pub from: String,
    pub to: String,
    pub call_id: &'a str,
    pub cseq: u32,
    pub extra: String,
    pub body: String,
}

impl<'a> Request<'a> {
    /// An INVITE outside of any dialog, without a body.
    pub fn invite(at: &'a str, uri: &'a str, user: &str, call_id: &'a str) -> Request<'a> {
        Request {
            method: "INVITE",
            uri,
            at,
            branch: format!("z9hG4bK{call_id}1"),
            from: format!("<sip:{user}@demo.centrale>;tag={call_id}f"),
            to: format!("<{uri}>"),
            call_id,
            cseq: 1,
            extra: String::new(),
            body: String::new(),
        }
    }

    pub fn with(mut self, header: &str) -> Request<'a> {
        self.extra.push_str(header);
        self.extra.push('\n');
        self
    }

    pub fn body(mut self, body: String) -> Request<'a> {
        self.body = body;
        self
    }

    /// The next request of the same peer in the dialog that this response made.
    pub fn next(&self, method: &'a str, cseq: u32, response: &Message) -> Request<'a> {
        let to = response.header(&HeaderName::To).unwrap().into_owned();
        Request {
            method,
            branch: format!("z9hG4bK{}{method}{cseq}", self.call_id),
            to,
            cseq,
            extra: String::new(),
            body: String::new(),
            ..self.clone()
        }
    }

    /// The CANCEL of this request.
    pub fn cancel(&self) -> Request<'a> {
        Request {
            method: "CANCEL",
            extra: String::new(),
            body: String::new(),
            ..self.clone()
        }
    }

    pub fn text(&self) -> String {
        let kind = if self.body.is_empty() || self.extra.contains("Content-Type:") {
            ""
        } else {
            "Content-Type: application/sdp\n"
        };
        format!(
            "{} {} SIP/2.0\nVia: SIP/2.0/UDP {};branch={}\nMax-Forwards: 70\nFrom: {}\nTo: {}\nCall-ID: {}\n\
             CSeq: {} {}\nContact: <sip:me@{}>\n{}{kind}Content-Length: {}\n\n{}",
            self.method,
            self.uri,
            self.at,
            self.branch,
            self.from,
            self.to,
            self.call_id,
            self.cseq,
            self.method,
            self.at,
            self.extra,
            self.body.replace('\n', "\r\n").len(),
            self.body
        )
    }
}

/// A request of the core in a dialog that it began: what the called party sends back in it.
pub fn in_their_dialog(invite: &Message, method: &str, cseq: u32, at: &str, body: &str) -> String {
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\n"
    };
    let header = |name: &HeaderName| invite.header(name).unwrap().into_owned();
    let contact = invite.contacts().unwrap().list()[0].uri.to_owned();
    format!(
        "{method} {contact} SIP/2.0\nVia: SIP/2.0/UDP {at};branch=z9hG4bKback{method}{cseq}\nMax-Forwards: 70\n\
         From: {};tag=p1\nTo: {}\nCall-ID: {}\nCSeq: {cseq} {method}\nContact: <sip:p@{at}>\n{kind}\
         Content-Length: {}\n\n{body}",
        header(&HeaderName::To),
        header(&HeaderName::From),
        header(&HeaderName::CallId),
        body.replace('\n', "\r\n").len(),
    )
}

/// A phone that registered long ago.
pub fn binding(account: &str, at: &str) -> Binding {
    Binding {
        account: account.to_owned(),
        contact: format!("sip:{account}@{at}"),
        peer: Peer {
            transport: Transport::Udp,
            local: US.parse::<SocketAddr>().unwrap(),
            remote: at.parse().unwrap(),
            flow: None,
        },
        expires: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_003_600),
        call_id: "reg".to_owned(),
        cseq: 1,
        q: 1_000,
        instance: None,
        reg_id: None,
        path: Vec::new(),
        user_agent: String::new(),
        seen: SystemTime::UNIX_EPOCH,
    }
}

impl Bench {
    /// Somebody at a desk gives an order: what became of it.
    pub fn order(&mut self, verb: Verb) -> CommandResult {
        let id = self.orders;
        self.orders += 1;
        self.order_again(id, verb)
    }

    /// The same under an id that the sender chose.
    pub fn order_again(&mut self, id: u128, verb: Verb) -> CommandResult {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000) + self.past;
        self.order_at(id, at, verb)
    }

    /// The same, ordered at another time.
    pub fn order_at(&mut self, id: u128, at: SystemTime, verb: Verb) -> CommandResult {
        self.feed(Input::Command(Command {
            id: CommandId(id),
            actor: "anna".to_owned(),
            at,
            if_version: None,
            verb,
        }));
        self.replies.last().cloned().expect("a result")
    }

    /// The journey that began as so many others had begun.
    pub fn journey(&self, nth: usize) -> JourneyId {
        let began = |fact: &Fact| match fact {
            Fact::JourneyBegan { journey, .. } => Some(*journey),
            _ => None,
        };
        self.facts.iter().filter_map(began).nth(nth).unwrap()
    }

    pub fn say(&mut self, request: &Request<'_>) {
        self.datagram(request.at, request.text());
    }

    /// A phone that registered long ago.
    pub fn registered(&mut self, account: &str, at: &str) {
        self.feed(Input::Restore {
            bindings: vec![binding(account, at)],
            ghosts: Vec::new(),
            callbacks: Vec::new(),
        });
    }

    /// A phone registers over a connection.
    pub fn register_over(&mut self, flow: FlowId, account: &str, contact: &str) {
        assert_eq!(self.try_register(flow, account, contact), 200);
    }

    /// A phone registers over a connection, challenge and all: the status.
    pub fn try_register(&mut self, flow: FlowId, account: &str, contact: &str) -> u16 {
        let address = format!("<sip:{account}@demo.centrale>");
        let text = |cseq: u32, proof: &str| {
            format!(
                "REGISTER sip:demo.centrale SIP/2.0\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKreg{}{cseq}\n\
                 Max-Forwards: 70\nFrom: {address};tag=r\nTo: {address}\nCall-ID: reg{}\nCSeq: {cseq} REGISTER\n\
                 Contact: {contact}\n{proof}Content-Length: 0\n\n",
                flow.0, flow.0
            )
        };
        let stream = |text: String| Input::Stream {
            flow,
            bytes: text.replace('\n', "\r\n").into(),
        };
        self.feed(stream(text(1, "")));
        let refusal = self.sent.last().expect("a challenge").1.clone();
        let ha1 = Ha1::new(account, "demo.centrale", &format!("demo-{account}"), true);
        let login = Login {
            user: account,
            realm: "demo.centrale",
            ha1: &ha1,
        };
        let challenges = refusal.www_authenticate();
        let uri = "sip:demo.centrale";
        let value = digest::answer(&challenges, &login, &Method::Register, uri, "cn", 1);
        let value = value.expect("an answer");
        self.feed(stream(text(2, &format!("Authorization: {value}\n"))));
        self.sent.last().expect("an answer").1.status().0
    }

    /// Sends a request of a phone, takes the challenge and sends it again with the answer. Gives back what was sent last.
    pub fn proven<'a>(&mut self, account: &str, request: Request<'a>) -> Request<'a> {
        self.say(&request);
        let refusal = self.last(request.at, "401");
        let ha1 = Ha1::new(account, "demo.centrale", &format!("demo-{account}"), true);
        let login = Login {
            user: account,
            realm: "demo.centrale",
            ha1: &ha1,
        };
        let challenges = refusal.www_authenticate();
        let value = digest::answer(&challenges, &login, &Method::Invite, request.uri, "cn", 1)
            .expect("an answer");
        let again = Request {
            branch: format!("{}a", request.branch),
            cseq: request.cseq + 1,
            ..request.with(&format!("Authorization: {value}"))
        };
        self.say(&again);
        again
    }

    /// How many messages of this kind went there.
    pub fn count(&self, to: &str, what: &str) -> usize {
        let to: SocketAddr = to.parse().unwrap();
        let is = |message: &Message| {
            if message.is_request() {
                message.method().as_str() == what
            } else {
                message.status().0.to_string() == what
            }
        };
        self.sent
            .iter()
            .filter(|(remote, message)| *remote == to && is(message))
            .count()
    }
}
