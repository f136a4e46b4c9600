//! The named bounds of the core, and what happens above each.

use std::time::Duration;

/// Live transactions; above it a new request is dropped (UDP repeats it) and counted.
pub const TRANSACTIONS: usize = 100_000;
/// Connections of all listeners together; above it a new one is closed at once.
pub const FLOWS: usize = 16_384;
/// Connections from one address (RELIABILITY S23); above it a new one is closed at once.
pub const FLOWS_PER_ADDRESS: usize = 256;
/// The first whole message of a connection must be there by then, or the connection is closed.
pub const FIRST_MESSAGE: Duration = Duration::from_secs(10);
/// A connection with nothing on it for so long, and no registration over it, is closed.
pub const IDLE_FLOW: Duration = Duration::from_secs(120);
/// Bytes waiting for a connection that is still being made; above it the connection is given up.
pub const PENDING_STREAM: usize = 256 * 1024;
/// How long a peer may take to accept a connection.
pub const CONNECT: Duration = Duration::from_secs(2);
/// Contacts of one address of record; above it the REGISTER gets 503.
pub const CONTACTS_PER_ACCOUNT: usize = 10;
/// Legs that one step of a call may ring at once; above it the rest is not rung and the log says so.
pub const FORKS: usize = 24;
/// How long a phone may ring (RFC 3261 16.6 timer C, shortened to what a citizen bears).
pub const RING: Duration = Duration::from_secs(60);
/// A trunk that has not even answered 100 by then is unreachable.
pub const TRUNK_FIRST_ANSWER: Duration = Duration::from_secs(2);
/// A call for help that is longer does not travel as one datagram (RFC 3261 18.1.1), bytes.
pub const DATAGRAM: usize = 1_300;
/// A trunk that has not said a word to such a call by then gets it another way: over a connection, in fragments, without the
/// place. All three fit into [`TRUNK_FIRST_ANSWER`].
pub const ANOTHER_WAY: Duration = Duration::from_millis(700);
/// How long a cancelled INVITE may take to end (RFC 3261 9.1: 64*T1).
pub const CANCEL: Duration = Duration::from_secs(32);
/// Media worker events and commands remembered by id, so that a repeated command is answered and not done again.
pub const COMMANDS_REMEMBERED: usize = 4_096;
/// A command older than this is refused as stale.
pub const COMMAND_AGE: Duration = Duration::from_secs(10);
/// Early dialogs of one outbound INVITE (forks behind a proxy); above it a further one is not followed.
pub const EARLY_DIALOGS: usize = 8;
/// Events passed on inside one input; above it the rest is dropped with an error, for it is a loop of our own.
pub const STEPS_PER_INPUT: usize = 10_000;
/// Emergency calls at once from one address that proved nothing.
pub const UNPROVEN_EMERGENCY: usize = 2;
/// Emergency calls at once from all addresses together that proved nothing.
pub const UNPROVEN_EMERGENCIES: usize = 16;
/// A trunk that does not even ring by then does not carry an emergency call: the next one is tried.
pub const EMERGENCY_TAKEN: Duration = Duration::from_secs(10);
/// How long the other side of an emergency call may ring (RFC 3261 16.6 timer C).
pub const EMERGENCY_RING: Duration = Duration::from_secs(181);
/// How long after an emergency call the centre's call back reaches the phone that made it (CMP-1).
pub const CALLBACK: Duration = Duration::from_secs(3_600);
/// PIDF-LO documents and Geolocation values of one emergency call; what is more is not passed on.
pub const PLACES: usize = 4;
/// Bytes of one PIDF-LO document; a longer one is not passed on.
pub const PLACE: usize = 16 * 1024;
/// Bytes of one Geolocation value; a longer one is not passed on.
pub const PLACE_REFERENCE: usize = 1_024;
/// Spoken advice is over by then, whatever the media plane says.
pub const ADVICE: Duration = Duration::from_secs(60);
/// The same for a test of an emergency number, which spells numbers in each language.
pub const TRIAL: Duration = Duration::from_secs(180);
/// Slots of the parking orbit.
pub const PARK_SLOTS: u16 = 100;
/// A parked caller returns to who parked her after this.
pub const PARK: Duration = Duration::from_secs(120);
/// A phone that holds for so long is reminded, unless the town says otherwise.
pub const HOLD: Duration = Duration::from_secs(120);
/// The default and the longest registration, seconds.
pub const REGISTER_DEFAULT: u32 = 3_600;
/// The shortest registration accepted; a shorter one gets 423 with Min-Expires.
pub const REGISTER_MIN: u32 = 60;
/// Session interval that we propose, seconds (RFC 4028).
pub const SESSION_INTERVAL: u32 = 1_800;
/// Smallest session interval that we accept, seconds (RFC 4028 section 5).
pub const SESSION_MIN: u32 = 90;
/// Ports of the ready reserve that only emergency calls may take.
pub const EMERGENCY_PORTS: usize = 4;
/// How long the media plane may take to report on a closed endpoint.
pub const REPORT: Duration = Duration::from_secs(5);
/// A page without sound for so long is missed; the media plane tells it.
pub const MISSED: Duration = Duration::from_secs(2);
/// Who speaks to a page that is not heard has waited long enough (CON-15): it counts from the last sound.
pub const REATTACH: Duration = Duration::from_secs(30);
/// A station that is not heard for so long: its other device rings. Counts from the last sound.
pub const OTHER_DEVICE: Duration = Duration::from_secs(10);
/// A sign without words is over by then, whatever the media plane says.
pub const SIGN: Duration = Duration::from_secs(2);
/// A station that holds somebody for so long hears a sign (CON-8).
pub const HOLD_SIGN: Duration = Duration::from_secs(45);
/// A station that was not free to hear it is tried again after this.
pub const HOLD_SIGN_AGAIN: Duration = Duration::from_secs(5);
/// A party of whom neither sound nor reports are heard is asked; without an answer by then it is lost.
pub const PROBE: Duration = Duration::from_secs(10);
/// A 1xx is repeated so often while a caller waits (RFC 3261 13.3.1.1).
pub const PROGRESS: Duration = Duration::from_secs(60);
/// How long a transfer target rings before the caller returns.
pub const TRANSFER_RING: Duration = Duration::from_secs(25);
/// Forwards of one call, each from an account to the next; after so many the last one's own phones ring.
pub const FORWARDS: usize = 3;
/// Offers in a row that a station may leave unanswered; then it is paused, with notice.
pub const UNANSWERED_OFFERS: u32 = 3;
/// A queue's phone that did not answer is not rung again before.
pub const PHONE_BREATH: Duration = Duration::from_secs(5);
/// Queues that stations may serve before any caller came; more are not shown until one comes.
pub const QUEUES: usize = 256;
/// Menu choices of one caller that a desk is shown.
pub const PATH: usize = 16;
/// REFERs of one dialog that are put before its call; further ones are declined.
pub const REFERS: usize = 20;
/// How long the reports of a transfer are promised: longer than any transfer lasts (RFC 3515 section 2.4.4).
pub const REPORTS: Duration = Duration::from_secs(90);
/// A phone that hangs up so soon after its transfer failed has not noticed: the caller is brought back to it.
pub const FAILURE_NOTICED: Duration = Duration::from_secs(5);
/// A phone whose transfer succeeded hangs up by itself; one that has not by then is hung up on.
pub const TRANSFEROR_LEAVES: Duration = Duration::from_secs(2);
/// Callers whose word about their language is kept in memory until the directory is read again.
pub const LANGUAGES: usize = 20_000;
/// Nonces remembered with their highest `nc`.
pub const NONCES: usize = 20_000;
