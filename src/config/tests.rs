//! Configurations that are right, and those that are refused, word for word.

use std::path::Path;

use call::snapshot::{CalledFrom, Conveyance, Country, NumberFormat, RuleTarget, SymmetricRtp};

use super::*;

#[path = "../../fuzz/mutate.rs"]
mod mutate;

const RIGHT: &str = r#"dialplans = ["dialplans/town.toml"]
prompts = "prompts"

[site]
name = "Gooik"
number = "02 532 32 23"
country = "be"

[listen]
udp = ["192.168.1.10:5060"]
tcp = ["192.168.1.10:5060"]
advertised = "198.51.100.7"

[[trunk]]
name = "operator"
target = "203.0.113.7:5060"
called = ["diversion", "to"]
numbers = "national"

[[dial]]
pattern = "7*"
strip = 1
trunk = "operator"
"#;

fn read(text: &str) -> Result<Config, String> {
    parse(text, Path::new("etc/centrale.toml")).map_err(|why| why.to_string())
}

/// What is said when one line of the right configuration is another one.
fn told(line: &str, instead: &str) -> String {
    assert!(RIGHT.contains(line), "{line}");
    read(&RIGHT.replacen(line, instead, 1)).unwrap_err()
}

#[test]
fn a_configuration_is_read_with_its_defaults() {
    let config = read(RIGHT).unwrap();
    assert_eq!(config.site.number, "+3225323223");
    assert_eq!(
        (config.site.country, config.site.realm.as_str()),
        (Country::Be, "centrale")
    );
    assert_eq!(config.data, Path::new("etc/centrale-data"));
    assert_eq!(config.dialplans, [Path::new("etc/dialplans/town.toml")]);
    assert_eq!(
        config.listeners[1].advertised.to_string(),
        "198.51.100.7:5060"
    );
    assert_eq!(config.media.advertised.to_string(), "198.51.100.7");
    assert_eq!(config.media.address.to_string(), "192.168.1.10");
    assert!(!config.media.loopback && !config.is_demo());
    let trunk = &config.trunks[0];
    assert_eq!(trunk.called_from, [CalledFrom::Diversion, CalledFrom::To]);
    assert_eq!(trunk.number_format, NumberFormat::National);
    assert_eq!(trunk.habits.symmetric_rtp, SymmetricRtp::Off);
    assert!(trunk.sources[0].contains(trunk.target.ip()) && !trunk.dial_rules);
    assert_eq!(
        config.rules[0].target,
        RuleTarget::Trunk("operator".to_owned())
    );
}

