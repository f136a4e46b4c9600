//! A directory of 20 000: how much one keystroke looks at, and (printed, never asserted) how long that takes and what it weighs.
use crate::search::{Context, Entry, EntryKind, EntryNumber, Index, NumberKind, Work};
use std::time::Instant;

const PEOPLE: usize = 20_000;

/// Made-up surnames: 120 beginnings, 60 ends.
fn surname(n: usize) -> String {
    const HEADS: [&str; 24] = [
        "Van", "De", "Ver", "Claes", "Pee", "Jans", "Mer", "Wil", "Goos", "Her", "Duf", "Lam",
        "Mo", "Schu", "Bau", "Kow", "Yil", "El Am", "Tran", "Roo", "Ste", "Vande", "Huy", "Cou",
    ];
    const MIDDLES: [&str; 25] = [
        "ber", "de", "ge", "hau", "ij", "ka", "le", "mae", "no", "ou", "pe", "que", "ra", "sche",
        "tte", "u", "vel", "wou", "xa", "y", "zee", "broe", "cru", "dries", "fo",
    ];
    const TAILS: [&str; 24] = [
        "", "ck", "cken", "e", "en", "ens", "ers", "et", "eau", "gne", "k", "kx", "le", "man",
        "mann", "n", "ns", "re", "s", "sen", "t", "ts", "veld", "x",
    ];
    let pick = |list: &[&str], n: usize| list[n % list.len()].to_owned();
    pick(&HEADS, n) + &pick(&MIDDLES, n / 24 + n / 7) + &pick(&TAILS, n / 600 + n / 11)
}

const GIVEN: [&str; 40] = [
    "Jan",
    "Kris",
    "Lien",
    "Tom",
    "Anaïs",
    "Élodie",
    "Jürgen",
    "Marie",
    "Jean-Pierre",
    "Fatima",
    "Mehmet",
    "Nele",
    "Stijn",
    "Hilde",
    "Pieter",
    "Griet",
    "Ludo",
    "Sophie",
    "Marc",
    "Ilse",
    "Dirk",
    "Bart",
    "Wim",
    "Els",
    "Koen",
    "Inge",
    "Raf",
    "Sarah",
    "Özlem",
    "Claude",
    "Guy",
    "Ruben",
    "Annick",
    "Luc",
    "Martine",
    "Petra",
    "Philippe",
    "Yves",
    "Uwe",
    "Greta",
];
const SERVICES: [&str; 30] = [
    "Bevolking",
    "Burgerlijke stand",
    "Stedenbouw",
    "Milieu",
    "Wegen",
    "Sociaal huis",
    "Financiën",
    "Jeugd",
    "Bibliotheek",
    "État civil",
    "Urbanisme",
    "Services techniques",
    "CPAS",
    "Petite enfance",
    "Eau",
    "Standesamt",
    "Bauamt",
    "Umwelt",
    "Steuern",
    "Sport",
    "Cultuur",
    "Personeel",
    "Informatica",
    "Archief",
    "Onthaal",
    "Thuiszorg",
    "Groendienst",
    "Preventie",
    "Communicatie",
    "Secretariaat",
];
const FUNCTIONS: [&str; 12] = [
    "diensthoofd",
    "medewerker",
    "loketmedewerker",
    "administratief assistent",
    "chef de service",
    "employée",
    "deskundige",
    "Sachbearbeiter",
    "ploegbaas",
    "maatschappelijk werker",
    "stedenbouwkundig ambtenaar",
    "technicien",
];

fn many() -> Vec<Entry> {
    (0..PEOPLE)
        .map(|n| {
            let name = format!("{} {}", GIVEN[(n * 7 + n / 40) % 40], surname(n));
            let mut entry = Entry::new(&format!("p{n}"), EntryKind::Person, &name);
            entry.function = FUNCTIONS[n * 5 % 12].to_owned();
            entry.service = Some(format!("s{}", n % 30));
            entry.service_names = vec![SERVICES[n % 30].to_owned()];
            entry.site = format!("Gebouw {}", n % 50);
            entry.numbers = vec![
                EntryNumber {
                    number: format!("{}", 20_000 + n),
                    kind: NumberKind::Desk,
                    hidden: false,
                },
                EntryNumber {
                    number: format!("+324{:08}", 70_000_000 + n * 37),
                    kind: NumberKind::Mobile,
                    hidden: false,
                },
            ];
            entry.account = Some(format!("{}", 20_000 + n));
            entry
        })
        .collect()
}

/// What is typed: every beginning of names of all kinds, as an operator types them, some with an error.
fn keystrokes() -> Vec<String> {
    let mut all = Vec::new();
    for n in (0..PEOPLE).step_by(2003) {
        let name = surname(n).to_lowercase();
        let mut wrong: Vec<char> = name.chars().collect();
        let last = wrong.len() - 1;
        wrong.swap(last / 2, last / 2 + 1);
        let wrong: String = wrong.into_iter().collect();
        for text in [name.clone(), wrong, format!("{name} bevol")] {
            let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
            all.extend(ends.map(|end| text[..end].to_owned()));
        }
    }
    for text in [
        "0470",
        "47012",
        "20199",
        "199",
        "stedenbouw",
        "jean-pierre",
        "van den broeck",
        "kris peeters bevolking",
    ] {
        all.extend((1..=text.len()).map(|end| text[..end].to_owned()));
    }
    all
}

fn percentile(values: &mut [u128], part: usize) -> u128 {
    values.sort_unstable();
    values[(values.len() * part / 100).min(values.len() - 1)]
}

#[test]
fn one_keystroke_looks_at_little_of_a_large_directory() {
    let began = Instant::now();
    let index = Index::build(many());
    let built = began.elapsed();
    let everyone = |_: &str| crate::search::Presence::Free;
    let context = Context {
        service: Some("s0"),
        presence: Some(&everyone),
        language: Some("nl"),
        ..Context::default()
    };
    let mut times = Vec::new();
    let mut looked = Vec::new();
    let mut worst = (0, String::new());
    for text in keystrokes() {
        let began = Instant::now();
        let (rows, work) = index.measured(&text, &context, 8);
        let took = began.elapsed().as_micros();
        std::hint::black_box(rows);
        if took > worst.0 {
            worst = (took, text.clone());
        }
        times.push(took);
        looked.push((text, work));
    }
    println!(
        "{} rows built in {} ms, {} KiB of tables, {} words; {} keystrokes: p50 {} µs, p95 {} µs, p99 {} µs, longest {} µs ({:?})",
        index.len(),
        built.as_millis(),
        index.octets() / 1024,
        index.vocabulary.terms.len(),
        times.len(),
        percentile(&mut times, 50),
        percentile(&mut times, 95),
        percentile(&mut times, 99),
        worst.0,
        worst.1,
    );
    let heavy = |limit: usize, from: usize| -> Vec<&(String, Work)> {
        looked
            .iter()
            .filter(|(text, _)| text.chars().filter(|c| c.is_alphanumeric()).count() >= from)
            .filter(|(_, work)| work.terms + work.postings > limit)
            .collect()
    };
    let mut sums: Vec<u128> = looked
        .iter()
        .map(|(_, work)| (work.terms + work.postings) as u128)
        .collect();
    println!(
        "looked at: p50 {}, p95 {}, most {}",
        percentile(&mut sums, 50),
        percentile(&mut sums, 95),
        percentile(&mut sums, 100)
    );
    // Going through the entries would be 20 000 names and 160 000 words.
    assert!(heavy(60_000, 1).is_empty(), "{:?}", heavy(60_000, 1));
    assert!(percentile(&mut sums, 50) < 6_000);
}
