//! Every rule that is read from source text, shown to refuse what it is there to refuse: a wall nobody has seen red is no wall.
#![allow(clippy::unwrap_used)]

use structure::rules;

#[test]
fn each_forbidden_word_is_found_in_code_and_only_there() {
    for (word, _) in rules::FORBIDDEN_IN_CORE {
        let found = rules::forbidden_in_core(&format!("fn a() {{\n    let x = {word} ;\n}}"));
        assert!(
            found
                .iter()
                .any(|line| line.starts_with(&format!("2: `{word}`"))),
            "{word}: {found:?}"
        );
        let in_words = format!(
            "// {word}\nconst A: &str = \"{word}\";\n#[cfg(test)]\nmod t {{ fn b() {{ {word} }} }}"
        );
        assert_eq!(
            rules::forbidden_in_core(&in_words),
            [] as [String; 0],
            "{word}"
        );
    }
    assert_eq!(
        rules::forbidden_in_core("fn a(stokiod: MyMutexed) {}"),
        [] as [String; 0]
    );
}

#[test]
fn a_file_without_a_first_word_or_grown_too_long_is_refused() {
    assert_eq!(
        rules::shape("//! A file about something.\nfn a() {}\n").len(),
        0
    );
    assert_eq!(rules::shape("use std::fmt;\n").len(), 1);
    assert_eq!(rules::shape("//!\n").len(), 1);
    assert_eq!(
        rules::shape(&format!(
            "//! A file about something.\n{}",
            "\n".repeat(600)
        ))
        .len(),
        1
    );
    let long = format!(
        "//! A file about something.\nfn a() {{\n{}}}\n",
        "    b();\n".repeat(69)
    );
    assert_eq!(rules::shape(&long), ["2: fn a has 71 lines, more than 70"]);
}

#[test]
fn work_put_off_is_refused() {
    for word in [
        "#[ignore]",
        "#[ignore = \"slow\"]",
        "todo!()",
        "unimplemented!()",
    ] {
        assert_eq!(
            rules::unfinished(&format!("{word}\nfn a() {{}}")).len(),
            1,
            "{word}"
        );
    }
    assert_eq!(rules::unfinished("// todo!() in a comment\n").len(), 0);
}

#[test]
fn traces_of_one_machine_are_refused() {
    for word in [
        concat!("/ro", "ot/x"),
        concat!("/ho", "me/me"),
        concat!("https://index.cra", "tes.io/"),
    ] {
        assert_eq!(rules::traces(&format!("a {word} b")).len(), 1, "{word}");
    }
    assert_eq!(
        rules::traces("the front page is where crates come from; ./work/x").len(),
        0
    );
}
