//! Credits, bonuses and earn-backs.

use std::sync::Arc;

use ecow::EcoString;

use super::Around;
use super::support::calendar_in;
use crate::base::{Exact, Span};
use crate::diag::{Code, Finding};
use crate::names::DeclId;
use crate::syntax::ast::{self, NumberForm, WindowKind};
use crate::types::checker::Checker;
use crate::types::flatten::{Flat, Named};
use crate::types::model::{Cap, Condition, Credit, Group, Objective, Stacking, Was};
use crate::types::scope::{Local, Scope};
use crate::types::tree::{Kind, Typed};
use crate::types::ty::{Rows, Ty};
use crate::types::uses::{clock_of, visit};

/// What the amounts of a credit may speak of.
pub(super) struct CreditScope<'s, 'a> {
    /// Names in reach.
    pub scope: Scope<'s>,
    /// The objectives it belongs to.
    pub objectives: Vec<Arc<Objective<'a>>>,
    /// What shares are shares of.
    pub base: Option<Arc<Typed>>,
    /// Type of what the ladder looks at.
    pub subject: Ty,
    /// True if the ladder looks at the objective's own value.
    pub own_value: bool,
    /// The calendar in which what the ladder looks at is measured, if it is time on the clock of
    /// one.
    pub clock: Option<DeclId>,
}

