//! Text that fits nothing: behind a statement, or on a line of its own.

use super::super::Lower;
use super::super::expr::shorten;
use super::{Before, example, expected, habits, in_our_words};
use crate::base::{Span, closest};
use crate::diag::{Code, Finding};
use crate::lang::words::{self, Place};

impl Lower<'_> {
    pub(in crate::syntax::lower) fn same_line(&self, before: Span, after: Span) -> bool {
        self.text
            .get(before.end as usize..after.start as usize)
            .is_some_and(|between| !between.contains('\n'))
    }

    /// Takes back what was said about holes: the junk behind them says it better.
    pub(super) fn drop_holes(&mut self, mark: usize) -> Option<Finding> {
        let (holes, others): (Vec<Finding>, Vec<Finding>) = self
            .found_since(mark)
            .into_iter()
            .partition(|finding| finding.code == Code::MissingPart);
        self.found.extend(others);
        holes.into_iter().next()
    }

    /// Text that fits nothing; true if the next such line may be merged with it.
    pub(super) fn junk(
        &mut self,
        text: &str,
        span: Span,
        place: Place,
        before: Option<&Before>,
    ) -> bool {
        if text.chars().any(crate::syntax::scan::is_hidden) {
            return true;
        }
        let span = self.first_line(span);
        if let Some(before) = before.filter(|before| self.same_line(before.span, span)) {
            if before.junk {
                return true;
            }
            if !before.word.is_empty() || before.mark <= self.found.len() {
                self.tail(text, span, before);
                // The rest of a line behind a torn number is its tail too.
                return self.comma_number(text, span, before).is_some();
            }
        }
        self.own_line(text, span, place, before)
    }

    /// Junk behind a statement on its line.
    pub(super) fn tail(&mut self, text: &str, span: Span, before: &Before) {
        let hole = self.drop_holes(before.mark);
        let fault = self.tail_fault(text, span, before, hole);
        if self.broken_in_two(text, span, before) {
            self.lose(before.span);
            self.spoiled = Some(before.span);
        }
        // What stands behind an unclosed bracket or string has been reported with it.
        let explained = self
            .found
            .get(before.mark..)
            .unwrap_or_default()
            .iter()
            .any(|finding| finding.code == Code::Unclosed);
        if !explained {
            self.report(fault);
        }
    }

    pub(super) fn tail_fault(
        &self,
        text: &str,
        span: Span,
        before: &Before,
        hole: Option<Finding>,
    ) -> Finding {
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let first = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        if let Some(finding) = self.comma_number(text, span, before) {
            return finding;
        }
        if let Some(finding) = self.intended(text, span, before) {
            return finding;
        }
        if let Some(finding) = self.bracket_tail(text, span, before) {
            return finding;
        }
        if let Some(finding) = self.title_without_quotes(text, span, before) {
            return finding;
        }
        let parts = words::parts(&before.word);
        let windows = ["day", "week", "month", "quarter", "year", "rolling", "fixed", "contract"];
        if parts.contains(&"per") && windows.contains(&word.as_str()) {
            let finding =
                Finding::new(Code::MissingPart, first, format!("`per` is missing before `{word}`"));
            return finding.fix("write `per`", first.before(), "per ");
        }
        let digit = text.starts_with(|c: char| c.is_ascii_digit());
        if before.word == "objective" && digit && hole.is_some() {
            let finding = Finding::new(
                Code::MissingPart,
                span.before(),
                "a comparison is missing before the target",
            );
            return finding.help("for example: `>= 99.5%`");
        }
        if digit && is_edge(&before.word) {
            let finding = Finding::new(
                Code::MissingPart,
                span.before(),
                format!("`pay` is missing before `{}`", shorten(text)),
            );
            return finding.fix("write `pay`", span.before(), "pay ");
        }
        if let Some(name) = self.function_before(before, span).filter(|_| !word.is_empty()) {
            let at = Span::new(self.file, before.span.end as usize, before.span.end as usize);
            let finding =
                Finding::new(Code::MissingPart, at, format!("`(` is missing after `{name}`"));
            return finding.help(format!(
                "a function is called with parentheses: `{name}(requests, latency)`"
            ));
        }
        if let Some(finding) = habits::money_of_share(self.text, &word, first)
            .or_else(|| habits::condition(&word, first, parts))
        {
            return finding;
        }
        let near = if parts.contains(&word.as_str()) {
            None
        } else {
            closest(&word, parts.iter().copied()).filter(|_| word.len() > 1)
        };
        if let Some(near) = near {
            let finding =
                Finding::new(Code::UnexpectedText, first, format!("`{word}` does not fit here"));
            return finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                first,
                near,
            );
        }
        match hole {
            Some(mut hole) => {
                let at = hole.span().map_or(span.start, |place| place.end);
                let adjoins = self
                    .text
                    .get(at as usize..span.start as usize)
                    .is_some_and(|gap| gap.trim().is_empty());
                if let (true, Some(label)) = (adjoins, hole.labels.first_mut()) {
                    (label.span, label.text) = (span, format!("found `{}` instead", shorten(text)));
                }
                hole
            }
            None => expected(
                Finding::new(
                    Code::UnexpectedText,
                    span,
                    format!("`{}` does not fit here", shorten(text)),
                ),
                &before.word,
            ),
        }
    }

    /// True if a number or a call was torn apart, so that what stands before the tear says
    /// something else than was meant.
    fn broken_in_two(&self, text: &str, span: Span, before: &Before) -> bool {
        let lost_bracket = |finding: Finding| finding.code == Code::MissingPart;
        self.comma_number(text, span, before).is_some()
            || self.bracket_tail(text, span, before).is_some_and(lost_bracket)
    }

    /// `99,5 %`, `2,400 EUR`, `2'400 EUR` and `2 400 EUR`
    pub(super) fn comma_number(&self, text: &str, span: Span, before: &Before) -> Option<Finding> {
        let sign = text.chars().next().filter(|sign| matches!(sign, ',' | '\'' | '’'));
        let width = sign.map_or(0, char::len_utf8);
        let behind = text.get(width..)?;
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        let head = self.text.get(before.span.start as usize..span.start as usize)?;
        let head = if sign.is_none() { head.trim_end_matches(' ') } else { head };
        let whole: String =
            head.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '_').collect();
        if digits.is_empty() || whole.is_empty() {
            return None;
        }
        let whole: String = whole.chars().rev().collect();
        let end = before.span.start as usize + head.len();
        let gap = Span::new(self.file, end, span.start as usize + width);
        let all =
            Span::new(self.file, end - whole.len(), span.start as usize + width + digits.len());
        let rest = behind.get(digits.len()..).unwrap_or("").trim_start();
        let group = digits.len() == 3 && !rest.starts_with('%');
        if group || sign != Some(',') {
            let fraction = head
                .strip_suffix(whole.as_str())
                .is_some_and(|head| head.ends_with(['.', '-', ':']));
            if !group || fraction || (sign != Some(',') && whole.len() > 3) {
                return None;
            }
            let wanted = format!("{whole}_{digits}");
            let finding = Finding::new(
                Code::OddSpelling,
                all,
                format!("thousands are written with `_`: `{wanted}`"),
            );
            let title = format!("write `{wanted}`");
            // A comma may be meant as a point.
            return Some(if sign == Some(',') {
                finding.suggestion(title, gap, "_")
            } else {
                finding.fix(title, gap, "_")
            });
        }
        let wanted = format!("{whole}.{digits}");
        let finding = Finding::new(
            Code::OddSpelling,
            all,
            format!("decimals are written with a point: `{wanted}`"),
        );
        Some(finding.fix(format!("write `{wanted}`"), gap, "."))
    }

    /// `provider Contoso Cloud GmbH`
    fn title_without_quotes(&self, text: &str, span: Span, before: &Before) -> Option<Finding> {
        let party = matches!(
            before.word.as_str(),
            "provider" | "customer" | "team" | "service" | "severity"
        );
        let plain =
            text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '&' | '.' | '-' | '_'));
        let head = self.text.get(before.span.start as usize..before.span.end as usize)?;
        if !party || !plain || head.split_whitespace().count() != 2 {
            return None;
        }
        let name = head.split_whitespace().nth(1)?;
        let finding = Finding::new(Code::BadName, span, "a name is one word");
        Some(finding.help(format!(
            "write the full name after it, in quotes: `{head} \"{name} {}\"`",
            text.trim()
        )))
    }

    /// The name of the function that a statement ends with.
    fn function_before(&self, before: &Before, span: Span) -> Option<String> {
        let head = self.text.get(before.span.start as usize..before.span.end as usize)?;
        let adjoins =
            self.text.get(before.span.end as usize..span.start as usize)?.trim().is_empty();
        let name =
            head.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).next()?;
        let percentile = name.strip_prefix('p').is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
        });
        let known = percentile || ["uptime", "downtime", "mean", "share"].contains(&name);
        (adjoins && before.word == "objective" && known).then(|| name.to_owned())
    }

    /// A bracket that closes nothing, or one that was lost before it.
    pub(super) fn bracket_tail(&self, text: &str, span: Span, before: &Before) -> Option<Finding> {
        let close = text.find([')', ']'])?;
        if text.get(..close)?.contains(['(', '[']) {
            return None;
        }
        let at = span.start as usize + close;
        let here = Span::new(self.file, at, at + 1);
        let bracket = text.get(close..=close)?;
        let finding =
            Finding::new(Code::StrayBracket, here, format!("this `{bracket}` closes nothing"));
        let head = self.text.get(before.span.start as usize..span.start as usize)?.trim_end();
        let name: String = head
            .chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
            .collect();
        let name: String = name.chars().rev().collect();
        if bracket == ")" && close > 0 && name.starts_with(|c: char| c.is_alphabetic()) {
            let end =
                Span::new(self.file, before.span.start as usize + head.len(), span.start as usize);
            let finding = Finding::new(
                Code::MissingPart,
                end.before(),
                format!("`(` is missing after `{name}`"),
            );
            return Some(finding.also(here, "nothing opens this bracket").suggestion(
                "write `(`",
                end,
                "(",
            ));
        }
        Some(finding)
    }

    /// Junk on a line of its own: a misspelt statement, a misspelt part of the statement above, or
    /// prose.
    pub(super) fn own_line(
        &mut self,
        text: &str,
        span: Span,
        place: Place,
        before: Option<&Before>,
    ) -> bool {
        let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let first = Span::new(self.file, span.start as usize, span.start as usize + word.len());
        if let Some(finding) = self.misspelt_cell(text, span, place) {
            self.report(finding);
            return false;
        }
        if let Some(finding) =
            (place == Place::Ladder).then(|| self.bare_edge(text, span)).flatten()
        {
            self.report(finding);
            return true;
        }
        let deeper =
            before.is_some_and(|before| self.column(span.start) > self.column(before.span.start));
        let parts = before.map_or(&[] as &[&str], |before| words::parts(&before.word));
        let known: Vec<&str> = words::leads(place).collect();
        let elsewhere = words::STATEMENTS.iter().map(|(word, _)| *word);
        let statement = in_our_words(&word).or_else(|| {
            closest(&word, known.iter().copied().chain(elsewhere)).filter(|_| word.len() > 2)
        });
        let part = closest(&word, parts.iter().copied()).filter(|_| deeper && word.len() > 1);
        if let Some(near) = part.or(statement) {
            self.lost.add(near);
            let (code, what) = if part.is_some() {
                (Code::UnexpectedText, "part")
            } else {
                (Code::UnknownStatement, "statement")
            };
            let finding = Finding::new(code, first, format!("unknown {what} `{word}`"));
            self.report(if near == word {
                Finding::new(Code::UnexpectedText, span, format!("this `{word}` cannot be read"))
                    .help(example(&word))
            } else {
                finding.help(format!("did you mean `{near}`?")).suggestion(
                    format!("write `{near}`"),
                    first,
                    near,
                )
            });
            return false;
        }
        if before.is_some_and(|before| before.junk) {
            return true;
        }
        if let Some(bracket) = text.chars().next().filter(|c| matches!(c, ')' | ']')) {
            let here = Span { end: span.start + 1, ..span };
            self.report(Finding::new(
                Code::StrayBracket,
                here,
                format!("this `{bracket}` closes nothing"),
            ));
            return false;
        }
        let finding = Finding::new(Code::UnknownStatement, span, "this is not a statement");
        let holds = place.holds();
        self.report(if holds.is_empty() { finding } else { finding.help(holds) });
        true
    }

    /// `P1 respnd 1 h`
    pub(super) fn misspelt_cell(&self, text: &str, span: Span, place: Place) -> Option<Finding> {
        if place != Place::Support {
            return None;
        }
        let word = text.split_whitespace().nth(1)?;
        let near = closest(word, ["respond", "resolve", "update"])?;
        let at = span.start as usize + text.find(word)?;
        let here = Span::new(self.file, at, at + word.len());
        let finding =
            Finding::new(Code::UnexpectedText, here, format!("`{word}` does not fit here"));
        Some(finding.help(format!("did you mean `{near}`?")).suggestion(
            format!("write `{near}`"),
            here,
            near,
        ))
    }

    pub(super) fn column(&self, at: u32) -> usize {
        let before = self.text.get(..at as usize).unwrap_or("");
        before.rsplit('\n').next().unwrap_or("").chars().count()
    }
}

pub(super) fn is_edge(word: &str) -> bool {
    matches!(
        word,
        "below"
            | "above"
            | "over"
            | "at or below"
            | "at or above"
            | "from"
            | "in"
            | "outside"
            | "otherwise"
    )
}
