//! SIP messages as the parties of the world read and write them (RFC 3261 section 7), through rsip.

use rsip::headers::{self, UntypedHeader};
use rsip::message::HasHeaders;
use rsip::{Header, Method, SipMessage, StatusCode, Uri};

/// One message, with its headers as name and value.
#[derive(Clone, Debug)]
pub struct Said {
    /// The method of a request; that of CSeq for a response.
    pub method: String,
    /// The status of a response, 0 for a request.
    pub status: u16,
    /// Request-URI of a request.
    pub uri: String,
    headers: Vec<(String, String)>,
    /// The body as text.
    pub body: String,
}

impl Said {
    /// Reads what came from the network.
    pub(crate) fn read(bytes: &[u8]) -> Said {
        let text = || String::from_utf8_lossy(bytes).into_owned();
        let message = SipMessage::try_from(bytes.to_vec())
            .unwrap_or_else(|e| panic!("rsip cannot read this: {e}\n{}", text()));
        let headers = message.headers().iter().map(|header| {
            let line = header.to_string();
            let (name, value) = line.split_once(':').expect("a header has a colon");
            (name.trim().to_owned(), value.trim().to_owned())
        });
        let mut said = Said {
            method: String::new(),
            status: 0,
            uri: String::new(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(message.body()).into_owned(),
        };
        match &message {
            SipMessage::Request(request) => {
                said.method = request.method.to_string();
                said.uri = request.uri.to_string();
            }
            SipMessage::Response(response) => {
                said.status = response.status_code.code();
                said.method = said.cseq().1;
            }
        }
        said
    }

    /// Reads a message whose Request-URI rsip may have no word for.
    pub(crate) fn read_any(bytes: &[u8]) -> Said {
        let text = String::from_utf8_lossy(bytes);
        let uri = text.split(' ').nth(1).unwrap_or_default();
        if text.starts_with("SIP/2.0") || uri.starts_with("sip:") {
            return Said::read(bytes);
        }
        let mut said = Said::read(text.replacen(uri, "sip:stand-in@192.0.2.99", 1).as_bytes());
        said.uri = uri.to_owned();
        said
    }

    /// Whether it is a request.
    pub fn is_request(&self) -> bool {
        self.status == 0
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// All values of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A header that must be there.
    pub fn must(&self, name: &str) -> &str {
        self.header(name)
            .unwrap_or_else(|| panic!("no {name} in {self:#?}"))
    }

    /// Replaces a header.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Number and method of CSeq.
    pub fn cseq(&self) -> (u32, String) {
        let (number, method) = self
            .must("CSeq")
            .split_once(' ')
            .expect("CSeq has two words");
        (
            number.parse().expect("CSeq is a number"),
            method.trim().to_owned(),
        )
    }

    /// The branch of the topmost Via.
    pub(crate) fn branch(&self) -> String {
        parameter(self.must("Via"), "branch").expect("Via has a branch")
    }

    /// The tag of From or To.
    pub(crate) fn tag(&self, name: &str) -> Option<String> {
        parameter(self.must(name), "tag")
    }

    /// The URI inside the brackets of an address header.
    pub(crate) fn address(&self, name: &str) -> Option<String> {
        self.header(name).map(address)
    }

    /// Whether an option tag stands in a header.
    pub(crate) fn has_option(&self, name: &str, option: &str) -> bool {
        self.all(name)
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim() == option)
    }

    /// Whether it has a session description.
    pub fn has_sdp(&self) -> bool {
        !self.body.is_empty()
            && self
                .header("Content-Type")
                .is_some_and(|kind| kind.starts_with("application/sdp"))
    }
}

/// The value of a parameter behind a header value.
pub(crate) fn parameter(value: &str, name: &str) -> Option<String> {
    let behind = value.rsplit_once('>').map_or(value, |(_, behind)| behind);
    behind.split(';').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

/// The URI of an address value.
pub(crate) fn address(value: &str) -> String {
    match (value.find('<'), value.find('>')) {
        (Some(open), Some(close)) => value[open + 1..close].to_owned(),
        _ => value.split(';').next().unwrap_or(value).to_owned(),
    }
}

/// One header as rsip prints it.
fn header(name: &str, value: &str) -> Header {
    match name {
        "Via" => headers::Via::new(value).into(),
        "From" => headers::From::new(value).into(),
        "To" => headers::To::new(value).into(),
        "Call-ID" => headers::CallId::new(value).into(),
        "CSeq" => headers::CSeq::new(value).into(),
        "Contact" => headers::Contact::new(value).into(),
        "Max-Forwards" => headers::MaxForwards::new(value).into(),
        "Route" => headers::Route::new(value).into(),
        "Record-Route" => headers::RecordRoute::new(value).into(),
        "Require" => headers::Require::new(value).into(),
        "Supported" => headers::Supported::new(value).into(),
        "Allow" => headers::Allow::new(value).into(),
        "Expires" => headers::Expires::new(value).into(),
        "Authorization" => headers::Authorization::new(value).into(),
        "Content-Type" => headers::ContentType::new(value).into(),
        "Content-Length" => headers::ContentLength::new(value).into(),
        _ => Header::Other(name.to_owned(), value.to_owned()),
    }
}

fn all_headers(list: &[(String, String)], body: &str) -> rsip::Headers {
    let mut headers: Vec<Header> = list
        .iter()
        .map(|(name, value)| header(name, value))
        .collect();
    headers.push(header("Content-Length", &body.len().to_string()));
    headers.into()
}

/// A request, printed by rsip. The Request-URI goes in as written: where rsip has no word for it (`tel:`, `urn:`), its
/// bytes replace a stand-in's.
pub(crate) fn request(method: &str, uri: &str, list: &[(String, String)], body: &str) -> Vec<u8> {
    let method: Method = method
        .parse()
        .unwrap_or_else(|_| panic!("rsip knows no method {method}"));
    let stand_in = "sip:stand-in@192.0.2.99";
    let request = rsip::Request {
        method,
        uri: Uri::try_from(stand_in).expect("a plain URI"),
        version: rsip::Version::V2,
        headers: all_headers(list, body),
        body: body.as_bytes().to_vec(),
    };
    request.to_string().replacen(stand_in, uri, 1).into_bytes()
}

/// A response to a request, printed by rsip: Via, From, To (with our tag), Call-ID and CSeq are the request's.
pub(crate) fn response(
    to: &Said,
    status: u16,
    tag: Option<&str>,
    extra: &[(String, String)],
    body: &str,
) -> Vec<u8> {
    let mut list: Vec<(String, String)> = Vec::new();
    for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
        for value in to.all(name) {
            let mut value = value.to_owned();
            if name == "To"
                && parameter(&value, "tag").is_none()
                && let Some(tag) = tag
            {
                value = format!("{value};tag={tag}");
            }
            list.push((name.to_owned(), value));
        }
    }
    list.extend_from_slice(extra);
    let response = rsip::Response {
        status_code: StatusCode::from(status),
        version: rsip::Version::V2,
        headers: all_headers(&list, body),
        body: body.as_bytes().to_vec(),
    };
    response.to_string().into_bytes()
}
