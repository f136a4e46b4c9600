//! The stem of a word, so that one and many meet: `poubelles` and `poubelle`, `bomen` and `boom`, `Häuser` and `Haus`.
//!
//! No grammar: a key that forgets what endings change, the same for Dutch, French, German and English. Two words with the same key are
//! taken for forms of one word; that is right often enough for the words citizens use, and names are hardly touched, for an exact or
//! begun name always counts more.

/// Endings of the plural, of cases and of diminutives, longest first, with the shortest stem that each leaves.
const ENDINGS: [(&str, usize); 11] = [
    ("etjes", 4), // nl ringetjes
    ("etje", 4),
    ("jes", 3), // nl kaartjes, huisjes
    ("je", 3),
    ("ern", 3), // de Kindern
    ("en", 3),  // nl kaarten, de Frauen
    ("er", 4),  // de Häuser, Kinder
    ("es", 3),  // fr grandes, de Hauses, en taxes
    ("e", 3),   // de Ausweise, fr employée
    ("s", 3),   // fr poubelles, nl foto's, en cards
    ("x", 3),   // fr tuyaux
];

/// The key of a folded word; `None` for words too short to have one, and for those that are no letters.
pub(super) fn stem(word: &str) -> Option<String> {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    // French: cheval, chevaux; travail, travaux.
    let word = word.strip_suffix("aux").map_or_else(
        || match word.strip_suffix("ail") {
            Some(stem) if stem.len() >= 3 => format!("{stem}al"),
            _ => word.to_owned(),
        },
        |stem| format!("{stem}al"),
    );
    let cut = ENDINGS.iter().find_map(|(ending, least)| {
        let stem = word.strip_suffix(ending)?;
        // An s after these belongs to the word: huis, bewijs, Haus, pass.
        let own = *ending == "s" && stem.ends_with(['i', 'j', 's', 'u']);
        (stem.len() >= *least && !own).then_some(stem)
    });
    let stem = cut.unwrap_or(&word);
    let mut key = String::with_capacity(stem.len());
    for letter in stem.chars() {
        // Dutch writes boom, bomen and put, putten: a doubled letter says nothing about the word.
        if !key.ends_with(letter) {
            key.push(letter);
        }
    }
    // French employé, employée after the mark is gone.
    if key.len() > 4 && key.ends_with('e') {
        key.pop();
    }
    // Dutch bewijs, bewijzen and brief, brieven.
    let last = match key.chars().last() {
        Some('z') => Some('s'),
        Some('v') => Some('f'),
        _ => None,
    };
    if let Some(last) = last {
        key.pop();
        key.push(last);
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn one_and_many_meet() {
        for (one, many) in [
            ("poubelle", "poubelles"),
            ("boom", "bomen"),
            ("put", "putten"),
            ("kaart", "kaarten"),
            ("kaart", "kaartje"),
            ("rijbewijs", "rijbewijzen"),
            ("verhuis", "verhuizen"),
            ("brief", "brieven"),
            ("belasting", "belastingen"),
            ("haus", "hauser"),
            ("ausweis", "ausweise"),
            ("antrag", "antrage"),
            ("travail", "travaux"),
            ("dechet", "dechets"),
            ("employe", "employees"),
            ("permit", "permits"),
        ] {
            assert_eq!(stem(one), stem(many), "{one} {many}");
        }
    }

    #[test]
    fn different_words_stay_apart() {
        for (one, other) in [("water", "wagen"), ("kaart", "kant"), ("akte", "aktie")] {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn short_words_numbers_and_other_scripts_have_none() {
        for word in ["op", "2101", "ελένη"] {
            assert_eq!(stem(word), None);
        }
    }
}
