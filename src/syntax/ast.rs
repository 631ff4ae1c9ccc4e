//! The tree of one file, as written: nothing resolved, nothing inherited, nothing defaulted.
//!
//! A part that is missing or unreadable is `None` here and has been reported; later rooms skip it
//! in silence (one root fault, one finding). Every node knows its place. Names are not looked up,
//! numbers are exact.

use ecow::EcoString;
use smallvec::SmallVec;

use crate::base::{Exact, Span};
use crate::lang::units::{DataUnit, PeriodUnit, TimeUnit};
use crate::lang::words::{AgreementKind, PartyKind};
pub use crate::time::{Date, DateTime};

/// Identifies a statement, a cell or an expression within its project: by its place, which no other
/// of its kind has. So an id is the same in every run, however the text was cut to be read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(Span);

/// One identifier and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The identifier as written.
    pub text: EcoString,
    /// Its place in the text.
    pub span: Span,
}

/// Names joined by points: `Hosting.Gold`, `P1.respond`, `std.web`. Never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// The parts in order; nearly always one.
    pub parts: SmallVec<[Name; 1]>,
}

impl Path {
    /// From the first part to the last.
    pub fn span(&self) -> Span {
        match self.parts.as_slice() {
            [first, .., last] => first.span.to(last.span),
            [only] => only.span,
            // Never so.
            [] => Span::new(crate::base::FileId::new(0), 0, 0),
        }
    }

    /// The parts joined by points again.
    pub fn text(&self) -> EcoString {
        match self.parts.as_slice() {
            [only] => only.text.clone(),
            parts => {
                parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".").into()
            }
        }
    }
}

/// A string literal: its text with escapes resolved, its place with the quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// What the string says.
    pub value: EcoString,
    /// Its place in the text.
    pub span: Span,
}

/// A whole file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Declarations and statements at file level, in order.
    pub items: Vec<Item>,
}

/// One declaration or statement.
#[derive(Clone, Debug)]
pub struct Item {
    /// The `///` lines above it, joined by line ends.
    pub doc: Option<Box<Text>>,
    /// From its leading word to its last part.
    pub span: Span,
    /// The leading word.
    pub lead: Span,
    /// What it says.
    pub kind: ItemKind,
}

impl Item {
    /// What tells it from all other statements.
    pub fn id(&self) -> NodeId {
        NodeId(self.span)
    }

    /// The declaration that it is.
    pub fn declaration(&self) -> Option<&Declaration> {
        match &self.kind {
            ItemKind::Declaration(declaration) => Some(declaration),
            ItemKind::Statement(_) | ItemKind::ServiceItem(_) => None,
        }
    }

    /// The statement that it is.
    pub fn statement(&self) -> Option<&Statement> {
        match &self.kind {
            ItemKind::Statement(statement) => Some(statement),
            ItemKind::Declaration(_) | ItemKind::ServiceItem(_) => None,
        }
    }
}

/// What a line of a file or block says.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// Something that others can speak of, or that stands for itself at file level.
    Declaration(Declaration),
    /// What a package, tier, agreement or amendment says. Some of it stands elsewhere too.
    Statement(Statement),
    /// What only a service says of itself.
    ServiceItem(ServiceItem),
}

impl From<Declaration> for ItemKind {
    fn from(declaration: Declaration) -> Self {
        ItemKind::Declaration(declaration)
    }
}

impl From<Statement> for ItemKind {
    fn from(statement: Statement) -> Self {
        ItemKind::Statement(statement)
    }
}

impl From<ServiceItem> for ItemKind {
    fn from(item: ServiceItem) -> Self {
        ItemKind::ServiceItem(item)
    }
}

/// Something that others can speak of, or that stands for itself at file level.
#[derive(Clone, Debug)]
pub enum Declaration {
    /// `use std.web`, `use "parties.sla"`
    Use(Box<UseTarget>),
    /// `provider Acme "Acme Ltd"`
    Party(Box<Party>),
    /// `calendar Business { … }`, `maintenance Weekly { … }`
    Calendar(Box<Calendar>),
    /// `severity P1 "…"`; declared from the most severe to the least severe
    Severity(Box<Titled>),
    /// `unit case "…"`
    Unit(Box<UnitDecl>),
    /// `enum Cause: provider | customer`
    Enum(Box<EnumDecl>),
    /// `fact Plan: free | pro = free`
    Fact(Box<FactDecl>),
    /// `source requests: events { … } measured by "…"`
    Source(Box<SourceDecl>),
    /// `metric M(p: …) of S better lower = …`
    Metric(Box<MetricDecl>),
    /// `table Latency(City, City) symmetric: duration { … }`
    Table(Box<TableDecl>),
    /// `service Shop "…" { … }`
    Service(Box<Block>),
    /// `package Hosting "…" { … }`
    Package(Box<Block>),
    /// `tier Gold extends Silver { … }`
    Tier(Box<Tier>),
    /// `sla`, `ola`, `contract`, `commitment`, `requirement`
    Agreement(Box<Agreement>),
    /// `amend GlobexShop from 2026-07-01 { … }`
    Amend(Box<Amend>),
    /// `test "…" { … }`
    Test(Box<Test>),
}

