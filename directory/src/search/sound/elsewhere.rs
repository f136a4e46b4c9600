//! Names from elsewhere that are common here, in the spelling of their passports: Turkish and Polish letters, and Arabic names as
//! French, Dutch and English officials wrote them (Youssef, Yusuf; Khalid, Chalid; Aïcha, Aisha).
use super::rule::{Rules, any, before, begin, begin_before, end};

/// Turkish, and romanised Arabic, whose spellings share most of it.
pub(super) const TURKISH: &Rules = &[
    (
        'a',
        &[
            begin("abdoul", "apdel"),
            begin("abdul", "apdel"),
            any("aa", "a"),
        ],
    ),
    (
        'c',
        &[
            any("ch", "S"), // Aïcha, Chaimaa
            any("c", "S"),  // Cem is said Djem; Çelik without its mark
        ],
    ),
    ('ç', &[any("ç", "S")]),
    ('d', &[any("dj", "S"), any("dh", "d")]),
    ('e', &[any("eu", "O"), any("ee", "e"), any("ei", "Y")]),
    ('é', &[any("é", "e")]),
    ('g', &[any("gh", "g"), any("gü", "gu")]),
    ('ğ', &[any("ğ", "")]),
    ('h', &[any("h", "")]),
    ('i', &[any("ie", "i")]),
    ('j', &[any("j", "S")]), // Jamal, Djamal
    ('k', &[any("kh", "g")]),
    (
        'o',
        &[
            begin_before("ou", "aeiéè", "w"), // Ouali, Wali
            any("ou", "u"),                   // Youssef, Yusuf
            any("oe", "u"),
            any("oo", "u"),
        ],
    ),
    ('ö', &[any("ö", "o")]),
    ('p', &[any("ph", "f")]),
    ('q', &[any("q", "k")]),
    ('s', &[any("sh", "S"), any("sj", "S")]),
    ('ş', &[any("ş", "S")]),
    (
        't',
        &[
            any("tch", "S"),
            any("tsj", "S"),
            any("tj", "S"),
            any("th", "t"),
        ],
    ),
    ('ü', &[any("ü", "u")]),
    ('u', &[any("ue", "u")]),
    ('v', &[any("v", "f")]),
    ('w', &[any("w", "w")]),
    ('x', &[any("x", "ks")]),
    (
        'y',
        &[
            begin_before("y", "aeiou", "j"),
            before("y", "aeiou", "j"),
            end("y", "i"),
            any("y", "j"),
        ],
    ),
    ('z', &[any("z", "s")]),
];

/// Polish.
pub(super) const POLISH: &Rules = &[
    ('ą', &[any("ą", "on")]),
    (
        'c',
        &[
            any("cz", "S"),
            any("ch", "g"),
            any("ci", "S"),
            any("ck", "k"),
            any("c", "ts"),
        ],
    ),
    ('ć', &[any("ć", "S")]),
    ('d', &[any("dz", "S")]),
    ('ę', &[any("ę", "en")]),
    ('h', &[any("h", "")]),
    ('ł', &[any("ł", "w")]),
    ('ń', &[any("ń", "n")]),
    ('ó', &[any("ó", "u")]),
    ('r', &[any("rz", "S")]),
    ('s', &[any("sz", "S"), any("si", "S"), any("s", "s")]),
    ('ś', &[any("ś", "S")]),
    ('v', &[any("v", "f")]),
    ('w', &[any("w", "f")]),
    ('y', &[any("y", "i")]),
    ('z', &[any("z", "s")]),
    ('ż', &[any("ż", "S")]),
    ('ź', &[any("ź", "S")]),
];
