//! Words of the language: which begin statements, where each is allowed, and what is reserved.

/// Kinds of agreements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AgreementKind {
    /// Service level agreement: with a customer, or internal between two teams.
    Sla,
    /// Operational level agreement between teams of one organisation.
    Ola,
    /// Underpinning contract with a supplier.
    Contract,
    /// One-sided service level commitment.
    Commitment,
    /// Service level requirement of a customer.
    Requirement,
}

impl AgreementKind {
    /// The word it is declared with.
    pub const fn word(self) -> &'static str {
        match self {
            AgreementKind::Sla => "sla",
            AgreementKind::Ola => "ola",
            AgreementKind::Contract => "contract",
            AgreementKind::Commitment => "commitment",
            AgreementKind::Requirement => "requirement",
        }
    }
}

/// Kinds of parties.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PartyKind {
    /// Provides services: a company, or a supplier.
    Provider,
    /// Receives services.
    Customer,
    /// A unit inside the organisation: provides and receives.
    Team,
}

impl PartyKind {
    /// The word it is declared with.
    pub const fn word(self) -> &'static str {
        match self {
            PartyKind::Provider => "provider",
            PartyKind::Customer => "customer",
            PartyKind::Team => "team",
        }
    }
}

/// Blocks that hold statements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// The file itself.
    File,
    /// `provider`, `customer`, `team`
    Party,
    /// `calendar`, `maintenance`
    Calendar,
    /// `source`
    Source,
    /// `table`
    Table,
    /// `service`
    Service,
    /// `package`
    Package,
    /// `scope`
    Scope,
    /// `tier`
    Tier,
    /// `sla`, `ola`, `contract`, `commitment`
    Agreement,
    /// `requirement`
    Requirement,
    /// `amend`
    Amend,
    /// `support`
    Support,
    /// `credit`, `bonus`, `earn back`
    Ladder,
    /// `test`
    Test,
    /// The rows of one source in a test
    Rows,
}

/// Words that are never a name.
pub const RESERVED: &[&str] = &[
    "and",
    "because",
    "below",
    "bonus",
    "by",
    "credit",
    "default",
    "during",
    "each",
    "else",
    "escalate",
    "except",
    "exclude",
    "false",
    "if",
    "in",
    "not",
    "objective",
    "of",
    "or",
    "over",
    "pausing",
    "pay",
    "per",
    "relax",
    "satisfies",
    "terminate",
    "then",
    "tier",
    "true",
    "where",
];

/// True for words that are never a name.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Words that lead declarations and statements.
#[cfg(feature = "internals")]
pub const LEADERS: &[&str] = &[
    "address",
    "allow",
    "amend",
    "assumption",
    "benefit",
    "bonus",
    "calendar",
    "cap",
    "claim",
    "closed",
    "commitment",
    "confidentiality",
    "contact",
    "contract",
    "credit",
    "credits",
    "customer",
    "definition",
    "description",
    "drop",
    "earn",
    "enum",
    "escalate",
    "exclude",
    "excludes",
    "expect",
    "fact",
    "fee",
    "given",
    "guarantee",
    "hours",
    "ignore",
    "improvement",
    "includes",
    "indemnification",
    "indemnity",
    "jurisdiction",
    "law",
    "liability",
    "maintenance",
    "metric",
    "minimum",
    "missing",
    "needs",
    "note",
    "objective",
    "ola",
    "open",
    "owner",
    "package",
    "privacy",
    "procedure",
    "process",
    "provider",
    "purpose",
    "relax",
    "report",
    "requirement",
    "responsibility",
    "review",
    "satisfies",
    "scope",
    "security",
    "service",
    "severity",
    "sla",
    "source",
    "support",
    "table",
    "team",
    "term",
    "terminate",
    "test",
    "tier",
    "unit",
    "use",
    "uses",
    "waive",
    "warranty",
    "zone",
];

