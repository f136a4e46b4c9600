//! What a browser fetches, measured.

use super::*;

/// What CONSOLE.md promises of the desk's JavaScript as it is sent, files one by one. The citizen's page is another page.
const JAVASCRIPT: usize = 45 * 1024;

#[test]
fn the_desk_s_javascript_is_sent_in_45_kilobytes() {
    let scripts: Vec<(&String, &Asset)> = SHELF
        .assets
        .iter()
        .filter(|(name, _)| name.ends_with(".js") && !name.ends_with("citizen.js"))
        .collect();
    assert!(scripts.len() > 20, "{}", scripts.len());
    let sent: usize = scripts.iter().map(|(_, asset)| asset.pack().len()).sum();
    let plain: usize = scripts.iter().map(|(_, asset)| asset.plain.len()).sum();
    println!(
        "JavaScript: {} files, {plain} bytes, {sent} as sent",
        scripts.len()
    );
    assert!(scripts.iter().all(|(_, asset)| !asset.pack().is_empty()));
    assert!(sent <= JAVASCRIPT, "{sent} bytes of JavaScript are sent");
}

#[test]
fn comments_stay_at_home_and_code_stays_on_its_line() {
    let script = "// The desk.\nconst a = 1; // one\n/** Ends here. */\n  /**\n   * Several\n   */\n/** @type {X} */ (b).c();\nd();\n";
    let sent = "\nconst a = 1; // one\n\n\n\n\n/** @type {X} */ (b).c();\nd();\n";
    assert_eq!(without_comments(script.as_bytes()), sent.as_bytes());
    for name in Files::iter().filter(|name| name.ends_with(".js")) {
        let whole = Files::get(&name).unwrap().data;
        let whole = std::str::from_utf8(&whole).unwrap();
        let sent = std::str::from_utf8(&SHELF.assets[&*name].plain).unwrap();
        let lines: Vec<&str> = sent.lines().collect();
        assert_eq!(lines.len(), whole.lines().count(), "{name}");
        let mut texts = 0;
        for (line, sent) in whole.lines().zip(lines) {
            assert!(*sent == *line || sent.is_empty(), "{name}: {line}");
            // A line inside a text of several lines may look like a comment and be none.
            assert!(texts % 2 == 0 || sent == line, "{name}: {line}");
            texts += sent.matches('`').count();
        }
    }
}

#[test]
fn what_is_packed_unpacks_to_the_file() {
    for (name, asset) in &SHELF.assets {
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut asset.pack(), &mut plain).unwrap();
        assert!(plain == *asset.plain, "{name}");
    }
}

#[test]
fn pages_lead_to_files_of_this_edition_and_types_stay_at_home() {
    for (name, asset) in &SHELF.assets {
        assert_ne!(asset.kind, "application/octet-stream", "{name}");
        assert!(!name.starts_with("types/"), "{name}");
        if !name.ends_with(".html") {
            continue;
        }
        let text = String::from_utf8(asset.plain.to_vec()).unwrap();
        assert!(
            !text.contains("=\"/css/") && !text.contains("=\"/js/"),
            "{name}"
        );
        let here = format!("=\"{}/", base());
        for link in text.split(&here).skip(1) {
            let file = link.split('"').next().unwrap();
            assert!(SHELF.assets.contains_key(file), "{name} leads to {file}");
        }
    }
}

#[test]
fn only_who_takes_brotli_gets_it() {
    let takes = |list: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, list.parse().unwrap());
        takes_brotli(&headers)
    };
    assert!(takes("gzip, deflate, br, zstd") && takes("br;q=0.5") && takes("br"));
    assert!(!takes("gzip") && !takes("br;q=0") && !takes("br; q = 0") && !takes("brotli"));
    assert!(!takes_brotli(&HeaderMap::new()));
}
