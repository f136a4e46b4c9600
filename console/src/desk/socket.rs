//! A page's WebSocket: messages in are checked and bounded, messages out come from a queue that never grows (PROTOCOL.md).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use tokio::sync::mpsc::{self, Receiver};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::hub::{Hello, Inbox, TabKey, To};
use super::stream::{Out, QUEUE};
use super::text::line;
use crate::app::App;
use crate::protocol::{Bye, ClientMsg, ServerMsg, VERSION};
use crate::sessions::Watch;
use crate::sign_in::SignedIn;

/// Longest message of a page, octets.
pub(super) const LONGEST: usize = 64 * 1_024;
/// A page says `hello` within this time.
const PATIENCE: Duration = Duration::from_secs(10);
/// A message is written within this time, or the page is gone.
const WRITTEN: Duration = Duration::from_secs(5);
/// A live page is asked for a sign so often; browsers give it by themselves, also for a page in the background.
const BEAT: Duration = Duration::from_secs(5);
/// A page without any sign for so long is gone: its machine lost its power or its network, and nobody told us.
const SILENT: Duration = Duration::from_secs(12);
/// Messages that a page may say in a second; above it they wait.
const RATE: u32 = 200;
/// Longest name of a tab, characters.
const TAB: usize = 64;

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

/// A number for a connection, never used twice in a process.
pub(super) fn connection() -> u64 {
    CONNECTIONS.fetch_add(1, Ordering::Relaxed)
}

/// `GET /ws`.
pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    who: SignedIn,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(LONGEST)
        .max_frame_size(LONGEST)
        .on_upgrade(move |socket| serve(app, who, socket))
}

/// `hello` as a page may say it; `Err` with why it may not.
pub(super) fn hello(message: ClientMsg) -> Result<(String, Hello), Bye> {
    let ClientMsg::Hello {
        proto,
        station,
        tab,
        epoch,
        since,
        audio,
        lang: _,
        take,
    } = message
    else {
        return Err(Bye::Invalid);
    };
    if proto != VERSION {
        return Err(Bye::Version);
    }
    let tab = line(&tab, TAB);
    if tab.is_empty() {
        return Err(Bye::Invalid);
    }
    let hello = Hello {
        station: station.map(|station| line(&station, TAB)),
        epoch,
        since,
        audio,
        take,
    };
    Ok((tab, hello))
}

async fn serve(app: Arc<App>, who: SignedIn, mut socket: WebSocket) {
    let first = match timeout(PATIENCE, next(&mut socket)).await {
        Ok(Some(Ok(Said::Message(message)))) => hello(*message),
        Ok(Some(Ok(Said::Sign))) => Err(Bye::Invalid),
        Ok(Some(Err(why))) => Err(why),
        Ok(None) => return,
        Err(_) => Err(Bye::Invalid),
    };
    let (tab, hello) = match first {
        Ok(first) => first,
        Err(why) => return farewell(socket, why).await,
    };
    let key = TabKey {
        user: who.user.clone(),
        tab,
    };
    let number = connection();
    let (out, heard) = mpsc::channel(QUEUE);
    let join = Inbox::Join {
        who: who.clone(),
        key: key.clone(),
        hello,
        connection: number,
        out,
    };
    // While its socket is open a person counts as at work.
    let Some(session) = app.sessions.watch(&who.session) else {
        return farewell(socket, Bye::SignedOut).await;
    };
    if app.desk.tell(join).await {
        let why = talk(&app, (&who, session), &key, &mut socket, heard).await;
        let gone = Inbox::Gone {
            key,
            connection: number,
        };
        app.desk.tell(gone).await;
        if let Some(why) = why {
            farewell(socket, why).await;
        }
    } else {
        farewell(socket, Bye::Restart).await;
    }
}

/// Carries messages both ways until one side ends it; the reason when it is ours.
async fn talk(
    app: &App,
    (who, mut session): (&SignedIn, Watch),
    key: &TabKey,
    socket: &mut WebSocket,
    mut heard: Receiver<Out>,
) -> Option<Bye> {
    let ended = session.ended();
    let over = app.life.ended();
    tokio::pin!(ended, over);
    let mut pace = Pace::new();
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sign = Instant::now();
    loop {
        tokio::select! {
            out = heard.recv() => match out {
                Some(Out::Text(text)) => {
                    let message = Message::Text(Utf8Bytes::from(text));
                    if !matches!(timeout(WRITTEN, socket.send(message)).await, Ok(Ok(()))) {
                        return None;
                    }
                }
                Some(Out::Bye(why)) => return Some(why),
                // The hub let this page go: it did not read.
                None => return Some(Bye::Slow),
            },
            _ = beat.tick() => {
                let ping = socket.send(Message::Ping(Default::default()));
                if sign.elapsed() > SILENT || !matches!(timeout(WRITTEN, ping).await, Ok(Ok(()))) {
                    return None;
                }
            }
            said = next(socket) => match said {
                Some(Ok(Said::Sign)) => sign = Instant::now(),
                Some(Ok(Said::Message(message))) => {
                    sign = Instant::now();
                    pace.step().await;
                    let said = Inbox::Said {
                        who: who.clone(),
                        key: key.clone(),
                        message: *message,
                        to: To::Tab(key.clone()),
                    };
                    if !app.desk.tell(said).await {
                        return Some(Bye::Restart);
                    }
                }
                Some(Err(why)) => return Some(why),
                None => return None,
            },
            () = &mut ended => return Some(Bye::SignedOut),
            () = &mut over => return Some(Bye::Restart),
        }
    }
}

/// What comes from a page.
enum Said {
    /// A message.
    Message(Box<ClientMsg>),
    /// A sign that it is there. Pings are answered by the library.
    Sign,
}

/// What comes next from the page; `Err` when it is no message of ours, `None` at its end.
async fn next(socket: &mut WebSocket) -> Option<Result<Said, Bye>> {
    let said = match socket.recv().await?.ok()? {
        Message::Text(text) => {
            serde_json::from_str(&text).map(|message| Said::Message(Box::new(message)))
        }
        Message::Binary(_) => return Some(Err(Bye::Invalid)),
        Message::Close(_) => return None,
        Message::Ping(_) | Message::Pong(_) => return Some(Ok(Said::Sign)),
    };
    Some(said.map_err(|_| Bye::Invalid))
}

/// Says why it ends, and ends it. A page that does not read hears nothing, and is gone all the same.
async fn farewell(mut socket: WebSocket, why: Bye) {
    if let Ok(text) = serde_json::to_string(&ServerMsg::Bye { why }) {
        let said = async {
            socket.send(Message::Text(Utf8Bytes::from(text))).await?;
            let close = CloseFrame {
                code: 1000,
                reason: Utf8Bytes::from_static(""),
            };
            socket.send(Message::Close(Some(close))).await
        };
        // Gone already is fine.
        let _ = timeout(Duration::from_secs(1), said).await;
    }
}

/// How fast a page may speak.
struct Pace {
    since: Instant,
    said: u32,
}

impl Pace {
    fn new() -> Pace {
        Pace {
            since: Instant::now(),
            said: 0,
        }
    }

    async fn step(&mut self) {
        let second = Duration::from_secs(1);
        if self.since.elapsed() >= second {
            *self = Pace::new();
        }
        self.said += 1;
        if self.said > RATE {
            tokio::time::sleep_until(self.since + second).await;
            *self = Pace::new();
        }
    }
}
