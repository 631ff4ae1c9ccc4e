//! The windows around the current one: what `previous` and `next` mean.

use super::Book;
use crate::eval::program::{CapSpan, Objective};
use crate::eval::windows::Windows;
use crate::time::{EARLIEST, Interval, LATEST};

/// The windows around the current one.
#[derive(Clone, Copy)]
pub(super) enum Sequence<'g> {
    /// There is none, and none is needed.
    Nowhere,
    /// The windows of a cap or minimum.
    Bound(&'g CapSpan),
    /// The windows of an objective, as the versions of the agreement divide them.
    Objective {
        /// Number of the objective.
        number: usize,
        /// Its windows in the current version.
        windows: &'g Windows,
    },
}

/// The windows of an objective, if there is one.
pub(super) fn of_objective<'g>(objective: Option<&'g Objective<'_>>) -> Sequence<'g> {
    objective.map_or(Sequence::Nowhere, |objective| Sequence::Objective {
        number: objective.number,
        windows: &objective.windows,
    })
}

impl Book<'_, '_> {
    /// The window so many further, inside the term; `None` outside of it.
    pub(super) fn shifted(
        &self,
        sequence: Sequence<'_>,
        window: Interval,
        by: i32,
    ) -> Option<Interval> {
        let term = self.setting.term;
        let zones = &self.setting.shared.program.zones;
        let found = match sequence {
            Sequence::Nowhere => None,
            Sequence::Bound(CapSpan::Trailing(trailing)) => {
                trailing.ending(zones, term, window.end, by)
            }
            Sequence::Bound(CapSpan::Every(windows)) => windows.numbered(
                zones,
                term,
                windows.first_after(zones, window.start).saturating_add(i64::from(by)),
            ),
            Sequence::Objective { number, windows } if windows.claims().is_some() => {
                self.beside(number, window, by)
            }
            Sequence::Objective { number, windows } => {
                let mut found = Some(window);
                for _ in 0..by.unsigned_abs() {
                    found = found.and_then(|window| {
                        if by > 0 {
                            self.next(number, window)
                        } else {
                            self.previous(number, windows, window)
                        }
                    });
                    if found.is_none() {
                        break;
                    }
                }
                found
            }
        };
        found.and_then(|window| window.intersection(term))
    }

    /// Of windows that rows make, the one so many places further.
    fn beside(&self, number: usize, window: Interval, by: i32) -> Option<Interval> {
        let cells = &self.measured.get(number)?.first()?.windows;
        let place = cells.iter().position(|cell| cell.window == window)?;
        let place = place.checked_add_signed(isize::try_from(by).ok()?)?;
        cells.get(place).map(|cell| cell.window)
    }

    /// The first window of any version that begins later.
    fn next(&self, number: usize, window: Interval) -> Option<Interval> {
        let (term, zones) = (self.setting.term, &self.setting.shared.program.zones);
        let of_version = |version: usize| {
            let (windows, holds) = self.windows_in(version, number)?;
            let mut at = windows.first_after(zones, window.start.max(holds.start).max(term.start));
            loop {
                let whole = windows
                    .numbered(zones, term, at)
                    .filter(|whole| whole.start < holds.end.min(term.end))?;
                match self
                    .setting
                    .of_version(version, whole)
                    .filter(|part| part.start > window.start)
                {
                    Some(part) => return Some(part),
                    None => at += 1,
                }
            }
        };
        (0..self.setting.agreement.versions.len()).filter_map(of_version).min()
    }

    /// The last window of any version that begins before; where there is none, the one before of
    /// the same kind.
    fn previous(&self, number: usize, own: &Windows, window: Interval) -> Option<Interval> {
        let (term, zones) = (self.setting.term, &self.setting.shared.program.zones);
        let of_version = |version: usize| {
            let (windows, holds) = self.windows_in(version, number)?;
            let mut at = windows.first_after(zones, window.start.min(holds.end.saturating_sub(1)));
            loop {
                let whole = windows
                    .numbered(zones, term, at)
                    .filter(|whole| whole.end > holds.start.max(term.start))?;
                match self
                    .setting
                    .of_version(version, whole)
                    .filter(|part| part.start < window.start)
                {
                    Some(part) => return Some(part),
                    None => at -= 1,
                }
            }
        };
        let found = (0..self.setting.agreement.versions.len()).filter_map(of_version).max();
        found.or_else(|| {
            let before =
                own.numbered(zones, term, own.first_after(zones, window.start).saturating_sub(1))?;
            (before.end <= window.start).then_some(before)
        })
    }

    /// The windows of an objective in a version, and when that holds.
    fn windows_in(&self, version: usize, number: usize) -> Option<(&Windows, Interval)> {
        let of = self.version(version)?;
        let objective = of.objectives.iter().find(|objective| objective.number == number)?;
        let start = of.from.filter(|_| version > 0).unwrap_or(EARLIEST);
        Some((&objective.windows, Interval { start, end: of.to.unwrap_or(LATEST) }))
    }
}