/// What a package, tier, agreement or amendment says. Some of it stands elsewhere too: `hours` in a
/// service, texts in a party, facts in a test, `allow` everywhere.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `objective …`
    Objective(Box<Objective>),
    /// `credit`, `bonus`, `earn back`
    Credit(Box<Credit>),
    /// `support on tickets { … }`
    Support(Box<Support>),
    /// `exclude T as absent`
    Exclude(Box<Exclude>),
    /// `ignore S where p`
    Ignore(Box<Ignore>),
    /// `fee 900 EUR per month`
    Fee(Box<Fee>),
    /// `cap credits 100% of fee per month`
    CapCredits(Box<Cap>),
    /// `credits highest of A, B`, `credits elect of A, B`
    Stacking(Box<Stacking>),
    /// `minimum payout 1 USD`, `minimum payout 1_000 USD carried over`
    MinimumPayout(Box<MinimumPayout>),
    /// `claim within 30 days after window`
    Claim(Box<Claim>),
    /// `terminate when …`
    Terminate(Box<Terminate>),
    /// `escalate P1 after 1 h to "…"`
    Escalate(Box<Escalate>),
    /// `satisfies GlobexNeeds`
    Satisfies(Box<[Path]>),
    /// `waive GlobexNeeds.Speed because "…"`
    Waive(Box<Reasoned>),
    /// `relax Uptime because "…"`
    Relax(Box<Reasoned>),
    /// `drop Uptime`
    Drop(Option<Box<Path>>),
    /// `term from 2026-01-01 for 12 months, renews 12 months unless notice 30 days`
    Term(Box<Term>),
    /// `zone "Europe/Berlin"`
    Zone(Option<Box<Text>>),
    /// `hours Business` (services, agreements)
    Hours(Option<Box<Expr>>),
    /// `package Hosting.Gold follows`
    PackageRef(Box<PackageRef>),
    /// `service Shop, HelpDesk` in an agreement without package or in a scope
    Services(Box<[Path]>),
    /// `scope { service …  includes "…"  excludes "…" }`
    Scope(Box<[Item]>),
    /// `includes "…"`
    Includes(Option<Box<Text>>),
    /// `excludes "…"`
    Excludes(Option<Box<Text>>),
    /// `benefit discount 5% on "renewal"`
    Benefit(Box<Benefit>),
    /// `report every month within 5 working days "…"`
    Report(Box<Duty>),
    /// `review every quarter "…"`
    Review(Box<Duty>),
    /// `first window clipped`
    FirstWindow(Option<FirstWindow>),
    /// `missing counts as breached`
    Missing(Option<Missing>),
    /// `fact Plan = pro from 2026-03-01`
    Given(Box<Given>),
    /// `warranty "…"`, `law "…"`, `responsibility customer "…"`
    TextTerm(Box<TextTerm>),
    /// `allow unreached-line because "…"`
    Allow(Box<Allow>),
}

/// What only a service says of itself.
#[derive(Clone, Debug)]
pub enum ServiceItem {
    /// `needs Database`, `needs any A, B`, `needs 2 of A, B, C`
    Needs(Box<Needs>),
    /// `uses "PostgreSQL 17", "Kubernetes"`
    Uses(Box<[Text]>),
    /// `process "Restore from backup" within 4 h`
    Process(Box<Process>),
}

/// What `use` brings in.
#[derive(Clone, Debug)]
pub enum UseTarget {
    /// A file, relative to this one.
    File(Text),
    /// A part of the standard library: `std.web`.
    Library(Path),
    /// Nothing readable stood there.
    Missing,
}

/// A declaration with a block of statements: a service or a package.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
    /// Its statements in order.
    pub items: Vec<Item>,
}

/// A name with a title: a severity.
#[derive(Clone, Debug)]
pub struct Titled {
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
}

/// `unit point whole "Service points"`
#[derive(Clone, Debug)]
pub struct UnitDecl {
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
    /// True if it has no parts.
    pub whole: bool,
}

/// A provider, customer or team.
#[derive(Clone, Debug)]
pub struct Party {
    /// Which of them.
    pub kind: PartyKind,
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
    /// Text terms: address, contact.
    pub items: Vec<Item>,
}

/// A calendar or a maintenance window.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// True if declared with `maintenance`.
    pub maintenance: bool,
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
    /// `zone "…"`; without it, the zone of the agreement.
    pub zone: Option<Text>,
    /// `open` and `closed` lines in order; later lines win for the days they name.
    pub rules: Vec<CalendarRule>,
    /// `allow` statements.
    pub allows: Vec<Item>,
}

/// One `open` or `closed` line.
#[derive(Clone, Debug)]
pub struct CalendarRule {
    /// True for `open`.
    pub open: bool,
    /// Which days.
    pub days: Days,
    /// Ranges of clock times; empty means the whole day.
    pub hours: Vec<ClockRange>,
    /// The holiday's name.
    pub title: Option<Text>,
    /// The whole line.
    pub span: Span,
}

/// Days of a calendar rule.
#[derive(Clone, Debug)]
pub enum Days {
    /// `mon..fri`, `mon, wed`, `every day`: bit 0 is Monday.
    Weekdays(u8),
    /// `sun 15:00..fri 17:00`: one stretch of each week.
    Stretch {
        /// First weekday, 0 is Monday, and when it begins there.
        from: (u8, Clock),
        /// Last weekday and when it ends there.
        to: (u8, Clock),
    },
    /// `first sun of month`, `last fri of mar`: ordinal 1 to 5, or -1 for the last; month 1 to 12
    /// or every month.
    Nth {
        /// 1 to 5, or -1.
        ordinal: i8,
        /// 0 is Monday.
        weekday: u8,
        /// 1 to 12; `None` is each month.
        month: Option<u8>,
        /// From the first word to the last.
        span: Span,
    },
    /// `every dec 25`, `every dec 24..dec 26`
    Yearly {
        /// First month (1 to 12) and day.
        from: (u8, u8),
        /// Last month and day, inclusive.
        to: (u8, u8),
    },
    /// `day 1 of month`, `day -1 of month`: the day of each month; negative counts from its end.
    MonthDay {
        /// 1 to 31, or -1 to -31.
        day: i8,
    },
    /// `2026-12-24`, `2026-12-24..2026-12-31`: inclusive.
    Dates(Date, Date, Span),
    /// Unreadable; reported.
    Missing,
}