/// Words inside statements that are no operators and may be names elsewhere.
#[cfg(feature = "internals")]
pub const CLAUSE_WORDS: &[&str] = &[
    "above",
    "after",
    "any",
    "as",
    "at",
    "back",
    "better",
    "between",
    "breached",
    "counts",
    "down",
    "elect",
    "every",
    "exact",
    "extend",
    "extends",
    "first",
    "fixed",
    "follows",
    "for",
    "from",
    "full",
    "has",
    "highest",
    "kept",
    "lasting",
    "limit",
    "measured",
    "met",
    "misses",
    "monthly",
    "next",
    "notice",
    "on",
    "once",
    "otherwise",
    "outside",
    "overlaps",
    "payout",
    "pays",
    "pending",
    "plus",
    "previous",
    "regardless",
    "remedy",
    "renews",
    "resolve",
    "respond",
    "rolling",
    "rounded",
    "row",
    "skip",
    "split",
    "started",
    "symmetric",
    "throughout",
    "to",
    "under",
    "unless",
    "up",
    "update",
    "weight",
    "when",
    "whole",
    "window",
    "within",
    "worst",
    "yearly",
];

/// Words that name types of values and rows.
#[cfg(feature = "internals")]
pub const TYPE_WORDS: &[&str] = &[
    "Customer", "Service", "Severity", "boolean", "data", "date", "duration", "events", "money",
    "number", "rate", "series", "spans", "text", "time",
];

/// Types as other languages and databases call them, and what they are called here.
pub const HABITUAL_TYPES: &[(&[&str], &str)] = &[
    (&["int", "integer", "long", "bigint", "float", "double", "decimal", "numeric"], "number"),
    (&["percent", "percentage", "ratio", "share"], "number"),
    (&["string", "str", "varchar", "char", "uuid"], "text"),
    (&["bool", "flag"], "boolean"),
    (&["datetime", "timestamp", "timestamptz", "instant"], "time"),
    (&["seconds", "minutes", "hours", "interval", "timedelta", "timespan"], "duration"),
    (&["bytes", "size"], "data"),
    (&["currency", "amount", "price"], "money EUR"),
];

impl Place {
    /// How messages call such a block.
    pub const fn describe(self) -> &'static str {
        match self {
            Place::File => "at file level",
            Place::Party => "in a party",
            Place::Calendar => "in a calendar",
            Place::Source => "in a source",
            Place::Table => "in a table",
            Place::Service => "in a service",
            Place::Package => "in a package",
            Place::Scope => "in `scope`",
            Place::Tier => "in a tier",
            Place::Agreement => "in an agreement",
            Place::Requirement => "in a requirement",
            Place::Amend => "in an amendment",
            Place::Support => "in `support`",
            Place::Ladder => "in the braces of a credit",
            Place::Test => "in a test",
            Place::Rows => "among the rows of a test",
        }
    }

    /// What such a block holds, where that is not a list of statements.
    pub const fn holds(self) -> &'static str {
        match self {
            Place::Calendar => "a calendar contains `zone`, `open` and `closed` lines",
            Place::Source => "a source contains fields such as `latency: duration`",
            Place::Table => "a table contains rows such as `fra, ams: 12 ms`",
            Place::Support => "`support` contains rows such as `P1 respond 1 h`",
            Place::Ladder => "a credit contains lines such as `below 99.9% pay 10%`",
            Place::Test => "a test contains `given`, `fact`, rows of sources and `expect`",
            Place::Rows => "rows are written `2026-03-03T10:00 for 50 min  cause: provider`",
            Place::Party => "a party contains texts such as `address \"…\"`",
            Place::Service => "a service contains `hours`, `needs`, `uses`, `process` and texts",
            Place::Scope => "a scope contains `service`, `includes` and `excludes`",
            Place::Requirement => "a requirement contains objectives and `support`",
            Place::File | Place::Package | Place::Tier | Place::Agreement | Place::Amend => "",
        }
    }
}

