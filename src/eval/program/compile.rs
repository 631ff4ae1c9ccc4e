//! From expressions of the plan to those of a program.

use std::sync::atomic::Ordering;

use super::expressions::{Expr, Fold, Part};
use super::rows::{Cut, Each, Empty, GroupCut, NodeId, Rows, Times};
use super::{Metric, Program, missing};
use crate::data::fault::{Fault, Outcome};
use crate::plan::{self, Expression, GroupValues, Place, RowPart};

/// The deepest nesting that is followed.
const DEEPEST: usize = 500;

/// What the current rows are: rows of a source have its fields, slots and pieces have none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Source(usize),
    Plain,
}

/// What lies around a node that it looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Reach {
    /// The outermost row around, counted from the outside.
    row: usize,
    /// The outermost slot around.
    slot: usize,
    /// The window, or a fact that changes with it.
    window: bool,
}

const NOWHERE: Reach = Reach { row: usize::MAX, slot: usize::MAX, window: false };

/// Ids that expressions of one agreement refer to by number.
#[derive(Clone, Copy, Default)]
pub struct Known<'k> {
    /// Objectives.
    pub objectives: &'k [String],
    /// Fees.
    pub fees: &'k [String],
}

/// One walk over expressions.
pub struct Compile<'w, 'p> {
    program: &'w Program<'p>,
    known: Known<'w>,
    /// The zone in which days of windows are counted.
    zone: Option<usize>,
    shapes: Vec<Shape>,
    slots: Vec<Shape>,
    reach: Reach,
    depth: usize,
    /// Numbers of the sources that the expressions read.
    pub reads: Vec<usize>,
    /// Downtime operators met outside of slots, in the order of the text.
    pub downtimes: Vec<Expr>,
    /// True once some rows are given a start and an end.
    pub spans_made: bool,
    /// True once a clock runs.
    pub clocks: bool,
}

impl<'w, 'p> Compile<'w, 'p> {
    /// A walk.
    pub fn new(program: &'w Program<'p>, known: Known<'w>, zone: Option<usize>) -> Self {
        let (shapes, slots) = (Vec::new(), Vec::new());
        Compile {
            program,
            known,
            zone,
            shapes,
            slots,
            reach: NOWHERE,
            depth: 0,
            reads: Vec::new(),
            downtimes: Vec::new(),
            spans_made: false,
            clocks: false,
        }
    }

    fn deeper<T>(&mut self, walk: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= DEEPEST {
            return Err(Fault::new("the plan is nested too deeply"));
        }
        self.depth += 1;
        let out = walk(self);
        self.depth -= 1;
        out
    }