/// `09:00..17:30`; an end at or before its start runs into the next day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockRange {
    /// First minute.
    pub from: Clock,
    /// First minute after it.
    pub to: Clock,
    /// From first to last character.
    pub span: Span,
}

/// A time of day; 24:00 is allowed as an end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Clock {
    /// Seconds since midnight, 0 to 86400.
    pub seconds: u32,
    /// Its place in the text.
    pub span: Span,
}

/// A date, a date with time, a month, a quarter or a year: what `from`, `in` and test rows take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// `2026-03-01`
    Date(Date, Span),
    /// `2026-03-01T10:00Z`
    Time(DateTime, Span),
    /// `2026-03`: year and month
    Month(i32, u8, Span),
    /// `2026-Q1`
    Quarter(i32, u8, Span),
    /// `2026`
    Year(i32, Span),
}

impl When {
    /// Its place in the text.
    pub fn span(&self) -> Span {
        match self {
            When::Date(_, span)
            | When::Time(_, span)
            | When::Month(_, _, span)
            | When::Quarter(_, _, span)
            | When::Year(_, span) => *span,
        }
    }
}

/// `enum Region: eu | us`
#[derive(Clone, Debug)]
pub struct EnumDecl {
    /// Its name.
    pub name: Option<Name>,
    /// Its values in order.
    pub values: Vec<Name>,
}

/// `fact Plan: Tier = pro`
#[derive(Clone, Debug)]
pub struct FactDecl {
    /// Its name.
    pub name: Option<Name>,
    /// What kind of value it holds.
    pub ty: Option<TypeRef>,
    /// Its default value.
    pub default: Option<Expr>,
}

/// The type of a field, fact, parameter or table.
#[derive(Clone, Debug)]
pub struct TypeRef {
    /// Which type.
    pub kind: TypeKind,
    /// `time?`
    pub optional: bool,
    /// Its place in the text.
    pub span: Span,
}

/// What a type reference names.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `number`, `duration`, `Service`, an enum, a unit …
    Named(Name),
    /// `money EUR`
    Money(Name),
    /// `free | pro`: an enum without a name
    Values(Vec<Name>),
    /// `spans of waits by ticket`: rows of another source that share a key
    Link(Box<Link>),
    /// `events { status: number }`: rows with at least these fields (parameters only)
    Rows(Box<(Name, Vec<Field>)>),
}

/// Rows of another source that share a key.
#[derive(Clone, Debug)]
pub struct Link {
    /// `spans`, `events` or `series`: what the other source must hold.
    pub rows: Name,
    /// The other source.
    pub source: Option<Name>,
    /// The other source's field that names this row.
    pub key: Option<Name>,
}

/// `latency: duration`
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Option<TypeRef>,
    /// What its values must keep.
    pub bounds: Option<Box<FieldBounds>>,
    /// The `///` lines above it.
    pub doc: Option<Box<Text>>,
}

/// `in 0%..100%` or `>= 0 ms` behind the type of a field.
#[derive(Clone, Debug)]
pub struct FieldBounds {
    /// A range, or one end with or without the bound itself.
    pub compare: Compare,
    /// The range, or the bound.
    pub value: Expr,
    /// The sign and the bound.
    pub span: Span,
}

/// `source requests: events { … } measured by "…"`
#[derive(Clone, Debug)]
pub struct SourceDecl {
    /// Its name.
    pub name: Option<Name>,
    /// `events`, `spans`, `series`.
    pub rows: Option<Name>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Who measures, and how: one text each, in the order they are written.
    pub measured_by: Vec<Text>,
}

/// `metric Reply(p: …) of tickets better lower = …`
#[derive(Clone, Debug)]
pub struct MetricDecl {
    /// Its name.
    pub name: Option<Name>,
    /// Parameters in order.
    pub params: Vec<Field>,
    /// The source whose single row the metric speaks of.
    pub of: Option<Name>,
    /// `better lower` is `Some(false)`, `better higher` is `Some(true)`.
    pub higher_is_better: Option<(bool, Span)>,
    /// Its definition.
    pub body: Option<Expr>,
}

/// `table Latency(City, City) symmetric: duration { fra, ams: 12 ms }`
#[derive(Clone, Debug)]
pub struct TableDecl {
    /// Its name.
    pub name: Option<Name>,
    /// Types of the keys.
    pub keys: Vec<TypeRef>,
    /// A row `a, b` also says `b, a`.
    pub symmetric: bool,
    /// Type of the values.
    pub ty: Option<TypeRef>,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// `fra, ams: 12 ms`
#[derive(Clone, Debug)]
pub struct TableRow {
    /// One expression a key column: a name, date or number.
    pub keys: Vec<Expr>,
    /// Its value.
    pub value: Option<Expr>,
    /// The whole row.
    pub span: Span,
}

/// `tier Gold "…" extends Silver { … }`
#[derive(Clone, Debug)]
pub struct Tier {
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
    /// The tier it starts from.
    pub extends: Option<Path>,
    /// Its statements.
    pub items: Vec<Item>,
}

/// Any agreement, commitment or requirement.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Which kind.
    pub kind: AgreementKind,
    /// Its name.
    pub name: Option<Name>,
    /// The title for people.
    pub title: Option<Text>,
    /// `between A and B`: who provides and who receives.
    pub between: Option<(Option<Side>, Option<Side>)>,
    /// `by A` of a commitment.
    pub by: Option<Name>,
    /// `of C` of a requirement.
    pub of: Option<Name>,
    /// `under Corporate`
    pub under: Option<Path>,
    /// Its statements.
    pub items: Vec<Item>,
}

/// One side of an agreement.
#[derive(Clone, Debug)]
pub enum Side {
    /// A declared party.
    Named(Name),
    /// `any customer`: the agreement is a template.
    Any(Span),
}

