//! What can be found: one row of the directory as the desk shows it.

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A colleague.
    Person,
    /// A function that people hold in turn, e.g. the duty officer.
    Function,
    /// A service.
    Service,
    /// A room with a phone.
    Place,
    /// Somebody outside the house: police, school, hospital.
    Partner,
}

/// What a number is, which is what a row says before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberKind {
    /// A telephone on a desk.
    Desk,
    /// A mobile.
    Mobile,
    /// The number of a service.
    Service,
    /// Of a person who stands in.
    Deputy,
    /// Outside the house.
    Outside,
}

/// One number of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryNumber {
    /// Account, extension or E.164 number, as it is dialled.
    pub number: String,
    /// What it is.
    pub kind: NumberKind,
    /// It is called, but never shown and never found by its digits (FEATURES DIR-6).
    pub hidden: bool,
}

/// One entry. All text is searched, but `id`, `languages`, `entity` and `deputy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Names it, unique: the id of the person or service.
    pub id: String,
    /// What it is.
    pub kind: EntryKind,
    /// The first is shown; the others are found too: maiden and nicknames, a service in other languages.
    pub names: Vec<String>,
    /// What the person does, e.g. `milieuambtenaar`.
    pub function: String,
    /// Service it belongs to, by id; a service's own.
    pub service: Option<String>,
    /// The service's names, the first is shown.
    pub service_names: Vec<String>,
    /// Building and room.
    pub site: String,
    /// In the order in which they are tried: the first is what Enter acts on.
    pub numbers: Vec<EntryNumber>,
    /// Account whose presence belongs to it.
    pub account: Option<String>,
    /// The words citizens use, several to a phrase.
    pub words: Vec<String>,
    /// Of a service: what to ask the caller. Not searched.
    pub ask: String,
    /// ISO 639-1 codes of the languages spoken, best first.
    pub languages: Vec<String>,
    /// Organisation.
    pub entity: String,
    /// Who stands in, by id.
    pub deputy: Option<String>,
    /// Protected: in no answer at all (FEATURES DIR-6).
    pub hidden: bool,
    /// Where the row comes from, e.g. `csv`; two of them when duplicates were merged.
    pub sources: Vec<String>,
}

impl Entry {
    /// An entry with a name and nothing else said.
    pub fn new(id: &str, kind: EntryKind, name: &str) -> Self {
        Entry {
            id: id.to_owned(),
            kind,
            names: vec![name.to_owned()],
            function: String::new(),
            service: None,
            service_names: Vec::new(),
            site: String::new(),
            numbers: Vec::new(),
            account: None,
            words: Vec::new(),
            ask: String::new(),
            languages: Vec::new(),
            entity: String::new(),
            deputy: None,
            hidden: false,
            sources: Vec::new(),
        }
    }

    /// The name that is shown.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Function, service and building, as far as they are known and say something that the name does not.
    pub fn detail(&self) -> String {
        let service = self.service_names.first().map_or("", String::as_str);
        let mut parts: Vec<&str> = Vec::new();
        for part in [self.function.as_str(), service, self.site.as_str()] {
            if !part.is_empty() && part != self.name() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join(" · ")
    }
}
