//! Types and dimensions.

use std::sync::Arc;

use ecow::EcoString;

use crate::base::{Exact, Span};
use crate::lang::currencies::Currency;
use crate::names::{DeclId, Project};

/// The dimension of a quantity: exponents of its bases. A plain number has none.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Dimension {
    /// Exponent of time (nanoseconds).
    pub time: i8,
    /// Exponent of data (bits).
    pub data: i8,
    /// Exponent of money.
    pub money: i8,
    /// Which money; `None` with an exponent is "as the row says".
    pub currency: Option<CurrencyCode>,
    /// Exponents of own units, in the order of their declarations.
    pub units: Units,
}

/// The letters of a currency: every type of money carries them, so they are kept short.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// The letters of a currency.
    pub fn of(currency: &Currency) -> Option<Self> {
        currency.code.as_bytes().try_into().ok().map(CurrencyCode)
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Exponents of own units, in the order of their declarations. Hardly any quantity has them: those
/// without take no more than a pointer.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Units(Option<Arc<Vec<(DeclId, i8)>>>);

impl Units {
    fn new(mut units: Vec<(DeclId, i8)>) -> Self {
        units.retain(|(_, power)| *power != 0);
        units.sort_unstable();
        Units((!units.is_empty()).then(|| Arc::new(units)))
    }

    /// Units and their exponents, none of them zero.
    pub fn as_slice(&self) -> &[(DeclId, i8)] {
        self.0.as_ref().map_or(&[], |units| units.as_slice())
    }

    /// True if no own unit takes part.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl Dimension {
    /// A length of time.
    pub fn time() -> Self {
        Dimension { time: 1, ..Dimension::default() }
    }

    /// An amount of money.
    pub fn money(currency: Option<&'static Currency>) -> Self {
        Dimension {
            money: 1,
            currency: currency.and_then(CurrencyCode::of),
            ..Dimension::default()
        }
    }

    /// A count of an own unit.
    pub fn unit(unit: DeclId) -> Self {
        Dimension { units: Units::new(vec![(unit, 1)]), ..Dimension::default() }
    }

    /// An amount of data.
    pub fn data() -> Self {
        Dimension { data: 1, ..Dimension::default() }
    }

    /// True for a plain number.
    pub fn is_number(&self) -> bool {
        self.time == 0 && self.data == 0 && self.money == 0 && self.units.is_empty()
    }

    /// True for a length of time.
    pub fn is_time(&self) -> bool {
        self.time == 1 && self.data == 0 && self.money == 0 && self.units.is_empty()
    }

    /// True for an amount of money.
    pub fn is_money(&self) -> bool {
        self.money == 1 && self.time == 0 && self.data == 0 && self.units.is_empty()
    }

    /// True for what can be paid: an amount of money, or a count of one own unit.
    pub fn is_amount(&self) -> bool {
        self.is_money()
            || (matches!(self.units.as_slice(), [(_, 1)])
                && self.time == 0
                && self.data == 0
                && self.money == 0)
    }

    /// The product with `other` raised to `sign` (1 or -1); `None` if two currencies meet.
    pub fn combine(&self, other: &Dimension, sign: i8) -> Option<Dimension> {
        let currency = match (self.currency, other.currency) {
            (Some(one), Some(two)) if one != two => return None,
            (one, two) => one.or(two),
        };
        let mut units = self.units.as_slice().to_vec();
        for (unit, power) in other.units.as_slice() {
            match units.iter_mut().find(|(have, _)| have == unit) {
                Some((_, have)) => *have = have.saturating_add(power.saturating_mul(sign)),
                None => units.push((*unit, power.saturating_mul(sign))),
            }
        }
        let sum = |a: i8, b: i8| a.saturating_add(b.saturating_mul(sign));
        let money = sum(self.money, other.money);
        let currency = if money == 0 { None } else { currency };
        Some(Dimension {
            time: sum(self.time, other.time),
            data: sum(self.data, other.data),
            money,
            currency,
            units: Units::new(units),
        })
    }

    /// The type in words, for messages.
    pub fn describe(&self, project: &Project<'_>) -> String {
        if self.is_number() {
            return "a number".into();
        }
        if self.is_time() {
            return "a duration".into();
        }
        if self.is_money() {
            return self.currency.map_or_else(
                || "an amount of money".into(),
                |currency| format!("an amount of {}", currency.as_str()),
            );
        }
        if *self == Dimension::data() {
            return "an amount of data".into();
        }
        if let ([(unit, 1)], 0, 0, 0) = (self.units.as_slice(), self.time, self.data, self.money) {
            return format!("a count of {}", project.name(*unit));
        }
        let mut parts: Vec<(String, i8)> = Vec::new();
        if self.money != 0 {
            parts.push((
                self.currency
                    .as_ref()
                    .map_or("money".into(), |currency| currency.as_str().to_owned()),
                self.money,
            ));
        }
        parts.extend(
            self.units
                .as_slice()
                .iter()
                .map(|(unit, power)| (project.name(*unit).to_string(), *power)),
        );
        parts.push(("data".into(), self.data));
        parts.push(("time".into(), self.time));
        let side = |positive: bool| -> Vec<String> {
            let chosen =
                parts.iter().filter(|(_, power)| if positive { *power > 0 } else { *power < 0 });
            chosen
                .map(|(name, power)| {
                    if power.abs() == 1 { name.clone() } else { format!("{name}^{}", power.abs()) }
                })
                .collect()
        };
        let (above, below) = (side(true).join("·"), side(false).join("·"));
        match (above.as_str(), below.as_str()) {
            ("", below) => format!("a rate per {below}"),
            (above, "") => above.to_string(),
            (above, below) => format!("{above} per {below}"),
        }
    }
}

/// What a number stands for, where that is known: only used for warnings, never for meaning.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Nature {
    /// Nothing is known.
    Plain,
    /// A count of rows, or of a unit of the user's own that has no parts.
    Count,
    /// A share, from 0 to 1.
    Ratio,
}

