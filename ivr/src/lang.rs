//! A language and a spoken text in it.

use std::fmt;
use std::sync::Arc;

/// A language by its ISO 639-1 code: two lower-case letters. Any such code is allowed in a flow; sentences of decisions
/// exist in the four product languages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang([u8; 2]);

impl Lang {
    /// Dutch.
    pub const NL: Lang = Lang(*b"nl");
    /// French.
    pub const FR: Lang = Lang(*b"fr");
    /// German.
    pub const DE: Lang = Lang(*b"de");
    /// English.
    pub const EN: Lang = Lang(*b"en");

    /// Reads a code of exactly two lower-case ASCII letters.
    pub fn parse(code: &str) -> Option<Lang> {
        match code.as_bytes() {
            &[a, b] if a.is_ascii_lowercase() && b.is_ascii_lowercase() => Some(Lang([a, b])),
            _ => None,
        }
    }

    /// The code, e.g. `nl`.
    pub fn as_str(&self) -> &str {
        // Both bytes are ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("en")
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One prompt to be heard: its name and the language. The sound is called `lang/name`, e.g. `nl/please-hold`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prompt {
    /// The name, as the flow and `dialplans/prompts/texts.toml` write it.
    pub name: Arc<str>,
    /// The language it is spoken in.
    pub lang: Lang,
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.lang, self.name)
    }
}