/// `amend GlobexShop from 2026-07-01 at next window { … }`
#[derive(Clone, Debug)]
pub struct Amend {
    /// The agreement, package or commitment it changes.
    pub target: Option<Path>,
    /// From when.
    pub from: Option<When>,
    /// How it meets windows it cuts.
    pub boundary: Option<(AmendBoundary, Span)>,
    /// What replaces or adds to the terms.
    pub items: Vec<Item>,
}

/// What an amendment does to a window that its date falls into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AmendBoundary {
    /// `at next window`: each objective changes at the next start of its own window.
    NextWindow,
    /// `split windows`: the window is cut in two at the date.
    Split,
}

/// An objective, or a restated part of one.
#[derive(Clone, Debug)]
pub struct Objective {
    /// Its name.
    pub name: Option<Name>,
    /// The service it is about.
    pub service: Option<Box<Path>>,
    /// True if a `:` stood there: a full objective, not a restated one.
    pub full: bool,
    /// What is measured.
    pub metric: Option<Expr>,
    /// How it is compared with the target.
    pub compare: Option<(Compare, Span)>,
    /// The bound; for `in` and `outside` a range.
    pub target: Option<Expr>,
    /// The window.
    pub window: Option<Window>,
    /// `during T`
    pub during: Option<Box<Expr>>,
    /// `by region as r`
    pub by: Vec<By>,
    /// `where p`
    pub filter: Option<Box<Expr>>,
    /// `if FACT == v at start`
    pub condition: Option<Box<FactCondition>>,
    /// `from DATE`
    pub from: Option<Box<When>>,
    /// `missing counts as breached`
    pub missing: Option<Missing>,
    /// `first window full`
    pub first: Option<FirstWindow>,
    /// `kept here`
    pub kept_here: Option<Span>,
    /// A clause that begins a line and could be a statement of the block.
    pub on_new_line: OnNewLine,
}

/// A clause that begins a line where a statement could begin. That is a matter of layout, which the
/// debug form of a tree leaves out as it does places.
#[derive(Clone, Copy, Default)]
pub struct OnNewLine(pub Option<Span>);

impl std::fmt::Debug for OnNewLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("_")
    }
}

/// `by region as r`
#[derive(Clone, Debug)]
pub struct By {
    /// The field whose values make the groups.
    pub field: Path,
    /// The name of the group's value inside the objective; the field's own name otherwise.
    pub alias: Option<Name>,
}

/// `if Plan == pro at start`
#[derive(Clone, Debug)]
pub struct FactCondition {
    /// The condition.
    pub expr: Expr,
    /// When in the window it must hold; `None`: it must not change within one.
    pub when: Option<(FactWhen, Span)>,
}

/// When in a window a condition on facts must hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactWhen {
    /// `at start`
    AtStart,
    /// `throughout`
    Throughout,
    /// `ever`
    Ever,
}

/// Comparison of a measured value with a bound.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in A..B`, or a value in a list
    In,
}

impl Compare {
    /// How it is usually written.
    pub const fn sign(self) -> &'static str {
        match self {
            Compare::Equal => "==",
            Compare::NotEqual => "!=",
            Compare::Less => "<",
            Compare::AtMost => "<=",
            Compare::Greater => ">",
            Compare::AtLeast => ">=",
            Compare::In => "in",
        }
    }

    /// True if it asks for much, false if for little; `None` if for neither.
    pub fn wants_more(self) -> Option<bool> {
        match self {
            Compare::AtLeast | Compare::Greater => Some(true),
            Compare::AtMost | Compare::Less => Some(false),
            Compare::Equal | Compare::NotEqual | Compare::In => None,
        }
    }
}

/// The window an objective is evaluated over.
#[derive(Clone, Debug)]
pub struct Window {
    /// Which kind.
    pub kind: WindowKind,
    /// Its place in the text.
    pub span: Span,
}

/// Kinds of windows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WindowKind {
    /// `day`, `week`, `month`, `quarter`, `year` as the calendar of the zone has them; `from` is
    /// the month 1 to 12 that quarters or years start in.
    Calendar(PeriodUnit, Option<u8>),
    /// `contract month`: anchored at the start date.
    Contract(PeriodUnit),
    /// `fixed 30 days`: one after another from the start of the term.
    Fixed(Period),
    /// `rolling 30 days every 1 day`; without `every`, at the dates of a claim (`at SOURCE`).
    Rolling(Box<Rolling>),
    /// `rolling 12 months`, of caps only: one for each payment, which ends with it.
    Trailing(Option<Period>),
    /// `term`
    Term,
}

/// `rolling 30 days every 1 day`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rolling {
    /// Its length.
    pub length: Option<Period>,
    /// How far it moves.
    pub every: Option<Period>,
    /// The source whose rows say when it ends.
    pub at: Option<Name>,
}

/// A calendar length, `3 months`, `30 days`, `5 working days`, or a clock length such as `1 h`
/// where one may stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// Number of units.
    pub count: u32,
    /// The unit.
    pub unit: PeriodUnit,
    /// Its place in the text.
    pub span: Span,
}

/// `missing counts as met`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// A window without data is met.
    Met,
    /// A window without data is breached.
    Breached,
}

/// `first window clipped`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FirstWindow {
    /// Measured over the part inside the term (the default).
    Clipped,
    /// Counts only once a full window lies inside the term.
    Full,
    /// The first one is left out.
    Skipped,
}