const FILE: &[Place] = &[Place::File];
const TERMS: &[Place] = &[Place::Package, Place::Tier, Place::Agreement, Place::Amend];
const PROMISES: &[Place] =
    &[Place::Package, Place::Tier, Place::Agreement, Place::Amend, Place::Requirement];
const BOUND: &[Place] = &[Place::Agreement, Place::Amend];
const WEAKENED: &[Place] = &[Place::Tier, Place::Agreement, Place::Amend];

/// The fact that says when an agreement that goes on by itself has ended.
pub const ENDED: &str = "ended";

/// Every word that begins a statement, and the blocks that allow it. Text terms have their own
/// list.
pub const STATEMENTS: &[(&str, &[Place])] = &[
    ("use", FILE),
    ("provider", FILE),
    ("customer", FILE),
    ("team", FILE),
    ("calendar", FILE),
    ("maintenance", FILE),
    ("severity", FILE),
    ("unit", FILE),
    ("enum", FILE),
    ("source", FILE),
    ("metric", FILE),
    ("table", FILE),
    ("sla", FILE),
    ("ola", FILE),
    ("contract", FILE),
    ("commitment", FILE),
    ("requirement", FILE),
    ("amend", FILE),
    ("test", FILE),
    (
        "fact",
        &[Place::File, Place::Package, Place::Tier, Place::Agreement, Place::Amend, Place::Test],
    ),
    (
        "service",
        &[
            Place::File,
            Place::Package,
            Place::Tier,
            Place::Agreement,
            Place::Amend,
            Place::Requirement,
            Place::Scope,
        ],
    ),
    ("package", &[Place::File, Place::Agreement, Place::Amend]),
    ("tier", &[Place::Package]),
    ("scope", TERMS),
    ("includes", &[Place::Scope]),
    ("excludes", &[Place::Scope]),
    ("objective", PROMISES),
    ("support", PROMISES),
    ("credit", TERMS),
    ("bonus", TERMS),
    ("earn back", TERMS),
    ("fee", TERMS),
    ("cap credits", TERMS),
    ("credits", TERMS),
    ("minimum payout", TERMS),
    ("exclude", PROMISES),
    ("ignore", PROMISES),
    ("claim", TERMS),
    ("terminate", TERMS),
    ("escalate", TERMS),
    ("term", TERMS),
    ("benefit", TERMS),
    ("report", TERMS),
    ("review", TERMS),
    ("satisfies", BOUND),
    ("waive", BOUND),
    ("relax", WEAKENED),
    ("drop", WEAKENED),
    ("first window", PROMISES),
    ("missing", PROMISES),
    ("zone", &[Place::Calendar, Place::Package, Place::Tier, Place::Agreement, Place::Requirement]),
    (
        "hours",
        &[
            Place::Service,
            Place::Package,
            Place::Tier,
            Place::Agreement,
            Place::Amend,
            Place::Requirement,
        ],
    ),
    ("needs", &[Place::Service]),
    ("uses", &[Place::Service]),
    ("process", &[Place::Service]),
    ("open", &[Place::Calendar]),
    ("closed", &[Place::Calendar]),
    ("given", &[Place::Test]),
    ("expect", &[Place::Test]),
    (
        "allow",
        &[
            Place::File,
            Place::Party,
            Place::Calendar,
            Place::Service,
            Place::Package,
            Place::Scope,
            Place::Tier,
            Place::Agreement,
            Place::Requirement,
            Place::Amend,
            Place::Test,
        ],
    ),
];

/// Words that lead a text term: carried to the plan and the document, not evaluated.
pub const TEXT_WORDS: &[&str] = &[
    "warranty",
    "guarantee",
    "indemnity",
    "indemnification",
    "responsibility",
    "law",
    "jurisdiction",
    "liability",
    "improvement",
    "confidentiality",
    "owner",
    "contact",
    "address",
    "description",
    "purpose",
    "remedy",
    "definition",
    "security",
    "privacy",
    "procedure",
    "assumption",
    "note",
];

