//! What people write from habit, where only one thing can be meant: the line to write instead.

use super::super::Lower;
use super::super::types::month_number;
use super::Before;
use super::tails::is_edge;
use crate::base::Span;
use crate::diag::{Code, Finding};

impl Lower<'_> {
    /// Text behind a statement whose meaning is plain.
    pub(super) fn intended(&self, text: &str, span: Span, before: &Before) -> Option<Finding> {
        let head = self.text.get(before.span.start as usize..span.start as usize)?;
        let edge = is_edge(&before.word);
        let pays = edge || matches!(before.word.as_str(), "credit" | "bonus" | "earn back");
        match before.word.as_str() {
            "ignore" => self.ignore_if(text, span),
            "minimum payout" => more_than(text, span),
            _ if edge && text.starts_with(':') => {
                let colon = Span { end: span.start + 1, ..span };
                let finding = Finding::new(Code::OddSpelling, colon, "expected `pay`, not `:`");
                Some(finding.fix("write `pay`", colon, " pay"))
            }
            _ => None,
        }
        .or_else(|| self.time_apart(text, head, span))
        .or_else(|| self.month_in_words(text, span))
        .or_else(|| pays.then(|| self.step_in_words(text, head, span)).flatten())
    }

    /// `ignore outages if …`
    fn ignore_if(&self, text: &str, span: Span) -> Option<Finding> {
        text.strip_prefix("if ")?;
        let place = Span { end: span.start + 2, ..span };
        let finding =
            Finding::new(Code::OddSpelling, place, "a condition on rows is written with `where`");
        Some(finding.fix("write `where`", place, "where"))
    }

    /// `2026-03-01 09:00`
    fn time_apart(&self, text: &str, head: &str, span: Span) -> Option<Finding> {
        let clock: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == ':').collect();
        let (hours, minutes) = clock.split_once(':')?;
        let date = head.trim_end();
        let is_date =
            date.get(date.len().checked_sub(10)?..)?.chars().enumerate().all(|(at, c)| match at {
                4 | 7 => c == '-',
                _ => c.is_ascii_digit(),
            });
        if !is_date || hours.len() > 2 || minutes.len() < 2 {
            return None;
        }
        let end = span.start - u32::try_from(head.len() - date.len()).ok()?;
        let gap = Span { start: end, end: span.start, ..span };
        let finding = Finding::new(
            Code::OddSpelling,
            gap,
            "`T` is missing between the date and the time of day",
        );
        Some(finding.fix("write `T`", gap, if hours.len() == 1 { "T0" } else { "T" }))
    }

    /// `June 2026`
    fn month_in_words(&self, text: &str, span: Span) -> Option<Finding> {
        let mut words = text.split_whitespace();
        let (name, year) = (words.next()?, words.next()?);
        let month = month_number(name)
            .filter(|_| name.len() >= 3 && name.chars().all(char::is_alphabetic))?;
        if year.len() != 4 || !year.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let length = text.find(year)? + year.len();
        let place = Span::new(self.file, span.start as usize, span.start as usize + length);
        let wanted = format!("{year}-{month:02}");
        let finding =
            Finding::new(Code::OddSpelling, place, format!("months are written `{wanted}`"));
        Some(finding.fix(format!("write `{wanted}`"), place, wanted))
    }

    /// `for each 30 min of downtime(outages)` and `per day with outages`
    fn step_in_words(&self, text: &str, head: &str, span: Span) -> Option<Finding> {
        let last = head.split_whitespace().last()?;
        if last == "for" {
            let step = text.strip_prefix("each ").or_else(|| text.strip_prefix("every "))?;
            let finding = Finding::new(
                Code::UnexpectedText,
                span,
                "a payment for each step is written with `per`",
            );
            return Some(match step.split_once(" of ") {
                Some((length, measure)) => finding.help(format!(
                    "write `on {}` after the name of the credit, and `per full {} from zero` after the amount",
                    measure.trim(),
                    length.trim()
                )),
                None => finding.help("for example: `credit Uptime on downtime(outages) pay 5% of fee per full 30 min from zero`"),
            });
        }
        let unit = text
            .split_whitespace()
            .next()
            .filter(|word| matches!(*word, "hour" | "day" | "week" | "month"))?;
        (last == "per").then(|| {
            let finding =
                Finding::new(Code::UnexpectedText, span, format!("`per {unit}` is not a step: a step is an amount of the measured value"));
            finding.help("for example: `credit Uptime on downtime(outages) pay 1% of fee per full 1 h from zero`")
        })
    }

    /// `< 99.9% pay 10%` and `99%..99.9% pay 10%` in a ladder.
    pub(super) fn bare_edge(&self, text: &str, span: Span) -> Option<Finding> {
        let line = self.text.get(span.start as usize..)?.lines().next()?;
        if !line.split('}').next()?.contains(" pay ") {
            return None;
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains("..") {
            let finding =
                Finding::new(Code::MissingPart, span.before(), "`in` is missing before the range");
            return Some(finding.fix("write `in`", span.before(), "in "));
        }
        let (sign, word) =
            [("<=", "at or below"), (">=", "at or above"), ("<", "below"), (">", "above")]
                .into_iter()
                .find(|(sign, _)| text.starts_with(sign))?;
        let behind = text.get(sign.len()..)?;
        let place = Span::new(
            self.file,
            span.start as usize,
            span.start as usize + text.len() - behind.trim_start().len(),
        );
        let finding =
            Finding::new(Code::OddSpelling, place, format!("expected `{word}`, not `{sign}`"));
        Some(finding.fix(format!("write `{word}`"), place, format!("{word} ")))
    }
}

/// `minimum payout > 1 EUR`
fn more_than(text: &str, span: Span) -> Option<Finding> {
    let (signs, words, means) = match text.strip_prefix(">=") {
        Some(_) => (2, "", "leave `>=` out: the exact minimum is paid"),
        None => (1, "more than", "write `more than`: the exact minimum is not paid"),
    };
    text.starts_with('>').then_some(())?;
    let place = Span { end: span.start + signs, ..span };
    let finding =
        Finding::new(Code::OddSpelling, place, "`minimum payout` takes words, not a sign");
    Some(finding.fix(means, place, words))
}
