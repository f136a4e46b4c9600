//! What the core must know of the town, in the core's own words. Immutable parts, each its own `Arc`, swapped whole by
//! `Input::Reload`; only `src/compose` of the program fills them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use media::{Codec, SoundId};
use sip::digest::Ha1;
use sip::transport::Transport;

/// Everything the core reads at a decision. Cloning it clones pointers.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Addresses, names, limits.
    pub settings: Arc<Settings>,
    /// Who may register and call, by account name.
    pub accounts: Arc<BTreeMap<String, Account>>,
    /// The town's own numbers, by E.164 with `+`.
    pub numbers: Arc<BTreeMap<String, Number>>,
    /// Trunks, in order of preference.
    pub trunks: Arc<Vec<Trunk>>,
    /// Dial rules, first match wins. Emergency numbers are matched before any of them.
    pub rules: Arc<Vec<Rule>>,
    /// Checked dialplans by name.
    pub flows: Arc<BTreeMap<String, Arc<ivr::Flow>>>,
    /// Hours overrides and bulletins that the dialplan reads.
    pub situation: Arc<ivr::Situation>,
    /// What is closed by hand; the core compares with its own clock at each decision (IVR-9).
    pub closures: Arc<Vec<Closure>>,
    /// Languages in which callers asked to be spoken to, by E.164 number (IVR-13).
    pub languages: Arc<BTreeMap<String, ivr::Lang>>,
    /// Emergency numbers of the site's country (CMP-1).
    pub emergency: Arc<Emergency>,
}

impl Snapshot {
    /// The sounds that callers hear first, and the music: worth decoding before the first call comes.
    pub fn first_heard(&self) -> Vec<SoundId> {
        let mut sounds = vec![self.settings.music.clone()];
        sounds.extend(self.numbers.values().filter_map(|row| row.music.clone()));
        for flow in self.flows.values() {
            sounds.extend(flow.all_music().map(music));
            let prompts = flow.first_heard().into_iter();
            sounds.extend(prompts.map(|prompt| SoundId::from(prompt.to_string())));
        }
        let mut seen = BTreeSet::new();
        sounds.retain(|sound| seen.insert(sound.clone()));
        sounds
    }
}

/// The sound of the music that a dialplan names.
pub(crate) fn music(name: &str) -> SoundId {
    SoundId::from(format!("music/{name}"))
}

/// A service or the whole house, closed by hand. Moments, not local times: in the night when clocks go back an hour comes
/// twice, and a closure ends once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The service; none for all.
    pub service: Option<Arc<str>>,
    /// What people call it: the reason on record.
    pub name: Arc<str>,
    /// Closed from.
    pub from: SystemTime,
    /// Open again from.
    pub until: SystemTime,
}

/// The node's own addresses and habits.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Digest realm; also a host name that addresses of record may have.
    pub realm: String,
    /// Hosts for which we are responsible, lower case, beside the listeners' own addresses.
    pub domains: Vec<String>,
    /// Where SIP is heard.
    pub listeners: Vec<Listener>,
    /// Address told to web pages, which reach us at no listener.
    pub media_address: IpAddr,
    /// Demo mode: a signalled media address that belongs to this host counts as loopback (SBC-9).
    pub loopback_media: bool,
    /// Country of the site: number rules, holidays, tones.
    pub country: Country,
    /// The site's languages, in the order in which advice is spoken.
    pub languages: Vec<ivr::Lang>,
    /// E.164 number shown for emergency and outside calls.
    pub site_number: String,
    /// Where the site is, for the log and the desk when someone calls an emergency number.
    pub site_name: String,
    /// Music on hold.
    pub music: SoundId,
    /// Codecs offered, in order of preference.
    pub codecs: Vec<Codec>,
    /// Calls at once; above it 503, emergency excepted.
    pub calls: usize,
    /// Ring limit of a direct call.
    pub ring: Duration,
    /// A phone that holds for so long is reminded.
    pub hold: Duration,
    /// Names of headers that pass from one leg to the other unchanged (SBC-3), lower case.
    pub relay_headers: Vec<String>,
    /// Sound that tells a caller that an emergency call found no way out, one prompt name for every language.
    pub no_route_advice: String,
}

