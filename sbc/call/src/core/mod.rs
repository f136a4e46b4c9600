//! The core: one owner of legs, calls and tables. It takes an input, lets the leg or call it is for handle it, and then
//! applies what they told each other until nothing is left to tell.

mod apply;
mod arrival;
mod attend;
mod commands;
mod desk;
mod fence;
mod invite;
mod join;
mod media_events;
mod merge;
mod outside;
mod pages;
mod pickup;
mod replaces;
mod restore;
mod route;
mod stations;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use media::webrtc::Identity;
use sip::transaction::TransactionEvent;
use sip::{Peer, StatusCode, Transport};

use crate::call::Call;
use crate::call::feature::queue;
use crate::deadlines::{LegTimer, Timer};
use crate::effect::{CallEvent, Effect};
use crate::id::{CallId, LegId};
use crate::io::{Input, Now, Output, Outputs};
use crate::journal::Cause;
use crate::legs::Legs;
use crate::limits;
use crate::snapshot::Snapshot;
use crate::stack::{Asker, Stack};
use crate::table::Table;
pub(crate) use fence::Fault;
pub use view::{CallGlance, CoreView};

/// The exchange. Feed it with [`Core::handle`] and wake it at [`Core::next_deadline`].
pub struct Core {
    stack: Stack,
    legs: Legs,
    calls: Table<CallId, Call>,
    commands: commands::Remembered,
    /// Calls by the caller's half of Session-ID, to know one that comes back (RFC 7332).
    sessions: BTreeSet<(u128, CallId)>,
    /// Which station has which call.
    engaged: BTreeMap<CallId, String>,
    /// What a watching desk was told last.
    shown: desk::Shown,
    /// `Output::Idle` was said since the drain began.
    said_idle: bool,
}

impl Core {
    /// A core with nothing going on. `seed` comes from the OS, or from the number of a test.
    pub fn new(now: Now, snapshot: Snapshot, seed: [u8; 32]) -> Core {
        Core {
            stack: Stack::new(now, snapshot, seed),
            legs: Legs::default(),
            calls: Table::default(),
            commands: commands::Remembered::default(),
            sessions: BTreeSet::new(),
            engaged: BTreeMap::new(),
            shown: desk::Shown::default(),
            said_idle: false,
        }
    }

    /// Takes pages from now on, under this certificate. Before it no browser is answered.
    pub fn welcome_browsers(&mut self, identity: Identity) {
        self.stack.browsers = Some(identity);
    }

