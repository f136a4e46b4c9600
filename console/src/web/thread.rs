//! The thread of the web side: one life after the other, and a pause that grows when faults follow each other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::mpsc;

use super::connection::Hall;
use super::crowd::Crowd;
use super::{Counts, Doors, Order, Reply, routes};
use crate::app::{App, Ground};
use crate::clock;
use crate::life::{Life, Reins};

/// Time for connections to say goodbye at the end of a life.
const GOODBYE: Duration = Duration::from_secs(1);
/// Time for what is still to be written then.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// Threads for what may block: passwords, and what the house composes.
const BLOCKING: usize = 8;
/// First pause after a fault; doubled with each, to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
/// A life of this length was no failed start: the next fault's pause is the first again.
const STEADY: Duration = Duration::from_secs(60);
/// How often an order is looked for in a pause.
const GLANCE: Duration = Duration::from_millis(20);

/// How a life ended.
enum Outcome {
    Restart(Reply),
    Fault(String),
    Over,
}

/// What the thread owns.
pub(super) struct Side {
    ground: Ground,
    doors: Doors,
    orders: mpsc::UnboundedReceiver<Order>,
    counts: Arc<Counts>,
    epoch: u64,
}

impl Side {
    pub(super) fn new(
        ground: Ground,
        doors: Doors,
        orders: mpsc::UnboundedReceiver<Order>,
        counts: Arc<Counts>,
    ) -> Side {
        Side {
            ground,
            doors,
            orders,
            counts,
            epoch: 0,
        }
    }

    /// Lives until it is told to end; `up` is told when the first life is up.
    pub(super) fn run(mut self, up: Reply) {
        let mut waiting = Some(up);
        let mut pause = FIRST;
        loop {
            let began = Instant::now();
            // Nothing of a life that panicked is looked at again: its runtime and all that it held are gone.
            let ended = catch_unwind(AssertUnwindSafe(|| self.live(&mut waiting)));
            let what = match ended {
                Ok(Outcome::Over) => return,
                Ok(Outcome::Restart(reply)) => {
                    tracing::info!("the web side begins anew, as asked; calls go on");
                    waiting = Some(reply);
                    continue;
                }
                Ok(Outcome::Fault(what)) => what,
                Err(_) => "a panic".to_owned(),
            };
            if began.elapsed() > STEADY {
                pause = FIRST;
            }
            let faults = self.counts.faults.fetch_add(1, Ordering::Relaxed) + 1;
            let ms = pause.as_millis();
            tracing::error!(
                faults,
                "the web side begins anew in {ms} ms after a fault ({what}); calls go on"
            );
            match self.rest(pause) {
                Some(Order::End) => return,
                Some(Order::Restart(tls, reply)) => {
                    tls.into_iter().for_each(|tls| self.doors.show(tls));
                    waiting = Some(reply);
                }
                _ => {}
            }
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Waits, and looks for orders.
    fn rest(&mut self, pause: Duration) -> Option<Order> {
        let end = Instant::now() + pause;
        while Instant::now() < end {
            match self.orders.try_recv() {
                Ok(order) => return Some(order),
                Err(mpsc::error::TryRecvError::Disconnected) => return Some(Order::End),
                Err(mpsc::error::TryRecvError::Empty) => std::thread::sleep(GLANCE),
            }
        }
        None
    }

    fn live(&mut self, waiting: &mut Option<Reply>) -> Outcome {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .thread_name("web-aside")
            .max_blocking_threads(BLOCKING)
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(why) => return Outcome::Fault(format!("the system gives no runtime: {why}")),
        };
        let outcome = runtime.block_on(self.work(waiting));
        runtime.shutdown_timeout(GOODBYE);
        outcome
    }

    async fn work(&mut self, waiting: &mut Option<Reply>) -> Outcome {
        // Milliseconds since 1970, and never the same twice when the clock was set back.
        let now = u64::try_from(clock::now().0).unwrap_or(0);
        self.epoch = now.max(self.epoch + 1);
        let (life, mut reins) = Life::begin(self.epoch);
        let app = match App::begin(&self.ground, life.clone()).await {
            Ok(app) => app,
            Err(why) => return Outcome::Fault(format!("sessions cannot be read: {why}")),
        };
        let crowd = Crowd::new(Arc::clone(&self.counts));
        if let Err(why) = self.open(&app, &crowd) {
            return Outcome::Fault(format!("a door cannot be opened: {why}"));
        }
        self.counts.lives.fetch_add(1, Ordering::Relaxed);
        if let Some(reply) = waiting.take() {
            // Whoever asked may have given up waiting.
            let _ = reply.try_send(());
        }
        let outcome = self.until(&mut reins).await;
        reins.end();
        let _ = tokio::time::timeout(GOODBYE, crowd.gone()).await;
        let last = async {
            app.sessions.write(&app.directory).await;
            app.audit.flush(&app.directory).await;
        };
        if tokio::time::timeout(LAST_WORDS, last).await.is_err() {
            tracing::error!("the database does not take the last entries of the audit");
        }
        outcome
    }

    /// Everything that a life does.
    fn open(&self, app: &Arc<App>, crowd: &Crowd) -> std::io::Result<()> {
        let hall = Hall {
            router: routes::all(app),
            tls: self.doors.tls().cloned(),
            crowd: crowd.clone(),
            life: app.life.clone(),
        };
        for listener in self.doors.listeners() {
            let listener = TcpListener::from_std(listener.try_clone()?)?;
            app.life.keep("a door", hall.clone().receive(listener));
        }
        let swept = Arc::clone(app);
        app.life.keep("sessions", async move {
            swept.sessions.sweep(&swept.directory, &swept.life).await;
        });
        let writer = app.audit.clone();
        let (directory, life) = (app.directory.clone(), app.life.clone());
        app.life.keep("audit", writer.write(directory, life));
        Ok(())
    }

    /// Waits for the end of a life.
    async fn until(&mut self, reins: &mut Reins) -> Outcome {
        tokio::select! {
            what = reins.fault() => Outcome::Fault(format!("a panic in {what}")),
            order = self.orders.recv() => match order {
                Some(Order::Restart(tls, reply)) => {
                    tls.into_iter().for_each(|tls| self.doors.show(tls));
                    Outcome::Restart(reply)
                }
                Some(Order::End) | None => Outcome::Over,
                #[cfg(test)]
                #[allow(clippy::panic)]
                Some(Order::Panic) => panic!("as a test asked"),
            },
        }
    }
}
