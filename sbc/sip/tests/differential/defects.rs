//! What rsip 0.4 is known to get wrong: the defect, then every case and facet in which it shows.

/// Case and facet.
type Place = (&'static str, &'static str);

const DEFECTS: [(&str, &[Place]); 17] = [
    (
        "refuses folded header lines",
        &[
            ("fold", "message"),
            ("fold in from", "message"),
            ("wsinv", "message"),
            ("longreq", "message"),
            ("esc01", "message"),
        ],
    ),
    (
        "does not know compact header names",
        &[
            ("compact call-id", "call-id"),
            ("compact contact", "contact"),
            ("compact contact", "contacts"),
            ("compact from", "from"),
            ("compact via", "via"),
            ("compact via", "vias"),
            ("dblreq", "call-id"),
            ("regescrt", "contact"),
            ("regescrt", "contacts"),
        ],
    ),
    (
        "refuses white space in front of the colon of a header",
        &[("space in front of the colon", "message")],
    ),
    (
        "refuses methods it does not know",
        &[
            ("unknown method", "message"),
            ("intmeth", "message"),
            ("esc02", "message"),
        ],
    ),
    (
        "refuses schemes other than sip and sips",
        &[
            ("tel request-uri", "message"),
            ("tel from", "from"),
            ("unkscm", "message"),
            ("unksm2", "contact"),
            ("unksm2", "to"),
        ],
    ),
    (
        "does not read IPv6 addresses in brackets",
        &[
            ("ipv6 request-uri", "message"),
            ("ipv6 via", "via"),
            ("ipv6 contact", "contact"),
            ("ipv4-mapped-ipv6", "contact"),
            ("ipv4-mapped-ipv6", "via"),
            ("ipv4-mapped-ipv6-fixedcl", "contact"),
            ("ipv4-mapped-ipv6-fixedcl", "via"),
            ("ipv6-bug-abnf-3-colons", "message"),
            ("ipv6-correct-abnf-2-colons", "message"),
            ("ipv6-good", "message"),
            ("ipv6-in-sdp-fixedcl", "message"),
            ("mult-ip-in-header", "via"),
            ("mult-ip-in-sdp", "message"),
            ("mult-ip-in-sdp-fixedcl", "message"),
            ("port-ambiguous", "message"),
            ("port-unambiguous", "message"),
            ("via-received-param-no-delim", "message"),
            ("via-received-param-with-delim", "message"),
        ],
    ),
    (
        "takes a comma list for one value",
        &[
            ("comma list of contact", "contact"),
            ("comma list of contact", "contacts"),
            ("comma list of via", "vias"),
        ],
    ),
    (
        "cuts a URI parameter at its first colon",
        &[("gruu", "contact")],
    ),
    (
        "prints a transport parameter in upper case",
        &[("transport in lower case", "request-uri")],
    ),
    ("refuses a semicolon in the user", &[("semiuri", "message")]),
    (
        "leaves the escapes in a display name",
        &[("quoted quote", "from")],
    ),
    (
        "looks for angle brackets inside a quoted display name",
        &[("quoted brackets", "from")],
    ),
    (
        "reads and prints the nonce count as a decimal number of 8 bits",
        &[("nonce count above 255", "authorization")],
    ),
    (
        "does not look at Content-Length",
        &[
            ("noise behind the body", "body"),
            ("dblreq", "body"),
            ("ipv4-mapped-ipv6", "body"),
            ("clerr", "message"),
            ("ncl", "message"),
        ],
    ),
    (
        "takes the first of two single headers",
        &[
            ("two call-ids", "message"),
            ("multi01", "message"),
            ("mcl01", "message"),
        ],
    ),
    (
        "reads a message without checking From, To, Via, Call-ID and CSeq",
        &[
            ("badaspec", "message"),
            ("badbranch", "message"),
            ("baddn", "message"),
            ("baddn-fixed", "message"),
            ("badinv01", "message"),
            ("insuf", "message"),
            ("mismatch01", "message"),
            ("quotbal", "message"),
            ("scalarlg", "message"),
            ("regbadct", "contacts"),
        ],
    ),
    (
        "reads angle brackets around a Request-URI",
        &[("ltgtruri", "message")],
    ),
];

/// Every listed place.
pub(crate) fn listed() -> impl Iterator<Item = Place> {
    DEFECTS
        .into_iter()
        .flat_map(|(_, places)| places.iter().copied())
}
