//! Addresses as phones and trunks spell them.

use super::*;

fn parse(value: &str) -> NameAddr<'_> {
    NameAddr::parse(value.as_bytes()).unwrap()
}

#[test]
fn a_quoted_name_may_hold_anything() {
    let addr =
        parse(r#""J. \"<sip:evil@x>\" , \\ Rosé"   <sip:j@host:5060;transport=tcp>  ; tag = a-1 "#);
    assert_eq!(
        addr.display.as_deref(),
        Some(r#"J. "<sip:evil@x>" , \ Rosé"#)
    );
    assert_eq!(addr.uri, "sip:j@host:5060;transport=tcp");
    assert_eq!(addr.tag(), Some("a-1"));
}

#[test]
fn tokens_folds_and_no_space_before_the_bracket() {
    assert_eq!(parse("caller<sip:a@b>").display.as_deref(), Some("caller"));
    assert_eq!(
        parse("two\r\n  words <sip:a@b>").display.as_deref(),
        Some("two words")
    );
    assert_eq!(parse("<sip:a@b>").display, None);
    assert_eq!(parse("\"\" <sip:a@b>").display, None);
    assert_eq!(
        NameAddr::parse(b"Andr\xe9 <sip:a@b>")
            .unwrap()
            .display
            .as_deref(),
        Some("Andr\u{fffd}")
    );
}

#[test]
fn without_brackets_parameters_belong_to_the_header() {
    let addr = parse("sip:a@b;tag=1;x=\"<y>\"");
    assert_eq!(
        (addr.uri, addr.tag(), addr.param("x")),
        ("sip:a@b", Some("1"), Some("<y>"))
    );
    let addr = parse("<tel:+3254310000;phone-context=x>;q=0.5");
    assert_eq!(
        (addr.uri, addr.param("q")),
        ("tel:+3254310000;phone-context=x", Some("0.5"))
    );
    assert_eq!(addr.param("phone-context"), None);
}

#[test]
fn a_gruu_stays_whole() {
    let addr = parse(
        "<sip:a@b;gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>;+sip.instance=\"<urn:uuid:f81d4fae>\"",
    );
    assert!(
        addr.uri
            .ends_with("gr=urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
    );
    assert_eq!(addr.param("+sip.instance"), Some("<urn:uuid:f81d4fae>"));
}

#[test]
fn malformed_addresses_are_refused() {
    for bad in [
        "",
        "\"open <sip:a@b>",
        "\"x\" sip:a@b",
        "Bell, Alexander <sip:a@b>",
        "< sip:a@b >",
        "<sip:a@b",
        "<>",
        "a@b",
        "sip:a@b?Route=x",
        "sip:a@b,sip:c@d",
        "<sip:a@b>;;",
        "<sip:a@b> x",
        "<sip:a b@c>",
        "<sip:>",
        "<sip:a\x00@b>",
    ] {
        assert!(NameAddr::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn an_escaped_nul_cuts_nothing_and_never_leaves() {
    let addr = NameAddr::parse(b"\"a\\\x00b\\\x07c\" <sip:a@b>;tag=1").unwrap();
    assert_eq!(addr.display.as_deref(), Some("a\0b\x07c"));
    assert_eq!(addr.to_string(), "\"a b c\" <sip:a@b>;tag=1");
}
