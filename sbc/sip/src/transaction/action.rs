//! What the four machines of RFC 3261 section 17 say: the events they take and the actions they return.
//!
//! A machine is a pure table: it knows no bytes, clock or address. [`super::live`] carries its actions out.

/// Something that happens to a client transaction (figures 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientEvent {
    /// A 1xx arrived.
    Provisional,
    /// A 2xx arrived.
    Success,
    /// A 3xx, 4xx, 5xx or 6xx arrived.
    Failure,
    /// Timer A or E: it is time to repeat the request.
    Repeat,
    /// Timer B, D, F, K or M: the time in this state is over.
    Expire,
    /// The transport could not carry the request (17.1.4).
    Unreachable,
}

/// Something that happens to a server transaction (figures 7 and 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerEvent {
    /// The request arrived again.
    Request,
    /// The ACK of this INVITE's response arrived.
    Ack,
    /// The transaction user sends a 1xx.
    Provisional,
    /// The transaction user sends a 2xx.
    Success,
    /// The transaction user sends a 3xx, 4xx, 5xx or 6xx.
    Failure,
    /// Timer G: it is time to repeat the final response.
    Repeat,
    /// Timer H, I, J or L: the time in this state is over.
    Expire,
}

/// What the table does for a machine, in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Transmit the kept bytes (again).
    Send,
    /// Keep the transaction user's bytes and transmit them.
    SendNew,
    /// Transmit the transaction user's bytes; its repetition is the user's own business (2xx to INVITE).
    SendOnce,
    /// Build the ACK of a non-2xx (17.1.1.3), keep it instead of the request, and transmit it.
    Acknowledge,
    /// Drop the kept bytes: they will not be sent again.
    DropBytes,
    /// Hand the message to the transaction user.
    Deliver,
    /// Repeat the kept bytes after this time; ignored over a reliable transport.
    RepeatIn(Pace),
    /// Repeat no more.
    StopRepeat,
    /// Leave this state after this time.
    ExpireIn(Wait),
    /// This state has no limit of its own.
    StopExpire,
    /// Tell the user that no final response came (timers B and F).
    TimedOut,
    /// Tell the user that the failure response was never acknowledged (timer H).
    AckMissing,
    /// Tell the user that the request could not be sent.
    Unreachable,
}

/// How long until the next repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// T1: the first repetition.
    First,
    /// Twice the last interval (timer A).
    Double,
    /// Twice the last interval, at most T2 (timers E and G).
    DoubleToT2,
    /// T2 (timer E in Proceeding).
    T2,
}

/// How long a state lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// 64*T1 whatever the transport (timers B, F, H, L, M).
    Long,
    /// 64*T1, or nothing over a reliable transport (timers D and J).
    LongUnreliable,
    /// T4, or nothing over a reliable transport (timers I and K).
    ShortUnreliable,
}
