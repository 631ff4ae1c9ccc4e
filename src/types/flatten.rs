//! Flattening before typing: statements of package, tier chain, parents, agreement and amendments,
//! laid over each other.
//!
//! Objectives, credits, fees, support cells, claims, named rights to terminate, stacking and caps
//! replace by name; exclusions, benefits, rights without a name and texts add up; `drop` removes.
//! What replaced what is kept.

use std::collections::BTreeMap;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::checker::Checker;
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::syntax::ast::{self, Item, Statement};

/// One layer of statements; a later layer has more force.
#[derive(Clone, Copy)]
pub(super) struct Layer<'a> {
    /// Its statements.
    pub items: &'a [Item],
}

/// One source of a support cell.
#[derive(Clone, Copy)]
pub(super) struct CellSource<'a> {
    /// The statement.
    pub item: &'a Item,
    /// The table.
    pub support: &'a ast::Support,
    /// The row.
    pub row: &'a ast::SupportRow,
    /// The cell.
    pub cell: &'a ast::Cell,
}

/// An objective as stated and restated, the oldest first.
#[derive(Clone)]
pub(super) enum Chain<'a> {
    /// By `objective`.
    Stated(Vec<(&'a Item, &'a ast::Objective)>),
    /// By `support`.
    Cell(CellChain<'a>),
}

/// A cell of a support table as stated and restated.
#[derive(Clone)]
pub(super) struct CellChain<'a> {
    /// Position of its table.
    pub table: usize,
    /// The statements, the oldest first.
    pub sources: Vec<CellSource<'a>>,
    /// Places of the cells that the table replaced.
    pub was: Vec<Span>,
}

/// A support table: the one that says what it is `on`, and the later ones that change it.
#[derive(Clone)]
pub(super) struct Table<'a> {
    /// Its name; `None` for one without.
    pub name: Option<EcoString>,
    /// The statements, the oldest first.
    pub heads: Vec<(&'a Item, &'a ast::Support)>,
    layer: usize,
}

impl Chain<'_> {
    /// Where it is stated last.
    pub(super) fn place(&self) -> Option<Span> {
        match self {
            Chain::Stated(chain) => chain.last().map(|(item, objective)| {
                objective.name.as_ref().map_or(item.lead, |name| name.span)
            }),
            Chain::Cell(chain) => chain.sources.last().map(|source| source.cell.span),
        }
    }
}

/// A statement that replaces by name, and the places of those it replaced.
#[derive(Clone)]
pub(super) struct Named<'a, T> {
    /// Its name; `None` where a name is optional and was left out.
    pub name: Option<EcoString>,
    /// The statement.
    pub item: &'a Item,
    /// What it says.
    pub value: &'a T,
    /// Places of statements it replaced.
    pub was: Vec<Span>,
    layer: usize,
}

/// Statements that replace by name, found by name.
#[derive(Clone)]
pub(super) struct ByName<'a, T> {
    list: Vec<Named<'a, T>>,
    /// The newest layer that says something under a name, and the position of its first statement.
    newest: FxHashMap<Option<EcoString>, (usize, usize)>,
}

impl<T> Default for ByName<'_, T> {
    fn default() -> Self {
        ByName { list: Vec::new(), newest: FxHashMap::default() }
    }
}

