//! The next day of a service, as a table: what its dialplan, the directory, holidays and hands say of it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use chrono::NaiveDateTime;

use super::*;

/// Works has hours and knows holidays, reception never closes.
const PLAN: &str = r#"
town = "Demo"
country = "BE"
languages = ["nl"]
reception = "desk"
when-hours-fail = "open"
[numbers]
"+3254310000" = { label = "Central number", to = "desk" }
[service.works]
name = { nl = "Werken" }
hours = "Mo-Fr 08:30-12:00,13:00-16:30; PH off"
closed = "shut"
[service.library]
name = { nl = "Bib" }
hours = "Mo-Su 00:00-24:00 off"
closed = "shut"
[service.reception]
name = { nl = "Onthaal" }
hours = "24/7"
closed = "shut"
[step.desk]
kind = "ring"
service = "reception"
phones = "2104"
time = "20 s"
otherwise = "shut"
[step.shut]
kind = "hangup"
"#;

fn local(text: &str) -> SystemTime {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap();
    let zone = chrono_tz::Europe::Brussels;
    SystemTime::from(zone.from_local_datetime(&local).unwrap())
}

fn told(hours: &[Range<SystemTime>]) -> String {
    let at = |at: SystemTime| DateTime::<Utc>::from(at).with_timezone(&chrono_tz::Europe::Brussels);
    let one = |open: &Range<SystemTime>| {
        format!(
            "{}-{}",
            at(open.start).format("%m-%d %H:%M"),
            at(open.end).format("%H:%M")
        )
    };
    hours.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A town with this dialplan, with hours of the directory, and closed by hand so.
fn town(plan: &str, hours: &[(&str, &str)], closed: Option<(&str, &str, &str)>) -> Snapshot {
    let flow = ivr::parse(plan, "demo.toml").unwrap();
    let hours = hours
        .iter()
        .map(|(service, text)| (Arc::from(*service), (*text).to_owned()));
    let closures = closed
        .into_iter()
        .map(|(service, from, until)| call::snapshot::Closure {
            service: Some(service).filter(|name| !name.is_empty()).map(Arc::from),
            name: "gas alarm".into(),
            from: local(from),
            until: local(until),
        });
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    Snapshot {
        settings: Arc::new(call::snapshot::Settings {
            realm: "demo.centrale".into(),
            domains: Vec::new(),
            listeners: Vec::new(),
            media_address: address,
            loopback_media: true,
            country: call::snapshot::Country::Be,
            languages: vec![ivr::Lang::NL],
            site_number: "+3254310000".into(),
            site_name: "Town hall".into(),
            music: media::SoundId::from("music/default"),
            codecs: vec![media::Codec::Pcma],
            calls: 1,
            ring: Duration::from_secs(60),
            hold: Duration::from_secs(120),
            relay_headers: Vec::new(),
            no_route_advice: "advice".into(),
        }),
        accounts: Default::default(),
        numbers: Default::default(),
        trunks: Default::default(),
        rules: Default::default(),
        flows: Arc::new([("demo".to_owned(), Arc::new(flow))].into()),
        situation: Arc::new(Situation {
            hours: hours.collect::<BTreeMap<_, _>>(),
            ..Situation::default()
        }),
        closures: Arc::new(closures.collect()),
        languages: Default::default(),
        emergency: Default::default(),
    }
}

#[test]
fn the_next_day_is_this_one_as_long_as_it_has_an_hour_left() {
    let plain = town(PLAN, &[], None);
    let tuesday = "03-03 08:30-12:00, 03-03 13:00-16:30";
    let monday = "03-09 08:30-12:00, 03-09 13:00-16:30";
    for (now, service, expected) in [
        ("2026-03-03T07:00", Some("works"), tuesday), // before it opens
        ("2026-03-03T10:00", Some("works"), tuesday),
        ("2026-03-03T12:30", Some("works"), tuesday), // at noon
        ("2026-03-03T16:29", Some("works"), tuesday),
        ("2026-03-02T16:30", Some("works"), tuesday), // over for Monday
        ("2026-03-06T17:00", Some("works"), monday),  // Friday, and the weekend is closed
        ("2026-03-07T10:00", Some("works"), monday),
        // Friday before Easter: Easter Monday is a holiday.
        (
            "2026-04-03T18:00",
            Some("works"),
            "04-07 08:30-12:00, 04-07 13:00-16:30",
        ),
        // The night when the clock changes: local hours stay.
        (
            "2026-03-28T12:00",
            Some("works"),
            "03-30 08:30-12:00, 03-30 13:00-16:30",
        ),
        ("2026-03-07T23:00", None, "03-07 00:00-23:59"), // reception never closes
        ("2026-03-03T10:00", Some("library"), ""),       // never opens
        ("2026-03-03T10:00", Some("nobody"), ""),        // nobody knows its hours
    ] {
        let found = next_day(&plain, service, local(now));
        assert_eq!(told(&found), expected, "{service:?} at {now}");
    }
}

#[test]
fn hours_of_the_directory_and_closures_by_hand_are_in_the_one_calendar() {
    let now = local("2026-03-03T10:00");
    let hours = [("works", "Mo-Fr 09:00-11:00"), ("museum", "We 14:00-17:00")];
    let other = town(PLAN, &hours, None);
    let of = |town: &Snapshot, service| told(&next_day(town, service, now));
    assert_eq!(of(&other, Some("works")), "03-03 09:00-11:00");
    assert_eq!(of(&other, Some("museum")), "03-04 14:00-17:00");
    let shut = ("works", "2026-03-03T09:30", "2026-03-04T10:00");
    let by_hand = town(PLAN, &[], Some(shut));
    assert_eq!(
        of(&by_hand, Some("works")),
        "03-04 10:00-12:00, 03-04 13:00-16:30"
    );
    let short = ("", "2026-03-03T09:30", "2026-03-03T11:00");
    let house = town(PLAN, &[], Some(short));
    assert_eq!(
        of(&house, Some("works")),
        "03-03 08:30-09:30, 03-03 11:00-12:00, 03-03 13:00-16:30"
    );
    assert_eq!(
        told(&next_day(&house, None, now)),
        "03-03 00:00-09:30, 03-03 11:00-23:59"
    );
}

#[test]
fn a_town_without_dialplan_has_no_hours_and_a_day_all_the_same() {
    let mut bare = town(PLAN, &[], None);
    assert_eq!(
        day_began(&bare, local("2026-03-29T18:00")),
        local("2026-03-29T00:00"),
        "the day of 23 hours"
    );
    bare.flows = Arc::default();
    let now = local("2026-03-03T10:00");
    assert_eq!(next_day(&bare, None, now), []);
    assert_eq!(day_began(&bare, now), local("2026-03-03T01:00"), "UTC");
}
