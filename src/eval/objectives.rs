//! Objectives: windows, groups, verdicts.

mod planning;

use rustc_hash::{FxHashMap, FxHashSet};

use super::groups::Group;
use super::interpreter::{DataScope, Env, Evaluator, EvidenceRows, MOST_SHOWN, RankedBy, Row};
use super::program::{
    Cause, Condition, Expr, GroupCut, Ignore, Items, Metric, Objective, Test, Version,
};
use super::setting::{Setting, ignores_of};
use super::timeline::Timeline;
use super::timeline_builder::TimelineBuilder;
use super::value::Value;
use super::view::{GroupValue, Mode};
use crate::base::Exact;
use crate::base::parallel;
use crate::data::fault::{Awaiting, Fault, Outcome};
use crate::plan::{Better, CausesBy, Expression, FirstWindow, Missing, Relation, RowKind, When};
use crate::time::{Instant, Interval, Length, TimeSet};

pub use planning::{Look, Planned};

/// How a window ended.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Debug,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The value is good.
    Met,
    /// It is not.
    Breached,
    /// The data are not complete yet, or what is still open could change it.
    Pending,
    /// There is nothing to measure.
    NoData,
    /// The objective does not hold in this window.
    NotInForce,
}

/// What a value was compared with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A value.
    One(Value),
    /// A range; both ends belong to it.
    Range(Value, Value),
}

/// The rows that decide a value.
#[derive(Clone, Debug, Default)]
pub struct Worst {
    /// By what they are ranked.
    pub by: RankedBy,
    /// At most [`MOST_SHOWN`] of them, the worst first.
    pub rows: Vec<Row>,
    /// What is measured of the first of them, if that ranks them.
    pub value: Option<Value>,
}

impl Worst {
    fn by_value((rows, value): (Vec<Row>, Value)) -> Worst {
        Worst { by: RankedBy::Value, rows, value: Some(value) }
    }
}

/// What came out of one window of an objective, for one group.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The window, whole.
    pub window: Interval,
    /// Its part inside the term.
    pub inside: Interval,
    /// Number of the version that it is evaluated by.
    pub version: usize,
    /// How it ended.
    pub verdict: Verdict,
    /// What was measured; `None` is no data.
    pub value: Option<Value>,
    /// What it was compared with.
    pub target: Option<Target>,
    /// True if it is breached because there are no data.
    pub by_missing: bool,
    /// Measured time.
    pub measured: Length,
    /// The same of all of the window, also beyond the time of evaluation; `None`: it has no end
    /// that is known.
    pub whole: Option<Length>,
    /// Excluded time.
    pub excluded: Length,
    /// Downtime, of metrics of time.
    pub down: Option<Exact>,
    /// Number of rows from which the value is computed.
    pub rows: Option<usize>,
    /// Rows that did not do what they should.
    pub bad: EvidenceRows,
    /// Rows of the data behind what is bad: the bad rows themselves, those that take time in bad
    /// slots, or those that make the downtime.
    pub causes: Vec<EvidenceRows>,
    /// Those of them that decide the value.
    pub worst: Worst,
}

/// What came out for one group.
#[derive(Clone, Debug)]
pub struct OfGroup {
    /// Its fields and values.
    pub group: Group,
    /// Its windows in order of time.
    pub windows: Vec<Measured>,
}

/// An objective of a version, by the number of the version, for the values of a group.
type Task<'e> = (usize, &'e Version<'e>, &'e Objective<'e>, Vec<Value>);

impl<'e> Setting<'e> {
    /// The objectives of each version that are evaluated here, with the number of the version.
    fn evaluated(&self) -> impl Iterator<Item = (usize, &'e Version<'e>, &'e Objective<'e>)> {
        let versions = self.agreement.versions.iter().enumerate();
        versions.flat_map(|(number, version)| {
            let objectives = version.objectives.iter().filter(|it| self.is_evaluated(it));
            objectives.map(move |objective| (number, version, objective))
        })
    }

