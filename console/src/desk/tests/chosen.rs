//! What a person chose goes with the person, from page to page and over a restart; nobody else hears of it.

use super::*;

fn chosen(density: &str) -> Value {
    json!({
        "lang": "fr", "theme": "dark", "density": density, "enter": "consult", "keys": true, "places": {},
        "pad": false, "motion": true, "verbosity": "full",
    })
}

#[test]
fn a_choice_is_on_every_page_of_its_person_and_on_nobody_else_s() {
    let stage = Stage::start();
    let cookie = stage.cookie("reception1", "demo");
    let (mut here, _) = Page::begin(&stage, &cookie, "a");
    let (mut there, _) = Page::begin(&stage, &cookie, "b");
    let (mut colleague, _) = Page::begin(&stage, &stage.cookie("reception2", "demo"), "c");
    let choose = |prefs: &Value| json!({"cmd": "prefs", "prefs": prefs});
    // Also a page that has no station chooses.
    assert_eq!(there.order(&id(), &choose(&chosen("large")))["t"], "ack");
    assert_eq!(here.event("prefs")["prefs"], chosen("large"));
    assert_eq!(there.event("prefs")["prefs"], chosen("large"));
    assert_eq!(here.order(&id(), &choose(&chosen("compact")))["t"], "ack");
    assert_eq!(there.event("prefs")["prefs"], chosen("compact"));

    let mut strange = chosen("large");
    strange["mic"] = json!("headset");
    for wrong in [strange, json!({}), json!("large"), chosen("huge")] {
        let refused = here.order(&id(), &choose(&wrong));
        assert_eq!(
            (&refused["code"], &refused["text_key"]),
            (&json!("invalid"), &json!("nack.invalid")),
            "{wrong}"
        );
    }

    colleague.order(&id(), &json!({"cmd": "help"}));
    let heard = colleague.heard.iter();
    assert_eq!(heard.filter(|said| said.get("prefs").is_some()).count(), 0);

    stage.web.restart().unwrap();
    let (mut again, _) = Page::begin(&stage, &cookie, "d");
    assert_eq!(again.event("prefs")["prefs"], chosen("compact"));
}
