//! Properties over made-up values: what is built prints, and what is printed is read back as what was built.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use bytes::Bytes;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::{collection, option};
use sip::uri::UriParam;
use sip::{
    Frame, HeaderName, Host, Message, Method, NameAddr, Scheme, StatusCode, StreamFramer, Uri,
    Writer,
};

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9.!%*_+`'~-]{1,12}".prop_filter("no bare percent", |text| !text.contains('%'))
}

fn host() -> impl Strategy<Value = Host> {
    prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(Host::V4),
        any::<std::net::Ipv6Addr>().prop_map(Host::V6),
        "[a-z][a-z0-9-]{0,8}(\\.[a-z][a-z0-9]{0,8}){0,2}".prop_map(|name| Host::Name(name.into())),
    ]
}

fn params() -> impl Strategy<Value = Vec<UriParam>> {
    collection::btree_map("[a-z]{1,6}", option::of("\\PC{1,8}"), 0..4).prop_map(|map| {
        map.into_iter()
            .map(|(name, value)| UriParam { name, value })
            .collect()
    })
}

/// Any user, also with characters that must be escaped: NUL, line ends, `@`, letters with accents.
fn uri() -> impl Strategy<Value = Uri> {
    let secure = prop_oneof![Just(Scheme::Sip), Just(Scheme::Sips)];
    let user = option::of(
        collection::vec(any::<char>(), 1..12)
            .prop_map(|chars| chars.into_iter().collect::<String>()),
    );
    (
        secure,
        user,
        option::of("\\PC{0,6}"),
        host(),
        option::of(1u16..),
        params(),
        params(),
    )
        .prop_map(|(scheme, user, password, host, port, params, headers)| {
            let password = user.as_ref().and(password);
            Uri {
                scheme,
                user,
                password,
                host,
                port,
                params,
                headers,
                opaque: String::new(),
            }
        })
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        proptest::sample::select(Method::KNOWN.to_vec()),
        "[A-Z]{3,9}".prop_map(|name| Method::from_token(&name))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_uri_survives_printing(uri in uri()) {
        let printed = uri.to_string();
        assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()), "{printed}");
        assert_eq!(Uri::parse(&printed).as_ref(), Ok(&uri), "{printed}");
        assert!(uri.equivalent(&Uri::parse(&printed).unwrap()));
    }

    #[test]
    fn an_address_survives_printing(display in "\\PC{0,20}", uri in uri(), tag in token()) {
        let uri = uri.to_string();
        let name = NameAddr { display: Some(display.as_str().into()), uri: &uri, params: Default::default() };
        let printed = format!("{name};tag={tag}");
        let again = NameAddr::parse(printed.as_bytes()).unwrap();
        assert_eq!(again.display.as_deref().unwrap_or(""), display, "{printed}");
        assert_eq!((again.uri, again.tag()), (uri.as_str(), Some(tag.as_str())), "{printed}");
    }

    #[test]
    fn a_request_and_its_response_survive_the_wire(
        method in method(), target in uri(), call_id in token(), seq in any::<u32>(), from_tag in token(), to_tag in token(),
        town in "\\PC{0,30}", body in collection::vec(any::<u8>(), 0..200), cut in any::<proptest::sample::Index>(),
    ) {
        let target = Uri { headers: Vec::new(), ..target }.to_string();
        let bytes = Writer::request(&method, &target)
            .header(HeaderName::Via, "SIP/2.0/TCP host.example:5070;branch=z9hG4bK1;rport")
            .header(HeaderName::From, format_args!("<sip:a@b>;tag={from_tag}"))
            .header(HeaderName::To, format_args!("<{target}>"))
            .header(HeaderName::CallId, &call_id)
            .header(HeaderName::CSeq, format_args!("{seq} {method}"))
            .raw("X-Town", town.as_bytes())
            .body("application/octet-stream", &body);
        let message = Message::parse(bytes.clone()).unwrap();
        assert_eq!((message.method(), message.request_uri(), message.call_id()), (&method, target.as_str(), call_id.as_str()));
        assert_eq!((message.cseq().seq, message.from_tag(), message.body()), (seq, Some(from_tag.as_str()), &body[..]));
        assert_eq!(message.header(&HeaderName::Other("X-Town".into())).unwrap(), town.trim_matches(' '));

        let source = "192.0.2.7:4000".parse().unwrap();
        let response = Writer::response(&message, source, StatusCode::OK, None, Some(&to_tag)).finish();
        let response = Message::parse(response).unwrap();
        assert_eq!((response.method(), response.to_tag(), response.cseq()), (&method, Some(to_tag.as_str()), message.cseq()));
        assert_eq!(response.top_via().rport(), Some(Some(4000)));

        let mut framer = StreamFramer::new();
        let twice = [&bytes[..], &bytes[..]].concat();
        let (left, right) = twice.split_at(cut.index(twice.len()));
        let mut frames = Vec::new();
        for part in [left, right] {
            framer.push(part);
            frames.extend(std::iter::from_fn(|| framer.next()));
        }
        let frame: Result<Frame, _> = Ok(Frame::Message(bytes));
        assert_eq!(frames, [frame.clone(), frame]);
    }

    #[test]
    fn nothing_a_value_holds_ends_its_line(name in "\\PC{0,8}", value in collection::vec(any::<u8>(), 0..60), text in any::<String>()) {
        let bytes = Writer::request(&Method::Options, &text).raw(&name, &value).header(HeaderName::Subject, &text).finish();
        let lines = bytes.split(|&byte| byte == b'\n').count();
        // Request line, perhaps the raw header, Subject, Content-Length, the empty line and what stands behind it.
        assert!((5..=6).contains(&lines), "{bytes:?}");
        assert!(!bytes.iter().any(|&byte| (byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n')) || byte == 0x7f));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in collection::vec(any::<u8>(), 0..300)) {
        let _ = Message::parse(Bytes::from(bytes.clone()));
        let mut framer = StreamFramer::new();
        framer.push(&bytes);
        while framer.next().is_some() {}
    }
}
