//! Expressions: precedence over the flat pairs, without recursion beyond the limit.

use pest::iterators::Pairs;
use smallvec::smallvec;

use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::syntax::DEPTH_LIMIT;
use crate::syntax::ast::{
    Arg, Binary, BreachCount, Breached, Call, Compare, Each, EachKey, EmptySlot, Expr, ExprKind,
    Name, Unary,
};
use crate::syntax::parser::Rule;

/// How high a tree of one expression may grow: later rooms walk it by recursion.
const HEIGHT_LIMIT: usize = 256;

/// How deep operators and brackets of one expression may lie in each other; a bracket may take an
/// operator or two.
const CLIMB_LIMIT: usize = 3 * DEPTH_LIMIT;

/// Binding strengths, loosest first; the reference lists them in this order.
const WHERE: u8 = 10;
const OR: u8 = 20;
const AND: u8 = 30;
const NOT: u8 = 40;
const DEFAULT: u8 = 50;
const COMPARE: u8 = 60;
const ROUNDED: u8 = 70;
const RESHAPE: u8 = 80;
const RANGE: u8 = 90;
const ADD: u8 = 100;
const MULTIPLY: u8 = 110;
/// What `of` is among the operands of another `of`.
const OF: u8 = 120;
const PREFIX: u8 = 130;

#[derive(Clone, Copy)]
enum Op {
    Binary(Binary),
    Compare(Compare),
    Range,
    Breached,
}

fn infix(rule: Rule, text: &str) -> Option<(Op, u8)> {
    let binary = |op, power| Some((Op::Binary(op), power));
    match rule {
        Rule::op_where => binary(Binary::Where, WHERE),
        Rule::op_or => binary(Binary::Or, OR),
        Rule::op_and => binary(Binary::And, AND),
        Rule::op_default => binary(Binary::Default, DEFAULT),
        Rule::cmp => Some((Op::Compare(compare(text)), COMPARE)),
        Rule::op_in => Some((Op::Compare(Compare::In), COMPARE)),
        Rule::breached => Some((Op::Breached, COMPARE)),
        Rule::op_rounded => binary(Binary::Rounded, ROUNDED),
        Rule::op_during if text.ends_with("not") => binary(Binary::DuringNot, RESHAPE),
        Rule::op_during => binary(Binary::During, RESHAPE),
        Rule::op_except => binary(Binary::Except, RESHAPE),
        Rule::op_pausing => binary(Binary::Pausing, RESHAPE),
        Rule::op_at => binary(Binary::At, RESHAPE),
        Rule::op_range => Some((Op::Range, RANGE)),
        Rule::op_add => binary(Binary::Add, ADD),
        Rule::op_sub => binary(Binary::Subtract, ADD),
        Rule::op_mul => binary(Binary::Multiply, MULTIPLY),
        Rule::op_div => binary(Binary::Divide, MULTIPLY),
        Rule::op_of => binary(Binary::Of, MULTIPLY),
        _ => None,
    }
}

/// The comparison a sign stands for, odd spellings included.
pub(super) fn compare(text: &str) -> Compare {
    let sign: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match sign.as_str() {
        "<" => Compare::Less,
        ">" => Compare::Greater,
        "<=" | "=<" | "≤" => Compare::AtMost,
        ">=" | "=>" | "≥" => Compare::AtLeast,
        "!=" | "≠" | "<>" => Compare::NotEqual,
        _ => Compare::Equal,
    }
}

/// An expression and how high its tree is.
type Tall = (Expr, usize);
type Tokens<'i> = std::iter::Peekable<Pairs<'i, Rule>>;

impl<'a> Lower<'a> {
    /// Lowers `expr`, `value`, `amount` and their like.
    pub(super) fn expr(&mut self, pair: Pair<'a>) -> Expr {
        self.tall(pair).0
    }

