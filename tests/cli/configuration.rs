//! Configurations whose files are right, each for itself, and wrong together: `centrale check` says so with line and caret.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::exchange::{centrale, town};

/// A town's files, changed by the test.
pub(crate) struct Files {
    directory: tempfile::TempDir,
}

impl Files {
    fn new() -> Files {
        Files { directory: town() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes another text in the place of one that is there.
    fn change(&self, name: &str, from: &str, to: &str) {
        change(&self.path(name), from, to);
    }

    /// What `centrale check` says on both outputs, and its exit code.
    fn check(&self) -> (String, Option<i32>) {
        told(&self.run(&["check"]))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let file = self.path("centrale.toml");
        let mut command = centrale(arguments);
        command.arg("--config").arg(file).output().unwrap()
    }
}

/// Writes another text in the place of one that is there.
pub(crate) fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from}: {text}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// Both outputs together, and the exit code.
pub(crate) fn told(output: &Output) -> (String, Option<i32>) {
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    (said, output.status.code())
}

const PROMPTS: &str = "# prompts = \"prompts\"";
const LANGUAGES: &str = "languages = [\"nl\", \"fr\"]";

#[test]
fn what_is_wrong_between_the_files_is_refused_with_line_caret_and_what_was_expected() {
    let cases = [
        (
            LANGUAGES,
            "languages = [\"nl\", \"xx\"]",
            "there are no prompts in `xx`",
            "^^^^ expected one of: nl, fr, de, en; or your own recordings",
        ),
        (
            LANGUAGES,
            "languages = []",
            "`languages` is an empty list",
            "^^ write for example languages = [\"nl\"]",
        ),
        (
            "name = \"Gooik\"",
            "name = \" \"",
            "`name` is empty",
            "^^^ write for example name = \"Gooik\"",
        ),
        (
            PROMPTS,
            "prompts = \"nowhere\"",
            "nowhere cannot be read",
            "^^^^^^^^^ expected a directory with your own recordings",
        ),
        (
            "dialplans/town.toml",
            "dialplans/twon.toml",
            "twon.toml cannot be read",
            "^^^ did you mean `",
        ),
        (
            "\n# [[dial]]",
            "\n[[dial]]\npattern = \"8*\"\ndialplan = \"twon\"\n# [[dial]]",
            "there is no dialplan called `twon`",
            "^^^^^^ did you mean `town`?",
        ),
        (
            "\n# [[dial]]",
            "\n[[dial]]\npattern = \"8*\"\ntrunk = \"telco\"\n# [[dial]]",
            "there is no trunk called `telco`",
            "^^^^^^^ write a [[trunk]] with name = \"telco\"",
        ),
    ];
    for (from, to, message, expected) in cases {
        let files = Files::new();
        files.change("centrale.toml", from, to);
        let (said, code) = files.check();
        assert_eq!(code, Some(1), "{to}: {said}");
        assert!(said.contains(message) && said.contains(expected), "{said}");
        assert!(said.contains("centrale.toml:"), "{said}");
    }
}

#[test]
fn a_language_of_one_s_own_takes_recordings_that_can_be_played() {
    let files = Files::new();
    files.change("centrale.toml", LANGUAGES, "languages = [\"nl\", \"xx\"]");
    files.change("centrale.toml", PROMPTS, "prompts = \"prompts\"");
    let own = files.path("prompts/xx");
    fs::create_dir_all(&own).unwrap();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans/prompts/nl");
    let record = |name: &str| {
        let file = format!("{name}.ogg");
        fs::copy(built_in.join(&file), own.join(&file)).unwrap();
    };
    record("emergency-no-route");
    let (said, code) = files.check();
    assert_eq!(code, Some(1), "{said}");
    let missing = "prompts are missing in `xx`: inside-only, one-moment, press-1-to-take";
    assert!(said.contains(missing), "{said}");
    for name in ["inside-only", "one-moment", "press-1-to-take"] {
        record(name);
    }
    let (said, code) = files.check();
    assert_eq!(code, Some(0), "{said}");
    fs::write(own.join("one-moment.ogg"), "no sound").unwrap();
    let (said, code) = files.check();
    assert_eq!(code, Some(1), "{said}");
    for part in [
        "one-moment.ogg cannot be used",
        "^^^ its recordings are WAV",
        "centrale.toml:5:",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_number_stands_in_one_dialplan() {
    let files = Files::new();
    fs::copy(
        files.path("dialplans/town.toml"),
        files.path("dialplans/village.toml"),
    )
    .unwrap();
    let both = "dialplans = [\"dialplans/town.toml\", \"dialplans/village.toml\"]";
    files.change(
        "centrale.toml",
        "dialplans = [\"dialplans/town.toml\"]",
        both,
    );
    let (said, code) = files.check();
    assert_eq!(code, Some(1), "{said}");
    let text = fs::read_to_string(files.path("dialplans/town.toml")).unwrap();
    let at = text
        .lines()
        .position(|l| l.starts_with("\"+3225323223\""))
        .unwrap()
        + 1;
    let claims = format!("dialplans/town.toml too, in line {at}");
    assert!(said.contains(&claims), "{said}");
    assert!(said.contains(&format!("village.toml:{at}:")), "{said}");
    assert!(said.contains("^^^ each number stands in one"), "{said}");
}

#[test]
fn what_may_come_later_is_a_warning() {
    let files = Files::new();
    let rule = "\n[[dial]]\npattern = \"8*\"\naccount = \"2199\"\n# [[dial]]";
    files.change("centrale.toml", "\n# [[dial]]", rule);
    files.change("centrale.toml", "\"+3225323223\"", "\"+3225323224\"");
    files.change("dialplans/town.toml", "\"2101\"", "\"2188\"");
    files.change(
        "dialplans/town.toml",
        "answered-by = \"2101\"",
        "answered-by = \"2188\"",
    );
    files.change(
        "dialplans/town.toml",
        "{ 2101 = ",
        "{ 2188 = \"no-answer\", 2101 = ",
    );
    let (said, code) = files.check();
    assert_eq!(code, Some(0), "{said}");
    for warning in [
        "warning: there is no account 2199 yet",
        "^^^^^^ `centrale account add 2199` makes it",
        "warning: there is no account 2188 yet: no phone rings",
        "warning: the site's number +3225323224 is in no dialplan",
    ] {
        assert!(said.contains(warning), "{warning}: {said}");
    }
    for account in ["2199", "2188"] {
        assert!(files.run(&["account", "add", account]).status.success());
    }
    let (said, code) = files.check();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("no account"), "{said}");
}

#[test]
fn a_dialplan_that_does_not_decide_as_its_own_test_says_is_refused() {
    let files = Files::new();
    let file = files.path("dialplans/town.toml").display().to_string();
    let (said, code) = told(&files.run(&["dialplan", "check", &file]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("4 tests passed"), "{said}");
    files.change(
        "dialplans/town.toml",
        "answered-by = \"2101\"",
        "answered-by = \"2109\"",
    );
    for arguments in [&["check"][..], &["dialplan", "check", &file]] {
        let (said, code) = told(&files.run(arguments));
        assert_eq!(code, Some(1), "{said}");
        for part in [
            "failed: expected 2109 to answer, 2101 did",
            "town.toml:",
            "^^^",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    let (said, code) = told(&files.run(&["dialplan", "test", &file]));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("FAILED") && said.contains("1 test failed"),
        "{said}"
    );
    let text = fs::read_to_string(&file).unwrap();
    let untried = text.split("[[test]]").next().unwrap();
    fs::write(&file, untried).unwrap();
    let (said, code) = told(&files.run(&["dialplan", "test", &file]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("0 tests, so nothing was tried"), "{said}");
}

#[test]
fn a_made_up_call_that_leads_nowhere_is_no_success_and_a_queue_tells_what_is_known_of_the_wait() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans/demo.toml");
    let simulate = |arguments: &[&str]| {
        let mut command = centrale(["dialplan", "simulate"]);
        told(&command.arg(&demo).args(arguments).output().unwrap())
    };
    let (said, code) = simulate(&["--to", "+3254319999", "--at", "2026-10-13T10:00"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("+3254319999 leads nowhere"), "{said}");
    let (said, code) = simulate(&["--at", "2026-10-13T10:00", "--keys", "0"]);
    assert_eq!(code, Some(0), "{said}");
    let wait = "Wait     in reception: not known here, for an estimate needs five answered calls of the running exchange; at most ";
    assert!(said.contains(wait), "{said}");
    let waiting = |state: &str| {
        let call = ["--at", "2026-10-13T10:00", "--keys", "0", "--queue", state];
        simulate(&call)
    };
    let (said, code) = waiting("reception=3,2,180");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("(3 before)"), "{said}");
    let (said, _) = waiting("reception=0,0");
    assert!(said.contains("[queue-nobody]"), "{said}");
    let (said, code) = waiting("recepton=3,2");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("the queues of the dialplan are reception"),
        "{said}"
    );
    let (said, code) = waiting("reception=many");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("write for example reception=4,2"), "{said}");
    let busy = ["--at", "2026-10-13T10:00", "--keys", "11"];
    let phones = ["--phone", "2101=busy", "--phone", "2102=unreachable"];
    let (said, _) = simulate(&[&busy[..], &phones[..]].concat());
    assert!(said.contains("all phones are busy (2101, 2102)"), "{said}");
}