/// The type of an expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Ty {
    /// Could not be found out, and that was reported: fits everything.
    Unknown,
    /// A number with a dimension.
    Quantity(Dimension, Nature),
    /// A calendar length.
    Period,
    /// A length that is either clock or calendar, as written in days or weeks.
    Boolean,
    /// Text.
    Text,
    /// An instant.
    Time,
    /// A date.
    Date,
    /// A time of day.
    Clock,
    /// A value of a declared enum.
    Enum(DeclId),
    /// A value of an enum without a name.
    Values(Arc<[EcoString]>),
    /// A customer.
    Customer,
    /// A service.
    Service,
    /// A severity.
    Severity,
    /// Rows.
    Rows(Arc<Rows>),
    /// A set of times.
    TimeSet,
    /// A closed range of values.
    Range(Box<Ty>),
    /// A value that may be absent.
    Optional(Box<Ty>),
}

impl Ty {
    /// A plain number.
    pub fn number() -> Self {
        Ty::Quantity(Dimension::default(), Nature::Plain)
    }

    /// A share.
    pub fn ratio() -> Self {
        Ty::Quantity(Dimension::default(), Nature::Ratio)
    }

    /// A count.
    pub fn count() -> Self {
        Ty::Quantity(Dimension::default(), Nature::Count)
    }

    /// A length of time.
    pub fn duration() -> Self {
        Ty::Quantity(Dimension::time(), Nature::Plain)
    }

    /// An amount of money.
    pub fn money(currency: Option<&'static Currency>) -> Self {
        Ty::Quantity(Dimension::money(currency), Nature::Plain)
    }

    /// Its dimension, for a quantity.
    pub fn dimension(&self) -> Option<&Dimension> {
        match self {
            Ty::Quantity(dimension, _) => Some(dimension),
            _ => None,
        }
    }

    /// True for what can be paid: an amount of money, or a count of one own unit.
    pub fn is_amount(&self) -> bool {
        self.dimension().is_some_and(Dimension::is_amount)
    }

