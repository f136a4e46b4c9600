//! Transactions: RFC 3261 section 17 with RFC 6026.
//!
//! The four figures are pure tables ([`invite_client`], [`client`], [`invite_server`], [`server`]); [`table`] matches
//! messages to them (17.1.3, 17.2.3), and [`live`] carries out what they say. Nothing here reads a clock or touches a socket.

mod ack;
mod action;
mod cancel;
mod client;
mod deadlines;
mod invite_client;
mod invite_server;
mod live;
mod matching;
mod record;
mod server;
mod table;
mod timers;

pub use cancel::cancel;
pub use table::Transactions;
pub use timers::Timers;

use crate::Peer;
use bytes::Bytes;

/// A server transaction: a request somebody sent us. Never reused within one [`Transactions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerTx(pub u64);

/// A client transaction: a request we sent. Never reused within one [`Transactions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientTx(pub u64);

/// What a request that arrived is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// A request not seen before: answer it with [`Transactions::respond`].
    New(ServerTx),
    /// A CANCEL not seen before (section 9.2): answer `tx` with 200, or 481 when `invite` is none; when the INVITE
    /// has no final response yet, answer it with 487.
    Cancel {
        /// The CANCEL's own transaction.
        tx: ServerTx,
        /// The INVITE it is for.
        invite: Option<ServerTx>,
    },
    /// An ACK that matches no transaction, or one whose 2xx was sent: it belongs to the dialog.
    Ack,
    /// A repeated request, or the ACK of a failure: nothing to do.
    Absorbed,
    /// There are as many transactions as the limit allows: answer 503 without a transaction.
    Full,
}

/// What a response that arrived is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming {
    /// For this transaction's user. Every 2xx to an INVITE is, repeated and forked ones too (RFC 6026).
    Matched(ClientTx),
    /// A repeated response.
    Absorbed,
    /// It answers nothing we have asked: drop it (RFC 6026 section 7.2).
    Stray,
}

/// What [`Transactions::poll`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionEvent {
    /// Send these bytes there.
    Transmit {
        /// Where.
        to: Peer,
        /// One message.
        bytes: Bytes,
    },
    /// No final response came (timers B and F): as if 408 had come. `ClientEnded` follows.
    TimedOut(ClientTx),
    /// The request could not be sent (17.1.4): as if 503 had come. `ClientEnded` follows.
    Unreachable(ClientTx),
    /// The failure response to this INVITE was never acknowledged (timer H). `ServerEnded` follows.
    AckMissing(ServerTx),
    /// Nothing more comes from this transaction.
    ServerEnded(ServerTx),
    /// Nothing more comes from this transaction.
    ClientEnded(ClientTx),
}

#[cfg(test)]
mod tests;
