//! One life of the web side, from one start of its runtime to the next: its name, its end, and the tasks it cannot be without.

use std::future::Future;

use tokio::sync::{mpsc, watch};

/// What every task of a life may know. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    /// Names it: milliseconds since 1970 when it began, and more than every earlier one's.
    pub(crate) epoch: u64,
    ending: watch::Receiver<bool>,
    faults: mpsc::UnboundedSender<&'static str>,
}

/// The other end, for whoever ends it.
#[derive(Debug)]
pub(crate) struct Reins {
    ending: watch::Sender<bool>,
    faults: mpsc::UnboundedReceiver<&'static str>,
}

impl Life {
    /// A life that begins.
    pub(crate) fn begin(epoch: u64) -> (Life, Reins) {
        let (ending_in, ending) = watch::channel(false);
        let (faults, faults_out) = mpsc::unbounded_channel();
        let life = Life {
            epoch,
            ending,
            faults,
        };
        let reins = Reins {
            ending: ending_in,
            faults: faults_out,
        };
        (life, reins)
    }

    /// Waits until this life is to end: whoever holds a connection has a second to say goodbye.
    pub(crate) async fn ended(&self) {
        // The other end is dropped only when the runtime is.
        let _ = self.ending.clone().wait_for(|ending| *ending).await;
    }

    /// Runs a task that the web side cannot be without: when it panics, all of the web side begins anew.
    pub(crate) fn keep(&self, what: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let faults = self.faults.clone();
        let task = tokio::spawn(work);
        tokio::spawn(async move {
            if task.await.is_err_and(|error| error.is_panic()) {
                // Nobody listens any more: the life ends anyway.
                let _ = faults.send(what);
            }
        });
    }
}

impl Reins {
    /// Tells everybody that it ends.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
    }

    /// The next task that panicked.
    pub(crate) async fn fault(&mut self) -> &'static str {
        match self.faults.recv().await {
            Some(what) => what,
            None => std::future::pending().await,
        }
    }
}
