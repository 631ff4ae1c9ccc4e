//! Declarations: parties, sources, metrics, tables, services, packages, tiers.
use smallvec::smallvec;

use super::{Lower, Pair};
use crate::base::Span;
use crate::diag::{Code, Finding};
use crate::lang::words::{PartyKind, Place};
use crate::syntax::ast::{
    Block, Declaration, EnumDecl, Expr, ExprKind, FactDecl, Field, Given, ItemKind, MetricDecl,
    PackageRef, Party, SourceDecl, Statement, TableDecl, TableRow, Tier, Titled, TypeRef, UnitDecl,
    UseTarget,
};
use crate::syntax::parser::Rule;

impl<'a> Lower<'a> {
    pub(super) fn use_item(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::string => {
                    return Declaration::Use(Box::new(UseTarget::File(self.string(part))));
                }
                Rule::path => {
                    return Declaration::Use(Box::new(UseTarget::Library(self.path(&part))));
                }
                _ => {}
            }
        }
        self.missing(span.after(), "`use` needs a file or a part of the library", "use std.web");
        Declaration::Use(Box::new(UseTarget::Missing))
    }

    pub(super) fn party(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out =
            Party { kind: PartyKind::Provider, name: None, title: None, items: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::kw_party => out.kind = party_kind(part.as_str()),
                Rule::slot => out.name = self.slot(&part),
                Rule::string => out.title = Some(self.string(part)),
                Rule::block => out.items = self.block(part, Place::Party),
                _ => {}
            }
        }
        self.need(
            out.name.as_ref(),
            span,
            &format!("a {} needs a name", out.kind.word()),
            &format!("{} Acme \"Acme Ltd\"", out.kind.word()),
        );
        Declaration::Party(Box::new(out))
    }

    pub(super) fn titled(&mut self, pair: Pair<'a>) -> Titled {
        let span = self.span(&pair);
        let mut out = Titled { name: None, title: None };
        let mut word = String::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::slot | Rule::reserved_slot => out.name = self.slot(&part),
                Rule::string => out.title = Some(self.string(part)),
                Rule::kw_whole => {}
                _ => word = part.as_str().to_owned(),
            }
        }
        self.need(out.name.as_ref(), span, &format!("a {word} needs a name"), "");
        out
    }

    pub(super) fn unit_decl(&mut self, pair: Pair<'a>) -> UnitDecl {
        let whole = pair.clone().into_inner().any(|part| part.as_rule() == Rule::kw_whole);
        let Titled { name, title } = self.titled(pair);
        UnitDecl { name, title, whole }
    }

    pub(super) fn enum_decl(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out = EnumDecl { name: None, values: Vec::new() };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::slot if out.name.is_none() => out.name = self.slot(&part),
                Rule::slot => out.values.extend(self.slot(&part)),
                Rule::eq => {
                    let place = self.span(&part);
                    let finding = Finding::new(
                        Code::OddSpelling,
                        place,
                        "expected `:` between the name of an enum and its values",
                    );
                    self.report(finding.fix("write `:`", place, ":"));
                }
                _ => {}
            }
        }
        let example = "enum Region: eu | us";
        self.need(out.name.as_ref(), span, "an enum needs a name", example);
        if out.name.is_some() && out.values.is_empty() {
            self.missing(span.after(), "the values of the enum are missing", example);
        }
        Declaration::Enum(Box::new(out))
    }

    /// `fact NAME: TYPE = v` declares, `fact NAME = v` gives.
    pub(super) fn fact(&mut self, pair: Pair<'a>) -> ItemKind {
        let span = self.span(&pair);
        let (mut name, mut declares, mut ty, mut value, mut from) = (None, false, None, None, None);
        let mut gives = None;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_fact => {}
                Rule::slot => name = self.slot(&part),
                Rule::colon => declares = true,
                Rule::ty => ty = self.type_ref(part),
                Rule::eq => gives = Some(place),
                Rule::kw_from => from = Some(None),
                rule if from.is_some() && super::types::is_when(rule) => {
                    from = Some(self.when(&part))
                }
                _ => value = Some(self.fact_value(part)),
            }
        }
        self.need(name.as_ref(), span, "a fact needs a name", "fact Plan: free | pro");
        if let (Some(eq), None) = (gives, &value) {
            self.missing(eq.after(), "the value is missing after `=`", "fact Plan = pro");
        }
        if declares {
            self.need(ty.as_ref(), span, "the type is missing after `:`", "fact Plan: free | pro");
            return Declaration::Fact(Box::new(FactDecl { name, ty, default: value })).into();
        }
        if name.is_some() && gives.is_none() {
            self.missing(span.after(), "a fact needs a type or a value", "fact Plan: free | pro");
        }
        if from == Some(None) {
            self.missing(span.after(), "the date is missing after `from`", "from 2026-07-01");
        }
        Statement::Given(Box::new(Given { fact: name, value, from: from.flatten() })).into()
    }

    pub(super) fn source(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out =
            SourceDecl { name: None, rows: None, fields: Vec::new(), measured_by: Vec::new() };
        // A `measured by` whose text has not come yet.
        let mut unsaid: Option<Span> = None;
        let (no_measurer, measurer) =
            ("the text is missing after `measured by`", "measured by \"two probes a minute\"");
        let mut head = span;
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_source => head = place,
                Rule::slot => {
                    head = head.to(place);
                    out.name = self.slot(&part);
                }
                Rule::colon => head = head.to(place),
                Rule::name => out.rows = Some(self.name(&part)),
                Rule::fields => out.fields = self.fields(part),
                Rule::kw_measured_by => {
                    if let Some(place) = unsaid.replace(place) {
                        self.missing(place.after(), no_measurer, measurer);
                    }
                }
                Rule::string => {
                    unsaid = None;
                    out.measured_by.push(self.string(part));
                }
                _ => {}
            }
        }
        let example = "source outages: spans";
        if out.name.is_none() {
            self.missing(head.after(), "a source needs a name", example);
        } else if out.rows.is_none() {
            self.missing(
                head.after(),
                "say what the rows are: `events`, `spans` or `series`",
                example,
            );
        }
        if let Some(place) = unsaid {
            self.missing(place.after(), no_measurer, measurer);
        }
        Declaration::Source(Box::new(out))
    }

    pub(super) fn metric(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out = MetricDecl {
            name: None,
            params: Vec::new(),
            of: None,
            higher_is_better: None,
            body: None,
        };
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::slot => out.name = self.slot(&part),
                Rule::params => out.params = self.params(part),
                Rule::name => out.of = Some(self.name(&part)),
                Rule::word => out.higher_is_better = self.better(&part, place),
                Rule::colon => {
                    let finding = Finding::new(
                        Code::OddSpelling,
                        place,
                        "expected `=` between the name of a metric and its definition",
                    );
                    self.report(finding.fix("write `=`", place, " ="));
                }
                Rule::expr => out.body = Some(self.expr(part)),
                _ => {}
            }
        }
        let example = "metric Availability = uptime(outages)";
        if out.name.is_none() {
            self.missing(
                Span { end: span.start + 6, ..span }.after(),
                "a metric needs a name",
                example,
            );
        } else if out.body.is_none() {
            self.missing(span.after(), "the definition of the metric is missing", example);
        }
        Declaration::Metric(Box::new(out))
    }

    fn better(&mut self, part: &Pair<'a>, place: Span) -> Option<(bool, Span)> {
        match part.as_str() {
            "higher" => Some((true, place)),
            "lower" => Some((false, place)),
            _ => {
                self.missing(place, "`better` takes `higher` or `lower`", "better lower");
                None
            }
        }
    }

    fn params(&mut self, pair: Pair<'a>) -> Vec<Field> {
        let span = self.span(&pair);
        let mut params = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::param => params.extend(self.param(part)),
                Rule::paren_missing => self.unclosed(span, "("),
                Rule::bad_args => self.unexpected(&part),
                _ => {}
            }
        }
        params
    }

    fn param(&mut self, pair: Pair<'a>) -> Option<Field> {
        let span = self.span(&pair);
        let (mut name, mut ty) = (None, None);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::word => name = Some(self.name(&part)),
                Rule::ty => ty = self.type_ref(part),
                _ => {}
            }
        }
        self.need(
            ty.as_ref(),
            span,
            "the type of the parameter is missing",
            "calls: spans { answered: time? }",
        );
        name.map(|name| Field { name, ty, bounds: None, doc: None })
    }

    pub(super) fn table(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out = TableDecl {
            name: None,
            keys: Vec::new(),
            symmetric: false,
            ty: None,
            rows: Vec::new(),
        };
        let (mut head, mut has_rows) = (span, false);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_table => head = place,
                Rule::slot => out.name = self.slot(&part),
                Rule::kw_symmetric => out.symmetric = true,
                Rule::ty => out.ty = self.type_ref(part),
                Rule::table_keys => out.keys = self.table_keys(part),
                Rule::table_rows => {
                    has_rows = true;
                    out.rows = self.table_rows(part);
                }
                _ => {}
            }
            if !has_rows {
                head = head.to(place);
            }
        }
        let example = "table Latency(City, City) symmetric: duration { fra, ams: 12 ms }";
        if out.name.is_none() {
            self.missing(head.after(), "a table needs a name", example);
        } else if out.keys.is_empty() {
            self.missing(head.after(), "the types of the keys are missing", example);
        } else if out.ty.is_none() {
            self.missing(head.after(), "the type of the values is missing", example);
        } else if !has_rows {
            self.missing(head.after(), "the rows of the table are missing", example);
        }
        Declaration::Table(Box::new(out))
    }

    fn table_keys(&mut self, pair: Pair<'a>) -> Vec<TypeRef> {
        let span = self.span(&pair);
        let mut keys = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::ty => keys.extend(self.type_ref(part)),
                Rule::paren_missing => self.unclosed(span, "("),
                _ => {}
            }
        }
        keys
    }

    fn table_rows(&mut self, pair: Pair<'a>) -> Vec<TableRow> {
        let mut rows = Vec::new();
        self.special(pair, Place::Table, &mut |lower, part| {
            rows.push(lower.table_row(part));
            true
        });
        rows
    }

    fn table_row(&mut self, pair: Pair<'a>) -> TableRow {
        let span = self.span(&pair);
        let mut row = TableRow { keys: Vec::new(), value: None, span };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::table_key => {
                    for key in part.into_inner() {
                        let place = self.span(&key);
                        let kind = match key.as_rule() {
                            Rule::path => ExprKind::Path(Box::new(self.path(&key))),
                            _ => self.literal(key).map_or(ExprKind::Missing, ExprKind::Literal),
                        };
                        row.keys.push(Expr { kind, span: place });
                    }
                }
                Rule::amount => row.value = Some(self.expr(part)),
                _ => {}
            }
        }
        self.need(row.value.as_ref(), span, "the value of the row is missing", "fra, ams: 12 ms");
        row
    }

    /// `service NAME { … }` declares, `service A, B` lists.
    /// `service NAME …` at file level declares, `service A, B` elsewhere refers.
    pub(super) fn service(&mut self, pair: Pair<'a>, place: Place) -> ItemKind {
        let span = self.span(&pair);
        let (mut names, mut title, mut items) = (Vec::new(), None, None);
        let mut comma: Option<Span> = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::slot => names.extend(self.slot(&part)),
                Rule::name => {
                    comma = None;
                    names.push(self.name(&part));
                }
                Rule::comma => comma = Some(self.span(&part)),
                Rule::string => title = Some(self.string(part)),
                Rule::block => items = Some(self.block(part, Place::Service)),
                _ => {}
            }
        }
        if let Some(comma) = comma {
            self.missing(comma.after(), "a name is missing after `,`", "");
        }
        if names.is_empty() {
            self.missing(
                Span { end: span.start + 7, ..span }.after(),
                "the name of the service is missing",
                "service Shop \"Web shop\" { … }",
            );
        }
        if place == Place::File
            && let [_, second, ..] = names.as_slice()
        {
            let finding = Finding::new(
                Code::UnexpectedText,
                second.span,
                "this line declares several services",
            );
            self.report(
                finding.help(format!("write `service {}` on a line of its own", second.text)),
            );
        }
        if items.is_none() && title.is_none() && place != Place::File {
            let path = |name: crate::syntax::ast::Name| crate::syntax::ast::Path {
                parts: smallvec![name],
            };
            return Statement::Services(names.into_iter().map(path).collect()).into();
        }
        Declaration::Service(Box::new(Block {
            name: names.into_iter().next(),
            title,
            items: items.unwrap_or_default(),
        }))
        .into()
    }

    /// `package NAME { … }` declares, `package P.T` in an agreement refers.
    pub(super) fn package(&mut self, pair: Pair<'a>, place: Place) -> ItemKind {
        let span = self.span(&pair);
        let (mut path, mut title, mut items, mut follows) = (None, None, None, None);
        for part in pair.into_inner() {
            let here = self.span(&part);
            match part.as_rule() {
                Rule::slot_path => path = self.slot_path(part),
                Rule::kw_follows => follows = Some(here),
                Rule::string => title = Some(self.string(part)),
                Rule::block => items = Some(self.block(part, Place::Package)),
                _ => {}
            }
        }
        self.need(
            path.as_ref(),
            Span { end: span.start + 7, ..span },
            "the name of the package is missing",
            "package Hosting { … }",
        );
        if items.is_some() || (place == Place::File && follows.is_none()) {
            if items.is_none() && path.is_some() {
                self.missing(
                    span.after(),
                    "`{` is missing: a package holds its statements in braces",
                    "package Hosting { … }",
                );
            }
            let name = path.and_then(|path| path.parts.into_iter().next());
            return Declaration::Package(Box::new(Block {
                name,
                title,
                items: items.unwrap_or_default(),
            }))
            .into();
        }
        Statement::PackageRef(Box::new(PackageRef { path, follows })).into()
    }

    pub(super) fn tier(&mut self, pair: Pair<'a>) -> Declaration {
        let span = self.span(&pair);
        let mut out = Tier { name: None, title: None, extends: None, items: Vec::new() };
        let (mut extends, mut has_block, mut lead) = (None, false, span);
        for part in pair.into_inner() {
            let place = self.span(&part);
            match part.as_rule() {
                Rule::kw_tier => lead = place,
                Rule::slot => out.name = self.slot(&part),
                Rule::string => out.title = Some(self.string(part)),
                Rule::kw_extends => extends = Some(place),
                Rule::path => out.extends = Some(self.path(&part)),
                Rule::block => {
                    has_block = true;
                    out.items = self.block(part, Place::Tier);
                }
                _ => {}
            }
        }
        let example = "tier Gold extends Silver { … }";
        self.need(out.name.as_ref(), lead, "a tier needs a name", example);
        if let (Some(place), None) = (extends, &out.extends) {
            self.missing(place.after(), "the tier is missing after `extends`", example);
        }
        if !has_block && out.name.is_some() {
            self.lost_open();
            let finding = Finding::new(
                Code::MissingPart,
                span.after(),
                "`{` is missing: a tier holds its statements in braces",
            );
            self.report(finding.help(format!("for example: `{example}`")).suggestion(
                "write `{`",
                span.after(),
                " {",
            ));
        }
        Declaration::Tier(Box::new(out))
    }
}

pub(super) fn party_kind(word: &str) -> PartyKind {
    match word {
        "customer" => PartyKind::Customer,
        "team" => PartyKind::Team,
        _ => PartyKind::Provider,
    }
}
