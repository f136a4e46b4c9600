//! `[emergency]`: what people dial before an emergency number. The numbers themselves are no setting (CMP-1): they stand in
//! `dialplans/emergency.toml`.

use ivr::parse::table::{Report, Table};

pub(super) fn read(root: &mut Table<'_>, report: &mut Report<'_>) -> Vec<String> {
    let default = vec!["0".to_owned()];
    let Some(mut table) = root.table("emergency", report) else {
        return default;
    };
    let words = table.words("line-prefixes", report);
    table.finish(report);
    if words.is_empty() {
        return default;
    }
    for word in &words {
        let fits =
            (1..=4).contains(&word.text.len()) && word.text.bytes().all(|b| b.is_ascii_digit());
        if !fits {
            report.error(
                word.span.clone(),
                "a line prefix is one to four digits",
                Some("write for example \"0\"".to_owned()),
            );
        }
    }
    words.iter().map(|word| word.text.to_owned()).collect()
}
