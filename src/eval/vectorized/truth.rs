//! Conditions of all rows of a source.

use std::cmp::Ordering;
use std::sync::Arc;

use super::range::{NOTHING, Range};
use super::vector::Vector;
use super::{ColumnReader, Operand};
use crate::base::Exact;
use crate::eval::kind::Kind;
use crate::eval::program::Expr;
use crate::eval::table::{Bits, Data};
use crate::eval::value::Value;
use crate::plan::{Place, Relation};

/// For which rows a condition is true, and for which it is known; it is false where it is known and
/// not true.
#[derive(Clone, Debug)]
pub struct Truth {
    /// Where it is true.
    pub yes: Arc<Bits>,
    /// Where it is true or false; `None`: everywhere.
    pub known: Option<Arc<Bits>>,
}

impl Truth {
    /// The same for every row.
    pub fn constant(len: usize, value: bool) -> Truth {
        Truth { yes: Arc::new(Bits::all(len, value)), known: None }
    }

    fn new(yes: Bits, here: Option<Arc<Bits>>) -> Truth {
        let yes = here.as_ref().map_or_else(|| yes.clone(), |here| yes.and(here));
        Truth { yes: Arc::new(yes), known: here }
    }

    fn no(&self) -> Bits {
        let not = self.yes.not();
        self.known.as_ref().map_or_else(|| not.clone(), |known| not.and(known))
    }

    fn negated(&self) -> Truth {
        Truth { yes: Arc::new(self.no()), known: self.known.clone() }
    }

    /// True where both are, known where both are or one is false.
    fn and(&self, other: &Truth) -> Truth {
        let yes = Arc::new(self.yes.and(&other.yes));
        let known = match (&self.known, &other.known) {
            (None, None) => None,
            _ => Some(Arc::new(yes.or(&self.no()).or(&other.no()))),
        };
        Truth { yes, known }
    }

    fn or(&self, other: &Truth) -> Truth {
        self.negated().and(&other.negated()).negated()
    }
}

impl ColumnReader<'_> {
    /// A condition, without looking whether it is known already.
    pub(super) fn condition(&self, condition: &Expr) -> Option<Truth> {
        match condition {
            Expr::Field { column, row: 0, .. } => {
                let column = self.table.column(*column).filter(|column| column.unsaid.is_none())?;
                match &column.data {
                    Data::Booleans(bits) => Some(Truth::new(bits.clone(), column.here.clone())),
                    Data::Times(_)
                    | Data::Numbers { .. }
                    | Data::Exacts(_)
                    | Data::Names(_)
                    | Data::Severities(_)
                    | Data::Dates(_)
                    | Data::Values(_) => None,
                }
            }
            Expr::Group { name, .. } => match self.group(*name)? {
                Value::Boolean(value) => Some(Truth::constant(self.table.len(), *value)),
                _ => None,
            },
            Expr::Present(value) => self.present(value),
            Expr::Default(value, otherwise) => {
                let value = self.truth(value)?;
                let Expr::Literal(Value::Boolean(otherwise)) = &**otherwise else { return None };
                let Some(known) = &value.known else { return Some(value) };
                let yes = if *otherwise {
                    Arc::new(value.yes.or(&known.not()))
                } else {
                    Arc::clone(&value.yes)
                };
                Some(Truth { yes, known: None })
            }
            Expr::And(terms) => self.junction(terms, Truth::and),
            Expr::Or(terms) => self.junction(terms, Truth::or),
            Expr::Not(value) => self.truth(value).map(|value| value.negated()),
            Expr::Compare { relation, left, right, .. } => self.compared(*relation, left, right),
            Expr::Between { value, low, high, .. } => {
                let vector = self.vector(value)?;
                let (Operand::Constant(low), Operand::Constant(high)) =
                    (self.operand(low)?, self.operand(high)?)
                else {
                    return None;
                };
                let bits = vector.ints.within(vector.between(&low, &high)?);
                // What never ends lies beyond every bound.
                let bits = vector
                    .endless
                    .as_ref()
                    .map_or_else(|| bits.clone(), |endless| bits.and(&endless.not()));
                Some(Truth::new(bits, vector.here))
            }
            _ => None,
        }
    }

    fn junction(&self, terms: &[Expr], join: impl Fn(&Truth, &Truth) -> Truth) -> Option<Truth> {
        let mut all: Option<Truth> = None;
        for term in terms {
            let term = self.truth(term)?;
            all = Some(all.map_or_else(|| term.clone(), |all| join(&all, &term)));
        }
        all
    }

    fn present(&self, value: &Expr) -> Option<Truth> {
        let here = match value {
            // A time that an open span lacks may be seen as if it were there.
            Expr::Field { column, row: 0, .. } => match self.field(*column) {
                Some(vector) => vector.here,
                None => self
                    .table
                    .column(*column)
                    .filter(|column| column.unsaid.is_none())
                    .map(|column| column.here.clone())?,
            },
            _ => self.vector(value)?.here,
        };
        Some(here.map_or_else(
            || Truth::constant(self.table.len(), true),
            |yes| Truth { yes, known: None },
        ))
    }

    fn compared(&self, relation: Relation, left: &Expr, right: &Expr) -> Option<Truth> {
        // What is true where another comparison is false is not computed twice.
        let opposite = match relation {
            Relation::Greater => Some(Relation::AtMost),
            Relation::AtLeast => Some(Relation::Less),
            Relation::NotEqual => Some(Relation::Equal),
            Relation::Less | Relation::AtMost | Relation::Equal => None,
        };
        if let Some(relation) = opposite {
            let (left, right, at) =
                (Box::new(left.clone()), Box::new(right.clone()), Place(String::new()));
            return self
                .truth(&Expr::Compare { relation, left, right, at })
                .map(|truth| truth.negated());
        }
        match (self.operand(left)?, self.operand(right)?) {
            (Operand::Vector(vector), Operand::Constant(value)) => vector.against(relation, &value),
            (Operand::Constant(value), Operand::Vector(vector)) => {
                vector.against(flipped(relation), &value)
            }
            (Operand::Vector(left), Operand::Vector(right)) => {
                if left.endless.is_some() || right.endless.is_some() {
                    return None;
                }
                let (left, right) = left.aligned(&right)?;
                let here = left.here_with(&right);
                let bits =
                    left.ints.paired(&right.ints, |one, two| relation.holds(one.cmp(&two)))?;
                Some(Truth::new(bits, here))
            }
            (Operand::Constant(_), Operand::Constant(_)) => None,
        }
    }
}

