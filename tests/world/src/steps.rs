//! The steps of a story: who is there, what they do, and what must be true then.

use std::net::SocketAddr;
use std::time::Duration;

use call::Input;

use crate::mirror::Mirror;
use crate::network::Nat;
use crate::phone::{Habits, Phone, State};
use crate::sounds;
use crate::town;
use crate::world::{Line, Party, World};

/// How long a story waits for something that must come.
const SOON: Duration = Duration::from_secs(10);

impl World {
    /// Lets so many milliseconds go by.
    pub fn run(&mut self, millis: u64) {
        let until = self.past + Duration::from_millis(millis);
        while self.step(until) {}
    }

    /// Lets time go by until something is true; it must come within ten seconds.
    pub fn until(&mut self, what: &str, test: impl Fn(&World) -> bool) {
        self.within(SOON, what, test);
    }

    /// Lets time go by until something is true; it must come within this time.
    pub fn within(&mut self, limit: Duration, what: &str, test: impl Fn(&World) -> bool) {
        let until = self.past + limit;
        while !test(self) {
            assert!(
                self.step(until),
                "{what}: not within {limit:?}\n{}",
                self.drawing()
            );
        }
    }

    /// Lets time go by until this moment since the beginning.
    pub fn run_to(&mut self, moment: Duration) {
        while self.step(moment) {}
    }