    fn tall(&mut self, pair: Pair<'a>) -> Tall {
        let span = self.span(&pair);
        let mut tokens = pair.into_inner().peekable();
        let (expr, height) = self.climb(&mut tokens, 0, span.before());
        if tokens
            .peek()
            .is_some_and(|token| matches!(token.as_rule(), Rule::op_then | Rule::op_else))
            && let Some(token) = tokens.next()
        {
            let word = token.as_str();
            let place = self.span(&token);
            self.report(Finding::new(
                Code::UnexpectedText,
                place,
                format!("this `{word}` has no `if`"),
            ));
        }
        (expr, height)
    }

    fn hole(&mut self, span: Span) -> Tall {
        (Expr { kind: ExprKind::Missing, span }, 1)
    }

    fn too_deep(&mut self, span: Span) -> Tall {
        let message = "this expression is nested too deeply";
        self.report(
            Finding::new(Code::NestedTooDeep, span, message).help("name parts of it with `metric`"),
        );
        self.hole(span)
    }

    fn climb(&mut self, tokens: &mut Tokens<'a>, least: u8, before: Span) -> Tall {
        if self.depth >= CLIMB_LIMIT {
            let place = tokens.peek().map_or(before, |token| self.span(token));
            tokens.by_ref().for_each(drop);
            return self.too_deep(place);
        }
        self.depth += 1;
        let result = self.climb_inner(tokens, least, before);
        self.depth -= 1;
        result
    }

    fn climb_inner(&mut self, tokens: &mut Tokens<'a>, least: u8, before: Span) -> Tall {
        let Some(first) = tokens.next() else {
            return self.hole(before.after());
        };
        let (mut left, mut height) = self.prefix_or_operand(first, tokens, before);
        let mut compared: Option<Span> = None;
        let mut chained = false;
        while let Some((op, power)) =
            tokens.peek().and_then(|token| infix(token.as_rule(), token.as_str()))
        {
            let among_its_own = least == OF && matches!(op, Op::Binary(Binary::Of));
            if power < least && !among_its_own {
                break;
            }
            let Some(token) = tokens.next() else { break };
            let place = self.span(&token);
            if height >= HEIGHT_LIMIT {
                tokens.by_ref().for_each(drop);
                return self.too_deep(place);
            }
            if let Op::Breached = op {
                left = self.breached(left, token);
                height += 1;
                continue;
            }
            self.odd_operator(&token, place);
            if let Op::Compare(_) = op {
                chained = compared.is_some();
                if let Some(earlier) = compared {
                    let finding = Finding::new(
                        Code::ChainedComparison,
                        place,
                        "comparisons cannot be chained",
                    );
                    self.report(
                        finding
                            .also(earlier, "the first comparison")
                            .help("join two comparisons with `and`, or write `x in A..B`"),
                    );
                }
                compared = Some(place);
            }
            // `1 / 365 of fee` is the 365th part of the fee, and `10% of fee of Shop` takes the fee
            // of the shop: `of` stands among the products, groups to the right, and leaves what
            // follows its operand to them.
            let right_least = if matches!(op, Op::Binary(Binary::Of)) { OF } else { power + 1 };
            let (right, right_height) = self.climb(tokens, right_least, place);
            height = height.max(right_height) + 1;
            left = join(op, left, right, place);
            if std::mem::take(&mut chained) {
                // Reported; what it would compare is nobody's fault.
                left.kind = ExprKind::Missing;
            }
        }
        (left, height)
    }

    fn prefix_or_operand(
        &mut self,
        first: Pair<'a>,
        tokens: &mut Tokens<'a>,
        before: Span,
    ) -> Tall {
        let span = self.span(&first);
        let unary = match first.as_rule() {
            Rule::op_not => Some((Unary::Not, NOT)),
            Rule::op_neg => Some((Unary::Negate, PREFIX)),
            Rule::op_word => match first.as_str() {
                "has" => Some((Unary::Has, PREFIX)),
                "previous" => Some((Unary::Previous, PREFIX)),
                "next" => Some((Unary::Next, PREFIX)),
                "monthly" => Some((Unary::Monthly, PREFIX)),
                _ => Some((Unary::Yearly, PREFIX)),
            },
            Rule::op_if => return self.if_then_else(span, tokens),
            _ => None,
        };
        let Some((unary, power)) = unary else {
            return self.operand(first, before);
        };
        self.odd_operator(&first, span);
        let (inner, height) = self.climb(tokens, power, span);
        if height >= HEIGHT_LIMIT {
            return self.too_deep(span);
        }
        let whole = span.to(inner.span);
        (Expr { kind: ExprKind::Unary(unary, Box::new(inner)), span: whole }, height + 1)
    }

