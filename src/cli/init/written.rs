//! The files that `centrale init` writes.

use std::net::{IpAddr, SocketAddr};

use call::snapshot::Country;

use super::Plan;
use crate::config;
use crate::embedded::STARTER_DIALPLAN;

/// The commented configuration.
pub(super) fn configuration(plan: &Plan) -> String {
    let country = match plan.country {
        Country::Be => "be",
        Country::Fr => "fr",
    };
    let listener = SocketAddr::new(plan.address, 5060);
    let trunk = match plan.trunk {
        Some(address) => trunk("", address),
        None => trunk("# ", IpAddr::from([192, 0, 2, 1])),
    };
    format!(
        r#"# {name}: the configuration of its telephone exchange. `centrale check` says whether it is right, `centrale reload` takes
# changes without ending a call ([listen], [console], [media] addresses and ports, and [data] take a restart: it says so).

dialplans = ["dialplans/town.toml"]     # what callers meet; each is called like its file
# prompts = "prompts"                   # your own recordings: prompts/nl/welcome.wav, prompts/music/default.mp3

[site]
name = "{name}"
place = "{name}"                         # told to the desk when someone calls an emergency number
number = "{number}"                  # shown outside, and to the emergency services
country = "{country}"                          # be or fr: how numbers are read, emergency numbers, tones
languages = [{languages}]
realm = "centrale"                      # accounts belong to it: changing it makes all passwords invalid
# domains = ["phones.example.be"]       # further names that phones may use for this machine

[listen]
udp = ["{listener}"]
tcp = ["{listener}"]
# advertised = "198.51.100.7"           # when a NAT or container stands between us and the phones; with several addresses,
#                                       # one for each: advertised = {{ "{address}" = "198.51.100.7" }}

{console}
[media]
ports = "20000-31999"                   # open these in the firewall, UDP
# address = "{address}"              # the first listener's when not said
# advertised = "198.51.100.7"           # the listener's when not said; also one for each address, as in [listen]
codecs = ["g722", "pcma", "pcmu"]

# The operator's line. Calls from `sources` are not challenged, so name the operator's addresses and nobody else's.
{trunk}

# Your own numbering, read from the first rule to the last; emergency numbers come before all of them.
# [[dial]]
# pattern = "7*"                        # digits, then perhaps a star for any rest
# strip = 1
# trunk = "operator"                    # or: account = "2101", dialplan = "town", refuse = true

# [emergency]
# line-prefixes = ["0"]                 # 0112 is an emergency call too; the numbers themselves are built in
# callback-number = "{number}"    # better a number of its own: shown to the emergency services, and for an hour every
#                                       # call to it rings the phone that called them
# test-prefix = "*99"                   # *99112 on a phone says what a call to 112 would do, and calls nobody

[data]
url = "sqlite:centrale-data"            # accounts, records, registrations; back up this directory

# [limits]
# calls = 200                           # what ports and descriptors allow when not said
# ring = "60 s"
# hold = "2 min"                        # who holds for longer is reminded: their phones ring
"#,
        name = plan.name,
        number = plan.number,
        address = plan.address,
        languages = languages(plan),
        console = console(plan),
    )
}

fn console(plan: &Plan) -> String {
    format!(
        r#"[console]
listen = "127.0.0.1:8080"               # the reception desk in a browser on this machine; `centrale user add` makes who signs in
# For the whole network: listen = "{address}:8443", and what `centrale cert self-signed --address {address}` makes:
# certificate = "console-cert.pem"
# key = "console-key.pem"
# names = ["centrale.example.be"]       # host names by which browsers ask for it
"#,
        address = plan.address,
    )
}

fn trunk(comment: &str, address: IpAddr) -> String {
    let target = SocketAddr::new(address, 5060);
    [
        "[[trunk]]".to_owned(),
        "name = \"operator\"".to_owned(),
        format!("target = \"{target}\"             # where outside calls go"),
        format!("sources = [\"{address}\"]               # also \"192.0.2.0/24\" or \"192.0.2.1-192.0.2.9\""),
        "transport = \"udp\"                       # or tcp".to_owned(),
        "called = [\"request-uri\", \"to\"]          # where the called number stands; also p-called-party-id, diversion".to_owned(),
        "numbers = \"e164\"                        # how we write numbers: e164, international (00…) or national (0…)".to_owned(),
        "channels = 30                           # calls at once".to_owned(),
        "reserved = 2                            # of them for emergency calls alone".to_owned(),
        "# local = \"192.0.2.10\"                 # which of our addresses speaks to it, when [listen] has several".to_owned(),
        "# symmetric_rtp = \"on\"                # its sound may come from elsewhere than it says: off (usual), auto (NAT), on".to_owned(),
        "# location = \"pidf-lo\"                  # tell it where an emergency caller is: none, phone (what the phone says), pidf-lo".to_owned(),
    ]
    .map(|line| format!("{comment}{line}"))
    .join("\n")
}

fn languages(plan: &Plan) -> String {
    let languages = config::default_languages(plan.country);
    let quoted: Vec<String> = languages.iter().map(|lang| format!("\"{lang}\"")).collect();
    quoted.join(", ")
}

/// The dialplan to begin with.
pub(super) fn dialplan(plan: &Plan) -> String {
    let bilingual = plan.country == Country::Be;
    let (steps, keys) = if bilingual {
        (
            "\n[step.welcome]\nkind = \"greet\"\nsay = \"welcome\"\nthen = \"language\"\n\n[step.language]\nkind = \"language\"\nsay = \"choose-language\"\nkeys = { 1 = \"nl\", 2 = \"fr\" }\nthen = \"menu\"\n",
            "1",
        )
    } else {
        (
            "\n[step.welcome]\nkind = \"greet\"\nsay = \"welcome\"\nthen = \"menu\"\n",
            "",
        )
    };
    let [population, planning, reception] = if bilingual {
        [
            "nl = \"Bevolking\", fr = \"Population\"",
            "nl = \"Stedenbouw\", fr = \"Urbanisme\"",
            "nl = \"Onthaal\", fr = \"Accueil\"",
        ]
    } else {
        [
            "fr = \"État civil\"",
            "fr = \"Urbanisme\"",
            "fr = \"Accueil\"",
        ]
    };
    let country = config::country_code(plan.country);
    let phone = |place: usize| plan.phones.get(place).map_or("2101", String::as_str);
    let values = [
        ("{name}", plan.name.as_str()),
        ("{number}", plan.number.as_str()),
        ("{COUNTRY}", country),
        ("{languages}", &languages(plan)),
        ("{services}", population),
        ("{planning}", planning),
        ("{receptions}", reception),
        ("{steps}", steps),
        ("{keys}", keys),
        ("{phone1}", phone(0)),
        ("{phone2}", phone(1)),
    ];
    values
        .iter()
        .fold(STARTER_DIALPLAN.to_owned(), |text, (mark, value)| {
            text.replace(mark, value)
        })
}
