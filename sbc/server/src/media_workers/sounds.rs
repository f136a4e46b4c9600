//! The loader of sounds: decodes prompts and music off the media threads, once, and shares them among all workers.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use call::io::Level;
use media::{Clip, SoundId};
use mio::Waker;

use super::ToWorker;
use crate::log::Log;
use crate::memory;

/// Where the bytes of a sound come from: a file, or what the program carries. May block; `None` when there is no such sound.
pub type SoundSource = Arc<dyn Fn(&SoundId) -> Option<Cow<'static, [u8]>> + Send + Sync>;

/// Decoded sounds kept; beyond it all are let go of, and those in use live on with their players.
const KEPT: usize = 1_024;

/// After a start or a reload nothing is decoded ahead until nobody has asked for so long: the first calls need the cores.
const CALM: Duration = Duration::from_millis(500);

/// What decoding left is given back when nobody has asked for so long.
const REST: Duration = Duration::from_secs(3);

/// After many calls it waits longer: their transactions live for 64 T1 (RFC 3261 section 17), and what they hold with them.
const ECHO: Duration = Duration::from_secs(40);

/// A worker asks for a sound.
#[derive(Debug)]
pub(crate) struct Wish {
    pub(crate) sound: SoundId,
    pub(crate) worker: usize,
}

/// A worker's inlet, where the loader may wait for room.
#[derive(Clone)]
pub(crate) struct Inlet {
    pub(crate) channel: SyncSender<ToWorker>,
    pub(crate) waker: Arc<Waker>,
}

/// What else the loading thread is asked to do, in the place of the threads that must not wait.
pub(crate) enum Chore {
    /// Sounds may have changed.
    Forget,
    /// These will be wanted soon: decode them when there is nothing else to do.
    Prepare(Vec<SoundId>),
    /// Many calls are over: what they had goes back to the machine, once there is nothing else to do.
    GiveBack,
    /// Free an old configuration: thousands of small pieces.
    Drop(Box<call::snapshot::Snapshot>),
}

/// What the loader does in its turn.
pub(crate) enum Job {
    Wish(Wish),
    Chore(Chore),
}

/// Starts the loader; it ends when nobody can ask any more, after the sound that it decodes just then. Nobody waits for that:
/// it keeps nothing.
pub(crate) fn start(
    jobs: Receiver<Job>,
    source: SoundSource,
    workers: Vec<Inlet>,
    log: Log,
) -> io::Result<()> {
    let thread = std::thread::Builder::new().name("sounds".into());
    thread.spawn(move || {
        let mut kept: HashMap<SoundId, Option<Arc<Clip>>> = HashMap::new();
        let mut ahead = Ahead::default();
        while let Some(job) = ahead.next(&jobs) {
            match job {
                Next::Job(Job::Chore(Chore::Forget)) => kept.clear(),
                Next::Job(Job::Chore(Chore::Prepare(sounds))) => ahead.begin(sounds),
                Next::Job(Job::Chore(Chore::Drop(snapshot))) => drop(snapshot),
                Next::Job(Job::Chore(Chore::GiveBack)) => ahead.rest = ECHO,
                Next::Job(Job::Wish(wish)) => answer(wish, &mut kept, &source, &workers, &log),
                Next::Sound(sound) => {
                    keep(&sound, &mut kept, &source, &log);
                }
                Next::Rest => memory::give_back(),
            }
        }
    })?;
    Ok(())
}

/// What to do next.
enum Next {
    /// Somebody asked.
    Job(Job),
    /// Nobody asked: this one will be wanted.
    Sound(SoundId),
    /// Nobody asked for long after something was done.
    Rest,
}

/// Sounds to be decoded while nobody asks.
struct Ahead {
    sounds: VecDeque<SoundId>,
    /// How long nobody must have asked.
    calm: Duration,
    /// Something was done since the last rest.
    worked: bool,
    /// How long nobody must have asked before the next.
    rest: Duration,
}

