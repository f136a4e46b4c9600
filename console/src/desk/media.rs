//! A station's sound: the page's offers, telephones instead of pages, and what the page is told of its own sound.

use std::time::{Duration, SystemTime};

use call::command::{Device, Verb};
use call::desk::{DeviceKind, StationMedia, StationState as CoreState};
use call::{Command as CoreCommand, CommandId, CommandResult};

use tokio::time::Instant;

use super::hub::{Desk, TabKey, To, fresh_id};
use super::orders::{Asked, refusal};
use super::text::line;
use super::view;
use crate::protocol::{Event, MediaState, MediaUp, Nack, PathView, ServerMsg};
use crate::sign_in::SignedIn;

/// A page that has been gone for so long does not come back by itself.
const DESERTED: Duration = Duration::from_secs(60);
/// Longest SDP, octets; a browser's with ten candidates has some 3 000.
const SDP: usize = 32 * 1_024;
/// Longest account or number, characters.
const TARGET: usize = 80;
/// Longest name of a microphone, characters.
const LABEL: usize = 60;
/// Above this people hear it: milliseconds there and back, thousandths lost, milliseconds of jitter.
const POOR: (u32, u32, u32) = (300, 30, 40);

/// What a test found, in a sentence, and whether one can work with it.
fn tested(mic: &str, heard: bool, path: Option<PathView>) -> (String, bool) {
    let mic = if mic.is_empty() { "no microphone" } else { mic };
    let said = if heard { "is heard" } else { "is not heard" };
    let Some(path) = path else {
        return (format!("{mic} {said}"), heard);
    };
    let PathView {
        back,
        delay,
        loss,
        jitter,
    } = path;
    let poor = delay > POOR.0 || loss > POOR.1 || jitter > POOR.2;
    let way = match (back, poor) {
        (false, _) => "nothing comes back from the exchange",
        (true, true) => "a poor way to the exchange",
        (true, false) => "a good way to the exchange",
    };
    let words = format!(
        "{mic} {said}; {way}: {delay} ms there and back, {}.{} % lost, jitter {jitter} ms",
        loss / 10,
        loss % 10
    );
    (words, heard && back && !poor)
}

impl Desk {
    /// A test of the sound, in words, for who looks after the machines: it stands in the audit and in the log.
    fn note_sound(
        &self,
        who: &SignedIn,
        station: &str,
        (mic, heard): (&str, bool),
        path: Option<PathView>,
    ) {
        let (words, works) = tested(&line(mic, LABEL), heard, path);
        let result = if works { "works" } else { "fault" };
        let what = format!("{station}: {words}");
        self.ground
            .audit
            .note(&who.user, "sound-test", &what, result, "");
        if !works {
            tracing::warn!(kind = "console", "sound at {what}");
        }
    }

    /// A page says something of its person's sound.
    pub(super) fn media(&mut self, who: &SignedIn, key: &TabKey, media: MediaUp, to: To) {
        let Some(station) = self.tabs.get(key).map(|tab| tab.station.clone()) else {
            return self.refuse_sound(to, Nack::NotOwner, "nack.not_owner");
        };
        if !self.stations.has(key, &station) {
            return self.refuse_sound(to, Nack::NotOwner, "nack.not_owner");
        }
        let (verb, offer) = match media {
            MediaUp::Offer { sdp, n } | MediaUp::Restart { sdp, n } => {
                if sdp.len() > SDP {
                    return self.refuse_sound(to, Nack::Invalid, "nack.invalid");
                }
                let verb = Verb::BrowserMedia {
                    station: station.clone(),
                    offer: sdp,
                };
                (verb, Some(n))
            }
            MediaUp::Phone { target, mobile } => {
                let target = target.map(|target| line(&target, TARGET));
                let Some(device) = self.telephone(who, target, mobile) else {
                    return self.refuse_sound(to, Nack::Invalid, "nack.no_target");
                };
                let verb = Verb::AttachStation {
                    station: station.clone(),
                    device,
                };
                (verb, None)
            }
            MediaUp::Echo { on } => {
                let verb = Verb::Echo { station, on };
                return self.own_order(key, &who.user, verb);
            }
            MediaUp::Tested { mic, heard, path } => {
                return self.note_sound(who, &station, (&mic, heard), path);
            }
            MediaUp::Bye => {
                let verb = Verb::DetachStation { station };
                return self.own_order(key, &who.user, verb);
            }
        };
        let command = CoreCommand {
            id: CommandId(fresh_id()),
            actor: who.user.clone(),
            at: SystemTime::now(),
            if_version: None,
            verb,
        };
        let asked = Asked::Media { to, station, offer };
        if let Err((code, words, asked)) = self.ask_sound(key, asked, command)
            && let Asked::Media { to, .. } = asked
        {
            self.refuse_sound(to, code, words);
        }
    }

