//! Letters as a search sees them: small, without marks, Latin ones in the alphabet's 26.

/// Letters with marks, by what they are without. NFD takes the marks off most of them; the rest (`ø`, `ł`, `ı`, `ß` …) are letters of
/// their own to Unicode, and still typed as these.
const WITHOUT_MARKS: [(&str, &str); 32] = [
    ("a", "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ"),
    ("ae", "æǣǽ"),
    ("b", "ƀḃḅḇ"),
    ("c", "çćĉċčḉ"),
    ("d", "ðďđḋḍḏḑḓ"),
    ("dz", "ǆǳ"),
    ("e", "èéêëēĕėęěǝȅȇȩḕḗḙḛḝẹẻẽếềểễệ"),
    ("f", "ƒḟ"),
    ("g", "ĝğġģǧǵḡ"),
    ("h", "ĥħȟḣḥḧḩḫẖ"),
    ("i", "ìíîïĩīĭįıǐȉȋḭḯỉị"),
    ("ij", "ĳ"),
    ("j", "ĵǰ"),
    ("k", "ķĸǩḱḳḵ"),
    ("l", "ĺļľŀłḷḹḻḽ"),
    ("lj", "ǉ"),
    ("m", "ḿṁṃ"),
    ("n", "ñńņňŉŋǹṅṇṉṋ"),
    ("nj", "ǌ"),
    ("o", "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ"),
    ("oe", "œ"),
    ("p", "ṕṗ"),
    ("r", "ŕŗřȑȓṙṛṝṟ"),
    ("s", "śŝşšſșṡṣṥṧṩẛ"),
    ("ss", "ß"),
    ("t", "ţťŧțṫṭṯṱẗ"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự"),
    ("v", "ṽṿ"),
    ("w", "ŵẁẃẅẇẉẘ"),
    ("y", "ýÿŷȳẏẙỳỵỷỹ"),
    ("z", "źżžẑẓẕ"),
];

/// Appends a small letter without its marks. A combining mark adds nothing.
pub(super) fn fold_into(out: &mut String, letter: char) {
    if letter.is_ascii() {
        out.push(letter);
    } else if !is_mark(letter) {
        let found = WITHOUT_MARKS
            .iter()
            .find(|(_, marked)| marked.contains(letter));
        match found {
            Some((plain, _)) => out.push_str(plain),
            None => out.push(letter),
        }
    }
}

/// A text as it sorts: small letters without marks, everything else as it is.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        fold_into(&mut out, letter);
    }
    out
}

/// How German writes a letter with two dots where it has no dots, and Danish and Swedish theirs: `Müller` is `Mueller`.
pub(super) fn spelled_out(letter: char) -> Option<&'static str> {
    match letter {
        'ä' => Some("ae"),
        'ö' | 'ø' => Some("oe"),
        'ü' => Some("ue"),
        'å' => Some("aa"),
        _ => None,
    }
}

/// A mark that stands behind its letter (NFD).
pub(super) fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// Whatever keyboards and office programs put where an apostrophe belongs.
pub(super) fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '\u{2019}' | '\u{2018}' | '\u{2bc}' | '\u{2b9}' | '\u{b4}' | '`' | '\u{201b}'
    )
}

/// A hyphen or a dash.
pub(super) fn is_hyphen(letter: char) -> bool {
    matches!(
        letter,
        '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_letters_of_their_own_become_plain() {
        for (text, plain) in [
            ("Lefèvre", "lefevre"),
            ("Nguyễn", "nguyen"),
            ("YILMAZ", "yilmaz"),
            ("Yılmaz", "yilmaz"),
            ("İnci", "inci"),
            ("Großmann", "grossmann"),
            ("Œuvre Ærø", "oeuvre aero"),
            ("Łódź", "lodz"),
            ("Le\u{301}a", "lea"),
            ("Ĳsselmonde", "ijsselmonde"),
        ] {
            assert_eq!(fold(text), plain);
        }
    }

    #[test]
    fn other_scripts_stay() {
        assert_eq!(fold("Ελένη 中文"), "ελένη 中文");
    }
}
