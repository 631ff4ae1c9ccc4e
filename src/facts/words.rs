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