    /// Since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.past
    }

    pub(crate) fn add(&mut self, label: &str, user: &str, address: SocketAddr) -> Party {
        let index = self.phones.len();
        self.phones
            .push(Phone::new(label, user, address, sounds::party_tone(index)));
        Party(index)
    }

    /// A desk phone in the town hall, not registered yet.
    pub fn unregistered(&mut self, account: &str) -> Party {
        let index = self.phones.len();
        let address = format!("10.0.0.{}:{}", 20 + index, 5_061 + index);
        self.add(account, account, address.parse().expect("an address"))
    }

    /// A desk phone in the town hall, registered.
    pub fn phone(&mut self, account: &str) -> Party {
        let party = self.unregistered(account);
        self.register(party);
        party
    }

    /// The same account once more, on another device.
    pub fn second_device(&mut self, account: &str, label: &str) -> Party {
        let party = self.unregistered(account);
        self.phones[party.0].label = label.to_owned();
        self.register(party);
        party
    }

    /// A softphone at home, behind a NAT.
    pub fn phone_behind_nat(&mut self, account: &str) -> Party {
        let party = self.add(
            account,
            account,
            "192.168.1.20:5072".parse().expect("an address"),
        );
        self.phones[party.0].nat = Some(Nat::new("203.0.113.5".parse().expect("an address")));
        self.register(party);
        party
    }

    /// A phone that does not know its own address and signals loopback's for its sound.
    pub fn phone_that_signals_loopback(&mut self, account: &str) -> Party {
        let party = self.add(
            account,
            account,
            "127.0.0.1:5072".parse().expect("an address"),
        );
        self.phones[party.0].nat = Some(Nat::new("10.0.0.77".parse().expect("an address")));
        self.register(party);
        party
    }

    /// A phone that speaks TCP.
    pub fn phone_by_tcp(&mut self, account: &str) -> Party {
        let party = self.unregistered(account);
        self.phones[party.0].tcp = true;
        self.register(party);
        party
    }

    /// The operator's line.
    pub fn carrier(&mut self) -> Party {
        let party = self.add(
            "operator",
            "operator",
            town::OPERATOR.parse().expect("an address"),
        );
        self.phones[party.0].trunk = true;
        party
    }

    /// Queues keys without waiting until they are out.
    pub fn press_later(&mut self, line: Line, keys: &str) {
        self.phones[line.party].calls[line.call].audio.press(keys);
    }

    /// Every call that is not over for its party.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for (party, phone) in self.phones.iter().enumerate() {
            let open = phone
                .calls
                .iter()
                .enumerate()
                .filter(|(_, call)| call.state != State::Over);
            lines.extend(open.map(|(call, _)| Line { party, call }));
        }
        lines
    }

    /// Whether sound is agreed on for a call.
    pub fn has_sound(&self, line: Line) -> bool {
        self.phones[line.party].calls[line.call]
            .audio
            .remote
            .is_some()
    }

    /// Whether the party's own change of the session is under way.
    pub fn is_changing(&self, line: Line) -> bool {
        self.phones[line.party].calls[line.call].modifying
    }

    /// Loses the port of a call if the media plane has it just now.
    pub fn lose_port_if_there(&mut self, line: Line) {
        if self.has_sound(line) && self.endpoint_now(line).is_some() {
            self.lose_port(line);
        }
    }

    /// Registers, and must succeed.
    pub fn register(&mut self, party: Party) {
        assert_eq!(
            self.try_register(party, 3_600),
            200,
            "REGISTER of {}\n{}",
            self.phones[party.0].label,
            self.drawing()
        );
    }

    /// Registers for so many seconds; the final status, or 0.
    pub fn try_register(&mut self, party: Party, seconds: u32) -> u16 {
        let now = self.past;
        self.phones[party.0].register(now, seconds, None);
        let until = self.past + Duration::from_secs(40);
        while self.phones[party.0].registered == 0 && self.step(until) {}
        self.phones[party.0].registered
    }

    /// Sends a REGISTER and waits for nothing.
    pub fn begin_register(&mut self, party: Party) {
        let now = self.past;
        self.phones[party.0].register(now, 3_600, None);
    }

    /// Changes a party's habits.
    pub fn with(&mut self, party: Party, change: impl FnOnce(&mut Habits)) {
        change(&mut self.phones[party.0].habits);
    }

    /// Changes the habits of an account's phone, if there is one.
    pub fn with_account(&mut self, account: &str, change: impl FnOnce(&mut Habits)) {
        if let Some(phone) = self.phones.iter_mut().find(|phone| phone.user == account) {
            change(&mut phone.habits);
        }
    }

    /// A phone dials.
    pub fn call(&mut self, party: Party, dialled: &str) -> Line {
        self.call_uri(party, &format!("sip:{dialled}@{}", town::REALM))
    }

    /// A phone calls a URI as it stands.
    pub fn call_uri(&mut self, party: Party, uri: &str) -> Line {
        let now = self.past;
        let call = self.phones[party.0].invite(now, uri, None);
        Line {
            party: party.0,
            call,
        }
    }

    /// A citizen calls one of the town's numbers by the operator.
    pub fn citizen_calls(&mut self, carrier: Party, number: &str) -> Line {
        self.citizen_calls_from(carrier, town::CITIZEN, number)
    }

    /// A citizen with this number calls.
    pub fn citizen_calls_from(&mut self, carrier: Party, from: &str, number: &str) -> Line {
        let now = self.past;
        let uri = format!("sip:{number}@{}", town::EXCHANGE);
        let call = self.phones[carrier.0].invite(now, &uri, Some(from));
        Line {
            party: carrier.0,
            call,
        }
    }

    /// A phone dials another, which answers; both lines, talking.
    pub fn talking(&mut self, from: Party, dialled: &str, to: Party) -> (Line, Line) {
        let caller = self.call(from, dialled);
        let called = self.ringing(to);
        self.answer(called);
        self.talk(caller, called);
        (caller, called)
    }

    /// A citizen presses keys in the demo town's menus until a desk rings.
    pub fn citizen_rings(&mut self, carrier: Party, desk: Party) -> (Line, Line) {
        let citizen = self.citizen_in_menu(carrier);
        self.press(citizen, "1");
        let called = self.ringing(desk);
        (citizen, called)
    }

    /// A citizen has chosen Dutch and hears the demo town's menu.
    pub fn citizen_in_menu(&mut self, carrier: Party) -> Line {
        let citizen = self.citizen_calls(carrier, town::CENTRAL);
        self.hears_soon(citizen, "nl/welcome");
        // The language is known before the question was heard to its end.
        self.press(citizen, "1");
        self.hears_soon(citizen, "nl/demo-menu");
        citizen
    }

    /// The newest call of a party, whatever became of it.
    pub fn newest(&self, party: Party) -> Line {
        let calls = self.phones[party.0].calls.len();
        let call = calls.checked_sub(1).expect("it was called");
        Line {
            party: party.0,
            call,
        }
    }

    /// Waits until a party is being called; its line.
    pub fn ringing(&mut self, party: Party) -> Line {
        let find = |world: &World| {
            world.phones[party.0]
                .calls
                .iter()
                .rposition(|call| call.state == State::Ringing)
        };
        self.until("a phone rings", |world| find(world).is_some());
        Line {
            party: party.0,
            call: find(self).expect("it rings"),
        }
    }

    /// Waits longer until a party is being called.
    pub fn ringing_within(&mut self, party: Party, seconds: u64) -> Line {
        let find = |world: &World| {
            world.phones[party.0]
                .calls
                .iter()
                .rposition(|call| call.state == State::Ringing)
        };
        self.within(Duration::from_secs(seconds), "a phone rings", |world| {
            find(world).is_some()
        });
        Line {
            party: party.0,
            call: find(self).expect("it rings"),
        }
    }

    pub(crate) fn ringing_or_up(&mut self, party: Party) -> Line {
        let find = |world: &World| {
            world.phones[party.0]
                .calls
                .iter()
                .rposition(|call| call.state != State::Over)
        };
        self.until("a phone rings", |world| find(world).is_some());
        Line {
            party: party.0,
            call: find(self).expect("it rings"),
        }
    }

    pub(crate) fn act(&mut self, line: Line, act: impl FnOnce(&mut Phone, Duration, usize)) {
        let now = self.past;
        act(&mut self.phones[line.party], now, line.call);
    }

    /// Answers, and waits until that is known.
    pub fn answer(&mut self, line: Line) {
        self.act(line, |phone, now, call| phone.answer(now, call));
        self.run(60);
    }

    /// Answers, without waiting.
    pub fn answer_now(&mut self, line: Line) {
        self.act(line, |phone, now, call| phone.answer(now, call));
    }

    /// Refuses with a status.
    pub fn refuse(&mut self, line: Line, status: u16) {
        self.act(line, |phone, now, call| phone.refuse(now, call, status));
    }

    /// Hangs up, cancels or refuses.
    pub fn hang_up(&mut self, line: Line) {
        self.act(line, |phone, now, call| phone.hang_up(now, call));
    }

    /// Says 180.
    pub fn ring(&mut self, line: Line) {
        self.act(line, |phone, now, call| phone.ring(now, call));
    }

    /// Says a provisional response, with sound of its own or not, reliably or not.
    pub fn progress(&mut self, line: Line, status: u16, sound: bool, reliably: bool) {
        self.act(line, |phone, now, call| {
            phone.progress_with(now, call, status, sound, reliably)
        });
    }

    /// Another device behind the same party answers too.
    pub fn answer_as_fork(&mut self, line: Line) -> Line {
        let now = self.past;
        let call = self.phones[line.party].answer_as_fork(now, line.call);
        Line { call, ..line }
    }

    /// Holds (`sendonly`), resumes (`sendrecv`) or stops (`inactive`) by re-INVITE or UPDATE.
    pub fn change(&mut self, line: Line, method: &str, direction: &'static str) {
        self.act(line, |phone, now, call| {
            phone.calls[call].audio.direction = direction;
            phone.modify(now, call, method, true);
        });
    }

    /// re-INVITE without an offer.
    pub fn reinvite_without_offer(&mut self, line: Line) {
        self.act(line, |phone, now, call| {
            phone.modify(now, call, "INVITE", false)
        });
    }

    /// A request of the party's own making inside the dialog.
    pub fn ask(&mut self, line: Line, method: &str, headers: &[(&str, String)], body: &str) {
        let (now, headers, body) = (self.past, headers.to_vec(), body.to_owned());
        self.phones[line.party].ask(now, line.call, method, &headers, &body);
    }

    /// A phone transfers its party to whom it would dial so.
    pub fn refer(&mut self, line: Line, target: &str) {
        self.refer_saying(line, target, &[]);
    }

    /// The same, with headers of one's own.
    pub fn refer_saying(&mut self, line: Line, target: &str, extra: &[(&str, String)]) {
        self.act(line, |phone, now, call| {
            phone.refer(now, call, target, None, extra)
        });
        self.note_of(line, &format!("transfers to {target}"));
    }

    /// A phone joins its party with that of another call of its own, or of somebody's whose dialog it learnt.
    pub fn refer_to_call(&mut self, line: Line, target: &str, other: Line) {
        self.act(line, |phone, now, call| {
            phone.refer(now, call, target, Some(other.call), &[])
        });
        self.note_of(line, "joins its two calls");
    }

    /// Whose line it is, when it is a phone's.
    pub fn party_of(&self, line: Line) -> Option<Party> {
        let phone = self.phones.get(line.party)?;
        (!phone.trunk).then_some(Party(line.party))
    }

    /// Another call of the same party that is not over.
    pub fn other_line(&self, line: Line) -> Option<Line> {
        let mut others = self.lines().into_iter();
        others.find(|other| other.party == line.party && other.call != line.call)
    }

    /// The Replaces value that names a call (RFC 3891), as its party knows it.
    pub fn replaces(&self, line: Line) -> String {
        self.phones[line.party].replaces(line.call)
    }

    /// Presses keys, one after the other, and waits until they are out.
    pub fn press(&mut self, line: Line, keys: &str) {
        self.phones[line.party].calls[line.call].audio.press(keys);
        self.note_of(line, &format!("presses {keys}"));
        self.until("keys are pressed", |world| {
            !world.phones[line.party].calls[line.call]
                .audio
                .is_pressing()
        });
    }

    /// Presses a key by SIP INFO.
    pub fn press_by_info(&mut self, line: Line, key: char) {
        let kind = [("Content-Type", "application/dtmf-relay".to_owned())];
        self.ask(
            line,
            "INFO",
            &kind,
            &format!("Signal={key}\r\nDuration=160\r\n"),
        );
        self.run(50);
    }

    /// Presses a key that goes out by RFC 4733 and by SIP INFO at once, as some phones do.
    pub fn press_both(&mut self, line: Line, key: char) {
        self.phones[line.party].calls[line.call]
            .audio
            .press(&key.to_string());
        self.press_by_info(line, key);
    }

    pub(crate) fn note_of(&mut self, line: Line, text: &str) {
        let label = self.phones[line.party].label.clone();
        self.note(&format!("{label} {text}"));
    }

    /// A datagram as it stands, from a party's address: what no library prints.
    pub fn raw(&mut self, party: Party, text: &str) {
        let bytes = text.replace('\n', "\r\n").into_bytes();
        let (from, to) = (self.phones[party.0].address.port(), town::sip_address());
        self.phones[party.0].out.push(crate::phone::Packet {
            from,
            to,
            bytes,
            sip: true,
        });
    }

    /// The INVITE of a call once more, under another branch.
    pub fn merged_copy(&mut self, line: Line) {
        let phone = &mut self.phones[line.party];
        let (branch, ..) = phone.calls[line.call].sent.clone().expect("it called");
        let bytes = phone.sent_invite(line.call);
        let copy = String::from_utf8_lossy(&bytes)
            .replace(&branch, "other-way")
            .into_bytes();
        let (from, to) = (phone.address.port(), town::sip_address());
        phone.out.push(crate::phone::Packet {
            from,
            to,
            bytes: copy,
            sip: true,
        });
    }

    /// The operator's line dies for new calls: INVITEs are not heard, the running call goes on.
    pub fn deaf_to_invites(&mut self, party: Party) {
        self.with(party, |habits| habits.hears_invites = false);
    }

    /// Streams may begin anew from here on: a port was lost.
    pub fn forgive_new_streams(&mut self) {
        self.forgiving = true;
    }

    /// The NAT in front of a party forgets everything.
    pub fn rebind_nat(&mut self, party: Party) {
        self.phones[party.0]
            .nat
            .as_mut()
            .expect("it has a NAT")
            .rebind();
        self.note("the NAT gives every port another one");
    }

    /// The party's connection breaks.
    pub fn break_connection(&mut self, party: Party) {
        if let Some(flow) = self.phones[party.0].flow.take() {
            self.note("the connection breaks");
            self.feed(Input::Closed { flow });
        }
    }

    /// Feeds the core directly.
    pub fn tell_core(&mut self, input: Input) {
        self.feed(input);
    }

    /// The next event of this journey's call panics.
    pub fn inject_fault(&mut self, journey: call::journal::JourneyId) {
        self.core.inject_fault(journey);
        self.note("a fault is put into the call");
    }

    /// The media plane loses the endpoint of a party's call.
    pub fn lose_port(&mut self, line: Line) {
        let endpoint = self.endpoint_of(line);
        self.note_of(line, "'s port is lost in the media plane");
        self.lose(endpoint);
    }

    /// The process is killed; the next one begins with what the journal holds.
    pub fn kill_and_restart(&mut self) {
        self.note("the process is killed and started again");
        let ports = self.reborn();
        let (bindings, ghosts) = self.left_in_journal();
        self.feed(Input::Restore {
            bindings,
            ghosts,
            callbacks: Vec::new(),
        });
        self.feed(ports);
        self.desk = Mirror::default();
        self.feed(Input::Watch(true));
    }
}
