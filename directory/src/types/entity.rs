//! An entity: a town, a public welfare centre, a police zone; what merges (FEATURES DIR-1).

/// One organisation of the merged town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Short stable name, e.g. `gooik`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// ISO 3166 code; chooses emergency numbers, ring tone and holidays: `BE` or `FR`.
    pub country: String,
    /// ISO 639-1 codes in the order they are offered.
    pub languages: Vec<String>,
    /// The entity that took this one over, when a merger has happened.
    pub merged_into: Option<String>,
}

/// Longest id, bytes.
const LONGEST_ID: usize = 64;
/// Longest name, bytes.
const LONGEST_NAME: usize = 128;
/// Mergers that may follow each other.
const MERGERS: usize = 16;

impl Entity {
    /// Whether a dialplan that says its town so means this one: by the id or the name, in large or small letters.
    pub fn is_called(&self, town: &str) -> bool {
        let town = town.to_lowercase();
        [&self.id, &self.name]
            .iter()
            .any(|name| name.to_lowercase() == town)
    }

    /// Checks it beside the others there are; the sentence says what was expected.
    ///
    /// # Errors
    /// An id or a name that is none, and a merger into nothing, into itself or round in a circle.
    pub fn check(&self, others: &[Entity]) -> Result<(), String> {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let id = &self.id;
        if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(letter) {
            return Err(format!(
                "town {id:?}: expected 1 to {LONGEST_ID} small letters, digits or '-'"
            ));
        }
        let name = self.name.trim();
        if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(format!(
                "town {id}: expected a name of 1 to {LONGEST_NAME} printable characters"
            ));
        }
        let mut into = self.merged_into.as_ref();
        for _ in 0..MERGERS {
            let Some(next) = into else {
                return Ok(());
            };
            if next == id {
                break;
            }
            let town = others.iter().find(|town| town.id == *next);
            let town = town.ok_or_else(|| {
                let known: Vec<&str> = others.iter().map(|town| town.id.as_str()).collect();
                format!(
                    "town {id}: there is no town {next} to merge into; there is {}",
                    known.join(", ")
                )
            })?;
            into = town.merged_into.as_ref();
        }
        Err(format!("town {id}: the mergers go round in a circle"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn town(id: &str, into: Option<&str>) -> Entity {
        Entity {
            id: id.into(),
            name: id.into(),
            country: "BE".into(),
            languages: Vec::new(),
            merged_into: into.map(str::to_owned),
        }
    }

    #[test]
    fn a_town_merges_into_one_that_there_is_and_never_in_a_circle() {
        let others = [town("herne", Some("pajottegem")), town("pajottegem", None)];
        assert_eq!(town("gooik", Some("herne")).check(&others), Ok(()));
        for (wrong, word) in [
            (town("gooik", Some("brussel")), "herne, pajottegem"),
            (town("gooik", Some("gooik")), "circle"),
            (town("pajottegem", Some("herne")), "circle"),
            (town("Gooik", None), "small letters"),
            (town("", None), "small letters"),
        ] {
            let why = wrong.check(&others).unwrap_err();
            assert!(why.contains(word), "{why}");
        }
    }
}
