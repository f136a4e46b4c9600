//! `centrale reload` and `centrale status`: one line over the control socket of the running exchange.

use std::io::ErrorKind;

use super::Place;
use crate::config::Config;
use crate::start::Failure;

pub(super) fn run(place: &Place, request: &str) -> Result<(), Failure> {
    let config = place
        .read()
        .map_err(|why| Failure::Other(format!("refused, the old one stays:\n\n{why}")))?;
    match ask(&config, request)? {
        Some(said) => {
            print!("{said}");
            Ok(())
        }
        None => Err(Failure::Other(format!(
            "no exchange is running on the data directory {}",
            config.data.display()
        ))),
    }
}

/// What the running exchange says; `None` when none runs on this data directory.
pub(super) fn ask(config: &Config, request: &str) -> Result<Option<String>, Failure> {
    let answer = match server::ask(&config.control(), request) {
        Ok(answer) => answer,
        Err(why)
            if matches!(
                why.kind(),
                ErrorKind::NotFound | ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(why) => {
            return Err(Failure::Other(format!(
                "the running exchange does not answer: {why}"
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
