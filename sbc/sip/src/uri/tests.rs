//! URIs as they come.

use super::*;

fn read(uri: &str) -> Uri {
    Uri::parse(uri).unwrap()
}

#[test]
fn the_user_is_unescaped_once_and_printed_back() {
    let uri = read("sip:sips%3Auser%40example.com@example.net:5070;par%2541=v%2541;lr?a=b%20c&d=");
    assert_eq!(uri.user.as_deref(), Some("sips:user@example.com"));
    assert_eq!(uri.param("par%41"), Some("v%41"));
    assert!(uri.is_loose());
    assert_eq!(
        uri.headers
            .first()
            .and_then(|header| header.value.as_deref()),
        Some("b c")
    );
    assert_eq!(
        uri.to_string(),
        "sip:sips%3Auser%40example.com@example.net:5070;par%2541=v%2541;lr?a=b%20c&d="
    );
    assert_eq!(
        read("sip:null-%00-null@h").user.as_deref(),
        Some("null-\0-null")
    );
}

#[test]
fn a_semicolon_in_front_of_the_at_belongs_to_the_user() {
    let uri = read("sip:user;par=u%40example.net@example.com");
    assert_eq!(uri.user.as_deref(), Some("user;par=u@example.net"));
    assert!(uri.params.is_empty());
}

#[test]
fn addresses_of_version_6() {
    let uri = read("sip:[2001:db8::10:5070]");
    assert_eq!(
        (uri.host.to_string().as_str(), uri.port),
        ("[2001:db8::10:5070]", None)
    );
    let uri = read("sip:[2001:db8::10]:5070;gr=urn:uuid:f81d4fae-7dec");
    assert_eq!(
        (uri.port, uri.param("gr")),
        (Some(5070), Some("urn:uuid:f81d4fae-7dec"))
    );
    assert_eq!(
        uri.to_string(),
        "sip:[2001:db8::10]:5070;gr=urn:uuid:f81d4fae-7dec"
    );
}

#[test]
fn numbers_and_unknown_schemes() {
    let uri = read("TEL:+32-54-310000;phone-context=example.com");
    assert_eq!(
        (uri.user.as_deref(), uri.param("phone-context")),
        (Some("+32-54-310000"), Some("example.com"))
    );
    assert_eq!(
        uri.to_string(),
        "tel:+32-54-310000;phone-context=example.com"
    );
    assert_eq!(read("tel:*21#").to_string(), "tel:*21#");
    assert_eq!(
        read("soap.beep://192.0.2.103:3002").to_string(),
        "soap.beep://192.0.2.103:3002"
    );
}

#[test]
fn malformed_uris_are_refused() {
    for bad in [
        "",
        "sip:",
        "sip",
        ":a",
        "a@b",
        "<sip:a@b>",
        "sip:@b",
        "sip:a@",
        "sip:2001:db8::10",
        "sip:[::1",
        "sip:a@b:0",
        "sip:a@b:65536",
        "sip:a@b:",
        "sip:a@b;",
        "sip:a@b;;x",
        "sip:a@b;=1",
        "sip:a%4@b",
        "sip:a%zz@b",
        "sip:%ff@b",
        "sip:a@b@c",
        "sip:a b@c",
        "sip:a@b?",
        "sip:a@b c",
        "tel:",
        "tel:+",
        "tel:x",
        "tel:12 3",
        "sip:a\0@b",
        "sip:é@b",
        "sip:a@b;x=c@d",
        "sip:a@b;x=1;X=2",
        "sip:a@b;lr;l%72",
        "sip:\r\n@b",
    ] {
        assert!(Uri::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_set_parameter_cannot_break_out() {
    let mut uri = Uri::sip(Some("a\r\nb"), Host::Name("h".into()));
    uri.set_param("x", Some("1;lr?Route=<sip:e>\r\n"));
    uri.set_param("bad name", None);
    assert_eq!(
        uri.to_string(),
        "sip:a%0D%0Ab@h;x=1%3Blr%3FRoute%3D%3Csip:e%3E%0D%0A"
    );
    assert_eq!(read(&uri.to_string()), uri);
}
