//! The model: every agreement with its flattened terms, typed, each value with the place it comes
//! from.

use std::collections::BTreeMap;
use std::sync::Arc;

use ecow::EcoString;
use smallvec::{SmallVec, smallvec};

use super::scope::Local;
use super::tree::{Aggregate, Fold, Instance, Kind, Typed};
use super::ty::{Rows, Ty};
use crate::base::Span;
use crate::lang::words::AgreementKind;
use crate::names::{DeclId, Project, Reference};
use crate::syntax::ast;

/// A value, where it is written, and what it replaced, the oldest first.
#[derive(Clone, Debug)]
pub struct From<T> {
    /// The value that holds.
    pub value: T,
    /// Where it is written.
    pub at: Span,
    /// Places of the values it replaced.
    pub was: Was,
}

/// Places of values that were replaced, the oldest first. Hardly any value has them: those without
/// take no more than a pointer.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Was(Option<Arc<SmallVec<[Span; 1]>>>);

impl Was {
    /// These places and one more, the newest.
    #[must_use]
    pub fn and(mut self, place: Span) -> Was {
        match &mut self.0 {
            Some(places) => Arc::make_mut(places).push(place),
            None => self.0 = Some(Arc::new(smallvec![place])),
        }
        self
    }
}

impl std::convert::From<Vec<Span>> for Was {
    fn from(places: Vec<Span>) -> Self {
        Was((!places.is_empty()).then(|| Arc::new(places.into())))
    }
}

impl std::ops::Deref for Was {
    type Target = [Span];
    fn deref(&self) -> &[Span] {
        self.0.as_ref().map_or(&[], |places| places.as_slice())
    }
}

/// Identifies a typed statement of a project. What several agreements inherit from one place, with
/// nothing around it that changes its meaning, is typed once and has one id. Ids grow in the order
/// of typing, which depends on the texts alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TermId(pub(super) u32);

/// Everything the compiler knows after flattening.
pub struct Model<'a, 'p> {
    /// All declarations.
    pub project: &'p Project<'a>,
    /// Types of sources.
    pub sources: BTreeMap<DeclId, Arc<Rows>>,
    /// Metrics as declared; those that cannot be typed are left out.
    pub metrics: BTreeMap<DeclId, Arc<MetricType>>,
    /// Tables.
    pub tables: BTreeMap<DeclId, Table>,
    /// Facts.
    pub facts: BTreeMap<DeclId, Fact>,
    /// Services.
    pub services: BTreeMap<DeclId, Service<'a>>,
    /// Agreements in the order of their declarations.
    pub agreements: Vec<Agreement<'a>>,
    /// Tiers of packages, and packages without tiers, flattened by themselves.
    pub tiers: Vec<TierTerms<'a>>,
    /// Tests.
    pub tests: Vec<Test<'a>>,
    /// Uses of names.
    pub references: Vec<Reference>,
}

/// A table of constants.
#[derive(Debug)]
pub struct Table {
    /// Types of the keys.
    pub keys: Vec<Ty>,
    /// Type of the values.
    pub ty: Ty,
    /// Rows: keys, value, place.
    pub rows: Vec<(Vec<Typed>, Typed, Span)>,
}

/// A fact.
#[derive(Debug)]
pub struct Fact {
    /// Type of its value.
    pub ty: Ty,
    /// Its default value.
    pub default: Option<Typed>,
}

/// A service.
#[derive(Debug)]
pub struct Service<'a> {
    /// When it is to be there.
    pub hours: Option<Typed>,
    /// What it needs: how many at least (`None` is all), which services, place.
    pub needs: Vec<(Option<u32>, Vec<DeclId>, Span)>,
    /// Processes: text, within how long.
    pub processes: Vec<(&'a ast::Process, Option<Typed>)>,
}

/// The terms of a package at one of its tiers.
pub struct TierTerms<'a> {
    /// The package.
    pub package: DeclId,
    /// The tier; `None` for a package without tiers.
    pub tier: Option<&'a ast::Tier>,
    /// The tier it extends.
    pub extends: Option<EcoString>,
    /// What it promises.
    pub terms: Terms<'a>,
}

