//! Calls back after an emergency call (CMP-1): for an hour the emergency centre must reach the very phone that called.
//!
//! A centre calls the number that it was shown, often with an ordinary or a withheld number. Two rules tell such a call:
//! - The number shown is kept for this (no dialplan answers it, or it is the `callback-number` of the configuration): then
//!   every call to it is a call back.
//! - It is a number that citizens call too: then a call is a call back when it says so (`Priority: psap-callback`, RFC 7090),
//!   when its caller is an emergency number, or the number that the centre answered with (RFC 3325).

use std::collections::BTreeMap;
use std::time::Instant;

use sip::{HeaderName, Message};

use super::destination::{self, Outgoing};
use super::emergency;
use super::emergency::plan::is_kept;
use crate::io::Now;
use crate::journal::{Callback, Origin};
use crate::limits;
use crate::snapshot::Snapshot;
use crate::stack::Stack;

/// Who called for help last, by the number that was shown. As many as the town has numbers to show.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    by_number: BTreeMap<String, Row>,
}

/// One row; its hour is measured by the clock that nobody can set.
#[derive(Debug)]
struct Row {
    callback: Callback,
    until: Instant,
}

impl Callbacks {
    /// Somebody called for help, or the centre that answered is known by now.
    pub(crate) fn set(&mut self, callback: Callback, now: Now) {
        self.by_number.retain(|_, row| row.until > now.monotonic);
        let left = callback.until.duration_since(now.wall).unwrap_or_default();
        let until = now.monotonic.checked_add(left.min(limits::CALLBACK));
        let until = until.unwrap_or(now.monotonic);
        let number = callback.number.clone();
        self.by_number.insert(number, Row { callback, until });
    }

    /// The one for this number.
    pub(crate) fn get(&self, number: &str) -> Option<&Callback> {
        self.by_number.get(number).map(|row| &row.callback)
    }

    /// The phone that a trunk's call is for, when it is a call back. `called` and `caller` are E.164 where they can be.
    pub(crate) fn wanted(
        &self,
        snapshot: &Snapshot,
        now: Now,
        (called, caller): (&str, &str),
        request: &Message,
    ) -> Option<Callback> {
        let live = |row: &&Row| row.until > now.monotonic;
        let callback = &self.by_number.get(called).filter(live)?.callback;
        let country = snapshot.settings.country;
        let is_for_us = is_kept(snapshot, called)
            || says_so(request)
            || emergency::spelt(&snapshot.emergency, country, caller).is_some()
            || callback.centre.as_deref() == Some(caller);
        is_for_us.then(|| callback.clone())
    }
}

/// `Priority: psap-callback` (RFC 7090 section 5). Only a trunk's word is asked.
fn says_so(request: &Message) -> bool {
    let priority = request.header(&HeaderName::Priority);
    priority.is_some_and(|word| word.trim().eq_ignore_ascii_case("psap-callback"))
}

/// The device that called for help, at the place where it is registered now; else all devices of its account; else the
/// address that it called from.
pub(crate) fn devices(stack: &Stack, callback: &Callback) -> Vec<Outgoing> {
    match &callback.origin {
        Origin::Line { trunk, digits } => destination::by_trunk(stack, trunk, digits)
            .into_iter()
            .collect(),
        Origin::Phone {
            account,
            contact,
            peer,
        } => {
            let registered = account
                .as_deref()
                .map(|name| destination::devices(stack, name))
                .unwrap_or_default();
            let very = |device: &&Outgoing| device.peer.remote == peer.remote;
            if let Some(device) = registered.iter().find(very) {
                return vec![device.clone()];
            }
            if !registered.is_empty() {
                return registered;
            }
            vec![Outgoing::at(contact, *peer, account.as_deref())]
        }
    }
}