    fn if_then_else(&mut self, start: Span, tokens: &mut Tokens<'a>) -> Tall {
        let (condition, mut height) = self.climb(tokens, 0, start);
        let mut last = condition.span;
        let mut branches = Vec::new();
        for (rule, word) in [(Rule::op_then, "then"), (Rule::op_else, "else")] {
            let found = tokens.next_if(|token| token.as_rule() == rule);
            let (branch, tall) = match found {
                Some(token) => {
                    let place = self.span(&token);
                    self.climb(tokens, 0, place)
                }
                None => {
                    if !matches!(condition.kind, ExprKind::Missing) {
                        self.missing(
                            last.after(),
                            format!("`{word}` is missing: `if` here takes both branches"),
                            "if a then b else c",
                        );
                    }
                    self.hole(last.after())
                }
            };
            last = last.to(branch.span);
            height = height.max(tall);
            branches.push(branch);
        }
        let mut branches = branches.into_iter();
        match (branches.next(), branches.next()) {
            (Some(yes), Some(no)) => (
                Expr { kind: ExprKind::If(Box::new([condition, yes, no])), span: start.to(last) },
                height + 1,
            ),
            _ => self.hole(last),
        }
    }

    fn operand(&mut self, pair: Pair<'a>, before: Span) -> Tall {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::missing => {
                let after = self
                    .text
                    .get(before.start as usize..before.end as usize)
                    .unwrap_or("")
                    .to_owned();
                self.missing(before.after(), format!("a value is missing after `{after}`"), "");
                return self.hole(before.after());
            }
            Rule::paren => return self.paren(pair, span),
            Rule::r#each => return self.each(pair, span),
            Rule::r#ref => return self.reference(pair, span),
            Rule::op_then | Rule::op_else => {
                self.missing(
                    span.before(),
                    format!("a value is missing before `{}`", pair.as_str()),
                    "",
                );
                return self.hole(span.before());
            }
            _ => self.literal(pair).map_or(ExprKind::Missing, ExprKind::Literal),
        };
        (Expr { kind, span }, 1)
    }

    fn paren(&mut self, pair: Pair<'a>, span: Span) -> Tall {
        let mut inner = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => inner = Some(self.tall(part)),
                Rule::paren_missing => self.unclosed(span, "("),
                Rule::bad_args => self.unexpected(&part),
                _ => {}
            }
        }
        match inner {
            Some((mut expr, height)) => {
                expr.span = span;
                (expr, height)
            }
            None => {
                self.missing(
                    Span { start: span.start + 1, end: span.start + 1, ..span },
                    "there is nothing between the parentheses",
                    "",
                );
                self.hole(span)
            }
        }
    }

    pub(super) fn unclosed(&mut self, span: Span, bracket: &str) {
        let open = Span { end: span.start + 1, ..span };
        self.report(Finding::new(Code::Unclosed, open, format!("`{bracket}` is not closed")));
    }

    pub(super) fn unexpected(&mut self, pair: &Pair<'a>) {
        let span = self.span(pair);
        self.report(Finding::new(
            Code::UnexpectedText,
            span,
            format!("`{}` does not fit here", shorten(pair.as_str())),
        ));
    }

    fn reference(&mut self, pair: Pair<'a>, span: Span) -> Tall {
        let mut path = None;
        let mut height = 0;
        let mut kind = None;
        let mut swallowed = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::path => path = Some(self.path(&part)),
                Rule::pctl => {
                    let name = self.name(&part);
                    path = Some(crate::syntax::ast::Path { parts: smallvec![name] });
                }
                Rule::args => {
                    let (mut args, tall, closed) = self.args(part);
                    height = tall + usize::from(!closed);
                    swallowed = if closed { None } else { compared(&mut args) };
                    kind =
                        path.take().map(|callee| ExprKind::Call(Box::new(Call { callee, args })));
                }
                Rule::index => {
                    let (keys, tall) = self.index(part);
                    height = tall;
                    kind = path.take().map(|path| ExprKind::Index(Box::new((path, keys))));
                }
                _ => {}
            }
        }
        let kind = kind
            .or_else(|| path.map(|path| ExprKind::Path(Box::new(path))))
            .unwrap_or(ExprKind::Missing);
        let Some(Swallowed { compare, right, place, before }) = swallowed else {
            return (Expr { kind, span }, height + 1);
        };
        let call = Expr { kind, span: Span { end: before.end, ..span } };
        (
            Expr { kind: ExprKind::Compare(compare, Box::new([call, right]), place), span },
            height + 1,
        )
    }

    /// The arguments, how high their trees are, and whether the call is closed.
    fn args(&mut self, pair: Pair<'a>) -> (Vec<Arg>, usize, bool) {
        let span = self.span(&pair);
        let (mut args, mut height, mut closed) = (Vec::new(), 0, true);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::arg => {
                    let (arg, tall) = self.arg(part);
                    height = height.max(tall);
                    args.push(arg);
                }
                Rule::paren_missing => {
                    self.unclosed(span, "(");
                    closed = false;
                }
                Rule::bad_args => self.unexpected(&part),
                _ => {}
            }
        }
        args.shrink_to_fit();
        (args, height, closed)
    }

    fn arg(&mut self, pair: Pair<'a>) -> (Arg, usize) {
        let span = self.span(&pair);
        let (mut label, mut more_than, mut value): (Option<Name>, Option<Span>, Option<Tall>) =
            (None, None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::label => {
                    let mut name = self.name(&part);
                    if name.text.starts_with("at") {
                        name.text = "at least".into();
                    }
                    label = Some(name);
                }
                Rule::more_than if part.as_str().starts_with("more") => {
                    more_than = Some(self.span(&part))
                }
                Rule::expr => value = Some(self.tall(part)),
                _ => {}
            }
        }
        let (value, height) = match value {
            Some(value) => value,
            None => {
                self.missing(span.after(), "a value is missing here", "");
                self.hole(span.after())
            }
        };
        (Arg { label: label.map(Box::new), more_than, value }, height)
    }

    fn index(&mut self, pair: Pair<'a>) -> (Vec<Expr>, usize) {
        let span = self.span(&pair);
        let (mut keys, mut height) = (Vec::new(), 0);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => {
                    let (key, tall) = self.tall(part);
                    height = height.max(tall);
                    keys.push(key);
                }
                Rule::paren_missing => self.unclosed(span, "["),
                _ => {}
            }
        }
        (keys, height)
    }

    fn breached(&mut self, left: Expr, pair: Pair<'a>) -> Expr {
        let span = left.span.to(self.span(&pair));
        let (mut numbers, mut row) = (Vec::new(), false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::number => numbers.extend(self.count(&part)),
                Rule::kw_in_a_row => row = true,
                _ => {}
            }
        }
        let count = match (numbers.as_slice(), row) {
            ([n, ..], true) => BreachCount::InARow(*n),
            ([n, m, ..], false) => BreachCount::OfLast(*n, *m),
            _ => BreachCount::Once,
        };
        let ExprKind::Path(objective) = left.kind else {
            self.report(Finding::new(
                Code::UnexpectedText,
                left.span,
                "`breached` takes the name of an objective",
            ));
            return Expr { kind: ExprKind::Missing, span };
        };
        Expr { kind: ExprKind::Breached(Box::new(Breached { objective: *objective, count })), span }
    }

    fn each(&mut self, pair: Pair<'a>, span: Span) -> Tall {
        let mut each = Each { key: None, of: None, body: None, empty: None };
        let (mut height, mut has_of, mut has_body) = (0, None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::each_key => each.key = self.each_key(part),
                Rule::kw_of => has_of = Some(self.span(&part)),
                Rule::bare_rows => {
                    let place = self.span(&part);
                    let finding = Finding::new(
                        Code::MissingPart,
                        place.before(),
                        "`of` is missing before the rows",
                    );
                    self.report(finding.fix("write `of`", place.before(), "of "));
                    let (rows, tall) = self.tall(part);
                    (each.of, height) = (Some(rows), height.max(tall));
                }
                Rule::each_rows => {
                    let (rows, tall) = self.tall(part);
                    (each.of, height) = (Some(rows), height.max(tall));
                }
                Rule::body => {
                    has_body = true;
                    let tall = self.each_body(part, &mut each);
                    height = height.max(tall);
                }
                _ => {}
            }
        }
        self.need(
            each.key.as_ref(),
            Span { end: span.start + 4, ..span },
            "`each` does not say how the rows are divided",
            "each 5 min of requests { … }",
        );
        if let (Some(of), None) = (has_of, &each.of) {
            self.missing(
                of.after(),
                "the rows are missing after `of`",
                "each 5 min of requests { … }",
            );
        }
        if !has_body && each.key.is_some() {
            self.missing(
                span.after(),
                "`each` needs the value of each slot in braces",
                "each 5 min of requests { count() }",
            );
        }
        (Expr { kind: ExprKind::Each(Box::new(each)), span }, height + 1)
    }

    fn each_key(&mut self, pair: Pair<'a>) -> Option<EachKey> {
        let part = pair.into_inner().next()?;
        let span = self.span(&part);
        match part.as_rule() {
            Rule::quantity => {
                let kind = self.literal(part).map_or(ExprKind::Missing, ExprKind::Literal);
                Some(EachKey::Length(Expr { kind, span }))
            }
            Rule::paren => Some(EachKey::Pieces(self.paren(part, span).0)),
            _ => {
                let inner = part.clone().into_inner().next()?;
                if inner.as_rule() == Rule::wname
                    && !matches!(
                        inner.as_str(),
                        "day" | "week" | "month" | "quarter" | "year" | "term"
                    )
                {
                    return Some(EachKey::Name(self.path(&inner)));
                }
                self.window(part).map(EachKey::Window)
            }
        }
    }

    fn each_body(&mut self, pair: Pair<'a>, each: &mut Each) -> usize {
        let span = self.span(&pair);
        let mut height = 0;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::expr => {
                    let (body, tall) = self.tall(part);
                    (each.body, height) = (Some(body), tall);
                }
                Rule::kw_skip => each.empty = Some((EmptySlot::Skip, self.span(&part))),
                Rule::body_junk => self.unexpected(&part),
                Rule::brace_missing => self.brace_missing(span),
                _ => {}
            }
        }
        if each.body.is_none() {
            self.missing(
                Span { start: span.start + 1, end: span.start + 1, ..span },
                "the value of each slot is missing",
                "each 5 min of requests { count() }",
            );
        }
        if let Some(body) = each.body.take() {
            each.body = Some(self.default_last(body, each));
        }
        height
    }

    /// `x default last` at the top of a body is about empty slots, not a value.
    fn default_last(&mut self, body: Expr, each: &mut Each) -> Expr {
        let Expr { kind, span } = body;
        let (kind, span) = match kind {
            ExprKind::Unary(Unary::Not, inner) if is_default_last(&inner) => {
                return self.not_default_last(*inner, span, each);
            }
            kind => (kind, span),
        };
        let ExprKind::Binary(Binary::Default, sides, op) = kind else {
            return Expr { kind, span };
        };
        let [left, right] = *sides;
        match &right.kind {
            ExprKind::Path(path) if path.parts.len() == 1 && path.text() == "last" => {
                each.empty = Some((EmptySlot::Last, op.to(right.span)));
                left
            }
            _ => {
                Expr { kind: ExprKind::Binary(Binary::Default, Box::new([left, right]), op), span }
            }
        }
    }

    /// `not x default last`: `not` takes the whole, and means the value alone.
    fn not_default_last(&mut self, inner: Expr, span: Span, each: &mut Each) -> Expr {
        let inner = self.default_last(inner, each);
        let text =
            self.text.get(span.start as usize..inner.span.end as usize).unwrap_or("").to_owned();
        let place = Span { end: inner.span.end, ..span };
        let finding = Finding::new(
            Code::UnexpectedText,
            place,
            "`not` also applies to `default last`, which is not a value",
        );
        self.report(finding.fix(
            format!("write `({})`", shorten(&text)),
            place,
            format!("({text})"),
        ));
        Expr { span: place, kind: ExprKind::Unary(Unary::Not, Box::new(inner)) }
    }

    /// A literal or name, as facts take them.
    pub(super) fn fact_value(&mut self, pair: Pair<'a>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::name => ExprKind::Path(Box::new(self.path(&pair))),
            Rule::negative => {
                let inner = pair.into_inner().find(|part| part.as_rule() == Rule::quantity);
                let inner_span = Span { start: span.start + 1, ..span };
                let kind = inner
                    .and_then(|part| self.literal(part))
                    .map_or(ExprKind::Missing, ExprKind::Literal);
                ExprKind::Unary(Unary::Negate, Box::new(Expr { kind, span: inner_span }))
            }
            _ => self.literal(pair).map_or(ExprKind::Missing, ExprKind::Literal),
        };
        Expr { kind, span }
    }

    /// The literal of an expression that is nothing but a quantity.
    pub(super) fn quantity_expr(&mut self, pair: Pair<'a>) -> Expr {
        let span = self.span(&pair);
        let kind = self.literal(pair).map_or(ExprKind::Missing, ExprKind::Literal);
        Expr { kind, span }
    }
}

