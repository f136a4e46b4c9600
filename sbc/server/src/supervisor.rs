//! What a panic means: a call's own panic is fenced inside the core, a media worker's costs its endpoints, and one of the
//! core's own tables ends the process, so that its supervisor starts a clean one (DESIGN section 3, "The fence").

use std::any::Any;
use std::backtrace::Backtrace;
use std::panic;
use std::sync::Once;

static INSTALLED: Once = Once::new();

/// Sends every panic to the log, with its thread, place and words, instead of to the standard error alone.
pub(crate) fn install_panic_hook() {
    INSTALLED.call_once(|| {
        panic::set_hook(Box::new(|info| {
            let thread = std::thread::current();
            let place = info.location().map(ToString::to_string).unwrap_or_default();
            let words = words(info.payload());
            let trace = Backtrace::capture();
            tracing::error!(
                kind = "panic",
                thread = thread.name().unwrap_or("?"),
                place,
                "a fault of the program: {words}\n{trace}"
            );
        }));
    });
}

/// The sentence of a panic.
fn words(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(without words)")
}