    fn ask_sound(
        &mut self,
        key: &TabKey,
        asked: Asked,
        command: CoreCommand,
    ) -> Result<(), (Nack, &'static str, Asked)> {
        self.give(key, asked, command)
            .map_err(|asked| (Nack::Unavailable, "nack.unavailable", asked))
    }

    /// The telephone that stands for a page: the one asked for, or of the user's own two the one meant, if she has it.
    fn telephone(&self, who: &SignedIn, target: Option<String>, mobile: bool) -> Option<Device> {
        let target = target
            .filter(|target| !target.is_empty())
            .or_else(|| own(&who.phone, &who.mobile, mobile).cloned())?;
        if self.world.presence.contains_key(&target) {
            return Some(Device::Phone(target));
        }
        let digits = target.chars().filter(char::is_ascii_digit).count();
        (digits >= 3).then_some(Device::Mobile(target))
    }

    /// The exchange answered an offer, or called a telephone.
    pub(super) fn sound_answered(
        &mut self,
        key: &TabKey,
        to: To,
        station: &str,
        offer: Option<u32>,
        result: Option<CommandResult>,
    ) {
        let state = match result {
            Some(CommandResult::Attached { answer, .. }) => MediaState::Answer {
                sdp: answer,
                n: offer.unwrap_or_default(),
            },
            Some(CommandResult::Refused(why)) => {
                let (code, words, _) = refusal(why);
                return self.refuse_sound(to, code, words);
            }
            Some(CommandResult::Done { .. } | CommandResult::Parked { .. }) => {
                if offer.is_none() && !self.is_heard(station) {
                    MediaState::Calling
                } else {
                    MediaState::Up
                }
            }
            None => return self.refuse_sound(to, Nack::Unavailable, "nack.unavailable"),
        };
        self.answer(to, ServerMsg::Media { media: state });
        self.muster(key, station);
        if offer.is_some() {
            self.stand_by(key, station);
        }
    }

    /// What rings when the page is not heard for ten seconds in a conversation: the station's telephone, else its mobile.
    fn stand_by(&mut self, key: &TabKey, station: &str) {
        let Some(who) = self.tabs.get(key).map(|tab| &tab.who) else {
            return;
        };
        let phone = who.phone.clone().map(Device::Handset);
        let device = phone.or_else(|| who.mobile.clone().map(Device::Mobile));
        let user = who.user.clone();
        let verb = Verb::Fallback {
            station: station.to_owned(),
            device,
        };
        self.own_order(key, &user, verb);
    }

    fn refuse_sound(&mut self, to: To, code: Nack, words: &str) {
        let media = MediaState::Refused {
            code,
            text_key: words.to_owned(),
        };
        self.answer(to, ServerMsg::Media { media });
    }

    /// Who closed the page without a word, has no conversation and cannot be heard is off duty: callers must not wait for them.
    pub(super) fn release_deserted(&mut self) {
        for (station, key) in self.stations.deserted(Instant::now(), DESERTED) {
            let Some(at) = self.world.stations.get(&station) else {
                continue;
            };
            let is_page = at.device == DeviceKind::Browser;
            if is_page && at.media == StationMedia::Lost && at.journey.is_none() {
                let actor = key.user.clone();
                self.own_order(&key, &actor, Verb::DetachStation { station });
            }
        }
    }

