//! `[console]`: where the reception desk is served to browsers, and its certificate.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use ::console::Tls;
use ivr::parse::table::{Report, Table, Word};

use super::{site, value};

/// Where the console is when nothing else is said.
pub(crate) const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// Addresses that it may listen on.
const MOST: usize = 8;

/// The console as a town wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Console {
    /// Where it listens.
    pub(crate) listen: Vec<SocketAddr>,
    /// Certificate and key; none only on loopback.
    pub(crate) tls: Option<Tls>,
    /// Host names by which browsers ask for it, beside the addresses.
    pub(crate) names: Vec<String>,
}

/// No section, no console.
pub(super) fn read(root: &mut Table<'_>, here: &Path, report: &mut Report<'_>) -> Option<Console> {
    let mut table = root.table("console", report)?;
    let words = table.words("listen", report);
    let certificate = value::path(&mut table, "certificate", here, report);
    let key = value::path(&mut table, "key", here, report);
    let names: Vec<String> = table
        .words("names", report)
        .iter()
        .filter_map(|word| site::host(word, "a name", report))
        .collect();
    let tls = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
        (None, None) => None,
        (certificate, _) => {
            let missing = if certificate.is_none() {
                "certificate"
            } else {
                "key"
            };
            let message = format!("the console has no `{missing}`");
            let help =
                "certificate and key belong together; `centrale cert self-signed` makes both";
            report.error(table.span.clone(), message, Some(help.to_owned()));
            None
        }
    };
    let mut listen: Vec<SocketAddr> = words
        .iter()
        .filter_map(|word| address(word, tls.is_some(), report))
        .collect();
    if words.is_empty() {
        listen.push(ADDRESS);
    }
    if listen.len() > MOST {
        let message = format!("the console listens on at most {MOST} addresses");
        report.error(table.span.clone(), message, None);
    }
    table.finish(report);
    Some(Console { listen, tls, names })
}

fn address(word: &Word<'_>, has_tls: bool, report: &mut Report<'_>) -> Option<SocketAddr> {
    let address = value::socket(word, "`listen`", report)?;
    if address.ip().is_loopback() || has_tls {
        return Some(address);
    }
    report.error(
        word.span.clone(),
        format!("the console on {address} needs TLS: whoever is on the network could read along"),
        Some(format!(
            "`centrale cert self-signed --address {}` makes a certificate; or give certificate and key of your own",
            if address.ip().is_unspecified() {
                "192.0.2.10".to_owned()
            } else {
                address.ip().to_string()
            }
        )),
    );
    None
}

#[cfg(test)]
mod tests {
    use crate::config::parse;
    use std::path::Path;

    const TOWN: &str = "dialplans = [\"a.toml\"]\n[site]\nname = \"Gooik\"\nnumber = \"02 532 32 23\"\ncountry = \"be\"\n\
        [listen]\nudp = [\"192.168.1.10:5060\"]\n";

    fn read(section: &str) -> Result<Option<super::Console>, String> {
        parse(&format!("{TOWN}{section}"), Path::new("etc/centrale.toml"))
            .map(|config| config.console)
            .map_err(|why| why.to_string())
    }

    #[test]
    fn a_town_without_the_section_has_no_console() {
        assert_eq!(read("").unwrap(), None);
        let usual = read("[console]\n").unwrap().unwrap();
        assert_eq!(usual.listen, [super::ADDRESS]);
        assert_eq!(usual.tls, None);
    }

    #[test]
    fn off_loopback_it_takes_a_certificate_and_the_mistake_says_how_to_get_one() {
        for address in ["192.168.1.10:8443", "0.0.0.0:8443", "[2001:db8::1]:8443"] {
            let section = format!("[console]\nlisten = \"{address}\"\n");
            let why = read(&section).unwrap_err();
            assert!(why.contains("needs TLS") && why.contains("^^^"), "{why}");
            assert!(
                why.contains("`centrale cert self-signed --address"),
                "{why}"
            );
            let with = format!(
                "{section}certificate = \"c.pem\"\nkey = \"k.pem\"\nnames = [\"Desk.gooik.be\"]\n"
            );
            let console = read(&with).unwrap().unwrap();
            let tls = console.tls.unwrap();
            assert_eq!(tls.certificate, Path::new("etc/c.pem"));
            assert_eq!(tls.key, Path::new("etc/k.pem"));
            assert_eq!(console.names, ["desk.gooik.be"]);
        }
        for half in ["certificate = \"c.pem\"", "key = \"k.pem\""] {
            let why = read(&format!("[console]\n{half}\n")).unwrap_err();
            assert!(why.contains("belong together"), "{why}");
        }
    }
}
