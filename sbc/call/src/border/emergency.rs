//! Emergency numbers (CMP-1): recognised before everything else, however they are spelt.

pub mod plan;

use super::number;
use crate::snapshot::{Country, Emergency};

/// Calls to it are tests and never reach anybody (RFC 6881 section 17).
const TEST_URN: &str = "urn:service:test.sos";

/// The emergency number that this Request-URI asks for. Reads `sip:112@…`, `tel:112`, `tel:112;phone-context=…`,
/// `urn:service:sos` and its branches (RFC 5031), separators, an outside-line prefix, and the country code before it.
pub(crate) fn called(emergency: &Emergency, country: Country, request_uri: &str) -> Option<String> {
    if let Some(service) = service(request_uri, "urn:service:sos") {
        return of_service(emergency, &service);
    }
    spelt(emergency, country, &user_of(request_uri)?)
}

/// The emergency number that this Request-URI only tries: with the test prefix before it, or as `urn:service:test.sos`
/// (RFC 6881 section 17).
pub(crate) fn tried(emergency: &Emergency, country: Country, request_uri: &str) -> Option<String> {
    if let Some(service) = service(request_uri, TEST_URN) {
        return of_service(emergency, &service);
    }
    let dialled = number::digits(&user_of(request_uri)?)?;
    let number = dialled.strip_prefix(emergency.test_prefix.as_deref()?)?;
    spelt(emergency, country, number)
}

/// Whether a Request-URI is the URN of a test.
pub(crate) fn is_test_urn(request_uri: &str) -> bool {
    service(request_uri, TEST_URN).is_some()
}

/// The emergency number that these dialled characters ask for.
pub(crate) fn spelt(emergency: &Emergency, country: Country, dialled: &str) -> Option<String> {
    let digits = number::digits(dialled)?;
    let code = match country {
        Country::Be => "32",
        Country::Fr => "33",
    };
    let bare = digits.strip_prefix('+').unwrap_or(&digits);
    let national = bare.strip_prefix("00").unwrap_or(bare).strip_prefix(code);
    let found = |candidate: &str| {
        emergency
            .numbers
            .iter()
            .find(|number| number.as_str() == candidate)
            .cloned()
    };
    found(bare)
        .or_else(|| national.and_then(found))
        .or_else(|| {
            emergency
                .line_prefixes
                .iter()
                .find_map(|prefix| bare.strip_prefix(prefix.as_str()).and_then(found))
        })
}

/// What stands behind this URN: empty for the URN itself, `fire` for `urn:service:sos.fire`.
fn service(uri: &str, urn: &str) -> Option<String> {
    let (front, rest) = uri.split_at_checked(urn.len())?;
    if !front.eq_ignore_ascii_case(urn) {
        return None;
    }
    match rest.strip_prefix('.') {
        Some(service) => Some(service.to_ascii_lowercase()),
        None => rest.is_empty().then(String::new),
    }
}

/// The number of a sub-service, or of the nearest one above it (RFC 5031 section 4.2).
fn of_service(emergency: &Emergency, service: &str) -> Option<String> {
    let mut known = emergency.services.iter();
    let number = known.find(|(name, _)| {
        let rest = service.strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let number = number.map(|(_, number)| number);
    number.or_else(|| emergency.numbers.first()).cloned()
}

/// The user part of a sip:, sips: or tel: URI, unescaped once, without parameters.
pub(crate) fn user_of(uri: &str) -> Option<String> {
    let mut user = sip::uri::user_of(uri)?;
    user.truncate(user.find(';').unwrap_or(user.len()));
    Some(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belgium() -> Emergency {
        Emergency {
            numbers: ["112", "100", "101"].map(str::to_owned).to_vec(),
            line_prefixes: vec!["0".to_owned()],
            services: [("police".to_owned(), "101".to_owned())].into(),
            callback_number: None,
            test_prefix: Some("*99".to_owned()),
        }
    }

    #[test]
    fn every_spelling_is_recognised() {
        for uri in [
            "sip:112@127.0.0.1",
            "sip:112@demo.centrale;user=phone",
            "sips:112@demo.centrale",
            "tel:112",
            "tel:112;phone-context=+32",
            "tel:1-1-2",
            "sip:1.1.2@demo.centrale",
            "sip:0112@demo.centrale",
            "sip:+112@demo.centrale",
            "sip:+32112@demo.centrale",
            "sip:0032112@demo.centrale",
            "sip:%31%31%32@demo.centrale",
            "sip:112;phone-context=x@demo.centrale",
            "urn:service:sos",
            "urn:service:sos.fire",
            "URN:SERVICE:SOS",
        ] {
            assert_eq!(
                called(&belgium(), Country::Be, uri).as_deref(),
                Some("112"),
                "{uri}"
            );
        }
    }

    #[test]
    fn a_sub_service_may_have_its_own_number() {
        for (uri, number) in [
            ("urn:service:sos.police", "101"),
            ("urn:service:sos.police.municipal", "101"),
            ("urn:service:sos.policewoman", "112"),
        ] {
            let read = called(&belgium(), Country::Be, uri);
            assert_eq!(read.as_deref(), Some(number), "{uri}");
        }
    }

    #[test]
    fn a_test_is_no_call_for_help() {
        for (uri, number) in [
            ("sip:*99112@demo.centrale", "112"),
            ("sip:*990100@demo.centrale", "100"),
            ("urn:service:test.sos", "112"),
            ("urn:service:test.sos.police", "101"),
        ] {
            let read = tried(&belgium(), Country::Be, uri);
            assert_eq!(read.as_deref(), Some(number), "{uri}");
            assert_eq!(called(&belgium(), Country::Be, uri), None, "{uri}");
        }
        for uri in ["sip:112@x", "sip:*992110@x", "urn:service:sos"] {
            assert_eq!(tried(&belgium(), Country::Be, uri), None, "{uri}");
        }
    }

    #[test]
    fn other_numbers_are_not() {
        for uri in [
            "sip:1120@x",
            "sip:2112@x",
            "sip:054112100@x",
            "sip:11@x",
            "tel:+3254310112",
            "urn:service:sosx",
            "sip:x@112",
        ] {
            assert_eq!(called(&belgium(), Country::Be, uri), None, "{uri}");
        }
    }
}
