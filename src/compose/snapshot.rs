//! The core's snapshot: configuration, directory rows and dialplans in the core's own words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use call::snapshot::{
    Account, Closure, Forward, Habits, Listener, Number, Occasion, Settings, Snapshot, SymmetricRtp,
};
use chrono::{Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use directory::{Digests, Moment};
use ivr::Flow;
use media::SoundId;
use sip::digest::Ha1;

use super::dialplans::Flows;
use super::{emergency, sounds};
use crate::config::{Config, Site};

/// Music on hold: `prompts/music/default` of the town, or the built-in one.
const MUSIC: &str = "music/default";

/// What beside the configuration a snapshot is made of.
pub(crate) struct Parts<'a> {
    /// The directory's rows.
    pub(crate) rows: &'a directory::Snapshot,
    /// Checked dialplans.
    pub(crate) flows: &'a Flows,
    /// The listeners as they are bound.
    pub(crate) listeners: &'a [Listener],
    /// Calls that ports and descriptors allow.
    pub(crate) calls: usize,
}

/// Composes everything that the core reads at a decision.
pub(crate) fn compose(config: &Config, parts: &Parts<'_>) -> Snapshot {
    Snapshot {
        settings: Arc::new(settings(config, parts)),
        accounts: Arc::new(accounts(&config.site, parts)),
        numbers: Arc::new(numbers(config, parts)),
        trunks: Arc::new(config.trunks.clone()),
        rules: Arc::new(config.rules.clone()),
        flows: Arc::new(parts.flows.clone()),
        situation: Arc::new(situation(parts.rows)),
        closures: Arc::new(closures(parts.rows)),
        languages: Arc::new(languages(parts.rows)),
        emergency: Arc::new(emergency::of(config.site.country, &config.emergency)),
    }
}

fn settings(config: &Config, parts: &Parts<'_>) -> Settings {
    let site = &config.site;
    let advice = if config.is_demo() {
        "emergency-demo"
    } else {
        "emergency-no-route"
    };
    let calls = config.limits.calls.unwrap_or(parts.calls);
    Settings {
        realm: site.realm.clone(),
        domains: site.domains.clone(),
        listeners: parts
            .listeners
            .iter()
            .map(|bound| told_now(config, bound))
            .collect(),
        media_address: config.media.advertised,
        loopback_media: config.media.loopback,
        country: site.country,
        languages: site.languages.clone(),
        site_number: site.number.clone(),
        site_name: site.name.clone(),
        music: SoundId(MUSIC.into()),
        codecs: config.media.codecs.clone(),
        calls: calls.min(parts.calls),
        ring: config.limits.ring,
        hold: config.limits.hold,
        relay_headers: Vec::new(),
        no_route_advice: advice.to_owned(),
    }
}

/// A listener as it is bound, with what SDP says there by now.
fn told_now(config: &Config, bound: &Listener) -> Listener {
    let same = |l: &&Listener| l.transport == bound.transport && l.local.ip() == bound.local.ip();
    Listener {
        media: config
            .listeners
            .iter()
            .find(same)
            .map_or(bound.media, |l| l.media),
        ..bound.clone()
    }
}

/// The accounts of the site's realm; another realm's secrets would never fit.
fn accounts(site: &Site, parts: &Parts<'_>) -> BTreeMap<String, Account> {
    let rows = parts.rows;
    let buildings: BTreeMap<&str, &directory::Site> = rows
        .sites
        .iter()
        .map(|row| (row.id.as_str(), row))
        .collect();
    let of_realm = rows.accounts.iter().filter(|row| row.realm == site.realm);
    of_realm
        .map(|row| {
            let building = row.site.as_deref().and_then(|id| buildings.get(id));
            let number = building.map(|building| building.emergency_number.clone());
            let account = Account {
                name: row.name.clone(),
                display: row.display.clone(),
                ha1: ha1(row),
                md5_only: row.digests == Digests::Md5,
                blocked: row.blocked,
                outside: row.outside,
                number: row.caller_number.clone(),
                // The central number is everybody's: a building that has only that one has none of its own.
                site_number: number.filter(|number| *number != site.number),
                habits: Habits {
                    symmetric_rtp: symmetric_rtp(row.symmetric_rtp),
                    ..Habits::default()
                },
                place: place(row, building.copied(), site),
                forwards: forwards(&row.name, parts.rows, parts.flows),
            };
            (row.name.clone(), account)
        })
        .collect()
}