impl<'a> Checker<'a, '_> {
    /// The typed credit; `None` if it cannot be used, which has been reported.
    pub(super) fn credit(
        &mut self,
        named: &Named<'a, ast::Credit>,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Credit<'a>>> {
        let credit = named.value;
        let name = named.name.clone()?;
        let objectives = self.credit_objectives(&name, credit, around);
        let key = (named.item.id(), objectives.iter().map(|objective| objective.id).collect());
        if let Some(known) = self.memo.credits.get(&key) {
            return known.clone();
        }
        let typed = if objectives.is_empty() {
            None
        } else {
            self.type_credit(&name, named, objectives, around).map(Arc::new)
        };
        self.memo.credits.insert(key, typed.clone());
        typed
    }

    /// The objectives a credit belongs to: those after `for`, else the one of its own name.
    fn credit_objectives(
        &mut self,
        name: &EcoString,
        credit: &'a ast::Credit,
        around: &Around<'_, 'a>,
    ) -> Vec<Arc<Objective<'a>>> {
        if credit.for_.is_empty() {
            let span = credit.name.as_ref().map(|path| path.span());
            return match (self.objective_named(name, span, around), span) {
                (Some(found), _) => vec![found],
                (None, Some(span)) if !around.names.contains_key(name) && !self.incomplete => {
                    let names: Vec<EcoString> = around.names.keys().cloned().collect();
                    let mut finding = Finding::new(
                        Code::UnknownName,
                        span,
                        format!("no objective is called `{name}` here"),
                    );
                    finding =
                        match crate::base::closest(name, names.iter().map(EcoString::as_str)) {
                            Some(near) => finding
                                .help(format!("did you mean `{near}`?"))
                                .suggestion(format!("write `{near}`"), span, near),
                            None => finding.help(format!(
                                "write the objective after the name: `{} {name} for OBJECTIVE …`",
                                credit.kind.word()
                            )),
                        };
                    self.report_once(finding);
                    Vec::new()
                }
                (None, _) => Vec::new(),
            };
        }
        let mut found = Vec::new();
        for path in &credit.for_ {
            let name = path.text();
            match self.objective_named(&name, Some(path.span()), around) {
                Some(objective) => found.push(objective),
                None => self.known_objective(&name, path.span(), around),
            }
        }
        found
    }

    fn objective_named(
        &mut self,
        name: &str,
        span: Option<Span>,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Objective<'a>>> {
        let found = around.objectives.get(name)?;
        if let (Some(span), Some(place)) = (span, around.names.get(name)) {
            self.refer(span, *place);
        }
        Some(Arc::clone(found))
    }

    /// Reports an objective that does not exist; one that exists but could not be typed has been
    /// reported.
    pub(super) fn known_objective(&mut self, name: &str, span: Span, around: &Around<'_, 'a>) {
        if let Some(place) = around.names.get(name) {
            self.refer(span, *place);
            return;
        }
        if self.incomplete {
            return;
        }
        let names: Vec<EcoString> = around.names.keys().cloned().collect();
        let mut finding =
            Finding::new(Code::UnknownName, span, format!("no objective is called `{name}` here"));
        if let Some(near) = crate::base::closest(name, names.iter().map(EcoString::as_str)) {
            finding = finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                span,
                near,
            );
        }
        self.report_once(finding);
    }

    fn type_credit(
        &mut self,
        name: &EcoString,
        named: &Named<'a, ast::Credit>,
        objectives: Vec<Arc<Objective<'a>>>,
        around: &Around<'_, 'a>,
    ) -> Option<Credit<'a>> {
        let credit = named.value;
        let first = objectives.first()?;
        let target = first.value_type();
        let value =
            if credit.each_row.is_some() { self.row_value(credit, first)? } else { target.clone() };
        self.one_kind_of_value(credit, &objectives);
        self.overlapping_windows(credit, &objectives);
        self.group_pay(name, credit, &objectives);
        let groups: Vec<Local> = first
            .narrowed()
            .by
            .iter()
            .map(|group| Local { name: group.alias.clone(), ty: group.ty.clone(), span: group.at })
            .collect();
        let row = credit.each_row.and_then(|place| self.row_of(first, place));
        let plain = Scope {
            value: Some(value.clone()),
            target: Some(target),
            groups: &groups,
            row,
            ..around.scope(named.item.span)
        };
        let on = credit.on.as_ref().map(|on| self.once(on, &plain, None));
        if let Some(on) = &on
            && matches!(on.ty, Ty::Rows(_) | Ty::TimeSet)
        {
            self.mismatch(on, "one value, such as `downtime(…)`");
        }
        let base = credit.base.as_ref().map(|base| {
            let typed = self.once(base, &plain, None);
            if !typed.ty.is_unknown()
                && typed
                    .ty
                    .dimension()
                    .is_none_or(|dimension| dimension.money != 1 && dimension.units.is_empty())
            {
                self.mismatch(&typed, "an amount of money, such as `fee`");
            }
            typed
        });
        let subject = on.as_ref().map_or_else(|| value.clone(), |on| on.ty.clone());
        let inside = CreditScope {
            scope: plain,
            own_value: on.is_none(),
            clock: clock(on.as_deref(), first),
            objectives,
            base,
            subject,
        };
        let lines =
            credit.ladder.as_ref().map(|ladder| self.ladder(ladder, &inside)).unwrap_or_default();
        let pay = credit.pay.as_ref().and_then(|pay| self.remedy(pay, &inside));
        let mut caps: Vec<Cap<'a>> = Vec::with_capacity(credit.caps.len());
        for cap in &credit.caps {
            if cap.each_row && credit.each_row.is_none() {
                self.cap_without_rows(cap, "this credit does not pay for rows");
                continue;
            }
            let beyond = beyond(cap, &inside.scope);
            let scope = narrowed(cap, &inside.scope, &beyond);
            if let Some(cap) = self.cap(cap, &scope, inside.base.as_deref()) {
                // A share is one of the base, which is then required where the cap is.
                if let Some(base) = credit.base.as_ref().filter(|_| {
                    cap.share && inside.base.as_ref().is_some_and(|it| !it.ty.is_unknown())
                }) {
                    self.infer_as(base, &scope, None);
                }
                caps.push(cap);
            }
        }
        let condition =
            credit.condition.as_ref().map(|condition| self.credit_condition(condition, around));
        self.matched_groups(name, credit, &inside.objectives, condition.as_ref(), around);
        let typed = Credit {
            id: self.memo.new_term(),
            name: name.clone(),
            syntax: credit,
            item: named.item,
            was: named.was.clone().into(),
            objectives: inside.objectives.iter().map(|objective| objective.name.clone()).collect(),
            on,
            lines: lines.into(),
            pay,
            base: inside.base,
            caps: caps.into(),
            condition: condition.map(Box::new),
        };
        self.caps_in_one_unit(&typed);
        Some(typed)
    }

    /// The type of what a credit on each row looks at in a row; unknown where it looks at nothing.
    fn row_value(&mut self, credit: &'a ast::Credit, objective: &Objective<'a>) -> Option<Ty> {
        let ty = objective.row_type();
        if let (None, Some(place), Some(_), None) =
            (&ty, credit.each_row, &credit.ladder, &credit.on)
        {
            let finding = Finding::new(
                Code::TypeMismatch,
                place,
                format!(
                    "the rows of `{}` have no value that the lines could compare",
                    objective.name
                ),
            );
            let finding =
                finding.also(objective.metric.at, "this only separates good rows from bad ones");
            self.report_once(finding.help("write `on` and the value that the lines compare, or pay the same for each row: `each row pay 2% of fee`"));
            return None;
        }
        Some(ty.unwrap_or(Ty::Unknown))
    }

    /// The rows a credit pays for one by one: those of a metric of one row, else those that the
    /// objective's value is made of. Its clocks and hours may read other sources.
    fn row_of(&mut self, objective: &Objective<'a>, place: Span) -> Option<Arc<Rows>> {
        match (objective.narrowed().each_row, objective.rows(), &*objective.sources) {
            (Some(source), ..) => Some(self.source_rows(source)),
            (None, Some(rows), _) => Some(rows),
            (None, None, [source]) => Some(self.source_rows(*source)),
            (None, None, _) => {
                let finding = Finding::new(
                    Code::UnownedRows,
                    place,
                    format!(
                        "`{}` reads several sources, but nothing says the rows of which source pay",
                        objective.name
                    ),
                )
                .also(objective.metric.at, "this metric");
                self.report_once(finding);
                None
            }
        }
    }

    /// A credit for several objectives that looks at their value needs values of one kind.
    fn one_kind_of_value(&mut self, credit: &'a ast::Credit, objectives: &[Arc<Objective<'a>>]) {
        let [first, rest @ ..] = objectives else { return };
        let looks = credit.ladder.is_some() && credit.on.is_none();
        for other in rest.iter().filter(|_| looks) {
            if !self.fits(&other.value_type(), &first.value_type()) {
                let (one, two) = (self.say(&first.value_type()), self.say(&other.value_type()));
                let span = credit.name.as_ref().map_or(first.item.span, |name| name.span());
                let finding = Finding::new(Code::DimensionMismatch, span, "one ladder compares values of different kinds")
                    .also(first.metric.at, one)
                    .also(other.metric.at, two)
                    .help("give each objective a credit of its own, or one payment without a ladder: `pay 10% of fee`");
                self.report_once(finding);
            }
        }
    }

    fn overlapping_windows(&mut self, credit: &'a ast::Credit, objectives: &[Arc<Objective<'a>>]) {
        for objective in objectives {
            if let WindowKind::Rolling(rolling) = &objective.window.value.kind
                && rolling.at.is_none()
            {
                let span = credit.name.as_ref().map_or(objective.item.span, |name| name.span());
                let finding = Finding::new(
                    Code::RollingCredit,
                    span,
                    format!("`{}` has windows that overlap: the same downtime would be paid many times", objective.name),
                )
                .also(objective.window.at, "windows overlap")
                .help("write when it is claimed: `rolling 365 days at CLAIMS`, or use calendar windows");
                self.report_once(finding);
            }
        }
    }

    /// A limit of excluded time over windows that overlap would count the same time in many of
    /// them.
    pub(super) fn limit_windows(&mut self, window: Option<&ast::Window>) {
        if let Some(finding) = window.and_then(|window| overlapping(window, "limit", "time")) {
            self.report_once(finding.help("use windows that follow each other: `per month`, `per contract year`, `per fixed 30 days`"));
        }
    }

    /// A cap reaches back from each payment, so neither a step nor a source says where its windows
    /// end.
    fn cap_windows(&mut self, window: Option<&ast::Window>) {
        let Some(window) = window else { return };
        let (WindowKind::Rolling(rolling), Some(finding)) =
            (&window.kind, overlapping(window, "cap", "amount"))
        else {
            return;
        };
        self.report_once(match &rolling.length {
            Some(length) => {
                let period = format!("{} {}", length.count, length.unit.word(length.count));
                let rest = Span { start: length.span.end, ..window.span };
                finding.suggestion(
                    format!("write `per rolling {period}`: the cap then applies to any {period}"),
                    rest,
                    "",
                )
            }
            None => finding,
        });
    }

    fn group_pay(
        &mut self,
        name: &EcoString,
        credit: &'a ast::Credit,
        objectives: &[Arc<Objective<'a>>],
    ) {
        let Some(grouped) = objectives.iter().find(|objective| !objective.narrowed().by.is_empty())
        else {
            return;
        };
        if credit.groups.is_some() || credit.each_row.is_some() {
            return;
        }
        let span = credit.name.as_ref().map_or(grouped.item.span, |name| name.span());
        let mut finding = Finding::new(
            Code::UnsaidGroupPay,
            span,
            format!("`{name}` does not say which groups of `{}` pay", grouped.name),
        );
        if let Some(group) = grouped.narrowed().by.first() {
            finding = finding.also(group.at, "one value for each of these");
        }
        self.report_once(finding.help("add `pays worst` (once, for the worst group) or `pays each` (once for each breached group)"));
    }

    /// The groups of all objectives that a credit depends on must correspond: those it is for are
    /// grouped by the same fields, and one that its condition names shares a field with them.
    fn matched_groups(
        &mut self,
        name: &EcoString,
        credit: &'a ast::Credit,
        objectives: &[Arc<Objective<'a>>],
        condition: Option<&Condition>,
        around: &Around<'_, 'a>,
    ) {
        let mut grouped = objectives.iter().filter(|objective| !objective.narrowed().by.is_empty());
        let Some(first) = grouped.next() else { return };
        for other in grouped {
            let (one, two) = (&first.narrowed().by, &other.narrowed().by);
            let is_among = |group: &Group, others: &[Group]| {
                others.iter().any(|known| is_same_field(known, group))
            };
            if one.len() == two.len() && one.iter().all(|group| is_among(group, two)) {
                continue;
            }
            let span = credit.name.as_ref().map_or(first.item.span, |name| name.span());
            let message = format!(
                "`{name}` is for objectives with different groups: {}, and {}",
                fields(first),
                fields(other)
            );
            let finding =
                places(Finding::new(Code::UnmatchedGroups, span, message), [first, other]);
            self.report_once(finding.help(
                "group these objectives by the same fields, or give each a credit of its own",
            ));
            return;
        }
        let mut named = Vec::new();
        if let Some(condition) = condition {
            visit(&condition.expr, &mut |kind| {
                let name = match kind {
                    Kind::Failures(Some(name), _) => Some(name),
                    Kind::Breached(breached) => Some(&breached.0),
                    _ => None,
                };
                named.extend(name.and_then(|name| around.objectives.get(name)).cloned());
            });
        }
        for other in named.iter().filter(|other| !other.narrowed().by.is_empty()) {
            let (one, two) = (&first.narrowed().by, &other.narrowed().by);
            if one.iter().any(|group| two.iter().any(|known| is_same_field(known, group))) {
                continue;
            }
            let span =
                credit.condition.as_ref().map_or(other.item.span, |condition| condition.expr.span);
            let message = format!(
                "no group of `{}` corresponds to one of `{}`: {}, and {}",
                other.name,
                first.name,
                fields(first),
                fields(other)
            );
            let finding =
                places(Finding::new(Code::UnmatchedGroups, span, message), [first, other]);
            self.report_once(
                finding.help(
                    "group both by a field that they share, or name an objective without `by`",
                ),
            );
        }
    }

    /// `cap X`
    fn cap(
        &mut self,
        cap: &'a ast::Cap,
        scope: &Scope<'_>,
        base: Option<&Typed>,
    ) -> Option<Cap<'a>> {
        let amount = cap.amount.as_ref()?;
        self.cap_windows(cap.window.as_ref());
        let typed = self.once(amount, scope, None);
        let share = self.is_share(&typed, base.is_some(), "cap")?;
        let id = self.memo.new_term();
        Some(Cap { id, syntax: cap, amount: typed, share, was: Was::default() })
    }

    /// A cap on what each row pays, where nothing pays for rows.
    fn cap_without_rows(&mut self, cap: &ast::Cap, why: &str) {
        let finding = Finding::new(
            Code::MissingPart,
            cap.span,
            format!("this cap bounds what each row pays, but {why}"),
        );
        self.report_once(
            finding
                .help("leave `each row` out of the cap, or pay for each bad row: `credit NAME each row pay 2% of fee cap 5 EUR each row`"),
        );
    }

    /// `cap credits X per year`
    pub(super) fn credit_cap(
        &mut self,
        named: &Named<'a, ast::Cap>,
        around: &Around<'_, 'a>,
    ) -> Option<Arc<Cap<'a>>> {
        let was: Was = named.was.clone().into();
        if named.value.each_row {
            self.cap_without_rows(named.value, "it bounds all credits together");
            return None;
        }
        let same = |known: &&Option<Arc<Cap<'a>>>| known.as_ref().is_none_or(|cap| cap.was == was);
        if let Some(known) = self.memo.caps.get(&named.item.id()).filter(same) {
            return known.clone();
        }
        let typed = self
            .cap(named.value, &around.scope(named.item.span), None)
            .map(|cap| Arc::new(Cap { was, ..cap }));
        self.memo.caps.insert(named.item.id(), typed.clone());
        typed
    }

    /// True if an amount is a share of the credit's base, false if it stands for itself; `None` if
    /// it is neither.
    pub(super) fn is_share(&mut self, amount: &Typed, has_base: bool, what: &str) -> Option<bool> {
        let Ty::Quantity(dimension, _) = &amount.ty else {
            if !amount.ty.is_unknown() {
                self.mismatch(amount, "an amount of money or a share");
            }
            return None;
        };
        if dimension.is_amount() {
            return Some(false);
        }
        if dimension.money > 1 {
            let finding =
                Finding::new(Code::TypeMismatch, amount.span, "this multiplies money by money");
            self.report_once(finding.help("write an amount, `10 EUR`, or a share, `10% of fee`"));
            return None;
        }
        if !dimension.is_number() {
            self.mismatch(amount, "an amount of money or a share");
            return None;
        }
        if !has_base {
            let text = self.sources.text(amount.span).to_string();
            let finding = Finding::new(Code::MissingPart, amount.span, format!("`{what} {text}`: a share of what?"))
                .help(format!("write `{text} of fee`; in a credit, `of fee` may also be written once, after the braces"));
            self.report_once(finding);
            return None;
        }
        if let Kind::Number(times, NumberForm::Plain) = &amount.kind
            && *times > Exact::ONE
        {
            let finding = Finding::new(
                Code::RatioOverOne,
                amount.span,
                format!("`{what} {times}` is {times} times the amount that it is a share of"),
            );
            self.report_once(finding.help(format!(
                "for a percentage, write `{times}%`; for several times the amount, write `{}%`",
                times * &Exact::integer(100)
            )));
        }
        Some(true)
    }

    /// `credits highest of A, B`
    pub(super) fn stacking(
        &mut self,
        named: &Named<'a, ast::Stacking>,
        flat: &Flat<'a>,
    ) -> Stacking {
        let mut names = Vec::new();
        for path in &named.value.credits {
            let name = path.text();
            match flat.credits.get(&name) {
                Some(credit) => {
                    if let Some(place) = &credit.value.name {
                        self.refer(path.span(), place.span());
                    }
                    names.push(name);
                }
                None => {
                    let known: Vec<EcoString> =
                        flat.credits.iter().filter_map(|credit| credit.name.clone()).collect();
                    let mut finding = Finding::new(
                        Code::UnknownName,
                        path.span(),
                        format!("no credit is called `{name}` here"),
                    );
                    if let Some(near) =
                        crate::base::closest(&name, known.iter().map(EcoString::as_str))
                    {
                        finding = finding.help(format!("did you mean `{near}`?")).suggestion(
                            format!("write `{near}`"),
                            path.span(),
                            near,
                        );
                    }
                    self.report_once(finding);
                }
            }
        }
        Stacking {
            elect: named.value.elect,
            credits: names,
            at: named.item.span,
            was: named.was.clone().into(),
        }
    }
}