/// `credit NAME …`, `bonus NAME …`, `earn back NAME …`
#[derive(Clone, Debug)]
pub struct Credit {
    /// Which of the three.
    pub kind: CreditKind,
    /// Its name; alone, also the objective it belongs to.
    pub name: Option<Path>,
    /// `for A, B`
    pub for_: Vec<Path>,
    /// `on downtime(outages)`: what the ladder looks at instead of the objective's value.
    pub on: Option<Box<Expr>>,
    /// `each row`: once for each row that missed.
    pub each_row: Option<Span>,
    /// `regardless`: due without a breach.
    pub regardless: Option<Span>,
    /// `{ below target pay 10% … }`
    pub ladder: Option<Ladder>,
    /// `pay …` without a ladder.
    pub pay: Option<Remedy>,
    /// `of fee`: what percentages are shares of.
    pub base: Option<Expr>,
    /// `cap 50% of fee`, `cap … each row`, `cap … per day`
    pub caps: Vec<Cap>,
    /// `if COND`
    pub condition: Option<Box<FactCondition>>,
    /// `pays worst`, `pays each`
    pub groups: Option<(GroupPay, Span)>,
}

/// Which way money goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CreditKind {
    /// Owed by the provider after a breach.
    Credit,
    /// Owed by the customer.
    Bonus,
    /// Lowers the credits of the year.
    EarnBack,
}

impl CreditKind {
    /// The word it is stated with.
    pub const fn word(self) -> &'static str {
        match self {
            CreditKind::Credit => "credit",
            CreditKind::Bonus => "bonus",
            CreditKind::EarnBack => "earn back",
        }
    }
}

/// How a credit of a grouped objective pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupPay {
    /// Once, for the worst group.
    Worst,
    /// Once for each breached group, on that group's own base.
    Each,
}

/// `{ below 99.9% pay 10% … }`
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Lines from top to bottom.
    pub lines: Vec<Line>,
}

/// One line of a ladder.
#[derive(Clone, Debug)]
pub struct Line {
    /// Where it takes over.
    pub edge: Edge,
    /// `down to 92%`, `up to 4 h`: where it ends, although no line takes over there. The end
    /// belongs to it.
    pub until: Option<Expr>,
    /// What is due there.
    pub pay: Option<Remedy>,
    /// The whole line.
    pub span: Span,
}

/// Where a line of a ladder begins; the bound is `None` if it was unreadable.
#[derive(Clone, Debug)]
pub enum Edge {
    /// `below 99%`
    Below(Option<Expr>),
    /// `at or below 99%`
    AtOrBelow(Option<Expr>),
    /// `above 1%`, `over 5 min`
    Above(Option<Expr>),
    /// `at or above 5 min`
    AtOrAbove(Option<Expr>),
    /// `from 2`: this count and more
    From(Option<Expr>),
    /// `in 95%..98.999%`: both ends belong to it
    In(Option<Expr>),
    /// `outside 30%..60%`: neither end belongs to it
    Outside(Option<Expr>),
    /// `otherwise`: whatever no other line takes
    Otherwise,
}

/// What a line or credit gives.
#[derive(Clone, Debug)]
pub enum Remedy {
    /// `pay 30% plus 5% per started 0.1% from 99%`; the terms are added.
    Pay(Vec<PayTerm>),
    /// `extend 3 days`, `extend downtime(outages)`: the term becomes longer.
    Extend(Option<Box<Expr>>),
    /// `remedy "corrective-action meeting"`
    Text(Option<Text>),
}

/// One summand of a payment.
#[derive(Clone, Debug)]
pub struct PayTerm {
    /// The amount, or the amount of one step.
    pub amount: Option<Expr>,
    /// `per started 1 h from zero`
    pub step: Option<Box<Step>>,
}

/// `per started 1 h from zero`
#[derive(Clone, Debug)]
pub struct Step {
    /// How part units count; `None` if it was not said (reported).
    pub count: Option<StepCount>,
    /// One unit.
    pub unit: Option<Expr>,
    /// Where counting begins; `None` if it was not said (reported).
    pub from: Option<StepFrom>,
    /// From `per` to its end.
    pub span: Span,
}

/// How part units of a step count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepCount {
    /// A started unit counts whole.
    Started,
    /// Only full units count.
    Full,
    /// In proportion.
    Exact,
}

/// Where the units of a step are counted from.
#[derive(Clone, Debug)]
pub enum StepFrom {
    /// From nothing.
    Zero,
    /// From the objective's target.
    Target,
    /// From this value.
    Value(Expr),
}

/// `cap X`, `cap X each row`, `cap X per day`, `cap credits X per year`
#[derive(Clone, Debug)]
pub struct Cap {
    /// The most that is due.
    pub amount: Option<Expr>,
    /// `each row`
    pub each_row: bool,
    /// `per year`
    pub window: Option<Window>,
    /// From `cap` to its end.
    pub span: Span,
}

/// `credits highest of A, B`
#[derive(Clone, Debug)]
pub struct Stacking {
    /// True for `elect`: the customer chooses.
    pub elect: bool,
    /// The credits that do not add up.
    pub credits: Vec<Path>,
}

/// `support on S … { rows }`
#[derive(Clone, Debug)]
pub struct Support {
    /// Its name, which stands before the names of its cells.
    pub name: Option<Name>,
    /// The source of items.
    pub on: Option<Expr>,
    /// What holds for every cell that does not say otherwise.
    pub clauses: CellClauses,
    /// One row a severity.
    pub rows: Vec<SupportRow>,
    /// The whole head, for findings about it.
    pub head: Span,
}

/// Clauses of a support head or cell.
#[derive(Clone, Debug, Default)]
pub struct CellClauses {
    /// `per month`
    pub window: Option<Box<Window>>,
    /// `during Business`
    pub during: Option<Box<Expr>>,
    /// `pausing waiting`
    pub pausing: Option<Box<Expr>>,
    /// `for 95% of tickets`: the share that must make it; all of them if not said.
    pub share: Option<Box<Expr>>,
    /// `misses 1 below 20`: with fewer items than 20, this many misses are forgiven.
    pub misses: Option<(u32, u32, Span)>,
    /// `where channel == phone`
    pub filter: Option<Box<Expr>>,
    /// `if Plan == pro`
    pub condition: Option<Box<FactCondition>>,
}

