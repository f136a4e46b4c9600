//! What the program says. Whoever listens may go away (`centrale journeys | head`): that is no reason to panic, as the
//! standard library's macros do, so these take their place in the whole program.

use std::fmt::Arguments;
use std::io::{self, Write};

/// As the standard library's, and silent when nobody listens any more.
macro_rules! print {
    ($($text:tt)*) => { $crate::out::say(format_args!($($text)*)) };
}

/// As the standard library's, and silent when nobody listens any more.
macro_rules! println {
    () => { $crate::out::say(format_args!("\n")) };
    ($($text:tt)*) => { $crate::out::say(format_args!("{}\n", format_args!($($text)*))) };
}

/// As the standard library's, and silent when nobody listens any more.
macro_rules! eprint {
    ($($text:tt)*) => { $crate::out::tell(format_args!($($text)*)) };
}

/// As the standard library's, and silent when nobody listens any more.
macro_rules! eprintln {
    () => { $crate::out::tell(format_args!("\n")) };
    ($($text:tt)*) => { $crate::out::tell(format_args!("{}\n", format_args!($($text)*))) };
}

/// Says it on the standard output.
pub(crate) fn say(text: Arguments<'_>) {
    // Nobody is there to be told that nobody is there.
    let _ = heard(text);
}

/// Says it on the standard error.
pub(crate) fn tell(text: Arguments<'_>) {
    let _ = io::stderr().write_fmt(text);
}

/// Says what is never said again, a password: on the standard error when the standard output is closed.
pub(crate) fn say_once(text: &str) {
    for line in text.split_inclusive('\n') {
        if heard(format_args!("{line}")).is_err() {
            tell(format_args!("{line}"));
        }
    }
}

fn heard(text: Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_fmt(text)?;
    out.flush()
}