/// One place where SIP is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// UDP or TCP.
    pub transport: Transport,
    /// Bound address.
    pub local: SocketAddr,
    /// What Via and Contact say; the bound address unless a NAT or container stands before us.
    pub advertised: SocketAddr,
    /// What SDP says to those who reach us here.
    pub media: IpAddr,
}

/// A country with number rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// Belgium, +32.
    Be,
    /// France, +33.
    Fr,
}

impl Country {
    /// Whose ringing and busy tones callers hear.
    pub fn tones(self) -> media::plane::Country {
        match self {
            Country::Be => media::plane::Country::Be,
            Country::Fr => media::plane::Country::Fr,
        }
    }
}

/// What a phone registers with.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user part of its address, e.g. `2101`.
    pub name: String,
    /// Shown to whom it calls.
    pub display: String,
    /// Digest secrets, per algorithm.
    pub ha1: Ha1,
    /// Challenged with MD5 alone, for a phone that reads only the first challenge.
    pub md5_only: bool,
    /// May neither register nor call; emergency numbers excepted.
    pub blocked: bool,
    /// May call outside numbers.
    pub outside: bool,
    /// Number presented outside; the site's when `None`.
    pub number: Option<String>,
    /// How its device is spoken to.
    pub habits: Habits,
    /// E.164 number of the building where the device is, shown for emergency calls, when it is not the settings' own.
    pub site_number: Option<String>,
    /// Where the device is, told when it calls an emergency number.
    pub place: String,
    /// Where its calls go instead, and when (CALL-11).
    pub forwards: Vec<Forward>,
}

/// Calls of an account go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// On which occasion.
    pub occasion: Occasion,
    /// An account, or a number as it is dialled. It is called with the rights of the account.
    pub to: String,
    /// Over from this moment on; the core compares with its own clock at each decision.
    pub until: Option<SystemTime>,
    /// Who said so: a user's name, or the account's own.
    pub by: String,
}

/// When calls go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Whatever its phones do.
    Always,
    /// It is in a call, or refuses one.
    Busy,
    /// Nobody answers for so long, or until ringing ends anyway.
    NoAnswer(Duration),
    /// No phone of it is registered, or none is heard.
    Unreachable,
    /// A service is closed, by its hours, a holiday or by hand; one that the dialplan does not have never is.
    Closed {
        /// The dialplan, by its name among [`Snapshot::flows`].
        flow: Arc<str>,
        /// The service in it.
        service: Arc<str>,
    },
}

impl Occasion {
    /// The code on record: stable, lower case.
    pub fn code(&self) -> &'static str {
        match self {
            Occasion::Always => "always",
            Occasion::Busy => "busy",
            Occasion::NoAnswer(_) => "no-answer",
            Occasion::Unreachable => "unreachable",
            Occasion::Closed { .. } => "closed",
        }
    }
}

/// What a party's device needs that its messages do not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Sends and wants digits by SIP INFO.
    pub dtmf_info: bool,
    /// Whether its sound may come from elsewhere than it says.
    pub symmetric_rtp: SymmetricRtp,
}

impl Habits {
    /// Those of an operator's line: only signalled addresses are believed.
    pub const STRICT: Habits = Habits {
        dtmf_info: false,
        symmetric_rtp: SymmetricRtp::Off,
    };
}

/// Whether a party's sound may come from another address than its SDP says (SBC-9, RFC 7362).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymmetricRtp {
    /// Never: only the signalled address is believed.
    Off,
    /// When a private address is signalled from a public one: there is a NAT between, and the first packet locks.
    #[default]
    Auto,
    /// Always: the first packet locks, for devices that signal an address they do not use.
    On,
}

