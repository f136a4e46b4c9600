//! What may and may not change the order of rows.
use super::{found, town};
use crate::search::context::CAP;
use crate::search::{Also, Context, Entry, EntryKind, EntryNumber, Index, NumberKind, Presence};
use std::collections::BTreeMap;

fn ids(index: &Index, text: &str, context: &Context<'_>) -> Vec<String> {
    let rows = index.search(text, context, 10);
    rows.iter().map(|hit| hit.entry.id.clone()).collect()
}

/// Three people of the same surname, in two services.
fn peeters() -> Index {
    let person = |id: &str, name: &str, service: &str, account: &str| {
        let mut entry = Entry::new(id, EntryKind::Person, name);
        entry.service = Some(service.to_owned());
        entry.account = Some(account.to_owned());
        entry
    };
    let mut swiss = person("c", "Carl Peeters", "waste", "3");
    swiss.languages = vec!["de".into()];
    Index::build(vec![
        person("a", "Ann Peeters", "waste", "1"),
        person("b", "Bob Peeters", "roads", "2"),
        swiss,
        person("p", "Paul Petersen", "roads", "4"),
    ])
}

#[test]
fn equals_stand_by_name_and_id() {
    let index = peeters();
    let rows = found(&index, "peeters");
    assert_eq!(rows.get(..3).unwrap(), ["a", "b", "c"]);
    assert_eq!(rows, found(&index, "peeters"), "the same each time");
}

#[test]
fn the_call_orders_equals() {
    let index = peeters();
    let roads = Context {
        service: Some("roads"),
        ..Context::default()
    };
    assert_eq!(ids(&index, "peeters", &roads)[0], "b");
    let german = Context {
        language: Some("de"),
        ..Context::default()
    };
    assert_eq!(ids(&index, "peeters", &german)[0], "c");
    let known = ["c".to_owned()];
    let contacts = Context {
        contacts: &known,
        service: Some("roads"),
        ..Context::default()
    };
    assert_eq!(ids(&index, "peeters", &contacts)[..2], ["c", "b"]);
    let away = |account: &str| match account {
        "1" => Presence::Away,
        "3" => Presence::Free,
        _ => Presence::Unknown,
    };
    let presence = Context {
        presence: Some(&away),
        ..Context::default()
    };
    let rows = ids(&index, "peeters", &presence);
    assert_eq!(
        rows.get(..3).unwrap(),
        ["c", "b", "a"],
        "away is last and not left out"
    );
}

#[test]
fn no_context_lifts_a_row_over_one_that_fits_clearly_better() {
    let index = Index::build(town());
    let everybody: Vec<String> = town().into_iter().map(|entry| entry.id).collect();
    let free = |_: &str| Presence::Free;
    for text in [
        "verstr", "de cock", "milieu", "paspoort", "van", "claes", "2104",
    ] {
        let plain: Vec<(String, u16)> = index
            .search(text, &Context::default(), 100)
            .iter()
            .map(|hit| (hit.entry.id.clone(), hit.text))
            .collect();
        let points: BTreeMap<String, u16> = plain.into_iter().collect();
        for favourite in &everybody {
            let often = BTreeMap::from([(favourite.clone(), u32::MAX)]);
            let list = std::slice::from_ref(favourite);
            let context = Context {
                service: Some("population"),
                contacts: list,
                recent: list,
                weekly: Some(&often),
                presence: Some(&free),
                language: Some("nl"),
            };
            let rows = ids(&index, text, &context);
            for pair in rows.windows(2) {
                let (upper, lower) = (points[&pair[0]], points[&pair[1]]);
                let gap = i32::from(lower) - i32::from(upper);
                assert!(gap <= CAP + 5, "{text}: {pair:?} {upper} {lower}");
            }
        }
    }
}

#[test]
fn an_empty_text_shows_whom_this_call_is_likely_for() {
    let index = Index::build(town());
    let contacts = ["luc-buyse".to_owned()];
    let recent = ["annelies-quintens".to_owned(), "gone".to_owned()];
    let often = BTreeMap::from([("police".to_owned(), 4)]);
    let context = Context {
        service: Some("social"),
        contacts: &contacts,
        recent: &recent,
        weekly: Some(&often),
        ..Context::default()
    };
    let rows = ids(&index, "  ", &context);
    assert_eq!(rows[..2], ["luc-buyse", "annelies-quintens"]);
    assert!(rows.contains(&"social".to_owned()) && rows.contains(&"police".to_owned()));
    assert!(ids(&index, "", &Context::default()).is_empty());
}

