//! Literals: numbers, quantities, dates, times, strings.

use ecow::EcoString;

use super::{Lower, Pair};
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::lang::units::{PeriodUnit, TimeUnit, data_unit};
use crate::syntax::ast::{Clock, Date, DateTime, Literal, Name, NumberForm, Period, Text, When};
use crate::syntax::parser::Rule;

/// More digits than anything in an agreement has.
const DIGIT_LIMIT: usize = 30;

const DAY_NANOS: i64 = 86_400_000_000_000;

impl<'a> Lower<'a> {
    /// Any literal; `None` if it was unreadable and has been reported.
    pub(super) fn literal(&mut self, pair: Pair<'a>) -> Option<Literal> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::quantity | Rule::key_quantity => self.quantity(pair),
            Rule::odds => self.odds(pair),
            Rule::string => Some(Literal::Text(self.string(pair).value)),
            Rule::boolean => Some(Literal::Boolean(pair.as_str() == "true")),
            Rule::clock => self.clock(&pair).map(Literal::Clock),
            Rule::odd_money => self.odd_money(pair),
            Rule::date | Rule::datetime | Rule::month | Rule::odd_date => match self.when(&pair)? {
                When::Date(date, _) => Some(Literal::Date(date)),
                When::Time(time, _) => Some(Literal::Time(time)),
                When::Month(year, month, _) => Some(Literal::Month(year, month)),
                When::Quarter(..) | When::Year(..) => None,
            },
            _ => {
                self.report(Finding::new(Code::UnexpectedText, span, "a value is needed here"));
                None
            }
        }
    }

    fn number(&mut self, pair: &Pair<'a>) -> Option<Exact> {
        let text = pair.as_str();
        if text.bytes().filter(u8::is_ascii_digit).count() > DIGIT_LIMIT {
            let message = format!("a number has at most {DIGIT_LIMIT} digits");
            self.report(Finding::new(Code::BadNumber, self.span(pair), message));
            return None;
        }
        let value = Exact::parse(text);
        if value.is_none() {
            self.report(Finding::new(
                Code::BadNumber,
                self.span(pair),
                format!("`{text}` is not a number"),
            ));
        }
        value
    }

    /// A whole number such as the 3 of `3 of last 6`.
    pub(super) fn count(&mut self, pair: &Pair<'a>) -> Option<u32> {
        let value = self.number(pair)?;
        let count = value.to_i64().and_then(|n| u32::try_from(n).ok());
        if count.is_none() {
            self.report(Finding::new(
                Code::BadNumber,
                self.span(pair),
                "a whole number is needed here",
            ));
        }
        count
    }

    fn odds(&mut self, pair: Pair<'a>) -> Option<Literal> {
        let span = self.span(&pair);
        let text = pair.as_str();
        let mut numbers = pair.into_inner();
        let (one, many) = (numbers.next()?, numbers.next()?);
        let (one, many) = (self.number(&one)?, self.number(&many)?);
        let value = one.divide(&many);
        if value.is_none() {
            self.report(Finding::new(
                Code::BadNumber,
                span,
                format!("the denominator of `{text}` is zero"),
            ));
        }
        Some(Literal::Number(value?, NumberForm::Odds))
    }

    fn odd_money(&mut self, pair: Pair<'a>) -> Option<Literal> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner();
        let (symbol, number) = (parts.next()?, parts.next()?);
        let code = currency(symbol.as_str());
        let amount = self.number(&number)?;
        let wanted = format!("{} {code}", number.as_str());
        let finding =
            Finding::new(Code::OddSpelling, span, format!("amounts are written `{wanted}`"));
        self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
        Some(Literal::Quantity(
            amount,
            Box::new(Name { text: code.into(), span: self.span(&symbol) }),
        ))
    }

    fn quantity(&mut self, pair: Pair<'a>) -> Option<Literal> {
        let span = self.span(&pair);
        let parts: Vec<Pair<'a>> = pair.into_inner().collect();
        let (rate, rest) = match parts.split_last() {
            Some((last, rest)) if last.as_rule() == Rule::rate_unit => (Some(last), rest),
            Some(_) | None => (None, parts.as_slice()),
        };
        let base = self.quantity_base(rest, span)?;
        let Some(rate) = rate else { return Some(base) };
        let word = rate.as_str().trim_start_matches('/');
        match TimeUnit::parse(word) {
            Some(unit) => Some(Literal::Rate(Box::new(base), unit)),
            None => {
                let finding = Finding::new(
                    Code::BadQuantity,
                    self.span(rate),
                    format!("a rate cannot be per `{word}`"),
                );
                self.report(finding.help("rates are written `100/s`, `900 EUR/h`, `3/day`"));
                None
            }
        }
    }

    fn quantity_base(&mut self, parts: &[Pair<'a>], span: Span) -> Option<Literal> {
        let (first, rest) = parts.split_first()?;
        let amount = self.number(first)?;
        let Some(unit) = rest.first() else {
            return Some(Literal::Number(amount, NumberForm::Plain));
        };
        match unit.as_rule() {
            Rule::percent => {
                Some(Literal::Number(amount.divide(&Exact::integer(100))?, NumberForm::Percent))
            }
            Rule::permille => {
                let percent = amount.divide(&Exact::integer(10))?;
                let wanted = format!("{percent}%");
                let finding = Finding::new(
                    Code::OddSpelling,
                    span,
                    format!("shares are written in percent: `{wanted}`"),
                );
                self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
                Some(Literal::Number(amount.divide(&Exact::integer(1000))?, NumberForm::Percent))
            }
            Rule::symbol => {
                let code = currency(unit.as_str());
                let wanted = format!("{} {code}", first.as_str());
                let finding = Finding::new(
                    Code::OddSpelling,
                    span,
                    format!("amounts are written `{wanted}`"),
                );
                self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
                Some(Literal::Quantity(
                    amount,
                    Box::new(Name { text: code.into(), span: self.span(unit) }),
                ))
            }
            Rule::working_clock => {
                let unit_of =
                    if unit.as_str().ends_with(['h', 'r']) || unit.as_str().ends_with("hours") {
                        TimeUnit::Hour
                    } else {
                        TimeUnit::Minute
                    };
                let (place, wanted) = (self.span(unit), unit_of.symbol());
                let finding = Finding::new(
                    Code::BadQuantity,
                    place,
                    format!("`{}` is not a unit of time", unit.as_str()),
                );
                let finding = finding.help("to count the hours of a calendar only, write `during CALENDAR` on the row or in the head of `support`");
                self.report(finding.suggestion(format!("write `{wanted}`"), place, wanted));
                Some(Literal::Duration(&amount * &Exact::integer(unit_of.nanoseconds()), unit_of))
            }
            Rule::time_unit | Rule::key_unit => self.time_quantity(amount, unit, rest, span),
            _ => {
                self.thousands(first, unit, span);
                Some(self.other_quantity(amount, unit))
            }
        }
    }

    /// `2.400 EUR` is not two thousand four hundred.
    fn thousands(&mut self, number: &Pair<'a>, unit: &Pair<'a>, span: Span) {
        let Some((whole, rest)) = number.as_str().split_once('.') else { return };
        let small = crate::lang::currencies::find(unit.as_str())
            .is_some_and(|currency| currency.minor_units != 3);
        if !small || rest.len() != 3 || whole.len() > 3 || whole.starts_with('0') {
            return;
        }
        let wanted = format!("{whole}_{rest} {}", unit.as_str());
        let finding = Finding::new(
            Code::ThousandsPoint,
            span,
            format!(
                "the point in `{} {}` starts a fraction, not thousands",
                number.as_str(),
                unit.as_str()
            ),
        );
        let finding = finding.note("thousands are separated with `_`");
        self.report(
            finding.help(format!("write `{wanted}`, or two or four digits after the point")),
        );
    }

    fn other_quantity(&mut self, amount: Exact, unit: &Pair<'a>) -> Literal {
        let word = unit.as_str();
        if let ("percent" | "pct", Some(share)) = (word, amount.divide(&Exact::integer(100))) {
            let place = self.span(unit);
            let finding =
                Finding::new(Code::OddSpelling, place, format!("`{word}` is written `%`"));
            self.report(finding.fix("write `%`", place, "%"));
            return Literal::Number(share, NumberForm::Percent);
        }
        if let Some(time) = TimeUnit::parse(word) {
            return Literal::Duration(&amount * &Exact::integer(time.nanoseconds()), time);
        }
        match data_unit(word) {
            Some(data) => Literal::Data(&amount * &Exact::integer(data.bits), data),
            None => Literal::Quantity(amount, Box::new(self.name(unit))),
        }
    }

    fn time_quantity(
        &mut self,
        amount: Exact,
        unit: &Pair<'a>,
        rest: &[Pair<'a>],
        span: Span,
    ) -> Option<Literal> {
        let first_unit = match self.time_word(unit)? {
            TimeWord::Clock(unit) => unit,
            TimeWord::Calendar(period) => {
                if rest.len() > 1 {
                    let message = "calendar lengths and clock lengths cannot be added: a month has no fixed number of hours";
                    self.report(Finding::new(Code::BadQuantity, span, message));
                    return None;
                }
                return self
                    .whole_count(&amount, span)
                    .map(|count| Literal::Period(Period { count, unit: period, span }));
            }
        };
        let mut total = &amount * &Exact::integer(first_unit.nanoseconds());
        let mut smaller = first_unit;
        let mut more = rest.iter().skip(1);
        while let (Some(number), Some(unit)) = (more.next(), more.next()) {
            let amount = self.number(number)?;
            let TimeWord::Clock(next) = self.time_word(unit)? else {
                let message = "calendar lengths and clock lengths cannot be added: a month has no fixed number of hours";
                self.report(Finding::new(Code::BadQuantity, span, message));
                return None;
            };
            if next >= smaller {
                let message = format!(
                    "units of one length go from large to small, and `{}` comes after `{}`",
                    unit.as_str(),
                    smaller.symbol()
                );
                self.report(
                    Finding::new(Code::BadQuantity, span, message)
                        .help("for example: `1 h 30 min`"),
                );
                return None;
            }
            smaller = next;
            total = &total + &(&amount * &Exact::integer(next.nanoseconds()));
        }
        Some(Literal::Duration(total, first_unit))
    }

    fn time_word(&mut self, unit: &Pair<'a>) -> Option<TimeWord> {
        let word = unit.as_str();
        if let Some(clock) = TimeUnit::parse(word) {
            return Some(TimeWord::Clock(clock));
        }
        let plain = word.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(period) = self.period_unit(&plain, unit) {
            return Some(TimeWord::Calendar(period));
        }
        let clock = match plain.as_str() {
            "minutes" | "minute" | "mins" => TimeUnit::Minute,
            "seconds" | "second" => TimeUnit::Second,
            _ => return None,
        };
        let (span, wanted) = (self.span(unit), clock.symbol());
        let finding =
            Finding::new(Code::OddSpelling, span, format!("`{word}` is written `{wanted}`"));
        self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
        Some(TimeWord::Clock(clock))
    }

    /// The unit of the calendar with this spelling; a business day is written as a working day.
    fn period_unit(&mut self, plain: &str, unit: &Pair<'a>) -> Option<PeriodUnit> {
        let wanted = match plain {
            "business day" => "working day",
            "business days" => "working days",
            _ => return PeriodUnit::parse(plain),
        };
        let span = self.span(unit);
        let finding =
            Finding::new(Code::OddSpelling, span, format!("`{plain}` is written `{wanted}`"));
        self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
        Some(PeriodUnit::WorkingDay)
    }

    fn whole_count(&mut self, amount: &Exact, span: Span) -> Option<u32> {
        let count = amount.to_i64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= 1_000_000);
        if count.is_none() {
            self.report(Finding::new(
                Code::BadQuantity,
                span,
                "calendar lengths are whole numbers of days, weeks, months, quarters or years",
            ));
        }
        count
    }

    /// A calendar length where one is wanted: `30 days`, `12 months`, `5 working days`, `1 h`.
    pub(super) fn period(&mut self, pair: Pair<'a>) -> Option<Period> {
        let span = self.span(&pair);
        let parts: Vec<Pair<'a>> = pair.into_inner().collect();
        let [number, unit] = parts.as_slice() else {
            let finding = Finding::new(
                Code::BadQuantity,
                span,
                "one number and one unit of the calendar are needed here",
            );
            self.report(finding.help("for example: `30 days`, `12 months`, `5 working days`"));
            return None;
        };
        let amount = self.number(number)?;
        let plain = unit.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(period) = self.period_unit(&plain, unit) else {
            let finding = Finding::new(
                Code::BadQuantity,
                span,
                format!("`{plain}` is not a unit of the calendar"),
            );
            let units = PeriodUnit::ALL.iter().flat_map(|unit| unit.spellings().into_iter().rev());
            let finding = match crate::base::closest(&plain, units) {
                Some(near) => finding.suggestion(format!("write `{near}`"), self.span(unit), near),
                None => finding,
            };
            self.report(finding.help("for example: `30 days`, `12 months`, `5 working days`"));
            return None;
        };
        self.whole_count(&amount, span).map(|count| Period { count, unit: period, span })
    }

    /// `09:00`, up to `24:00`.
    pub(super) fn clock(&mut self, pair: &Pair<'a>) -> Option<Clock> {
        let span = self.span(pair);
        let parts: Vec<u32> =
            pair.as_str().split(':').filter_map(|part| part.parse().ok()).collect();
        let (hour, minute, second) = match parts.as_slice() {
            [hour, minute] => (*hour, *minute, 0),
            [hour, minute, second] => (*hour, *minute, *second),
            _ => (99, 0, 0),
        };
        let seconds = hour * 3600 + minute * 60 + second;
        if minute > 59 || second > 59 || seconds > 86_400 {
            self.report(Finding::new(
                Code::BadDate,
                span,
                format!("`{}` is not a time of day", pair.as_str()),
            ));
            return None;
        }
        Some(Clock { seconds, span })
    }

    /// A date, time, month, quarter or year.
    pub(super) fn when(&mut self, pair: &Pair<'a>) -> Option<When> {
        let span = self.span(pair);
        let text = pair.as_str();
        match pair.as_rule() {
            Rule::date => self.date(text, span).map(|date| When::Date(date, span)),
            Rule::datetime => self.datetime(text, span).map(|time| When::Time(time, span)),
            Rule::odd_date => self.odd_date(text, span).map(|date| When::Date(date, span)),
            Rule::month => {
                let (year, month) = text.split_once('-')?;
                let (year, month): (i32, u8) = (year.parse().ok()?, month.parse().ok()?);
                if year == 0 || !(1..=12).contains(&month) {
                    let finding =
                        Finding::new(Code::BadDate, span, format!("`{text}` is not a month"));
                    self.report(finding.help("to subtract, write spaces around `-`"));
                    return None;
                }
                Some(When::Month(year, month, span))
            }
            Rule::year_quarter => {
                let (year, quarter) = text.split_once("-Q")?;
                let (year, quarter): (i32, u8) = (year.parse().ok()?, quarter.parse().ok()?);
                if year == 0 || !(1..=4).contains(&quarter) {
                    self.report(Finding::new(
                        Code::BadDate,
                        span,
                        format!("`{text}` is not a quarter of a year"),
                    ));
                    return None;
                }
                Some(When::Quarter(year, quarter, span))
            }
            Rule::year => text.parse().ok().map(|year| When::Year(year, span)),
            _ => None,
        }
    }

    pub(super) fn date(&mut self, text: &str, span: Span) -> Option<Date> {
        let mut parts = text.split('-');
        let date = (|| {
            let year: i32 = parts.next()?.parse().ok()?;
            let month: u8 = parts.next()?.parse().ok()?;
            let day: u8 = parts.next()?.parse().ok()?;
            (year >= 1
                && (1..=12).contains(&month)
                && day >= 1
                && day <= days_of_month(year, month))
            .then_some(Date { year, month, day })
        })();
        if date.is_none() {
            self.report(Finding::new(
                Code::BadDate,
                span,
                format!("the date {text} does not exist"),
            ));
        }
        date
    }

    fn datetime(&mut self, text: &str, span: Span) -> Option<DateTime> {
        let (date, rest) = text.split_once('T')?;
        let date = self.date(date, span)?;
        let (time, offset) = match rest.find(['Z', '+', '-']) {
            Some(at) => (rest.get(..at)?, Some(offset(rest.get(at..)?))),
            None => (rest, None),
        };
        let nanos = nanos_of_day(time);
        match (nanos, offset) {
            (Some(nanos), None) => Some(DateTime { date, nanos, offset: None }),
            (Some(nanos), Some(Some(offset))) => {
                Some(DateTime { date, nanos, offset: Some(offset) })
            }
            (None, _) | (_, Some(None)) => {
                self.report(Finding::new(
                    Code::BadDate,
                    span,
                    format!("`{rest}` is not a time of day"),
                ));
                None
            }
        }
    }

    fn odd_date(&mut self, text: &str, span: Span) -> Option<Date> {
        let numbers: Vec<i32> =
            text.split(['.', '/']).filter_map(|part| part.parse().ok()).collect();
        let first_is_year = text.find(['.', '/']) == Some(4);
        let candidates: Vec<(i32, i32, i32)> = match numbers.as_slice() {
            [y, m, d] if first_is_year => vec![(*y, *m, *d)],
            [d, m, y] if text.contains('.') => vec![(*y, *m, *d)],
            [a, b, y] => vec![(*y, *b, *a), (*y, *a, *b)],
            _ => Vec::new(),
        };
        let valid: Vec<Date> =
            candidates.into_iter().filter_map(|(y, m, d)| checked_date(y, m, d)).collect();
        let finding =
            Finding::new(Code::OddSpelling, span, "dates are written year-month-day: `2026-12-25`");
        match valid.as_slice() {
            [] => {
                self.report(
                    Finding::new(Code::BadDate, span, format!("the date {text} does not exist"))
                        .help("dates are written `2026-12-25`"),
                );
                None
            }
            [only] => {
                let wanted = format!("{:04}-{:02}-{:02}", only.year, only.month, only.day);
                self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
                Some(*only)
            }
            [first, second, ..] if first == second => {
                let wanted = format!("{:04}-{:02}-{:02}", first.year, first.month, first.day);
                self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
                Some(*first)
            }
            [first, second, ..] => {
                let (early, late) = (first.min(second), first.max(second));
                let written =
                    |date: &Date| format!("`{:04}-{:02}-{:02}`", date.year, date.month, date.day);
                let finding = finding.note(format!("`{text}` can be read as two different dates"));
                self.report(finding.help(format!("write {} or {}", written(early), written(late))));
                // Either would be a guess, and what is said about it further on an echo.
                None
            }
        }
    }

    /// A string with its escapes resolved.
    pub(super) fn string(&mut self, pair: Pair<'a>) -> Text {
        let span = self.span(&pair);
        let mut value = EcoString::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::str_in => value = self.unescape(&part),
                Rule::str_open => {
                    value = part.as_str().trim_end().into();
                    let end = self.span(&part);
                    let finding = Finding::new(
                        Code::Unclosed,
                        Span { end: span.start + 1, ..span },
                        "this string is not closed on its line",
                    );
                    let at = if end.end > end.start {
                        end.after()
                    } else {
                        Span { start: span.start + 1, end: span.start + 1, ..span }
                    };
                    self.report(finding.suggestion("close it with `\"`", at, "\""));
                }
                Rule::curly => value = self.curly(&part),
                _ => {}
            }
        }
        Text { value, span }
    }

    fn curly(&mut self, part: &Pair<'a>) -> EcoString {
        let span = self.span(part);
        let quotes = ['“', '”', '„', '«', '»', '\'', '‘', '’', '"'];
        let inner = part.as_str().trim_start_matches(quotes).trim_end_matches(quotes);
        let wanted = format!("\"{inner}\"");
        let finding =
            Finding::new(Code::OddSpelling, span, "strings are written in straight double quotes");
        self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
        inner.into()
    }

    fn unescape(&mut self, part: &Pair<'a>) -> EcoString {
        let text = part.as_str();
        if !text.contains('\\') {
            return text.into();
        }
        let start = self.span(part).start as usize;
        let mut value = EcoString::new();
        let mut chars = text.char_indices();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                value.push(c);
                continue;
            }
            match chars.next() {
                Some((_, '"')) => value.push('"'),
                Some((_, '\\')) => value.push('\\'),
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) => {
                    let span = Span::new(self.file, start + at, start + at + 1 + other.len_utf8());
                    let finding = Finding::new(
                        Code::BadString,
                        span,
                        format!("`\\{other}` is not an escape"),
                    );
                    self.report(
                        finding.help(
                            "the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`; write `\\\\` for a backslash",
                        ),
                    );
                    value.push(other);
                }
                None => {}
            }
        }
        value
    }
}

enum TimeWord {
    Clock(TimeUnit),
    Calendar(PeriodUnit),
}

fn currency(symbol: &str) -> &'static str {
    match symbol {
        "€" => "EUR",
        "$" => "USD",
        "£" => "GBP",
        _ => "JPY",
    }
}

fn days_of_month(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        _ => 31,
    }
}

fn checked_date(year: i32, month: i32, day: i32) -> Option<Date> {
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    let fits = (1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && day >= 1
        && day <= days_of_month(year, month);
    fits.then_some(Date { year, month, day })
}

fn nanos_of_day(time: &str) -> Option<i64> {
    let mut parts = time.split(':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let (second, fraction) = match parts.next() {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (text.parse().ok()?, 0),
            Some((_, digits)) if digits.len() > 9 => return None,
            Some((second, digits)) => {
                (second.parse().ok()?, format!("{digits:0<9}").parse::<i64>().ok()?)
            }
        },
    };
    let nanos = ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + fraction;
    (minute < 60 && second < 60 && nanos <= DAY_NANOS).then_some(nanos)
}

fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    (minutes < 60 && seconds <= 18 * 3600).then_some(if sign == "-" { -seconds } else { seconds })
}
