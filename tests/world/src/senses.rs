//! What must be true in a story: who hears whom, what was answered, what is on record.

use std::net::SocketAddr;
use std::time::Duration;

use call::journal::{Cause, Fact};
use call::{Arm, CallGlance, Core, CoreView};

use crate::message::Said;
use crate::phone::{Sound, State};
use crate::sounds;
use crate::world::{Line, Party, World};

impl World {
    /// What a party hears just now.
    pub fn hears(&self, line: Line) -> Sound {
        let samples = self.phones[line.party].calls[line.call]
            .audio
            .samples(self.past);
        if samples.is_empty() || sounds::loudness(&samples) < 200.0 {
            return Sound::Silence;
        }
        let mut heard: Vec<String> = Vec::new();
        for phone in &self.phones {
            if sounds::share(&samples, phone.tone) > 0.15 {
                heard.push(phone.label.clone());
            }
        }
        for (name, tone) in self.sounds.tones() {
            if sounds::share(&samples, tone) > 0.15 {
                heard.push(name.to_owned());
            }
        }
        if sounds::share(&samples, 425) > 0.3 {
            heard.push("ringing".to_owned());
        }
        Sound::Heard(heard)
    }

    /// Waits until a party hears this and only this.
    pub fn hears_soon(&mut self, line: Line, what: &str) {
        self.hears_within(line, what, 10);
    }

    /// Waits longer until a party hears this and only this. The ear is asked every 20 ms: listening is work.
    pub fn hears_within(&mut self, line: Line, what: &str, seconds: u64) {
        let wanted = Sound::Heard(vec![what.to_owned()]);
        let until = self.past + Duration::from_secs(seconds);
        while self.hears(line) != wanted {
            let label = &self.phones[line.party].label;
            assert!(
                self.past < until,
                "{label} does not hear {what}\n{}",
                self.drawing()
            );
            self.run(20);
        }
        self.note_of(line, &format!("hears {what}"));
    }

    /// These two hear each other, and nothing else: measured after the sound had time to settle.
    pub fn talk(&mut self, a: Line, b: Line) {
        self.run(400);
        let label = |world: &World, line: Line| world.phones[line.party].label.clone();
        for (ear, mouth) in [(a, b), (b, a)] {
            let wanted = Sound::Heard(vec![label(self, mouth)]);
            assert_eq!(
                self.hears(ear),
                wanted,
                "what {} hears\n{}",
                label(self, ear),
                self.drawing()
            );
        }
        let text = format!("{} and {} hear each other", label(self, a), label(self, b));
        self.note(&text);
    }

    /// Each of these three hears both others, and nothing else: measured after the sound had time to settle.
    pub fn three(&mut self, a: Line, b: Line, c: Line) {
        self.run(600);
        for (ear, mouths) in [(a, [b, c]), (b, [a, c]), (c, [a, b])] {
            let label = |line: Line| self.phones[line.party].label.clone();
            let mut wanted = mouths.map(label).to_vec();
            let mut heard = match self.hears(ear) {
                Sound::Heard(heard) => heard,
                Sound::Silence => Vec::new(),
            };
            wanted.sort();
            heard.sort();
            assert_eq!(
                heard,
                wanted,
                "what {} hears\n{}",
                label(ear),
                self.drawing()
            );
        }
        let text = [a, b, c].map(|line| self.phones[line.party].label.clone());
        self.note(&format!("{} hear each other", text.join(", ")));
    }

    /// A party hears nothing.
    pub fn hears_nothing(&mut self, line: Line) {
        self.run(400);
        assert_eq!(
            self.hears(line),
            Sound::Silence,
            "{}\n{}",
            self.phones[line.party].label,
            self.drawing()
        );
        self.note_of(line, "hears nothing");
    }

    /// How far a call is, as its party sees it.
    pub fn state(&self, line: Line) -> State {
        self.phones[line.party].calls[line.call].state
    }

    /// Whether a call is answered, as its party sees it.
    pub fn is_up(&self, line: Line) -> bool {
        self.state(line) == State::Up
    }

    /// Waits until a call is over for its party.
    pub fn over_soon(&mut self, line: Line) {
        self.until("a call ends", |world| world.state(line) == State::Over);
    }

    /// Waits until a call is answered for its party.
    pub fn up_soon(&mut self, line: Line) {
        self.until("a call is answered", |world| world.is_up(line));
        self.run(60);
    }

    /// The final status of a call's INVITE.
    pub fn status(&self, line: Line) -> u16 {
        self.phones[line.party].calls[line.call].status
    }