fn symmetric_rtp(choice: directory::SymmetricRtp) -> SymmetricRtp {
    match choice {
        directory::SymmetricRtp::Off => SymmetricRtp::Off,
        directory::SymmetricRtp::Auto => SymmetricRtp::Auto,
        directory::SymmetricRtp::On => SymmetricRtp::On,
    }
}

/// Floor and room, then the building; the town's own place when the account is in none.
fn place(row: &directory::Account, building: Option<&directory::Site>, site: &Site) -> String {
    let building = building.map_or_else(
        || site.place.clone(),
        |building| format!("{}, {}", building.name, building.address),
    );
    if row.place.is_empty() {
        building
    } else {
        format!("{}, {building}", row.place)
    }
}

fn ha1(row: &directory::Account) -> Ha1 {
    Ha1 {
        // An account without SHA-256 is never challenged with it. Whatever stands here must still be no known value, so
        // it is made of its other secret.
        sha256: row.ha1.sha256.unwrap_or_else(|| {
            let secret = format!("{:02x?}", row.ha1.md5);
            Ha1::new(&row.name, &row.realm, &secret, false).sha256
        }),
        md5: row.ha1.md5,
    }
}

/// The music of a town among several: the recording that is called like it, e.g. `prompts/music/gooik.mp3`.
fn music_of(config: &Config, entity: &str) -> Option<SoundId> {
    let name = format!("music/{}", entity.to_lowercase());
    let there = sounds::exists(config.prompts.as_deref(), &name);
    there.then(|| SoundId(name.as_str().into()))
}

/// The numbers that the dialplans name, and over them those of the directory.
fn numbers(config: &Config, parts: &Parts<'_>) -> BTreeMap<String, Number> {
    let site = &config.site;
    let mut numbers = BTreeMap::new();
    for (name, flow) in parts.flows {
        for row in flow
            .numbers
            .iter()
            .filter(|row| !row.pattern.ends_with('*'))
        {
            let number = Number {
                e164: row.pattern.to_string(),
                // Towns that merge have a dialplan each, or one for all.
                entity: [&flow.town, &*site.name]
                    .into_iter()
                    .find(|town| !town.is_empty())
                    .unwrap_or_default()
                    .to_owned(),
                label: row.label.to_string(),
                flow: name.clone(),
                valid_from: row.from.and_then(|day| midnight(flow, day)),
                valid_to: row
                    .until
                    .and_then(|day| day.checked_add_days(Days::new(1)))
                    .and_then(|day| midnight(flow, day)),
                music: None,
            };
            numbers.insert(number.e164.clone(), number);
        }
    }
    for row in &parts.rows.numbers {
        if !parts.flows.contains_key(&row.flow) {
            continue;
        }
        let number = Number {
            e164: row.e164.clone(),
            entity: row.entity.clone(),
            label: row.label.clone(),
            flow: row.flow.clone(),
            valid_from: row.valid_from.and_then(time),
            valid_to: row.valid_to.and_then(time),
            music: music_of(config, &row.entity),
        };
        numbers.insert(number.e164.clone(), number);
    }
    numbers
}

/// The first moment of a day where the flow lives; a midnight that a clock change skips is the next hour.
fn midnight(flow: &Flow, day: NaiveDate) -> Option<SystemTime> {
    let local = day.and_time(NaiveTime::MIN);
    let moment = match flow.zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
        LocalResult::None => {
            let later = local.checked_add_signed(TimeDelta::hours(1))?;
            flow.zone.from_local_datetime(&later).earliest()?
        }
    };
    time(Moment(moment.timestamp_millis()))
}

/// Hours of services in the directory replace those of the dialplans; what nobody wrote stays as the dialplan says.
fn situation(rows: &directory::Snapshot) -> ivr::Situation {
    let expressions: BTreeMap<&str, &str> = rows
        .hours
        .iter()
        .map(|row| (row.id.as_str(), row.expression.as_str()))
        .collect();
    let services = rows.services.iter().filter_map(|service| {
        let hours = expressions.get(service.hours.as_deref()?)?;
        Some((service.id.as_str().into(), (*hours).to_owned()))
    });
    ivr::Situation {
        hours: services.collect(),
        ..ivr::Situation::default()
    }
}

