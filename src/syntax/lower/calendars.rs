//! Calendars: their rules, days and hours.

use super::types::month_number;
use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::Place;
use crate::syntax::ast::{Calendar, CalendarRule, ClockRange, Date, Days, Declaration, When};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn calendar(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out = Calendar {
            maintenance: false,
            name: None,
            title: None,
            zone: None,
            rules: Vec::new(),
            allows: Vec::new(),
        };
        let (mut has_block, mut lead) = (false, span);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_calendar => {
                    lead = place;
                    out.maintenance = part.as_str() == "maintenance";
                }
                Rule::slot => out.name = self.slot(&part),
                Rule::string => out.title = Some(self.string(part)),
                Rule::block => {
                    has_block = true;
                    self.calendar_block(part, &mut out);
                }
                _ => {}
            }
        }
        let example = "calendar Business { open mon..fri 09:00..17:30 }";
        self.need(out.name.as_ref(), lead, "a calendar needs a name", example);
        if !has_block && out.name.is_some() {
            self.missing(span.after(), "the days of the calendar are missing", example);
        }
        Declaration::Calendar(Box::new(out))
    }

    fn calendar_block(&mut self, pair: Pair<'a>, out: &mut Calendar) {
        self.special(pair, Place::Calendar, &mut |lower, part| {
            let place = lower.span(&part);
            match part.as_rule() {
                Rule::calendar_rule => out.rules.push(lower.calendar_rule(part)),
                Rule::zone => {
                    let zone = lower.inner_text(part, "the name of the zone is missing");
                    lower.once(&mut out.zone, zone, place, "`zone`");
                }
                Rule::allow => out.allows.extend(lower.item(part, Place::Calendar)),
                _ => return false,
            }
            true
        });
    }

    pub(super) fn calendar_rule(&mut self, pair: Pair<'a>) -> CalendarRule {
        let span = self.span(&pair);
        let mut rule =
            CalendarRule { open: false, days: Days::Missing, hours: Vec::new(), title: None, span };
        let (mut lead, mut has_days) = (span, false);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_open => (rule.open, lead) = (true, place),
                Rule::kw_closed => lead = place,
                Rule::days => {
                    has_days = true;
                    rule.days = self.days(part, place).unwrap_or(Days::Missing);
                }
                Rule::hours_list => {
                    rule.hours =
                        part.into_inner().filter_map(|part| self.clock_range(part)).collect()
                }
                Rule::string => rule.title = Some(self.string(part)),
                _ => {}
            }
        }
        if !has_days {
            self.missing(lead.after(), "the days are missing", "open mon..fri 09:00..17:30");
        }
        rule
    }

    fn clock_range(&mut self, pair: Pair<'a>) -> Option<ClockRange> {
        if pair.as_rule() != Rule::clock_range {
            return None;
        }
        let span = self.span(&pair);
        let (mut clocks, mut words) = (Vec::new(), Vec::new());
        for part in pair.into_inner().filter(|part| part.as_rule() == Rule::clock) {
            words.push(part.as_str());
            clocks.push(self.clock(&part));
        }
        self.written("hours", span, &words.join(".."));
        match clocks.as_slice() {
            [Some(from), Some(to)] => Some(ClockRange { from: *from, to: *to, span }),
            _ => None,
        }
    }

    pub(super) fn odd_dots(&mut self, part: &Pair<'a>) {
        if part.as_rule() == Rule::dots && part.as_str() != ".." {
            let place = self.span(part);
            let finding = Finding::new(Code::OddSpelling, place, "ranges are written with `..`");
            self.report(finding.fix("write `..`", place, ".."));
        }
    }

    /// Days or hours that are understood but written otherwise.
    fn written(&mut self, what: &str, span: Span, wanted: &str) {
        if self
            .text
            .get(span.start as usize..span.end as usize)
            .is_some_and(|text| same_words(text, wanted))
        {
            return;
        }
        let finding =
            Finding::new(Code::OddSpelling, span, format!("{what} are written `{wanted}`"));
        self.report(finding.fix(format!("write `{wanted}`"), span, wanted));
    }

    fn days(&mut self, pair: Pair<'a>, span: Span) -> Option<Days> {
        let part = pair.into_inner().next()?;
        match part.as_rule() {
            Rule::every_day => Some(Days::Weekdays(0x7f)),
            Rule::weekdays => Some(self.weekdays(part)),
            Rule::stretch => self.stretch(part, span),
            Rule::nth => self.nth(part, span),
            Rule::yearly => self.yearly(part),
            Rule::month_day => self.month_day(part),
            Rule::dates => self.date_range(part, span),
            _ => None,
        }
    }

    fn weekdays(&mut self, pair: Pair<'a>) -> Days {
        let mut bits = 0_u8;
        for range in pair.into_inner().filter(|part| part.as_rule() == Rule::weekday_range) {
            let place = self.span(&range);
            let days = range.into_inner().filter(|part| part.as_rule() == Rule::weekday);
            let (ends, words): (Vec<u8>, Vec<&str>) =
                days.map(|part| weekday(part.as_str())).unzip();
            self.written("days", place, &words.join(".."));
            let (Some(first), Some(last)) = (ends.first(), ends.last()) else { continue };
            let length = (7 + last - first) % 7;
            for step in 0..=length {
                bits |= 1 << ((first + step) % 7);
            }
        }
        Days::Weekdays(bits)
    }

    fn stretch(&mut self, pair: Pair<'a>, span: Span) -> Option<Days> {
        let (mut days, mut clocks, mut wanted) = (Vec::new(), Vec::new(), String::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::weekday => {
                    let (day, word) = weekday(part.as_str());
                    days.push(day);
                    wanted += word;
                    wanted.push(' ');
                }
                Rule::clock => {
                    clocks.push(self.clock(&part));
                    wanted += part.as_str();
                }
                _ => wanted += "..",
            }
        }
        self.written("hours over several days", span, &wanted);
        match (days.as_slice(), clocks.as_slice()) {
            ([a, b], [Some(from), Some(to)]) => {
                Some(Days::Stretch { from: (*a, *from), to: (*b, *to) })
            }
            _ => None,
        }
    }

    fn nth(&mut self, pair: Pair<'a>, span: Span) -> Option<Days> {
        let (mut ordinal, mut weekday, mut month, mut of) = (1, 0, None, false);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::nth_word => {
                    ordinal = match part.as_str() {
                        "first" | "1st" => 1,
                        "second" | "2nd" => 2,
                        "third" | "3rd" => 3,
                        "fourth" | "4th" => 4,
                        "fifth" | "5th" => 5,
                        _ => -1,
                    }
                }
                Rule::weekday => {
                    let (number, word) = self::weekday(part.as_str());
                    self.written("days", self.span(&part), word);
                    weekday = number;
                }
                Rule::kw_month => of = true,
                Rule::month_name => (of, month) = (true, month_number(part.as_str())),
                _ => {}
            }
        }
        if !of {
            self.missing(span.after(), "the month is missing", "first sun of month");
        }
        Some(Days::Nth { ordinal, weekday, month, span })
    }

    fn yearly(&mut self, pair: Pair<'a>) -> Option<Days> {
        let (mut months, mut days) = (Vec::new(), Vec::new());
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::month_name => months.extend(month_number(part.as_str())),
                Rule::number => {
                    let day = self.count(&part).and_then(|day| u8::try_from(day).ok())?;
                    let place = self.span(&part);
                    let month = months.last().copied().unwrap_or(1);
                    self.date(&format!("2024-{month:02}-{day:02}"), place)?;
                    days.push((month, day));
                }
                _ => self.odd_dots(&part),
            }
        }
        let (first, last) = (days.first()?, days.last()?);
        Some(Days::Yearly { from: *first, to: *last })
    }

    fn month_day(&mut self, pair: Pair<'a>) -> Option<Days> {
        let part = pair.into_inner().find(|part| part.as_rule() == Rule::integer)?;
        let day =
            part.as_str().parse::<i8>().ok().filter(|day| (1..=31).contains(&day.unsigned_abs()));
        if day.is_none() {
            self.report(Finding::new(
                Code::BadDate,
                self.span(&part),
                "a day of the month is 1 to 31, or -1 to -31 from its end",
            ));
        }
        day.map(|day| Days::MonthDay { day })
    }

    fn date_range(&mut self, pair: Pair<'a>, span: Span) -> Option<Days> {
        let mut dates: Vec<Date> = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::dots => self.odd_dots(&part),
                _ => match self.when(&part)? {
                    When::Date(date, _) => dates.push(date),
                    When::Time(..) | When::Month(..) | When::Quarter(..) | When::Year(..) => {}
                },
            }
        }
        let (first, last) = (dates.first()?, dates.last()?);
        Some(Days::Dates(*first, *last, span))
    }
}

/// Number and spelling of a day of the week, whatever its case and length.
fn weekday(text: &str) -> (u8, &'static str) {
    let lower = text.to_ascii_lowercase();
    let days = [(0, "mon"), (1, "tue"), (2, "wed"), (3, "thu"), (4, "fri"), (5, "sat"), (6, "sun")];
    days.into_iter().find(|(_, day)| lower.starts_with(day)).unwrap_or((0, "mon"))
}

/// True if two texts differ in white space alone.
fn same_words(one: &str, other: &str) -> bool {
    let signs = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    signs(one) == signs(other)
}
