//! Builds the timeline of an objective from its hours and exclusions.

use super::facts::Facts;
use super::interpreter::{DataScope, Evaluator, Shared, perhaps};
use super::program::{Excluded, Exclusion, Expr, Metric, Objective};
use super::table::Cell;
use super::timeline::Timeline;
use super::value::Value;
use super::view::{GroupValue, Mode};
use crate::data::fault::{Fault, Outcome};
use crate::plan::{LimitOf, Treat};
use crate::time::{Instant, Interval, Length, Ruler, TimeSet};

/// What the timeline of an objective is built from.
pub struct TimelineBuilder<'l> {
    /// What the evaluation shares.
    pub shared: &'l Shared<'l>,
    /// Facts of the agreement.
    pub facts: &'l Facts,
    /// The objective.
    pub objective: &'l Objective<'l>,
    /// Exclusions of its version.
    pub exclusions: &'l [Exclusion<'l>],
    /// Its metric.
    pub metric: &'l Metric,
    /// Whose rows.
    pub scope: DataScope<'l>,
}

impl TimelineBuilder<'_> {
    /// The line over a term, for some group.
    pub fn build(&self, term: Interval, groups: &[GroupValue<'_>]) -> Outcome<Timeline> {
        let hours = self.hours(term, groups)?;
        if self.objective.exclusions.is_empty() {
            return Ok(Timeline::new(term, hours, &TimeSet::EMPTY, &TimeSet::EMPTY));
        }
        // What exclusions and downtime read is seen as if nothing were excluded.
        let inside = Timeline::new(term, hours.clone(), &TimeSet::EMPTY, &TimeSet::EMPTY);
        let evaluator = Evaluator::new(self.shared, self.facts, self.scope, &inside, Mode::Now);
        let env = evaluator.env(term, groups, None);
        let mut taken = [TimeSet::EMPTY, TimeSet::EMPTY];
        for treat in [Treat::Absent, Treat::Up] {
            for index in &self.objective.exclusions {
                let Some(exclusion) =
                    self.exclusions.get(*index).filter(|it| it.plan.treat == treat)
                else {
                    continue;
                };
                let [absent, up] = &taken;
                let free = hours.difference(absent).difference(up);
                let part = self
                    .part(&evaluator, &env, exclusion, &free)
                    .map_err(|fault| fault.within(&exclusion.plan.at))?;
                let [absent, up] = &mut taken;
                let into = if treat == Treat::Absent { absent } else { up };
                *into = into.union(&part);
            }
        }
        let [absent, up] = &taken;
        Ok(Timeline::new(term, hours, absent, up))
    }

    fn hours(&self, term: Interval, groups: &[GroupValue<'_>]) -> Outcome<TimeSet> {
        let bare = Timeline::plain(term, TimeSet::from(term));
        let evaluator = Evaluator::new(self.shared, self.facts, self.scope, &bare, Mode::Now);
        let env = evaluator.env(term, groups, None);
        Ok(evaluator.times(&self.objective.hours, &env)?.clip(term))
    }

    /// Asks for what hours and exclusions need of streamed rows.
    pub fn plan(&self, term: Interval, groups: &[GroupValue<'_>]) -> Outcome<()> {
        let bare = Timeline::plain(term, TimeSet::from(term));
        let evaluator = Evaluator::new(self.shared, self.facts, self.scope, &bare, Mode::Now);
        evaluator.plan_times(&self.objective.hours, &evaluator.env(term, groups, None))?;
        // Exclusions count inside the hours: they are requested when these are known.
        let inside =
            Timeline::new(term, self.hours(term, groups)?, &TimeSet::EMPTY, &TimeSet::EMPTY);
        let evaluator = Evaluator::new(self.shared, self.facts, self.scope, &inside, Mode::Now);
        let env = evaluator.env(term, groups, None);
        for index in &self.objective.exclusions {
            let Some(exclusion) = self.exclusions.get(*index) else { continue };
            match &exclusion.time {
                Excluded::Time(times) => evaluator.plan_times(times, &env)?,
                Excluded::Spans { rows, .. } => evaluator.plan_rows(rows, &env, None)?,
            }
            if exclusion.plan.treat == Treat::Up && exclusion.plan.limit.is_some() {
                self.metric
                    .downtimes
                    .iter()
                    .try_for_each(|operator| perhaps(evaluator.plan(operator, &env)))?;
            }
        }
        Ok(())
    }

    /// What one exclusion takes of the time that no other has taken.
    fn part(
        &self,
        evaluator: &Evaluator<'_>,
        env: &super::interpreter::Env<'_>,
        exclusion: &Exclusion<'_>,
        free: &TimeSet,
    ) -> Outcome<TimeSet> {
        let spans = match &exclusion.time {
            Excluded::Time(_) => None,
            Excluded::Spans { .. } => Some(self.announced(evaluator, env, exclusion)?),
        };
        let all = match (&exclusion.time, &spans) {
            (Excluded::Time(times), _) => evaluator.times(times, env)?.intersection(free),
            (Excluded::Spans { .. }, Some(spans)) => {
                TimeSet::new(spans.iter().flat_map(|(_, extent)| extent.pieces().iter().copied()))
                    .intersection(free)
            }
            (Excluded::Spans { .. }, None) => TimeSet::EMPTY,
        };
        let (Some(limit), Some(windows)) = (&exclusion.plan.limit, &exclusion.windows) else {
            return Ok(all);
        };
        let zones = &self.shared.program.zones;
        let windows = windows.touching(zones, env.window, env.window)?;
        let mut kept: Vec<Interval> = Vec::new();
        match &limit.of {
            LimitOf::Spans { most } => {
                let spans = spans.ok_or_else(|| {
                    Fault::new("the plan counts the spans of excluded time that has none")
                })?;
                for (_, window) in windows {
                    let mut own: Vec<_> = spans
                        .iter()
                        // One that began before the objective counts where the objective begins.
                        .filter(|(start, extent)| {
                            window.contains((*start).max(env.window.start))
                                && !extent.intersection(&evaluator.line.hours).is_empty()
                        })
                        .collect();
                    own.sort_by_key(|(start, _)| *start);
                    let own = own
                        .into_iter()
                        .take(*most as usize)
                        .flat_map(|(_, extent)| extent.pieces().iter().copied());
                    kept.extend(TimeSet::new(own).intersection(free).pieces());
                }
            }
            LimitOf::Time { most } => {
                let down = match exclusion.plan.treat {
                    Treat::Absent => None,
                    Treat::Up => self.down(evaluator, env)?,
                };
                for (_, window) in windows {
                    let inside = all.clip(window);
                    let counted = down
                        .as_ref()
                        .map_or_else(|| inside.clone(), |down| inside.intersection(down));
                    kept.extend(
                        inside
                            .clip(Interval {
                                start: window.start,
                                end: until(&counted, most.nanoseconds, window),
                            })
                            .pieces(),
                    );
                }
            }
        }
        Ok(TimeSet::new(kept))
    }

    /// What the rows of the metric's downtime operators cover; `None` if it has none, and all time
    /// counts.
    fn down(
        &self,
        evaluator: &Evaluator<'_>,
        env: &super::interpreter::Env<'_>,
    ) -> Outcome<Option<TimeSet>> {
        let mut all: Option<TimeSet> = None;
        for operator in &self.metric.downtimes {
            if let Expr::Downtime { rows, .. } = operator {
                let covered = evaluator.covered(rows, env)?;
                all = Some(all.map_or_else(|| covered.clone(), |all| all.union(&covered)));
            }
        }
        Ok(all)
    }

    /// The spans that were announced in time: start and extent.
    fn announced(
        &self,
        evaluator: &Evaluator<'_>,
        env: &super::interpreter::Env<'_>,
        exclusion: &Exclusion<'_>,
    ) -> Outcome<Vec<(Instant, TimeSet)>> {
        let Excluded::Spans { rows, notice } = &exclusion.time else { return Ok(Vec::new()) };
        let program = self.shared.program;
        let mut spans = Vec::new();
        evaluator.each_row(rows, env, None, &mut |row| {
            if let Some((period, column, zone, calendar)) = notice {
                let calendar = calendar.and_then(|calendar| program.calendars.get(calendar));
                let latest = program.zone_at(*zone)?.after(row.start, *period, -1, calendar)?;
                let cell = row.from.and_then(|(source, number)| {
                    self.shared.store.tables.get(source)?.field(*column, number)
                });
                match cell {
                    Some(Cell::Here(Value::Time(announced))) if announced <= latest => {}
                    Some(Cell::Unsaid) => {
                        return Err(Fault::at(
                            &exclusion.plan.at,
                            "a span has no time of announcement, but it is needed here",
                        ));
                    }
                    Some(Cell::Here(_) | Cell::Absent) | None => return Ok(()),
                }
            }
            spans.push((row.start, row.extent(self.shared.as_of)));
            Ok(())
        })?;
        Ok(spans)
    }
}

/// The instant at which so much of a set has passed in a window; the end of the window if it never
/// does.
fn until(set: &TimeSet, most: Length, window: Interval) -> Instant {
    let start = set.bounds().map_or(window.start, |bounds| bounds.start);
    Ruler::new(set).after(if most > 0 { start } else { window.start }, most).unwrap_or(window.end)
}