/// An agreement of any kind.
pub struct Agreement<'a> {
    /// Its declaration.
    pub id: DeclId,
    /// Its name.
    pub name: EcoString,
    /// Which kind.
    pub kind: AgreementKind,
    /// As declared.
    pub syntax: &'a ast::Agreement,
    /// The declaration with its doc comment.
    pub item: &'a ast::Item,
    /// Who provides.
    pub provider: Option<DeclId>,
    /// Who receives; `None` with `any` for a template.
    pub customer: Option<DeclId>,
    /// True for `any customer`.
    pub any_customer: bool,
    /// Its parent.
    pub under: Option<DeclId>,
    /// Agreements under it.
    pub children: Vec<DeclId>,
    /// First day of the term.
    pub start: Option<From<ast::Date>>,
    /// The day after the term's last; `None` if it is open.
    pub end: Option<ast::Date>,
    /// The term as written.
    pub term: Option<&'a ast::Term>,
    /// Zone of all local times.
    pub zone: Option<From<EcoString>>,
    /// Terms by date, the first from the start of the term; each amendment in force begins another.
    pub versions: Vec<Version<'a>>,
}

/// Terms from a date on.
pub struct Version<'a> {
    /// First day; `None` is the start of the term.
    pub from: Option<ast::Date>,
    /// The amendment that begins it, and how it meets windows it cuts.
    pub amendment: Option<(&'a ast::Amend, Option<ast::AmendBoundary>)>,
    /// The package that it takes.
    pub package: Option<From<Origin>>,
    /// The terms.
    pub terms: Terms<'a>,
}

/// The package that terms are taken from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Origin {
    /// The package.
    pub package: DeclId,
    /// Its tier; `None` for a package without tiers.
    pub tier: Option<EcoString>,
    /// True if later amendments of the package apply too.
    pub follows: bool,
}

/// A duty, whether it is a review, its calendar, its place.
pub type DutyTerm<'a> = (&'a ast::Duty, bool, Option<DeclId>, Span);

