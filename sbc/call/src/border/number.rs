//! Number normalisation (NUM-2): what people and trunks write becomes E.164 (ITU-T E.164), and back. One row a country.

use crate::snapshot::{Country, NumberFormat};

/// One country's numbering plan, as far as it is needed to read and write numbers.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Country code, without `+`.
    code: &'static str,
    /// Digits of a national number after the leading 0, least and most.
    national: (usize, usize),
}

fn plan(country: Country) -> Plan {
    match country {
        // BIPT numbering plan: 8 digits fixed (2 54 31 00 00), 9 mobile (470 12 34 56).
        Country::Be => Plan {
            code: "32",
            national: (8, 9),
        },
        // ARCEP numbering plan: 9 digits everywhere.
        Country::Fr => Plan {
            code: "33",
            national: (9, 9),
        },
    }
}

/// The digits of a dialled or received number, with a leading `+` when it had one; separators of RFC 3966 and blanks are
/// dropped. `None` when anything else is in it.
pub fn digits(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    for (index, letter) in text.trim().chars().enumerate() {
        match letter {
            '0'..='9' | '*' | '#' => digits.push(letter),
            '+' if index == 0 => digits.push('+'),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' => {}
            _ => return None,
        }
    }
    (!digits.is_empty() && digits != "+").then_some(digits)
}

/// E.164 with `+`, or `None` for what is no public number in this country: a short code, an account, a name.
pub fn to_e164(country: Country, text: &str) -> Option<String> {
    let plan = plan(country);
    let digits = digits(text)?;
    if digits.contains(['*', '#']) {
        return None;
    }
    let international = digits
        .strip_prefix('+')
        .or_else(|| digits.strip_prefix("00"));
    let rest = match (international, digits.strip_prefix('0')) {
        (Some(rest), _) => rest.to_owned(),
        (None, Some(national)) => {
            let (least, most) = plan.national;
            if !(least..=most).contains(&national.len()) {
                return None;
            }
            format!("{}{national}", plan.code)
        }
        (None, None) => return None,
    };
    // +32 (0)54 …: people write the 0 that is not dialled from abroad.
    let rest = match rest
        .strip_prefix(plan.code)
        .and_then(|national| national.strip_prefix('0'))
    {
        Some(national) => format!("{}{national}", plan.code),
        None => rest,
    };
    let fits = (7..=15).contains(&rest.len()) && !rest.starts_with('0');
    let domestic = rest.strip_prefix(plan.code).is_none_or(|national| {
        let (least, most) = plan.national;
        (least..=most).contains(&national.len())
    });
    (fits && domestic).then(|| format!("+{rest}"))
}

/// What a trunk wants to read.
pub fn write(country: Country, format: NumberFormat, e164: &str) -> String {
    let bare = e164.strip_prefix('+').unwrap_or(e164);
    match format {
        NumberFormat::E164 => format!("+{bare}"),
        NumberFormat::International00 => format!("00{bare}"),
        NumberFormat::National => match bare.strip_prefix(plan(country).code) {
            Some(national) => format!("0{national}"),
            None => format!("00{bare}"),
        },
    }
}

