//! A compact form of the tree for tests: expectations can be written by hand.
//!
//! Expressions come out as prefix lists, `(>= (uptime outages) 99.9%)`; of statements, the debug
//! form without places is enough.

use super::ast::{
    Arg, Binary, BreachCount, EachKey, EmptySlot, Expr, ExprKind, Literal, NumberForm, Period,
    Unary,
};
use crate::base::Exact;
use crate::lang::units::PeriodUnit;

/// An expression as a prefix list.
pub fn expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => literal(value),
        ExprKind::Path(path) => path.text().to_string(),
        ExprKind::Index(index) => format!("{}[{}]", index.0.text(), list(&index.1)),
        ExprKind::Call(call) => {
            let args: Vec<String> = call.args.iter().map(arg).collect();
            format!(
                "({}{})",
                call.callee.text(),
                args.iter().map(|arg| format!(" {arg}")).collect::<String>()
            )
        }
        ExprKind::Each(each) => {
            let key = each.key.as_ref().map_or("?".to_owned(), each_key);
            let of = each.of.as_ref().map_or(String::new(), |of| format!(" of {}", self::expr(of)));
            let body = each.body.as_ref().map_or("?".to_owned(), self::expr);
            let empty = match each.empty {
                Some((EmptySlot::Last, _)) => " last",
                Some((EmptySlot::Skip, _)) => " skip",
                None => "",
            };
            format!("(each {key}{of} {{{body}{empty}}})")
        }
        ExprKind::If(parts) => format!("(if {})", list(parts.as_slice())),
        ExprKind::Unary(op, inner) => format!("({} {})", unary(*op), self::expr(inner)),
        ExprKind::Binary(op, sides, _) => format!("({} {})", binary(*op), list(sides.as_slice())),
        ExprKind::Compare(op, sides, _) => format!("({} {})", op.sign(), list(sides.as_slice())),
        ExprKind::Range(sides) => format!("(.. {})", list(sides.as_slice())),
        ExprKind::Breached(breached) => match breached.count {
            BreachCount::Once => format!("(breached {})", breached.objective.text()),
            BreachCount::InARow(n) => {
                format!("(breached {} {n} in a row)", breached.objective.text())
            }
            BreachCount::OfLast(n, m) => {
                format!("(breached {} {n} of last {m})", breached.objective.text())
            }
        },
        ExprKind::Missing => "?".to_owned(),
    }
}

fn list(exprs: &[Expr]) -> String {
    exprs.iter().map(expr).collect::<Vec<_>>().join(" ")
}

fn arg(arg: &Arg) -> String {
    let value = expr(&arg.value);
    let more = if arg.more_than.is_some() { "more than " } else { "" };
    match &arg.label {
        Some(label) => format!("{}: {more}{value}", label.text),
        None => value,
    }
}

fn each_key(key: &EachKey) -> String {
    match key {
        EachKey::Length(length) => expr(length),
        EachKey::Window(window) => {
            format!("{:?}", window.kind).split(['(', ' ']).next().unwrap_or("").to_owned()
        }
        EachKey::Name(path) => path.text().to_string(),
        EachKey::Pieces(set) => format!("pieces {}", expr(set)),
    }
}

/// A literal, in the units it was written in.
fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Number(value, NumberForm::Percent) => format!("{}%", value * &Exact::integer(100)),
        Literal::Number(value, NumberForm::Plain | NumberForm::Odds) => value.to_string(),
        Literal::Duration(nanos, unit) => {
            let count = nanos.divide(&Exact::integer(unit.nanoseconds())).unwrap_or(Exact::ZERO);
            format!("{count}{}", unit.symbol())
        }
        Literal::Period(Period { count, unit, .. }) => format!("{count}-{}", period(*unit)),
        Literal::Quantity(amount, unit) => format!("{amount}:{}", unit.text),
        Literal::Data(bits, unit) => format!("{bits}bit({})", unit.name),
        Literal::Rate(amount, unit) => format!("{}/{}", self::literal(amount), unit.symbol()),
        Literal::Time(at) => format!(
            "{}+{}ns{}",
            date(at.date),
            at.nanos,
            at.offset.map_or(String::new(), |offset| format!("@{offset}"))
        ),
        Literal::Date(day) => date(*day),
        Literal::Month(year, month) => format!("{year:04}-{month:02}"),
        Literal::Clock(clock) => format!("clock:{}", clock.seconds),
        Literal::Text(text) => format!("{text:?}"),
        Literal::Boolean(value) => value.to_string(),
    }
}

fn date(date: super::ast::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

fn period(unit: PeriodUnit) -> &'static str {
    let [one, _] = unit.spellings();
    one
}

fn unary(op: Unary) -> &'static str {
    match op {
        Unary::Not => "not",
        Unary::Negate => "-",
        Unary::Has => "has",
        Unary::Previous => "previous",
        Unary::Next => "next",
        Unary::Monthly => "monthly",
        Unary::Yearly => "yearly",
    }
}

fn binary(op: Binary) -> &'static str {
    match op {
        Binary::Of => "of",
        Binary::Multiply => "*",
        Binary::Divide => "/",
        Binary::Add => "+",
        Binary::Subtract => "-",
        Binary::At => "at",
        Binary::During => "during",
        Binary::DuringNot => "during-not",
        Binary::Except => "except",
        Binary::Pausing => "pausing",
        Binary::Rounded => "rounded",
        Binary::Default => "default",
        Binary::And => "and",
        Binary::Or => "or",
        Binary::Where => "where",
    }
}
