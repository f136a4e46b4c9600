//! Whether a phone's sound may come from elsewhere than its description says (RFC 7362; FEATURES SBC-9).

/// What is believed of where an account's sound comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymmetricRtp {
    /// Only the signalled address.
    Off,
    /// The first packet, when a private address was signalled from a public one.
    #[default]
    Auto,
    /// The first packet, always.
    On,
}

impl SymmetricRtp {
    /// The code that is stored, imported and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            SymmetricRtp::Off => "off",
            SymmetricRtp::Auto => "auto",
            SymmetricRtp::On => "on",
        }
    }

    /// Reads the code.
    pub fn from_code(code: &str) -> Option<Self> {
        [SymmetricRtp::Off, SymmetricRtp::Auto, SymmetricRtp::On]
            .into_iter()
            .find(|choice| choice.as_str() == code)
    }
}
