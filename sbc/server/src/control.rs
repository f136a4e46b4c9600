//! The control socket: a Unix socket in the data directory, for `centrale reload` and its like. One line is asked, the
//! program answers, the connection ends. One caller at a time, each with two seconds, so it is bounded.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::bind::BindError;
use crate::handle::Handle;

/// How long a caller may take to ask, and to read its answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest question, bytes.
const QUESTION: u64 = 4_096;
/// How long the asking side waits for the answer: a reload reads a database.
const ANSWER: Duration = Duration::from_secs(60);

/// The bound socket; its file is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Binds it. A file that a dead process left is replaced; one that somebody answers on is not.
    pub(crate) fn bind(path: &Path) -> Result<Control, BindError> {
        let refused = |reason| BindError::Control {
            path: path.to_owned(),
            reason,
        };
        match UnixStream::connect(path) {
            Ok(_) => {
                return Err(BindError::InUse {
                    path: path.to_owned(),
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                std::fs::remove_file(path).map_err(refused)?;
            }
            Err(error) => return Err(refused(error)),
        }
        let listener = UnixListener::bind(path).map_err(refused)?;
        let control = Control {
            listener,
            path: path.to_owned(),
        };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(refused)?;
        Ok(control)
    }

    /// Answers until [`Controlling::end`].
    pub(crate) fn start(self, handle: Handle) -> io::Result<Controlling> {
        let ending = Arc::new(AtomicBool::new(false));
        let (seen, path) = (Arc::clone(&ending), self.path.clone());
        let thread = std::thread::Builder::new()
            .name("control".into())
            .spawn(move || {
                for caller in self.listener.incoming() {
                    if seen.load(Ordering::Acquire) {
                        return;
                    }
                    match caller {
                        // A caller that goes away early has nobody to tell.
                        Ok(caller) => drop(serve(caller, &handle)),
                        Err(_) => std::thread::sleep(Duration::from_millis(100)),
                    }
                }
            })?;
        Ok(Controlling {
            thread,
            ending,
            path,
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Another process never has this path while we hold it; a directory that is gone has no file.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The running control thread.
#[derive(Debug)]
pub(crate) struct Controlling {
    thread: JoinHandle<()>,
    ending: Arc<AtomicBool>,
    path: PathBuf,
}

impl Controlling {
    /// Ends the thread, after the caller it is speaking to.
    pub(crate) fn end(self) {
        self.ending.store(true, Ordering::Release);
        if UnixStream::connect(&self.path).is_ok() {
            let _ = self.thread.join();
        }
    }
}

fn serve(caller: UnixStream, handle: &Handle) -> io::Result<()> {
    caller.set_read_timeout(Some(PATIENCE))?;
    caller.set_write_timeout(Some(PATIENCE))?;
    let mut question = String::new();
    BufReader::new((&caller).take(QUESTION)).read_line(&mut question)?;
    let mut answer = handle.program().control(question.trim_end(), handle);
    if !answer.ends_with('\n') {
        answer.push('\n');
    }
    (&caller).write_all(answer.as_bytes())
}

/// Asks a running instance one line, and gives its answer. The other side of the socket, for the command line.
pub fn ask(path: &Path, question: &str) -> io::Result<String> {
    let stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    (&stream).write_all(format!("{}\n", question.trim_end()).as_bytes())?;
    let mut answer = String::new();
    (&stream).read_to_string(&mut answer)?;
    Ok(answer)
}
