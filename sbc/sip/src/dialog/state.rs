//! The state of one dialog and the requests inside it (RFC 3261 sections 12.1 to 12.3, 13.2.2.4).

use super::id::{DialogId, LocalTag};
use super::route::{self, Hop, Way};
use crate::headers::{HeaderName, NameAddr};
use crate::message::Message;
use crate::uri::Parts;
use crate::value::Value;
use crate::writer::Writer;
use crate::{Method, StatusCode};

/// Max-Forwards of a request that begins here (RFC 3261 section 8.1.1.6).
pub const HOPS: u8 = 70;

/// Whether a dialog stands already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Made by a provisional response.
    Early,
    /// Made or confirmed by a 2xx.
    Confirmed,
}

/// Who sent the INVITE that made the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// We did.
    Uac,
    /// The peer did.
    Uas,
}

/// Why a message makes no dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialogError {
    /// A 100, or another provisional response without a To tag: nothing is wrong, there is no dialog yet.
    #[error("a response without a To tag makes no dialog")]
    NoTag,
    /// An INVITE without exactly one address in Contact (sections 8.1.1.8 and 12.1.1): 400.
    #[error("Contact must hold exactly one address")]
    BadContact,
    /// A Record-Route that cannot be read or names too many proxies: 400.
    #[error("Record-Route is malformed or too long")]
    BadRoute,
}

/// A request whose CSeq is not above the last one: answer 500 (section 12.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("CSeq {got} after {last}")]
pub struct OutOfOrder {
    /// The number that came.
    pub got: u32,
    /// The highest number seen before.
    pub last: u32,
}

/// One dialog, seen from our side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    id: DialogId,
    role: Role,
    phase: Phase,
    local: String,
    remote: String,
    local_seq: u32,
    remote_seq: Option<u32>,
    routes: Vec<Hop>,
    target: String,
}

impl Dialog {
    /// Section 12.1.1: the dialog that our response with `local_tag` to this INVITE makes.
    pub fn uas(request: &Message, local_tag: LocalTag) -> Result<Dialog, DialogError> {
        let id = DialogId {
            call_id: request.call_id().into(),
            local: local_tag,
            remote: request.from_tag().unwrap_or_default().into(),
        };
        Ok(Dialog {
            id,
            role: Role::Uas,
            phase: Phase::Early,
            local: without_tag(&request.to()),
            remote: without_tag(&request.from()),
            local_seq: 0,
            remote_seq: Some(request.cseq().seq),
            routes: route::recorded(request).ok_or(DialogError::BadRoute)?,
            target: only_contact(request)?,
        })
    }

    /// Section 12.1.2: the dialog that this 101 to 299 to our INVITE makes. A provisional response may come without
    /// Contact, and a careless 2xx does too: then the INVITE's own Request-URI is the target, so that the call can at
    /// least be acknowledged and ended.
    pub fn uac(request: &Message, response: &Message) -> Result<Dialog, DialogError> {
        let status = response.status();
        let early = status.is_provisional();
        if status == StatusCode(100) || (early && response.to_tag().is_none()) {
            return Err(DialogError::NoTag);
        }
        let id = DialogId {
            call_id: request.call_id().into(),
            local: request.from_tag().unwrap_or_default().into(),
            remote: response.to_tag().unwrap_or_default().into(),
        };
        Ok(Dialog {
            id,
            role: Role::Uac,
            phase: if early {
                Phase::Early
            } else {
                Phase::Confirmed
            },
            local: without_tag(&request.from()),
            remote: without_tag(&request.to()),
            local_seq: request.cseq().seq,
            remote_seq: None,
            routes: reversed(response)?,
            target: contact(response).unwrap_or_else(|| request.request_uri().to_owned()),
        })
    }

    /// We sent the 2xx.
    pub fn confirm(&mut self) {
        self.phase = Phase::Confirmed;
    }

    /// A response to our INVITE arrived in this dialog. A 2xx confirms an early dialog and fixes its route set anew
    /// (section 13.2.2.4); any response with a Contact moves the target. In a confirmed dialog this is a response to a
    /// re-INVITE or UPDATE: only a 2xx moves the target (section 12.2.1.2).
    pub fn answered(&mut self, response: &Message) -> Result<(), DialogError> {
        let status = response.status();
        let moves = match self.phase {
            Phase::Early if status.is_success() => {
                self.routes = reversed(response)?;
                self.phase = Phase::Confirmed;
                true
            }
            Phase::Early => status.is_provisional(),
            Phase::Confirmed => status.is_success(),
        };
        if let (true, Some(contact)) = (moves, contact(response)) {
            self.target = contact;
        }
        Ok(())
    }

