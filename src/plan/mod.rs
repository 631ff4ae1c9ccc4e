//! The evaluation plan: everything an agreement promises, flattened and explicit, as one JSON
//! document.
//!
//! In: the checked model. Out: [`Plan`], its JSON text and its JSON Schema. The types of this
//! module are the contract with every other program: a reader never resolves a name, never fills in
//! a default, never inherits. Their doc comments become the descriptions in the schema, and
//! `docs/plan.md` says what each of them means. This module evaluates nothing and reads no data.
//!
//! Rules of form, the same for every type: each field is always present (`null` or `[]` where there
//! is nothing to say), a field that is not known is an error, lists stand in an order that depends
//! on the input alone, and there is no map whose keys are the user's.

mod agreement;
mod declarations;
mod document;
mod expression;
mod money;
mod objective;
mod place;
mod rows;
mod schema;
mod texts;
pub(crate) mod time;
mod value;
mod write;

pub use agreement::{
    Agreement, AgreementKind, AgreementZone, Customer, Evaluated, PackageOrigin, Term, Terms,
    Version,
};
pub use declarations::{
    Choice, ColumnBound, EnumType, Fact, Field, Metric, Need, Owner, Party, PartyKind, Process,
    RowKind, Service, Severity, Source, Table, TableRow, Unit, Within,
};
pub use document::{FORMAT, Generator, Plan};
pub use expression::{Expression, FactCondition, Overlaps, Per, Relation, RoundTo, RowPart, When};
pub use money::{
    Accrual, Band, Bound, Cap, CapPer, Claim, ClaimAnchor, ClaimDeadline, Credit, CreditCap,
    CreditCapPer, CreditKind, CreditPer, Due, Fee, GroupPay, MinimumPayout, PayTerm, Remedy,
    Stacking, StackingRule, Step, StepCount, Termination, Toward,
};
pub use objective::{
    Better, Causes, CausesBy, Clock, ExcludedTime, Exclusion, ExclusionLimit, GroupKey, Groups,
    HoursFrom, Ignore, Items, LimitOf, Missing, Notice, Objective, ObjectivePart, PartOrigin,
    SmallSample, Support, SupportLimit, Test, Treat,
};
pub use place::Place;
pub use rows::{Cut, EmptySlot, GroupValues, Rows, Times};
pub(crate) use schema::name_variants;
pub use schema::{schema, schema_text};
pub use texts::{
    Benefit, Duty, Escalation, EscalationStep, Given, Reference, Relaxation, Scope, TextTerm,
    Waiver,
};
pub use time::{
    Calendar, CalendarRule, ClockRange, DaySet, FirstWindow, Instant, LocalDate, Moment, Month,
    MonthDay, Period, PeriodUnit, Transition, Weekday, Window, WindowUnit, Zone,
};
pub use value::{
    Amount, BaseUnit, DataUnit, Duration, DurationUnit, Factor, Number, NumberForm, Type, Value,
};
pub use write::ReadError;
pub(crate) use write::digest_of;
