//! `centrale reload` and `centrale status`: one line over the control socket of the running exchange.

use super::{Place, running};
use crate::config::Config;
use crate::start::Failure;
use crate::town::Origin;

pub(super) fn run(place: &Place, request: &str) -> Result<(), Failure> {
    let origin = place.origin();
    let read = origin.read();
    if let Ok(config) = &read
        && let Some(said) = ask(config, request)?
    {
        print!("{said}");
        return Ok(());
    }
    // Its data may lie elsewhere than the file says by now, or the file cannot even be read: the exchange says so itself.
    if let Origin::File(file) = &origin
        && let Some(control) = running::with_configuration(file)
        && let Some(said) = running::ask(&control, request)?
    {
        print!("{said}");
        return Ok(());
    }
    let config = read?;
    let data = config.data.display();
    let hint = match &config.file {
        None => format!(
            "; there is no {} here, so the demo town was looked for",
            crate::config::FILE
        ),
        Some(file) => format!(
            ", nor on another one with the configuration {}",
            file.display()
        ),
    };
    Err(Failure::Other(format!(
        "no exchange is running on the data directory {data}{hint}"
    )))
}

/// What the running exchange says; `None` when none runs on this data directory.
pub(super) fn ask(config: &Config, request: &str) -> Result<Option<String>, Failure> {
    running::ask(&config.control(), request)
}
