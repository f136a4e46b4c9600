//! People of a CSV file, pure: a header row, then one person, function, room or partner on each line.
use super::ImportError;
use super::csv::{self, CsvRecord};
use crate::search::fold;
use crate::types::{Person, PersonKind, PersonNumber, Visibility};
use std::collections::BTreeMap;

/// The columns a header may name, in any order; `name` must be there. Several values in one field stand apart by `|`.
pub const PEOPLE_COLUMNS: [&str; 16] = [
    "id",
    "kind",
    "name",
    "other names",
    "function",
    "service",
    "site",
    "desk",
    "mobile",
    "hidden",
    "outside",
    "languages",
    "words",
    "deputy",
    "protected",
    "entity",
];

/// Longest text of one value, in characters.
const LONGEST: usize = 200;
/// Values of one field.
const VALUES: usize = 64;

/// One person of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedPerson {
    /// Line in the file.
    pub line: usize,
    /// What the line says.
    pub person: Person,
}

/// Reads a file. `entity` is whose people they are when the file does not say; `source` is what the rows are marked with.
pub(crate) fn read(
    text: &str,
    entity: &str,
    source: &str,
) -> (Vec<ImportedPerson>, Vec<ImportError>) {
    let records = match csv::parse(text) {
        Ok(records) => records,
        Err(mistake) => return (Vec::new(), vec![mistake]),
    };
    let Some((header, rows)) = records.split_first() else {
        let message = expected_header("the file is empty");
        return (Vec::new(), vec![ImportError { line: 1, message }]);
    };
    let columns = match columns(header) {
        Ok(columns) => columns,
        Err(mistakes) => return (Vec::new(), mistakes),
    };
    let (mut people, mut mistakes) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let refuse = |message| ImportError {
            line: row.line,
            message,
        };
        match person(&columns, row, entity, source) {
            Ok(person) => {
                let id = person.id.clone();
                if let Some(first) = seen.insert(id.clone(), row.line) {
                    let message = format!("column \"id\": {id:?} stands on line {first} as well");
                    mistakes.push(refuse(message));
                }
                people.push(ImportedPerson {
                    line: row.line,
                    person,
                });
            }
            Err(message) => mistakes.push(refuse(message)),
        }
    }
    (people, mistakes)
}

fn expected_header(wrong: &str) -> String {
    format!(
        "{wrong}; expected a header row with these columns: {}",
        PEOPLE_COLUMNS.join(", ")
    )
}

/// The column of each field.
fn columns(header: &CsvRecord) -> Result<Vec<&'static str>, Vec<ImportError>> {
    let mut columns: Vec<&'static str> = Vec::new();
    let mut wrong = Vec::new();
    for field in &header.fields {
        let known = PEOPLE_COLUMNS
            .iter()
            .find(|column| column.eq_ignore_ascii_case(field.trim()));
        match known {
            Some(column) if columns.contains(column) => {
                wrong.push(format!("column {column:?} stands twice"));
            }
            Some(column) => columns.push(column),
            None => wrong.push(format!("column {field:?} is not known")),
        }
    }
    if !columns.contains(&"name") {
        wrong.push("there is no column \"name\"".to_owned());
    }
    if wrong.is_empty() {
        return Ok(columns);
    }
    let mistake = |wrong: String| ImportError {
        line: header.line,
        message: expected_header(&wrong),
    };
    Err(wrong.into_iter().map(mistake).collect())
}

/// The fields of one line, by column.
struct Fields<'a> {
    columns: &'a [&'static str],
    row: &'a CsvRecord,
}

