//! A user: somebody who signs in at the desk (FEATURES ADM-3).
use std::fmt;

/// Longest name, station or number, bytes.
const LONGEST_NAME: usize = 64;
/// Longest name for colleagues, bytes.
const LONGEST_DISPLAY: usize = 128;

/// Somebody who signs in, as it stands in the row.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// What is typed to sign in: 1 to 64 of `a-z 0-9 . _ -`, unique.
    pub name: String,
    /// Shown to colleagues, at most 128 bytes.
    pub display: String,
    /// Argon2id in PHC form, see [`crate::password`].
    pub password: String,
    /// Codes of roles; the console knows what each may do, and nothing follows from one that it does not know.
    pub roles: Vec<String>,
    /// The station at the desk that this person works at.
    pub station: String,
    /// Account of the desk phone that belongs to the station.
    pub phone: Option<String>,
    /// Mobile that may ring for the station.
    pub mobile: Option<String>,
    /// Town, by id: the user hears of its calls and orders for it; none for all of the house.
    pub entity: Option<String>,
    /// Languages spoken, first preferred.
    pub languages: Vec<String>,
    /// Cannot sign in.
    pub blocked: bool,
}

impl User {
    /// A user with a station of the same name, and nothing else said.
    pub fn new(name: &str, password: String) -> User {
        User {
            name: name.to_owned(),
            display: name.to_owned(),
            password,
            roles: Vec::new(),
            station: name.to_owned(),
            phone: None,
            mobile: None,
            entity: None,
            languages: Vec::new(),
            blocked: false,
        }
    }

    /// Checks the rules above; the sentence says what was expected.
    pub fn check(&self) -> Result<(), String> {
        let name = &self.name;
        let lower =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        if !fits(name, LONGEST_NAME, lower) {
            return Err(format!(
                "user {name:?}: expected 1 to {LONGEST_NAME} small letters, digits, '.', '_' or '-'"
            ));
        }
        let any = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if !fits(&self.station, LONGEST_NAME, any) {
            return Err(format!(
                "user {name}: station {:?}: expected 1 to {LONGEST_NAME} letters, digits, '.', '_' or '-'",
                self.station
            ));
        }
        let dialled = |b: u8| any(b) || matches!(b, b'+' | b'*' | b'#');
        for number in [&self.phone, &self.mobile].into_iter().flatten() {
            if !fits(number, LONGEST_NAME, dialled) {
                return Err(format!(
                    "user {name}: {number:?}: expected a phone's account or a number, like 2101 or +32470123456"
                ));
            }
        }
        if self.display.is_empty()
            || self.display.len() > LONGEST_DISPLAY
            || self.display.chars().any(char::is_control)
        {
            return Err(format!(
                "user {name}: expected a name of 1 to {LONGEST_DISPLAY} printable characters"
            ));
        }
        let code = |b: u8| b.is_ascii_lowercase() || b == b'_';
        for word in self.roles.iter().chain(&self.languages) {
            if !fits(word, LONGEST_NAME, code) {
                return Err(format!("user {name}: {word:?} is no role or language"));
            }
        }
        Ok(())
    }
}

fn fits(text: &str, longest: usize, allowed: impl Fn(u8) -> bool) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(allowed)
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let User {
            name,
            roles,
            station,
            blocked,
            ..
        } = self;
        write!(
            f,
            "User({name}, {roles:?}, at {station}, blocked {blocked})"
        )
    }
}

/// What becomes otherwise in a user; what is not said stays. Every change ends the user's sessions.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// Shown to colleagues.
    pub display: Option<String>,
    /// Argon2id in PHC form.
    pub password: Option<String>,
    /// Codes of all roles.
    pub roles: Option<Vec<String>>,
    /// Station at the desk.
    pub station: Option<String>,
    /// Account of the desk phone; an empty one takes it away.
    pub phone: Option<String>,
    /// Mobile; an empty one takes it away.
    pub mobile: Option<String>,
    /// Town, by id; an empty one is all of the house.
    pub entity: Option<String>,
    /// Languages spoken.
    pub languages: Option<Vec<String>>,
    /// Cannot sign in.
    pub blocked: Option<bool>,
}

impl UserChange {
    /// Writes what is said into a user.
    pub(crate) fn apply(&self, user: &mut User) {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        if let Some(display) = &self.display {
            user.display.clone_from(display);
        }
        if let Some(password) = &self.password {
            user.password.clone_from(password);
        }
        if let Some(roles) = &self.roles {
            user.roles.clone_from(roles);
        }
        if let Some(station) = &self.station {
            user.station.clone_from(station);
        }
        if let Some(phone) = &self.phone {
            user.phone = given(phone);
        }
        if let Some(mobile) = &self.mobile {
            user.mobile = given(mobile);
        }
        if let Some(entity) = &self.entity {
            user.entity = given(entity);
        }
        if let Some(languages) = &self.languages {
            user.languages.clone_from(languages);
        }
        user.blocked = self.blocked.unwrap_or(user.blocked);
    }
}
