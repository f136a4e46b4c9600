//! The exchange that runs: asked over its control socket, and found again when its configuration names another data directory
//! by now.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use directory::DataDir;

use crate::start::Failure;
use crate::town::absolute;

/// Where the kernel lists the Unix sockets of this machine, each line with its path at the end (proc_net(5)).
const SOCKETS: &str = "/proc/net/unix";

/// What the exchange behind this control socket answers; `None` when nobody does.
pub(super) fn ask(control: &Path, request: &str) -> Result<Option<String>, Failure> {
    let answer = match server::ask(control, request) {
        Ok(answer) => answer,
        Err(why)
            if matches!(
                why.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(why) => {
            return Err(Failure::Other(format!(
                "the running exchange behind {} does not answer: {why}",
                control.display()
            )));
        }
    };
    match answer.split_once('\n') {
        Some(("accepted", said)) => Ok(Some(said.to_owned())),
        Some(("refused", why)) => Err(Failure::Other(format!(
            "refused, the old one stays:\n\n{}",
            why.trim_end()
        ))),
        _ => Err(Failure::Other(
            "the running exchange ended before it answered".to_owned(),
        )),
    }
}

/// The control socket of an exchange that runs with this configuration file, wherever its data lie.
pub(super) fn with_configuration(file: &Path) -> Option<PathBuf> {
    let wanted = absolute(file).display().to_string();
    let listed = fs::read_to_string(SOCKETS).ok()?;
    let paths = listed
        .lines()
        .filter_map(|line| line.find(" /").and_then(|at| line.get(at..)))
        .map(str::trim_start)
        .filter(|path| path.ends_with("/control"));
    // Only a socket in a data directory is ours to ask.
    let mut ours = paths.map(PathBuf::from).filter(|path| {
        let data = path.parent().and_then(DataDir::look);
        data.is_some()
    });
    ours.find(|path| {
        let answer = server::ask(path, "configuration").unwrap_or_default();
        answer.trim_end() == format!("accepted\n{wanted}")
    })
}
