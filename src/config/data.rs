//! `[data]`: where everything is kept.

use std::path::{Path, PathBuf};

use ivr::parse::table::{Report, Table};

/// The data directory when none is said, beside the configuration.
pub(crate) const DIRECTORY: &str = "centrale-data";

pub(super) fn read(root: &mut Table<'_>, here: &Path, report: &mut Report<'_>) -> Option<PathBuf> {
    let Some(mut table) = root.table("data", report) else {
        return Some(here.join(DIRECTORY));
    };
    let url = table.word("url", report);
    table.finish(report);
    let Some(url) = url else {
        return Some(here.join(DIRECTORY));
    };
    match url.text.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => Some(here.join(path)),
        _ => {
            report.error(
                url.span,
                "`url` is sqlite: and a directory",
                Some("write for example \"sqlite:centrale-data\"".to_owned()),
            );
            None
        }
    }
}