    /// All objectives of the agreement, by number.
    pub fn objectives(&self) -> Outcome<Vec<Vec<OfGroup>>> {
        let mut tasks: Vec<Task<'e>> = Vec::new();
        let mut awaiting = Awaiting::default();
        for (number, version, objective) in self.evaluated() {
            let groups = awaiting.note(self.groups(objective, version))?;
            let groups = groups.into_iter().flatten();
            tasks.extend(groups.map(|values| (number, version, objective, values)));
        }
        awaiting.end()?;
        let one = |(number, version, objective, values): &Task<'e>| {
            let measuring = Measuring::new(self, *number, version, objective)?;
            measuring.windows(values).map_err(|fault| fault.within(&objective.plan.at))
        };
        let done = Awaiting::all(parallel::each(&tasks, one))?;
        let mut all: Vec<Vec<OfGroup>> =
            self.agreement.objectives.iter().map(|_| Vec::new()).collect();
        let mut places: FxHashMap<(usize, Group), usize> = FxHashMap::default();
        for ((.., objective, values), windows) in tasks.into_iter().zip(done) {
            let Some(groups) = all.get_mut(objective.number) else { continue };
            let group = Group::new(objective.groups.as_ref(), values);
            // Another version may name the same fields in another order.
            let place = *places.entry((objective.number, group.sorted())).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(known) => known.windows.extend(windows),
                None => groups.push(OfGroup { group, windows }),
            }
        }
        for group in all.iter_mut().flatten() {
            group.windows.sort_by_key(|window| (window.window.start, window.window.end));
        }
        Ok(all)
    }
}

/// One objective of one version.
struct Measuring<'m, 'e> {
    setting: &'m Setting<'e>,
    number: usize,
    version: &'e Version<'e>,
    objective: &'e Objective<'e>,
    metric: &'e Metric,
    ignores: Vec<&'e Ignore>,
    /// The term from the objective's start on.
    holds: Interval,
    /// Groups whose values are not known yet.
    unknown: &'e [GroupCut],
}

impl<'m, 'e> Measuring<'m, 'e> {
    fn new(
        setting: &'m Setting<'e>,
        number: usize,
        version: &'e Version<'e>,
        objective: &'e Objective<'e>,
    ) -> Outcome<Self> {
        let metric = setting
            .shared
            .program
            .metrics
            .get(objective.metric)
            .ok_or_else(|| Fault::new("the plan lacks a metric"))?;
        let start = objective.from.map_or(setting.term.start, |from| from.max(setting.term.start));
        let holds = Interval { start, end: setting.term.end.max(start) };
        Ok(Measuring {
            setting,
            number,
            version,
            objective,
            metric,
            ignores: ignores_of(objective, version),
            holds,
            unknown: &[],
        })
    }