    /// Walks into a node and finds out whether it depends on what is around it.
    fn node<T>(&mut self, walk: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<(NodeId, T)> {
        let outer = std::mem::replace(&mut self.reach, NOWHERE);
        let (rows, slots) = (self.shapes.len(), self.slots.len());
        let out = self.deeper(walk);
        let own = self.reach;
        let closed = own.row >= rows && own.slot >= slots && !own.window;
        self.reach = Reach {
            row: outer.row.min(own.row),
            slot: outer.slot.min(own.slot),
            window: outer.window || own.window,
        };
        let number = self.program.nodes.fetch_add(1, Ordering::Relaxed);
        Ok((NodeId { number, closed }, out?))
    }

    /// Compiles an expression that is evaluated for each of some rows.
    fn of_row<T>(
        &mut self,
        shape: Option<usize>,
        walk: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        self.shapes.push(shape.map_or(Shape::Plain, Shape::Source));
        let out = walk(self);
        self.shapes.pop();
        out
    }

    fn boxed(&mut self, expression: &Expression) -> Outcome<Box<Expr>> {
        self.expr(expression).map(Box::new)
    }

    fn list(&mut self, list: &[Expression]) -> Outcome<Vec<Expr>> {
        list.iter().map(|expression| self.expr(expression)).collect()
    }

    /// An expression that is evaluated for each of some rows, after the rows themselves.
    pub fn asked(&mut self, rows: &plan::Rows, expression: &Expression) -> Outcome<Expr> {
        let shape = self.source_of(rows)?;
        self.of_row(shape, |walk| walk.expr(expression))
    }

    /// An expression.
    pub fn expr(&mut self, expression: &Expression) -> Outcome<Expr> {
        self.deeper(|walk| walk.expression(expression))
    }

    fn fold(
        &mut self,
        fold: Fold,
        rows: &plan::Rows,
        of: Option<&Expression>,
        at: &Place,
    ) -> Outcome<Expr> {
        let compiled = self.rows(rows)?;
        let of = of.map(|of| self.asked(rows, of)).transpose()?.map(Box::new);
        let id = self.program.nodes.fetch_add(1, Ordering::Relaxed);
        Ok(Expr::Fold { id, fold, rows: compiled, of, at: at.clone() })
    }

    fn downtime(
        &mut self,
        (rows, weight): (&plan::Rows, Option<&Expression>),
        overlaps: plan::Overlaps,
        share: bool,
        at: &Place,
    ) -> Outcome<Expr> {
        let spot = self.downtimes.len();
        let (id, (compiled, weight)) = self.node(|walk| {
            let compiled = walk.rows(rows)?;
            let weight = weight.map(|weight| walk.asked(rows, weight)).transpose()?.map(Box::new);
            Ok((compiled, weight))
        })?;
        let out = Expr::Downtime { id, rows: compiled, weight, overlaps, share, at: at.clone() };
        if self.slots.is_empty() {
            self.downtimes.insert(spot, out.clone());
        }
        Ok(out)
    }

    fn expression(&mut self, expression: &Expression) -> Outcome<Expr> {
        Ok(match expression {
            Expression::Literal { value, at } => {
                Expr::Literal(self.program.value(value).map_err(|fault| fault.within(at))?)
            }
            Expression::Field { name, row, at, .. } => {
                Expr::Field { column: self.field(name, *row, at)?, row: *row, at: at.clone() }
            }
            Expression::Row { part, row, at, .. } => {
                self.shape(*row, at)?;
                Expr::Part { part: row_part(*part), row: *row, at: at.clone() }
            }
            Expression::Present { value, .. } => Expr::Present(self.boxed(value)?),
            Expression::Default { value, otherwise, .. } => {
                Expr::Default(self.boxed(value)?, self.boxed(otherwise)?)
            }
            Expression::Elapsed { from, to, during, pausing, at } => {
                let (from, to) = (self.boxed(from)?, self.boxed(to)?);
                let (during, pausing) = self.clock(during, pausing.as_deref())?;
                Expr::Elapsed { from, to, during, pausing, at: at.clone() }
            }
            Expression::LongestGap { from, to, events, during, pausing, at } => {
                let (from, to, events) = (self.boxed(from)?, self.boxed(to)?, self.rows(events)?);
                let (during, pausing) = self.clock(during, pausing.as_deref())?;
                Expr::LongestGap { from, to, events, during, pausing, at: at.clone() }
            }
            Expression::EndOfWorkingDay { after, days, calendar, at } => {
                let calendar = self.program.calendar(calendar).map_err(|fault| fault.within(at))?;
                Expr::EndOfWorkingDay {
                    after: self.boxed(after)?,
                    days: *days,
                    calendar,
                    at: at.clone(),
                }
            }
            Expression::Count { rows, at } => self.fold(Fold::Count, rows, None, at)?,
            Expression::Distinct { rows, value, at } => {
                self.fold(Fold::Distinct, rows, Some(value), at)?
            }
            Expression::Share { rows, condition, at } => {
                self.fold(Fold::Share, rows, Some(condition), at)?
            }
            Expression::Sum { rows, value, at, .. } => {
                self.fold(Fold::Sum, rows, Some(value), at)?
            }
            Expression::Mean { rows, value, at } => self.fold(Fold::Mean, rows, Some(value), at)?,
            Expression::Minimum { rows, value, at } => {
                self.fold(Fold::Least, rows, Some(value), at)?
            }
            Expression::Maximum { rows, value, at } => {
                self.fold(Fold::Greatest, rows, Some(value), at)?
            }
            Expression::Percentile { rows, value, fraction, at } => {
                self.fold(Fold::Percentile(fraction.0.clone()), rows, Some(value), at)?
            }
            Expression::Downtime { rows, weight, overlaps, at } => {
                self.downtime((rows, weight.as_deref()), *overlaps, false, at)?
            }
            Expression::Uptime { rows, weight, overlaps, at } => {
                self.downtime((rows, weight.as_deref()), *overlaps, true, at)?
            }
            Expression::And { terms, .. } => Expr::And(self.list(terms)?),
            Expression::Or { terms, .. } => Expr::Or(self.list(terms)?),
            Expression::Not { value, .. } => Expr::Not(self.boxed(value)?),
            Expression::Compare { relation, left, right, at } => Expr::Compare {
                relation: *relation,
                left: self.boxed(left)?,
                right: self.boxed(right)?,
                at: at.clone(),
            },
            Expression::Between { value, low, high, at } => Expr::Between {
                value: self.boxed(value)?,
                low: self.boxed(low)?,
                high: self.boxed(high)?,
                at: at.clone(),
            },
            Expression::If { condition, then, otherwise, .. } => Expr::If {
                condition: self.boxed(condition)?,
                then: self.boxed(then)?,
                otherwise: self.boxed(otherwise)?,
            },
            Expression::Add { terms, at } => Expr::Add { terms: self.list(terms)?, at: at.clone() },
            Expression::Subtract { left, right, at } => Expr::Subtract {
                left: self.boxed(left)?,
                right: self.boxed(right)?,
                at: at.clone(),
            },
            Expression::Multiply { factors, at } => {
                Expr::Multiply { factors: self.list(factors)?, at: at.clone() }
            }
            Expression::Divide { left, right, at } => {
                Expr::Divide { left: self.boxed(left)?, right: self.boxed(right)?, at: at.clone() }
            }
            Expression::Round { value, to, how, at } => Expr::Round {
                value: self.boxed(value)?,
                to: self.boxed(to)?,
                how: *how,
                at: at.clone(),
            },
            Expression::Least { values, at } => {
                Expr::Extreme { values: self.list(values)?, greatest: false, at: at.clone() }
            }
            Expression::Greatest { values, at } => {
                Expr::Extreme { values: self.list(values)?, greatest: true, at: at.clone() }
            }
            Expression::DaysBetween { from, to, zone, at } => {
                let zone = self.program.zone(zone).map_err(|fault| fault.within(at))?;
                Expr::DaysBetween {
                    from: self.boxed(from)?,
                    to: self.boxed(to)?,
                    zone,
                    at: at.clone(),
                }
            }
            Expression::Group { name, at, .. } => {
                Expr::Group { name: self.program.symbol(name), at: at.clone() }
            }
            Expression::Fact { name, at, .. } => {
                self.reach.window = true;
                Expr::Fact {
                    fact: self.program.fact(name).map_err(|fault| fault.within(at))?,
                    at: at.clone(),
                }
            }
            Expression::Lookup { table, keys, at, .. } => {
                let found = self.program.plan.tables.iter().position(|known| known.name == *table);
                Expr::Lookup {
                    table: found.ok_or_else(|| missing("table", table).within(at))?,
                    keys: self.list(keys)?,
                }
            }
            Expression::WindowLength { .. } => self.of_window(Expr::WindowLength),
            Expression::WindowDays { .. } => {
                let zone = self.zone;
                self.of_window(Expr::WindowDays { zone })
            }
            Expression::MeasuredLength { .. } => self.of_window(Expr::MeasuredLength),
            Expression::Fees { fees, at } => {
                self.fees(fees, at).map(|fees| Expr::Fees { fees, at: at.clone() })?
            }
            Expression::FeeRate { fees, per, at } => {
                let yearly = match per {
                    plan::Per::Year => true,
                    plan::Per::Month => false,
                    plan::Per::Day | plan::Per::Quarter => {
                        return Err(Fault::at(at, "fees are converted to months and years only"));
                    }
                };
                Expr::FeeRate { fees: self.fees(fees, at)?, yearly, at: at.clone() }
            }
            Expression::Shift { windows, value, at } => {
                self.reach.window = true;
                Expr::Shift { windows: *windows, value: self.boxed(value)?, at: at.clone() }
            }
            Expression::Value { objective, at, .. } => {
                self.reach.window = true;
                Expr::Value { objective: self.objective(objective, at)?, at: at.clone() }
            }
            Expression::Target { objective, at, .. } => {
                self.reach.window = true;
                Expr::Target { objective: self.objective(objective, at)?, at: at.clone() }
            }
            Expression::Failures { objective, last, at } => {
                self.reach.window = true;
                Expr::Failures {
                    objective: self.objective(objective, at)?,
                    last: *last,
                    at: at.clone(),
                }
            }
        })
    }

    fn of_window(&mut self, expression: Expr) -> Expr {
        self.reach.window = true;
        expression
    }

    fn clock(
        &mut self,
        during: &plan::Times,
        pausing: Option<&plan::Times>,
    ) -> Outcome<(Times, Option<Times>)> {
        self.clocks = true;
        Ok((self.times(during)?, pausing.map(|pausing| self.times(pausing)).transpose()?))
    }

    fn objective(&self, id: &str, at: &Place) -> Outcome<usize> {
        self.known
            .objectives
            .iter()
            .position(|known| known == id)
            .ok_or_else(|| missing("objective", id).within(at))
    }

    fn fees(&mut self, ids: &[String], at: &Place) -> Outcome<Vec<usize>> {
        self.reach.window = true;
        let find = |id: &String| {
            self.known
                .fees
                .iter()
                .position(|known| known == id)
                .ok_or_else(|| missing("fee", id).within(at))
        };
        ids.iter().map(find).collect()
    }

    /// What the row so far out is.
    fn shape(&mut self, row: u32, at: &Place) -> Outcome<Shape> {
        let index = self.shapes.len().checked_sub(row as usize + 1);
        let index =
            index.ok_or_else(|| Fault::at(at, "the plan refers to a row where there is none"))?;
        self.reach.row = self.reach.row.min(index);
        Ok(self.shapes.get(index).copied().unwrap_or(Shape::Plain))
    }

    fn field(&mut self, name: &str, row: u32, at: &Place) -> Outcome<usize> {
        match self.shape(row, at)? {
            Shape::Source(source) => self.column(source, name, at),
            Shape::Plain => Err(Fault::at(
                at,
                format!("the plan asks for the field `{name}` of a row without fields"),
            )),
        }
    }

    fn column(&self, source: usize, name: &str, at: &Place) -> Outcome<usize> {
        let fields = self.program.sources.get(source).map(|source| &source.fields);
        let found = fields.and_then(|fields| fields.iter().position(|field| field.name == name));
        found.ok_or_else(|| missing("field", name).within(at))
    }

    /// The source whose fields rows have; `None` for slots and pieces.
    fn source_of(&self, rows: &plan::Rows) -> Outcome<Option<usize>> {
        match rows {
            plan::Rows::Source { source, at } | plan::Rows::Linked { source, at, .. } => {
                self.program.source(source).map(Some).map_err(|fault| fault.within(at))
            }
            plan::Rows::SlotRows { at } => match self.slots.last() {
                Some(Shape::Source(source)) => Ok(Some(*source)),
                Some(Shape::Plain) => Ok(None),
                None => {
                    Err(Fault::at(at, "the plan refers to the rows of a slot where there is none"))
                }
            },
            plan::Rows::Where { rows, .. }
            | plan::Rows::RowsDuring { rows, .. }
            | plan::Rows::RowsAt { rows, .. }
            | plan::Rows::RowsSpan { rows, .. } => self.source_of(rows),
            plan::Rows::Pieces { .. } | plan::Rows::Each { .. } => Ok(None),
        }
    }

    /// Rows.
    pub fn rows(&mut self, rows: &plan::Rows) -> Outcome<Rows> {
        self.deeper(|walk| walk.rows_node(rows))
    }

    fn rows_node(&mut self, rows: &plan::Rows) -> Outcome<Rows> {
        Ok(match rows {
            plan::Rows::Source { source, at } => Rows::Source { source: self.read(source, at)? },
            plan::Rows::SlotRows { .. } => {
                self.source_of(rows)?;
                self.reach.slot = self.reach.slot.min(self.slots.len().saturating_sub(1));
                Rows::Slot
            }
            plan::Rows::Linked { source, key, field, row, at } => {
                let source = self.read(source, at)?;
                let key = self.column(source, key, at)?;
                Rows::Linked {
                    source,
                    key,
                    field: self.field(field, *row, at)?,
                    row: *row,
                    at: at.clone(),
                }
            }
            plan::Rows::Where { rows, condition, .. } => {
                let condition = Box::new(self.asked(rows, condition)?);
                Rows::Where { rows: Box::new(self.rows(rows)?), condition }
            }
            plan::Rows::RowsDuring { rows, time, .. } => {
                Rows::During { rows: Box::new(self.rows(rows)?), time: self.times(time)? }
            }
            plan::Rows::RowsAt { rows, instant, at } => {
                let (id, (rows, instant)) =
                    self.node(|walk| Ok((walk.rows(rows)?, walk.asked(rows, instant)?)))?;
                Rows::At { id, rows: Box::new(rows), instant: Box::new(instant), at: at.clone() }
            }
            plan::Rows::RowsSpan { rows, start, end, at } => {
                self.spans_made = true;
                let (id, (rows, start, end)) = self.node(|walk| {
                    Ok((walk.rows(rows)?, walk.asked(rows, start)?, walk.asked(rows, end)?))
                })?;
                Rows::Span {
                    id,
                    rows: Box::new(rows),
                    start: Box::new(start),
                    end: Box::new(end),
                    at: at.clone(),
                }
            }
            plan::Rows::Pieces { time, .. } => {
                let (id, time) = self.node(|walk| walk.times(time))?;
                Rows::Pieces { id, time }
            }
            plan::Rows::Each { .. } => Rows::Each(Box::new(self.each(rows)?)),
        })
    }

    fn read(&mut self, source: &str, at: &Place) -> Outcome<usize> {
        let source = self.program.source(source).map_err(|fault| fault.within(at))?;
        if !self.reads.contains(&source) {
            self.reads.push(source);
        }
        Ok(source)
    }

    fn each(&mut self, rows: &plan::Rows) -> Outcome<Each> {
        let plan::Rows::Each { cut, rows, value, empty, at } = rows else {
            return Err(Fault::new("the plan uses something as a series that is not one"));
        };
        if matches!((cut, empty), (plan::Cut::Field { .. }, plan::EmptySlot::Last {})) {
            return Err(Fault::at(
                at,
                "the plan uses the state of the previous slot where slots have no order",
            ));
        }
        let shape = self.source_of(rows)?;
        let (id, (compiled, cut, value, empty)) = self.node(|walk| {
            // A slot is cut to the one around it.
            if let Some(outer) = walk.slots.len().checked_sub(1) {
                walk.reach.slot = walk.reach.slot.min(outer);
            }
            let compiled = walk.rows(rows)?;
            let cut = walk.cut(cut, at)?;
            walk.slots.push(shape.map_or(Shape::Plain, Shape::Source));
            let value_of = walk.expr(value);
            walk.slots.pop();
            let empty = match empty {
                plan::EmptySlot::Computed {} => Empty::Computed,
                plan::EmptySlot::Value { value } => Empty::Value(walk.boxed(value)?),
                plan::EmptySlot::Last {} => Empty::Last,
                plan::EmptySlot::Skip {} => Empty::Skip,
            };
            Ok((compiled, cut, value_of?, empty))
        })?;
        let worth = match &empty {
            Empty::Value(value) => is_constant(value),
            Empty::Computed => of_slot_rows(&value),
            Empty::Last | Empty::Skip => false,
        };
        Ok(Each { id, cut, rows: compiled, value, uniform: worth, empty, at: at.clone() })
    }

    fn cut(&mut self, cut: &plan::Cut, at: &Place) -> Outcome<Cut> {
        Ok(match cut {
            plan::Cut::Length { length, zone } => {
                if length.nanoseconds <= 0 {
                    return Err(Fault::at(at, "the plan has slots without length"));
                }
                Cut::Length {
                    length: length.nanoseconds,
                    zone: self.program.zone(zone).map_err(|fault| fault.within(at))?,
                }
            }
            plan::Cut::Window { window } => {
                let windows = self.program.windows(window).map_err(|fault| fault.within(at))?;
                if windows.claims().is_some() {
                    return Err(Fault::at(at, "claims cannot be slots"));
                }
                Cut::Window(windows)
            }
            plan::Cut::Field { field, sources, values, .. } => {
                let name = self.program.symbol(field);
                let columns = sources.iter().map(|source| {
                    let source = self.program.source(source).map_err(|fault| fault.within(at))?;
                    Ok((source, self.column(source, field, at)?))
                });
                let sources = columns.collect::<Outcome<Vec<_>>>()?;
                Cut::Field(GroupCut { name, sources, known: self.single_values(values)? })
            }
            plan::Cut::Pieces { time } => Cut::Pieces(self.times(time)?),
        })
    }

    fn single_values(
        &self,
        values: &GroupValues,
    ) -> Outcome<Option<Vec<crate::eval::value::Value>>> {
        match values {
            GroupValues::Data {} => Ok(None),
            GroupValues::Known { values } => values
                .iter()
                .flatten()
                .map(|value| self.program.value(value))
                .collect::<Outcome<_>>()
                .map(Some),
        }
    }

    /// A set of time.
    pub fn times(&mut self, times: &plan::Times) -> Outcome<Times> {
        self.deeper(|walk| walk.times_node(times))
    }

    fn times_node(&mut self, times: &plan::Times) -> Outcome<Times> {
        Ok(match times {
            plan::Times::Always { .. } => Times::Always,
            plan::Times::Open { calendar, at } => {
                Times::Open(self.program.calendar(calendar).map_err(|fault| fault.within(at))?)
            }
            plan::Times::Covered { rows, .. } => {
                let (id, rows) = self.node(|walk| walk.rows(rows))?;
                Times::Covered { id, rows: Box::new(rows) }
            }
            plan::Times::Overlap { rows, by, least, .. } => {
                let (id, (rows, by)) =
                    self.node(|walk| Ok((walk.rows(rows)?, walk.asked(rows, by)?)))?;
                Times::Overlap {
                    id,
                    rows: Box::new(rows),
                    by: Box::new(by),
                    least: *least as usize,
                }
            }
            plan::Times::Holds { rows, condition, .. } => {
                let (id, (rows, condition)) =
                    self.node(|walk| Ok((walk.rows(rows)?, walk.asked(rows, condition)?)))?;
                Times::Holds { id, rows: Box::new(rows), condition: Box::new(condition) }
            }
            plan::Times::TrueSlots { series, at } => {
                if !matches!(series.as_ref(), plan::Rows::Each { .. }) {
                    return Err(Fault::at(
                        at,
                        "the plan uses the true slots of rows that are not a series",
                    ));
                }
                let (id, series) = self.node(|walk| walk.each(series))?;
                Times::TrueSlots { id, series: Box::new(series) }
            }
            plan::Times::Runs { time, lasting, longer, .. } => {
                let (id, time) = self.node(|walk| walk.times(time))?;
                Times::Runs {
                    id,
                    time: Box::new(time),
                    lasting: lasting.nanoseconds,
                    longer: *longer,
                }
            }
            plan::Times::Union { times, .. } => {
                let (id, times) =
                    self.node(|walk| times.iter().map(|time| walk.times(time)).collect())?;
                Times::Union { id, times }
            }
            plan::Times::Intersection { times, .. } => {
                let (id, times) =
                    self.node(|walk| times.iter().map(|time| walk.times(time)).collect())?;
                Times::Intersection { id, times }
            }
            plan::Times::Complement { time, .. } => {
                let (id, time) = self.node(|walk| walk.times(time))?;
                Times::Complement { id, time: Box::new(time) }
            }
        })
    }
}

impl<'p> Program<'p> {
    /// An expression that belongs to no agreement.
    pub fn expression(&self, expression: &Expression) -> Outcome<Expr> {
        Compile::new(self, Known::default(), None).expr(expression)
    }

