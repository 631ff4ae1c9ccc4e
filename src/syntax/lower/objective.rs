//! Objectives and support.

use super::types::is_expr;
use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::Place;
use crate::syntax::ast::{
    Binary, By, Cell, CellClauses, CellKind, CellLimit, Compare, Expr, ExprKind, FirstWindow,
    Literal, Missing, Objective, OnNewLine, Statement, Support, SupportRow, Unary,
};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn objective(&mut self, pair: Pair<'a>) -> Statement {
        let span = self.span(&pair);
        let mut out = Objective {
            name: None,
            service: None,
            full: false,
            metric: None,
            compare: None,
            target: None,
            window: None,
            during: None,
            by: Vec::new(),
            filter: None,
            condition: None,
            from: None,
            missing: None,
            first: None,
            kept_here: None,
            on_new_line: OnNewLine::default(),
        };
        let (mut last, mut windowed) = (span.before(), false);
        for part in pair.into_inner() {
            let place = self.span(&part);
            windowed |= part.as_rule() == Rule::per;
            match part.as_rule() {
                Rule::slot => out.name = self.slot(&part),
                Rule::of_service => {
                    out.service =
                        self.inner_path(part, "the service is missing after `of`").map(Box::new)
                }
                Rule::colon => out.full = true,
                Rule::eq => {
                    out.full = true;
                    let finding = Finding::new(Code::OddSpelling, place, "expected `:`, not `=`");
                    self.report(finding.fix("write `:`", place, ":"));
                }
                Rule::value => {
                    if !out.full {
                        let finding = Finding::new(
                            Code::MissingPart,
                            last.after(),
                            format!(
                                "`:` is missing after `{}`",
                                self.text
                                    .get(last.start as usize..last.end as usize)
                                    .unwrap_or("objective")
                            ),
                        );
                        self.report(finding.fix("write `:`", last.after(), ":"));
                        out.full = true;
                    }
                    let metric = self.expr(part);
                    outside_call(metric, &mut out);
                }
                Rule::comparison => self.comparison(part, &mut out),
                _ => {
                    let known = out.on_new_line.0;
                    out.on_new_line =
                        OnNewLine(known.or_else(|| self.clause_on_new_line(&part, place, span)));
                    self.objective_clause(part, &mut out);
                }
            }
            last = place;
        }
        self.need(
            out.name.as_ref(),
            Span { end: span.start + 9, ..span },
            "an objective needs a name",
            "objective Uptime: uptime(outages) >= 99.9% per month",
        );
        self.lost.nameless |= out.name.is_none();
        if out.full {
            self.need_objective_parts(&out, span, windowed);
        }
        Statement::Objective(Box::new(out))
    }

    fn need_objective_parts(&mut self, out: &Objective, span: Span, windowed: bool) {
        let example = "objective Uptime: uptime(outages) >= 99.9% per month";
        if out.metric.is_none() {
            self.missing(span.after(), "the metric is missing", example);
        } else if out.compare.is_none() {
            self.missing(span.after(), "a comparison with a target is missing", example);
        } else if out.target.is_some() && !windowed {
            self.missing(span.after(), "the window is missing", "per month");
        }
    }

    fn comparison(&mut self, pair: Pair<'a>, out: &mut Objective) {
        let mut sign = None;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::cmp => {
                    self.odd_operator(&part, place);
                    sign = Some((super::expr::compare(part.as_str()), place));
                }
                Rule::op_in => sign = Some((Compare::In, place)),
                _ => out.target = Some(self.expr(part)),
            }
        }
        out.compare = sign;
        if let (Some((_, place)), None) = (sign, &out.target) {
            let word =
                self.text.get(place.start as usize..place.end as usize).unwrap_or("").to_owned();
            self.missing(place.after(), format!("a target is missing after `{word}`"), ">= 99.9%");
        }
    }

    /// The time of `during T`, or of `during not T`, where the word belongs to the first operand as
    /// in any expression.
    fn during(&mut self, part: Pair<'a>) -> Option<Expr> {
        if let Some(hours) =
            part.clone().into_inner().find(|inner| inner.as_rule() == Rule::in_hours)
        {
            let finding = Finding::new(
                Code::MissingPart,
                self.span(&hours),
                format!("`{}` is not the name of a calendar", hours.as_str()),
            );
            self.report(finding.help("declare the hours, such as `calendar Office { open mon..fri 09:00..17:30 }`, and write `during Office`"));
            return None;
        }
        let word = part.clone().into_inner().find(|inner| inner.as_rule() == Rule::op_during);
        let not = word.filter(|word| word.as_str().ends_with("not")).map(|word| self.span(&word));
        let time = self.inner_expr(part, "the time is missing after `during`")?;
        Some(match not {
            Some(place) => negated(time, place),
            None => time,
        })
    }

    /// The place of a clause `first window` or `missing counts` that begins a line as a statement
    /// does, no further in than the objective.
    fn clause_on_new_line(&self, part: &Pair<'a>, place: Span, objective: Span) -> Option<Span> {
        if !matches!(part.as_rule(), Rule::missing_counts | Rule::first_window) {
            return None;
        }
        let before = |place: Span| self.text.get(..place.start as usize).unwrap_or("");
        // Looks at the white space first: a whole contract may stand on one line, which is not to
        // be walked for each of its clauses.
        let head = before(place).trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
        if !(head.is_empty() || head.ends_with('\n')) {
            return None;
        }
        let indent = before(place).len() - head.len();
        let line = before(objective).rsplit('\n').next().unwrap_or("");
        (indent <= line.len() - line.trim_start().len()).then_some(place)
    }

    fn objective_clause(&mut self, part: Pair<'a>, out: &mut Objective) {
        let place = self.span(&part);
        match part.as_rule() {
            Rule::per => {
                let window = self.per(part);
                self.once(&mut out.window, window, place, "the window");
            }
            Rule::during => {
                let time = self.during(part);
                self.once(&mut out.during, time.map(Box::new), place, "`during`");
            }
            Rule::by => {
                let fields = self.by(part);
                out.by.extend(fields);
            }
            Rule::where_ => {
                let filter = self.inner_expr(part, "the condition is missing after `where`");
                self.once(&mut out.filter, filter.map(Box::new), place, "`where`");
            }
            Rule::if_ => {
                let condition = self.fact_condition(part);
                self.once(&mut out.condition, condition.map(Box::new), place, "`if`");
            }
            Rule::since => {
                let from = self.inner_when(part, "the date is missing after `from`");
                self.once(&mut out.from, from.map(Box::new), place, "`from`");
            }
            Rule::missing_counts => {
                let missing = self.missing_counts(part);
                self.once(&mut out.missing, missing, place, "`missing counts`");
            }
            Rule::first_window => {
                let first = self.first_window(part);
                self.once(&mut out.first, first, place, "`first window`");
            }
            Rule::kept_here => self.once(&mut out.kept_here, Some(place), place, "`kept here`"),
            _ => {}
        }
    }

    fn by(&mut self, pair: Pair<'a>) -> Vec<By> {
        let mut fields = Vec::new();
        for part in pair.into_inner().filter(|part| part.as_rule() == Rule::by_field) {
            let (mut field, mut alias) = (None, None);
            for part in part.into_inner() {
                match part.as_rule() {
                    Rule::path => field = Some(self.path(&part)),
                    Rule::name => alias = Some(self.name(&part)),
                    _ => {}
                }
            }
            fields.extend(field.map(|field| By { field, alias }));
        }
        fields.shrink_to_fit();
        fields
    }

    pub(super) fn missing_counts(&mut self, pair: Pair<'a>) -> Option<Missing> {
        let span = self.span(&pair);
        let word = pair.into_inner().find(|part| part.as_rule() == Rule::word);
        match word.as_ref().map(|word| word.as_str()) {
            Some("met") => return Some(Missing::Met),
            Some("breached") => return Some(Missing::Breached),
            Some(_) | None => {}
        }
        let at = word.map_or(span.after(), |word| self.span(&word));
        self.missing(
            at,
            "say what a window without data counts as: `met` or `breached`",
            "missing counts as breached",
        );
        None
    }

    pub(super) fn first_window(&mut self, pair: Pair<'a>) -> Option<FirstWindow> {
        let span = self.span(&pair);
        let word = pair.into_inner().find(|part| part.as_rule() == Rule::word);
        match word.as_ref().map(|word| word.as_str()) {
            Some("clipped") => return Some(FirstWindow::Clipped),
            Some("full") => return Some(FirstWindow::Full),
            Some("skipped") => return Some(FirstWindow::Skipped),
            Some(_) | None => {}
        }
        let at = word.map_or(span.after(), |word| self.span(&word));
        self.missing(
            at,
            "say what the first window is: `clipped`, `full` or `skipped`",
            "first window full",
        );
        None
    }

    pub(super) fn support(&mut self, pair: Pair<'a>) -> Statement {
        let head_start = self.span(&pair);
        let mut out = Support {
            name: None,
            on: None,
            clauses: CellClauses::default(),
            rows: Vec::new(),
            head: head_start,
        };
        let (mut on_word, mut has_block) = (None, false);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_support => out.head = place,
                Rule::name => {
                    out.head = out.head.to(place);
                    out.name = Some(self.name(&part));
                }
                Rule::kw_on => {
                    on_word = Some(place);
                    out.head = out.head.to(place);
                }
                Rule::rows_of => {
                    out.head = out.head.to(place);
                    out.on = Some(self.expr(part));
                }
                Rule::block => {
                    has_block = true;
                    self.support_rows(part, &mut out);
                }
                _ => {
                    out.head = out.head.to(place);
                    self.cell_clause(part, &mut out.clauses);
                }
            }
        }
        if let (Some(on), None) = (on_word, &out.on) {
            self.missing(
                on.after(),
                "the source is missing after `on`",
                "support on tickets { P1 respond 1 h }",
            );
        }
        if !has_block && (on_word.is_none() || out.on.is_some()) {
            self.missing(
                out.head.after(),
                "the rows of `support` are missing",
                "support on tickets { P1 respond 1 h }",
            );
        }
        Statement::Support(Box::new(out))
    }

    fn support_rows(&mut self, block: Pair<'a>, out: &mut Support) {
        self.special(block, Place::Support, &mut |lower, part| {
            out.rows.extend(lower.support_row(part));
            true
        });
        out.rows.shrink_to_fit();
    }

    fn support_row(&mut self, pair: Pair<'a>) -> Option<SupportRow> {
        let (mut severity, mut cells) = (None, Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::name => severity = Some(self.name(&part)),
                Rule::cell => cells.push(self.cell(part)),
                _ => {}
            }
        }
        cells.shrink_to_fit();
        severity.map(|severity| SupportRow { severity, cells })
    }

    fn cell(&mut self, pair: Pair<'a>) -> Cell {
        let span = self.span(&pair);
        let mut cell =
            Cell { kind: CellKind::Respond, limit: None, clauses: CellClauses::default(), span };
        let (mut word, mut seen) = (span, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::cell_word => {
                    word = self.span(&part);
                    cell.kind = self.cell_kind(&part, word);
                }
                Rule::end_of => {
                    seen = true;
                    cell.limit = self.working_end(part);
                }
                Rule::amount => {
                    seen = true;
                    let limit = self.expr(part);
                    cell.limit = Some(CellLimit::Within(self.with_unit(limit)));
                }
                _ => self.cell_clause(part, &mut cell.clauses),
            }
        }
        if !seen {
            self.missing(word.after(), "the limit is missing", "P1 respond 1 h");
        }
        cell
    }

    /// A limit, or a hole if it is a bare number.
    fn with_unit(&mut self, limit: Expr) -> Expr {
        let ExprKind::Literal(Literal::Number(..)) = &limit.kind else { return limit };
        let text = self
            .text
            .get(limit.span.start as usize..limit.span.end as usize)
            .unwrap_or("")
            .to_owned();
        let finding = Finding::new(Code::BadQuantity, limit.span, format!("`{text}` has no unit"));
        self.report(finding.help(format!("a limit is a length of time: `{text} min`")));
        Expr { kind: ExprKind::Missing, span: limit.span }
    }

    fn cell_kind(&mut self, part: &Pair<'a>, place: Span) -> CellKind {
        match part.as_str() {
            "respond" => CellKind::Respond,
            "resolve" => CellKind::Resolve,
            "update" => {
                let finding = Finding::new(
                    Code::MissingPart,
                    place.after(),
                    "`every` is missing after `update`",
                );
                self.report(finding.fix("write `every`", place.after(), " every"));
                CellKind::Update
            }
            _ => CellKind::Update,
        }
    }

    /// `by end of 1 working day`
    fn working_end(&mut self, pair: Pair<'a>) -> Option<CellLimit> {
        let span = self.span(&pair);
        let quantity = pair.into_inner().find(|part| part.as_rule() == Rule::quantity);
        let period = match quantity {
            Some(part) => Some(self.period(part)?),
            None => None,
        };
        match period {
            Some(period) if period.unit == crate::lang::units::PeriodUnit::WorkingDay => {
                Some(CellLimit::EndOf(period.count))
            }
            Some(_) | None => {
                self.missing(
                    span,
                    "`by end of` takes a number of working days here",
                    "by end of 1 working day",
                );
                None
            }
        }
    }

    pub(super) fn cell_clause(&mut self, part: Pair<'a>, clauses: &mut CellClauses) {
        let place = self.span(&part);
        match part.as_rule() {
            Rule::per => {
                let window = self.per(part);
                self.once(&mut clauses.window, window.map(Box::new), place, "the window");
            }
            Rule::during => {
                let time = self.during(part);
                self.once(&mut clauses.during, time.map(Box::new), place, "`during`");
            }
            Rule::pausing => {
                let time = self.inner_expr(part, "the time is missing after `pausing`");
                self.once(&mut clauses.pausing, time.map(Box::new), place, "`pausing`");
            }
            Rule::where_ => {
                let filter = self.inner_expr(part, "the condition is missing after `where`");
                self.once(&mut clauses.filter, filter.map(Box::new), place, "`where`");
            }
            Rule::if_ => {
                let condition = self.fact_condition(part);
                self.once(&mut clauses.condition, condition.map(Box::new), place, "`if`");
            }
            Rule::share => self.share(part, clauses, place),
            _ => {}
        }
    }

    /// `for 95% of tickets misses 1 below 20`
    fn share(&mut self, pair: Pair<'a>, clauses: &mut CellClauses, place: Span) {
        let mut share = None;
        for part in pair.into_inner() {
            if is_expr(part.as_rule()) {
                share = Some(share_of(self.expr(part)));
            } else if part.as_rule() == Rule::misses {
                let span = self.span(&part);
                let numbers: Vec<u32> = part
                    .into_inner()
                    .filter(|p| p.as_rule() == Rule::number)
                    .filter_map(|p| self.count(&p))
                    .collect();
                match numbers.as_slice() {
                    [misses, below] => clauses.misses = Some((*misses, *below, span)),
                    _ => self.missing(
                        span.after(),
                        "say below how many items misses are forgiven",
                        "misses 1 below 20",
                    ),
                }
            }
        }
        self.need(share.as_ref(), place, "the share is missing after `for`", "for 95% of tickets");
        self.once(&mut clauses.share, share.map(Box::new), place, "the share");
    }
}

