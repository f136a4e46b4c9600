//! Typed access to the optional headers of a message. `None` means absent or unreadable.

use crate::grammar::number;
use crate::headers::{Contacts, HeaderError, HeaderName, NameAddr};
use crate::message::{Elements, Message};

impl Message {
    /// Contact: `*` alone, or the addresses. Refused as a whole when one of them is malformed.
    pub fn contacts(&self) -> Result<Contacts<'_>, HeaderError> {
        let slot = const { HeaderName::Contact.slot() };
        let mut elements = Elements::new(self, slot);
        match (elements.next(), elements.next()) {
            (Some(b"*"), None) => Ok(Contacts::Star),
            _ => self.addresses(slot).map(Contacts::List),
        }
    }

    /// The route set of a request, topmost first (RFC 3261 section 20.34).
    pub fn routes(&self) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        self.addresses(const { HeaderName::Route.slot() })
    }

    /// Record-Route in the order of the message (RFC 3261 section 20.30).
    pub fn record_routes(&self) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        self.addresses(const { HeaderName::RecordRoute.slot() })
    }

    /// Max-Forwards, 0 to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        self.number(const { HeaderName::MaxForwards.slot() })
            .and_then(|hops| u8::try_from(hops).ok())
    }

    /// Expires in seconds.
    pub fn expires(&self) -> Option<u32> {
        self.number(const { HeaderName::Expires.slot() })
    }

    pub(super) fn number(&self, slot: u8) -> Option<u32> {
        number(self.value(slot))
    }

    pub(super) fn addresses(&self, slot: u8) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        Elements::new(self, slot).map(NameAddr::parse).collect()
    }
}