impl<'a, T> ByName<'a, T> {
    /// All statements, in the order they were first made.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Named<'a, T>> {
        self.list.iter()
    }

    /// The statement of this name.
    pub(super) fn get(&self, name: &EcoString) -> Option<&Named<'a, T>> {
        let (_, at) = self.newest.get(&Some(name.clone()))?;
        self.list.get(*at)
    }

    /// A layer that says anything under a name replaces what lower layers say under it; within a
    /// layer statements add up.
    fn add(&mut self, name: Option<EcoString>, item: &'a Item, value: &'a T, layer: usize) {
        let mut was = Vec::new();
        match self.newest.get(&name) {
            Some((newest, _)) if *newest == layer => {}
            Some(_) => {
                let mut replaced = self.list.iter().filter(|known| known.name == name).peekable();
                // All of a layer replaced the same.
                was = replaced.peek().map(|known| known.was.clone()).unwrap_or_default();
                was.extend(replaced.map(|known| known.item.span));
                self.remove(&name);
                self.newest.insert(name.clone(), (layer, self.list.len()));
            }
            None => {
                self.newest.insert(name.clone(), (layer, self.list.len()));
            }
        }
        self.list.push(Named { name, item, value, was, layer });
    }

    /// A statement without a name that adds to those of all layers.
    fn append(&mut self, item: &'a Item, value: &'a T, layer: usize) {
        self.list.push(Named { name: None, item, value, was: Vec::new(), layer });
    }

    fn remove(&mut self, name: &Option<EcoString>) -> bool {
        if self.newest.remove(name).is_none() {
            return false;
        }
        self.list.retain(|known| known.name != *name);
        for (at, known) in self.list.iter().enumerate().rev() {
            self.newest.insert(known.name.clone(), (known.layer, at));
        }
        true
    }

    fn clear(&mut self) -> bool {
        let had = !self.list.is_empty();
        *self = ByName::default();
        had
    }
}

/// A statement of which the last holds, and the places of those it replaced.
pub(super) type Last<'a, T> = Option<Stated<'a, T>>;

/// The statement that holds, what it says, and the places of those it replaced.
pub(super) type Stated<'a, T> = (&'a Item, &'a T, Vec<Span>);

/// Zone and term alone. They are needed before the layers are flattened: the term says as of when
/// packages are taken.
#[derive(Default)]
pub(super) struct Frame<'a> {
    pub zone: Last<'a, ast::Text>,
    pub term: Last<'a, ast::Term>,
}

