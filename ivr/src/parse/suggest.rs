//! "Did you mean …": the nearest known word by edit distance.

/// The nearest of the known words, when it is near enough to be a slip of the fingers.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Most words that are listed.
const LISTED: usize = 14;

/// `did you mean …?` for the nearest word, else the list of what would be right, its beginning when it is long.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(word, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let begins = known.get(..LISTED.min(known.len())).unwrap_or_default();
    let more = if known.len() > LISTED { ", …" } else { "" };
    (!known.is_empty()).then(|| format!("expected one of: {}{more}", begins.join(", ")))
}

/// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        for (j, cb) in b.iter().enumerate() {
            let at = |line: &[usize], k: usize| line.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = at(&last, j.saturating_add(1))
                .min(at(&row, j))
                .saturating_add(1);
            best = best.min(at(&last, j).saturating_add(usize::from(ca != cb)));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(cb) && b.get(j - 1) == Some(ca);
            if swapped {
                best = best.min(at(&before, j - 1).saturating_add(1));
            }
            row.push(best);
        }
        before = last;
        last = row;
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        assert_eq!(
            nearest("populaton", ["population", "reception"]),
            Some("population")
        );
        assert_eq!(
            nearest("langauges", ["languages", "language"]),
            Some("languages")
        );
        assert_eq!(nearest("library", ["population", "reception"]), None);
        assert_eq!(distance("then", "tehn"), 1);
    }
}
