//! Dutch spelling, that of old Flemish surnames included: Cnockaert, Huybrechts, Dierckx, Van Dyck.
use super::rule::{Rules, any, before, begin, begin_before, end};

/// From letters to sounds.
pub(super) const RULES: &Rules = &[
    (
        'a',
        &[
            any("aai", "aj"), // Raaimakers
            any("aay", "aj"),
            any("aey", "aj"), // Raeymaekers
            any("aeij", "aj"),
            any("auw", "W"), // Lauwers
            any("au", "W"),
            any("aa", "a"),
            any("ae", "a"), // Maes, Aerts: the old spelling of aa
            any("ai", "aj"),
            any("ay", "aj"),
        ],
    ),
    (
        'c',
        &[
            any("ckx", "ks"),
            any("cks", "ks"),
            any("cqu", "kw"),
            any("cq", "k"),
            any("ck", "k"),
            any("chr", "kr"), // Christiaens
            any("ch", "g"),   // one sound with g for half the country
            before("c", "eiyéèêë", "s"),
            any("cc", "k"),
            any("c", "k"), // Ceulemans is read Keulemans, below
        ],
    ),
    ('ç', &[any("ç", "s")]),
    (
        'd',
        &[
            any("dts", "ts"), // Geerdts
            any("dt", "t"),   // De Smedt, Schmidt
            any("dj", "S"),
        ],
    ),
    (
        'e',
        &[
            any("eeuw", "iw"),
            any("eij", "Y"),
            any("ey", "Y"), // Verheyen
            any("ei", "Y"),
            any("ee", "e"),
            any("eu", "O"),
        ],
    ),
    ('é', &[any("é", "e")]),
    ('è', &[any("è", "e")]),
    ('ê', &[any("ê", "e")]),
    ('ë', &[any("ë", "e")]),
    (
        'g',
        &[
            begin("ghy", "gY"), // Ghysels
            any("gh", "g"),     // Ghekiere, D'Haeghe
            before("gn", "$", "n"),
        ],
    ),
    ('h', &[any("h", "")]),
    (
        'i',
        &[
            any("ieuw", "iw"),
            any("ieu", "iw"),
            any("ij", "Y"),
            any("ie", "i"),
            begin_before("i", "aeou", "j"),
        ],
    ),
    (
        'n',
        &[
            any("nck", "Nk"),
            any("nk", "Nk"),
            any("ngs", "Nks"),
            any("ng", "N"),
        ],
    ),
    (
        'o',
        &[
            any("oei", "uj"),
            any("oey", "uj"),
            any("ooi", "oj"),
            any("oo", "o"),
            any("oe", "u"),
            any("ouw", "W"),
            any("ou", "W"),
            any("oi", "oj"),
        ],
    ),
    ('ö', &[any("ö", "O")]),
    ('p', &[any("ph", "f")]),
    ('q', &[any("qu", "kw"), any("q", "k")]),
    (
        's',
        &[
            begin("sch", "sg"), // Schepens
            end("sche", "s"),
            any("ssch", "s"),               // Van den Bossche, Visscher
            before("sch", "aeiouyr", "sg"), // Verschueren
            any("sch", "s"),                // Bosch
            any("sk", "sg"),                // as they say sch in the west
            any("sj", "S"),
            any("sh", "S"),
            any("sz", "s"),
        ],
    ),
    (
        't',
        &[
            any("tsj", "S"),
            any("th", "t"), // Thijs, Goethals
            before("tie", "$s", "si"),
            before("ti", "o", "s"),
            begin_before("tj", "aeiou", "S"),
        ],
    ),
    (
        'u',
        &[
            any("uij", "U"),
            any("uy", "U"), // Huybrechts, De Bruyn
            any("ui", "U"),
            any("uu", "u"),
            any("ue", "u"),
        ],
    ),
    ('ü', &[any("ü", "u")]),
    ('v', &[any("v", "f")]),
    ('w', &[any("wr", "fr")]),
    ('x', &[end("x", "ks"), any("x", "ks")]),
    (
        'y',
        &[
            begin_before("y", "aeiou", "j"), // Yilmaz, Youssef
            any("y", "Y"),                   // Thys, Van Dyck: the old spelling of ij
        ],
    ),
    ('z', &[any("z", "s")]),
];