impl Fields<'_> {
    fn one(&self, name: &str) -> Result<Option<String>, String> {
        let pairs = self.columns.iter().zip(&self.row.fields);
        let found = pairs.filter(|(column, _)| **column == name);
        let text = found.map(|(_, field)| field.trim()).next().unwrap_or("");
        if text.chars().any(char::is_control) {
            return Err(format!("column {name:?}: expected one line of text"));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn short(&self, name: &str) -> Result<Option<String>, String> {
        let text = self.one(name)?;
        match text {
            Some(text) if text.chars().count() > LONGEST => Err(format!(
                "column {name:?}: expected at most {LONGEST} characters"
            )),
            text => Ok(text),
        }
    }

    fn list(&self, name: &str) -> Result<Vec<String>, String> {
        let text = self.one(name)?.unwrap_or_default();
        let values: Vec<String> = text
            .split('|')
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .collect();
        if values.len() > VALUES || values.iter().any(|v| v.chars().count() > LONGEST) {
            return Err(format!(
                "column {name:?}: expected at most {VALUES} values of {LONGEST} characters"
            ));
        }
        Ok(values)
    }
}

fn person(
    columns: &[&'static str],
    row: &CsvRecord,
    entity: &str,
    source: &str,
) -> Result<Person, String> {
    if row.fields.len() != columns.len() {
        return Err(format!(
            "{} fields, expected {} as in the header",
            row.fields.len(),
            columns.len()
        ));
    }
    let fields = Fields { columns, row };
    let name = fields
        .short("name")?
        .ok_or("column \"name\": it is empty")?;
    let kind = match fields.short("kind")? {
        None => PersonKind::Person,
        Some(code) => PersonKind::from_code(&code).ok_or_else(|| {
            format!("column \"kind\": {code:?}: expected person, role, room or partner")
        })?,
    };
    let protected = protected(&fields)?;
    let languages = fields.list("languages")?;
    if let Some(wrong) = languages
        .iter()
        .find(|code| code.len() != 2 || !code.bytes().all(|letter| letter.is_ascii_lowercase()))
    {
        return Err(format!(
            "column \"languages\": {wrong:?}: expected two letters, like nl"
        ));
    }
    let id = match fields.short("id")? {
        Some(id) => id,
        None => slug(&name),
    };
    if id.is_empty()
        || !id
            .chars()
            .all(|c| c.is_alphanumeric() || "._:-".contains(c))
    {
        return Err(format!(
            "column \"id\": {id:?}: expected letters, digits, '.', '_', ':' or '-'"
        ));
    }
    Ok(Person {
        id,
        entity: fields.short("entity")?.unwrap_or_else(|| entity.to_owned()),
        kind,
        name,
        other_names: fields.list("other names")?,
        function: fields.short("function")?.unwrap_or_default(),
        service: fields.short("service")?,
        site: fields.short("site")?,
        languages,
        keywords: fields.list("words")?,
        deputy: fields.short("deputy")?,
        numbers: numbers(&fields)?,
        protected,
        source: source.to_owned(),
    })
}

/// Whether the person stands in no answer of the search (DIR-6).
fn protected(fields: &Fields<'_>) -> Result<bool, String> {
    match fields.short("protected")?.as_deref() {
        None | Some("no") => Ok(false),
        Some("yes") => Ok(true),
        Some(other) => Err(format!(
            "column \"protected\": {other:?}: expected yes or no"
        )),
    }
}

/// The numbers of a line, in the order in which they are tried.
fn numbers(fields: &Fields<'_>) -> Result<Vec<PersonNumber>, String> {
    let kinds = [
        ("desk", "desk", Visibility::Public),
        ("mobile", "mobile", Visibility::Internal),
        ("hidden", "mobile", Visibility::Hidden),
        ("outside", "outside", Visibility::Public),
    ];
    let mut numbers = Vec::new();
    for (column, kind, visibility) in kinds {
        for written in fields.list(column)? {
            let number = dialled(&written).ok_or_else(|| {
                format!("column {column:?}: {written:?}: expected an account, or a number like +3254310020")
            })?;
            numbers.push(PersonNumber {
                number,
                kind: kind.to_owned(),
                visibility,
            });
        }
    }
    Ok(numbers)
}

/// A number without the spaces and dots that people write in it; an account as it is.
fn dialled(written: &str) -> Option<String> {
    if let Some(number) = crate::search::typed_number(written) {
        return Some(number);
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let account = written.len() <= 64 && written.bytes().all(allowed);
    account.then(|| written.to_owned())
}

/// `Mieke Van de Velde` is `mieke-van-de-velde`.
fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for letter in fold(name).chars() {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Result<Person, String> {
        let text = format!("{}\n{line}\n", PEOPLE_COLUMNS.join(","));
        let (mut people, mut mistakes) = read(&text, "town", "csv");
        mistakes
            .pop()
            .map_or_else(|| Ok(people.remove(0).person), |m| Err(m.message))
    }

    #[test]
    fn a_line_is_a_person() {
        let person =
            one(",,Léa D'Hondt,Léa Claes | Lea,,,,2101,0470 12.34.56,,,nl|fr,geboorte|trouwen,,,")
                .unwrap();
        assert_eq!(person.id, "lea-d-hondt");
        assert_eq!(person.other_names, ["Léa Claes", "Lea"]);
        assert_eq!(person.numbers[1].number, "0470123456");
        assert_eq!(person.numbers[1].visibility, Visibility::Internal);
        assert_eq!(person.languages, ["nl", "fr"]);
        assert_eq!(
            (person.entity.as_str(), person.source.as_str()),
            ("town", "csv")
        );
    }

    #[test]
    fn mistakes_name_the_column_and_what_was_expected() {
        for (line, message) in [
            (",,,,,,,,,,,,,,,", "column \"name\""),
            (",ghost,Jan,,,,,,,,,,,,,", "person, role, room or partner"),
            (",,Jan,,,,,call me,,,,,,,,", "column \"desk\""),
            (",,Jan,,,,,,,,,Dutch,,,,", "two letters"),
            (",,Jan,,,,,,,,,,,,maybe,", "yes or no"),
            ("a b,,Jan,,,,,,,,,,,,,", "column \"id\""),
            (",,Jan", "3 fields, expected 16"),
        ] {
            let why = one(line).unwrap_err();
            assert!(why.contains(message), "{line}: {why}");
        }
    }

    #[test]
    fn a_header_is_needed_and_ids_are_unique() {
        let lines = |text: &str| -> Vec<usize> {
            read(text, "town", "csv").1.iter().map(|m| m.line).collect()
        };
        assert_eq!(lines(""), [1]);
        assert_eq!(lines("surname\nJan\n"), [1, 1]);
        assert_eq!(lines("name,name\n"), [1]);
        assert_eq!(lines("name\nJan\n\nJán\n"), [4]);
    }
}
