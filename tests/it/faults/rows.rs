//! The table: what is written in place of something correct, and what must be found.

/// A fault, and what must be said of it.
pub struct Fault {
    /// The row of the design's list, from 1.
    pub row: u8,
    /// The text in the sound contract, where it occurs once.
    pub sound: &'static str,
    /// The text that replaces it.
    pub faulty: &'static str,
    /// All findings, in their order.
    pub finds: &'static [Find],
    /// True if the proposed edits leave nothing to be found.
    pub fixes: bool,
}

/// A finding, by what must be in it.
pub struct Find {
    /// `LINE:COLUMN`.
    pub at: &'static str,
    /// Its code.
    pub code: &'static str,
    /// A piece of its message.
    pub says: &'static str,
    /// A piece of its help or of the title of its edit; empty if it need not advise.
    pub advises: &'static str,
}

const fn find(
    at: &'static str,
    code: &'static str,
    says: &'static str,
    advises: &'static str,
) -> Find {
    Find { at, code, says, advises }
}

/// A fault that only its writer can fix.
const fn told(row: u8, sound: &'static str, faulty: &'static str, finds: &'static [Find]) -> Fault {
    Fault { row, sound, faulty, finds, fixes: false }
}

/// A fault whose findings come with edits that fix it.
const fn fixed(
    row: u8,
    sound: &'static str,
    faulty: &'static str,
    finds: &'static [Find],
) -> Fault {
    Fault { row, sound, faulty, finds, fixes: true }
}

/// The last tier and who takes it.
const GOLD: &str = "  tier Gold extends Silver {\n    fee 2_400 EUR per month\n    objective Uptime >= 99.9%\n  }\n}\n\nsla Contract between Acme and Globex {\n  package Hosting.Gold\n";

