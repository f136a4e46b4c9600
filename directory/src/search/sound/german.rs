//! German spelling: Schmidt, Schmitt; Meyer, Maier; Müller, Mueller; v that is f and w that is v.
use super::rule::{Rules, any, before, begin};

/// From letters to sounds.
pub(super) const RULES: &Rules = &[
    (
        'a',
        &[
            any("ai", "Y"),
            any("ay", "Y"), // Bayer
            any("aeu", "oj"),
            any("ae", "e"),
            any("aa", "a"),
            any("ah", "a"),
            any("au", "W"),
        ],
    ),
    ('ä', &[any("äu", "oj"), any("ä", "e")]),
    (
        'c',
        &[
            any("chs", "ks"), // Fuchs, Sachs
            begin("chr", "kr"),
            any("ch", "g"),
            any("ck", "k"),
            before("c", "eiyä", "s"),
            any("c", "k"),
        ],
    ),
    ('ç', &[any("ç", "s")]),
    ('d', &[any("dt", "t"), any("dsch", "S")]),
    (
        'e',
        &[
            any("eih", "Y"),
            any("ei", "Y"),
            any("ey", "Y"),
            any("eu", "oj"),
            any("eh", "e"),
            any("ee", "e"),
        ],
    ),
    ('é', &[any("é", "e")]),
    ('g', &[any("gh", "g")]),
    ('h', &[any("h", "")]),
    ('i', &[any("ieh", "i"), any("ie", "i"), any("ih", "i")]),
    ('n', &[any("nk", "Nk"), any("ng", "N")]),
    (
        'o',
        &[
            any("oe", "O"), // Köhler, Koehler
            any("oh", "o"),
            any("oo", "o"),
            any("ou", "u"),
        ],
    ),
    ('ö', &[any("öh", "O"), any("ö", "O")]),
    (
        'p',
        &[
            any("ph", "f"),
            any("pf", "f"), // Pfeiffer: the p is lost on the line
        ],
    ),
    ('q', &[any("qu", "kw")]),
    (
        's',
        &[
            any("sch", "S"),
            begin("st", "St"), // Stein
            begin("sp", "Sp"),
            any("ss", "s"),
            any("sh", "S"),
        ],
    ),
    (
        't',
        &[
            any("tsch", "S"),
            any("tzsch", "S"),
            any("tz", "ts"),
            any("th", "t"),
        ],
    ),
    ('u', &[any("ue", "u"), any("uh", "u"), any("uu", "u")]),
    ('ü', &[any("üh", "u"), any("ü", "u")]),
    ('v', &[any("v", "f")]),
    ('w', &[any("w", "f")]),
    ('x', &[any("x", "ks")]),
    ('y', &[before("y", "aeou", "j"), any("y", "i")]),
    ('z', &[any("z", "ts")]),
];