impl<'a> Frame<'a> {
    /// What the layers state last.
    pub(super) fn of(layers: &[Layer<'a>]) -> Frame<'a> {
        let mut frame = Frame::default();
        for item in layers.iter().flat_map(|layer| layer.items) {
            match item.statement() {
                Some(Statement::Zone(it)) => last(&mut frame.zone, item, it.as_deref()),
                Some(Statement::Term(it)) => last(&mut frame.term, item, Some(it)),
                _ => {}
            }
        }
        frame
    }
}

/// Statements `drop` of all versions of an agreement, by place: one that removes something in any
/// of them is not idle.
#[derive(Default)]
pub(super) struct Drops(BTreeMap<Span, Option<Finding>>);

impl Drops {
    /// Takes in those of one version.
    pub(super) fn take(&mut self, flat: &Flat<'_>) {
        for (place, finding) in &flat.drops {
            let known = self.0.entry(*place).or_insert_with(|| finding.clone());
            if finding.is_none() {
                *known = None;
            }
        }
    }
}

/// Flattened statements.
#[derive(Default)]
pub(super) struct Flat<'a> {
    pub objectives: Vec<(EcoString, Chain<'a>)>,
    pub tables: Vec<Table<'a>>,
    pub credits: ByName<'a, ast::Credit>,
    pub fees: ByName<'a, ast::Fee>,
    pub claims: ByName<'a, ast::Claim>,
    pub facts: ByName<'a, ast::Given>,
    pub caps: ByName<'a, ast::Cap>,
    pub stacking: ByName<'a, ast::Stacking>,
    pub excludes: Vec<(&'a Item, &'a ast::Exclude)>,
    pub ignores: Vec<(&'a Item, &'a ast::Ignore)>,
    pub terminations: ByName<'a, ast::Terminate>,
    pub escalations: Vec<(&'a Item, &'a ast::Escalate)>,
    pub services: Vec<&'a ast::Path>,
    pub satisfies: Vec<&'a ast::Path>,
    pub texts: Vec<&'a Item>,
    pub relaxations: Vec<&'a Item>,
    pub waivers: Vec<&'a Item>,
    pub minimum: Last<'a, ast::MinimumPayout>,
    pub hours: Last<'a, ast::Expr>,
    pub zone: Last<'a, ast::Text>,
    pub term: Last<'a, ast::Term>,
    pub missing: Last<'a, ast::Missing>,
    pub first: Last<'a, ast::FirstWindow>,
    /// Names that were dropped.
    pub dropped: Vec<EcoString>,
    /// Where something was dropped, and the finding if there was nothing of that name.
    drops: Vec<(Span, Option<Finding>)>,
    by_name: FxHashMap<EcoString, usize>,
    /// The layer that last stated an objective.
    ranks: FxHashMap<EcoString, usize>,
}

impl<'a> Checker<'a, '_> {
    /// Lays the layers over each other.
    pub(super) fn flatten(&mut self, layers: &[Layer<'a>]) -> Flat<'a> {
        let mut flat = Flat::default();
        for (rank, layer) in layers.iter().enumerate() {
            // Tables that restate speak of those of lower layers, wherever in its block each
            // stands.
            let (restating, others): (Vec<&Item>, Vec<&Item>) = layer.items.iter().partition(
                |item| matches!(item.statement(), Some(Statement::Support(support)) if support.on.is_none()),
            );
            for item in restating.into_iter().chain(others) {
                self.lay(&mut flat, item, rank);
            }
        }
        flat.objectives.retain(|(_, chain)| chain.place().is_some());
        flat
    }

    fn lay(&mut self, flat: &mut Flat<'a>, item: &'a Item, rank: usize) {
        let Some(statement) = item.statement() else { return };
        match statement {
            Statement::Objective(it) => self.lay_objective(flat, item, it, rank),
            Statement::Support(it) => self.lay_support(flat, item, it, rank),
            Statement::Credit(it) => {
                if let Some(name) = &it.name {
                    self.lay_credit(&mut flat.credits, name.text(), item, it, rank);
                }
            }
            Statement::Fee(it) => self.replace(&mut flat.fees, fee_key(it), item, it, rank, "fee"),
            Statement::Claim(it) => {
                flat.claims.add(it.name.as_ref().map(|name| name.text.clone()), item, it, rank)
            }
            Statement::Given(it) => {
                flat.facts.add(it.fact.as_ref().map(|name| name.text.clone()), item, it, rank)
            }
            Statement::CapCredits(it) => flat.caps.add(None, item, it, rank),
            Statement::Stacking(it) => flat.stacking.add(None, item, it, rank),
            Statement::Exclude(it) => flat.excludes.push((item, it)),
            Statement::Ignore(it) => flat.ignores.push((item, it)),
            Statement::Terminate(it) => match &it.name {
                Some(name) => {
                    self.replace(
                        &mut flat.terminations,
                        Some(name.text.clone()),
                        item,
                        &**it,
                        rank,
                        "right to terminate",
                    );
                }
                None => flat.terminations.append(item, it, rank),
            },
            Statement::Escalate(it) => flat.escalations.push((item, it)),
            Statement::Services(it) => flat.services.extend(it),
            Statement::Satisfies(it) => flat.satisfies.extend(it),
            Statement::Scope(items) => {
                flat.texts.push(item);
                for inner in items {
                    if let Some(Statement::Services(it)) = inner.statement() {
                        flat.services.extend(it);
                    }
                }
            }
            Statement::Relax(_) => flat.relaxations.push(item),
            Statement::Waive(_) => flat.waivers.push(item),
            Statement::Drop(target) => Self::drop_named(flat, target.as_deref()),
            Statement::MinimumPayout(it) => {
                last(&mut flat.minimum, item, it.amount.as_ref().map(|_| &**it))
            }
            Statement::Hours(it) => last(&mut flat.hours, item, it.as_deref()),
            Statement::Zone(it) => {
                if let Some(zone) = it {
                    self.zone(zone);
                }
                last(&mut flat.zone, item, it.as_deref());
            }
            Statement::Term(it) => last(&mut flat.term, item, Some(it)),
            Statement::Missing(it) => last(&mut flat.missing, item, it.as_ref()),
            Statement::FirstWindow(it) => last(&mut flat.first, item, it.as_ref()),
            Statement::Includes(_)
            | Statement::Excludes(_)
            | Statement::Benefit(_)
            | Statement::Report(_)
            | Statement::Review(_)
            | Statement::TextTerm(_) => flat.texts.push(item),
            Statement::PackageRef(_) | Statement::Allow(_) => {}
        }
    }

    fn lay_objective(
        &mut self,
        flat: &mut Flat<'a>,
        item: &'a Item,
        objective: &'a ast::Objective,
        rank: usize,
    ) {
        let Some(name) = &objective.name else { return };
        let newest = flat.ranks.insert(name.text.clone(), rank);
        match flat.chain(&name.text) {
            Some(Chain::Stated(chain)) => {
                let before = chain.last().filter(|_| newest == Some(rank));
                if let Some(first) = before.and_then(|(_, before)| before.name.as_ref()) {
                    let finding = Finding::new(
                        Code::DuplicateName,
                        name.span,
                        format!("the objective `{}` is stated twice", name.text),
                    );
                    self.report_once(
                        finding
                            .also(first.span, "first stated here")
                            .help("write one statement, or give one of them another name"),
                    );
                }
                chain.push((item, objective));
            }
            // The name of a cell has a point in it.
            Some(Chain::Cell(_)) => {}
            None => flat.add(name.text.clone(), Chain::Stated(vec![(item, objective)])),
        }
    }

    /// A table that says what it is `on` stands for itself. One that does not restates the tables
    /// of its name in the layers below.
    fn lay_support(
        &mut self,
        flat: &mut Flat<'a>,
        item: &'a Item,
        support: &'a ast::Support,
        rank: usize,
    ) {
        let name = support.name.as_ref().map(|name| name.text.clone());
        let own = support.on.is_some().then_some(flat.tables.len());
        if own.is_some() {
            flat.tables.push(Table {
                name: name.clone(),
                heads: vec![(item, support)],
                layer: rank,
            });
        } else {
            let known: Vec<usize> = (0..)
                .zip(&flat.tables)
                .filter(|(_, table)| table.name == name)
                .map(|(at, _)| at)
                .collect();
            if let Some(first) =
                known.iter().filter_map(|at| flat.tables.get(*at)).find(|table| table.layer == rank)
            {
                let place = first.heads.last().map_or(support.head, |(_, first)| first.head);
                let finding = Finding::new(
                    Code::DuplicateName,
                    support.head,
                    "these inherited cells are restated twice in one block",
                );
                self.report_once(
                    finding.also(place, "first restated here").help("write all rows in one table"),
                );
                return;
            }
            if known.is_empty() && !self.incomplete {
                self.nothing_to_restate(flat, support);
                return;
            }
            for at in known {
                if let Some(table) = flat.tables.get_mut(at) {
                    table.heads.push((item, support));
                    table.layer = rank;
                }
            }
        }
        for row in &support.rows {
            for cell in &row.cells {
                let cell_name = cell_name(name.as_ref(), row, cell);
                self.lay_cell(flat, cell_name, CellSource { item, support, row, cell }, own, rank);
            }
        }
    }

    fn lay_cell(
        &mut self,
        flat: &mut Flat<'a>,
        name: EcoString,
        source: CellSource<'a>,
        own: Option<usize>,
        rank: usize,
    ) {
        let newest = flat.ranks.insert(name.clone(), rank);
        let only = {
            let table = source.support.name.as_ref().map(|name| &name.text);
            let mut known = (0..)
                .zip(&flat.tables)
                .filter(|(_, known)| known.name.as_ref() == table)
                .map(|(at, _)| at);
            known.next().filter(|_| known.next().is_none())
        };
        match flat.chain(&name) {
            Some(Chain::Cell(chain)) => {
                let first = chain
                    .sources
                    .last()
                    .filter(|_| newest == Some(rank))
                    .map(|first| first.cell.span);
                if let Some(first) = first {
                    self.stated_twice(&name, &source, first);
                    return;
                }
                if let Some(own) = own {
                    chain.was.extend(chain.sources.drain(..).map(|source| source.cell.span));
                    chain.table = own;
                }
                chain.sources.push(source);
            }
            // The name of a cell has a point in it.
            Some(Chain::Stated(_)) => {}
            None => match own.or(only) {
                Some(table) => flat.add(
                    name,
                    Chain::Cell(CellChain { table, sources: vec![source], was: Vec::new() }),
                ),
                None if self.incomplete => {}
                None => {
                    let message = format!(
                        "there are several support tables here, and none of them has `{name}`"
                    );
                    let finding = Finding::new(Code::NothingToChange, source.cell.span, message);
                    self.report_once(finding.help(
                        "write which rows it is about: `support on TICKETS per month { … }`",
                    ));
                }
            },
        }
    }

    fn stated_twice(&mut self, name: &EcoString, source: &CellSource<'a>, first: Span) {
        let finding = Finding::new(
            Code::DuplicateName,
            source.cell.span,
            format!("`{name}` is stated twice"),
        )
        .also(first, "first stated here");
        let severity = &source.row.severity.text;
        let help = match &source.support.name {
            None => format!(
                "to promise two things for one severity, write them in two tables and name one: the cells of `support Urgent on …` are called `Urgent.{severity}.…`"
            ),
            Some(_) => {
                "to promise two things for one severity, write them in tables of different names"
                    .into()
            }
        };
        self.report_once(finding.help(help));
    }

    fn nothing_to_restate(&mut self, flat: &Flat<'a>, support: &'a ast::Support) {
        let Some(name) = &support.name else {
            let finding = Finding::new(
                Code::NothingToChange,
                support.head,
                "no support table is inherited here whose cells could be restated",
            );
            self.report_once(
                finding
                    .help("write which rows are supported: `support on TICKETS per month { … }`"),
            );
            return;
        };
        let known: Vec<&str> =
            flat.tables.iter().filter_map(|table| table.name.as_deref()).collect();
        let message = format!(
            "no support table `{}` is inherited here whose cells could be restated",
            name.text
        );
        let finding = Finding::new(Code::NothingToChange, name.span, message);
        let finding = match crate::base::closest(&name.text, known) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None => finding.help(format!(
                "write which rows are supported: `support {} on TICKETS per month {{ … }}`",
                name.text
            )),
        };
        self.report_once(finding);
    }

    fn lay_credit(
        &mut self,
        credits: &mut ByName<'a, ast::Credit>,
        name: EcoString,
        item: &'a Item,
        credit: &'a ast::Credit,
        rank: usize,
    ) {
        let word = credit.kind.word();
        if let Some(known) = credits.get(&name).filter(|known| known.value.kind != credit.kind) {
            let finding = Finding::new(
                Code::DuplicateName,
                item.lead,
                format!("this {word} has the name of the {} `{name}`", known.value.kind.word()),
            )
            .also(known.item.lead, "stated here")
            .help(format!(
                "give it a name of its own and write what it is for: `{word} More{name} for {name} …`"
            ));
            self.report_once(finding);
            return;
        }
        self.replace(credits, Some(name), item, credit, rank, word);
    }

    /// A statement with a name replaces those of lower layers; two in one layer are a mistake.
    fn replace<T>(
        &mut self,
        list: &mut ByName<'a, T>,
        name: Option<EcoString>,
        item: &'a Item,
        value: &'a T,
        layer: usize,
        noun: &str,
    ) {
        let Some((_, at)) = list.newest.get(&name).copied() else {
            list.add(name, item, value, layer);
            return;
        };
        let Some(known) = list.list.get_mut(at) else { return };
        if known.layer == layer {
            let called =
                name.map_or_else(|| format!("a {noun}"), |name| format!("the {noun} `{name}`"));
            let first = known.item.lead;
            let finding =
                Finding::new(Code::DuplicateName, item.lead, format!("{called} is stated twice"))
                    .also(first, "first stated here");
            self.report_once(finding);
            return;
        }
        known.was.push(known.item.span);
        (known.item, known.value, known.layer) = (item, value, layer);
        list.newest.insert(name, (layer, at));
    }

    fn drop_named(flat: &mut Flat<'a>, target: Option<&'a ast::Path>) {
        let Some(path) = target else { return };
        let name = path.text();
        flat.dropped.push(name.clone());
        let mut found = false;
        if let Some(at) = flat.by_name.remove(&name) {
            if let Some((_, chain)) = flat.objectives.get_mut(at) {
                *chain = Chain::Stated(Vec::new());
            }
            found = true;
        }
        let some = Some(name.clone());
        found |= flat.credits.remove(&some)
            | flat.fees.remove(&some)
            | flat.claims.remove(&some)
            | flat.terminations.remove(&some);
        let benefits = flat.texts.len();
        flat.texts.retain(|text| match text.statement() {
            Some(Statement::Benefit(benefit)) => {
                benefit.name.as_ref().is_none_or(|known| known.text != name)
            }
            _ => true,
        });
        found |= benefits != flat.texts.len();
        match name.as_str() {
            "claim" => found |= flat.claims.clear(),
            "fee" => found |= flat.fees.remove(&None),
            "cap" => found |= flat.caps.clear(),
            "stacking" => found |= flat.stacking.clear(),
            _ => {}
        }
        let finding = (!found).then(|| {
            let mut names: Vec<EcoString> =
                flat.objectives.iter().map(|(name, _)| name.clone()).collect();
            names.extend(flat.credits.iter().filter_map(|credit| credit.name.clone()));
            names.extend(flat.fees.iter().filter_map(|fee| fee.name.clone()));
            names.extend(flat.claims.iter().filter_map(|claim| claim.name.clone()));
            names.extend(flat.terminations.iter().filter_map(|right| right.name.clone()));
            let finding = Finding::new(
                Code::NothingToChange,
                path.span(),
                format!("nothing called `{name}` is inherited here"),
            );
            match crate::base::closest(&name, names.iter().map(EcoString::as_str)) {
                Some(near) => finding.help(format!("did you mean `{near}`?")).suggestion(
                    format!("write `{near}`"),
                    path.span(),
                    near,
                ),
                None => finding,
            }
        });
        flat.drops.push((path.span(), finding));
    }

    /// Reports statements `drop` that remove nothing.
    pub(super) fn idle_drops(&mut self, drops: Drops) {
        if !self.incomplete {
            for finding in drops.0.into_values().flatten() {
                self.report_once(finding);
            }
        }
    }
}

impl<'a> Flat<'a> {
    fn chain(&mut self, name: &str) -> Option<&mut Chain<'a>> {
        let at = *self.by_name.get(name)?;
        self.objectives.get_mut(at).map(|(_, chain)| chain)
    }

    fn add(&mut self, name: EcoString, chain: Chain<'a>) {
        self.by_name.insert(name.clone(), self.objectives.len());
        self.objectives.push((name, chain));
    }
}

/// `P1.respond`, or with the name of its table `Urgent.P1.respond`.
fn cell_name(table: Option<&EcoString>, row: &ast::SupportRow, cell: &ast::Cell) -> EcoString {
    let word = match cell.kind {
        ast::CellKind::Respond => "respond",
        ast::CellKind::Resolve => "resolve",
        ast::CellKind::Update => "update",
    };
    let prefix = table.map_or_else(EcoString::new, |table| ecow::eco_format!("{table}."));
    ecow::eco_format!("{prefix}{}.{word}", row.severity.text)
}

/// What distinguishes fees: their name, or the service they are for.
fn fee_key(fee: &ast::Fee) -> Option<EcoString> {
    let service = || fee.service.as_ref().map(|path| ecow::eco_format!("for {}", path.text()));
    fee.name.as_ref().map(|name| name.text.clone()).or_else(service)
}

fn last<'a, T>(slot: &mut Last<'a, T>, item: &'a Item, value: Option<&'a T>) {
    let Some(value) = value else { return };
    let was = match slot.take() {
        Some((old, _, mut was)) => {
            was.push(old.span);
            was
        }
        None => Vec::new(),
    };
    *slot = Some((item, value, was));
}