pub const ROWS: &[Fault] = &[
    // 1: a statement is misspelt.
    fixed(
        1,
        "objective Speed: p95",
        "objectve Speed: p95",
        &[find(
            "32:5",
            "unknown-statement",
            "unknown statement `objectve`",
            "did you mean `objective`?",
        )],
    ),
    // 2: `tier` is misspelt: nothing is said about what stands in it, nor about those who take it.
    fixed(
        2,
        "tier Silver {",
        "teir Silver {",
        &[find("28:3", "unknown-statement", "unknown statement `teir`", "did you mean `tier`?")],
    ),
    // 3: a declaration is misspelt.
    fixed(
        3,
        "customer Globex",
        "custommer Globex",
        &[find(
            "4:1",
            "unknown-statement",
            "unknown statement `custommer`",
            "did you mean `customer`?",
        )],
    ),
    told(
        3,
        "  claim within 30 days after window\n",
        "  warrenty \"ninety days\"\n",
        &[find(
            "52:3",
            "unknown-statement",
            "unknown statement `warrenty`",
            "did you mean `warranty`?",
        )],
    ),
    // 4: a reserved word is a name.
    told(
        4,
        GOLD,
        "  tier default extends Silver {\n    fee 2_400 EUR per month\n    objective Uptime >= 99.9%\n  }\n}\n\nsla Contract between Acme and Globex {\n  package Hosting.default\n",
        &[find(
            "41:8",
            "reserved-word",
            "`default` is a word of the language",
            "choose another name",
        )],
    ),
    // 5: a part is misspelt.
    fixed(
        5,
        "99.5% per month",
        "99.5% pr month",
        &[find("30:48", "unexpected-text", "`pr`", "did you mean `per`?")],
    ),
    // 6: `per` is missing.
    fixed(
        6,
        "99.5% per month",
        "99.5% month",
        &[find("30:48", "missing-part", "`per` is missing before `month`", "write `per`")],
    ),
    // 7: the window is missing.
    told(
        7,
        "99.5% per month",
        "99.5% per",
        &[find("30:51", "missing-part", "window is missing after `per`", "`per month`")],
    ),
    // 8: the colon is missing.
    fixed(
        8,
        "Uptime: uptime",
        "Uptime uptime",
        &[find("30:21", "missing-part", "`:` is missing after `Uptime`", "write `:`")],
    ),
    // 9: `=` for the colon.
    fixed(
        9,
        "Uptime: uptime",
        "Uptime = uptime",
        &[find("30:22", "odd-spelling", "expected `:`, not `=`", "write `:`")],
    ),
    // 10: the comparison is missing.
    told(
        10,
        "uptime(outages) >= 99.5%",
        "uptime(outages) 99.5%",
        &[find("30:39", "missing-part", "a comparison is missing", "`>= 99.5%`")],
    ),
    // 11: the target is missing: the place is behind the sign, not on the next line.
    told(
        11,
        ">= 99.5% per month",
        ">= per month",
        &[find("30:41", "missing-part", "a target is missing after `>=`", "")],
    ),
    told(
        11,
        ">= 99.5% per month",
        ">=",
        &[find("30:41", "missing-part", "a target is missing after `>=`", "")],
    ),
    // 12: the name is missing.
    told(
        12,
        "objective Uptime: uptime",
        "objective : uptime",
        &[find(
            "30:14",
            "missing-part",
            "a name is missing between `objective` and `:`",
            "objective Uptime: ",
        )],
    ),
    // 13: the `}` of `scope` is lost.
    told(
        13,
        "Shop\n  }\n",
        "Shop\n\n",
        &[find("24:9", "unclosed", "`scope` is not closed", "before line 27")],
    ),
    // 14: the `}` of a tier is lost.
    told(
        14,
        "  }\n  tier Gold",
        "\n  tier Gold",
        &[find("28:15", "unclosed", "`tier Silver` is not closed", "before line 41")],
    ),
    // 15: the `}` of the last tier is lost: what stands where decides which it is.
    told(
        15,
        "99.9%\n  }\n",
        "99.9%\n\n",
        &[find("41:28", "unclosed", "`tier Gold extends Silver` is not closed", "before line 45")],
    ),
    // 16: a `}` too many.
    told(
        16,
        "  }\n  tier Gold",
        "  }\n  }\n  tier Gold",
        &[find("41:3", "stray-bracket", "one `}` too many", "the text after it is outside")],
    ),
    told(
        16,
        "} of fee\n",
        "} of fee\n    }\n",
        &[find("37:5", "stray-bracket", "one `}` too many", "the text after it is outside")],
    ),
    // 17: the `{` of a tier is lost.
    fixed(
        17,
        "tier Silver {",
        "tier Silver",
        &[find("28:14", "missing-part", "`{` is missing", "write `{`")],
    ),
    // 18: a string is not closed.
    told(
        18,
        "\"Acme Ltd\"",
        "\"Acme Ltd",
        &[find("3:15", "unclosed", "this string is not closed on its line", "close it with `\"`")],
    ),
    // 19: a string is not closed before a `{`.
    fixed(
        19,
        "\"Web shop\" {",
        "\"Web shop {",
        &[find("19:14", "unclosed", "this string is not closed on its line", "close it with `\"`")],
    ),
    // 20: a `)` is lost.
    told(20, "latency) <=", "latency <=", &[find("32:25", "unclosed", "`(` is not closed", "")]),
    // 21: a `)` too many.
    told(
        21,
        "latency) <=",
        "latency)) <=",
        &[find("32:44", "stray-bracket", "this `)` closes nothing", "")],
    ),
    // 22: a `(` is lost.
    fixed(
        22,
        "p95(requests",
        "p95 requests",
        &[find("32:25", "missing-part", "`(` is missing after `p95`", "write `(`")],
    ),
    // 23: `of` is missing.
    fixed(
        23,
        "5 min of requests",
        "5 min requests",
        &[find("31:38", "missing-part", "`of` is missing", "write `of`")],
    ),
    // 24: `pay` is missing.
    fixed(
        24,
        "99% pay 25%",
        "99% 25%",
        &[find("35:17", "missing-part", "`pay` is missing before `25%`", "write `pay`")],
    ),
    // 25: signs between statements.
    fixed(
        25,
        "99% pay 25%",
        "99%, pay 25%",
        &[find("35:16", "odd-spelling", "unexpected `,` before `pay`", "leave the `,` out")],
    ),
    fixed(
        25,
        "target pay 10%",
        "target pay 10%;",
        &[find("34:27", "unexpected-text", "unexpected `;` between statements", "leave `;` out")],
    ),
    fixed(
        25,
        "900 EUR per month",
        "900 EUR per month,",
        &[find("29:26", "unexpected-text", "unexpected `,` between statements", "leave `,` out")],
    ),
    // 26: a comma at the end of a list.
    told(
        26,
        "    service Shop\n",
        "    service Shop,\n",
        &[find("25:18", "missing-part", "a name is missing after `,`", "")],
    ),
    told(
        26,
        "needs Database",
        "needs Database,",
        &[find("20:18", "missing-part", "a name is missing after `,`", "")],
    ),
    // 27: the same word twice.
    fixed(
        27,
        "objective Speed: p95",
        "objective objective Speed: p95",
        &[find(
            "32:5",
            "repeated-part",
            "`objective` is written twice",
            "leave one `objective` out",
        )],
    ),
    // 28: a part twice.
    told(
        28,
        "99.5% per month",
        "99.5% per month per month",
        &[find("30:58", "repeated-part", "the window is given twice", "")],
    ),
    // 29: units that are none.
    fixed(
        29,
        "400 ms",
        "400 msec",
        &[find("32:52", "unknown-unit", "`msec`", "did you mean `ms`?")],
    ),
    fixed(29, "400 ms", "400 MS", &[find("32:52", "unknown-unit", "`MS`", "did you mean `ms`?")]),
    told(
        29,
        "respond 15 min",
        "respond 15 during Business",
        &[find("38:18", "bad-quantity", "`15` has no unit", "15 min")],
    ),
    // 30: quotes of a word processor.
    fixed(
        30,
        "\"Acme Ltd\"",
        "“Acme Ltd”",
        &[find("3:15", "odd-spelling", "straight double quotes", "write `\"Acme Ltd\"`")],
    ),
    fixed(
        30,
        "\"Acme Ltd\"",
        "„Acme Ltd“",
        &[find("3:15", "odd-spelling", "straight double quotes", "write `\"Acme Ltd\"`")],
    ),
    fixed(
        30,
        "\"Acme Ltd\"",
        "'Acme Ltd'",
        &[find("3:15", "odd-spelling", "straight double quotes", "write `\"Acme Ltd\"`")],
    ),
    // 31: white space of other kinds is white space.
    told(31, "objective Speed: p95", "objective\u{a0}Speed:\u{202f}p95", &[]),
    told(31, "    objective Speed: p95", "\tobjective\tSpeed:\tp95", &[]),
    told(31, "  needs Database\n", "  needs Database\r\n", &[]),
    told(31, "use std.web", "\u{feff}use std.web", &[]),
    // 32: a decimal comma.
    fixed(
        32,
        "99.5% per month",
        "99,5 % per month",
        &[find("30:42", "odd-spelling", "decimals are written with a point: `99.5", "write `99.5")],
    ),
    told(
        32,
        "p95(requests, latency) <= 400 ms",
        "max(0,5) * p95(requests, latency) <= 400 ms",
        &[],
    ),
    // 33: a comma between thousands.
    fixed(
        33,
        "2_400 EUR",
        "2,400 EUR",
        &[find("42:9", "odd-spelling", "`2_400`", "write `2_400`")],
    ),
    told(
        33,
        "2_400 EUR",
        "2.400 EUR",
        &[find("42:9", "thousands-point", "`2.400 EUR`", "`2_400 EUR`")],
    ),
    // 34: signs of currencies.
    fixed(
        34,
        "fee 900 EUR",
        "fee €900",
        &[find("29:9", "odd-spelling", "`900 EUR`", "write `900 EUR`")],
    ),
    fixed(
        34,
        "fee 900 EUR",
        "fee 900 €",
        &[find("29:9", "odd-spelling", "`900 EUR`", "write `900 EUR`")],
    ),
    // 35: ranges with dashes and capitals.
    fixed(
        35,
        "mon..fri 09:00..17:30",
        "Mon–Fri 09:00–17:30",
        &[
            find("8:8", "odd-spelling", "written `mon..fri`", "write `mon..fri`"),
            find("8:16", "odd-spelling", "written `09:00..17:30`", "write `09:00..17:30`"),
        ],
    ),
    fixed(
        35,
        "mon..fri 09",
        "mon-fri 09",
        &[find("8:8", "odd-spelling", "written `mon..fri`", "write `mon..fri`")],
    ),
    // 36: dates as people write them; no edit where two days can be meant.
    fixed(
        36,
        "closed 2026-12-25",
        "closed 25.12.2026",
        &[find(
            "9:10",
            "odd-spelling",
            "dates are written year-month-day: `2026-12-25`",
            "write `2026-12-25`",
        )],
    ),
    fixed(
        36,
        "closed 2026-12-25",
        "closed 12/25/2026",
        &[find(
            "9:10",
            "odd-spelling",
            "dates are written year-month-day: `2026-12-25`",
            "write `2026-12-25`",
        )],
    ),
    told(
        36,
        "closed 2026-12-25",
        "closed 01/02/2026",
        &[find("9:10", "odd-spelling", "dates are written", "`2026-01-02` or `2026-02-01`")],
    ),
    // 37: signs of other languages.
    fixed(
        37,
        "(outages) >= 99.5%",
        "(outages) ≥ 99.5%",
        &[find("30:39", "odd-spelling", "`>=`", "write `>=`")],
    ),
    fixed(
        37,
        "(outages) >= 99.5%",
        "(outages) => 99.5%",
        &[find("30:39", "odd-spelling", "`>=`", "write `>=`")],
    ),
    fixed(
        37,
        "(outages) >= 99.5%",
        "(outages) > = 99.5%",
        &[find("30:39", "odd-spelling", "`>=`", "write `>=`")],
    ),
    fixed(
        37,
        "cause == other",
        "cause = other",
        &[find("27:31", "odd-spelling", "`==`", "write `==`")],
    ),
    fixed(
        37,
        "cause == other",
        "cause == other && length > 1 h",
        &[find("27:40", "odd-spelling", "`and`", "write `and`")],
    ),
    fixed(
        37,
        "cause == other",
        "cause == other || length > 1 h",
        &[find("27:40", "odd-spelling", "`or`", "write `or`")],
    ),
    // 38: comments of other languages.
    fixed(
        38,
        "  needs Database\n",
        "  needs Database # one of them\n",
        &[find("20:18", "odd-spelling", "comments begin with `//`", "write `//`")],
    ),
    fixed(
        38,
        "  needs Database\n",
        "  needs Database /* one of them */\n",
        &[find("20:18", "odd-spelling", "comments begin with `//`", "write `// one of them`")],
    ),
    // 39: names with signs in them.
    fixed(
        39,
        "tier Gold extends",
        "tier Gold🚀 extends",
        &[find("41:8", "bad-name", "`Gold🚀`", "letters, digits and `_`")],
    ),
    fixed(
        39,
        "sla Contract between",
        "sla globex-shop between",
        &[find("47:5", "bad-name", "`globex-shop`", "`globex_shop`")],
    ),
    fixed(
        39,
        "customer | other",
        "customer | third-party | other",
        &[find("12:35", "bad-name", "`third-party`", "`third_party`")],
    ),
    // 40: a name of two words.
    told(
        40,
        "tier Gold extends",
        "tier Gold Plus extends",
        &[find("41:8", "bad-name", "a name is one word", "`GoldPlus`")],
    ),
    // 41: the head of an agreement.
    fixed(
        41,
        "between Acme and Globex",
        "betwen Acme and Globex",
        &[find("47:14", "unexpected-text", "`betwen`", "did you mean `between`?")],
    ),
    fixed(
        41,
        "between Acme and Globex",
        "between Acme, Globex",
        &[find("47:26", "odd-spelling", "expected `and` between the two parties", "write `and`")],
    ),
    // 42: a colon behind `fee`.
    fixed(
        42,
        "fee 900 EUR",
        "fee: 900 EUR",
        &[find("29:8", "odd-spelling", "unexpected `:` after `fee`", "leave the `:` out")],
    ),
    // 43: a word of a support row is misspelt.
    fixed(
        43,
        "P1 respond 15 min",
        "P1 respnd 15 min during Business",
        &[find("38:10", "unexpected-text", "`respnd`", "did you mean `respond`?")],
    ),
    // 44: prose.
    told(
        44,
        "  claim within 30 days after window\n",
        "  The Customer shall claim within thirty days of the incident.\n",
        &[find("52:3", "unknown-statement", "this is not a statement", "")],
    ),
    told(
        44,
        "  claim within",
        "  • claim within",
        &[find("52:3", "unknown-statement", "this is not a statement", "")],
    ),
    told(
        44,
        "  claim within 30 days after window\n",
        "  | Severity | Response |\n  | P1 | 15 min |\n",
        &[find("52:3", "unknown-statement", "this is not a statement", "")],
    ),
    // 45: a statement in a block of another kind.
    told(
        45,
        "  closed 2026-12-25\n",
        "  objective Open: uptime(outages) >= 99% per month\n",
        &[find("9:3", "wrong-place", "`objective` is not allowed in a calendar", "")],
    ),
    // 46: a doc comment above nothing.
    told(
        46,
        "  needs Database\n",
        "  needs Database\n  /// What is missing here?\n",
        &[find("21:3", "detached-doc", "", "")],
    ),
];
