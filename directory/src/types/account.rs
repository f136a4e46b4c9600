//! An account: what a phone registers with, and its digest secrets (RFC 7616, RFC 8760; FEATURES SBC-7).
use std::fmt;

use super::SymmetricRtp;

/// Which digest algorithms a phone is challenged with, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digests {
    /// SHA-256 alone.
    Sha256,
    /// SHA-256 first, then MD5, for phones that skip what they do not know.
    Sha256ThenMd5,
    /// MD5 alone, for phones that read only the first challenge.
    Md5,
}

impl Digests {
    /// The code that is stored, imported and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Digests::Sha256 => "sha256",
            Digests::Sha256ThenMd5 => "sha256+md5",
            Digests::Md5 => "md5",
        }
    }

    /// Reads the code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Digests::Sha256, Digests::Sha256ThenMd5, Digests::Md5]
            .into_iter()
            .find(|digests| digests.as_str() == code)
    }

    /// Whether SHA-256 is offered.
    pub fn sha256(self) -> bool {
        !matches!(self, Digests::Md5)
    }

    /// Whether MD5 is offered.
    pub fn md5(self) -> bool {
        !matches!(self, Digests::Sha256)
    }
}

/// H(A1) of RFC 7616 section 3.4.2, one per algorithm that the account uses. Worth as much as the password in its realm:
/// it is sealed on disk and never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ha1 {
    /// SHA-256 of `name:realm:password`.
    pub sha256: Option<[u8; 32]>,
    /// MD5 of the same, only where [`Digests::md5`] says so.
    pub md5: Option<[u8; 16]>,
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Ha1(sha256: {}, md5: {})",
            self.sha256.is_some(),
            self.md5.is_some()
        )
    }
}

/// An account as the core gets it, its secrets opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Digest realm.
    pub realm: String,
    /// User part of its address of record, unique in the realm.
    pub name: String,
    /// Shown to colleagues.
    pub display: String,
    /// How it is challenged.
    pub digests: Digests,
    /// Its opened secrets.
    pub ha1: Ha1,
    /// Site, by id: emergency calls show that site's number.
    pub site: Option<String>,
    /// E.164 number shown to outside parties, when it has its own.
    pub caller_number: Option<String>,
    /// Refused at registration and for outside calls; never for emergency calls.
    pub blocked: bool,
    /// May call outside numbers; emergency numbers always.
    pub outside: bool,
    /// Floor and room, told with the site's address when it calls an emergency number; empty when unsaid.
    pub place: String,
    /// Whether its sound may come from elsewhere than it says.
    pub symmetric_rtp: SymmetricRtp,
}

/// What becomes otherwise in an account; what is not said stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Shown to colleagues.
    pub display: Option<String>,
    /// A new password in clear; only its digests are kept.
    pub password: Option<String>,
    /// How it is challenged from now on.
    pub digests: Option<Digests>,
    /// E.164 number shown to outside parties.
    pub caller_number: Option<String>,
    /// May call outside numbers; emergency numbers always.
    pub outside: Option<bool>,
    /// Floor and room, told when it calls an emergency number.
    pub place: Option<String>,
    /// Whether its sound may come from elsewhere than it says.
    pub symmetric_rtp: Option<SymmetricRtp>,
}

/// An account to be added.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Digest realm.
    pub realm: String,
    /// User part, 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub name: String,
    /// Shown to colleagues.
    pub display: String,
    /// The password in clear; only its digests are kept.
    pub password: String,
    /// How it is challenged.
    pub digests: Digests,
    /// Site, by id.
    pub site: Option<String>,
    /// E.164 number shown to outside parties.
    pub caller_number: Option<String>,
    /// May call outside numbers; emergency numbers always.
    pub outside: bool,
    /// Floor and room, told when it calls an emergency number.
    pub place: String,
    /// Whether its sound may come from elsewhere than it says.
    pub symmetric_rtp: SymmetricRtp,
}

impl NewAccount {
    /// An account with SHA-256 first and MD5 second, and nothing else said.
    pub fn new(realm: &str, name: &str, password: &str) -> Self {
        NewAccount {
            realm: realm.to_owned(),
            name: name.to_owned(),
            display: name.to_owned(),
            password: password.to_owned(),
            digests: Digests::Sha256ThenMd5,
            site: None,
            caller_number: None,
            outside: true,
            place: String::new(),
            symmetric_rtp: SymmetricRtp::default(),
        }
    }

    /// Checks the rules above; the sentence says what was expected.
    pub fn check(&self) -> Result<(), String> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(allowed) {
            return Err(format!(
                "account {:?}: expected 1 to 64 letters, digits, '.', '_' or '-'",
                self.name
            ));
        }
        if self.realm.is_empty() || self.realm.len() > 255 || !self.realm.bytes().all(allowed) {
            return Err(format!("realm {:?}: expected a domain name", self.realm));
        }
        // H(A1) is bound by colons; the name and realm above have none, so the three parts stay unambiguous.
        if self.password.len() < 6
            || self.password.len() > 128
            || self.password.chars().any(char::is_control)
        {
            return Err(format!(
                "account {}: expected a password of 6 to 128 printable characters",
                self.name
            ));
        }
        if self.display.len() > 128 || self.display.chars().any(char::is_control) {
            return Err(format!(
                "account {}: expected a name of at most 128 printable characters",
                self.name
            ));
        }
        check_place(&self.name, &self.place)?;
        match &self.caller_number {
            Some(number) if !super::is_e164(number) => Err(format!(
                "account {}: number {number:?}: expected E.164, like +3254310000",
                self.name
            )),
            _ => Ok(()),
        }
    }
}

/// What an emergency operator reads out: short, and in one line.
pub(crate) fn check_place(account: &str, place: &str) -> Result<(), String> {
    if place.len() > 128 || place.chars().any(char::is_control) {
        return Err(format!(
            "account {account}: expected a place of at most 128 printable characters"
        ));
    }
    Ok(())
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "NewAccount({}@{}, {})",
            self.name,
            self.realm,
            self.digests.as_str()
        )
    }
}
