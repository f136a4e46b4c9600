//! The readers of the house, read themselves: source text, licences, and the measure of a sound.
#![allow(clippy::unwrap_used)]

use structure::licence::satisfied;
use structure::sound::{RATE, measure, music_complaints, speech_complaints};
use structure::source::{code, functions, without_tests};

#[test]
fn expressions_are_weighed() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(String::from);
    for good in [
        "MIT",
        "GPL-3.0-only OR MIT",
        "MIT/Apache-2.0",
        "(GPL-2.0 OR ISC) AND MIT",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(satisfied(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "Apache-2.0",
        "(MIT",
        "MIT MIT",
    ] {
        assert!(!satisfied(bad, &allowed), "{bad}");
    }
}

/// A tone that swells four times a second, as speech does, with silence around it.
fn spoken(seconds: f64, loud: f64, before: usize, after: usize) -> Vec<i16> {
    let count = (seconds * RATE as f64) as usize;
    let voice = (0..count).map(|i| {
        let t = i as f64 / RATE as f64;
        let swell = 0.6 + 0.4 * (t * 25.0).sin();
        (loud * swell * (t * 1900.0).sin() * 32767.0).clamp(-32768.0, 32767.0) as i16
    });
    let quiet = |n: usize| std::iter::repeat_n(0_i16, n);
    quiet(before).chain(voice).chain(quiet(after)).collect()
}

#[test]
fn a_good_prompt_passes_and_each_fault_is_named() {
    let about = |samples: Vec<i16>, characters| {
        speech_complaints(&measure(&samples), characters).join("; ")
    };
    assert_eq!(about(spoken(3.0, 0.235, 1280, 2400), 36), "");
    for (samples, characters, fault) in [
        (spoken(3.0, 0.1, 1280, 2400), 36, "level"),
        (spoken(3.0, 1.2, 1280, 2400), 36, "peak"),
        (spoken(3.0, 0.235, 0, 2400), 36, "silence before"),
        (spoken(3.0, 0.235, 1280, 16_000), 36, "silence after"),
        (spoken(0.2, 0.235, 0, 0), 4, "length"),
        (spoken(1.0, 0.235, 1280, 2400), 60, "characters a second"),
        (vec![0; 40_000], 36, "level"),
        (
            [
                spoken(1.0, 0.235, 1280, 0),
                spoken(1.0, 0.235, 16_000, 2400),
            ]
            .concat(),
            30,
            "pause",
        ),
    ] {
        let found = about(samples, characters);
        assert!(found.contains(fault), "{fault}: {found}");
    }
}

#[test]
fn music_that_clicks_at_its_joint_is_refused() {
    // 0.1 s of whole turns joins smoothly; a quarter turn more jumps.
    let tone = |count: usize| -> Vec<i16> {
        let turn = std::f64::consts::TAU * 440.0 / RATE as f64;
        (0..count)
            .map(|i| ((i as f64 * turn).sin() * 3000.0) as i16)
            .collect()
    };
    assert!(measure(&tone(1600)).seam <= 1.1);
    assert!(measure(&tone(1609)).seam > 2.0);
    assert!(
        music_complaints(&measure(&tone(16_000)))
            .join("; ")
            .contains("length")
    );
}

#[test]
fn words_in_comments_and_literals_are_not_code() {
    let source =
        "a /* x /* y */ z */ b // c\n\"d\\\"e\" r#\"f\"g\"# b'h' '\\'' 'i: &'j k br\"l\" m";
    let seen = code(source);
    let words: Vec<&str> = seen.split_whitespace().collect();
    assert_eq!(words, ["a", "b", "b", "i:", "&", "j", "k", "m"]);
    assert_eq!(seen.matches('\n').count(), 1);
}

#[test]
fn test_items_are_cut_off_and_test_files_named() {
    let (kept, outside) = without_tests(
        "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod t { fn b() { { } } }\nfn c() {}\n#[cfg(test)]\nmod tests;\nfn d() {}",
    );
    assert!(kept.contains("fn a") && kept.contains("fn c") && kept.contains("fn d"));
    assert!(!kept.contains("fn b"));
    assert_eq!(outside, ["tests"]);
    assert_eq!(kept.matches('\n').count(), 7);
}

#[test]
fn functions_are_measured_with_signature_and_brace() {
    let found = functions(
        "struct A;\n\nfn one(\n  a: [u8; 4],\n) {\n  if a {\n  }\n}\ntrait T { fn decl(&self); fn two(&self) {} }",
    );
    let facts: Vec<(&str, usize, usize)> = found
        .iter()
        .map(|f| (f.name.as_str(), f.line, f.lines))
        .collect();
    assert_eq!(facts, [("one", 3, 6), ("two", 9, 1)]);
}