/// True if two objectives are grouped by the same field, whatever they call its value.
fn is_same_field(one: &Group, two: &Group) -> bool {
    one.field == two.field && (one.ty == two.ty || one.ty.is_unknown() || two.ty.is_unknown())
}

/// The fields of an objective's groups, as a person would say them.
fn fields(objective: &Objective<'_>) -> String {
    let fields: Vec<&str> =
        objective.narrowed().by.iter().map(|group| group.field.as_str()).collect();
    format!("`{}` is grouped `by {}`", objective.name, fields.join(", "))
}

/// A finding that shows where the groups of two objectives are made.
fn places(finding: Finding, objectives: [&Arc<Objective<'_>>; 2]) -> Finding {
    let groups = objectives
        .into_iter()
        .filter_map(|objective| Some((objective.narrowed().by.first()?.at, &objective.name)));
    groups.fold(finding, |finding, (at, name)| finding.also(at, format!("the groups of `{name}`")))
}

/// The finding where what is bounded over these windows would count in many of them.
fn overlapping(window: &ast::Window, what: &str, counted: &str) -> Option<Finding> {
    let overlaps = match &window.kind {
        // One without a step and a source was reported where it was read.
        WindowKind::Rolling(rolling) => rolling.every.is_some() || rolling.at.is_some(),
        WindowKind::Trailing(_) => true,
        WindowKind::Calendar(..)
        | WindowKind::Contract(_)
        | WindowKind::Fixed(_)
        | WindowKind::Term => false,
    };
    let message = format!(
        "the windows of this {what} overlap: the same {counted} would count in many of them"
    );
    overlaps.then(|| Finding::new(Code::RollingCredit, window.span, message))
}

/// What the amount of a cap cannot speak of, though the credit around it can: a bound over windows
/// is computed once for all groups, and only one of each row has a current row.
fn beyond(cap: &ast::Cap, scope: &Scope<'_>) -> Vec<(EcoString, &'static str)> {
    let mut names: Vec<(EcoString, &'static str)> = Vec::new();
    if let Some(row) = scope.row.as_ref().filter(|_| !cap.each_row) {
        names.extend(row.names().into_iter().map(|name| (name, "one row")));
    }
    if cap.window.is_some() {
        names.extend(scope.groups.iter().map(|group| (group.name.clone(), "one group")));
        names.extend(["value", "target"].map(|name| (EcoString::from(name), "one window")));
    }
    names
}

/// The calendar on whose clock a ladder looks at time: that of what is measured, else the hours of
/// the objective.
fn clock(on: Option<&Typed>, objective: &Objective<'_>) -> Option<DeclId> {
    if let Some(on) = on {
        return clock_of(on);
    }
    let own = objective
        .support
        .as_ref()
        .map_or(objective.narrowed().during.as_ref(), |support| support.during.as_ref());
    clock_of(&objective.measure()).or_else(|| own.and_then(|during| calendar_in(&during.value)))
}

/// The scope without these.
fn narrowed<'n, 's: 'n>(
    cap: &ast::Cap,
    scope: &Scope<'s>,
    beyond: &'n [(EcoString, &'static str)],
) -> Scope<'n> {
    let row = if cap.each_row { scope.row.clone() } else { None };
    if cap.window.is_some() {
        return Scope { row, groups: &[], value: None, target: None, beyond, ..scope.clone() };
    }
    Scope { row, beyond, ..scope.clone() }
}
