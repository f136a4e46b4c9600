//! From the page to the server.

use serde::{Deserialize, Serialize};

use super::Command;

/// One message of a page. On the socket each is one text frame; `POST /cmd` takes the same, one in a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientMsg {
    /// First on a socket, and again to take a station over.
    Hello {
        /// [`super::VERSION`].
        proto: u32,
        /// The station to work at; none takes the one of the user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        station: Option<String>,
        /// Made once for each browser tab: a reload keeps it, a second tab has another.
        tab: String,
        /// Of the last `welcome`, to go on where it stopped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        epoch: Option<u64>,
        /// The last `seq` seen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        since: Option<u64>,
        /// What the person speaks through.
        audio: Audio,
        /// Of the page: `nl`, `fr`, `de`, `en`.
        lang: String,
        /// Take the station from the tab or machine that has it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        take: bool,
    },
    /// An order. Answered by `ack` or `nack` with its id, once for each id.
    Cmd {
        /// A UUIDv7; the same id is never done twice.
        id: String,
        /// When the key was pressed, in the server's time (`server_ms` plus what went by since).
        at_ms: u64,
        /// Only if the call is still as the person saw it.
        #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        seen: Option<If>,
        /// What.
        #[serde(flatten)]
        cmd: Command,
    },
    /// Whose presence the page shows; replaces the list before.
    Sub {
        /// Accounts, at most 200.
        presence: Vec<String>,
    },
    /// Look up people, services and numbers. Answered by `results` with the same `q`; only the newest is answered.
    Search {
        /// Counts up.
        q: u32,
        /// As typed.
        text: String,
        /// How many at most.
        n: u8,
        /// The call it is for: its service and history rank.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        call: Option<String>,
    },
    /// The person's sound. Answered by `media`.
    Media {
        /// What is wanted.
        #[serde(flatten)]
        media: MediaUp,
    },
    /// A whole snapshot, please: the page saw a hole in `seq`.
    Look,
}

impl ClientMsg {
    /// What it asks for, as the table of rights names it.
    pub fn action(&self) -> &'static str {
        match self {
            ClientMsg::Hello { .. } | ClientMsg::Look => "look",
            ClientMsg::Sub { .. } => "sub",
            ClientMsg::Search { .. } => "search",
            ClientMsg::Media { .. } => "media",
            ClientMsg::Cmd { cmd, .. } => cmd.right(),
        }
    }
}

/// What a person saw when pressing the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct If {
    /// The call.
    pub call: String,
    /// Its version.
    pub v: u64,
}

/// What a person speaks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Audio {
    /// The headset at this browser.
    Browser,
    /// A desk phone.
    Desk,
    /// A mobile.
    Mobile,
}

/// The way of the sound, there and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PathView {
    /// It came back.
    pub back: bool,
    /// There and back, milliseconds.
    pub delay: u32,
    /// Lost, in thousandths.
    pub loss: u32,
    /// Milliseconds.
    pub jitter: u32,
}

/// About the person's sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "media", rename_all = "snake_case")]
pub enum MediaUp {
    /// The browser's first offer of a shift or of a page: the station's leg gets this way, and its talk goes on.
    Offer {
        /// SDP with its candidates in it (wait for gathering to end).
        sdp: String,
        /// The page's number for it; its answer has the same.
        #[serde(default)]
        n: u32,
    },
    /// The same connection by another network: ICE restart.
    Restart {
        /// SDP.
        sdp: String,
        /// The page's number for it.
        #[serde(default)]
        n: u32,
    },
    /// The station works through a telephone: call it, and keep that leg for the shift.
    Phone {
        /// Account of a desk phone or number of a mobile; none takes the one that belongs to the station.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        target: Option<String>,
        /// Without a target: her mobile, and not her desk phone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(test, ts(optional, as = "Option<bool>"))]
        mobile: bool,
    },
    /// The person hears herself by way of the exchange, while there is no conversation.
    Echo {
        /// Whether she does.
        on: bool,
    },
    /// How her sound is, as the page found it: for who looks after the machines.
    Tested {
        /// The microphone that is open, as the system names it.
        mic: String,
        /// It was heard.
        heard: bool,
        /// What she heard herself by way of the exchange; none when that was not tried.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(test, ts(optional))]
        path: Option<PathView>,
    },
    /// The shift ends; the station's leg is let go.
    Bye,
}