/// A number as people of the country write it on paper: national and in groups, e.g. `0479 12 34 56`, `02 234 56 78`. Another
/// country's keeps its `+`; what is no E.164 number (an account, a short code) stays as it is.
pub fn for_people(country: Country, number: &str) -> String {
    let Some(bare) = number.strip_prefix('+') else {
        return number.to_owned();
    };
    let Some(national) = bare.strip_prefix(plan(country).code) else {
        return number.to_owned();
    };
    let groups: &[usize] = match (country, national.len(), national.as_bytes()) {
        (Country::Be, 9, [b'4', ..]) => &[4, 2, 2, 2],
        (Country::Be, 8, [b'2' | b'3' | b'4' | b'9', ..]) => &[2, 3, 2, 2],
        (Country::Be, 8, _) => &[3, 2, 2, 2],
        (Country::Fr, 9, _) => &[2, 2, 2, 2, 2],
        _ => &[],
    };
    let mut left = format!("0{national}");
    let mut words = Vec::new();
    for size in groups {
        let rest = left.split_off((*size).min(left.len()));
        words.push(std::mem::replace(&mut left, rest));
    }
    if !left.is_empty() {
        words.push(left);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_groups() {
        for (country, number, read) in [
            (Country::Be, "+32479123456", "0479 12 34 56"),
            (Country::Be, "+3222345678", "02 234 56 78"),
            (Country::Be, "+3254310000", "054 31 00 00"),
            (Country::Be, "+32800123", "0800123"),
            (Country::Be, "+33240123456", "+33240123456"),
            (Country::Fr, "+33240123456", "02 40 12 34 56"),
            (Country::Fr, "+32479123456", "+32479123456"),
            (Country::Be, "2101", "2101"),
            (Country::Be, "112", "112"),
            (Country::Be, "+", "+"),
            (Country::Be, "+32", "0"),
        ] {
            assert_eq!(for_people(country, number), read, "{number}");
        }
    }

    /// Country, as written, as stored.
    const READ: &[(Country, &str, Option<&str>)] = &[
        (Country::Be, "054310000", Some("+3254310000")),
        (Country::Be, "054 31 00 00", Some("+3254310000")),
        (Country::Be, "054/31.00.00", Some("+3254310000")),
        (Country::Be, "+32 54 31 00 00", Some("+3254310000")),
        (Country::Be, "+32 (0)54 31 00 00", Some("+3254310000")),
        (Country::Be, "003254310000", Some("+3254310000")),
        (Country::Be, "0470123456", Some("+32470123456")),
        (Country::Be, "+33123456789", Some("+33123456789")),
        (Country::Be, "0033123456789", Some("+33123456789")),
        (Country::Be, "022345678", Some("+3222345678")),
        (Country::Be, "112", None),
        (Country::Be, "2101", None),
        (Country::Be, "0112", None),
        (Country::Be, "+32112", None),
        (Country::Be, "+3254", None),
        (Country::Be, "reception", None),
        (Country::Be, "0x54310000", None),
        (Country::Be, "", None),
        (Country::Be, "+", None),
        (Country::Fr, "0240123456", Some("+33240123456")),
        (Country::Fr, "02 40 12 34 56", Some("+33240123456")),
        (Country::Fr, "+33 (0)2 40 12 34 56", Some("+33240123456")),
        (Country::Fr, "0612345678", Some("+33612345678")),
        (Country::Fr, "003254310000", Some("+3254310000")),
        (Country::Fr, "024012345", None),
        (Country::Fr, "15", None),
        (Country::Fr, "3939", None),
        (Country::Fr, "116117", None),
    ];

    #[test]
    fn numbers_are_read_as_people_and_trunks_write_them() {
        for (country, text, expected) in READ {
            assert_eq!(
                to_e164(*country, text).as_deref(),
                *expected,
                "{country:?} {text:?}"
            );
        }
    }

    #[test]
    fn numbers_are_written_as_a_trunk_wants_them() {
        let cases = [
            (
                Country::Be,
                NumberFormat::E164,
                "+3254310000",
                "+3254310000",
            ),
            (
                Country::Be,
                NumberFormat::International00,
                "+3254310000",
                "003254310000",
            ),
            (
                Country::Be,
                NumberFormat::National,
                "+3254310000",
                "054310000",
            ),
            (
                Country::Be,
                NumberFormat::National,
                "+33240123456",
                "0033240123456",
            ),
            (
                Country::Fr,
                NumberFormat::National,
                "+33240123456",
                "0240123456",
            ),
            (
                Country::Fr,
                NumberFormat::National,
                "+3254310000",
                "003254310000",
            ),
        ];
        for (country, format, e164, expected) in cases {
            assert_eq!(write(country, format, e164), expected);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (country, _, expected) in READ {
            let Some(e164) = expected else { continue };
            for format in [
                NumberFormat::E164,
                NumberFormat::International00,
                NumberFormat::National,
            ] {
                assert_eq!(
                    to_e164(*country, &write(*country, format, e164)).as_deref(),
                    Some(*e164)
                );
            }
        }
    }
}