/// The metric, and the comparison with its target if an unclosed call had swallowed it.
fn outside_call(metric: Expr, out: &mut Objective) {
    match metric.kind {
        ExprKind::Compare(compare, sides, place) => {
            let [metric, target] = *sides;
            (out.metric, out.compare, out.target) =
                (Some(metric), Some((compare, place)), Some(target));
        }
        kind => out.metric = Some(Expr { kind, span: metric.span }),
    }
}

/// `95% of tickets` is the share 95%: the rows are those of the head.
fn share_of(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Binary(crate::syntax::ast::Binary::Of, sides, _) => {
            let [left, _] = *sides;
            left
        }
        _ => expr,
    }
}

/// An expression with `not` before its first operand.
fn negated(expr: Expr, place: Span) -> Expr {
    let span = expr.span;
    match expr.kind {
        ExprKind::Binary(operator @ (Binary::And | Binary::Or), both, at) => {
            let [first, second] = *both;
            Expr {
                kind: ExprKind::Binary(operator, Box::new([negated(first, place), second]), at),
                span,
            }
        }
        kind => {
            let whole = Span { start: place.start.min(span.start), ..span };
            Expr { kind: ExprKind::Unary(Unary::Not, Box::new(Expr { kind, span })), span: whole }
        }
    }
}