    /// A metric made ready.
    pub(super) fn metric(&self, metric: &plan::Metric) -> Outcome<Metric> {
        let mut compile = Compile::new(self, Known::default(), None);
        let expression =
            compile.expr(&metric.expression).map_err(|fault| fault.within(&metric.at))?;
        Ok(Metric {
            expression,
            reads: compile.reads,
            downtimes: compile.downtimes,
            spans_made: compile.spans_made,
            clocks: compile.clocks,
        })
    }
}

fn row_part(part: RowPart) -> Part {
    match part {
        RowPart::At => Part::At,
        RowPart::Start => Part::Start,
        RowPart::End => Part::End,
        RowPart::Length => Part::Length,
        RowPart::Value => Part::Value,
    }
}

/// True for expressions whose value does not depend on where they are evaluated.
fn is_constant(expression: &Expr) -> bool {
    matches!(expression, Expr::Literal(_))
}

/// True if nothing but the rows of the current slot decides the value, so that slots without rows
/// are all alike.
fn of_slot_rows(expression: &Expr) -> bool {
    match expression {
        Expr::Literal(_) | Expr::Group { .. } => true,
        Expr::Fold { rows, .. } => only_slot_rows(rows),
        Expr::Present(value) | Expr::Not(value) => of_slot_rows(value),
        Expr::Default(value, otherwise) => of_slot_rows(value) && of_slot_rows(otherwise),
        Expr::And(list)
        | Expr::Or(list)
        | Expr::Add { terms: list, .. }
        | Expr::Multiply { factors: list, .. } => list.iter().all(of_slot_rows),
        Expr::Extreme { values, .. } => values.iter().all(of_slot_rows),
        Expr::Compare { left, right, .. }
        | Expr::Subtract { left, right, .. }
        | Expr::Divide { left, right, .. } => of_slot_rows(left) && of_slot_rows(right),
        Expr::Between { value, low, high, .. } => {
            of_slot_rows(value) && of_slot_rows(low) && of_slot_rows(high)
        }
        Expr::If { condition, then, otherwise } => {
            of_slot_rows(condition) && of_slot_rows(then) && of_slot_rows(otherwise)
        }
        Expr::Round { value, to, .. } => of_slot_rows(value) && of_slot_rows(to),
        Expr::Field { .. }
        | Expr::Part { .. }
        | Expr::Elapsed { .. }
        | Expr::LongestGap { .. }
        | Expr::EndOfWorkingDay { .. }
        | Expr::Downtime { .. }
        | Expr::DaysBetween { .. }
        | Expr::Fact { .. }
        | Expr::Lookup { .. }
        | Expr::WindowLength
        | Expr::WindowDays { .. }
        | Expr::MeasuredLength
        | Expr::Fees { .. }
        | Expr::FeeRate { .. }
        | Expr::Shift { .. }
        | Expr::Value { .. }
        | Expr::Target { .. }
        | Expr::Failures { .. } => false,
    }
}

/// True for rows of the slot itself, however narrowed.
fn only_slot_rows(rows: &Rows) -> bool {
    match rows {
        Rows::Slot => true,
        Rows::Where { rows, .. } | Rows::During { rows, .. } => only_slot_rows(rows),
        Rows::Source { .. }
        | Rows::Linked { .. }
        | Rows::At { .. }
        | Rows::Span { .. }
        | Rows::Pieces { .. }
        | Rows::Each(_) => false,
    }
}
