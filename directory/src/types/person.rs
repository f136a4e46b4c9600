//! A person, a role or a room: whatever can be reached under a name (FEATURES DIR-1).

/// What an entry of the directory stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonKind {
    /// A human being.
    Person,
    /// A function that people hold in turn, e.g. the duty officer.
    Role,
    /// A room with a phone.
    Room,
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
    /// A person, a role or a room.
    pub kind: PersonKind,
    /// The name that is shown and sought.
    pub name: String,
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
}

impl PersonKind {
    /// The code that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonKind::Person => "person",
            PersonKind::Role => "role",
            PersonKind::Room => "room",
        }
    }

    /// Reads the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [PersonKind::Person, PersonKind::Role, PersonKind::Room]
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
        }
    }

    /// Reads the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Visibility::Public,
            Visibility::Internal,
            Visibility::Private,
        ]
        .into_iter()
        .find(|seen| seen.as_str() == code)
    }
}