#[test]
fn rows_say_why_they_were_found() {
    let index = Index::build(town());
    let first = |text: &str| {
        let rows = index.search(text, &Context::default(), 1);
        (rows[0].marks.clone(), rows[0].also.clone())
    };
    let text = |text: &str| Some(Also::Text(text.to_owned()));
    assert_eq!(first("verstr"), (vec![(6, 6)], None));
    assert_eq!(first("verstr lie"), (vec![(0, 3), (6, 6)], None));
    assert_eq!(first("vandevelde"), (vec![(6, 12)], None));
    assert_eq!(first("hoste"), (vec![], text("Annelies Hoste")));
    assert_eq!(first("poubelles"), (vec![], text("poubelle")));
    assert_eq!(first("ozturk").0, [(7, 6)]);
    assert_eq!(first("kwintens"), (vec![(9, 8)], Some(Also::Sound)));
    assert_eq!(first("2104").0, []);
}

#[test]
fn hidden_numbers_are_called_and_never_shown_and_protected_people_are_nowhere() {
    let index = Index::build(town());
    let rows = index.search("ouali", &Context::default(), 5);
    let numbers = rows[0].numbers();
    let hidden = numbers.iter().find(|n| n.shown.is_none()).unwrap();
    assert_eq!(hidden.target, "~fouzia-ouali/1");
    assert_eq!(index.dial(&hidden.target), Some("+32470310051"));
    assert_eq!(index.dial("2101"), Some("2101"));
    for target in ["~fouzia-ouali/9", "~nobody/0", "~", "~a/b"] {
        assert_eq!(index.dial(target), None, "{target}");
    }
    for digits in ["310051", "0470310051", "+32470310051"] {
        assert!(found(&index, digits).is_empty(), "{digits}");
    }
    for text in ["de wachter", "anouk", "slachtofferhulp", "2190"] {
        assert!(
            !found(&index, text).contains(&"anouk-de-wachter".to_owned()),
            "{text}"
        );
    }
}

#[test]
fn a_sentence_finds_services_and_never_people() {
    let index = Index::build(town());
    for (sentence, service) in [
        ("kapotte straatlamp", "roads"),
        ("ik wil mijn rijbewijs vernieuwen", "population"),
        ("quand passe la poubelle", "environment"),
        ("mein personalausweis ist abgelaufen", "population"),
        ("wespennest onder het dak", "fire-station"),
    ] {
        let first = found(&index, sentence).into_iter().next();
        assert_eq!(first.as_deref(), Some(service), "{sentence}");
    }
    for nobody in [
        "wim zzzzz",
        "verstraeten bakkerij",
        "zzzz moreau zzzz",
        "wimxxdecock",
    ] {
        assert_eq!(found(&index, nobody), [""; 0], "{nobody}");
    }
}

#[test]
fn a_number_has_an_owner() {
    let index = Index::build(town());
    let owner = |number: &str| index.owner(number).map(|entry| entry.id.as_str());
    assert_eq!(owner("2104"), Some("nadia-el-idrissi"), "not the service");
    assert_eq!(owner("+3254310111"), Some("sofie-ghysels"));
    assert_eq!(owner("0032 54 31 01 11"), Some("sofie-ghysels"));
    assert_eq!(owner("+32470310051"), Some("fouzia-ouali"));
    assert_eq!(owner("~fouzia-ouali/1"), Some("fouzia-ouali"));
    assert_eq!(owner("2190"), None, "protected");
    assert_eq!(owner("+32999"), None);
}

#[test]
fn who_stands_in_is_in_the_row() {
    let index = Index::build(town());
    let rows = index.search("verstraeten", &Context::default(), 1);
    assert_eq!(rows[0].deputy.unwrap().id, "wim-de-cock");
    let last = rows[0].numbers().pop().unwrap();
    assert_eq!(
        (last.target.as_str(), last.kind),
        ("2102", NumberKind::Deputy)
    );
}

#[test]
fn hostile_text_finds_nothing_and_harms_nothing() {
    let mut entry = Entry::new(
        "x",
        EntryKind::Person,
        &"<b>Ann</b>\u{0}\u{202e} ".repeat(500),
    );
    entry.words = vec!["\u{308}\u{308}".into(), String::new()];
    entry.numbers = vec![EntryNumber {
        number: "+".into(),
        kind: NumberKind::Desk,
        hidden: false,
    }];
    let index = Index::build(vec![entry, Entry::new("y", EntryKind::Service, "")]);
    for text in [
        "%_'\";--",
        "\u{0}",
        "\u{308}",
        "''''",
        &"a".repeat(100_000),
        &"a b ".repeat(10_000),
        &"9".repeat(1_000),
        &"é-".repeat(300),
        "\u{1f600}\u{1f600}",
        "+++---",
    ] {
        let rows = index.search(text, &Context::default(), usize::MAX);
        assert!(rows.len() <= 2);
    }
    assert_eq!(found(&index, "ann"), ["x"]);
}

#[test]
fn an_empty_directory_answers() {
    let index = Index::build(Vec::new());
    assert!(index.is_empty());
    assert!(found(&index, "peeters").is_empty());
    assert!(found(&index, "2101").is_empty());
}