/// `P1 respond 1 h during always  resolve 8 h`
#[derive(Clone, Debug)]
pub struct SupportRow {
    /// The severity.
    pub severity: Name,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// One promise of a support row.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Which clock.
    pub kind: CellKind,
    /// Within how long.
    pub limit: Option<CellLimit>,
    /// What differs from the head.
    pub clauses: CellClauses,
    /// From its word to its end.
    pub span: Span,
}

impl Cell {
    /// What tells it from all other cells.
    pub fn id(&self) -> NodeId {
        NodeId(self.span)
    }
}

/// Clocks of support.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CellKind {
    /// First response: from `start` to `responded`.
    Respond,
    /// Resolution: from `start` to `resolved`.
    Resolve,
    /// The longest silence between updates: `updates`.
    Update,
}

/// The limit of a support cell.
#[derive(Clone, Debug)]
pub enum CellLimit {
    /// `4 h`, `3 working days`
    Within(Expr),
    /// `by end of 1 working day`: the end of the n-th open day after the one it came in on.
    EndOf(u32),
}

/// The most that is excused, the window it is counted in, place.
pub type ExcludeLimit = (Option<Expr>, Option<Window>, Span);

/// `exclude works during Weekly as up limit 10 h per year notice 5 days from Uptime`
#[derive(Clone, Debug)]
pub struct Exclude {
    /// Which time.
    pub time: Option<Expr>,
    /// What it does to the measurement; `None` if it was not said (reported).
    pub treat: Option<(Treat, Span)>,
    /// `limit 10 h per year`, `limit 1 per month`
    pub limit: Option<Box<ExcludeLimit>>,
    /// `notice 5 days`
    pub notice: Option<Period>,
    /// `in Business`: whose working days the notice counts.
    pub calendar: Option<Path>,
    /// `from A, B`: only these objectives.
    pub only: Vec<Path>,
}

/// What excluded time becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Treat {
    /// It leaves the measured time.
    Absent,
    /// It stays and counts as good.
    Up,
}

/// `ignore outages where cause == customer from Uptime`
#[derive(Clone, Debug)]
pub struct Ignore {
    /// The rows, with their `where`.
    pub rows: Option<Expr>,
    /// Only for these objectives.
    pub only: Vec<Path>,
}

/// `fee Setup 500 EUR once for Database from 2026-03-01`
#[derive(Clone, Debug)]
pub struct Fee {
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// How much.
    pub amount: Option<Expr>,
    /// How often.
    pub rhythm: Option<Rhythm>,
    /// `for SERVICE`
    pub service: Option<Box<Path>>,
    /// `from DATE`
    pub from: Option<Box<When>>,
}

/// How often a fee is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rhythm {
    /// `per month`: accrues evenly over the days of each period.
    Per(PeriodUnit, Span),
    /// `once`
    Once(Span),
}

/// `minimum payout 1_000 USD carried over`, `minimum payout more than 1 USD`
#[derive(Clone, Debug)]
pub struct MinimumPayout {
    /// `more than`: exactly the amount is not paid either.
    pub more_than: bool,
    /// Credits of a window that sum to less are not paid.
    pub amount: Option<Expr>,
    /// They are not lost, but added to those of the next window.
    pub carried_over: bool,
}

/// `claim Notice for Uptime within 5 working days in Business after window "…"`
#[derive(Clone, Debug)]
pub struct Claim {
    /// The name of this step.
    pub name: Option<Name>,
    /// Only for these objectives.
    pub for_: Vec<Path>,
    /// The deadline.
    pub deadline: Option<ClaimDeadline>,
    /// `after window`, `after end`, `after FIELD`
    pub anchor: Option<Anchor>,
    /// `in Business`: whose working days count.
    pub calendar: Option<Path>,
    /// What must be handed in.
    pub evidence: Option<Text>,
}

/// By when a claim must be made.
#[derive(Clone, Debug)]
pub enum ClaimDeadline {
    /// `within 30 days`
    Within(Period),
    /// `by end of 2nd month`: the n-th such unit after the one the anchor falls into.
    EndOf(u32, PeriodUnit, Span),
    /// `by end of term`
    EndOfTerm(Span),
}

/// What a claim's time counts from.
#[derive(Clone, Debug)]
pub enum Anchor {
    /// The end of the window.
    Window,
    /// The start of the incident.
    Start,
    /// The end of the incident.
    End,
    /// A field of the row.
    Field(Name),
}

/// `terminate Chronic when COND notice 30 days within 30 days`
#[derive(Clone, Debug)]
pub struct Terminate {
    /// The name of this right, which distinguishes it from others.
    pub name: Option<Name>,
    /// When the right arises.
    pub when: Option<Expr>,
    /// How long before it takes effect.
    pub notice: Option<Period>,
    /// How long the right lasts.
    pub within: Option<Period>,
    /// Its description.
    pub title: Option<Text>,
}

/// `escalate P1 after 1 h to "duty manager", after 4 h to "CTO"`
#[derive(Clone, Debug)]
pub struct Escalate {
    /// The objective or severity it is about.
    pub subject: Option<Path>,
    /// Steps in order.
    pub steps: Vec<EscalateStep>,
}

/// One step of an escalation.
#[derive(Clone, Debug)]
pub struct EscalateStep {
    /// After how long.
    pub after: Option<Expr>,
    /// To whom: a text or a party.
    pub to: Option<EscalateTo>,
}

/// Who is informed.
#[derive(Clone, Debug)]
pub enum EscalateTo {
    /// In words.
    Text(Text),
    /// A declared party.
    Party(Name),
}

/// A name with a reason: `relax`, `waive`.
#[derive(Clone, Debug)]
pub struct Reasoned {
    /// What it is about.
    pub target: Option<Path>,
    /// Why.
    pub because: Option<Text>,
}