    fn scope(&self) -> DataScope<'_> {
        DataScope {
            customer: self.setting.customer,
            service: self.objective.service,
            ignores: &self.ignores,
            reads: None,
            unknown: self.unknown,
            term: self.setting.term,
            zone: self.version.zone,
        }
    }

    fn group_values(&self, values: &[Value]) -> Vec<GroupValue<'e>> {
        let keys = self.objective.groups.iter().flat_map(|groups| &groups.keys);
        keys.zip(values).map(|(key, value)| GroupValue { key, value: value.clone() }).collect()
    }

    fn timeline(&self) -> TimelineBuilder<'_> {
        TimelineBuilder {
            shared: self.setting.shared,
            facts: self.setting.facts,
            objective: self.objective,
            exclusions: &self.version.exclusions,
            metric: self.metric,
            scope: self.scope(),
        }
    }

    /// The term up to the time of evaluation, and up to where windows are known.
    fn terms(&self) -> (Interval, Interval) {
        let (shared, start) = (self.setting.shared, self.holds.start);
        let now = shared.as_of.clamp(start, self.holds.end);
        let ahead = self.holds.end.min(shared.horizon.end).max(start);
        (Interval { start, end: now }, Interval { start, end: ahead })
    }

    fn evaluators<'l>(&'l self, line: &'l Timeline) -> [Evaluator<'l>; 3] {
        let (shared, facts) = (self.setting.shared, self.setting.facts);
        [Mode::Now, Mode::Ended, Mode::Never]
            .map(|mode| Evaluator::new(shared, facts, self.scope(), line, mode))
    }

    /// All windows of a group.
    fn windows(&self, values: &[Value]) -> Outcome<Vec<Measured>> {
        let groups = self.group_values(values);
        let (term, ahead) = self.terms();
        let line = self.timeline().build(term, &groups)?;
        // Hours of windows that the data do not reach yet: whether they have any decides if the
        // objective is in force there.
        let future =
            if ahead.end > term.end { Some(self.timeline().build(ahead, &groups)?) } else { None };
        let future = future.as_ref().unwrap_or(&line);
        let evaluators = self.evaluators(&line);
        let windows = self.own_windows(&evaluators, &groups)?;
        let windows = windows.into_iter();
        Awaiting::all(windows.map(|window| self.window(window, &evaluators, future, &groups)))
    }

    /// The windows that this version evaluates.
    fn own_windows(
        &self,
        evaluators: &[Evaluator<'_>; 3],
        groups: &[GroupValue<'_>],
    ) -> Outcome<Vec<Interval>> {
        let program = self.setting.shared.program;
        let Some(reach) = self.holds.intersection(self.setting.reach) else {
            return Ok(Vec::new());
        };
        let all: Vec<Interval> = match self.objective.windows.claims() {
            Some((source, length, zone)) => {
                let [evaluator, ..] = evaluators;
                let env = evaluator.env(self.setting.term, groups, None);
                let zone = program.zone_at(zone)?;
                let mut windows = Vec::new();
                evaluator.each_row(
                    &super::program::Rows::Source { source },
                    &env,
                    Some(reach),
                    &mut |row| {
                        windows.push(Interval {
                            start: zone.after(row.anchor, length, -1, None)?,
                            end: row.anchor,
                        });
                        Ok(())
                    },
                )?;
                windows
            }
            None => {
                let windows =
                    self.objective.windows.touching(&program.zones, self.setting.term, reach)?;
                windows.into_iter().map(|(_, window)| window).collect()
            }
        };
        // An amendment may have cut off the part that anybody looks at.
        let own = all.into_iter().filter_map(|window| self.setting.of_version(self.number, window));
        Ok(own.filter(|window| window.intersection(reach).is_some()).collect())
    }

    /// True if the objective holds in a window at all, by its kind and the rule for the first.
    fn begins(&self, window: Interval) -> bool {
        if self.objective.windows.is_rolling()
            && (window.start < self.holds.start || window.end > self.holds.end)
        {
            return false;
        }
        match self.objective.plan.first_window {
            FirstWindow::Clipped => true,
            FirstWindow::Full => window.start >= self.holds.start,
            FirstWindow::Skipped => window.start > self.holds.start,
        }
    }

    /// The part of a window in which the objective holds.
    fn inside(&self, window: Interval) -> Interval {
        let empty = Interval { start: window.start, end: window.start };
        window.intersection(self.holds).unwrap_or(empty)
    }

    /// True if rows of a window may still come.
    fn is_pending(&self, inside: Interval) -> bool {
        let shared = self.setting.shared;
        let complete = self
            .objective
            .reads
            .iter()
            .filter_map(|source| shared.store.tables.get(*source)?.complete_to)
            .min();
        inside.end > shared.as_of || complete.is_some_and(|complete| inside.end > complete)
    }

    fn window(
        &self,
        window: Interval,
        evaluators: &[Evaluator<'_>; 3],
        future: &Timeline,
        groups: &[GroupValue<'_>],
    ) -> Outcome<Measured> {
        let inside = self.inside(window);
        let [now, ended, never] = evaluators;
        let env = now.env(inside, groups, None);
        let mut out = Measured {
            window,
            inside,
            version: self.number,
            verdict: Verdict::NotInForce,
            value: None,
            target: None,
            by_missing: false,
            measured: now.line.measured_length(inside),
            whole: (inside.end <= future.term.end).then(|| future.measured_length(inside)),
            excluded: now.line.excluded_length(inside),
            down: None,
            rows: None,
            bad: EvidenceRows::default(),
            causes: Vec::new(),
            worst: Worst::default(),
        };
        if !self.begins(window) || future.measured_length(inside) == 0 {
            return Ok(out);
        }
        if let Some(condition) = self
            .objective
            .condition
            .as_ref()
            .filter(|condition| condition.plan.when != When::Measured)
            && !holds(now, condition, &env)?
        {
            return Ok(out);
        }
        let pending = self.is_pending(inside);
        let found = self.verdict(now, &env)?;
        if let Some((rows, bad)) = found.items {
            (out.rows, out.bad) = (Some(rows), bad);
        }
        (out.verdict, out.value, out.target, out.by_missing) =
            (found.verdict, found.value, found.target, found.by_missing);
        self.time_details(now, &env, &mut out)?;
        if pending {
            out.verdict = Verdict::Pending;
        } else if self.may_be_open() {
            let (ended, never) = (
                self.verdict(ended, &ended.env(inside, groups, None))?,
                self.verdict(never, &never.env(inside, groups, None))?,
            );
            if ended.verdict != never.verdict {
                out.verdict = Verdict::Pending;
            }
        }
        // A window that may still come to be in force shows its value, as any pending one does.
        if out.verdict == Verdict::NotInForce {
            (out.value, out.target, out.rows, out.bad) =
                (None, None, None, EvidenceRows::default());
        }
        Ok(out)
    }

    /// True if some row that is read may be open, so that time may change the verdict.
    fn may_be_open(&self) -> bool {
        let shared = self.setting.shared;
        // A row that was given a start and an end may have none.
        if self.metric.spans_made
            || self
                .objective
                .condition
                .as_ref()
                .is_some_and(|condition| condition.plan.when == When::Measured)
        {
            return true;
        }
        self.objective.reads.iter().any(|number| {
            let (Some(source), Some(table)) =
                (shared.program.sources.get(*number), shared.store.tables.get(*number))
            else {
                return false;
            };
            match &source.kind {
                RowKind::Spans {} => table.has_open,
                RowKind::Events {} => {
                    self.metric.clocks
                        && source
                            .fields
                            .iter()
                            .any(|field| field.optional && field.of == crate::plan::Type::Time {})
                }
                RowKind::Series { .. } => false,
            }
        })
    }

    /// What the metric, the data rules and the test say of a window.
    fn verdict(&self, evaluator: &Evaluator<'_>, env: &Env<'_>) -> Outcome<Found> {
        let value = evaluator.eval(&self.metric.expression, env)?;
        let items = self.items(evaluator, env)?;
        let (target, good) = self.test(evaluator, value.as_ref(), env)?;
        let forgiven = self.objective.plan.small_sample.is_some_and(|rule| {
            let (rows, bad) = items.as_ref().map_or((0, 0), |(rows, bad)| (*rows, bad.len()));
            items.is_some() && rows < rule.below as usize && bad <= rule.misses as usize
        });
        let in_force = match &self.objective.condition {
            Some(condition) if condition.plan.when == When::Measured => {
                holds(evaluator, condition, env)?
            }
            Some(_) | None => true,
        };
        let (verdict, by_missing) = match (&value, good) {
            (_, _) if !in_force => (Verdict::NotInForce, false),
            (None, _) => match self.objective.plan.missing {
                Missing::NoData => (Verdict::NoData, false),
                Missing::Met => (Verdict::Met, false),
                Missing::Breached => (Verdict::Breached, true),
            },
            (Some(_), _) if forgiven => (Verdict::Met, false),
            (Some(_), Some(true)) => (Verdict::Met, false),
            (Some(_), Some(false)) => (Verdict::Breached, false),
            (Some(_), None) => (Verdict::NoData, false),
        };
        Ok(Found { verdict, value, target, by_missing, items })
    }

    fn test(
        &self,
        evaluator: &Evaluator<'_>,
        value: Option<&Value>,
        env: &Env<'_>,
    ) -> Outcome<(Option<Target>, Option<bool>)> {
        let at = &self.objective.plan.at;
        match &self.objective.test {
            Test::Compare(relation, target) => {
                let Some(target) = evaluator.eval(target, env)? else { return Ok((None, None)) };
                let good = value
                    .map(|value| evaluator.related(*relation, value, &target, at))
                    .transpose()?;
                Ok((Some(Target::One(target)), good))
            }
            Test::Between(low, high) => {
                let (Some(low), Some(high)) =
                    (evaluator.eval(low, env)?, evaluator.eval(high, env)?)
                else {
                    return Ok((None, None));
                };
                let inside = |value: &Value| {
                    let least = crate::plan::Relation::AtMost;
                    Ok::<bool, Fault>(
                        evaluator.related(least, &low, value, at)?
                            && evaluator.related(least, value, &high, at)?,
                    )
                };
                let good = value.map(inside).transpose()?;
                Ok((Some(Target::Range(low, high)), good))
            }
        }
    }

    /// Number of rows from which the value is computed, and the bad ones.
    fn items(
        &self,
        evaluator: &Evaluator<'_>,
        env: &Env<'_>,
    ) -> Outcome<Option<(usize, EvidenceRows)>> {
        let Some(items) = &self.objective.items else { return Ok(None) };
        if let Some(seen) = evaluator.seen_rows(&items.rows, env)?
            && let Some(bad) = evaluator.but(&seen, &items.good, env)
        {
            let shared = self.setting.shared;
            return Ok(Some((
                seen.count(shared, env.frame)?,
                EvidenceRows::seen(&bad, shared, env.frame)?,
            )));
        }
        let (mut count, mut bad) = (0, Vec::new());
        evaluator.each_row(&items.rows, env, Some(env.frame), &mut |row| {
            count += 1;
            if !evaluator.holds(&items.good, env, row)? {
                bad.push(row.clone());
            }
            Ok(())
        })?;
        Ok(Some((count, EvidenceRows::Made(bad))))
    }

    /// Downtime, and the rows of the data behind what is bad.
    fn time_details(
        &self,
        evaluator: &Evaluator<'_>,
        env: &Env<'_>,
        out: &mut Measured,
    ) -> Outcome<()> {
        if let Some(Expr::Downtime { id, rows, weight, overlaps, at, .. }) =
            self.metric.downtimes.first()
        {
            out.down =
                Some(evaluator.downtime((*id, rows, weight.as_deref()), *overlaps, env, at)?);
        }
        (out.causes, out.worst) = self.causes(evaluator, env, out)?;
        Ok(())
    }

    /// The rows of the data behind what is bad in a window; where nothing went wrong, those that
    /// make its downtime.
    fn causes(
        &self,
        evaluator: &Evaluator<'_>,
        env: &Env<'_>,
        out: &Measured,
    ) -> Outcome<(Vec<EvidenceRows>, Worst)> {
        let shared = self.setting.shared;
        let by_value = match (&self.objective.items, self.greatest_is_worst()) {
            (Some(Items { rows, value: Some(value), good }), Some(greatest))
                if out.bad.are_data() =>
            {
                evaluator.worst(&out.bad, (rows, Some(good)), (value, greatest), env)?
            }
            _ => None,
        };
        if out.bad.are_data() {
            let none = TimeSet::default();
            let measured = TimeSet::from(env.frame).intersection(&evaluator.line.good);
            let time = if out.down.is_some() { &measured } else { &none };
            let worst = by_value.map(Worst::by_value);
            let bad = vec![out.bad.clone()];
            let worst = worst.unwrap_or_else(|| {
                longest(bad.iter().map(|picked| picked.longest(shared, time, MOST_SHOWN)))
            });
            return Ok((bad, worst));
        }
        let down = out.down.as_ref().is_some_and(|down| !down.is_zero());
        let breached = out.verdict == Verdict::Breached;
        // Slots and pieces stand for the rows that take time in them.
        let mut bad = Vec::new();
        out.bad.each(self.setting.shared, |row| {
            bad.extend(Interval::new(row.start, row.end.unwrap_or(row.start)));
            Ok::<(), Fault>(())
        })?;
        let bad = if out.bad.is_empty() { TimeSet::from(env.frame) } else { TimeSet::new(bad) };
        let bad = bad.clip(env.frame).intersection(&evaluator.line.good);
        let (mut causes, mut worst, mut by_value, none) =
            (Vec::new(), Vec::new(), None, TimeSet::default());
        let mut awaiting = Awaiting::default();
        for Cause { rows, by, adds } in &self.objective.causes {
            let (picked, time) = match by {
                CausesBy::Anchor if breached => (evaluator.belonging(rows, env), &none),
                CausesBy::Time if breached || down => (evaluator.taking(rows, env, &bad), &bad),
                CausesBy::Anchor | CausesBy::Time => continue,
            };
            let Some(picked) = awaiting.note(picked)? else { continue };
            if let (Some(adds), Some(greatest)) = (adds, self.greatest_misses()) {
                let found = evaluator.worst(&picked, (rows, None), (adds, greatest), env);
                by_value = awaiting.note(found)?.flatten().or(by_value);
            }
            worst.push(picked.longest(shared, time, MOST_SHOWN));
            causes.push(picked);
        }
        awaiting.end()?;
        let worst = by_value.map_or_else(|| longest(worst.into_iter()), Worst::by_value);
        Ok((causes, worst))
    }

    /// True if too great a value misses the target, false if too small a one does; `None` if both
    /// do.
    fn greatest_misses(&self) -> Option<bool> {
        match self.objective.plan.better {
            Better::Lower => Some(true),
            Better::Higher => Some(false),
            Better::Neither => None,
        }
    }

    /// True if of the values of rows the greatest is the worst, false if the least is; `None` if
    /// neither is.
    fn greatest_is_worst(&self) -> Option<bool> {
        let items = self.objective.plan.items.as_ref()?;
        match &items.good {
            Expression::Compare { relation, left, .. } if items.value.as_ref() == Some(&**left) => {
                match relation {
                    Relation::Less | Relation::AtMost => Some(true),
                    Relation::Greater | Relation::AtLeast => Some(false),
                    Relation::Equal | Relation::NotEqual => None,
                }
            }
            _ => None,
        }
    }
}

/// Of rows that take some time those that take most; of those that take none the first.
fn longest(all: impl Iterator<Item = Vec<(Length, Row)>>) -> Worst {
    let mut rows: Vec<(Length, Row)> = all.flatten().collect();
    rows.sort_by_key(|(length, row)| (std::cmp::Reverse(*length), row.anchor));
    // What is counted above and below a line is one cause.
    let mut seen = FxHashSet::default();
    rows.retain(|(_, row)| row.from.is_none_or(|from| seen.insert(from)));
    rows.truncate(MOST_SHOWN);
    let by = if rows.first().is_some_and(|(length, _)| *length > 0) {
        RankedBy::Time
    } else {
        RankedBy::Start
    };
    Worst { by, rows: rows.into_iter().map(|(_, row)| row).collect(), value: None }
}

/// What one look at a window found.
struct Found {
    verdict: Verdict,
    value: Option<Value>,
    target: Option<Target>,
    by_missing: bool,
    items: Option<(usize, EvidenceRows)>,
}

/// True if a condition holds in a window, at the times that it says.
pub fn holds(evaluator: &Evaluator<'_>, condition: &Condition<'_>, env: &Env<'_>) -> Outcome<bool> {
    let truth = Some(Value::Boolean(true));
    let whole = env.window;
    let at = |instant: Instant| {
        let moment = Interval { start: instant, end: instant.saturating_add(1) };
        Ok::<bool, Fault>(evaluator.eval(&condition.expression, &env.in_window(moment))? == truth)
    };
    let held = match condition.plan.when {
        When::Constant | When::Measured => {
            evaluator.eval(&condition.expression, env).map(|value| value == truth)
        }
        When::AtStart => at(whole.start),
        When::Throughout => std::iter::once(whole.start)
            .chain(evaluator.facts.changes(whole))
            .try_fold(true, |all, instant| Ok(all && at(instant)?)),
        When::Ever => std::iter::once(whole.start)
            .chain(evaluator.facts.changes(whole))
            .try_fold(false, |any, instant| Ok(any || at(instant)?)),
    };
    held.map_err(|fault| fault.within(&condition.plan.at))
}
