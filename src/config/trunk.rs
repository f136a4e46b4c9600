//! `[[trunk]]`: the operators' lines.

use std::net::{IpAddr, SocketAddr};

use call::snapshot::{CalledFrom, Conveyance, Habits, Listener, NumberFormat, SymmetricRtp, Trunk};
use ivr::parse::table::{Report, Table};
use sip::Transport;

use super::{media, value};

/// Calls at once on a line that does not say how many it has.
const CHANNELS: usize = 30;

pub(super) fn read(
    root: &mut Table<'_>,
    listeners: Option<&[Listener]>,
    report: &mut Report<'_>,
) -> Vec<Trunk> {
    let mut trunks: Vec<Trunk> = Vec::new();
    for table in root.tables("trunk", report) {
        let span = table.span.clone();
        let Some(trunk) = one(table, listeners.unwrap_or_default(), report) else {
            continue;
        };
        if trunks.iter().any(|other| other.name == trunk.name) {
            let message = format!("there are two trunks called `{}`", trunk.name);
            report.error(span, message, Some("give each its own name".to_owned()));
            continue;
        }
        trunks.push(trunk);
    }
    trunks
}

fn one(mut table: Table<'_>, listeners: &[Listener], report: &mut Report<'_>) -> Option<Trunk> {
    if table.value("name").is_none() {
        table.missing("name", "write name = \"operator\"", report);
    }
    let name = table.text("name", "operator", report);
    let target = table
        .need("target", "write target = \"192.0.2.1:5060\"", report)
        .and_then(|word| value::socket(&word, "`target`", report));
    let transport = table
        .word("transport", report)
        .map_or(Some(Transport::Udp), |word| {
            let known = [("udp", Transport::Udp), ("tcp", Transport::Tcp)];
            value::choice(&word, "transport", &known, report)
        });
    let sources: Vec<_> = table
        .some_words("sources", "\"192.0.2.1\"", report)
        .iter()
        .filter_map(|word| value::range(word, report))
        .collect();
    let called_from = called_from(&mut table, report);
    let number_format = number_format(&mut table, report);
    let (channels, reserved) = channels(&mut table, report);
    let codecs = value::codecs(&mut table, &media::CODECS, report);
    let symmetric_rtp = symmetric_rtp(&mut table, report);
    let dial_rules = table.flag("dial_rules", report).unwrap_or(false);
    let location = location(&mut table, report);
    let local = local(&mut table, transport.zip(target), listeners, report);
    table.finish(report);
    let target = target?;
    let itself = call::snapshot::AddressRange {
        first: target.ip(),
        last: target.ip(),
    };
    Some(Trunk {
        name: name?.text.to_owned(),
        sources: if sources.is_empty() {
            vec![itself]
        } else {
            sources
        },
        target,
        transport: transport?,
        called_from,
        number_format: number_format?,
        channels,
        reserved,
        codecs,
        habits: Habits {
            dtmf_info: false,
            symmetric_rtp: symmetric_rtp?,
        },
        dial_rules,
        local,
        location: location?,
    })
}

/// The address of ours that the line is spoken to from: one at which we listen as it speaks.
fn local(
    table: &mut Table<'_>,
    line: Option<(Transport, SocketAddr)>,
    listeners: &[Listener],
    report: &mut Report<'_>,
) -> Option<IpAddr> {
    let word = table.word("local", report)?;
    let address = value::address(&word, "`local`", report)?;
    let (transport, target) = line?;
    let fits = |l: &&Listener| l.transport == transport && l.local.is_ipv4() == target.is_ipv4();
    let known: Vec<IpAddr> = listeners
        .iter()
        .filter(fits)
        .map(|l| l.local.ip())
        .collect();
    if known.contains(&address) {
        return Some(address);
    }
    let expected = known
        .first()
        .map(|known| format!("write for example \"{known}\""));
    let message = format!("no {transport} listener that reaches the line is at {address}");
    report.error(word.span, message, expected);
    None
}

/// Calls at once, and how many of them are for emergency calls alone.
fn channels(table: &mut Table<'_>, report: &mut Report<'_>) -> (usize, usize) {
    let mut count = |key, default| {
        table
            .number(key, 0, 100_000, report)
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(default)
    };
    let channels = count("channels", CHANNELS);
    let reserved = count("reserved", 2.min(channels / 2));
    if reserved > channels {
        let place = table.value("reserved").map(toml::Spanned::span);
        report.error(
            place.unwrap_or_else(|| table.span.clone()),
            format!("{reserved} reserved channels are more than the {channels} there are"),
            Some(format!("write at most {channels}, or more `channels`")),
        );
    }
    (channels, reserved)
}

fn number_format(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<NumberFormat> {
    let Some(word) = table.word("numbers", report) else {
        return Some(NumberFormat::E164);
    };
    let known = [
        ("e164", NumberFormat::E164),
        ("international", NumberFormat::International00),
        ("national", NumberFormat::National),
    ];
    value::choice(&word, "number format", &known, report)
}

/// Strict unless told: an operator's line sends its sound from where it says.
fn symmetric_rtp(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<SymmetricRtp> {
    let Some(word) = table.word("symmetric_rtp", report) else {
        return Some(SymmetricRtp::Off);
    };
    let known = [
        ("off", SymmetricRtp::Off),
        ("auto", SymmetricRtp::Auto),
        ("on", SymmetricRtp::On),
    ];
    value::choice(&word, "choice", &known, report)
}

fn called_from(table: &mut Table<'_>, report: &mut Report<'_>) -> Vec<CalledFrom> {
    let known = [
        ("request-uri", CalledFrom::RequestUri),
        ("to", CalledFrom::To),
        ("p-called-party-id", CalledFrom::PCalledPartyId),
        ("diversion", CalledFrom::Diversion),
    ];
    let words = table.some_words("called", "\"request-uri\"", report);
    if words.is_empty() {
        return vec![CalledFrom::RequestUri, CalledFrom::To];
    }
    words
        .iter()
        .filter_map(|word| value::choice(word, "place of the called number", &known, report))
        .collect()
}

fn location(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<Conveyance> {
    let known = [
        ("none", Conveyance::Nothing),
        ("phone", Conveyance::Said),
        ("pidf-lo", Conveyance::Recorded),
    ];
    let word = table.word("location", report);
    word.map_or(Some(Conveyance::default()), |word| {
        value::choice(&word, "choice of `location`", &known, report)
    })
}