/// What is closed by hand. A closure that lies outside what clocks can name is none.
fn closures(rows: &directory::Snapshot) -> Vec<Closure> {
    let closures = rows.closures.iter();
    closures
        .filter_map(|row| {
            Some(Closure {
                service: row.service.as_deref().map(Arc::from),
                name: Arc::from(match row.text.as_str() {
                    "" => "desk",
                    text => text,
                }),
                from: time(row.from)?,
                until: time(row.until)?,
            })
        })
        .collect()
}

/// Where the calls of an account go instead. Somebody who is away without a deputy has no such rule.
fn forwards(account: &str, rows: &directory::Snapshot, flows: &Flows) -> Vec<Forward> {
    let own = rows.absences.iter().filter(|row| row.account == account);
    own.filter_map(|row| {
        Some(Forward {
            occasion: match row.occasion {
                directory::Occasion::Always => Occasion::Always,
                directory::Occasion::Busy => Occasion::Busy,
                directory::Occasion::NoAnswer { after_s } => {
                    Occasion::NoAnswer(Duration::from_secs(after_s.into()))
                }
                directory::Occasion::Unreachable => Occasion::Unreachable,
                directory::Occasion::Closed => calendar(account, rows, flows)?,
            },
            to: row.to.clone()?,
            until: match row.until {
                Some(until) => Some(time(until)?),
                None => None,
            },
            by: row.by.clone(),
        })
    })
    .collect()
}

/// When the service of whoever has this account is closed: by the dialplan of their own town, else by any that has the service.
fn calendar(account: &str, rows: &directory::Snapshot, flows: &Flows) -> Option<Occasion> {
    let mut people = rows.people.iter();
    let person = people.find(|person| person.numbers.iter().any(|own| own.number == account))?;
    let service = person.service.as_deref()?;
    let town = rows.entities.iter().find(|town| town.id == person.entity);
    let is_own = |flow: &Flow| town.is_some_and(|town| town.is_called(&flow.town));
    let having = || {
        let flows = flows.iter();
        flows.filter(|(_, flow)| flow.services.contains_key(service))
    };
    let own = having().find(|(_, flow)| is_own(flow));
    let (flow, _) = own.or_else(|| having().next())?;
    Some(Occasion::Closed {
        flow: flow.as_str().into(),
        service: service.into(),
    })
}

/// Languages that callers agreed to be remembered in; one that is unknown here is left out.
fn languages(rows: &directory::Snapshot) -> BTreeMap<String, ivr::Lang> {
    let kept = rows.languages.iter();
    kept.filter_map(|row| Some((row.number.clone(), ivr::Lang::parse(&row.language)?)))
        .collect()
}

/// Wall time of a stored moment.
pub(crate) fn time(moment: Moment) -> Option<SystemTime> {
    let since = Duration::from_millis(u64::try_from(moment.0).ok()?);
    UNIX_EPOCH.checked_add(since)
}

