//! Plays sounds one after the other, as ready frames (the clip encoded them once for everybody).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{library::Known, studio::Studio};
use crate::{
    clip::{Clip, SoundId},
    codec::Codec,
};

/// A sound that was not loaded in this time counts as missing: a full disk must not hold a caller.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is played.
#[derive(Clone, Debug)]
enum Programme {
    Sounds {
        sounds: Arc<[SoundId]>,
        repeat: bool,
    },
    /// A made sound, for ever.
    Loop(Arc<Clip>),
}

/// A tone that is heard instead of the programme for the first frames of each of its periods.
#[derive(Clone, Debug)]
struct Bell {
    period: Arc<Clip>,
    sounding: usize,
    frame: usize,
}

/// A position in a programme.
#[derive(Clone, Debug)]
pub(super) struct Player {
    programme: Programme,
    bell: Option<Bell>,
    /// Which sound, and which frame of it.
    sound: usize,
    frame: usize,
    clip: Option<Arc<Clip>>,
    waiting: Option<Instant>,
    /// Whether this round through the sounds has given any frame; a round without ends the programme.
    sounded: bool,
    /// Missing sounds are told in the first round only.
    first_round: bool,
}

/// The next 20 ms.
#[derive(Debug)]
pub(super) enum Step {
    /// They are in the payload.
    Frame,
    /// Not loaded yet.
    Wait,
    /// This one cannot be had; ask again for the next.
    Missing(SoundId),
    /// A sound was skipped that was told missing before, or the next begins; ask again.
    Again,
    /// Over.
    End,
}

impl Player {
    /// Begins, and asks for all sounds at once.
    pub(super) fn sounds(sounds: Arc<[SoundId]>, repeat: bool, studio: &mut Studio) -> Self {
        for sound in sounds.iter() {
            studio.want(sound);
        }
        Self::new(Programme::Sounds { sounds, repeat })
    }

    pub(super) fn endless(clip: Arc<Clip>) -> Self {
        Self {
            clip: Some(clip.clone()),
            ..Self::new(Programme::Loop(clip))
        }
    }

    /// The same, under a tone that sounds for so many frames of its period.
    pub(super) fn under(self, period: Arc<Clip>, sounding: usize) -> Self {
        let bell = Some(Bell {
            period,
            sounding,
            frame: 0,
        });
        Self { bell, ..self }
    }

    fn new(programme: Programme) -> Self {
        Self {
            programme,
            bell: None,
            sound: 0,
            frame: 0,
            clip: None,
            waiting: None,
            sounded: false,
            first_round: true,
        }
    }

    /// Appends the next frame to `payload`.
    pub(super) fn next(
        &mut self,
        now: Instant,
        codec: Codec,
        studio: &mut Studio,
        payload: &mut Vec<u8>,
    ) -> Step {
        let Some(mut bell) = self.bell.take() else {
            return self.play(now, codec, studio, payload);
        };
        if bell.period.frames(codec).frame(bell.frame).is_none() {
            bell.frame = 0;
        }
        let step = match bell.frame < bell.sounding {
            true => Step::Wait,
            false => self.play(now, codec, studio, payload),
        };
        // Music that is not there, or not yet, leaves the pause as it is.
        let step = match (step, bell.period.frames(codec).frame(bell.frame)) {
            (Step::Wait | Step::End, Some(frame)) => {
                payload.extend_from_slice(frame);
                Step::Frame
            }
            (step, _) => step,
        };
        bell.frame += usize::from(matches!(step, Step::Frame));
        self.bell = Some(bell);
        step
    }

    fn play(
        &mut self,
        now: Instant,
        codec: Codec,
        studio: &mut Studio,
        payload: &mut Vec<u8>,
    ) -> Step {
        if let Some(clip) = &self.clip {
            if let Some(frame) = clip.frames(codec).frame(self.frame) {
                payload.extend_from_slice(frame);
                self.frame += 1;
                self.sounded = true;
                return Step::Frame;
            }
            self.leave();
            return Step::Again;
        }
        match &self.programme {
            Programme::Loop(clip) => {
                self.clip = Some(clip.clone());
                if self.sounded { Step::Again } else { Step::End }
            }
            Programme::Sounds { sounds, repeat } => match sounds.get(self.sound).cloned() {
                Some(sound) => self.enter(now, sound, studio),
                None if *repeat && self.sounded => {
                    self.sound = 0;
                    self.sounded = false;
                    self.first_round = false;
                    Step::Again
                }
                None => Step::End,
            },
        }
    }

    /// Whether its end is told: music is not.
    pub(super) fn tells(&self) -> bool {
        matches!(self.programme, Programme::Sounds { repeat: false, .. })
    }

    fn leave(&mut self) {
        self.clip = None;
        self.frame = 0;
        self.sound += 1;
        self.waiting = None;
    }

    fn enter(&mut self, now: Instant, sound: SoundId, studio: &mut Studio) -> Step {
        match studio.library.find(&sound) {
            Some(Known::Ready(clip)) => {
                self.clip = Some(clip.clone());
                return Step::Again;
            }
            Some(Known::Loading) => {}
            // Told already, and asked again only by a new `Hear`.
            Some(Known::Absent) => return self.skip(sound),
            // Moved here from another plane, or forgotten meanwhile.
            None => studio.want(&sound),
        }
        let since = *self.waiting.get_or_insert(now);
        if now.saturating_duration_since(since) < PATIENCE {
            Step::Wait
        } else {
            self.skip(sound)
        }
    }

    fn skip(&mut self, sound: SoundId) -> Step {
        self.leave();
        if self.first_round {
            Step::Missing(sound)
        } else {
            Step::Again
        }
    }
}
