//! The rows of the data behind a value: what a report lists and what claims count from.

use crate::plan::Expression;
use crate::plan::{Causes, CausesBy};
use crate::plan::{Rows, Times};

/// The rows that the aggregates of a metric look at, each once, in the order they stand in.
pub(super) fn causes(expression: &Expression) -> Vec<Causes> {
    let mut found = Found::default();
    found.of_value(expression);
    found.all
}

#[derive(Default)]
struct Found {
    all: Vec<Causes>,
}

impl Found {
    fn add(&mut self, rows: &Rows, by: CausesBy) {
        let cause = Causes { rows: rows.clone(), by };
        if !self.all.contains(&cause) {
            self.all.push(cause);
        }
    }

    fn of_values<'e>(&mut self, values: impl IntoIterator<Item = &'e Expression>) {
        values.into_iter().for_each(|value| self.of_value(value));
    }

    fn of_value(&mut self, expression: &Expression) {
        match expression {
            Expression::Count { rows, .. }
            | Expression::Distinct { rows, .. }
            | Expression::Share { rows, .. }
            | Expression::Sum { rows, .. }
            | Expression::Mean { rows, .. }
            | Expression::Minimum { rows, .. }
            | Expression::Maximum { rows, .. }
            | Expression::Percentile { rows, .. } => self.of_rows(rows, CausesBy::Anchor),
            Expression::Downtime { rows, .. } | Expression::Uptime { rows, .. } => {
                self.of_rows(rows, CausesBy::Time)
            }
            Expression::Present { value, .. } | Expression::Not { value, .. } => {
                self.of_value(value)
            }
            Expression::Default { value, otherwise, .. } => self.of_values([&**value, otherwise]),
            Expression::And { terms, .. }
            | Expression::Or { terms, .. }
            | Expression::Add { terms, .. } => self.of_values(terms),
            Expression::Compare { left, right, .. }
            | Expression::Subtract { left, right, .. }
            | Expression::Divide { left, right, .. } => {
                self.of_values([&**left, right]);
            }
            Expression::Between { value, low, high, .. } => self.of_values([&**value, low, high]),
            Expression::If { condition, then, otherwise, .. } => {
                self.of_values([&**condition, then, otherwise])
            }
            Expression::Multiply { factors, .. } => self.of_values(factors),
            Expression::Round { value, to, .. } => self.of_values([&**value, to]),
            Expression::Least { values, .. } | Expression::Greatest { values, .. } => {
                self.of_values(values)
            }
            Expression::DaysBetween { from, to, .. } => self.of_values([&**from, to]),
            Expression::Literal { .. }
            | Expression::Field { .. }
            | Expression::Row { .. }
            | Expression::Elapsed { .. }
            | Expression::LongestGap { .. }
            | Expression::EndOfWorkingDay { .. }
            | Expression::Group { .. }
            | Expression::Fact { .. }
            | Expression::Lookup { .. }
            | Expression::WindowLength { .. }
            | Expression::WindowDays { .. }
            | Expression::MeasuredLength { .. }
            | Expression::Fees { .. }
            | Expression::FeeRate { .. }
            | Expression::Shift { .. }
            | Expression::Value { .. }
            | Expression::Target { .. }
            | Expression::Failures { .. } => {}
        }
    }

    /// Slots and pieces stand for the rows that take time in them.
    fn of_rows(&mut self, rows: &Rows, by: CausesBy) {
        match rows {
            Rows::Source { .. } => self.add(rows, by),
            Rows::Where { rows: inner, .. }
            | Rows::RowsDuring { rows: inner, .. }
            | Rows::RowsAt { rows: inner, .. }
            | Rows::RowsSpan { rows: inner, .. } => match is_data(inner) {
                true => self.add(rows, by),
                false => self.of_rows(inner, CausesBy::Time),
            },
            Rows::Pieces { time, .. } => self.of_time(time),
            Rows::Each { rows, .. } => self.of_rows(rows, CausesBy::Time),
            // They belong to a row or slot around.
            Rows::Linked { .. } | Rows::SlotRows { .. } => {}
        }
    }

    fn of_time(&mut self, times: &Times) {
        match times {
            Times::Always { .. } | Times::Open { .. } => {}
            Times::Covered { rows, .. }
            | Times::Overlap { rows, .. }
            | Times::TrueSlots { series: rows, .. } => {
                self.of_rows(rows, CausesBy::Time);
            }
            Times::Holds { rows, condition, at } => {
                let (rows, condition) = (rows.clone(), condition.clone());
                self.of_rows(&Rows::Where { rows, condition, at: at.clone() }, CausesBy::Time);
            }
            Times::Runs { time, .. } | Times::Complement { time, .. } => self.of_time(time),
            Times::Union { times, .. } | Times::Intersection { times, .. } => {
                times.iter().for_each(|time| self.of_time(time))
            }
        }
    }
}

/// True for rows of the data, however narrowed or reshaped.
fn is_data(rows: &Rows) -> bool {
    match rows {
        Rows::Source { .. } => true,
        Rows::Where { rows, .. }
        | Rows::RowsDuring { rows, .. }
        | Rows::RowsAt { rows, .. }
        | Rows::RowsSpan { rows, .. } => is_data(rows),
        Rows::Linked { .. } | Rows::SlotRows { .. } | Rows::Pieces { .. } | Rows::Each { .. } => {
            false
        }
    }
}
