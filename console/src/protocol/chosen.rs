//! What a person chose for the desk, at whatever computer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Keys that can stand elsewhere; the page has fewer.
const PLACES: usize = 32;
/// Longest name of a key, bytes.
const KEY: usize = 16;

/// All of a person's choices. What belongs to the computer (microphone, ear, bell, telephone) is not among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Language of the page; `auto` is the browser's.
    pub lang: Tongue,
    /// Colours.
    pub theme: Theme,
    /// How much stands on the screen.
    pub density: Density,
    /// What Enter does with a caller in conversation.
    pub enter: Enter,
    /// Single keys give orders.
    pub keys: bool,
    /// Lines of the key table that stand on another key.
    pub places: BTreeMap<String, String>,
    /// The numeric pad gives orders.
    pub pad: bool,
    /// What moves may move.
    pub motion: bool,
    /// What is said to a screen reader.
    pub verbosity: Verbosity,
}

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Tongue {
    /// The browser's.
    #[serde(rename = "")]
    Auto,
    /// Dutch.
    Nl,
    /// French.
    Fr,
    /// German.
    De,
    /// English.
    En,
}

/// Colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// The computer's.
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// How much stands on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Much.
    Compact,
    /// Less.
    Comfort,
    /// Little, in large letters.
    Large,
}

/// What Enter does with a caller in conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Enter {
    /// Transfers without asking.
    Transfer,
    /// Announces first.
    Consult,
}

/// What is said to a screen reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    /// Everything.
    Full,
    /// What is urgent.
    Short,
    /// What is asked for.
    Asked,
}

impl Chosen {
    /// What a page said, if it is a choice: nothing unknown, nothing left out, and keys by their names.
    pub fn read(said: &serde_json::Value) -> Option<Chosen> {
        let chosen = Chosen::deserialize(said).ok()?;
        let is_key = |name: &String| {
            let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'+';
            (1..=KEY).contains(&name.len()) && name.bytes().all(letter)
        };
        let places = &chosen.places;
        let fits =
            places.len() <= PLACES && places.iter().all(|(line, key)| is_key(line) && is_key(key));
        fits.then_some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A choice with one field otherwise; `null` leaves it out.
    fn with(field: &str, value: Value) -> Value {
        let mut said = json!({
            "lang": "", "theme": "auto", "density": "comfort", "enter": "transfer", "keys": true,
            "places": {"F2": "F3", "F3": "F2"}, "pad": false, "motion": true, "verbosity": "full",
        });
        let fields = said.as_object_mut().unwrap();
        match value {
            Value::Null => fields.remove(field),
            value => fields.insert(field.to_owned(), value),
        };
        said
    }

    #[test]
    fn a_choice_is_read_whole_and_nothing_else_is_one() {
        for lang in ["", "nl", "fr", "de", "en"] {
            let said = with("lang", json!(lang));
            let chosen = Chosen::read(&said).unwrap();
            assert_eq!(serde_json::to_value(&chosen).unwrap(), said);
        }
        let many: BTreeMap<String, String> = (0..=PLACES)
            .map(|n| (format!("F{n}"), "F1".into()))
            .collect();
        for (field, value) in [
            ("lang", json!("tlh")),
            ("theme", json!("<b>")),
            ("density", json!(3)),
            ("keys", json!("yes")),
            ("pad", Value::Null),
            ("mic", json!("headset")),
            ("__proto__", json!({})),
            ("places", json!({"F2": "F3\""})),
            ("places", json!({"F2": ""})),
            ("places", json!({"a key of a name too long": "F3"})),
            ("places", json!(many)),
        ] {
            let said = with(field, value);
            assert_eq!(Chosen::read(&said), None, "{said}");
        }
        assert_eq!(Chosen::read(&json!([])), None);
    }
}
