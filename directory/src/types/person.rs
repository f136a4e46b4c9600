//! A person, a role, a room or a partner: whatever can be reached under a name (FEATURES DIR-1).

/// What an entry of the directory stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonKind {
    /// A human being.
    Person,
    /// A function that people hold in turn, e.g. the duty officer.
    Role,
    /// A room with a phone.
    Room,
    /// Somebody outside the house: police, school, hospital.
    Partner,
}

/// Who may see a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// May be told to citizens.
    Public,
    /// For staff only.
    Internal,
    /// For the person's own service only.
    Private,
    /// It is called, and shown to nobody (FEATURES DIR-6).
    Hidden,
}

/// One number of a person, with what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonNumber {
    /// E.164 with `+`, or an account name.
    pub number: String,
    /// `desk`, `mobile`, `fax` …; shown, never decided on.
    pub kind: String,
    /// Who may see it.
    pub visibility: Visibility,
}

/// An entry of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Short stable name.
    pub id: String,
    /// The entity it belongs to.
    pub entity: String,
    /// A person, a role, a room or a partner.
    pub kind: PersonKind,
    /// The name that is shown and sought.
    pub name: String,
    /// Names that are sought as well: maiden name, nickname, another language.
    pub other_names: Vec<String>,
    /// What they do, e.g. `milieuambtenaar`.
    pub function: String,
    /// Service, by id.
    pub service: Option<String>,
    /// Site, by id.
    pub site: Option<String>,
    /// ISO 639-1 codes of the languages spoken, best first.
    pub languages: Vec<String>,
    /// Tasks and words citizens use.
    pub keywords: Vec<String>,
    /// Who answers instead, by id.
    pub deputy: Option<String>,
    /// In the order they are tried.
    pub numbers: Vec<PersonNumber>,
    /// Shown and found nowhere (FEATURES DIR-6).
    pub protected: bool,
    /// Where the row comes from: `csv`, `demo` …; empty when it was written by hand.
    pub source: String,
}

impl PersonKind {
    /// The code that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonKind::Person => "person",
            PersonKind::Role => "role",
            PersonKind::Room => "room",
            PersonKind::Partner => "partner",
        }
    }

    /// Reads the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [
            PersonKind::Person,
            PersonKind::Role,
            PersonKind::Room,
            PersonKind::Partner,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == code)
    }
}

impl Visibility {
    /// The code that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Internal => "internal",
            Visibility::Private => "private",
            Visibility::Hidden => "hidden",
        }
    }

    /// Reads the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Visibility::Public,
            Visibility::Internal,
            Visibility::Private,
            Visibility::Hidden,
        ]
        .into_iter()
        .find(|seen| seen.as_str() == code)
    }
}
