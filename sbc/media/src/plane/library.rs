//! Sounds by name, as far as they are loaded: asked for at first use, shared with the other planes through `Arc`.

use std::{collections::BTreeMap, sync::Arc};

use super::{command::Country, outbox::Outbox};
use crate::{
    clip::{Clip, SoundId},
    dtmf::tones,
};

/// A tone that tells how a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    Ringback,
    Busy,
    Congestion,
}

/// Names remembered; beyond it all that are not being loaded are dropped and asked for again when needed.
const MAX_SOUNDS: usize = 1024;

/// What is known about a sound.
#[derive(Clone, Debug)]
pub(super) enum Known {
    Loading,
    Ready(Arc<Clip>),
    /// It could not be had; the next `Hear` asks again.
    Absent,
}

#[derive(Debug, Default)]
pub(super) struct Library {
    sounds: BTreeMap<SoundId, Known>,
    tones: BTreeMap<(Tone, bool), Arc<Clip>>,
}

impl Library {
    /// Asks for a sound that somebody is about to play.
    pub(super) fn want(&mut self, sound: &SoundId, outbox: &mut Outbox) {
        if matches!(
            self.sounds.get(sound),
            Some(Known::Loading | Known::Ready(_))
        ) {
            return;
        }
        if self.sounds.len() >= MAX_SOUNDS {
            self.forget();
        }
        self.sounds.insert(sound.clone(), Known::Loading);
        outbox.load(sound.clone());
    }

    /// The answer to `want`.
    pub(super) fn loaded(&mut self, sound: SoundId, clip: Option<Arc<Clip>>) {
        self.sounds
            .insert(sound, clip.map_or(Known::Absent, Known::Ready));
    }

    pub(super) fn find(&self, sound: &SoundId) -> Option<&Known> {
        self.sounds.get(sound)
    }

    /// Drops every sound that is not being loaded, so that the newest file is asked for.
    pub(super) fn forget(&mut self) {
        self.sounds
            .retain(|_, known| matches!(known, Known::Loading));
    }

    /// One period of a call progress tone, made at first use.
    pub(super) fn tone(&mut self, tone: Tone, country: Country) -> Arc<Clip> {
        let key = (tone, country == Country::Fr);
        let period = || match tone {
            Tone::Ringback => tones::ringback(country),
            Tone::Busy => tones::busy(country),
            Tone::Congestion => tones::congestion(country),
        };
        self.tones
            .entry(key)
            .or_insert_with(|| Arc::new(Clip::of(&period())))
            .clone()
    }
}