/// `allow CODE because "…"`
#[derive(Clone, Debug)]
pub struct Allow {
    /// The code, with hyphens.
    pub code: Option<Name>,
    /// Why.
    pub because: Option<Text>,
}

/// `term from D for P, renews P unless notice P`
#[derive(Clone, Debug)]
pub struct Term {
    /// First day.
    pub from: Option<When>,
    /// How long, or until when.
    pub length: Option<TermLength>,
    /// `renews 12 months`
    pub renews: Option<Period>,
    /// `unless notice 30 days`
    pub notice: Option<Period>,
}

/// How a term ends.
#[derive(Clone, Copy, Debug)]
pub enum TermLength {
    /// `for 12 months`
    For(Period),
    /// `to 2026-12-31`: the last day belongs to it.
    To(When),
}

/// `package Hosting.Gold follows`
#[derive(Clone, Debug)]
pub struct PackageRef {
    /// Package, or package and tier.
    pub path: Option<Path>,
    /// True if later amendments of the package apply as well.
    pub follows: Option<Span>,
}

/// `benefit discount 5% on "renewal"`
#[derive(Clone, Debug)]
pub struct Benefit {
    /// Its name.
    pub name: Option<Name>,
    /// How much.
    pub amount: Option<Expr>,
    /// On what, or what it is.
    pub text: Option<Text>,
}

/// `report every month within 5 working days in Business "…"`
#[derive(Clone, Debug)]
pub struct Duty {
    /// How often.
    pub every: Option<Window>,
    /// By when.
    pub within: Option<Period>,
    /// Whose working days count.
    pub calendar: Option<Path>,
    /// What about.
    pub text: Option<Text>,
}

/// `fact Plan = pro from 2026-03-01`
#[derive(Clone, Debug)]
pub struct Given {
    /// Which fact.
    pub fact: Option<Name>,
    /// Its value: a literal or a name.
    pub value: Option<Expr>,
    /// From when.
    pub from: Option<When>,
}

/// `warranty "…"`, `responsibility customer "…"`
#[derive(Clone, Debug)]
pub struct TextTerm {
    /// The leading word.
    pub word: Name,
    /// A name between word and text.
    pub name: Option<Name>,
    /// The text.
    pub text: Option<Text>,
}

/// `needs any A, B`
#[derive(Clone, Debug)]
pub struct Needs {
    /// How many of them at least; `None` is all.
    pub least: Option<u32>,
    /// The services.
    pub services: Vec<Path>,
}

/// `process "…" within 4 h`
#[derive(Clone, Debug)]
pub struct Process {
    /// What is done.
    pub text: Option<Text>,
    /// Within how long.
    pub within: Option<Expr>,
}

/// `test "…" { … }`
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub title: Option<Text>,
    /// `given AGREEMENT in 2026-03`, `given in 2026-03`
    pub given: Vec<TestGiven>,
    /// `fact Plan = pro`
    pub facts: Vec<Item>,
    /// Rows by source.
    pub rows: Vec<TestRows>,
    /// What must come out.
    pub expects: Vec<Expect>,
    /// `allow` statements.
    pub allows: Vec<Item>,
}

/// `given GlobexShop for Globex in 2026-03..2026-05`
#[derive(Clone, Debug)]
pub struct TestGiven {
    /// The agreement; `None` tests a metric alone.
    pub agreement: Option<Path>,
    /// The customer, for a template.
    pub customer: Option<Name>,
    /// First and last period of the data's extent; a single one is both.
    pub from: Option<When>,
    /// The last period, if another than the first.
    pub to: Option<When>,
}

/// `outages { … }`
#[derive(Clone, Debug)]
pub struct TestRows {
    /// The source.
    pub source: Name,
    /// Rows in order; of generated events at the same instant the later wins.
    pub rows: Vec<TestRow>,
}

/// `2026-03-03T10:00 for 50 min every 1 h  service: Shop`
#[derive(Clone, Debug)]
pub struct TestRow {
    /// When it is, or starts.
    pub from: When,
    /// When it ends, or when generated rows stop.
    pub to: Option<When>,
    /// `for 50 min`: how long each lasts.
    pub length: Option<Expr>,
    /// `every 1 s`: one row each so often, from `from` until before `to`.
    pub every: Option<Expr>,
    /// Values of fields.
    pub values: Vec<(Name, Option<Expr>)>,
    /// The whole row.
    pub span: Span,
}

/// `expect Uptime[eu] in 2026-03 breached, value 99%..99.9%`
#[derive(Clone, Debug)]
pub struct Expect {
    /// The objective, credit or metric; `None` speaks of the whole agreement.
    pub subject: Option<Expr>,
    /// Which window, where the extent holds several.
    pub window: Option<When>,
    /// What must hold.
    pub checks: Vec<Check>,
    /// The whole statement.
    pub span: Span,
}

/// One thing a test expects.
#[derive(Clone, Debug)]
pub enum Check {
    /// `met`, `breached`, `pending`, `no data`, `not in force`
    Verdict(Verdict, Span),
    /// `value 99.88%`, `value 99.88%..99.89%`
    Value(Option<Expr>, Span),
    /// `downtime 50 min`
    Downtime(Option<Expr>, Span),
    /// `credit 240 EUR`, `credit Late 20 EUR`, `no credit`
    Credit {
        /// Which kind.
        kind: CreditKind,
        /// Which credit; `None` is the sum of all.
        name: Option<Path>,
        /// How much; `None` is nothing (`no credit`).
        amount: Option<Expr>,
        /// Its place in the text.
        span: Span,
    },
    /// `extend 3 days`
    Extend(Option<Period>, Span),
    /// `remedy "…"`
    Remedy(Option<Text>, Span),
    /// `claim by 2026-04-30`, `claim Notice by 2026-04-05`
    Claim(Option<Name>, Option<When>, Span),
    /// `terminate`, `terminate Chronic by 2026-05-30`, `no terminate`
    Terminate {
        /// False for `no terminate`.
        wanted: bool,
        /// Which right; `None` is any.
        name: Option<Name>,
        /// The last day on which it can be used.
        by: Option<When>,
        /// Its place in the text.
        span: Span,
    },
}

