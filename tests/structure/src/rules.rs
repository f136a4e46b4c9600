//! The walls that are read from source text. Each rule is a function from text to complaints, so that a test can show it biting.

use crate::source;

/// What the crates that decide (sip, media, call, ivr) never say outside their tests, and why.
pub const FORBIDDEN_IN_CORE: &[(&str, &str)] = &[
    ("tokio", "the core is fed; it never waits"),
    ("async fn", "the core is fed; it never waits"),
    ("UdpSocket", "sockets belong to the server"),
    ("TcpStream", "sockets belong to the server"),
    ("TcpListener", "sockets belong to the server"),
    ("Instant::now", "time is passed in as Now"),
    ("SystemTime::now", "time is passed in as Now"),
    ("Utc::now", "time is passed in as Now"),
    ("Local::now", "time is passed in as Now"),
    (".elapsed()", "it reads the clock; subtract instants"),
    ("std::thread", "one owner, no threads"),
    ("thread_local!", "one owner, no threads"),
    ("Mutex", "one owner, no lock"),
    ("RwLock", "one owner, no lock"),
    ("Condvar", "one owner, no lock"),
    ("mpsc", "effects leave as outputs, not through channels"),
    ("static mut", "state belongs to a value"),
    ("OsRng", "randomness is one generator, seeded from outside"),
    (
        "SystemRandom",
        "randomness is one generator, seeded from outside",
    ),
    ("SysRng", "randomness is one generator, seeded from outside"),
    (
        "ThreadRng",
        "randomness is one generator, seeded from outside",
    ),
    (
        "thread_rng",
        "randomness is one generator, seeded from outside",
    ),
    (
        "rand::rng(",
        "randomness is one generator, seeded from outside",
    ),
    (
        "rand::random",
        "randomness is one generator, seeded from outside",
    ),
    (
        "getrandom",
        "randomness is one generator, seeded from outside",
    ),
    (
        "SystemRandom",
        "randomness is one generator, seeded from outside",
    ),
    ("std::fs", "files belong to the program and the server"),
    ("std::env", "configuration is passed in"),
    ("std::process", "the core neither starts nor ends processes"),
    ("println!", "what the core has to say is an output"),
    ("eprintln!", "what the core has to say is an output"),
];

/// File and folder names that say nothing about what is inside.
pub const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "misc", "manager", "base",
];

/// Longest file and longest function, in lines.
pub const LONGEST_FILE: usize = 600;
/// See [`LONGEST_FILE`].
pub const LONGEST_FUNCTION: usize = 70;

/// Words of [`FORBIDDEN_IN_CORE`] in the code that is not compiled for tests only: `line: word: why`.
pub fn forbidden_in_core(text: &str) -> Vec<String> {
    let (code, _) = source::without_tests(&source::code(text));
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for (word, why) in FORBIDDEN_IN_CORE {
            if says(line, word) {
                complaints.push(format!("{}: `{word}`: {why}", number + 1));
            }
        }
    }
    complaints
}

/// Whether the line says the word, and not a longer one that contains it.
fn says(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, found)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + found.len()..)
            .and_then(|text| text.chars().next());
        let starts = word.starts_with('.') || !before.is_some_and(part_of_name);
        let ends = !word.ends_with(part_of_name) || !after.is_some_and(part_of_name);
        starts && ends
    })
}

/// What every Rust file owes: a first line that says what it is, and its size.
pub fn shape(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    if !text
        .lines()
        .next()
        .is_some_and(|line| line.starts_with("//! ") && line.len() > 12)
    {
        complaints.push("1: the first line is not `//!` with what this file is".to_owned());
    }
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        complaints.push(format!("{lines} lines, more than {LONGEST_FILE}"));
    }
    for function in source::functions(&source::code(text)) {
        if function.lines > LONGEST_FUNCTION {
            let (name, line, lines) = (&function.name, function.line, function.lines);
            complaints.push(format!(
                "{line}: fn {name} has {lines} lines, more than {LONGEST_FUNCTION}"
            ));
        }
    }
    complaints
}

/// Tests that are switched off and work that is put off.
pub fn unfinished(text: &str) -> Vec<String> {
    let code = source::code(text);
    let mut complaints = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for word in ["#[ignore", "todo!", "unimplemented!"] {
            if line.contains(word) {
                complaints.push(format!("{}: `{word}`", number + 1));
            }
        }
    }
    complaints
}

/// Paths of one machine and addresses of package registries. They are put together here so that this file does not trip itself.
pub fn traces(text: &str) -> Vec<String> {
    let words = [
        concat!("/wo", "rk/"),
        concat!("/fa", "rm/"),
        concat!("/ro", "ot/"),
        concat!("/tmp", "/c/"),
        concat!("/tmp/", "bash_jobs"),
        concat!("/ho", "me/"),
        concat!("index.cra", "tes.io"),
        concat!("static.cra", "tes.io"),
        concat!("registry.np", "mjs.org"),
        concat!("files.python", "hosted.org"),
        concat!("sparse", "+http"),
    ];
    let mut complaints = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in words {
            // A path of one machine starts at the top: `sbc/x` or `./x` before it makes it one of ours.
            let ours = |c: char| c.is_alphanumeric() || "._-*}".contains(c);
            let from_top = line.match_indices(word).any(|(at, _)| {
                let before = line.get(..at).and_then(|text| text.chars().next_back());
                !word.starts_with('/') || !before.is_some_and(ours)
            });
            if from_top {
                complaints.push(format!("{}: `{word}`", number + 1));
            }
        }
    }
    complaints
}
