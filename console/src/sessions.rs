//! Who is signed in: in memory for every request, in rows for the next life, and a watch for whoever holds a socket open.
//!
//! A row that is gone ends the session wherever it is used, within [`SWEEP`]: that is how `centrale user change` and a sign-out in
//! another browser reach a desk (RELIABILITY S15).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use directory::{Directory, DirectoryError, Moment, Session, User};
use ring::digest::{SHA256, digest};
use tokio::sync::watch;

use crate::clock;
use crate::life::Life;
use crate::protocol::Role;
use crate::rights;

/// A session ends so long after it began; with a call at its desk, when that is over: nobody is cut off (CONSOLE.md 3.4).
pub(crate) const LONGEST: Duration = Duration::from_secs(12 * 3_600);
/// Then it ends, whatever happens.
const OVERTIME: Duration = Duration::from_secs(4 * 3_600);
/// Desks are back so long after the web side began anew; until then nobody knows who has a call.
const BACK: Duration = Duration::from_secs(10);
/// A session that nobody used for so long ends; an open socket is use.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// How often rows and memory are compared.
const SWEEP: Duration = Duration::from_secs(2);
/// How often the last use is written into the rows.
const WRITE: Duration = Duration::from_secs(60);
/// Sessions of one user; above it the one unused for longest ends.
const PER_USER: u32 = 10;

/// Names a session: the hash of its cookie. Not a secret, but nobody needs to see it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SessionId([u8; 32]);

impl SessionId {
    /// The session of a cookie's value.
    pub(crate) fn of(token: &[u8; 32]) -> SessionId {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token).as_ref());
        SessionId(hash)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "SessionId({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// The person of a session, as the user's row said when it began: a changed row ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) user: String,
    pub(crate) display: String,
    pub(crate) roles: Vec<Role>,
    pub(crate) station: String,
    /// The desk phone and the mobile of the station.
    pub(crate) phone: Option<String>,
    pub(crate) mobile: Option<String>,
    /// The town that the person has to do with; none: all of the house.
    pub(crate) town: Option<String>,
}

impl From<&User> for Who {
    fn from(user: &User) -> Who {
        Who {
            user: user.name.clone(),
            display: user.display.clone(),
            roles: rights::roles(&user.roles),
            station: user.station.clone(),
            phone: user.phone.clone(),
            mobile: user.mobile.clone(),
            town: user.entity.clone(),
        }
    }
}

#[derive(Debug)]
struct Live {
    who: Arc<Who>,
    began: Moment,
    seen: AtomicI64,
    /// Sockets that are open.
    open: AtomicUsize,
    /// Until then a call is taken to be at its desk.
    busy_until: Moment,
    ended: watch::Sender<bool>,
}

impl Live {
    fn new(who: Arc<Who>, began: Moment, seen: Moment, busy_until: Moment) -> Arc<Live> {
        Arc::new(Live {
            who,
            began,
            seen: AtomicI64::new(seen.0),
            open: AtomicUsize::new(0),
            busy_until,
            ended: watch::Sender::new(false),
        })
    }

    fn has_run_out(&self, now: Moment, is_busy: bool) -> bool {
        let seen = self.seen.load(Ordering::Relaxed);
        let is_idle = self.open.load(Ordering::Relaxed) == 0 && past(Moment(seen), IDLE, now);
        let is_busy = is_busy || now.0 < self.busy_until.0;
        let longest = if is_busy { LONGEST + OVERTIME } else { LONGEST };
        is_idle || past(self.began, longest, now)
    }
}

fn past(from: Moment, time: Duration, now: Moment) -> bool {
    let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    now.0.saturating_sub(from.0) >= time
}

/// The sessions with a call at their desk, as the desks' hub says it each second. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Busy(Arc<Mutex<HashSet<SessionId>>>);

impl Busy {
    /// These, and no others.
    pub(crate) fn are(&self, sessions: HashSet<SessionId>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = sessions;
    }

    fn is(&self, id: &SessionId) -> bool {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.contains(id)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    live: Mutex<HashMap<SessionId, Arc<Live>>>,
    busy: Busy,
}

impl Sessions {
    /// Those of the rows, without what has run out.
    pub(crate) async fn load(
        directory: &Directory,
        busy: Busy,
    ) -> Result<Sessions, DirectoryError> {
        let users = directory.users().await?;
        let now = clock::now();
        let sessions = Sessions {
            busy,
            ..Sessions::default()
        };
        let back = i64::try_from(BACK.as_millis()).unwrap_or(0);
        let back = Moment(now.0.saturating_add(back));
        let mut over = Vec::new();
        for row in directory.sessions().await? {
            let user = users.iter().find(|user| user.name == row.owner);
            let live =
                user.map(|user| Live::new(Arc::new(user.into()), row.began_at, row.seen_at, back));
            match live.filter(|live| !live.has_run_out(now, false)) {
                Some(live) => {
                    sessions.all().insert(SessionId(row.hash), live);
                }
                None => over.push(row.hash),
            }
        }
        if !over.is_empty() {
            directory.end_sessions(&over).await?;
        }
        Ok(sessions)
    }