    /// All statuses that a call's INVITE was given, challenges left out.
    pub fn statuses(&self, line: Line) -> Vec<u16> {
        let statuses = self.phones[line.party].calls[line.call].statuses.iter();
        statuses.copied().filter(|status| *status != 401).collect()
    }

    /// Final statuses of a call's re-INVITEs and UPDATEs.
    pub fn modified(&self, line: Line) -> Vec<u16> {
        self.phones[line.party].calls[line.call].modified.clone()
    }

    /// Final statuses of a call's REFERs.
    pub fn referred(&self, line: Line) -> Vec<u16> {
        self.phones[line.party].calls[line.call].referred.clone()
    }

    /// What a phone was told of its transfer, as status codes, and how the subscription stood last.
    pub fn reports(&self, line: Line) -> (Vec<u16>, String) {
        let reports = &self.phones[line.party].calls[line.call].reports;
        let code = |line: &str| line.split(' ').nth(1).and_then(|code| code.parse().ok());
        (
            reports.iter().filter_map(|(line, _)| code(line)).collect(),
            reports
                .last()
                .map(|(_, state)| state.clone())
                .unwrap_or_default(),
        )
    }

    /// The Reason of the CANCEL or BYE that ended a call.
    pub fn reason(&self, line: Line) -> String {
        self.phones[line.party].calls[line.call]
            .reason
            .clone()
            .unwrap_or_default()
    }

    /// The INVITE that a party was called with.
    pub fn invitation(&self, line: Line) -> Said {
        self.phones[line.party].calls[line.call]
            .invite
            .clone()
            .expect("it was called")
    }

    /// Every message that a party was sent, the newest last.
    pub fn mail(&self, party: Party) -> &[Said] {
        &self.phones[party.0].mail
    }

    /// The newest message to a party of this method (request) or status.
    pub fn last(&self, party: Party, what: &str) -> Said {
        let fits = |said: &&Said| {
            if said.is_request() {
                said.method == what
            } else {
                said.status.to_string() == what
            }
        };
        let found = self.mail(party).iter().rev().find(fits);
        found
            .unwrap_or_else(|| {
                panic!(
                    "no {what} to {}\n{}",
                    self.phones[party.0].label,
                    self.drawing()
                )
            })
            .clone()
    }

    /// The core, to look at.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// The core's counters.
    pub fn view(&self) -> CoreView {
        self.core.view()
    }

    /// The running calls.
    pub fn glance(&self) -> Vec<CallGlance> {
        self.core.glance()
    }

    /// Causes of the journeys that ended, in order.
    pub fn causes(&self) -> Vec<Cause> {
        let ended = self.facts.iter().filter_map(|entry| match &entry.fact {
            Fact::JourneyEnded { cause, .. } => Some(cause.clone()),
            _ => None,
        });
        ended.collect()
    }

    /// When a call was answered for its party.
    pub fn answered_at(&self, line: Line) -> Duration {
        self.phones[line.party].calls[line.call].answered_at
    }

    /// The codec that an account's phone speaks in its newest call.
    pub fn world_codec(&self, label: &str) -> media::Codec {
        let phone = self
            .phones
            .iter()
            .find(|phone| phone.label == label)
            .expect("such a phone");
        phone.calls.last().expect("it had a call").audio.codec
    }

    /// How often the dialplan decided by this rule.
    pub fn decided(&self, code: &str) -> usize {
        self.facts
            .iter()
            .filter(|entry| matches!(&entry.fact, Fact::Decided { rule, .. } if rule == code))
            .count()
    }

    /// Whether the core said that it is idle after a drain.
    pub fn is_idle(&self) -> bool {
        self.idle
    }

    /// Keys that came from the other side, by RFC 4733 or INFO.
    pub fn keys_heard(&self, line: Line) -> String {
        self.phones[line.party].calls[line.call]
            .audio
            .keys_heard
            .clone()
    }

    /// The digest algorithms that a party was challenged with.
    pub fn challenged(&self, party: Party) -> Vec<String> {
        self.phones[party.0].challenged.clone()
    }

    /// How many times a party was called or called.
    pub fn calls_of(&self, party: Party) -> usize {
        self.phones[party.0].calls.len()
    }

    /// How often each arm of the call's table was taken.
    pub fn arms_taken(&self) -> std::collections::BTreeMap<Arm, u64> {
        let mut all = self.arms.clone();
        for (arm, count) in self.core.arms() {
            *all.entry(*arm).or_default() += count;
        }
        all
    }

    /// A party's address.
    pub fn address(&self, party: Party) -> SocketAddr {
        self.phones[party.0].address
    }
}
