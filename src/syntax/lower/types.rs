//! Types, fields, windows and other parts shared by several statements.

use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::units::PeriodUnit;
use crate::lang::words::Place;
use crate::syntax::ast::{
    Compare, FactCondition, FactWhen, Field, FieldBounds, Link, Name, Period, Rolling, TypeKind,
    TypeRef, When, Window, WindowKind,
};
use crate::syntax::parser::Rule;
use crate::time;

/// What windows belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Windowed {
    /// What is measured in them.
    Metric,
    Cap,
    Limit,
}

impl Windowed {
    /// Windows that are accepted there. Those of a limit must not overlap.
    fn example(self) -> &'static str {
        match self {
            Windowed::Metric => "rolling 30 days every 1 day",
            Windowed::Cap => "per rolling 12 months",
            Windowed::Limit => "per fixed 30 days",
        }
    }

    fn bound(self) -> Option<&'static str> {
        match self {
            Windowed::Metric => None,
            Windowed::Cap => Some("cap"),
            Windowed::Limit => Some("limit"),
        }
    }
}

impl<'a> Lower<'a> {
    pub(super) fn type_ref(&mut self, pair: Pair<'a>) -> Option<TypeRef> {
        let span = self.span(&pair);
        let (mut kind, mut optional) = (None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::optional => optional = true,
                Rule::ty_set => {
                    let mut name = self.name(&part);
                    name.text = "time set".into();
                    kind = Some(TypeKind::Named(name));
                }
                Rule::ty_money => {
                    kind = part
                        .into_inner()
                        .find(|part| part.as_rule() == Rule::unit)
                        .map(|unit| TypeKind::Money(self.name(&unit)));
                }
                Rule::ty_link => kind = self.type_link(part),
                Rule::ty_rows => kind = self.type_rows(part),
                Rule::ty_values => kind = self.type_values(part),
                _ => {}
            }
        }
        kind.map(|kind| TypeRef { kind, optional, span })
    }

    fn names_in(&self, pair: Pair<'a>) -> Vec<Name> {
        pair.into_inner()
            .filter(|part| part.as_rule() == Rule::name)
            .map(|part| self.name(&part))
            .collect()
    }

    fn type_values(&mut self, pair: Pair<'a>) -> Option<TypeKind> {
        let mut names = self.names_in(pair);
        if names.len() > 1 {
            return Some(TypeKind::Values(names));
        }
        names.pop().map(TypeKind::Named)
    }

    fn type_link(&mut self, pair: Pair<'a>) -> Option<TypeKind> {
        let span = self.span(&pair);
        let mut names = self.names_in(pair).into_iter();
        let rows = names.next()?;
        let (source, key) = (names.next(), names.next());
        if source.is_none() || key.is_none() {
            self.missing(
                span.after(),
                "rows of another source need the field that links them",
                "spans of waits by ticket",
            );
        }
        Some(TypeKind::Link(Box::new(Link { rows, source, key })))
    }

    fn type_rows(&mut self, pair: Pair<'a>) -> Option<TypeKind> {
        let (mut rows, mut fields) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => rows = Some(self.name(&part)),
                Rule::fields => fields = self.fields(part),
                _ => {}
            }
        }
        for bounds in fields.iter_mut().filter_map(|field| field.bounds.take()) {
            let finding = Finding::new(
                Code::UnexpectedText,
                bounds.span,
                "only the fields of a source have bounds",
            );
            self.report(finding.help("write the bounds where the source is declared"));
        }
        rows.map(|rows| TypeKind::Rows(Box::new((rows, fields))))
    }

    /// `{ status: number  latency: duration }`
    pub(super) fn fields(&mut self, pair: Pair<'a>) -> Vec<Field> {
        let mut fields = Vec::new();
        self.special(pair, Place::Source, &mut |lower, part| {
            fields.extend(lower.field(part));
            true
        });
        fields.shrink_to_fit();
        fields
    }

    fn field(&mut self, pair: Pair<'a>) -> Option<Field> {
        let span = self.span(&pair);
        let doc = self.doc(span.start);
        let (mut name, mut ty, mut bounds) = (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::field_name => name = Some(self.name(&part)),
                Rule::ty => ty = self.type_ref(part),
                Rule::field_bounds => bounds = self.field_bounds(part).map(Box::new),
                _ => {}
            }
        }
        name.map(|name| Field { name, ty, bounds, doc: doc.map(Box::new) })
    }

    /// `in 0%..100%`, `>= 0 ms`
    fn field_bounds(&mut self, pair: Pair<'a>) -> Option<FieldBounds> {
        let span = self.span(&pair);
        let (mut sign, mut value) = (None, None);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::cmp => {
                    let compare = super::expr::compare(part.as_str());
                    if matches!(compare, Compare::Equal | Compare::NotEqual) {
                        let finding = Finding::new(
                            Code::UnexpectedText,
                            place,
                            format!("`{}` is not a bound of a field", part.as_str()),
                        );
                        self.report(finding.help("write a range, `level: number in 0%..100%`, or one bound, `latency: duration >= 0 ms`"));
                        return None;
                    }
                    self.odd_operator(&part, place);
                    sign = Some((compare, place));
                }
                Rule::op_in => sign = Some((Compare::In, place)),
                _ => value = Some(self.expr(part)),
            }
        }
        let (compare, place) = sign?;
        if value.is_none() {
            let example = if compare == Compare::In {
                "level: number in 0%..100%"
            } else {
                "latency: duration >= 0 ms"
            };
            self.missing(
                place.after(),
                format!("the bound is missing after `{}`", compare.sign()),
                example,
            );
        }
        Some(FieldBounds { compare, value: value?, span })
    }

    /// `per WINDOW`
    pub(super) fn per(&mut self, pair: Pair<'a>) -> Option<Window> {
        self.per_of(pair, Windowed::Metric).map(|window| self.with_step(window))
    }

    /// The windows of a cap. `rolling 12 months` needs no step: each payment ends a window of its
    /// own.
    pub(super) fn per_of_cap(&mut self, pair: Pair<'a>) -> Option<Window> {
        self.per_of(pair, Windowed::Cap)
    }

    /// The windows of a limit.
    pub(super) fn per_of_limit(&mut self, pair: Pair<'a>) -> Option<Window> {
        self.per_of(pair, Windowed::Limit)
    }

    fn per_of(&mut self, pair: Pair<'a>, of: Windowed) -> Option<Window> {
        let span = self.span(&pair);
        let window = pair.into_inner().find(|part| {
            matches!(part.as_rule(), Rule::window | Rule::term_window | Rule::odd_per)
        });
        match window {
            Some(window) if window.as_rule() == Rule::term_window => {
                Some(Window { kind: WindowKind::Term, span: self.span(&window) })
            }
            Some(window) if window.as_rule() == Rule::odd_per => {
                self.odd_per(window.as_str(), span)
            }
            Some(window) => self.any_window(window, of),
            None => {
                self.missing(span.after(), "the window is missing after `per`", "per month");
                None
            }
        }
    }

    /// `monthly`, `a year`
    fn odd_per(&mut self, text: &str, span: Span) -> Option<Window> {
        let word = match text.split_whitespace().last()? {
            "daily" => "day",
            "weekly" => "week",
            "monthly" => "month",
            "quarterly" => "quarter",
            "yearly" | "annually" => "year",
            unit => unit,
        };
        let finding =
            Finding::new(Code::OddSpelling, span, format!("`{text}` is written `per {word}`"));
        self.report(finding.fix(format!("write `per {word}`"), span, format!("per {word}")));
        Some(Window { kind: WindowKind::Calendar(PeriodUnit::parse(word)?, None), span })
    }

    /// `calendar month`, `fiscal quarter starting feb`, `billing cycle`
    fn odd_window(&mut self, text: &str, span: Span) -> Option<WindowKind> {
        let mut words = text.split_whitespace();
        let (first, second) = (words.next()?, words.next()?);
        let month = words.last();
        let (kind, wanted) = match (first, month) {
            ("calendar", _) => {
                (WindowKind::Calendar(PeriodUnit::parse(second)?, None), second.to_owned())
            }
            ("fiscal" | "financial", Some(month)) => {
                let name = month.get(..3).unwrap_or(month).to_ascii_lowercase();
                (
                    WindowKind::Calendar(PeriodUnit::parse(second)?, Some(month_number(month)?)),
                    format!("{second} from {name}"),
                )
            }
            ("fiscal" | "financial", None) => {
                let finding = Finding::new(
                    Code::MissingPart,
                    span,
                    format!("`{text}` does not say in which month it begins"),
                );
                self.report(finding.help(format!("for example: `{second} from apr`")));
                return None;
            }
            _ => {
                let finding = Finding::new(
                    Code::MissingPart,
                    span,
                    format!("`{text}` does not say when it begins"),
                );
                let help = "write `contract month` if it begins on the day of the month on which the term began, `month` if it begins on the first";
                self.report(finding.help(help));
                return None;
            }
        };
        let finding =
            Finding::new(Code::OddSpelling, span, format!("`{text}` is written `{wanted}`"));
        self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
        Some(kind)
    }

    pub(super) fn window(&mut self, pair: Pair<'a>) -> Option<Window> {
        self.any_window(pair, Windowed::Metric).map(|window| self.with_step(window))
    }

    /// The window, where rolling ones need a step.
    fn with_step(&mut self, window: Window) -> Window {
        let WindowKind::Trailing(length) = window.kind else { return window };
        self.missing(
            window.span.after(),
            "a rolling window says how far it moves",
            Windowed::Metric.example(),
        );
        Window {
            kind: WindowKind::Rolling(Box::new(Rolling { length, every: None, at: None })),
            ..window
        }
    }

    fn any_window(&mut self, pair: Pair<'a>, of: Windowed) -> Option<Window> {
        let span = self.span(&pair);
        let part = pair.into_inner().next()?;
        let kind = match part.as_rule() {
            Rule::contract => {
                let unit =
                    part.into_inner().next().and_then(|unit| PeriodUnit::parse(unit.as_str()))?;
                WindowKind::Contract(unit)
            }
            Rule::fiscal => self.fiscal(part)?,
            Rule::odd_window => self.odd_window(part.as_str(), span)?,
            Rule::fixed => {
                let quantity = part.into_inner().find(|part| part.as_rule() == Rule::quantity)?;
                let length = self.period(quantity)?;
                WindowKind::Fixed(self.window_length(length, "fixed 30 days")?)
            }
            Rule::rolling => self.rolling(part, of),
            _ => self.window_word(&part, span)?,
        };
        Some(Window { kind, span })
    }

    fn window_word(&mut self, part: &Pair<'a>, span: Span) -> Option<WindowKind> {
        let word = part.as_str();
        match word {
            "term" => return Some(WindowKind::Term),
            "day" | "week" | "month" | "quarter" | "year" => {
                return PeriodUnit::parse(word).map(|unit| WindowKind::Calendar(unit, None));
            }
            _ => {}
        }
        let finding = Finding::new(Code::UnexpectedText, span, format!("`{word}` is not a window"));
        let known = ["day", "week", "month", "quarter", "year", "term"];
        self.report(match crate::base::closest(word, known) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), span, near),
            None => finding.help("windows are `day`, `week`, `month`, `quarter`, `year`, `contract month`, `fixed 30 days`, `rolling 30 days every 1 day` and `term`"),
        });
        None
    }

    fn fiscal(&mut self, pair: Pair<'a>) -> Option<WindowKind> {
        let (mut unit, mut month) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::fiscal_unit => unit = PeriodUnit::parse(part.as_str()),
                Rule::month_name => month = month_number(part.as_str()),
                _ => {}
            }
        }
        unit.map(|unit| WindowKind::Calendar(unit, month))
    }

    fn rolling(&mut self, pair: Pair<'a>, of: Windowed) -> WindowKind {
        let mut counted = false;
        let (mut length, mut every, mut at, mut stepped, mut claimed) =
            (None, None, None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_every => stepped = Some(self.span(&part)),
                Rule::kw_at => claimed = Some(self.span(&part)),
                Rule::quantity if stepped.is_some() => {
                    counted = true;
                    every = self
                        .period(part)
                        .and_then(|period| self.window_length(period, of.example()));
                }
                Rule::quantity => {
                    length = self
                        .period(part)
                        .and_then(|period| self.window_length(period, of.example()));
                }
                Rule::name => at = Some(self.name(&part)),
                _ => {}
            }
        }
        match (stepped, claimed) {
            (None, None) => return WindowKind::Trailing(length),
            (Some(word), _) if !counted => match of.bound() {
                None => {
                    self.missing(word.after(), "the step is missing after `every`", of.example())
                }
                Some(bound) => self.no_part_of(bound, word, of.example()),
            },
            (_, Some(word)) if at.is_none() => match of.bound() {
                None => self.missing(
                    word.after(),
                    "the source is missing after `at`",
                    "rolling 30 days at CLAIMS",
                ),
                Some(bound) => self.no_part_of(bound, word, of.example()),
            },
            (_, _) => {}
        }
        if let (Some(length), Some(every)) = (length, every)
            && time_period(every).may_outlast(time_period(length))
        {
            let message = "the step can be longer than the window, so some time is in no window";
            let help = "write a window that is at least as long as the step, such as `rolling 30 days every 1 day`";
            self.report(
                Finding::new(Code::BadWindow, every.span, message)
                    .also(length.span, "each window is this long")
                    .help(help),
            );
        }
        WindowKind::Rolling(Box::new(Rolling { length, every, at }))
    }

    /// `every` or `at` where the windows of a cap or a limit have neither.
    fn no_part_of(&mut self, bound: &str, word: Span, example: &str) {
        let text = self.text.get(word.start as usize..word.end as usize).unwrap_or_default();
        let message = format!("the windows of a {bound} take no `{text}`");
        let finding = Finding::new(Code::UnexpectedText, word, message);
        self.report(finding.help(format!("for example: `{example}`")));
    }

    /// The length or step of a window, if windows can have it.
    fn window_length(&mut self, period: Period, example: &str) -> Option<Period> {
        let message = if period.unit == PeriodUnit::WorkingDay {
            "windows and their steps cannot be counted in working days"
        } else if period.count == 0 {
            "a window and its step must be longer than zero"
        } else {
            return Some(period);
        };
        self.report(
            Finding::new(Code::BadWindow, period.span, message)
                .help(format!("for example: `{example}`")),
        );
        None
    }

    /// `if COND at start`
    pub(super) fn fact_condition(&mut self, pair: Pair<'a>) -> Option<FactCondition> {
        let span = self.span(&pair);
        let (mut expr, mut when) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::cond => expr = Some(self.expr(part)),
                Rule::if_when => {
                    let place = self.span(&part);
                    let word = match part.as_str() {
                        "throughout" => FactWhen::Throughout,
                        "ever" => FactWhen::Ever,
                        _ => FactWhen::AtStart,
                    };
                    when = Some((word, place));
                }
                _ => {}
            }
        }
        self.need(expr.as_ref(), span, "the condition is missing after `if`", "if Plan == pro");
        expr.map(|expr| FactCondition { expr, when })
    }

    /// The date or time below a pair such as `from DATE`.
    pub(super) fn inner_when(&mut self, pair: Pair<'a>, message: &str) -> Option<When> {
        let span = self.span(&pair);
        let when = pair.into_inner().find(|part| is_when(part.as_rule()));
        match when {
            Some(when) => self.when(&when),
            None => {
                self.missing(span.after(), message, "2026-07-01");
                None
            }
        }
    }

    /// The first quantity below a pair, as a calendar length.
    pub(super) fn inner_period(
        &mut self,
        pair: Pair<'a>,
        message: &str,
    ) -> Option<crate::syntax::ast::Period> {
        let span = self.span(&pair);
        match pair.into_inner().find(|part| part.as_rule() == Rule::quantity) {
            Some(quantity) => self.period(quantity),
            None => {
                self.missing(span.after(), message, "30 days");
                None
            }
        }
    }

    /// The first expression of any kind below a pair.
    pub(super) fn inner_expr(
        &mut self,
        pair: Pair<'a>,
        message: &str,
    ) -> Option<crate::syntax::ast::Expr> {
        let span = self.span(&pair);
        match pair.into_inner().find(|part| is_expr(part.as_rule())) {
            Some(expr) => Some(self.expr(expr)),
            None => {
                self.missing(span.after(), message, "");
                None
            }
        }
    }
}

pub(super) fn is_when(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::date
            | Rule::datetime
            | Rule::month
            | Rule::year_quarter
            | Rule::year
            | Rule::odd_date
    )
}

pub(super) fn is_expr(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::expr | Rule::cond | Rule::value | Rule::amount | Rule::rows_of | Rule::amount_set
    )
}

/// 1 to 12 for the name of a month, long or short.
pub(super) fn month_number(word: &str) -> Option<u8> {
    let lower = word.to_ascii_lowercase();
    let months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let at = months.iter().position(|month| lower.starts_with(month))?;
    u8::try_from(at + 1).ok()
}

fn time_period(period: Period) -> time::Period {
    time::Period::new(period.count, period.unit)
}