/// Blocks that allow text terms.
pub const TEXT_PLACES: &[Place] = &[
    Place::Party,
    Place::Service,
    Place::Package,
    Place::Scope,
    Place::Tier,
    Place::Agreement,
    Place::Requirement,
    Place::Amend,
];

/// The blocks that allow a statement; `None` for a word that begins no statement.
pub fn places(word: &str) -> Option<&'static [Place]> {
    if TEXT_WORDS.contains(&word) {
        return Some(TEXT_PLACES);
    }
    STATEMENTS.iter().find(|(lead, _)| *lead == word).map(|(_, places)| *places)
}

/// Words that may lead a statement in a block.
pub fn leads(place: Place) -> impl Iterator<Item = &'static str> {
    let texts = TEXT_WORDS.iter().copied().filter(move |_| TEXT_PLACES.contains(&place));
    STATEMENTS
        .iter()
        .filter(move |(_, places)| places.contains(&place))
        .map(|(word, _)| *word)
        .chain(texts)
}

/// Words that begin a part of a statement, by the statement's leading word.
pub const PARTS: &[(&str, &[&str])] = &[
    (
        "objective",
        &[
            "of",
            "per",
            "during",
            "by",
            "where",
            "if",
            "from",
            "missing counts as",
            "first window",
            "kept here",
        ],
    ),
    ("support", &["on", "per", "during", "pausing", "for", "where", "if"]),
    (
        "credit",
        &[
            "for",
            "on",
            "each row",
            "regardless",
            "pay",
            "extend",
            "remedy",
            "of",
            "cap",
            "if",
            "pays",
            "plus",
            "per",
        ],
    ),
    (
        "bonus",
        &[
            "for",
            "on",
            "each row",
            "regardless",
            "pay",
            "extend",
            "remedy",
            "of",
            "cap",
            "if",
            "pays",
            "plus",
            "per",
        ],
    ),
    (
        "earn back",
        &["for", "on", "each row", "regardless", "pay", "of", "cap", "if", "plus", "per"],
    ),
    ("fee", &["per", "once", "for", "from"]),
    ("cap credits", &["per"]),
    ("minimum payout", &["more than", "carried over"]),
    ("exclude", &["as", "limit", "notice", "from", "except", "during", "where"]),
    ("ignore", &["where", "from", "during"]),
    ("claim", &["for", "within", "by end of", "after", "in"]),
    ("terminate", &["when", "notice", "within"]),
    ("escalate", &["after", "to"]),
    ("term", &["from", "for", "to", "renews", "unless", "notice"]),
    ("tier", &["extends"]),
    ("source", &["measured by"]),
    ("metric", &["of", "better"]),
    ("table", &["symmetric"]),
    ("sla", &["between", "and", "under"]),
    ("ola", &["between", "and", "under"]),
    ("contract", &["between", "and", "under"]),
    ("commitment", &["by", "under"]),
    ("requirement", &["of"]),
    ("amend", &["from", "at next window", "split windows"]),
    ("package", &["follows"]),
    ("benefit", &["on"]),
    ("report", &["every", "within", "in"]),
    ("review", &["every", "within", "in"]),
    ("waive", &["because"]),
    ("relax", &["because"]),
    ("allow", &["because"]),
    ("process", &["within"]),
    ("given", &["for", "in"]),
    ("fact", &["from"]),
    (
        "expect",
        &[
            "in",
            "met",
            "breached",
            "pending",
            "no data",
            "value",
            "downtime",
            "credit",
            "extend",
            "claim",
            "terminate",
        ],
    ),
    ("open", &["every", "first", "last", "of", "day"]),
    ("closed", &["every", "first", "last", "of", "day"]),
];

/// Words that begin a part of the statement this word leads.
pub fn parts(word: &str) -> &'static [&'static str] {
    PARTS.iter().find(|(lead, _)| *lead == word).map_or(&[], |(_, parts)| parts)
}