/// Verdicts as the language writes them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// `met`
    Met,
    /// `breached`
    Breached,
    /// `pending`
    Pending,
    /// `no data`
    NoData,
    /// `not in force`
    NotInForce,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Its place in the text.
    pub span: Span,
}

impl Expr {
    /// What tells it from all other expressions.
    pub fn id(&self) -> NodeId {
        NodeId(self.span)
    }
}

/// Kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A name or path.
    Path(Box<Path>),
    /// `Latency[fra, ams]`, `Uptime[eu]`
    Index(Box<(Path, Vec<Expr>)>),
    /// `share(calls, answered <= 20 s)`
    Call(Box<Call>),
    /// `each 5 min of requests { … }`
    Each(Box<Each>),
    /// `if a then b else c`
    If(Box<[Expr; 3]>),
    /// `not x`, `-x`, `has x`, `previous x` …
    Unary(Unary, Box<Expr>),
    /// `a + b`, `a during b`, `a where b` …
    Binary(Binary, Box<[Expr; 2]>, Span),
    /// `a <= b`, `a in b..c`
    Compare(Compare, Box<[Expr; 2]>, Span),
    /// `a..b`, both ends belong to it
    Range(Box<[Expr; 2]>),
    /// `Uptime breached 3 of last 6`
    Breached(Box<Breached>),
    /// A hole that has been reported.
    Missing,
}

/// A literal value.
#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    /// `1_000`, `2.5`, `99.95%`, `1 in 250_000`
    Number(Exact, NumberForm),
    /// `1 h 30 min`: nanoseconds, and the unit it was written in (the largest)
    Duration(Exact, TimeUnit),
    /// `3 months`, `5 working days`
    Period(Period),
    /// `2_400.00 EUR`: amount and currency or unit code; which of them is not decided here
    Quantity(Exact, Box<Name>),
    /// `512 KiB`: bits
    Data(Exact, &'static DataUnit),
    /// `100/s`, `500 Mbit/s`, `900 EUR/h`: the amount and what it is divided by
    Rate(Box<Literal>, TimeUnit),
    /// `2026-03-01T10:00Z`
    Time(DateTime),
    /// `2026-03-01`
    Date(Date),
    /// `2026-03`
    Month(i32, u8),
    /// `09:00`
    Clock(Clock),
    /// `"…"`
    Text(EcoString),
    /// `true`
    Boolean(bool),
}

/// How a number was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NumberForm {
    /// `0.5`
    Plain,
    /// `50%`
    Percent,
    /// `1 in 2`
    Odds,
}

/// `name(args)`
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called; `p99.9` is one name.
    pub callee: Path,
    /// Arguments in order.
    pub args: Vec<Arg>,
}

/// One argument.
#[derive(Clone, Debug)]
pub struct Arg {
    /// `weight`, `overlaps`, `lasting`, `last`, `by`, `at least`.
    pub label: Option<Box<Name>>,
    /// `lasting more than 5 min`: strictly longer.
    pub more_than: Option<Span>,
    /// Its value.
    pub value: Expr,
}

/// `each KEY of ROWS { body }`
#[derive(Clone, Debug)]
pub struct Each {
    /// What the rows are cut by.
    pub key: Option<EachKey>,
    /// The rows; `None` are the enclosing ones.
    pub of: Option<Expr>,
    /// The value of each slot.
    pub body: Option<Expr>,
    /// What an empty slot is.
    pub empty: Option<(EmptySlot, Span)>,
}

/// What `each` cuts by.
#[derive(Clone, Debug)]
pub enum EachKey {
    /// `5 min`
    Length(Expr),
    /// `day`, `rolling 1 h every 1 min`
    Window(Window),
    /// `region`, or a time set by name: decided when names are known
    Name(Path),
    /// A time set: its pieces
    Pieces(Expr),
}

/// What an empty slot is worth, where that is not a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EmptySlot {
    /// `default last`: the state holds.
    Last,
    /// `skip`: it is left out.
    Skip,
}

/// `Uptime breached 3 of last 6`, `Uptime breached 2 in a row`
#[derive(Clone, Debug)]
pub struct Breached {
    /// The objective.
    pub objective: Path,
    /// How often.
    pub count: BreachCount,
}

/// How often an objective must be breached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BreachCount {
    /// In this window.
    Once,
    /// `n in a row`
    InARow(u32),
    /// `n of last m`
    OfLast(u32, u32),
}

/// Operators with one operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unary {
    /// `not x`
    Not,
    /// `-x`
    Negate,
    /// `has x`
    Has,
    /// `previous fee`
    Previous,
    /// `next fee`
    Next,
    /// `monthly fee`
    Monthly,
    /// `yearly fee`
    Yearly,
}

/// Operators with two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binary {
    /// `10% of fee`, `3 days of fee`
    Of,
    /// `a * b`
    Multiply,
    /// `a / b`
    Divide,
    /// `a + b`
    Add,
    /// `a - b`
    Subtract,
    /// `tickets at resolved`
    At,
    /// `S during T`
    During,
    /// `S during not T`
    DuringNot,
    /// `T except U`
    Except,
    /// `elapsed(a, b) pausing P`
    Pausing,
    /// `x rounded to 0.01%`
    Rounded,
    /// `x default v`
    Default,
    /// `a and b`
    And,
    /// `a or b`
    Or,
    /// `S where p`
    Where,
}
