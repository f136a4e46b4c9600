//! What must hold for any bytes a SIP parser is given. Used by libFuzzer and by the seeded mutation on stable Rust.
#![allow(
    unreachable_pub,
    reason = "included as a private module by its two users"
)]

use bytes::Bytes;
use sip::body::{self, Part};
use sip::headers::{
    CSeq, Challenge, Credentials, Event, MediaType, Params, Privacy, RAck, Reason, Referral,
    Replaces, SessionExpires, SessionId, SubscriptionState,
};
use sip::limits::{MAX_BODY_PARTS, MAX_HEADERS, MAX_LINE, MAX_MESSAGE};
use sip::{
    Frame, FramingError, HeaderName, Message, Method, NameAddr, StatusCode, StreamFramer, Uri, Via,
    Writer,
};

/// A message: whatever is read can be asked everything, answered and printed; whatever is refused is answered cleanly or not at all.
pub fn sip_message(data: &[u8]) {
    let source = "[2001:db8::1]:5060".parse().expect("a constant");
    match Message::parse(Bytes::copy_from_slice(data)) {
        Ok(message) => {
            ask(&message);
            let again = Message::parse(message.bytes().clone()).expect("the same bytes");
            assert_eq!(again.headers().count(), message.headers().count());
            if message.is_request() {
                let ringing =
                    Writer::response(&message, source, StatusCode::RINGING, None, Some("our-tag"))
                        .finish();
                let Some(ringing) = reread(ringing) else {
                    return;
                };
                assert_eq!(
                    (ringing.call_id(), ringing.cseq()),
                    (message.call_id(), message.cseq())
                );
                assert_eq!(
                    (ringing.from_tag(), ringing.to_tag()),
                    (
                        message.from_tag(),
                        Some(message.to_tag().unwrap_or("our-tag"))
                    )
                );
                assert_eq!(ringing.vias().count(), message.vias().count());
                relay(&message);
            }
        }
        Err(defect) => {
            if let Some(reply) = defect.reply(source, "our-tag") {
                assert_clean(&reply);
                assert!(reply.starts_with(b"SIP/2.0 ") && reply.ends_with(b"\r\n\r\n"));
                ask(defect.message.as_deref().expect("it was just answered"));
            }
        }
    }
}

/// Prints the request again, header by header: the other side must see the same headers.
fn relay(message: &Message) {
    let mut writer = Writer::request(message.method(), message.request_uri());
    for (name, value) in message.headers() {
        writer = writer.raw(name.as_str(), value);
    }
    let printed = writer.body("", message.body());
    let Some(relayed) = reread(printed) else {
        return;
    };
    let names = |message: &Message| {
        let names = message
            .headers()
            .map(|(name, _)| name)
            .filter(|name| *name != HeaderName::ContentLength);
        names.map(|name| name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&relayed), names(message));
    assert_eq!(
        (relayed.method(), relayed.request_uri(), relayed.body()),
        (message.method(), message.request_uri(), message.body())
    );
}

/// Reads what we printed. `None` when a name written out, a list split or Content-Length added took it over a limit.
fn reread(printed: Bytes) -> Option<Message> {
    let lines = || printed.split(|&byte| byte == b'\n');
    let head = lines().take_while(|line| *line != b"\r").count();
    let fits = printed.len() <= MAX_MESSAGE
        && head <= MAX_HEADERS
        && lines().all(|line| line.len() <= MAX_LINE);
    fits.then(|| {
        Message::parse(printed.clone()).unwrap_or_else(|defect| panic!("{defect}: {printed:?}"))
    })
}

/// No line ends but those of lines, no control character.
fn assert_clean(head: &[u8]) {
    for line in head.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(
            !line
                .iter()
                .any(|&byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f),
            "{line:?}"
        );
    }
}

fn ask(message: &Message) {
    let _ = (
        message.request_uri(),
        message.reason_phrase(),
        message.body_bytes(),
        message.from().to_string(),
        message.to().uri(),
    );
    let _ = (
        message.top_via(),
        message.vias().count(),
        message.contacts(),
        message.routes(),
        message.record_routes(),
        message.path(),
    );
    let _ = (
        message.max_forwards(),
        message.expires(),
        message.min_expires(),
        message.rseq(),
        message.rack(),
        message.min_se(),
    );
    let _ = (
        message.session_expires(),
        message.replaces(),
        message.refer_to(),
        message.referred_by(),
        message.reason().count(),
        Referral::of(message),
    );
    let _ = (
        message.p_asserted_identity(),
        message.diversion(),
        message.history_info(),
        message.p_called_party_id(),
        message.privacy(),
    );
    let _ = (
        message.session_id(),
        message.retry_after(),
        message.event(),
        message.subscription_state(),
        message.content_type(),
    );
    let _ = (
        message.accepts("application", "sdp"),
        message.supports("100rel"),
        message.allow().count(),
        message.authorization("r"),
    );
    let _ = (
        message.www_authenticate(),
        message.proxy_authenticate(),
        message.proxy_authorization("r"),
        message.unsupported().count(),
    );
    for (name, _) in message.headers() {
        assert!(message.header(&name).is_some());
    }
}

/// A URI: what is read prints as what is read again.
pub fn uri(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(uri) = Uri::parse(text) else { return };
    let printed = uri.to_string();
    assert!(
        printed.bytes().all(|byte| byte.is_ascii_graphic()),
        "{printed}"
    );
    assert_eq!(Uri::parse(&printed).as_ref(), Ok(&uri), "{printed}");
    assert!(uri.equivalent(&uri), "{printed}");
    assert_eq!(
        NameAddr::parse(format!("<{printed}>").as_bytes()).map(|addr| addr.uri().is_ok()),
        Ok(true),
        "{printed}"
    );
    let _ = Replaces::in_uri(&uri);
}

