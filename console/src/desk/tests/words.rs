//! Citizens' words: what finds nothing is listed, who may gives a service the word, and it is found by it.

use super::*;

#[test]
fn what_is_searched_in_vain_is_listed_and_becomes_a_word_of_a_service() {
    let stage = Stage::start();
    // The exchange's own services are those of its dialplan; the directory's are searched.
    let cookie = stage.cookie("reception1", "demo");
    let (mut page, welcome) = Page::begin(&stage, &cookie, "a");
    let caps = welcome["caps"].as_array().unwrap();
    assert!(caps.contains(&json!("words")) && caps.contains(&json!("misses")));
    let search = |page: &mut Page, q: u32| {
        page.say(&json!({"t": "search", "q": q, "text": "trottinette", "n": 6}));
        page.until("results")["items"].clone()
    };
    crate::stage::until("the directory", || {
        page.say(&json!({"t": "search", "q": 1, "text": "population", "n": 6}));
        page.until("results")["items"] != json!([])
    });
    assert_eq!(search(&mut page, 2), json!([]));
    let misses = json!({"cmd": "misses"});
    crate::stage::until("counted", || {
        let told = page.order(&id(), &misses)["misses"].clone();
        told[0]["text"] == "trottinette" && told[0]["times"] == 1
    });

    let set =
        |service: &str, words: &[&str]| json!({"cmd": "words", "service": service, "words": words});
    let unknown = page.order(&id(), &set("nothing", &["x"]));
    assert_eq!(unknown["text_key"], "nack.no_service");
    let long = "x".repeat(61);
    assert_eq!(
        page.order(&id(), &set("population", &[&long]))["code"],
        "invalid"
    );
    let mine = set(
        "population",
        &["paspoort", " trottinette\u{0} ", "paspoort"],
    );
    assert_eq!(page.order(&id(), &mine)["t"], "ack");
    assert_eq!(
        page.order(&id(), &misses)["misses"],
        json!([]),
        "it is none any more"
    );
    crate::stage::until("audited", || {
        stage
            .audited()
            .contains(&["reception1", "words", "done"].map(str::to_owned))
    });

    // The stage's rows have one generation: a new life reads them.
    stage.web.restart().unwrap();
    let (mut page, _) = Page::begin(&stage, &cookie, "b");
    crate::stage::until("found", || search(&mut page, 3) != json!([]));
    let row = search(&mut page, 4)[0].clone();
    assert_eq!(
        (&row["id"], &row["kind"]),
        (&json!("population"), &json!("service"))
    );
    assert_eq!(row["words"], json!(["paspoort", "trottinette"]));
    assert_eq!(row["hours"].as_array().unwrap().len(), 1);
    assert_ne!(row["ask"].as_str().unwrap_or_default(), "");
}

#[test]
fn who_only_reads_changes_no_words() {
    let stage = Stage::start();
    let mut user = directory::User::new("auditor", directory::password::DEMO.to_owned());
    user.roles = vec!["auditor".to_owned()];
    let added = stage.directory.add_user(&user, crate::clock::now());
    stage.runtime.block_on(added).unwrap();
    let (mut page, _) = Page::begin(&stage, &stage.cookie("auditor", "demo"), "a");
    let words = json!({"cmd": "words", "service": "population", "words": []});
    assert_eq!(page.order(&id(), &words)["code"], "forbidden");
    assert_eq!(
        page.order(&id(), &json!({"cmd": "misses"}))["code"],
        "forbidden"
    );
}
