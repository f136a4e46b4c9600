//! Where a caller for help is (RFC 6442): what the phone says is passed on as it came; what is on record is written as a
//! civic address by value (RFC 4119, RFC 5139). Never part of any other call: a place is nobody else's business.

use std::time::SystemTime;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use sip::body::{self, Part};
use sip::{HeaderName, Message, Writer};

use crate::limits;
use crate::random::Random;
use crate::snapshot::Country;

/// What goes out beside our description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Geolocation values, in order.
    references: Vec<String>,
    /// Geolocation-Routing, when it was said: whether the place may be used to find the right centre.
    routing: Option<String>,
    /// PIDF-LO documents, each with the Content-ID that a `cid:` value names.
    places: Vec<Part>,
}

/// What is on record of the phone that calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    /// Country of the site.
    pub(crate) country: Country,
    /// Name of the town or building.
    pub(crate) site: &'a str,
    /// Street, floor, room: free text.
    pub(crate) place: &'a str,
    /// The number that is shown: whom the place is of.
    pub(crate) presented: &'a str,
    /// Host part of the ids we make.
    pub(crate) host: &'a str,
}

impl Location {
    /// What the phone says, when it says anything usable. A document that no header names is named by us; a header that
    /// names a document which is not there is left out.
    pub(crate) fn said(request: &Message, host: &str, random: &mut Random) -> Option<Location> {
        let parts = body::parts(request, &|_| true).unwrap_or_default();
        let mut places: Vec<Part> = parts
            .into_iter()
            .filter(|part| part.is("application", "pidf+xml") && !part.is_encoded())
            .filter(|part| part.bytes.len() <= limits::PLACE)
            .take(limits::PLACES)
            .collect();
        let mut references = Vec::new();
        for value in request.geolocation() {
            let usable = match value.uri.split_once(':') {
                Some((scheme, id)) if scheme.eq_ignore_ascii_case("cid") => {
                    let named = |part: &Part| part.content_id.as_deref() == Some(id);
                    places.iter().any(named)
                }
                Some((scheme, _)) => ["http", "https", "sip", "sips", "pres"]
                    .iter()
                    .any(|known| scheme.eq_ignore_ascii_case(known)),
                None => false,
            };
            let value = value.to_string();
            if usable && value.len() <= limits::PLACE_REFERENCE && references.len() < limits::PLACES
            {
                references.push(value);
            }
        }
        for place in &mut places {
            let id = place.content_id.get_or_insert_with(|| fresh(host, random));
            let named = format!("cid:{id}");
            if !references.iter().any(|value| value.contains(&named)) {
                references.push(format!("<{named}>"));
            }
            "by-reference".clone_into(&mut place.disposition);
            place.required = false;
        }
        let routing = request.header(&HeaderName::GeolocationRouting);
        let routing = routing.filter(|said| matches!(said.trim(), "yes" | "no"));
        (!references.is_empty()).then(|| Location {
            references,
            routing: routing.map(|said| said.trim().to_owned()),
            places,
        })
    }

    /// What is on record, as a civic address by value. It may be used to find the right centre.
    pub(crate) fn recorded(record: &Record<'_>, now: SystemTime, random: &mut Random) -> Location {
        let id = fresh(record.host, random);
        let place = Part {
            disposition: "by-reference".to_owned(),
            required: false,
            content_id: Some(id.clone()),
            ..Part::plain(
                "application/pidf+xml".to_owned(),
                Bytes::from(document(record, now)),
            )
        };
        Location {
            references: vec![format!("<cid:{id}>")],
            routing: Some("yes".to_owned()),
            places: vec![place],
        }
    }

    /// Adds the headers.
    pub(crate) fn headers(&self, writer: Writer) -> Writer {
        let writer = writer.header(HeaderName::Geolocation, self.references.join(", "));
        match &self.routing {
            Some(routing) => writer.header(HeaderName::GeolocationRouting, routing),
            None => writer,
        }
    }

    /// The body with our description: its type and its bytes. The description comes first, for whoever reads one part only.
    pub(crate) fn body(&self, sdp: &Bytes, random: &mut Random) -> (String, Bytes) {
        let session = Part::plain("application/sdp".to_owned(), sdp.clone());
        if self.places.is_empty() {
            return (session.content_type, session.bytes);
        }
        let parts: Vec<Part> = [session].into_iter().chain(self.places.clone()).collect();
        body::mixed(&random.tag(), &parts)
    }
}

fn fresh(host: &str, random: &mut Random) -> String {
    format!("{}@{host}", random.tag())
}

/// A minimal PIDF-LO (RFC 4119 section 2.2) with a civic address (RFC 5139): country, name of the building, and the place
/// as it is on record. How we know it: somebody wrote it down.
fn document(record: &Record<'_>, now: SystemTime) -> String {
    let country = match record.country {
        Country::Be => "BE",
        Country::Fr => "FR",
    };
    let at = DateTime::<Utc>::from(now).to_rfc3339_opts(SecondsFormat::Secs, true);
    let (site, place) = (escaped(record.site), escaped(record.place));
    let (number, host) = (escaped(record.presented), escaped(record.host));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n\
         <presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:gp=\"urn:ietf:params:xml:ns:pidf:geopriv10\" \
         xmlns:ca=\"urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr\" entity=\"sip:{number}@{host}\">\r\n\
         <tuple id=\"phone\"><status><gp:geopriv><gp:location-info>\r\n\
         <ca:civicAddress><ca:country>{country}</ca:country><ca:LOC>{place}</ca:LOC><ca:NAM>{site}</ca:NAM></ca:civicAddress>\r\n\
         </gp:location-info><gp:usage-rules/><gp:method>Manual</gp:method></gp:geopriv></status>\
         <timestamp>{at}</timestamp></tuple>\r\n\
         </presence>\r\n"
    )
}

/// Text inside XML; what XML 1.0 cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_text_and_never_markup() {
        assert_eq!(
            escaped("Rue <de> l'\u{c9}glise & \"2\"\u{7}\n"),
            "Rue &lt;de&gt; l'\u{c9}glise &amp; &quot;2&quot; "
        );
    }

    #[test]
    fn what_is_on_record_is_a_civic_address() {
        let record = Record {
            country: Country::Be,
            site: "Town hall",
            place: "Market 1, room 12",
            presented: "+3254310000",
            host: "demo.centrale",
        };
        let text = document(&record, SystemTime::UNIX_EPOCH);
        for part in [
            "<ca:country>BE</ca:country><ca:LOC>Market 1, room 12</ca:LOC><ca:NAM>Town hall</ca:NAM>",
            "entity=\"sip:+3254310000@demo.centrale\"",
            "<timestamp>1970-01-01T00:00:00Z</timestamp>",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(
            text.matches("<gp:").count(),
            text.matches("</gp:").count() + 1
        );
    }
}