fn join(op: Op, left: Expr, right: Expr, place: Span) -> Expr {
    let span = left.span.to(right.span);
    let kind = match op {
        Op::Binary(binary) => ExprKind::Binary(binary, Box::new([left, right]), place),
        Op::Compare(compare) => ExprKind::Compare(compare, Box::new([left, right]), place),
        Op::Range => ExprKind::Range(Box::new([left, right])),
        Op::Breached => left.kind,
    };
    Expr { kind, span }
}

fn is_default_last(expr: &Expr) -> bool {
    let ExprKind::Binary(Binary::Default, sides, _) = &expr.kind else { return false };
    let [_, right] = &**sides;
    matches!(&right.kind, ExprKind::Path(path) if path.parts.len() == 1 && path.text() == "last")
}

/// A comparison that stood behind a call, and was read as part of its last argument.
struct Swallowed {
    compare: Compare,
    right: Expr,
    /// Where the sign stands.
    place: Span,
    /// What remains of the argument.
    before: Span,
}

/// Takes the comparison out of the last argument of a call that is not closed: it stood behind the
/// bracket that is missing.
fn compared(args: &mut [Arg]) -> Option<Swallowed> {
    let last = args.last_mut()?;
    let hole = Expr { kind: ExprKind::Missing, span: last.value.span };
    match std::mem::replace(&mut last.value, hole) {
        Expr { kind: ExprKind::Compare(compare, sides, place), .. } => {
            let [left, right] = *sides;
            let before = left.span;
            last.value = left;
            Some(Swallowed { compare, right, place, before })
        }
        other => {
            last.value = other;
            None
        }
    }
}

/// A text short enough for a message, on one line.
pub(super) fn shorten(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or("").trim_end();
    if line.chars().count() <= 40 {
        return line.to_owned();
    }
    let head: String = line.chars().take(37).collect();
    format!("{head}…")
}

impl<'a> Lower<'a> {
    /// A single name, call or index, as the subject of `expect`.
    pub(super) fn subject(&mut self, pair: Pair<'a>) -> Expr {
        let span = self.span(&pair);
        self.reference(pair, span).0
    }
}