    /// True if nothing is known of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Ty::Unknown)
    }

    /// The type without "may be absent".
    pub fn present(&self) -> &Ty {
        match self {
            Ty::Optional(inner) => inner,
            other => other,
        }
    }

    /// True if it may be absent.
    pub fn is_optional(&self) -> bool {
        matches!(self, Ty::Optional(_))
    }

    /// True if values of it have an order that `<` can ask for.
    pub fn is_ordered(&self) -> bool {
        matches!(
            self,
            Ty::Unknown
                | Ty::Quantity(..)
                | Ty::Time
                | Ty::Date
                | Ty::Clock
                | Ty::Severity
                | Ty::Period
        )
    }

    /// What people call it, with its article.
    pub fn describe(&self, project: &Project<'_>) -> String {
        match self {
            Ty::Unknown => "something unknown".into(),
            Ty::Quantity(dimension, Nature::Ratio) if dimension.is_number() => "a share".into(),
            Ty::Quantity(dimension, Nature::Count) if dimension.is_number() => "a count".into(),
            Ty::Quantity(dimension, _) => dimension.describe(project),
            Ty::Period => "a calendar period".into(),
            Ty::Boolean => "a condition (true or false)".into(),
            Ty::Text => "a text".into(),
            Ty::Time => "an instant".into(),
            Ty::Date => "a date".into(),
            Ty::Clock => "a time of day".into(),
            Ty::Enum(id) => format!("a value of `{}`", project.name(*id)),
            Ty::Values(values) => {
                format!("one of {}", crate::base::quoted_list(values.iter().map(EcoString::as_str)))
            }
            Ty::Customer => "a customer".into(),
            Ty::Service => "a service".into(),
            Ty::Severity => "a severity".into(),
            Ty::Rows(rows) => rows.kind.describe().into(),
            Ty::TimeSet => "a set of times".into(),
            Ty::Range(inner) => format!("a range ({})", inner.describe(project)),
            Ty::Optional(inner) => format!("{} that may be absent", inner.describe(project)),
        }
    }
}

/// Kinds of rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RowKind {
    /// Rows at an instant.
    Events,
    /// Rows from a start to an end.
    Spans,
    /// Rows of slots with a value.
    Series,
}

impl RowKind {
    /// The word that a source is declared with.
    pub fn word(self) -> &'static str {
        match self {
            RowKind::Events => "events",
            RowKind::Spans => "spans",
            RowKind::Series => "series",
        }
    }

    /// The kind of rows in words, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            RowKind::Events => "events",
            RowKind::Spans => "spans",
            RowKind::Series => "a series of slots",
        }
    }
}

/// The type of rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rows {
    /// Which kind.
    pub kind: RowKind,
    /// Declared fields; those every row has by its kind are not listed.
    pub fields: Vec<FieldTy>,
    /// The type of `value` of a series.
    pub value: Option<Ty>,
    /// The source they come from, if it is one.
    pub source: Option<DeclId>,
}

/// One field of rows.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FieldTy {
    /// Its name.
    pub name: EcoString,
    /// Its type.
    pub ty: Ty,
    /// Where it is declared.
    pub span: Span,
    /// For `spans of waits by ticket`: the source and its key.
    pub link: Option<(DeclId, EcoString)>,
    /// What its values must keep; a row that breaks them is refused when data is read.
    pub within: Option<Arc<Within>>,
}

/// Bounds of a field's values, in the base unit of its type.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Within {
    /// The lower bound, and whether it is itself allowed.
    pub low: Option<(Exact, bool)>,
    /// The upper bound, and whether it is itself allowed.
    pub high: Option<(Exact, bool)>,
}

impl Rows {
    /// The type of a field, declared or built in.
    pub fn field(&self, name: &str) -> Option<Ty> {
        if let Some(field) = self.fields.iter().find(|field| field.name == name) {
            return Some(field.ty.clone());
        }
        match (name, self.kind) {
            ("at", RowKind::Events) => Some(Ty::Time),
            ("start", RowKind::Spans | RowKind::Series) => Some(Ty::Time),
            ("end", RowKind::Spans) => Some(Ty::Optional(Box::new(Ty::Time))),
            ("end", RowKind::Series) => Some(Ty::Time),
            ("length", RowKind::Spans | RowKind::Series) => Some(Ty::duration()),
            ("value", RowKind::Series) => self.value.clone(),
            _ => None,
        }
    }

    /// Names of all fields, declared ones first.
    pub fn names(&self) -> Vec<EcoString> {
        let own: &[&str] = match self.kind {
            RowKind::Events => &["at"],
            RowKind::Spans => &["start", "end", "length"],
            RowKind::Series => &["start", "end", "length", "value"],
        };
        self.fields
            .iter()
            .map(|field| field.name.clone())
            .chain(own.iter().map(|name| EcoString::from(*name)))
            .collect()
    }

    /// The declared field that owns the rows for this type, if there is one.
    pub fn owner(&self, ty: &Ty) -> Option<&FieldTy> {
        self.fields.iter().find(|field| field.ty.present() == ty)
    }
}
