//! Messages that both libraries read: a plain one, the plain one with one thing changed, and the torture messages.

use std::path::Path;

const INVITE: &str = "INVITE sip:054310000@127.0.0.1:5060 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKa1\r\n\
    Max-Forwards: 70\r\n\
    From: \"J. Rosenberg\" <sip:+32470000000@127.0.0.2>;tag=t-1\r\n\
    To: <sip:054310000@127.0.0.1>\r\n\
    Call-ID: abc@127.0.0.2\r\n\
    CSeq: 7 INVITE\r\n\
    Contact: <sip:+32470000000@127.0.0.2:5070>\r\n\
    Expires: 120\r\n\
    User-Agent: phone/1.0\r\n\
    X-Town: Galmaarden\r\n\
    Authorization: Digest username=\"2101\", realm=\"demo.centrale\", nonce=\"n1\", uri=\"sip:demo.centrale\", response=\"0a\", \
    algorithm=MD5, qop=auth, nc=00000007, cnonce=\"c1\"\r\n\
    Content-Length: 4\r\n\r\nbody";

const RINGING: &str = "SIP/2.0 180 Ringing\r\n\
    Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKa1;received=127.0.0.3\r\n\
    From: <sip:a@example.com>;tag=t-1\r\nTo: <sip:b@example.com>;tag=t-2\r\nCall-ID: abc\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n";

/// Name, what is replaced in the plain INVITE, by what.
const CHANGED: [(&str, &str, &str); 23] = [
    (
        "transport in lower case",
        ":5060 SIP",
        ":5060;transport=udp SIP",
    ),
    ("fold", "X-Town: Galmaarden", "X-Town: Galmaarden\r\n Gooik"),
    (
        "fold in from",
        "From: \"J. Rosenberg\" ",
        "From: \"J. Rosenberg\"\r\n ",
    ),
    ("compact via", "Via:", "v:"),
    ("compact from", "From:", "f:"),
    ("compact call-id", "Call-ID:", "i:"),
    ("compact contact", "Contact:", "m:"),
    ("unknown method", "INVITE", "NEWMETHOD"),
    ("message method", "INVITE", "MESSAGE"),
    (
        "tel request-uri",
        "sip:054310000@127.0.0.1:5060 ",
        "tel:+3254310000 ",
    ),
    (
        "tel from",
        "<sip:+32470000000@127.0.0.2>;tag",
        "<tel:+32470000000>;tag",
    ),
    (
        "ipv6 request-uri",
        "sip:054310000@127.0.0.1:5060",
        "sip:054310000@[2001:db8::1]:5060",
    ),
    (
        "ipv6 via",
        "127.0.0.2:5070;branch",
        "[2001:db8::2]:5070;branch",
    ),
    (
        "ipv6 contact",
        "<sip:+32470000000@127.0.0.2:5070>",
        "<sip:a@[2001:db8::2]:5070>",
    ),
    (
        "gruu",
        "<sip:+32470000000@127.0.0.2:5070>",
        "<sip:a@h;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>",
    ),
    (
        "comma list of via",
        "branch=z9hG4bKa1",
        "branch=z9hG4bKa1, SIP/2.0/TCP second;branch=z9hG4bKb",
    ),
    (
        "comma list of contact",
        "<sip:+32470000000@127.0.0.2:5070>",
        "<sip:a@h1>, <sip:b@h2>",
    ),
    ("quoted brackets", "J. Rosenberg", "x <sip:evil@h>"),
    ("quoted quote", "J. Rosenberg", "a \\\"b\\\""),
    ("nonce count above 255", "nc=00000007", "nc=00000100"),
    ("space in front of the colon", "X-Town:", "X-Town :"),
    ("two call-ids", "Expires: 120", "Call-ID: other"),
    ("noise behind the body", "body", "bodyNOISE"),
];

fn torture() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/torture");
    let mut messages = Vec::new();
    for rfc in ["rfc4475", "rfc5118"] {
        for file in std::fs::read_dir(folder.join(rfc)).unwrap() {
            let path = file.unwrap().path();
            messages.push((
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            ));
        }
    }
    messages.sort();
    messages
}

/// Every case with its name.
pub(crate) fn all() -> Vec<(String, Vec<u8>)> {
    let mut cases = vec![
        ("plain request".to_owned(), INVITE.into()),
        ("plain response".to_owned(), RINGING.into()),
    ];
    for (name, from, to) in CHANGED {
        let changed = INVITE.replace(from, to);
        assert_ne!(changed, INVITE, "{name} changes nothing");
        cases.push((name.to_owned(), changed.into_bytes()));
    }
    cases.extend(torture());
    cases
}

/// Ways to spell one part of the plain INVITE that both libraries must read alike: part, spellings.
const ALIKE: [(&str, &[&str]); 9] = [
    (
        " sip:054310000@127.0.0.1:5060 ",
        &[
            " sip:a@b.example ",
            " sips:a:pass@b.example:5061 ",
            " sip:b.example ",
            " sip:1.2.3.4;lr ",
        ],
    ),
    (
        "SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKa1",
        &[
            "SIP/2.0/TCP h.example;branch=z9hG4bK-1",
            "SIP/2.0/TLS h:5061;rport;branch=z9hG4bKx",
        ],
    ),
    (
        "\"J. Rosenberg\" <sip:+32470000000@127.0.0.2>;tag=t-1",
        &[
            "<sip:a@b>;tag=x",
            "\"Rosé\" <sip:a@b.example:5080>;tag=y",
            "<sip:b>;tag=1",
        ],
    ),
    (
        "To: <sip:054310000@127.0.0.1>",
        &[
            "To: <sip:a@b>;tag=z",
            "To: \"x\" <sips:a@b>",
            "to:<sip:c@d>",
        ],
    ),
    (
        "7 INVITE",
        &["0 INVITE", "4294967295 INVITE", "0007 INVITE"],
    ),
    (
        "<sip:+32470000000@127.0.0.2:5070>",
        &["<sip:a@h>;q=0.5;expires=60", "\"x\" <sip:a@h>"],
    ),
    (
        "Max-Forwards: 70",
        &["Max-Forwards: 0", "max-forwards: 255", "MAX-FORWARDS:1"],
    ),
    ("Expires: 120", &["Expires: 0", "expires: 4294967295"]),
    (
        "Content-Length: 4\r\n\r\nbody",
        &[
            "Content-Length: 0\r\n\r\n",
            "Content-Length: 5\r\n\r\n\r\n\r\nx",
        ],
    ),
];

/// `count` plain INVITEs with seeded spellings.
pub(crate) fn alike(count: u32) -> impl Iterator<Item = String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    (0..count).map(move |_| {
        ALIKE
            .iter()
            .fold(INVITE.to_owned(), |text, (part, spellings)| {
                assert!(text.contains(part), "{part}");
                let spelling = spellings.get(next(spellings.len() + 1)).copied();
                text.replacen(part, spelling.unwrap_or(part), 1)
            })
    })
}