/// One of the town's numbers (NUM-1).
#[derive(Clone, Debug)]
pub struct Number {
    /// E.164 with `+`.
    pub e164: String,
    /// Town or body.
    pub entity: String,
    /// What the console shows.
    pub label: String,
    /// The dialplan it enters.
    pub flow: String,
    /// In use from.
    pub valid_from: Option<SystemTime>,
    /// In use until.
    pub valid_to: Option<SystemTime>,
    /// Music for who called it and waits, unless the dialplan names some; the settings' when `None`.
    pub music: Option<SoundId>,
}

/// An operator's line.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// Its name in configuration, records and log.
    pub name: String,
    /// Requests from these addresses are the trunk's and are not challenged.
    pub sources: Vec<AddressRange>,
    /// Where calls go.
    pub target: SocketAddr,
    /// How.
    pub transport: Transport,
    /// The address of ours that it is spoken to from; the first listener of its transport when not said.
    pub local: Option<IpAddr>,
    /// Where the called number stands, tried in this order.
    pub called_from: Vec<CalledFrom>,
    /// How numbers are written towards it.
    pub number_format: NumberFormat,
    /// Calls at once in both directions together; emergency calls may use `reserved` more.
    pub channels: usize,
    /// Channels kept for emergency calls.
    pub reserved: usize,
    /// Codecs that this line takes, in order of preference; those of the settings when empty.
    pub codecs: Vec<Codec>,
    /// How the line is spoken to; an operator's line is strict about addresses.
    pub habits: Habits,
    /// A number that is not the town's goes through the dial rules, as a phone's would: a line between exchanges of the
    /// same owner. An operator's line says no, so that nobody outside calls on at the town's cost.
    pub dial_rules: bool,
    /// What it is told of where an emergency caller is.
    pub location: Conveyance,
}

/// What a trunk is told of where an emergency caller is (RFC 6442). Of any other call it is told nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conveyance {
    /// Nothing.
    Nothing,
    /// What the phone says of itself.
    #[default]
    Said,
    /// The same; and when the phone says nothing, the place on record as a PIDF-LO.
    Recorded,
}

/// Addresses from `first` to `last`, of one family. An IPv4 address mapped into IPv6 is compared as IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    /// First address.
    pub first: IpAddr,
    /// Last address.
    pub last: IpAddr,
}

impl AddressRange {
    /// Whether `address` lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let (first, last) = (self.first.to_canonical(), self.last.to_canonical());
        address.is_ipv4() == first.is_ipv4() && first <= address && address <= last
    }
}

/// Where a trunk writes the number that was called (NUM-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalledFrom {
    /// The Request-URI's user.
    RequestUri,
    /// The To header's user.
    To,
    /// P-Called-Party-ID (RFC 7315).
    PCalledPartyId,
    /// The last Diversion (RFC 5806) or History-Info (RFC 7044) entry.
    Diversion,
}

/// How numbers are written towards a trunk (NUM-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFormat {
    /// `+3254310000`.
    E164,
    /// `003254310000`.
    International00,
    /// `054310000` inside the country, `00…` outside.
    National,
}

/// One dial rule of the town's numbering.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Digits, then an optional `*` for any rest.
    pub pattern: String,
    /// Leading digits taken away before the target reads the number.
    pub strip: usize,
    /// Where it leads.
    pub target: RuleTarget,
}

/// Where a dial rule leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleTarget {
    /// An account, by name.
    Account(String),
    /// A dialplan, by name.
    Flow(String),
    /// A trunk by name, with the rest of the digits.
    Trunk(String),
    /// Refused with 403.
    Refuse,
}

/// Emergency numbers (CMP-1), from the one data file.
#[derive(Clone, Debug, Default)]
pub struct Emergency {
    /// Bare numbers, e.g. `112`.
    pub numbers: Vec<String>,
    /// Digits that people dial first for an outside line, e.g. `0`.
    pub line_prefixes: Vec<String>,
    /// The number of each sub-service of `urn:service:sos` (RFC 5031), e.g. `police`; the first number when it is not here.
    pub services: BTreeMap<String, String>,
    /// E.164 number that is shown for emergency calls and kept for the calls back; the site's when `None`.
    pub callback_number: Option<String>,
    /// Dialled before an emergency number it makes a test: the way is spoken, and nobody is called.
    pub test_prefix: Option<String>,
}