/// Flattened terms.
#[derive(Default, Clone)]
pub struct Terms<'a> {
    /// Objectives in the order they were first stated.
    pub objectives: Box<[Arc<Objective<'a>>]>,
    /// Credits, bonuses, earn-backs.
    pub credits: Box<[Arc<Credit<'a>>]>,
    /// Fees.
    pub fees: Box<[Arc<Fee<'a>>]>,
    /// Caps over all credits.
    pub caps: Box<[Arc<Cap<'a>>]>,
    /// Credits that do not add up.
    pub stacking: Box<[Stacking]>,
    /// Credits below this are not paid.
    pub minimum: Option<Box<From<Minimum>>>,
    /// Excluded time.
    pub excludes: Box<[Arc<Exclude<'a>>]>,
    /// Ignored rows.
    pub ignores: Box<[Arc<Ignore<'a>>]>,
    /// Claims.
    pub claims: Box<[Arc<Claim<'a>>]>,
    /// Rights to end the agreement.
    pub terminations: Box<[Arc<Terminate<'a>>]>,
    /// Escalations.
    pub escalations: Box<[Arc<Escalation<'a>>]>,
    /// Hours of the agreement.
    pub hours: Option<Box<From<Arc<Typed>>>>,
    /// What a window without data is.
    pub missing: Option<Box<From<ast::Missing>>>,
    /// What the first window is.
    pub first: Option<Box<From<ast::FirstWindow>>>,
    /// Services in scope.
    pub services: Box<[(DeclId, Span)]>,
    /// Texts: scope, benefits, duties, text terms, in order.
    pub texts: Box<[&'a ast::Item]>,
    /// Calendars of reports and reviews, by place of the duty.
    pub duties: Box<[DutyTerm<'a>]>,
    /// Facts as given.
    pub facts: Box<[Arc<Given<'a>>]>,
    /// Requirements it satisfies.
    pub satisfies: Box<[(DeclId, Span)]>,
    /// Requirements, or parts of them, that are waived.
    pub waivers: Box<[&'a ast::Item]>,
    /// What is allowed to be weaker.
    pub relaxations: Box<[&'a ast::Item]>,
    /// Names of objectives and credits that are stated but could not be typed.
    pub untyped: Box<[EcoString]>,
}

impl Terms<'_> {
    /// True if an objective or credit of this name is stated, even if it could not be typed.
    pub fn states(&self, name: &str) -> bool {
        let names = self
            .objectives
            .iter()
            .map(|it| &it.name)
            .chain(self.credits.iter().map(|it| &it.name))
            .chain(&self.untyped);
        names.into_iter().any(|known| known == name)
    }
}

/// An objective after flattening.
pub struct Objective<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// Its name, such as `Uptime` or `P1.respond`.
    pub name: EcoString,
    /// The statement that first stated it.
    pub item: &'a ast::Item,
    /// The service it is about.
    pub service: Option<DeclId>,
    /// What is measured.
    pub metric: From<Measure>,
    /// How it is compared.
    pub compare: From<ast::Compare>,
    /// The bound.
    pub target: From<Arc<Typed>>,
    /// The window.
    pub window: From<&'a ast::Window>,
    /// What few objectives say; `None` if it says nothing of it.
    pub narrowed: Option<Box<Narrowed>>,
    /// Which way is good; `None` if neither.
    pub higher_is_better: Option<bool>,
    /// Sources its metric reads.
    pub sources: SmallVec<[DeclId; 4]>,
    /// For a cell of a support table.
    pub support: Option<Box<Support>>,
    /// Places of the statements that later ones changed.
    pub was: Was,
}

/// What an objective says beyond metric, target and window: which rows and which time count, and
/// when it holds.
#[derive(Debug, Default)]
pub struct Narrowed {
    /// The source whose every row must meet the target, for a metric of one row.
    pub each_row: Option<DeclId>,
    /// When it is measured.
    pub during: Option<From<Arc<Typed>>>,
    /// Groups.
    pub by: Vec<Group>,
    /// Which rows count.
    pub filter: Option<From<Arc<Typed>>>,
    /// The source whose rows the filter narrows.
    pub filtered: Option<DeclId>,
    /// Under which facts it holds.
    pub condition: Option<From<Arc<Condition>>>,
    /// From when it holds.
    pub from: Option<From<ast::Date>>,
    /// What a window without data is.
    pub missing: Option<From<ast::Missing>>,
    /// What the first window is.
    pub first: Option<From<ast::FirstWindow>>,
    /// Held at the parent, not in the leaves.
    pub kept_here: Option<Span>,
}

impl Narrowed {
    /// Nothing said.
    const NOTHING: &'static Narrowed = &Narrowed {
        each_row: None,
        during: None,
        by: Vec::new(),
        filter: None,
        filtered: None,
        condition: None,
        from: None,
        missing: None,
        first: None,
        kept_here: None,
    };

    /// In a box, unless nothing is said.
    pub fn boxed(self) -> Option<Box<Narrowed>> {
        let says = self.each_row.is_some()
            || self.during.is_some()
            || !self.by.is_empty()
            || self.filter.is_some()
            || self.condition.is_some()
            || self.from.is_some()
            || self.missing.is_some()
            || self.first.is_some()
            || self.kept_here.is_some();
        says.then(|| Box::new(self))
    }
}

/// What an objective measures.
#[derive(Clone, Debug)]
pub enum Measure {
    /// A metric, as stated.
    Stated(Arc<Typed>),
    /// The share of items that made the limit of a support cell. It follows from the cell and is
    /// much larger than it: made when it is needed.
    Cell,
}

impl Objective<'_> {
    /// What it says beyond metric, target and window.
    pub fn narrowed(&self) -> &Narrowed {
        self.narrowed.as_deref().unwrap_or(Narrowed::NOTHING)
    }

    /// The metric, typed.
    pub fn measure(&self) -> Arc<Typed> {
        match (&self.metric.value, &self.support) {
            (Measure::Stated(metric), _) => Arc::clone(metric),
            (Measure::Cell, Some(support)) => Arc::new(support.share_in_time(self.metric.at)),
            (Measure::Cell, None) => {
                Arc::new(Typed { kind: Kind::Missing, ty: Ty::Unknown, span: self.metric.at })
            }
        }
    }

    /// The type of the value of one bad row, for credits on each row; `None` if rows have none.
    pub fn row_type(&self) -> Option<Ty> {
        match (&self.metric.value, &self.support) {
            (Measure::Stated(metric), _) if self.narrowed().each_row.is_some() => {
                Some(metric.ty.clone())
            }
            (Measure::Stated(metric), _) => row_type(metric),
            (Measure::Cell, Some(support)) => match support.limit.value {
                Limit::Within(_) => Some(Ty::duration()),
                Limit::EndOf(_) => None,
            },
            (Measure::Cell, None) => None,
        }
    }

    /// The type of the rows that are good or bad one by one; `None` if the value is not made of
    /// rows like this.
    pub fn rows(&self) -> Option<Arc<Rows>> {
        match (&self.metric.value, &self.support) {
            (Measure::Cell, support) => support.as_ref().map(|support| Arc::clone(&support.row)),
            (Measure::Stated(metric), _) => match &aggregate_of(metric)?.rows.ty {
                Ty::Rows(rows) => Some(Arc::clone(rows)),
                _ => None,
            },
        }
    }

    /// True if the comparison asks for what is worse by the metric: it has been reported, and what
    /// follows from it says nothing new.
    pub fn runs_backward(&self) -> bool {
        self.higher_is_better
            .zip(self.compare.value.wants_more())
            .is_some_and(|(better, wants)| better != wants)
    }

    /// The type of the metric's value.
    pub fn value_type(&self) -> Ty {
        match &self.metric.value {
            Measure::Stated(metric) => metric.ty.clone(),
            Measure::Cell => Ty::ratio(),
        }
    }
}

/// What an aggregate looks at in each row.
fn row_type(metric: &Typed) -> Option<Ty> {
    let aggregate = aggregate_of(metric)?;
    match aggregate.fold {
        Fold::Mean | Fold::Min | Fold::Max | Fold::Percentile => {
            aggregate.arg.as_ref().map(|arg| arg.ty.present().clone())
        }
        Fold::Uptime | Fold::Downtime => Some(Ty::duration()),
        Fold::Count | Fold::Share | Fold::Sum | Fold::Distinct => None,
    }
}

/// The aggregate that a metric is, whatever it is called, rounded to, or worth without data.
fn aggregate_of(metric: &Typed) -> Option<&Aggregate> {
    let mut metric = metric;
    loop {
        metric = match &metric.kind {
            Kind::Rounded(both) | Kind::Default(both) => {
                let [first, _] = &**both;
                first
            }
            Kind::Metric(instance, _) => &instance.body,
            Kind::Aggregate(aggregate) => return Some(aggregate),
            _ => return None,
        };
    }
}

/// A group of an objective.
#[derive(Clone, Debug)]
pub struct Group {
    /// The field.
    pub field: EcoString,
    /// The name of its value in the objective.
    pub alias: EcoString,
    /// Type of its values.
    pub ty: Ty,
    /// Where it is written.
    pub at: Span,
}

/// A condition on facts or objectives, and when it must hold.
#[derive(Debug)]
pub struct Condition {
    /// The condition.
    pub expr: Typed,
    /// When in the window; `None`: it must not change within one.
    pub when: Option<ast::FactWhen>,
}

/// What a cell of a support table says beyond its objective.
#[derive(Debug)]
pub struct Support {
    /// Which clock.
    pub kind: ast::CellKind,
    /// The items.
    pub rows: Arc<Typed>,
    /// Their type.
    pub row: Arc<Rows>,
    /// The severity.
    pub severity: DeclId,
    /// Within how long, or by the end of which open day.
    pub limit: From<Limit>,
    /// The clock's calendar.
    pub during: Option<From<Arc<Typed>>>,
    /// When it is paused.
    pub pausing: Option<From<Arc<Typed>>>,
    /// With fewer items than the second, so many misses are forgiven.
    pub misses: Option<Box<From<(u32, u32)>>>,
}

/// The limit of a support cell.
#[derive(Debug)]
pub enum Limit {
    /// A length of time, as typed; working days are already lengths.
    Within(Arc<Typed>),
    /// The end of the n-th open day after the day it came in on.
    EndOf(u32),
}

/// A credit, bonus or earn-back after flattening.
pub struct Credit<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// Its name.
    pub name: EcoString,
    /// As written.
    pub syntax: &'a ast::Credit,
    /// The statement.
    pub item: &'a ast::Item,
    /// Places of credits it replaced.
    pub was: Was,
    /// The objectives it belongs to.
    pub objectives: Box<[EcoString]>,
    /// What the ladder looks at, if not the objective's value.
    pub on: Option<Arc<Typed>>,
    /// Lines of the ladder.
    pub lines: Box<[Line]>,
    /// What is due without a ladder.
    pub pay: Option<Remedy>,
    /// What shares are shares of.
    pub base: Option<Arc<Typed>>,
    /// Caps.
    pub caps: Box<[Cap<'a>]>,
    /// Under which condition it is due.
    pub condition: Option<Box<Condition>>,
}

/// A line of a ladder.
#[derive(Debug)]
pub struct Line {
    /// Where it begins.
    pub edge: Edge,
    /// Where it ends of its own, although no line takes over there; the end belongs to it.
    pub until: Option<Typed>,
    /// What is due.
    pub remedy: Remedy,
    /// Where it is written.
    pub at: Span,
}

/// Where a line of a ladder begins, typed.
#[derive(Debug)]
pub enum Edge {
    /// `below`
    Below(Typed),
    /// `at or below`
    AtOrBelow(Typed),
    /// `above`, `over`
    Above(Typed),
    /// `at or above`
    AtOrAbove(Typed),
    /// `from N`
    From(Typed),
    /// `in A..B`
    In(Box<Typed>, Box<Typed>),
    /// `outside A..B`
    Outside(Box<Typed>, Box<Typed>),
    /// `otherwise`: whatever no other line takes.
    Otherwise,
}

impl Edge {
    /// The values where it begins: none, one, or both ends of a band.
    pub fn bounds(&self) -> impl Iterator<Item = &Typed> {
        let (one, other) = match self {
            Edge::Below(bound)
            | Edge::AtOrBelow(bound)
            | Edge::Above(bound)
            | Edge::AtOrAbove(bound)
            | Edge::From(bound) => (Some(bound), None),
            Edge::In(low, high) | Edge::Outside(low, high) => (Some(&**low), Some(&**high)),
            Edge::Otherwise => (None, None),
        };
        one.into_iter().chain(other)
    }
}

/// What is due, typed.
#[derive(Debug)]
pub enum Remedy {
    /// Summands.
    Pay(Box<[PayTerm]>),
    /// The term becomes longer, by a calendar period or a length of time.
    Extend(Box<Typed>),
    /// Anything else, in words.
    Text(EcoString),
}

/// A summand of a payment.
#[derive(Debug)]
pub struct PayTerm {
    /// The amount, or that of one step.
    pub amount: Typed,
    /// True if it is a share of the credit's base.
    pub share: bool,
    /// One unit of a step, how part units count, where counting begins.
    pub step: Option<Box<(Typed, ast::StepCount, StepFrom)>>,
}

/// Where the units of a step are counted from.
#[derive(Debug)]
pub enum StepFrom {
    /// From nothing.
    Zero,
    /// From the target.
    Target,
    /// From a value.
    Value(Typed),
}

/// A bound on credits.
pub struct Cap<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// As written.
    pub syntax: &'a ast::Cap,
    /// The most that is due.
    pub amount: Arc<Typed>,
    /// True if it is a share of the credit's base.
    pub share: bool,
    /// Places of caps over all credits it replaced.
    pub was: Was,
}

/// Credits that do not add up.
#[derive(Clone, Debug)]
pub struct Stacking {
    /// True if the customer elects one; else the highest is due.
    pub elect: bool,
    /// The credits.
    pub credits: Vec<EcoString>,
    /// Where it is written.
    pub at: Span,
    /// Places of the statements it replaced.
    pub was: Was,
}

/// A fee.
pub struct Fee<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// Its name.
    pub name: Option<EcoString>,
    /// As written.
    pub syntax: &'a ast::Fee,
    /// The statement.
    pub item: &'a ast::Item,
    /// Places of fees it replaced.
    pub was: Vec<Span>,
    /// How much.
    pub amount: Typed,
    /// For which service.
    pub service: Option<DeclId>,
}

/// The least that is paid.
#[derive(Clone, Debug)]
pub struct Minimum {
    /// Credits of a window that sum to less are not paid.
    pub amount: Arc<Typed>,
    /// Credits that sum to exactly the amount are not paid either.
    pub more_than: bool,
    /// They are added to those of the next window instead.
    pub carried_over: bool,
}

/// Excluded time.
pub struct Exclude<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// As written.
    pub syntax: &'a ast::Exclude,
    /// The statement.
    pub item: &'a ast::Item,
    /// The time, or spans.
    pub time: Typed,
    /// Absent or up.
    pub treat: ast::Treat,
    /// The most that is excused: a length or a number of spans.
    pub limit: Option<Typed>,
    /// Whose working days the notice counts.
    pub calendar: Option<DeclId>,
    /// Only for these objectives.
    pub only: Vec<EcoString>,
}

/// Ignored rows.
pub struct Ignore<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// The statement.
    pub item: &'a ast::Item,
    /// The source.
    pub source: DeclId,
    /// Which of its rows; typed with a current row.
    pub rows: Typed,
    /// Only for these objectives.
    pub only: Vec<EcoString>,
}

/// A step of the claim procedure.
pub struct Claim<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// As written.
    pub syntax: &'a ast::Claim,
    /// The statement.
    pub item: &'a ast::Item,
    /// Only for these objectives.
    pub only: Vec<EcoString>,
    /// Whose working days count.
    pub calendar: Option<DeclId>,
    /// Places of claims it replaced.
    pub was: Was,
}

/// A right to end the agreement.
pub struct Terminate<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// As written.
    pub syntax: &'a ast::Terminate,
    /// The statement.
    pub item: &'a ast::Item,
    /// When it arises.
    pub when: Typed,
    /// Places of rights it replaced.
    pub was: Was,
}

/// An escalation.
pub struct Escalation<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// As written.
    pub syntax: &'a ast::Escalate,
    /// The statement.
    pub item: &'a ast::Item,
    /// After how long each step comes, and to which party.
    pub steps: Vec<(Option<Typed>, Option<DeclId>)>,
}

/// A fact as given by an agreement or test.
pub struct Given<'a> {
    /// What tells it from all others.
    pub id: TermId,
    /// As written.
    pub syntax: &'a ast::Given,
    /// Which fact.
    pub fact: DeclId,
    /// Its value.
    pub value: Typed,
    /// From when.
    pub from: Option<ast::Date>,
}

/// A test.
pub struct Test<'a> {
    /// As written.
    pub syntax: &'a ast::Test,
    /// The statement.
    pub item: &'a ast::Item,
    /// Agreements under test, and customers of templates.
    pub given: Vec<(Option<DeclId>, Option<DeclId>)>,
    /// Facts as given.
    pub facts: Vec<Given<'a>>,
    /// Rows by source.
    pub rows: Vec<(DeclId, Vec<TestRow<'a>>)>,
    /// Expectations.
    pub expects: Vec<Expectation<'a>>,
}

/// A row, or a series of rows, of a test.
pub struct TestRow<'a> {
    /// As written.
    pub syntax: &'a ast::TestRow,
    /// How long each lasts, and how far apart they are.
    pub length: Option<Typed>,
    /// One row each so often.
    pub every: Option<Typed>,
    /// Values of fields.
    pub values: Vec<(EcoString, Typed)>,
}

/// What a test expects of one subject.
pub struct Expectation<'a> {
    /// As written.
    pub syntax: &'a ast::Expect,
    /// The subject.
    pub subject: Subject,
    /// Values to compare with, in the order of the checks that have one.
    pub values: Vec<Typed>,
}

/// What an expectation speaks of.
pub enum Subject {
    /// The agreement as a whole.
    Whole,
    /// An objective, or one of its groups.
    Objective(EcoString, Vec<Typed>),
    /// A metric.
    Metric(Typed),
    /// Could not be found out; reported.
    Unknown,
}

/// A metric, typed as declared.
#[derive(Debug)]
pub struct MetricType {
    /// Its parameters with their declared types.
    pub params: Vec<Local>,
    /// The source whose row it speaks of.
    pub of: Option<(DeclId, Arc<Rows>)>,
    /// The definition typed with the declared parameter types.
    pub instance: Arc<Instance>,
    /// `better higher` is `Some(true)`.
    pub higher_is_better: Option<bool>,
}
