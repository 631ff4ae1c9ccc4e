//! What a promise allows, in plain words.

use crate::base::Exact;
use crate::prove::wording::{count, length};

/// So many rows that a part of them is a whole number, and that part: `of 1,000 tickets 50 may be
/// late`.
pub fn of_many(bad: &Exact, rows: &str, what: &str) -> Vec<String> {
    if bad.is_zero() || bad.is_negative() {
        return vec![format!("none of the {rows} may {what}")];
    }
    if *bad >= Exact::ONE {
        return vec![format!("all {rows} may {what}")];
    }
    let whole = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 1_000_000_000];
    let fitting = whole.into_iter().find(|many| (bad * &Exact::integer(*many)).is_integer());
    let many = fitting.unwrap_or(1_000_000);
    let some = (bad * &Exact::integer(many)).floor().to_i64().unwrap_or(0);
    let mut said = vec![format!("of {} {rows} {} may {what}", count(many), count(some))];
    // One may be bad as soon as there are 1 / bad of them.
    if let Some(first) = Exact::ONE.divide(bad).and_then(|first| first.ceil().to_i64())
        && first > 1
    {
        said.push(format!("of fewer than {} none", count(first)));
    }
    said
}

/// Downtime of a window.
pub fn down(allowed: &Exact, weighted: bool) -> String {
    if allowed.is_zero() {
        return "no downtime at all".to_owned();
    }
    let hit = if weighted { " at weight 1" } else { "" };
    format!("{} down{hit}", length(allowed))
}

/// Whether so much downtime can be seen.
pub fn seen(allowed: &Exact, slot: Option<i64>, run: Option<i64>) -> Option<String> {
    let shorter = |than: i64| *allowed < Exact::integer(than);
    let said = |than: i64| length(&Exact::integer(than));
    match (slot, run) {
        (_, Some(run)) if shorter(run) => {
            Some(format!("the shortest run that counts, {}, is longer than that", said(run)))
        }
        (Some(slot), _) if shorter(slot) => {
            Some(format!("one slot of {} is longer than that", said(slot)))
        }
        (_, Some(run)) => Some(format!("runs shorter than {} do not count", said(run))),
        (Some(_), None) | (None, None) => None,
    }
}

/// Slots of a window that may be bad; where a slot can be bad in part, that may fail from its start
/// to its end.
pub fn slots(allowed: &Exact, slots: i64, each: i64, whole: bool) -> String {
    let each = length(&Exact::integer(each));
    let some = match allowed.floor().to_i64().unwrap_or(0) {
        0 => "no slot".to_owned(),
        1 => "1 slot".to_owned(),
        some => format!("{} slots", count(some)),
    };
    let what = if whole { "be bad" } else { "fail wholly" };
    format!("{some} of {each} may {what}, of {}", count(slots))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn parts_of_many() {
        assert_eq!(
            of_many(&exact("0.05"), "tickets", "be late"),
            ["of 1,000 tickets 50 may be late", "of fewer than 20 none"]
        );
        assert_eq!(
            of_many(&exact("0.0001"), "calls", "fail"),
            ["of 10,000 calls 1 may fail", "of fewer than 10,000 none"]
        );
        assert_eq!(of_many(&exact("0"), "tickets", "be late"), ["none of the tickets may be late"]);
        assert_eq!(of_many(&exact("1"), "tickets", "be late"), ["all tickets may be late"]);
        // A third of a million, rounded down; the third of three may be.
        let third = Exact::ratio(1, 3).unwrap();
        assert_eq!(
            of_many(&third, "calls", "fail"),
            ["of 1,000,000 calls 333,333 may fail", "of fewer than 3 none"]
        );
    }

    #[test]
    fn what_can_be_seen() {
        let minute = 60_000_000_000;
        // 26.784 s: five nines of a month of 31 days
        let budget = exact("26784000000");
        assert_eq!(
            seen(&budget, Some(minute), None).as_deref(),
            Some("one slot of 1 min is longer than that")
        );
        assert_eq!(
            seen(&exact("60000000000"), Some(minute), None),
            None,
            "one slot may just be bad"
        );
        let runs = seen(&exact("60000000000"), Some(minute), Some(5 * minute));
        assert_eq!(
            runs.as_deref(),
            Some("the shortest run that counts, 5 min, is longer than that")
        );
        assert_eq!(
            seen(&exact("600000000000"), None, Some(5 * minute)).as_deref(),
            Some("runs shorter than 5 min do not count")
        );
    }

    #[test]
    fn slots_that_may_fail() {
        // 99.9% of 7,968 slots: 7.968 of them, so 7 whole ones
        assert_eq!(
            slots(&exact("7.968"), 7_968, 300_000_000_000, false),
            "7 slots of 5 min may fail wholly, of 7,968"
        );
        assert_eq!(
            slots(&exact("0.9"), 900, 60_000_000_000, false),
            "no slot of 1 min may fail wholly, of 900"
        );
        // 0.01% of the 43,200 minutes of 30 days are 4.32: a single second may make such a minute
        // bad.
        assert_eq!(
            slots(&exact("4.32"), 43_200, 60_000_000_000, true),
            "4 slots of 1 min may be bad, of 43,200"
        );
    }
}