    /// Begins a session of somebody who has proved to be this user. `None` when the user was changed meanwhile.
    pub(crate) async fn begin(
        &self,
        directory: &Directory,
        token: &[u8; 32],
        user: &User,
        address: String,
    ) -> Result<Option<SessionId>, DirectoryError> {
        let (id, now) = (SessionId::of(token), clock::now());
        let row = Session {
            hash: id.0,
            owner: user.name.clone(),
            began_at: now,
            seen_at: now,
            address,
        };
        if !directory.begin_session(&row, user, PER_USER).await? {
            return Ok(None);
        }
        self.all()
            .insert(id, Live::new(Arc::new(user.into()), now, now, now));
        Ok(Some(id))
    }

    /// Ends a session here and in the rows.
    pub(crate) async fn end(
        &self,
        directory: &Directory,
        id: SessionId,
    ) -> Result<(), DirectoryError> {
        self.forget(&[id]);
        directory.end_sessions(&[id.0]).await
    }

    /// Who it is, when it is live; being asked is use.
    pub(crate) fn find(&self, id: &SessionId) -> Option<Arc<Who>> {
        let now = clock::now();
        let live = self.all();
        let busy = self.busy.is(id);
        let live = live.get(id).filter(|live| !live.has_run_out(now, busy))?;
        live.seen.store(now.0, Ordering::Relaxed);
        Some(Arc::clone(&live.who))
    }

    /// For whoever holds a connection open: it counts as use until it is dropped, and tells the end. `None` when it is not
    /// live.
    pub(crate) fn watch(&self, id: &SessionId) -> Option<Watch> {
        let now = clock::now();
        let all = self.all();
        let busy = self.busy.is(id);
        let live = all.get(id).filter(|live| !live.has_run_out(now, busy))?;
        live.open.fetch_add(1, Ordering::Relaxed);
        Some(Watch {
            ended: live.ended.subscribe(),
            live: Arc::clone(live),
        })
    }

    /// Compares memory and rows for as long as the life lasts, and ends what has run out or is gone.
    pub(crate) async fn sweep(&self, directory: &Directory, life: &Life) {
        let mut written = clock::now();
        loop {
            tokio::select! {
                () = life.ended() => return,
                () = tokio::time::sleep(SWEEP) => {}
            }
            let now = clock::now();
            if let Err(why) = self.compare(directory, now).await {
                tracing::warn!("sessions cannot be compared with their rows: {why}");
            }
            if past(written, WRITE, now) || written.0 > now.0 {
                written = now;
                self.write(directory).await;
            }
        }
    }

    /// Writes down when each was last used.
    pub(crate) async fn write(&self, directory: &Directory) {
        let seen: Vec<([u8; 32], Moment)> = self
            .all()
            .iter()
            .map(|(id, live)| (id.0, Moment(live.seen.load(Ordering::Relaxed))))
            .collect();
        if !seen.is_empty()
            && let Err(why) = directory.touch_sessions(&seen).await
        {
            tracing::warn!("the last use of sessions cannot be written: {why}");
        }
    }

    async fn compare(&self, directory: &Directory, now: Moment) -> Result<(), DirectoryError> {
        // Taken before the rows are read: a session that begins meanwhile is in neither list.
        let known: Vec<(SessionId, Arc<Live>)> = self
            .all()
            .iter()
            .map(|(id, live)| (*id, Arc::clone(live)))
            .collect();
        if known.is_empty() {
            return Ok(());
        }
        let rows: HashSet<[u8; 32]> = directory
            .sessions()
            .await?
            .into_iter()
            .map(|row| row.hash)
            .collect();
        let (mut gone, mut over) = (Vec::new(), Vec::new());
        for (id, live) in known {
            if live.open.load(Ordering::Relaxed) > 0 {
                live.seen.fetch_max(now.0, Ordering::Relaxed);
            }
            if !rows.contains(&id.0) {
                gone.push(id);
            } else if live.has_run_out(now, self.busy.is(&id)) {
                over.push(id);
            }
        }
        self.forget(&gone);
        self.forget(&over);
        if over.is_empty() {
            return Ok(());
        }
        let over: Vec<[u8; 32]> = over.into_iter().map(|id| id.0).collect();
        directory.end_sessions(&over).await
    }

    fn forget(&self, ids: &[SessionId]) {
        for id in ids {
            if let Some(live) = self.all().remove(id) {
                live.ended.send_replace(true);
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<Live>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An open connection of a session.
#[derive(Debug)]
pub(crate) struct Watch {
    ended: watch::Receiver<bool>,
    live: Arc<Live>,
}

impl Watch {
    /// Waits until the session has ended: signed out, run out, revoked, or its user changed. Comes at most five seconds after.
    pub(crate) async fn ended(&mut self) {
        // The sender lives in `live`, which we hold.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.live.seen.fetch_max(clock::now().0, Ordering::Relaxed);
        self.live.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
