//! Why a configuration is refused, in words with file, line, a caret and what was expected.

use std::fmt;
use std::path::PathBuf;

use ivr::Diagnostic;

/// Why nothing of a configuration is taken.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The file cannot be read.
    Unreadable {
        /// Which.
        file: PathBuf,
        /// The system's reason.
        why: std::io::Error,
    },
    /// Every mistake in it, in the order of its lines.
    Mistakes(Vec<Diagnostic>),
    /// What stands in no file: a command line of the demo town, a database that cannot be read.
    Plain(String),
}

impl Refusal {
    /// One line for each fact, for the log.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Refusal::Mistakes(mistakes) => mistakes.iter().map(Diagnostic::in_one_line).collect(),
            other => vec![other.to_string()],
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Unreadable { file, why } => {
                write!(f, "{} cannot be read: {why}", file.display())
            }
            Refusal::Mistakes(mistakes) => {
                for (place, mistake) in mistakes.iter().enumerate() {
                    if place > 0 {
                        writeln!(f, "\n")?;
                    }
                    write!(f, "{mistake}")?;
                }
                Ok(())
            }
            Refusal::Plain(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Refusal {}
