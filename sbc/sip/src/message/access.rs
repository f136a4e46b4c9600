//! Typed access to the optional headers of a message. `None` means absent or unreadable; what must be told apart is a `Result`.

use crate::grammar::{number, text};
use crate::headers::session_expires::delta_seconds;
use crate::headers::{
    Challenge, Contacts, Credentials, Event, HeaderError, HeaderName, MediaType, NameAddr, Privacy,
    RAck, Reason, Replaces, SessionExpires, SessionId, SubscriptionState,
};
use crate::message::{Elements, Message};

macro_rules! slot {
    ($name:ident) => {
        const { HeaderName::$name.slot() }
    };
}

impl Message {
    /// Contact: `*` alone, or the addresses. Refused as a whole when one of them is malformed.
    pub fn contacts(&self) -> Result<Contacts<'_>, HeaderError> {
        let mut elements = Elements::new(self, slot!(Contact));
        match (elements.next(), elements.next()) {
            (Some(b"*"), None) => Ok(Contacts::Star),
            _ => self.addresses(slot!(Contact)).map(Contacts::List),
        }
    }

    /// Route, topmost first (RFC 3261 section 20.34).
    pub fn routes(&self) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        self.addresses(slot!(Route))
    }

    /// Record-Route in the order of the message (RFC 3261 section 20.30).
    pub fn record_routes(&self) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        self.addresses(slot!(RecordRoute))
    }

    /// Path in the order of the message (RFC 3327).
    pub fn path(&self) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        self.addresses(slot!(Path))
    }

    /// Max-Forwards, 0 to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        self.number(slot!(MaxForwards))
            .and_then(|hops| u8::try_from(hops).ok())
    }

    /// Expires in seconds.
    pub fn expires(&self) -> Option<u32> {
        self.number(slot!(Expires))
    }

    /// Min-Expires in seconds.
    pub fn min_expires(&self) -> Option<u32> {
        self.number(slot!(MinExpires))
    }

    /// Option tags in Require.
    pub fn require(&self) -> impl Iterator<Item = &str> {
        self.words(slot!(Require))
    }

    /// Option tags in Proxy-Require.
    pub fn proxy_require(&self) -> impl Iterator<Item = &str> {
        self.words(slot!(ProxyRequire))
    }

    /// Option tags in Supported.
    pub fn supported(&self) -> impl Iterator<Item = &str> {
        self.words(slot!(Supported))
    }

    /// Option tags in Unsupported.
    pub fn unsupported(&self) -> impl Iterator<Item = &str> {
        self.words(slot!(Unsupported))
    }

    /// Method names in Allow.
    pub fn allow(&self) -> impl Iterator<Item = &str> {
        self.words(slot!(Allow))
    }

    /// Whether an option tag stands in Supported or Require.
    pub fn supports(&self, option: &str) -> bool {
        self.supported()
            .chain(self.require())
            .any(|tag| tag.eq_ignore_ascii_case(option))
    }

    /// Content-Type.
    pub fn content_type(&self) -> Option<MediaType<'_>> {
        self.one(slot!(ContentType), MediaType::parse)
    }

    /// The media ranges of Accept; what is malformed is passed over.
    pub fn accept(&self) -> impl Iterator<Item = MediaType<'_>> {
        Elements::new(self, slot!(Accept)).filter_map(|range| MediaType::parse(range).ok())
    }

    /// Whether a body of this type may be sent back. Without Accept only application/sdp may (RFC 3261 section 20.1).
    pub fn accepts(&self, kind: &str, subtype: &str) -> bool {
        match self.index.first(slot!(Accept)) {
            Some(_) => self.accept().any(|range| range.admits(kind, subtype)),
            None => kind.eq_ignore_ascii_case("application") && subtype.eq_ignore_ascii_case("sdp"),
        }
    }

    /// RSeq (RFC 3262 section 7.1).
    pub fn rseq(&self) -> Option<u32> {
        self.number(slot!(RSeq))
    }

    /// RAck (RFC 3262 section 7.2).
    pub fn rack(&self) -> Option<RAck> {
        self.one(slot!(RAck), RAck::parse)
    }

    /// Session-Expires (RFC 4028 section 4).
    pub fn session_expires(&self) -> Option<SessionExpires> {
        self.one(slot!(SessionExpires), SessionExpires::parse)
    }

    /// Min-SE in seconds (RFC 4028 section 5).
    pub fn min_se(&self) -> Option<u32> {
        self.one(slot!(MinSe), delta_seconds)
            .map(|(delta, _)| delta)
    }

    /// Replaces: `Some(Err(_))` is a request to be refused with 400 (RFC 3891 section 3).
    pub fn replaces(&self) -> Option<Result<Replaces<'_>, HeaderError>> {
        self.index
            .first(slot!(Replaces))
            .map(|entry| Replaces::parse(entry.value.of(&self.buf)))
    }

    /// Refer-To (RFC 3515 section 2.1). A Replaces inside its URI: `Replaces::in_uri`.
    pub fn refer_to(&self) -> Option<NameAddr<'_>> {
        self.one(slot!(ReferTo), NameAddr::parse)
    }

    /// Referred-By (RFC 3892 section 3).
    pub fn referred_by(&self) -> Option<NameAddr<'_>> {
        self.one(slot!(ReferredBy), NameAddr::parse)
    }

    /// Reason values (RFC 3326); what is malformed is passed over.
    pub fn reason(&self) -> impl Iterator<Item = Reason<'_>> {
        Elements::new(self, slot!(Reason)).filter_map(|reason| Reason::parse(reason).ok())
    }

    /// P-Asserted-Identity (RFC 3325 section 9.1); empty when any value is malformed.
    pub fn p_asserted_identity(&self) -> Vec<NameAddr<'_>> {
        self.addresses(slot!(PAssertedIdentity)).unwrap_or_default()
    }

    /// P-Preferred-Identity (RFC 3325 section 9.2); empty when any value is malformed.
    pub fn p_preferred_identity(&self) -> Vec<NameAddr<'_>> {
        self.addresses(slot!(PPreferredIdentity))
            .unwrap_or_default()
    }

    /// P-Called-Party-ID (RFC 7315 section 5.2): the number that was dialled.
    pub fn p_called_party_id(&self) -> Option<NameAddr<'_>> {
        self.one(slot!(PCalledPartyId), NameAddr::parse)
    }

    /// Diversion (RFC 5806), most recent first, with `reason` and `counter` parameters; empty when any value is malformed.
    pub fn diversion(&self) -> Vec<NameAddr<'_>> {
        self.addresses(slot!(Diversion)).unwrap_or_default()
    }

    /// History-Info (RFC 7044) with `index` parameters; empty when any value is malformed.
    pub fn history_info(&self) -> Vec<NameAddr<'_>> {
        self.addresses(slot!(HistoryInfo)).unwrap_or_default()
    }

    /// Geolocation: where the caller says that they are, by reference or by `cid:` (RFC 6442 section 4.1); empty when any
    /// value is malformed.
    pub fn geolocation(&self) -> Vec<NameAddr<'_>> {
        self.addresses(slot!(Geolocation)).unwrap_or_default()
    }

    /// Privacy (RFC 3323); `None` when absent.
    pub fn privacy(&self) -> Option<Privacy> {
        self.index
            .first(slot!(Privacy))
            .map(|entry| Privacy::parse(entry.value.of(&self.buf)))
    }

    /// Session-ID (RFC 7989).
    pub fn session_id(&self) -> Option<SessionId<'_>> {
        self.one(slot!(SessionId), SessionId::parse)
    }

    /// Retry-After in seconds, its comment and parameters left aside (RFC 3261 section 20.33).
    pub fn retry_after(&self) -> Option<u32> {
        let (digits, _) =
            crate::grammar::take_while(self.value(slot!(RetryAfter)), |byte| byte.is_ascii_digit());
        number(digits)
    }

    /// Event (RFC 6665 section 8.2.1).
    pub fn event(&self) -> Option<Event<'_>> {
        self.one(slot!(Event), Event::parse)
    }

    /// Subscription-State (RFC 6665 section 8.2.3).
    pub fn subscription_state(&self) -> Option<SubscriptionState<'_>> {
        self.one(slot!(SubscriptionState), SubscriptionState::parse)
    }

    /// The Digest credentials for our realm in Authorization.
    pub fn authorization(&self, realm: &str) -> Option<Credentials<'_>> {
        self.credentials(slot!(Authorization), realm)
    }

    /// The Digest credentials for our realm in Proxy-Authorization.
    pub fn proxy_authorization(&self, realm: &str) -> Option<Credentials<'_>> {
        self.credentials(slot!(ProxyAuthorization), realm)
    }

    /// The Digest challenges in WWW-Authenticate, in order of the peer's preference.
    pub fn www_authenticate(&self) -> Vec<Challenge<'_>> {
        self.challenges(slot!(WwwAuthenticate))
    }

    /// The Digest challenges in Proxy-Authenticate, in order of the peer's preference.
    pub fn proxy_authenticate(&self) -> Vec<Challenge<'_>> {
        self.challenges(slot!(ProxyAuthenticate))
    }

    // One header field holds one challenge or one set of credentials; only these headers may not be joined by commas
    // (RFC 3261 section 7.3.1).
    fn credentials(&self, slot: u8, realm: &str) -> Option<Credentials<'_>> {
        self.fields(slot)
            .filter_map(|value| Credentials::parse(value).ok().flatten())
            .find(|credentials| credentials.realm == realm)
    }

    fn challenges(&self, slot: u8) -> Vec<Challenge<'_>> {
        self.fields(slot)
            .filter_map(|value| Challenge::parse(value).ok().flatten())
            .collect()
    }

    fn fields(&self, slot: u8) -> impl Iterator<Item = &[u8]> {
        self.index
            .entries
            .iter()
            .filter(move |entry| entry.slot == slot)
            .map(|entry| entry.value.of(&self.buf))
    }

    fn words(&self, slot: u8) -> impl Iterator<Item = &str> {
        Elements::new(self, slot)
            .map(text)
            .filter(|word| !word.is_empty())
    }

    fn number(&self, slot: u8) -> Option<u32> {
        number(self.value(slot))
    }

    fn one<'a, T>(
        &'a self,
        slot: u8,
        parse: impl Fn(&'a [u8]) -> Result<T, HeaderError>,
    ) -> Option<T> {
        self.index
            .first(slot)
            .and_then(|entry| parse(entry.value.of(&self.buf)).ok())
    }

    fn addresses(&self, slot: u8) -> Result<Vec<NameAddr<'_>>, HeaderError> {
        Elements::new(self, slot).map(NameAddr::parse).collect()
    }
}