impl Default for Ahead {
    fn default() -> Ahead {
        Ahead {
            sounds: VecDeque::new(),
            calm: CALM,
            worked: false,
            rest: REST,
        }
    }
}

impl Ahead {
    fn begin(&mut self, sounds: Vec<SoundId>) {
        self.sounds = sounds.into();
        self.calm = CALM;
    }

    /// Who asks comes first; `None` when nobody can ask any more.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Next> {
        let worked = std::mem::replace(&mut self.worked, true);
        if self.sounds.is_empty() && !worked {
            return jobs.recv().ok().map(Next::Job);
        }
        let wait = if self.sounds.is_empty() {
            self.rest
        } else {
            self.calm
        };
        match jobs.recv_timeout(wait) {
            Ok(job) => Some(Next::Job(job)),
            Err(RecvTimeoutError::Timeout) => Some(self.nobody_asked()),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    fn nobody_asked(&mut self) -> Next {
        self.calm = Duration::ZERO;
        match self.sounds.pop_front() {
            Some(sound) => Next::Sound(sound),
            None => {
                (self.worked, self.rest) = (false, REST);
                Next::Rest
            }
        }
    }
}

fn answer(
    wish: Wish,
    kept: &mut HashMap<SoundId, Option<Arc<Clip>>>,
    source: &SoundSource,
    workers: &[Inlet],
    log: &Log,
) {
    let clip = keep(&wish.sound, kept, source, log);
    if let Some(worker) = workers.get(wish.worker) {
        let loaded = ToWorker::Loaded {
            sound: wish.sound,
            clip,
        };
        // A worker that is gone ends with the program.
        if worker.channel.send(loaded).is_ok() {
            let _ = worker.waker.wake();
        }
    }
}

/// The sound, decoded now unless it was before.
fn keep(
    sound: &SoundId,
    kept: &mut HashMap<SoundId, Option<Arc<Clip>>>,
    source: &SoundSource,
    log: &Log,
) -> Option<Arc<Clip>> {
    if kept.len() >= KEPT {
        kept.clear();
    }
    let clip = kept
        .entry(sound.clone())
        .or_insert_with(|| load(sound, source, log))
        .clone();
    if clip.is_none() {
        // Asked again at the next use: the file may be put in place by then.
        kept.remove(sound);
    }
    clip
}

/// Decodes and encodes, so that no media thread ever does. A decoder that panics on a town's recording costs that sound.
fn load(sound: &SoundId, source: &SoundSource, log: &Log) -> Option<Arc<Clip>> {
    let loaded = catch_unwind(AssertUnwindSafe(|| {
        let bytes = source(sound).ok_or_else(|| "there is no such sound".to_owned())?;
        let clip = Clip::decode(&bytes).map_err(|error| error.to_string())?;
        Ok(Arc::new(clip))
    }))
    .unwrap_or_else(|_| Err("its decoder failed".to_owned()));
    loaded
        .map_err(|reason: String| {
            log.say(
                Level::Warn,
                "sound",
                format!("the sound {sound} cannot be played: {reason}"),
            )
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn it_rests_once_after_work_and_then_waits() {
        let (ask, jobs) = sync_channel(2);
        let mut ahead = Ahead::default();
        let forget = || Job::Chore(Chore::Forget);
        ask.send(forget()).unwrap();
        assert!(matches!(ahead.next(&jobs), Some(Next::Job(_))));
        ahead.begin(vec![SoundId::from("nl/welcome")]);
        assert!(matches!(ahead.next(&jobs), Some(Next::Sound(_))));
        assert!(matches!(ahead.next(&jobs), Some(Next::Rest)));
        let later = std::thread::spawn(move || {
            std::thread::sleep(REST + Duration::from_millis(500));
            ask.send(forget()).unwrap();
        });
        assert!(matches!(ahead.next(&jobs), Some(Next::Job(_))));
        later.join().unwrap();
        assert!(ahead.next(&jobs).is_none());
    }
}