/// A Via value, and the headers that are a word or a number with parameters.
pub fn via(data: &[u8]) {
    if let Ok(via) = Via::parse(data) {
        let _ = (
            via.branch(),
            via.received(),
            via.rport(),
            via.sent_by(),
            via.known_transport(),
        );
        assert!(!via.host.is_empty() && !via.transport.is_empty());
    }
    if let Ok(cseq) = CSeq::parse(data) {
        assert_eq!(CSeq::parse(cseq.to_string().as_bytes()), Ok(cseq));
    }
    if let Ok(rack) = RAck::parse(data) {
        assert_eq!(RAck::parse(rack.to_string().as_bytes()), Ok(rack));
    }
    if let Ok(expires) = SessionExpires::parse(data) {
        assert_eq!(
            SessionExpires::parse(expires.to_string().as_bytes()),
            Ok(expires)
        );
    }
    if let Ok(replaces) = Replaces::parse(data) {
        assert_eq!(
            Replaces::parse(replaces.to_string().as_bytes()).map(|again| again.call_id),
            Ok(replaces.call_id)
        );
    }
    if let Ok(reason) = Reason::parse(data) {
        assert_eq!(
            Reason::parse(reason.to_string().as_bytes()).map(|again| again.cause),
            Ok(reason.cause)
        );
    }
    let _ = (
        Event::parse(data),
        MediaType::parse(data),
        Privacy::parse(data),
        SessionId::parse(data),
        SubscriptionState::parse(data),
    );
    let _: Params<'_> = Params::default();
}

/// An address: printed, it is the same address, and nothing in its display name ends a line.
pub fn name_addr(data: &[u8]) {
    let Ok(addr) = NameAddr::parse(data) else {
        return;
    };
    let _ = (
        addr.uri(),
        addr.expires(),
        addr.q(),
        addr.instance(),
        addr.reg_id(),
    );
    let printed = Writer::request(&Method::Options, "sip:x")
        .header(HeaderName::Contact, &addr)
        .finish();
    assert_clean(&printed);
    let text = addr.to_string();
    let again = NameAddr::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(
        (again.uri, again.tag(), again.params.iter().count()),
        (addr.uri, addr.tag(), addr.params.iter().count()),
        "{text}"
    );
}

/// Digest credentials and challenges.
pub fn auth(data: &[u8]) {
    if let Ok(Some(read)) = Credentials::parse(data) {
        let _ = read.nonce_count();
    }
    if let Ok(Some(read)) = Challenge::parse(data) {
        let _ = read.has_qop("auth");
    }
}

fn frames(chunks: &[&[u8]]) -> Vec<Result<Frame, FramingError>> {
    let mut framer = StreamFramer::new();
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        frames.extend(std::iter::from_fn(|| framer.next()));
    }
    frames
}

/// A stream: the first byte chooses a split, which must not change the frames; a frame is what the parser takes for one message.
pub fn stream_framer(data: &[u8]) {
    let Some((&choice, stream)) = data.split_first() else {
        return;
    };
    let whole = frames(&[stream]);
    let at = stream.len() * usize::from(choice) / 256;
    let (left, right) = stream.split_at(at);
    let split = frames(&[left, right]);
    // An error carries the head alone, so it too must not depend on the split.
    assert_eq!(split, whole, "split at {at}");
    for frame in whole {
        if let Ok(Frame::Message(bytes)) = frame
            && let Ok(message) = Message::parse(bytes.clone())
        {
            assert_eq!(
                message.bytes().len(),
                bytes.len(),
                "the framer and the parser disagree"
            );
        }
    }
}

/// A body of several parts: the first line is the content type, the rest the body. What is read is written and read as the same.
pub fn body(data: &[u8]) {
    let line = data.iter().position(|byte| *byte == b'\n');
    let (kind, bytes) = data.split_at(line.unwrap_or(data.len()));
    let bytes = bytes.get(1..).unwrap_or_default();
    let kind = String::from_utf8_lossy(kind).replace(char::is_control, " ");
    let read = |kind: &str, bytes: &[u8]| {
        let writer = Writer::request(&Method::Message, "sip:x")
            .raw("Via", b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1")
            .raw("From", b"<sip:a@x>;tag=a")
            .raw("To", b"<sip:b@x>")
            .raw("Call-ID", b"1")
            .raw("CSeq", b"1 MESSAGE");
        Message::parse(writer.body(kind, bytes)).ok()
    };
    let Some(message) = read(&kind, bytes) else {
        return;
    };
    let Ok(parts) = body::parts(&message, &|_| true) else {
        return;
    };
    assert!(parts.len() <= MAX_BODY_PARTS);
    let within: usize = parts.iter().map(|part| part.bytes.len()).sum();
    assert!(within <= bytes.len(), "parts are longer than the body");
    for part in &parts {
        let _ = (part.is_session(), part.is_referenced());
    }
    let (kind, written) = body::mixed("no-part-holds-this-boundary", &parts);
    if parts.is_empty() || bytes.windows(8).any(|piece| piece == b"no-part-") {
        return;
    }
    let Some(message) = read(&kind, &written) else {
        return;
    };
    let again = body::parts(&message, &|_| true).expect("our own body");
    let contents = |parts: &[Part]| {
        let held = parts.iter().map(|part| part.bytes.clone());
        held.collect::<Vec<_>>()
    };
    // A part that is a multipart itself is opened only when it is read as one.
    let plain = |part: &Part| !part.content_type.to_ascii_lowercase().contains("multipart");
    if parts.iter().all(plain) {
        assert_eq!(contents(&again), contents(&parts));
    }
}