    /// Feeds one input; the outputs must be drained before the next.
    pub fn handle(&mut self, now: Now, input: Input) -> Outputs<'_> {
        self.stack.now = now;
        self.due();
        match input {
            Input::Datagram { local, from, bytes } => {
                self.datagram(
                    Peer {
                        transport: Transport::Udp,
                        local,
                        remote: from,
                        flow: None,
                    },
                    bytes,
                );
            }
            Input::Stream { flow, bytes } => self.stream(flow, &bytes),
            Input::Opened { peer } => self.opened(peer),
            Input::ConnectFailed { flow } | Input::Closed { flow } => self.stack.flow_gone(flow),
            Input::Ports { bound } => self.stack.ports.add(&bound),
            Input::Media(event) => self.media_event(event),
            Input::Command(command) => self.command(command),
            Input::Reload(snapshot) => {
                self.stack.snapshot = snapshot;
                crate::registrar::reloaded(&mut self.stack);
                self.touch_everything();
                self.tell_queues_reloaded();
            }
            Input::Watch(on) => self.watch(on),
            Input::Look => self.look(),
            Input::Review => self.touch_lines(),
            Input::Restore {
                bindings,
                ghosts,
                callbacks,
            } => self.restore(bindings, ghosts, callbacks),
            Input::Crowded(crowded) => self.crowd(crowded),
            Input::Drain => self.stack.draining = true,
            Input::Stop => self.stop(),
            Input::Deadline => {}
        }
        self.settle();
        self.attend();
        self.tell_desk();
        if self.stack.draining && !self.said_idle && self.is_empty() {
            self.said_idle = true;
            self.stack.out.push_back(Output::Idle);
        }
        Outputs::new(&mut self.stack.out)
    }

    /// When the core wants [`Input::Deadline`], unless something else comes before.
    pub fn next_deadline(&self) -> Option<Instant> {
        [self.stack.deadlines.next(), self.stack.tx.next_wake()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether a peer still owes something: an answer to a request of ours, or the ACK of a refusal. What else is left
    /// when no call and no leg is there only absorbs repetitions.
    pub fn is_owed(&self) -> bool {
        self.stack.tx.is_owed()
    }

    /// Fires every deadline that has come.
    fn due(&mut self) {
        let now = self.stack.now.monotonic;
        self.stack.tx.expire(now);
        self.settle();
        while let Some(timer) = self.stack.deadlines.pop(now) {
            match timer {
                Timer::Leg(id, kind) => self.leg_timer(id, kind),
                Timer::Call(id, kind) => self
                    .stack
                    .effects
                    .push_back(Effect::Tell(id, CallEvent::Timer(kind))),
                Timer::Flow(id) => self.flow_due(id),
                Timer::Queues => queue::feed(&mut self.stack, crate::queue::Event::Tick),
                Timer::Bindings => crate::registrar::expire(&mut self.stack),
            }
            self.settle();
        }
    }

    fn leg_timer(&mut self, id: LegId, kind: LegTimer) {
        self.with_leg(id, |leg, stack| match kind {
            LegTimer::FirstAnswer => leg.first_answer_missing(stack),
            LegTimer::Accept => leg.repeat_2xx(stack),
            LegTimer::Reliable => leg.repeat_reliable(stack),
            LegTimer::Progress => leg.progress(stack),
            LegTimer::Cancel => leg.cancel_unanswered(stack),
            LegTimer::Refresh => leg.session_due(stack),
            LegTimer::Glare => leg.try_again(stack),
            LegTimer::Report => leg.media_closed(stack, None),
            LegTimer::Probe => leg.probe_unanswered(stack),
            LegTimer::Retire => leg.hang_up(stack, Cause::Transferred),
            LegTimer::Page => leg.page_gone(stack),
        });
    }

    /// Carries out what transactions, legs and calls have left to be told, until there is nothing more. Bounded: above
    /// the bound it is a loop of our own, and the rest is dropped with an error.
    fn settle(&mut self) {
        let mut steps = 0;
        while steps < limits::STEPS_PER_INPUT {
            if let Some(event) = self.stack.tx.poll() {
                // Only effects can go in a circle. Many timers may come due at once, and each has a budget of its own.
                if !matches!(event, TransactionEvent::Transmit { .. }) {
                    steps = 0;
                }
                self.transaction_event(event);
            } else if let Some(effect) = self.stack.effects.pop_front() {
                steps += 1;
                self.apply(effect);
            } else {
                return;
            }
        }
        let dropped = self.stack.effects.len();
        self.stack.effects.clear();
        self.stack.error(
            "core",
            None,
            format!("a loop inside the core was cut: {dropped} effects dropped"),
        );
    }

    fn transaction_event(&mut self, event: TransactionEvent) {
        match event {
            TransactionEvent::Transmit { to, bytes } => self.stack.transmit(to, bytes),
            TransactionEvent::TimedOut(tx) => self.request_failed(tx, StatusCode::REQUEST_TIMEOUT),
            TransactionEvent::Unreachable(tx) => {
                self.request_failed(tx, StatusCode::SERVICE_UNAVAILABLE)
            }
            TransactionEvent::AckMissing(_) => {}
            TransactionEvent::ServerEnded(tx) => {
                self.stack.invites.remove(&tx);
                self.stack.heard.forget(tx);
            }
            TransactionEvent::ClientEnded(tx) => {
                self.stack.askers.remove(&tx);
                self.stack.late.remove(&tx);
            }
        }
    }

    /// A request of ours got no final response.
    fn request_failed(&mut self, tx: sip::transaction::ClientTx, status: StatusCode) {
        self.stack.late.remove(&tx);
        let Some(asker) = self.stack.askers.remove(&tx) else {
            return;
        };
        match asker {
            Asker::Invite(id) => {
                self.with_leg(id, |leg, stack| leg.invite_unanswered(stack, status));
            }
            Asker::Modify(id) => {
                self.with_leg(id, |leg, stack| leg.modify_unanswered(stack));
            }
            Asker::Report(id) => {
                self.with_leg(id, |leg, stack| leg.report_answered(stack, status));
            }
            Asker::Minor(_) | Asker::Nobody => {}
        }
    }

    /// Every call gets its BYE now.
    fn stop(&mut self) {
        self.stack.draining = true;
        let calls: Vec<CallId> = self.calls.keys().copied().collect();
        for id in calls {
            self.with_call(id, |call, cx| call.finish(cx, Cause::Shutdown));
            self.settle();
        }
        // Legs that have left their call and wait to say BYE: there is no time left to wait.
        let alone: Vec<LegId> = self.legs.keys().copied().collect();
        for id in alone {
            self.with_leg(id, |leg, stack| {
                leg.hang_up(stack, Cause::Shutdown);
            });
        }
    }
}