/// Stored moment of a wall time; what lies before 1970 is 1970.
pub(crate) fn moment(at: SystemTime) -> Moment {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use directory::{Absence, ClosureRow};

    fn absence(occasion: directory::Occasion, to: Option<&str>) -> Absence {
        Absence {
            account: "2105".to_owned(),
            occasion,
            to: to.map(str::to_owned),
            until: Some(Moment(60_000)),
            by: "anna".to_owned(),
            at: Moment(1_000),
            ended: None,
        }
    }

    fn absent(absences: Vec<Absence>) -> directory::Snapshot {
        directory::Snapshot {
            absences,
            ..directory::Snapshot::default()
        }
    }

    #[test]
    fn who_is_away_sends_calls_to_a_deputy_if_there_is_one() {
        let rows = vec![
            absence(directory::Occasion::Always, None),
            absence(directory::Occasion::NoAnswer { after_s: 15 }, Some("2106")),
            Absence {
                until: None,
                ..absence(directory::Occasion::Busy, Some("0470123456"))
            },
        ];
        let until = UNIX_EPOCH.checked_add(Duration::from_secs(60));
        let rule = |occasion, to: &str, until| Forward {
            occasion,
            to: to.to_owned(),
            until,
            by: "anna".to_owned(),
        };
        assert_eq!(
            forwards("2105", &absent(rows), &Flows::new()),
            [
                rule(Occasion::NoAnswer(Duration::from_secs(15)), "2106", until),
                rule(Occasion::Busy, "0470123456", None),
            ]
        );
    }

    fn town(id: &str) -> directory::Entity {
        directory::Entity {
            id: id.to_owned(),
            name: format!("Town of {id}"),
            country: "BE".to_owned(),
            languages: Vec::new(),
            merged_into: None,
        }
    }

    fn works_in(town: &str) -> Arc<Flow> {
        let text = format!(
            "town = \"{town}\"\ncountry = \"BE\"\nlanguages = [\"nl\"]\nwhen-hours-fail = \"open\"\n[numbers]\n\"+3254310000\" = {{ label = \"Works\", to = \"shut\" }}\n\
             [service.works]\nname = {{ nl = \"Werken\" }}\nhours = \"Mo-Fr 08:30-12:00; PH off\"\nclosed = \"shut\"\n[step.shut]\nkind = \"hangup\"\n"
        );
        Arc::new(ivr::parse(&text, "works.toml").unwrap())
    }

    #[test]
    fn closed_is_what_the_person_s_service_is_in_their_own_town() {
        let closed = || vec![absence(directory::Occasion::Closed, Some("2106"))];
        let flows: Flows = [
            ("gooik", works_in("Town of Gooik")),
            ("herne", works_in("herne")),
        ]
        .map(|(name, flow)| (name.to_owned(), flow))
        .into();
        assert_eq!(forwards("2105", &absent(closed()), &flows), [], "nobody's");
        let rows = |entity: &str, service: &str| directory::Snapshot {
            entities: vec![town("gooik"), town("herne"), town("galmaarden")],
            people: vec![directory::Person {
                id: "anna".into(),
                entity: entity.into(),
                kind: directory::PersonKind::Person,
                name: "Anna".into(),
                other_names: Vec::new(),
                function: String::new(),
                service: Some(service.into()),
                site: None,
                languages: Vec::new(),
                keywords: Vec::new(),
                deputy: None,
                numbers: vec![directory::PersonNumber {
                    number: "2105".into(),
                    kind: "desk".into(),
                    visibility: directory::Visibility::Internal,
                }],
                protected: false,
                source: String::new(),
            }],
            ..absent(closed())
        };
        for (entity, flow) in [
            ("gooik", "gooik"),
            ("herne", "herne"),
            ("galmaarden", "gooik"),
        ] {
            let rules = forwards("2105", &rows(entity, "works"), &flows);
            let occasions: Vec<_> = rules.iter().map(|rule| &rule.occasion).collect();
            let expected = Occasion::Closed {
                flow: flow.into(),
                service: "works".into(),
            };
            assert_eq!(occasions, [&expected], "{entity}");
        }
        assert_eq!(
            forwards("2105", &rows("gooik", "library"), &flows),
            [],
            "no dialplan has it"
        );
    }

    #[test]
    fn a_closure_keeps_its_moments_and_has_a_name() {
        let row = |service: Option<&str>, text: &str| ClosureRow {
            id: "c1".to_owned(),
            service: service.map(str::to_owned),
            text: text.to_owned(),
            by: "anna".to_owned(),
            from: Moment(1_000),
            until: Moment(61_000),
            reopened: None,
        };
        let rows = directory::Snapshot {
            closures: vec![row(Some("population"), "gas alarm"), row(None, "")],
            ..directory::Snapshot::default()
        };
        let told = closures(&rows);
        let names: Vec<_> = told
            .iter()
            .map(|closure| (closure.service.as_deref(), &*closure.name))
            .collect();
        assert_eq!(names, [(Some("population"), "gas alarm"), (None, "desk")]);
        let lasts = told[0].until.duration_since(told[0].from).unwrap();
        assert_eq!(lasts, Duration::from_secs(60));
    }
}
