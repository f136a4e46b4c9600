//! What a message says, in the same words for both libraries: facet by facet, so that a difference has a name.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use rsip::message::HeadersExt;
use rsip::prelude::{HasHeaders, ToTypedHeader, UntypedHeader};
use sip::{HeaderName, Message, NameAddr, Uri};

/// Facet → value. A facet that cannot be read says `refused`; one that is not there is left out.
pub(crate) type Reading = BTreeMap<&'static str, String>;

const REFUSED: &str = "refused";

fn joined(parts: &[Option<&str>]) -> String {
    parts
        .iter()
        .map(|part| part.unwrap_or("-"))
        .collect::<Vec<_>>()
        .join(" | ")
}

fn uri(text: &str) -> String {
    Uri::parse(text).map_or(REFUSED.to_owned(), |uri| uri.to_string())
}

fn address(addr: NameAddr<'_>) -> String {
    joined(&[addr.display.as_deref(), Some(&uri(addr.uri)), addr.tag()])
}

/// What our parser says.
pub(crate) fn ours(bytes: &[u8]) -> Reading {
    let mut reading = Reading::new();
    let Ok(message) = Message::parse(Bytes::copy_from_slice(bytes)) else {
        reading.insert("message", REFUSED.to_owned());
        return reading;
    };
    reading.insert("message", "read".to_owned());
    if message.is_request() {
        reading.insert("method", message.method().to_string());
        reading.insert("request-uri", uri(message.request_uri()));
    } else {
        reading.insert("status", message.status().to_string());
    }
    reading.insert("call-id", message.call_id().to_owned());
    reading.insert("cseq", message.cseq().to_string());
    reading.insert("from", address(message.from()));
    reading.insert("to", address(message.to()));
    let via = message.top_via();
    let port = via.port.map(|port| port.to_string());
    let received = via.received().map(|ip| ip.to_string());
    reading.insert(
        "via",
        joined(&[
            Some(via.transport),
            Some(via.host),
            port.as_deref(),
            via.branch(),
            received.as_deref(),
        ]),
    );
    reading.insert("vias", message.vias().count().to_string());
    optional(&message, &mut reading);
    reading.insert("body", String::from_utf8_lossy(message.body()).into_owned());
    reading
}

fn optional(message: &Message, reading: &mut Reading) {
    match message.contacts() {
        Ok(contacts) => {
            if let Some(first) = contacts.first() {
                reading.insert("contact", address(first.clone()));
            }
            if !contacts.list().is_empty() {
                reading.insert("contacts", contacts.list().len().to_string());
            }
        }
        Err(_) => {
            reading.insert("contact", REFUSED.to_owned());
        }
    }
    if let Some(hops) = message.max_forwards() {
        reading.insert("max-forwards", hops.to_string());
    }
    if let Some(seconds) = message.expires() {
        reading.insert("expires", seconds.to_string());
    }
    if let Some(agent) = message.header(&HeaderName::UserAgent) {
        reading.insert("user-agent", agent.into_owned());
    }
    if let Some(value) = message.header(&HeaderName::Other("X-Town".into())) {
        reading.insert("x-town", value.into_owned());
    }
    if message.has(&HeaderName::Authorization) {
        let line = message
            .authorization("demo.centrale")
            .map_or(REFUSED.to_owned(), |read| {
                joined(&[
                    Some(read.username),
                    Some(read.nonce),
                    Some(read.uri),
                    Some(read.response),
                    read.nc,
                    read.cnonce,
                ])
            });
        reading.insert("authorization", line);
    }
}

/// rsip leaves the quotes at a display name; that is its way, no defect.
fn unquoted(name: Option<&str>) -> Option<&str> {
    name.map(|name| {
        name.strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'))
            .unwrap_or(name)
    })
}

/// What rsip says. It may panic; then everything is refused.
pub(crate) fn theirs(bytes: &[u8]) -> Reading {
    catch_unwind(AssertUnwindSafe(|| read_theirs(bytes)))
        .unwrap_or_else(|_| Reading::from([("message", "panicked".to_owned())]))
}

fn read_theirs(bytes: &[u8]) -> Reading {
    let mut reading = Reading::new();
    let Ok(message) = rsip::SipMessage::try_from(bytes) else {
        reading.insert("message", REFUSED.to_owned());
        return reading;
    };
    reading.insert("message", "read".to_owned());
    match &message {
        rsip::SipMessage::Request(request) => {
            reading.insert("method", request.method.to_string());
            reading.insert("request-uri", request.uri.to_string());
        }
        rsip::SipMessage::Response(response) => {
            reading.insert("status", response.status_code.code().to_string());
        }
    }
    reading.insert(
        "call-id",
        or_refused(message.call_id_header().map(|id| id.value().to_owned())),
    );
    reading.insert(
        "cseq",
        or_refused(
            message
                .cseq_header()
                .and_then(|cseq| cseq.typed())
                .map(|cseq| cseq.to_string()),
        ),
    );
    their_addresses(&message, &mut reading);
    their_vias_and_contacts(&message, &mut reading);
    read_plain_headers(&message, &mut reading);
    reading.insert("body", String::from_utf8_lossy(message.body()).into_owned());
    reading
}

