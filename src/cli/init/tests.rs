//! What is written is read again, and answers the telephone as its own tests say.

use super::*;
use crate::compose::dialplans;

fn plan(country: Country, trunk: Option<IpAddr>) -> Plan {
    Plan {
        address: IpAddr::from([192, 168, 1, 10]),
        country,
        name: "Gooik".to_owned(),
        number: match country {
            Country::Be => "+3225323223".to_owned(),
            Country::Fr => "+33240123456".to_owned(),
        },
        trunk,
        phones: vec!["2101".to_owned(), "2102".to_owned()],
    }
}

#[test]
fn the_configuration_loads_again() {
    let operator = IpAddr::from([203, 0, 113, 7]);
    for country in [Country::Be, Country::Fr] {
        for trunk in [None, Some(operator)] {
            let plan = plan(country, trunk);
            let text = written::configuration(&plan);
            let config = config::parse(&text, Path::new("centrale.toml"))
                .unwrap_or_else(|why| panic!("{why}\n{text}"));
            assert_eq!(config.site.number, plan.number);
            assert_eq!(config.listeners.len(), 2);
            assert_eq!(config.listeners[0].local.ip(), plan.address);
            assert_eq!(config.trunks.len(), usize::from(trunk.is_some()));
        }
    }
}

#[test]
fn what_stands_in_comments_is_right_when_it_is_taken() {
    let text = written::configuration(&plan(Country::Be, None));
    let is_setting = |rest: &str| {
        let word: String = rest.chars().take_while(|c| !" =]".contains(*c)).collect();
        rest.starts_with('[')
            || (rest.contains(" = ")
                && !word.contains(|c: char| c.is_uppercase() || "`.:,".contains(c)))
    };
    let taken: Vec<&str> = text
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| is_setting(rest))
                .unwrap_or(line)
        })
        .collect();
    let taken = taken.join("\n");
    let config = config::parse(&taken, Path::new("centrale.toml"))
        .unwrap_or_else(|why| panic!("{why}\n{taken}"));
    assert_eq!((config.trunks.len(), config.rules.len()), (1, 1));
    assert_eq!(config.limits.calls, Some(200));
}

#[test]
fn the_dialplan_passes_its_check_and_its_own_tests() {
    for country in [Country::Be, Country::Fr] {
        let plan = plan(country, None);
        let text = written::dialplan(&plan);
        let demo = crate::demo::config(crate::demo::ADDRESS, config::CONSOLE, None).unwrap();
        let (around, _) = dialplans::surroundings(&demo);
        let (flow, warnings) = dialplans::checked(&text, "town.toml", &around)
            .unwrap_or_else(|why| panic!("{}\n{text}", why[0]));
        assert!(warnings.is_empty(), "{}", warnings[0]);
        let report = ivr::run_tests(&flow);
        assert!(report.passed(), "{report}");
        assert_eq!(report.outcomes.len(), 4);
    }
}