/// A foot in the town's network and one behind the operator's NAT: each side is told what it can reach.
#[test]
fn each_address_tells_its_own() {
    let two = RIGHT
        .replace(
            "udp = [\"192.168.1.10:5060\"]",
            "udp = [\"192.168.1.10:5060\", \"10.0.0.2:5060\"]",
        )
        .replace(
            "advertised = \"198.51.100.7\"",
            "advertised = { \"10.0.0.2\" = \"198.51.100.7\" }",
        )
        .replace("called = [", "local = \"10.0.0.2\"\ncalled = [");
    let told = |text: &str| {
        let config = read(text).unwrap();
        let all = config.listeners.iter();
        let told: Vec<String> = all
            .map(|l| format!("{} {}", l.advertised.ip(), l.media))
            .collect();
        (config.media.address.to_string(), told)
    };
    let (bound, each) = told(&two);
    assert_eq!(bound, "0.0.0.0", "sound is heard at both");
    let (town, outside) = ("192.168.1.10 192.168.1.10", "198.51.100.7 198.51.100.7");
    assert_eq!(each, [town, outside, town]);
    assert_eq!(
        read(&two).unwrap().trunks[0].local,
        Some([10, 0, 0, 2].into())
    );
    let media = "[media]\nadvertised = { \"10.0.0.2\" = \"198.51.100.8\" }\n\n[[trunk]]";
    let (_, each) = told(&two.replace("[[trunk]]", media));
    assert_eq!(each, [town, "198.51.100.7 198.51.100.8", town]);
    let media = "[media]\naddress = \"192.168.1.11\"\n\n[[trunk]]";
    let (bound, each) = told(&two.replace("[[trunk]]", media));
    assert_eq!(bound, "192.168.1.11");
    let (town, outside) = ("192.168.1.10 192.168.1.11", "198.51.100.7 192.168.1.11");
    assert_eq!(each, [town, outside, town]);
    for (from, to, why) in [
        (
            "{ \"10.0.0.2\" =",
            "{ \"10.0.0.3\" =",
            "no listener is at 10.0.0.3",
        ),
        (
            "local = \"10.0.0.2\"",
            "local = \"10.0.0.3\"",
            "no UDP listener that reaches the line is at 10.0.0.3",
        ),
        (
            "\"10.0.0.2\" = \"198.51.100.7\"",
            "\"10.0.0.2\" = \"town\"",
            "what is advertised is an address without a port",
        ),
    ] {
        assert!(two.contains(from), "{from}");
        let said = read(&two.replacen(from, to, 1)).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn an_unknown_key_is_told_with_what_was_meant() {
    assert_eq!(
        told("advertised = ", "advertized = "),
        "error: `listen` knows no `advertized`\n  --> etc/centrale.toml:12:1\n   |\n12 | advertized = \"198.51.100.7\"\n   | ^^^^^^^^^^ did you mean `advertised`?"
    );
}

#[test]
fn a_bad_value_is_told_with_what_was_expected() {
    assert_eq!(
        told("udp = [\"192.168.1.10:5060\"]", "udp = [\"192.168.1.10\"]"),
        "error: a listener is an address and a port\n  --> etc/centrale.toml:10:8\n   |\n10 | udp = [\"192.168.1.10\"]\n   |        ^^^^^^^^^^^^^^ write for example \"192.0.2.10:5060\" or \"[2001:db8::10]:5060\""
    );
}

#[test]
fn every_mistake_is_told_at_once_and_none_of_it_is_taken() {
    let text = RIGHT
        .replace("country = \"be\"", "country = \"nl\"")
        .replace("strip = 1", "strip = \"one\"")
        .replace("trunk = \"operator\"", "trunk = \"opertor\"");
    let told = read(&text).unwrap_err();
    let errors: Vec<&str> = told
        .lines()
        .filter(|line| line.starts_with("error"))
        .collect();
    assert_eq!(
        errors,
        [
            "error: there is no country called `nl`",
            "error: `strip` is a whole number from 0 to 15",
            "error: there is no trunk called `opertor`",
        ]
    );
}

#[test]
fn what_could_never_work_is_refused() {
    let cases = [
        (
            "udp = [\"192.168.1.10:5060\"]\ntcp = [\"192.168.1.10:5060\"]\nadvertised = \"198.51.100.7\"",
            "udp = [\"0.0.0.0:5060\"]",
            "no address that a phone could answer to",
        ),
        (
            "number = \"02 532 32 23\"",
            "number = \"112\"",
            "`number` is a telephone number of the town",
        ),
        (
            "prompts = \"prompts\"",
            "[media]\nports = \"20000-20001\"",
            "`ports` is a range of at least 4 ports",
        ),
        (
            "strip = 1\n",
            "strip = 1\nrefuse = true\n",
            "a dial rule leads to exactly one place",
        ),
        ("pattern = \"7*\"", "pattern = \"*7\"", ""),
        (
            "prompts = \"prompts\"",
            "[data]\nurl = \"postgres://x\"",
            "`url` is sqlite: and a directory",
        ),
        (
            "[site]\nname = \"Gooik\"\nnumber = \"02 532 32 23\"\ncountry = \"be\"\n",
            "",
            "the configuration has no `site`",
        ),
        (
            "numbers = \"national\"",
            "numbers = \"national\"\nchannels = 2\nreserved = 3",
            "3 reserved channels are more than the 2 there are",
        ),
        (
            "pattern = \"7*\"",
            "pattern = \"7*8\"",
            "`pattern` is digits, then perhaps a star for any rest",
        ),
    ];
    for (line, instead, expected) in cases {
        if expected.is_empty() {
            assert!(read(&RIGHT.replacen(line, instead, 1)).is_ok());
            continue;
        }
        let told = told(line, instead);
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn a_refusal_says_what_was_expected() {
    let cases = [
        (
            "trunk = \"operator\"",
            "trunk = \"telco\"",
            "^^^^^^^ expected one of: operator",
        ),
        (
            "trunk = \"operator\"",
            "trunk = \"oprator\"",
            "^^^^^^^^^ did you mean `operator`?",
        ),
        (
            "[[dial]]",
            "[limits]\ncalls = 0\n[[dial]]",
            "^ expected a number from 1 to 1000000",
        ),
        (
            "numbers = \"national\"",
            "numbers = \"national\"\nreserved = 31",
            "^^ write at most 30, or more `channels`",
        ),
        (
            "strip = 1\n",
            "strip = 1\nstrip = 2\n",
            "^^^^^ it stands above already",
        ),
        (
            "numbers = \"national\"",
            "codecs = []",
            "^^ write for example codecs = [\"g722\", \"pcma\"]",
        ),
        (
            "prompts = \"prompts\"",
            "[media]\ncodecs = []",
            "^^ write for example codecs = [\"g722\", \"pcma\"]",
        ),
        (
            "country = \"be\"",
            "country = \"be\"\nlanguages = [\"nl\", \"nl\"]",
            "^^^^ write each language once",
        ),
        (
            "dialplans = [\"dialplans/town.toml\"]",
            "dialplans = []",
            "^^ write dialplans = ",
        ),
        (
            "name = \"Gooik\"",
            "name = \"\"",
            "^^ write for example name = ",
        ),
    ];
    for (line, instead, expected) in cases {
        let told = told(line, instead);
        assert!(told.contains(expected), "{expected}: {told}");
        assert_eq!(told.matches("error: ").count(), 1, "{told}");
    }
}

#[test]
fn a_star_is_a_code_in_front_and_any_rest_at_the_end() {
    for right in ["9*", "*21", "*21*", "*", "2110", "+32*", "#31#"] {
        let text = RIGHT.replacen("\"7*\"", &format!("\"{right}\""), 1);
        assert!(read(&text).is_ok(), "{right}");
    }
    for wrong in ["7*8", "7**", "**7", "1*2*", "", "+*7"] {
        let told = told("\"7*\"", &format!("\"{wrong}\""));
        assert!(
            told.contains("another star stands in front alone"),
            "{told}"
        );
    }
}

#[test]
fn the_name_of_an_operator_s_host_is_refused_with_the_reason() {
    let line = "target = \"203.0.113.7:5060\"";
    for name in ["sip.operator.be", "sip.operator.be:5060"] {
        let told = told(line, &format!("target = \"{name}\""));
        let reason = "`target` is an address and a port, and no name: names are not looked up yet";
        assert!(told.contains(reason), "{told}");
        assert!(told.contains(&"^".repeat(name.len())), "{told}");
        assert!(told.contains("getent hosts"), "{told}");
    }
}

/// Any text is read, or refused at a place of the file.
#[test]
fn any_text_is_read_or_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = [
        "[[trunk]]\n",
        "[listen]\n",
        "udp = [",
        "\"192.168.1.10:5060\"",
        "\"[::1]:0\"",
        "ports = \"1-65536\"",
        "99999999999999999999",
        "number = \"+32\"",
        "[emergency]\n",
        "\"\"\"",
    ];
    let corpus = root.join("fuzz/corpus/config");
    mutate::run("config", &[&corpus], &words, |data| {
        if let Err(why) = read(&String::from_utf8_lossy(data)) {
            assert!(why.contains("etc/centrale.toml"), "{why}");
        }
    });
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let told = read("[site\nname = \"Gooik\"\n").unwrap_err();
    assert!(told.contains("etc/centrale.toml:1:"), "{told}");
}

#[test]
fn what_a_town_says_of_emergency_calls() {
    let usual = read(RIGHT).unwrap();
    assert_eq!(usual.emergency, Emergency::default());
    assert_eq!(usual.trunks[0].location, Conveyance::Said);
    let said = RIGHT.replace("[[dial]]", "location = \"pidf-lo\"\n\n[[dial]]")
        + "\n[emergency]\nline-prefixes = [\"0\", \"9\"]\ncallback-number = \"054 31 00 99\"\ntest-prefix = \"*99\"\n";
    let config = read(&said).unwrap();
    assert_eq!(config.emergency.line_prefixes, ["0", "9"]);
    let number = config.emergency.callback_number.as_deref();
    assert_eq!(number, Some("+3254310099"));
    assert_eq!(config.emergency.test_prefix.as_deref(), Some("*99"));
    assert_eq!(config.trunks[0].location, Conveyance::Recorded);
    for (right, wrong, expected) in [
        (
            "054 31 00 99",
            "112",
            "`callback-number` is a telephone number",
        ),
        ("*99", "99", "a star and one to five digits"),
        ("*99", "*", "a star and one to five digits"),
        ("pidf-lo", "pidf", "pidf-lo"),
    ] {
        let why = read(&said.replace(right, wrong)).unwrap_err();
        assert!(why.contains(expected), "{why}");
    }
}