fn or_refused(value: Result<String, rsip::Error>) -> String {
    value.unwrap_or_else(|_| REFUSED.to_owned())
}

fn their_addresses(message: &rsip::SipMessage, reading: &mut Reading) {
    let from = message.from_header().and_then(|from| from.typed());
    reading.insert(
        "from",
        or_refused(from.map(|from| {
            let tag = from.tag().map(|tag| tag.value().to_owned());
            joined(&[
                unquoted(from.display_name.as_deref()),
                Some(&from.uri.to_string()),
                tag.as_deref(),
            ])
        })),
    );
    let to = message.to_header().and_then(|to| to.typed());
    reading.insert(
        "to",
        or_refused(to.map(|to| {
            let tag = to.tag().map(|tag| tag.value().to_owned());
            joined(&[
                unquoted(to.display_name.as_deref()),
                Some(&to.uri.to_string()),
                tag.as_deref(),
            ])
        })),
    );
}

fn their_vias_and_contacts(message: &rsip::SipMessage, reading: &mut Reading) {
    let via = message.via_header().and_then(|via| via.typed());
    reading.insert(
        "via",
        or_refused(via.map(|via| {
            let port = via
                .uri
                .host_with_port
                .port
                .as_ref()
                .map(|port| port.to_string());
            let branch = via.branch().map(|branch| branch.value().to_owned());
            let received = via.received().ok().flatten().map(|ip| ip.to_string());
            let transport = via.transport.to_string();
            joined(&[
                Some(&transport),
                Some(&via.uri.host_with_port.host.to_string()),
                port.as_deref(),
                branch.as_deref(),
                received.as_deref(),
            ])
        })),
    );
    let count = |fits: fn(&rsip::Header) -> bool| {
        message
            .headers()
            .iter()
            .filter(|header| fits(header))
            .count()
    };
    reading.insert(
        "vias",
        count(|header| matches!(header, rsip::Header::Via(_))).to_string(),
    );
    if let Ok(contact) = message.contact_header() {
        let typed = contact.typed();
        reading.insert(
            "contact",
            or_refused(typed.map(|contact| {
                joined(&[
                    unquoted(contact.display_name.as_deref()),
                    Some(&contact.uri.to_string()),
                    None,
                ])
            })),
        );
        reading.insert(
            "contacts",
            count(|header| matches!(header, rsip::Header::Contact(_))).to_string(),
        );
    }
}

fn read_plain_headers(message: &rsip::SipMessage, reading: &mut Reading) {
    for header in message.headers().iter() {
        match header {
            rsip::Header::MaxForwards(hops) => {
                reading.insert(
                    "max-forwards",
                    hops.num()
                        .map_or(REFUSED.to_owned(), |hops| hops.to_string()),
                );
            }
            rsip::Header::Expires(seconds) => {
                reading.insert(
                    "expires",
                    seconds
                        .seconds()
                        .map_or(REFUSED.to_owned(), |seconds| seconds.to_string()),
                );
            }
            rsip::Header::UserAgent(agent) => {
                reading.insert("user-agent", agent.value().to_owned());
            }
            rsip::Header::Other(name, value) if name.eq_ignore_ascii_case("X-Town") => {
                reading.insert("x-town", value.clone());
            }
            rsip::Header::Authorization(header) => {
                let line = header.typed().map_or(REFUSED.to_owned(), |read| {
                    let (nc, cnonce) = match &read.qop {
                        Some(rsip::headers::auth::AuthQop::Auth { cnonce, nc }) => {
                            (Some(format!("{nc:08x}")), Some(cnonce.clone()))
                        }
                        _ => (None, None),
                    };
                    let uri = read.uri.to_string();
                    joined(&[
                        Some(&read.username),
                        Some(&read.nonce),
                        Some(&uri),
                        Some(&read.response),
                        nc.as_deref(),
                        cnonce.as_deref(),
                    ])
                });
                reading.insert("authorization", line);
            }
            _ => {}
        }
    }
}

/// The facets in which two readings differ. When one side refuses the whole message that alone counts.
pub(crate) fn differing(a: &Reading, b: &Reading) -> Vec<&'static str> {
    if a.get("message") != b.get("message") {
        return vec!["message"];
    }
    let facets: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).copied().collect();
    facets
        .into_iter()
        .filter(|facet| a.get(facet) != b.get(facet))
        .collect()
}
