//! The way of desk events from the core to whoever watches: a bounded channel that never holds the core up. What it
//! cannot take is dropped and flagged, and the reader looks again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use call::DeskEvent;

/// Events under way to the reader; above it they are dropped, and the reader looks again.
const EVENTS: usize = 4_096;

/// Called on the signalling thread when there are new events: it must not block.
pub type Wake = Box<dyn Fn() + Send>;

/// The reader's end, see [`Handle::watch`](crate::Handle::watch). Dropping it ends the watch.
#[derive(Debug)]
pub struct Watching {
    events: Receiver<DeskEvent>,
    lost: Arc<AtomicBool>,
}

impl Watching {
    /// The next event, if there is one.
    pub fn try_next(&self) -> Option<DeskEvent> {
        self.events.try_recv().ok()
    }

    /// Waits for the next event; an error when none came in time or the shell has ended.
    pub fn wait(&self, time: Duration) -> Result<DeskEvent, RecvTimeoutError> {
        self.events.recv_timeout(time)
    }

    /// Whether events were dropped since this was last asked: then what is known is not what is, until
    /// [`Handle::look`](crate::Handle::look) is answered.
    pub fn has_lost(&self) -> bool {
        self.lost.swap(false, Ordering::AcqRel)
    }
}

/// The signalling thread's end.
pub(crate) struct Watcher {
    events: SyncSender<DeskEvent>,
    lost: Arc<AtomicBool>,
    wake: Wake,
    /// Something was sent and the reader not yet woken.
    unheard: bool,
}

/// Makes the pair.
pub(crate) fn watching(wake: Wake) -> (Watcher, Watching) {
    pair(EVENTS, wake)
}

fn pair(bound: usize, wake: Wake) -> (Watcher, Watching) {
    let (sender, events) = sync_channel(bound);
    let lost = Arc::new(AtomicBool::new(false));
    let watcher = Watcher {
        events: sender,
        lost: Arc::clone(&lost),
        wake,
        unheard: false,
    };
    (watcher, Watching { events, lost })
}

impl Watcher {
    /// Sends an event, or drops it and says so. `false`: nobody reads any more.
    pub(crate) fn push(&mut self, event: DeskEvent) -> bool {
        match self.events.try_send(event) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.lost.store(true, Ordering::Release),
            Err(TrySendError::Disconnected(_)) => return false,
        }
        self.unheard = true;
        true
    }

    /// Wakes the reader once for all that was sent since.
    pub(crate) fn flush(&mut self) {
        if std::mem::take(&mut self.unheard) {
            (self.wake)();
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watcher(unheard: {})", self.unheard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call::journal::{Cause, JourneyId};
    use std::sync::atomic::AtomicUsize;

    fn event(number: u128) -> DeskEvent {
        DeskEvent::CallGone {
            journey: JourneyId(number),
            cause: Cause::Desk,
        }
    }

    #[test]
    fn a_full_channel_drops_and_says_so_and_wakes_once() {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        let wake = move || {
            count.fetch_add(1, Ordering::Relaxed);
        };
        let (mut watcher, watching) = pair(2, Box::new(wake));
        for number in 1..=3 {
            assert!(watcher.push(event(number)));
        }
        watcher.flush();
        watcher.flush();
        assert_eq!(woken.load(Ordering::Relaxed), 1);
        assert!(watching.has_lost() && !watching.has_lost());
        assert_eq!(watching.try_next(), Some(event(1)));
        assert_eq!(watching.try_next(), Some(event(2)));
        assert_eq!(watching.try_next(), None);
        drop(watching);
        assert!(!watcher.push(event(4)), "nobody reads");
    }
}