    fn is_heard(&self, station: &str) -> bool {
        let at = self.world.stations.get(station);
        at.is_some_and(|at| at.state != CoreState::Calling && at.media == StationMedia::Up)
    }

    /// Who comes on duty serves the queues they served before, or all.
    fn muster(&mut self, key: &TabKey, station: &str) {
        let serves = self.world.stations.get(station);
        if serves.is_some_and(|at| !at.serves.is_empty()) {
            return;
        }
        let Some(who) = self.tabs.get(key).map(|tab| tab.who.user.clone()) else {
            return;
        };
        let chosen = self.stations.serves(station);
        let queues = chosen.unwrap_or_else(|| self.lookup.queues.clone());
        let verb = Verb::Serve {
            station: station.to_owned(),
            queues: queues.into_iter().map(Into::into).collect(),
        };
        self.own_order(key, &who, verb);
    }

    /// A station changed: all desks see it, and its own page hears of its sound.
    pub(super) fn tell_station(&mut self, station: &str) {
        let Some(core) = self.world.stations.get(station) else {
            return;
        };
        let told = view::station(core, self.stations.user(station));
        let state = match (&core.state, core.media) {
            (CoreState::Calling, _) => MediaState::Calling,
            (_, StationMedia::Up) => MediaState::Up,
            (_, StationMedia::Lost) => MediaState::Lost,
        };
        self.tell(&Event::Station(told));
        let owner = self.stations.held(station).map(|held| held.key.clone());
        if self.stations.heard(station, &state)
            && let Some(key) = owner
        {
            self.answer(To::Tab(key), ServerMsg::Media { media: state });
        }
    }
}

/// Of a person's two telephones the one meant, if she has it, else the other.
fn own<'a>(
    phone: &'a Option<String>,
    mobile: &'a Option<String>,
    is_mobile_meant: bool,
) -> Option<&'a String> {
    let (meant, other) = match is_mobile_meant {
        true => (mobile, phone),
        false => (phone, mobile),
    };
    meant.as_ref().or(other.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_that_is_meant_is_called_although_there_is_a_desk_phone() {
        let [phone, mobile] = ["2101", "0479123456"].map(|number| Some(number.to_owned()));
        assert_eq!(own(&phone, &mobile, true), mobile.as_ref());
        assert_eq!(own(&phone, &mobile, false), phone.as_ref());
        assert_eq!(own(&phone, &None, true), phone.as_ref());
        assert_eq!(own(&None, &mobile, false), mobile.as_ref());
        assert_eq!(own(&None, &None, true), None);
    }

    #[test]
    fn a_test_of_the_sound_is_a_sentence_and_a_verdict() {
        let path = |back, delay, loss, jitter| {
            Some(PathView {
                back,
                delay,
                loss,
                jitter,
            })
        };
        for (mic, heard, path, works, words) in [
            ("Jabra", true, None, true, "Jabra is heard"),
            ("", false, None, false, "no microphone is not heard"),
            (
                "Jabra",
                true,
                path(true, 23, 4, 3),
                true,
                "Jabra is heard; a good way to the exchange: 23 ms there and back, 0.4 % lost, jitter 3 ms",
            ),
            (
                "Jabra",
                true,
                path(true, 23, 81, 3),
                false,
                "Jabra is heard; a poor way to the exchange: 23 ms there and back, 8.1 % lost, jitter 3 ms",
            ),
            (
                "Jabra",
                true,
                path(false, 0, 0, 0),
                false,
                "Jabra is heard; nothing comes back from the exchange: 0 ms there and back, 0.0 % lost, jitter 0 ms",
            ),
        ] {
            assert_eq!(tested(mic, heard, path), (words.to_owned(), works));
        }
    }
}