    /// Section 12.2.2: checks and remembers the CSeq of a request in this dialog. ACK and CANCEL repeat the number of
    /// their INVITE and are let through.
    pub fn receive(&mut self, request: &Message) -> Result<(), OutOfOrder> {
        if matches!(request.method(), Method::Ack | Method::Cancel) {
            return Ok(());
        }
        let got = request.cseq().seq;
        match self.remote_seq {
            Some(last) if got <= last => Err(OutOfOrder { got, last }),
            _ => {
                self.remote_seq = Some(got);
                Ok(())
            }
        }
    }

    /// Sections 12.2.2 and RFC 6141 section 4: we accept this re-INVITE or UPDATE, so its Contact is the new target.
    pub fn refresh_target(&mut self, request: &Message) {
        if let Some(contact) = contact(request) {
            self.target = contact;
        }
    }

    /// From now on our side is named so, a name-addr without tag (RFC 4916 section 4.3): only for a peer that said
    /// `from-change`.
    pub fn rename(&mut self, local: String) {
        self.local = local;
    }

    /// Starts the next request of ours in this dialog: Request-URI, Via (a whole value, with its branch), Max-Forwards,
    /// Route, From, To, Call-ID and CSeq. Send it to [`Dialog::next_hop`].
    pub fn next_request(&mut self, method: &Method, via: impl Value) -> Writer {
        self.local_seq = self.local_seq.saturating_add(1);
        self.request(method, self.local_seq, via)
    }

    /// Section 13.2.2.4: starts the ACK of a 2xx to our INVITE that had the number `cseq`. It is no transaction, has a
    /// branch of its own, and carries the credentials of its INVITE (section 22.1).
    pub fn ack(&self, cseq: u32, via: impl Value) -> Writer {
        self.request(&Method::Ack, cseq, via)
    }

    fn request(&self, method: &Method, seq: u32, via: impl Value) -> Writer {
        let way = Way::new(&self.routes, &self.target);
        let mut writer = Writer::request(method, way.request_uri)
            .header(HeaderName::Via, via)
            .header(HeaderName::MaxForwards, HOPS);
        for route in way.routes() {
            writer = writer.header(HeaderName::Route, route);
        }
        let remote = &self.id.remote;
        let mark = if remote.as_str().is_empty() {
            ""
        } else {
            ";tag="
        };
        writer
            .header(HeaderName::From, (&self.local, ";tag=", &self.id.local))
            .header(HeaderName::To, (&self.remote, mark, remote))
            .header(HeaderName::CallId, &self.id.call_id)
            .header(HeaderName::CSeq, (seq, " ", method))
    }

    /// The URI a request is sent to: the first proxy of the route set, or the remote target.
    pub fn next_hop(&self) -> &str {
        route::next_hop(&self.routes, &self.target)
    }

    /// The Request-URI of the next request (section 12.2.1.1).
    pub fn request_uri(&self) -> &str {
        Way::new(&self.routes, &self.target).request_uri
    }

    /// The Route values of the next request, in order.
    pub fn routes(&self) -> Vec<String> {
        Way::new(&self.routes, &self.target).routes().collect()
    }

    /// The name of this dialog.
    pub fn id(&self) -> &DialogId {
        &self.id
    }

    /// Who sent its INVITE.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Early or confirmed.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The peer's Contact URI.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The number of our last request.
    pub fn local_seq(&self) -> u32 {
        self.local_seq
    }

    /// Our address as the peer knows it, a name-addr without tag.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The peer's address, a name-addr without tag.
    pub fn remote(&self) -> &str {
        &self.remote
    }
}

/// Section 12.1.2: the UAC's route set is the Record-Route in reverse.
fn reversed(response: &Message) -> Result<Vec<Hop>, DialogError> {
    let mut hops = route::recorded(response).ok_or(DialogError::BadRoute)?;
    hops.reverse();
    Ok(hops)
}

/// The URI of an INVITE's Contact: exactly one (section 8.1.1.8).
fn only_contact(request: &Message) -> Result<String, DialogError> {
    let mut contacts = request.elements(&HeaderName::Contact);
    match (contacts.next().map(NameAddr::parse), contacts.next()) {
        (Some(Ok(contact)), None) if is_target(contact.uri) => Ok(contact.uri.to_owned()),
        _ => Err(DialogError::BadContact),
    }
}

/// The URI of the first Contact that can be read.
fn contact(message: &Message) -> Option<String> {
    let contacts = message.elements(&HeaderName::Contact);
    contacts
        .filter_map(|contact| NameAddr::parse(contact).ok())
        .find(|contact| is_target(contact.uri))
        .map(|contact| contact.uri.to_owned())
}

/// Whether a URI can stand in a request line: what a peer would refuse there is no remote target.
fn is_target(uri: &str) -> bool {
    Parts::split(uri.as_bytes()).is_ok()
}

/// From and To go back without their tags and parameters, the tags come from the dialog.
fn without_tag(address: &NameAddr<'_>) -> String {
    NameAddr {
        display: address.display.clone(),
        uri: address.uri,
        params: Default::default(),
    }
    .to_string()
}