impl Vector {
    /// The numbers from one value to another, both included.
    pub fn between(&self, least: &Value, most: &Value) -> Option<Range> {
        let (least, most) =
            (self.range(Relation::AtLeast, least)?, self.range(Relation::AtMost, most)?);
        Some(Range { from: least.from.max(most.from), to: least.to.min(most.to) })
    }

    fn against(&self, relation: Relation, value: &Value) -> Option<Truth> {
        let bits = self.ints.within(self.range(relation, value)?);
        let bits = match &self.endless {
            None => bits,
            Some(endless) if relation.holds(Ordering::Greater) => bits.or(endless),
            Some(endless) => bits.and(&endless.not()),
        };
        Some(Truth::new(bits, self.here.clone()))
    }

    /// The numbers that compare so with a value.
    fn range(&self, relation: Relation, value: &Value) -> Option<Range> {
        let (floor, whole) = match (&self.kind, value) {
            (Kind::Quantity { unit, currency }, Value::Quantity(amount, other)) => {
                if matches!((currency, other), (Some(one), Some(two)) if one != two) {
                    return None;
                }
                let bound = amount.divide(unit)?;
                (bound.floor(), bound.is_integer())
            }
            (Kind::Time, Value::Time(at)) => (Exact::integer(*at), true),
            (Kind::Name, Value::Name(name)) => (Exact::integer(i64::from(name.number())), true),
            (Kind::Severity, Value::Severity(rank)) => (Exact::integer(i64::from(*rank)), true),
            _ => return None,
        };
        let all = Range { from: i64::MIN, to: i64::MAX };
        let Some(floor) = floor.to_i64() else {
            // Every number lies on the same side of it.
            let order = if floor.is_negative() { Ordering::Greater } else { Ordering::Less };
            return Some(if relation.holds(order) { all } else { NOTHING });
        };
        let above = |least: i64| least.checked_add(1).map_or(NOTHING, |from| Range { from, ..all });
        let below = |most: i64| most.checked_sub(1).map_or(NOTHING, |to| Range { to, ..all });
        Some(match relation {
            Relation::Less if whole => below(floor),
            Relation::Less | Relation::AtMost => Range { to: floor, ..all },
            Relation::AtLeast if whole => Range { from: floor, ..all },
            Relation::Greater | Relation::AtLeast => above(floor),
            Relation::Equal if whole => Range { from: floor, to: floor },
            Relation::Equal => NOTHING,
            // All but one number: the other way round it is one.
            Relation::NotEqual => return None,
        })
    }
}

/// The relation seen from the other side.
fn flipped(relation: Relation) -> Relation {
    match relation {
        Relation::Equal => Relation::Equal,
        Relation::NotEqual => Relation::NotEqual,
        Relation::Less => Relation::Greater,
        Relation::AtMost => Relation::AtLeast,
        Relation::Greater => Relation::Less,
        Relation::AtLeast => Relation::AtMost,
    }
}
