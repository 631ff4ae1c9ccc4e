//! Words of the language: which lead statements, where each may stand, and what is reserved.

/// Kinds of agreements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AgreementKind {
    /// Service level agreement: with a customer, or internal between two teams.
    Sla,
    /// Operational level agreement between teams of one house.
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
    /// A unit inside the house: provides and receives.
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
    "update",
    "weight",
    "when",
    "window",
    "within",
    "worst",
    "yearly",
];

/// Words that name types of values and rows.
pub const TYPE_WORDS: &[&str] = &[
    "Customer", "Service", "Severity", "boolean", "data", "date", "duration", "events", "money", "number", "rate", "series", "spans",
    "text", "time",
];
