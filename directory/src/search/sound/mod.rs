//! How a word sounds, so that `knockaert` finds Cnockaert: an operator writes what she hears, in her own language's spelling.
//!
//! Each language's rules turn letters into the same few sounds. A word is read by all of them, for nobody knows what language a
//! surname is read in: Reno is how a Fleming writes Renaud, and the rules of French say that both end in `o`. Two words sound alike when
//! one reading of the one is a reading of the other.
//!
//! Sounds: `p b t d k g f s S m n N l r j w`, vowels `a e i o u`, `O` (eu, ö), `Y` (ij, ei), `W` (ou, au of Dutch) and
//! `U` (ui). What a telephone line
//! does not tell apart is one sound from the start: v and f, z and s, the g of Dutch and the ch of German; h is no sound.
mod dutch;
mod elsewhere;
mod french;
mod german;
mod rule;

use rule::Rules;

/// The shortest word that is sought by its sound, in letters; as the sound of a beginning it needs one more.
pub(super) const LEAST: usize = 3;

/// All ways in which a word may sound, each once. Empty for words with digits or letters that no rule knows.
pub(super) fn keys(spoken: &str) -> Vec<String> {
    let letters: Vec<char> = spoken.chars().collect();
    if letters.len() < 2 || letters.iter().any(|letter| letter.is_ascii_digit()) {
        return Vec::new();
    }
    let silent = french::heard(&letters);
    let readings: [(&Rules, &[char]); 5] = [
        (dutch::RULES, &letters),
        (french::RULES, silent),
        (german::RULES, &letters),
        (elsewhere::TURKISH, &letters),
        (elsewhere::POLISH, &letters),
    ];
    let mut keys: Vec<String> = readings
        .iter()
        .map(|(rules, letters)| levelled(&rule::read(rules, letters)))
        .filter(|key| key.len() >= 2)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What remains of a key when vowels are misheard: its consonants, the first vowel only as a place. `None` when too little remains to mean
/// anything.
pub(super) fn skeleton(key: &str) -> Option<String> {
    let mut bones = String::with_capacity(key.len());
    for sound in key.chars() {
        let vowel = matches!(sound, 'a' | 'e' | 'i' | 'o' | 'u' | 'O' | 'Y' | 'W' | 'U');
        if !vowel && !matches!(sound, 'j' | 'w') && !bones.ends_with(sound) {
            bones.push(sound);
        } else if bones.is_empty() {
            bones.push('-');
        }
    }
    let consonants = bones.chars().filter(|sound| *sound != '-').count();
    (consonants >= 3).then_some(bones)
}

/// What no language tells apart: doubled sounds, voiced and voiceless inside and at the end, the mute e at the end.
fn levelled(sounds: &str) -> String {
    let mut key = String::with_capacity(sounds.len());
    for sound in sounds.chars() {
        let sound = match sound {
            'd' if !key.is_empty() => 't',
            'b' if !key.is_empty() => 'p',
            // Schmidt and Schmitz apart, but Turkish c, English ch and Dutch tsj are one.
            'S' if key.ends_with('t') => {
                key.pop();
                'S'
            }
            'N' if key.is_empty() => 'n',
            other => other,
        };
        if !key.ends_with(sound) {
            key.push(sound);
        }
    }
    if key.len() > 2 && key.ends_with('e') {
        key.pop();
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(one: &str, other: &str) -> bool {
        let other = keys(other);
        keys(one).iter().any(|key| other.contains(key))
    }

    /// Pairs of the development list: spellings that sound alike.
    #[test]
    fn spelled_by_ear() {
        let pairs = [
            // Dutch
            ("deprez", "depree"),
            ("claeys", "claes"),
            ("dewitte", "dewit"),
            ("kuypers", "kuijpers"),
            ("cuypers", "kuipers"),
            ("buyse", "buisse"),
            ("vandyck", "vandijk"),
            ("schaerlaeckens", "scharlakens"),
            ("moerman", "moermann"),
            ("cools", "kools"),
            ("raeymaekers", "raaimakers"),
            ("dierckx", "dierkx"),
            ("hendrickx", "hendriks"),
            ("vercruysse", "verkruise"),
            ("goethals", "goetals"),
            ("vandevelde", "vandefelde"),
            ("quintens", "kwintens"),
            ("aerts", "aarts"),
            ("bosch", "bos"),
            ("lauwers", "louwers"),
            ("nijs", "neys"),
            ("ghysels", "gijsels"),
            // French
            ("moreau", "moro"),
            ("thibaut", "tibo"),
            ("gaudin", "godin"),
            ("philippe", "filip"),
            ("lacroix", "lacroi"),
            ("chauvet", "chove"),
            ("guillaume", "guillome"),
            ("bertrand", "bertran"),
            ("denis", "deni"),
            ("baudouin", "bodouin"),
            ("quentin", "kentin"),
            ("legrand", "legran"),
            ("mathieu", "matieu"),
            ("jacquet", "jaket"),
            // German
            ("schmied", "schmidt"),
            ("bauer", "bauher"),
            ("neumaier", "neumeyer"),
            ("vogel", "fogel"),
            ("schulz", "schultz"),
            ("krueger", "kruger"),
            ("pfeiffer", "feifer"),
            ("baecker", "becker"),
            ("stein", "schtein"),
            ("zimmermann", "tsimmerman"),
            // Elsewhere
            ("ozturk", "oztuerk"),
            ("çetin", "tjetin"),
            ("şahin", "sjahin"),
            ("youssef", "joesef"),
            ("ouali", "wali"),
            ("kowalski", "kovalski"),
            ("szymanski", "shimanski"),
            ("yildirim", "jildirim"),
        ];
        let deaf: Vec<_> = pairs
            .iter()
            .filter(|(one, other)| !alike(one, other))
            .map(|(one, other)| (one, keys(one), other, keys(other)))
            .collect();
        assert!(deaf.is_empty(), "{deaf:#?}");
    }

    #[test]
    fn names_that_sound_different_stay_apart() {
        let pairs = [
            ("peeters", "pieters"),
            ("maes", "moes"),
            ("claes", "cools"),
            ("janssens", "jacobs"),
            ("dupont", "durand"),
            ("wouters", "walters"),
            ("martin", "morton"),
            ("schneider", "schroder"),
        ];
        let mixed: Vec<_> = pairs
            .iter()
            .filter(|(one, other)| alike(one, other))
            .map(|(one, other)| (one, keys(one), other, keys(other)))
            .collect();
        assert!(mixed.is_empty(), "{mixed:#?}");
    }

    #[test]
    fn a_skeleton_needs_bones() {
        assert_eq!(skeleton("maes"), None);
        assert_eq!(skeleton("temerman").as_deref(), Some("tmrmn"));
        assert_eq!(skeleton("emerman").as_deref(), Some("-mrmn"));
    }

    #[test]
    fn numbers_and_other_scripts_have_no_sound() {
        assert!(keys("2101").is_empty());
        assert!(keys("中文").is_empty());
        assert!(keys("").is_empty());
    }
}
