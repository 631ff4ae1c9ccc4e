//! Trees of small texts, against expectations written by hand.

use super::ast::*;
use super::dump;
use super::*;
use crate::lang::units::PeriodUnit;
use crate::lang::words;

fn read(text: &str) -> (Vec<Item>, Vec<Finding>) {
    let mut sink = Sink::new();
    let parsed = parse(FileId::new(0), text, &mut sink);
    (parsed.file.items, sink.into_findings())
}

/// The only item of a text without faults.
fn item(text: &str) -> Item {
    let (mut items, found) = read(text);
    assert!(found.is_empty(), "{text}: {found:?}");
    assert_eq!(items.len(), 1, "{text}");
    items.remove(0)
}

/// The only declaration of a text without faults.
fn declaration(text: &str) -> Declaration {
    match item(text).kind {
        ItemKind::Declaration(declaration) => declaration,
        other => panic!("{other:?}"),
    }
}

/// The only statement inside a tier, or in an agreement if tiers do not allow it.
fn statement(text: &str) -> Statement {
    match inner_item(text) {
        ItemKind::Statement(statement) => statement,
        other => panic!("{other:?}"),
    }
}

/// The only statement that is allowed in services only.
fn service_item(text: &str) -> ServiceItem {
    match inner_item(text) {
        ItemKind::ServiceItem(item) => item,
        other => panic!("{other:?}"),
    }
}

fn inner_item(text: &str) -> ItemKind {
    let inside = |place: &str| format!("{place} {{\n{text}\n}}");
    for text in [inside("package P { tier T"), inside("sla A between B and C"), inside("service S")]
    {
        let text = if text.starts_with("package") { format!("{text}\n}}") } else { text };
        let (items, found) = read(&text);
        if !found.is_empty() {
            continue;
        }
        let mut kind = items.into_iter().next().unwrap().kind;
        if let ItemKind::Declaration(Declaration::Package(block)) = kind {
            kind = block.items.into_iter().next().unwrap().kind;
        }
        let mut items = match kind {
            ItemKind::Declaration(Declaration::Tier(tier)) => tier.items,
            ItemKind::Declaration(Declaration::Agreement(agreement)) => agreement.items,
            ItemKind::Declaration(Declaration::Service(service)) => service.items,
            _ => panic!("{text}"),
        };
        assert_eq!(items.len(), 1, "{text}");
        return items.remove(0).kind;
    }
    panic!(
        "{text} stands nowhere without a finding: {:?}",
        read(&format!("sla A between B and C {{ {text} }}")).1
    );
}

fn shown(text: &str) -> String {
    match declaration(&format!("metric A = {text}")) {
        Declaration::Metric(metric) => dump::expr(&metric.body.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn some(expr: &Option<impl std::borrow::Borrow<Expr>>) -> String {
    expr.as_ref().map_or("none".to_owned(), |expr| dump::expr(expr.borrow()))
}

fn texts(paths: &[Path]) -> Vec<String> {
    paths.iter().map(|path| path.text().to_string()).collect()
}

#[test]
fn literals() {
    for (text, expected) in [
        ("1_000", "1000"),
        ("2.5", "2.5"),
        ("99.95%", "99.95%"),
        ("1 in 4", "0.25"),
        ("250 ms", "250ms"),
        ("1 h 30 min", "1.5h"),
        ("1 day 12 h", "1.5days"),
        ("2 hours", "2h"),
        ("3 days", "3days"),
        ("1 month", "1-month"),
        ("2 quarters", "2-quarter"),
        ("3 working days", "3-working day"),
        ("2_400.00 EUR", "2400:EUR"),
        ("5 case", "5:case"),
        ("400 msec", "400:msec"),
        ("10 GB", "80000000000bit(GB)"),
        ("512 KiB", "4194304bit(KiB)"),
        ("500 Mbit/s", "500000000bit(Mbit)/s"),
        ("100/s", "100/s"),
        ("10 / s", "(/ 10 s)"),
        ("900 EUR/h", "900:EUR/h"),
        ("2026-03-01", "2026-03-01"),
        ("2026-03", "2026-03"),
        ("2026 - 03", "(- 2026 3)"),
        ("2026-03-01T10:00Z", "2026-03-01+36000000000000ns@0"),
        ("2026-03-01T00:00:01.5+02:00", "2026-03-01+1500000000ns@7200"),
        ("09:30", "clock:34200"),
        ("24:00", "clock:86400"),
        (r#""a \"b\"""#, r#""a \"b\"""#),
        ("true", "true"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn precedence_from_loose_to_tight() {
    for (text, expected) in [
        ("S where a or b", "(where S (or a b))"),
        ("a or b and c", "(or a (and b c))"),
        ("a and not b", "(and a (not b))"),
        ("not a == b", "(not (== a b))"),
        ("not a default b", "(not (default a b))"),
        ("share(p) > 5% default false", "(default (> (share p) 5%) false)"),
        ("a default b and c", "(and (default a b) c)"),
        ("a rounded to 0.01% <= b", "(<= (rounded a 0.01%) b)"),
        ("a during C rounded to 1", "(rounded (during a C) 1)"),
        ("elapsed(a, b) during not C <= 4 h", "(<= (during-not (elapsed a b) C) 4h)"),
        ("a except b during c pausing d at e", "(at (pausing (during (except a b) c) d) e)"),
        ("S during T where p", "(where (during S T) p)"),
        ("x in 1..2 + 3", "(in x (.. 1 (+ 2 3)))"),
        ("a - b - c", "(- (- a b) c)"),
        ("a + b * c", "(+ a (* b c))"),
        ("a * b of c", "(of (* a b) c)"),
        ("1 / 365 of c", "(of (/ 1 365) c)"),
        ("a of b * c", "(* (of a b) c)"),
        ("a + b of c", "(+ a (of b c))"),
        ("a of b of c", "(of a (of b c))"),
        ("-a of b", "(of (- a) b)"),
        ("10% of previous fee", "(of 10% (previous fee))"),
        ("previous monthly fee", "(previous (monthly fee))"),
        ("not has end", "(not (has end))"),
        ("has end and next == 5", "(and (has end) (== next 5))"),
        ("if a then b else c + 1", "(if a b (+ c 1))"),
        ("if a then b else if c then d else e", "(if a b (if c d e))"),
        ("(a or b) and c", "(and (or a b) c)"),
        ("Uptime breached", "(breached Uptime)"),
        (
            "Uptime breached 2 in a row or Speed breached 3 of last 6",
            "(or (breached Uptime 2 in a row) (breached Speed 3 of last 6))",
        ),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn calls_and_slots() {
    for (text, expected) in [
        ("now()", "(now)"),
        ("p99.9(requests, latency)", "(p99.9 requests latency)"),
        ("p95 + p1", "(+ p95 p1)"),
        ("max(0,5)", "(max 0 5)"),
        ("uptime(S, weight users, overlaps max)", "(uptime S weight: users overlaps: max)"),
        ("sum(S, weight - 1)", "(sum S (- weight 1))"),
        ("runs(s, lasting 5 min)", "(runs s lasting: 5min)"),
        ("runs(s, lasting more than 5 min)", "(runs s lasting: more than 5min)"),
        ("failures(last 6)", "(failures last: 6)"),
        ("overlap(S, by region, at least 2)", "(overlap S by: region at least: 2)"),
        ("Latency[fra, ams]", "Latency[fra ams]"),
        ("each 5 min of S { count() }", "(each 5min of S {(count)})"),
        ("each 5 min { count() default 0 }", "(each 5min {(default (count) 0)})"),
        ("each 5 min { count() default last }", "(each 5min {(count) last})"),
        ("each month of S { count() skip }", "(each Calendar of S {(count) skip})"),
        ("each rolling 1 h every 1 min of S { count() }", "(each Rolling of S {(count)})"),
        ("each region of S where a { count() }", "(each region of (where S a) {(count)})"),
        ("each (A or B) of S { count() }", "(each pieces (or A B) of S {(count)})"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn contextual_words_are_names_too() {
    for word in [
        "open", "at", "limit", "start", "end", "value", "target", "window", "weight", "last",
        "fee", "cap", "claim", "from", "for", "source",
    ] {
        let text = format!("source s: events {{ {word}: number }}");
        assert!(
            matches!(declaration(&text), Declaration::Source(source) if source.fields.len() == 1 && source.fields[0].name.text == word),
            "{word}"
        );
        assert_eq!(shown(&format!("share(s, {word} == 5)")), format!("(share s (== {word} 5))"));
    }
}

#[test]
fn declarations() {
    assert!(
        matches!(declaration("use std.web"), Declaration::Use(target) if matches!(&*target, UseTarget::Library(path) if path.text() == "std.web"))
    );
    assert!(
        matches!(declaration(r#"use "a.sla""#), Declaration::Use(target) if matches!(&*target, UseTarget::File(text) if text.value == "a.sla"))
    );
    assert!(
        matches!(declaration(r#"team Ops "Operations""#), Declaration::Party(party) if party.title.as_ref().unwrap().value == "Operations")
    );
    assert!(
        matches!(declaration("severity P1"), Declaration::Severity(titled) if titled.name.as_ref().unwrap().text == "P1")
    );
    assert!(matches!(declaration("unit case"), Declaration::Unit(_)));
    assert!(
        matches!(declaration("enum E: a | b | c"), Declaration::Enum(decl) if decl.values.len() == 3)
    );
    let Declaration::Fact(fact) = declaration("fact Plan: free | pro = free") else { panic!() };
    assert!(matches!(fact.ty.unwrap().kind, TypeKind::Values(values) if values.len() == 2));
    assert_eq!(some(&fact.default), "free");
    let Declaration::Table(table) = declaration(
        "table T(City, date) symmetric: duration { fra, 2026-01-01: 12 ms  ams, 2026-01-01: 5 ms }",
    ) else {
        panic!()
    };
    assert!(table.symmetric && table.keys.len() == 2 && table.rows.len() == 2);
    let Declaration::Metric(metric) =
        declaration("metric M(p: spans { a: time? }, t: time set) of s better lower = p")
    else {
        panic!()
    };
    assert_eq!(
        (metric.params.len(), metric.of.unwrap().text.as_str(), metric.higher_is_better.unwrap().0),
        (2, "s", false)
    );
    let Declaration::Source(source) = declaration(
        r#"source s: spans { w: spans of waits by ticket  m: money EUR  n: money  o: text } measured by "x""#,
    ) else {
        panic!()
    };
    let kinds: Vec<TypeKind> =
        source.fields.into_iter().map(|field| field.ty.unwrap().kind).collect();
    assert!(matches!(
        &kinds[..],
        [TypeKind::Link { .. }, TypeKind::Money(_), TypeKind::Named(_), TypeKind::Named(_)]
    ));
    assert_eq!(source.measured_by[0].value, "x");
}

#[test]
fn agreements_and_blocks() {
    let Declaration::Agreement(sla) =
        declaration("sla A \"t\" between B and any customer under X.Y { }")
    else {
        panic!()
    };
    assert!(matches!(sla.between, Some((Some(Side::Named(_)), Some(Side::Any(_))))));
    assert_eq!(sla.under.unwrap().text(), "X.Y");
    assert!(
        matches!(declaration("commitment A by B { }"), Declaration::Agreement(a) if a.by.as_ref().unwrap().text == "B")
    );
    assert!(
        matches!(declaration("requirement A of B { }"), Declaration::Agreement(a) if a.of.as_ref().unwrap().text == "B")
    );
    let Declaration::Amend(amend) = declaration("amend A from 2026-07-01 split windows { }") else {
        panic!()
    };
    assert_eq!(amend.boundary.unwrap().0, AmendBoundary::Split);
    assert!(
        matches!(declaration("package P { tier T extends S { } }"), Declaration::Package(p) if matches!(p.items[0].declaration(), Some(Declaration::Tier(t)) if t.extends.is_some()))
    );
}

#[test]
fn calendars() {
    let text =
        "calendar C { zone \"Z\" open mon..wed, sat 09:00..12:00, 13:00..17:00 open sun..tue open every day open sun 15:00..fri 17:00
        open first sun of month open last mon of may closed every dec 24..dec 26 \"x\" closed every dec 24..26 closed day -1 of month
        closed 2026-12-24 closed 2026-12-24..2026-12-31 }";
    let Declaration::Calendar(calendar) = declaration(text) else { panic!() };
    assert_eq!(calendar.zone.unwrap().value, "Z");
    let rules = calendar.rules;
    assert_eq!((rules[0].open, rules[0].hours.len()), (true, 2));
    assert!(matches!(rules[0].days, Days::Weekdays(0b010_0111)));
    assert!(matches!(rules[1].days, Days::Weekdays(0b100_0011)));
    assert!(matches!(rules[2].days, Days::Weekdays(0b111_1111)));
    assert!(matches!(rules[3].days, Days::Stretch { from: (6, _), to: (4, _) }));
    assert!(matches!(rules[4].days, Days::Nth { ordinal: 1, weekday: 6, month: None, .. }));
    assert!(matches!(rules[5].days, Days::Nth { ordinal: -1, weekday: 0, month: Some(5), .. }));
    assert!(matches!(rules[6].days, Days::Yearly { from: (12, 24), to: (12, 26), .. }));
    assert!(matches!(rules[7].days, Days::Yearly { from: (12, 24), to: (12, 26), .. }));
    assert!(matches!(rules[8].days, Days::MonthDay { day: -1, .. }));
    assert!(matches!(rules[9].days, Days::Dates(a, b, _) if a == b));
    assert!(matches!(rules[10].days, Days::Dates(a, b, _) if a.day == 24 && b.day == 31));
}

#[test]
fn objectives() {
    let text = "objective Speed of Shop: p95(r, l) <= 400 ms per quarter from feb during Business by region as g, plan where ok if Plan == pro at start
        from 2026-02-01 missing counts as met first window skipped kept here";
    let Statement::Objective(o) = statement(text) else { panic!() };
    assert!(o.full && o.kept_here.is_some());
    assert_eq!(
        (some(&o.metric), o.compare.unwrap().0, some(&o.target)),
        ("(p95 r l)".into(), Compare::AtMost, "400ms".into())
    );
    assert_eq!(o.window.unwrap().kind, WindowKind::Calendar(PeriodUnit::Quarter, Some(2)));
    assert_eq!((some(&o.during), some(&o.filter), o.by.len()), ("Business".into(), "ok".into(), 2));
    assert_eq!(
        (o.condition.unwrap().when.unwrap().0, o.missing, o.first),
        (FactWhen::AtStart, Some(Missing::Met), Some(FirstWindow::Skipped))
    );
    let Statement::Objective(o) = statement("objective Speed in 30%..60%") else { panic!() };
    assert!(!o.full && o.metric.is_none());
    assert_eq!((o.compare.unwrap().0, some(&o.target)), (Compare::In, "(.. 30% 60%)".into()));
    let Statement::Objective(o) =
        statement("objective Wait: elapsed(a, b) during not C >= 5 min per term")
    else {
        panic!()
    };
    assert_eq!(
        (some(&o.metric), o.window.unwrap().kind),
        ("(during-not (elapsed a b) C)".into(), WindowKind::Term)
    );
}

#[test]
fn windows() {
    let kind = |text: &str| match statement(&format!("objective X: a >= 1 per {text}")) {
        Statement::Objective(o) => o.window.unwrap().kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("month"), WindowKind::Calendar(PeriodUnit::Month, None));
    assert_eq!(kind("year from apr"), WindowKind::Calendar(PeriodUnit::Year, Some(4)));
    assert_eq!(kind("contract year"), WindowKind::Contract(PeriodUnit::Year));
    assert!(
        matches!(kind("fixed 30 days"), WindowKind::Fixed(p) if p.count == 30 && p.unit == PeriodUnit::Day)
    );
    assert!(
        matches!(kind("rolling 1 h every 5 min"), WindowKind::Rolling(r) if r.at.is_none() && r.length.unwrap().unit == PeriodUnit::Hour && r.every.unwrap().count == 5)
    );
    assert!(
        matches!(kind("rolling 365 days at claims"), WindowKind::Rolling(r) if r.every.is_none() && r.at.as_ref().unwrap().text == "claims")
    );
}

#[test]
fn support() {
    let text = "support on tickets per month during B pausing w for 95% of tickets misses 1 below 20 where c if F == v ever {
        P1 respond 1 h during always resolve by end of 2 working days update every 30 min per day }";
    let Statement::Support(s) = statement(text) else { panic!() };
    assert_eq!(
        (some(&s.on), some(&s.clauses.during), some(&s.clauses.pausing)),
        ("tickets".into(), "B".into(), "w".into())
    );
    assert_eq!((some(&s.clauses.share), some(&s.clauses.filter)), ("95%".into(), "c".into()));
    assert!(
        matches!(s.clauses.misses, Some((1, 20, _)))
            && s.clauses.condition.is_some()
            && s.clauses.window.is_some()
    );
    let cells = &s.rows[0].cells;
    assert!(
        matches!(&cells[0], Cell { kind: CellKind::Respond, limit: Some(CellLimit::Within(_)), clauses, .. } if clauses.during.is_some())
    );
    assert!(matches!(
        &cells[1],
        Cell { kind: CellKind::Resolve, limit: Some(CellLimit::EndOf(2)), .. }
    ));
    assert!(
        matches!(&cells[2], Cell { kind: CellKind::Update, clauses, .. } if clauses.window.is_some())
    );
}

#[test]
fn credits() {
    let text = "credit Late for P1.resolve, B on downtime(s) each row regardless { below target pay 10% at or below 2 pay 1 EUR plus 5% per started 1 h from zero
        above 3 extend 3 days over 3 pay 1 at or above 4 remedy \"r\" from 2 pay 2 in 1..2 pay 3 outside 1..2 pay 4 at or below 3 down to 2 pay 5 over 3 up to 4 pay 6 otherwise pay 7 } of previous fee cap 5 each row cap 6 per day if F at start pays worst";
    let Statement::Credit(c) = statement(text) else { panic!() };
    assert_eq!(
        (texts(&c.for_), some(&c.on), some(&c.base)),
        (
            vec!["P1.resolve".to_owned(), "B".to_owned()],
            "(downtime s)".into(),
            "(previous fee)".into()
        )
    );
    assert!(c.each_row.is_some() && c.regardless.is_some() && c.condition.is_some());
    assert_eq!(c.groups.unwrap().0, GroupPay::Worst);
    assert!(c.caps[0].each_row && c.caps[1].window.is_some());
    let lines = c.ladder.unwrap().lines;
    let edges: Vec<&str> = lines
        .iter()
        .map(|line| match &line.edge {
            Edge::Below(Some(_)) => "below",
            Edge::AtOrBelow(Some(_)) => "at or below",
            Edge::Above(Some(_)) => "above",
            Edge::AtOrAbove(Some(_)) => "at or above",
            Edge::From(Some(_)) => "from",
            Edge::In(Some(_)) => "in",
            Edge::Outside(Some(_)) => "outside",
            Edge::Otherwise => "otherwise",
            _ => "?",
        })
        .collect();
    assert_eq!(
        edges,
        [
            "below",
            "at or below",
            "above",
            "above",
            "at or above",
            "from",
            "in",
            "outside",
            "at or below",
            "above",
            "otherwise"
        ]
    );
    assert_eq!((some(&lines[8].until), some(&lines[9].until)), ("2".into(), "4".into()));
    let Some(Remedy::Pay(terms)) = &lines[1].pay else { panic!() };
    assert!(matches!(
        &terms[..],
        [PayTerm { step: None, .. }, PayTerm { step: Some(step), .. }]
            if matches!(**step, Step { count: Some(StepCount::Started), from: Some(StepFrom::Zero), .. })
    ));
    assert!(matches!(lines[2].pay, Some(Remedy::Extend(Some(ref e))) if dump::expr(e) == "3days"));
    assert!(matches!(&lines[4].pay, Some(Remedy::Text(Some(text))) if text.value == "r"));
    assert!(
        matches!(statement("bonus Speed { below 1 pay 3% } of fee"), Statement::Credit(c) if c.kind == CreditKind::Bonus)
    );
    assert!(
        matches!(statement("earn back Speed pay 3%"), Statement::Credit(c) if c.kind == CreditKind::EarnBack && c.pay.is_some())
    );
}

#[test]
fn money() {
    let Statement::Fee(fee) = statement("fee Setup 500 EUR once for Database from 2026-03-01")
    else {
        panic!()
    };
    assert!(
        fee.name.is_some()
            && fee.service.is_some()
            && fee.from.is_some()
            && matches!(fee.rhythm, Some(Rhythm::Once(_)))
    );
    let Statement::Fee(fee) = statement("fee 21 USD * seats per month") else { panic!() };
    assert_eq!((fee.name, some(&fee.amount)), (None, "(* 21:USD seats)".into()));
    assert!(
        matches!(statement("fee seats * 2 EUR per year"), Statement::Fee(fee) if fee.name.is_none())
    );
    assert!(
        matches!(statement("cap credits 100% of fee per month"), Statement::CapCredits(cap) if cap.window.is_some())
    );
    assert!(
        matches!(statement("credits elect of A, B"), Statement::Stacking(s) if s.elect && s.credits.len() == 2)
    );
    assert!(matches!(statement("minimum payout 1 USD"), Statement::MinimumPayout(_)));
    assert!(
        matches!(statement("benefit discount 5% on \"renewal\""), Statement::Benefit(b) if b.name.is_some() && b.amount.is_some() && b.text.is_some())
    );
    assert!(
        matches!(statement("benefit \"x\""), Statement::Benefit(b) if b.name.is_none() && b.amount.is_none() && b.text.is_some())
    );
}

#[test]
fn terms() {
    let Statement::Exclude(e) =
        statement("exclude works during Weekly as up limit 10 h per year notice 5 days from A, B")
    else {
        panic!()
    };
    assert_eq!(
        (some(&e.time), e.treat.unwrap().0, e.only.len()),
        ("(during works Weekly)".into(), Treat::Up, 2)
    );
    assert!(
        e.limit.is_some_and(|limit| limit.0.is_some() && limit.1.is_some()) && e.notice.is_some()
    );
    assert!(
        matches!(statement("ignore s where p from A"), Statement::Ignore(i) if i.only.len() == 1 && some(&i.rows) == "(where s p)")
    );
    let Statement::Claim(claim) =
        statement("claim Notice for U within 5 working days in B after start \"n\"")
    else {
        panic!()
    };
    assert!(
        matches!(claim.deadline, Some(ClaimDeadline::Within(p)) if p.unit == PeriodUnit::WorkingDay)
    );
    assert!(
        claim.name.is_some()
            && claim.calendar.is_some()
            && claim.evidence.is_some()
            && matches!(claim.anchor, Some(Anchor::Start))
    );
    assert!(matches!(
        statement("claim by end of 2nd month"),
        Statement::Claim(claim) if matches!(claim.deadline, Some(ClaimDeadline::EndOf(2, PeriodUnit::Month, _)))
    ));
    assert!(
        matches!(statement("terminate when U breached notice 30 days within 2 months \"t\""), Statement::Terminate(t) if t.notice.is_some() && t.within.is_some())
    );
    let Statement::Escalate(e) = statement("escalate P1 after 1 h to \"x\", after 4 h to Acme")
    else {
        panic!()
    };
    assert!(matches!(
        (&e.steps[0].to, &e.steps[1].to),
        (Some(EscalateTo::Text(_)), Some(EscalateTo::Party(_)))
    ));
    let Statement::Term(term) =
        statement("term from 2026-01-01 for 12 months, renews 1 year unless notice 30 days")
    else {
        panic!()
    };
    assert!(
        matches!(term.length, Some(TermLength::For(_)))
            && term.renews.is_some()
            && term.notice.is_some()
    );
    assert!(
        matches!(statement("term from 2026-01-01 to 2026-12-31"), Statement::Term(term) if matches!(term.length, Some(TermLength::To(_))))
    );
    assert!(
        matches!(statement("report every month within 5 working days in B \"x\""), Statement::Report(d) if d.within.is_some() && d.calendar.is_some())
    );
    assert!(matches!(statement("review every quarter"), Statement::Review(d) if d.every.is_some()));
    assert!(matches!(statement("satisfies A, B"), Statement::Satisfies(paths) if paths.len() == 2));
    assert!(
        matches!(statement("waive A.B because \"x\""), Statement::Waive(r) if r.because.is_some())
    );
    assert!(matches!(statement("relax A because \"x\""), Statement::Relax(_)));
    assert!(matches!(statement("drop A"), Statement::Drop(Some(_))));
    assert!(matches!(statement("zone \"Z\""), Statement::Zone(Some(_))));
    assert!(matches!(statement("hours A or B"), Statement::Hours(Some(_))));
    assert!(
        matches!(statement("package P.T follows"), Statement::PackageRef(p) if p.follows.is_some() && p.path.is_some())
    );
    assert!(matches!(statement("service A, B"), Statement::Services(paths) if paths.len() == 2));
    let Statement::Scope(items) = statement("scope { service A  includes \"x\"  excludes \"y\" }")
    else {
        panic!()
    };
    assert!(matches!(
        (items[1].statement(), items[2].statement()),
        (Some(Statement::Includes(Some(_))), Some(Statement::Excludes(Some(_))))
    ));
    assert!(matches!(
        statement("first window full"),
        Statement::FirstWindow(Some(FirstWindow::Full))
    ));
    assert!(matches!(
        statement("missing counts as breached"),
        Statement::Missing(Some(Missing::Breached))
    ));
    assert!(
        matches!(statement("fact F = pro from 2026-03-01"), Statement::Given(g) if g.from.is_some() && some(&g.value) == "pro")
    );
    assert!(
        matches!(statement("responsibility customer \"x\""), Statement::TextTerm(t) if t.name.as_ref().unwrap().text == "customer")
    );
    assert!(
        matches!(statement("allow unreached-line because \"x\""), Statement::Allow(a) if a.code.as_ref().unwrap().text == "unreached-line")
    );
    assert!(
        matches!(service_item("needs 2 of A, B, C"), ServiceItem::Needs(n) if n.least == Some(2) && n.services.len() == 3)
    );
    assert!(matches!(service_item("needs any A, B"), ServiceItem::Needs(n) if n.least == Some(1)));
    assert!(
        matches!(service_item("uses \"a\", \"b\""), ServiceItem::Uses(texts) if texts.len() == 2)
    );
    assert!(
        matches!(service_item("process \"p\" within 4 h"), ServiceItem::Process(p) if p.within.is_some())
    );
}

#[test]
fn tests_of_the_language() {
    let text = "test \"t\" { given A for C in 2026-03..2026-05 given in 2026-Q1 fact F = 1
        s { 2026-03-03T10:00 for 50 min a: 1 b: x  from 2026-01-01 to 2026-02-01 every 1 s a: 2 }
        expect U[eu] in 2026-03 breached, value 1..2, downtime 5 min
        expect credit 2 EUR, credit L 1 EUR, earn back 1 EUR, no credit, extend 3 days, remedy \"r\", claim N by 2026-04-05, terminate, no terminate
        expect m(a) no data, not in force, pending, met }";
    let Declaration::Test(test) = declaration(text) else { panic!() };
    assert!(
        test.given[0].agreement.is_some()
            && test.given[0].customer.is_some()
            && test.given[0].to.is_some()
    );
    assert!(matches!(test.given[1].from, Some(When::Quarter(2026, 1, _))));
    let rows = &test.rows[0].rows;
    assert_eq!(
        (rows.len(), rows[0].values.len(), rows[1].every.is_some(), rows[1].to.is_some()),
        (2, 2, true, true)
    );
    assert_eq!(some(&test.expects[0].subject), "U[eu]");
    assert!(matches!(
        test.expects[0].checks[..],
        [
            Check::Verdict(Verdict::Breached, _),
            Check::Value(Some(_), _),
            Check::Downtime(Some(_), _)
        ]
    ));
    let checks = &test.expects[1].checks;
    assert!(
        matches!(&checks[1], Check::Credit { name: Some(path), amount: Some(_), .. } if path.text() == "L")
    );
    assert!(matches!(&checks[2], Check::Credit { kind: CreditKind::EarnBack, .. }));
    assert!(matches!(&checks[3], Check::Credit { amount: None, .. }));
    assert!(matches!(
        &checks[4..],
        [
            Check::Extend(..),
            Check::Remedy(..),
            Check::Claim(Some(_), Some(_), _),
            Check::Terminate { wanted: true, .. },
            Check::Terminate { wanted: false, .. }
        ]
    ));
    assert_eq!(some(&test.expects[2].subject), "(m a)");
    assert!(matches!(test.expects[2].checks[0], Check::Verdict(Verdict::NoData, _)));
    assert!(matches!(test.expects[2].checks[1], Check::Verdict(Verdict::NotInForce, _)));
}

#[test]
fn places_leave_white_space_and_comments_out() {
    let text = "/// The\n/// doc\nmetric A = a + // why\n  b  // end\n\n";
    let metric = item(text);
    let at = |span: Span| text.get(span.start as usize..span.end as usize).unwrap();
    assert_eq!(at(metric.span), "metric A = a + // why\n  b");
    assert_eq!(at(metric.lead), "metric");
    assert_eq!(metric.doc.unwrap().value, "The\ndoc");
}

#[test]
fn statements_do_not_swallow_their_successors() {
    let count = |text: &str| match declaration(&format!("sla A between B and C {{ {text} }}")) {
        Declaration::Agreement(sla) => sla.items.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(count("exclude Weekly as absent exclude outages where p as up"), 2);
    assert_eq!(count("objective X: a >= 1 per month term from 2026-01-01 for 12 months"), 2);
    assert_eq!(count("credit X pay 10% of previous fee cap credits 5 EUR fee 5 EUR per month"), 3);
    assert_eq!(count("credit X { below 1 pay 1 } of fee remedy \"text\""), 2);
    assert_eq!(count("fee 5 EUR credits highest of A, B claim within 3 days"), 3);
}

/// The table of reserved words and the grammar's say the same.
#[test]
fn reserved_words_are_refused() {
    for word in words::RESERVED {
        let (_, found) = read(&format!("metric {word} = 1"));
        assert_eq!(
            found.iter().map(|finding| finding.code).collect::<Vec<_>>(),
            [Code::ReservedWord],
            "{word}"
        );
    }
}

/// A word that begins a part of a statement is never a unit of the number before it.
#[test]
fn parts_are_no_units() {
    let firsts =
        words::PARTS.iter().flat_map(|(_, parts)| *parts).filter_map(|part| part.split(' ').next());
    let mut units = Vec::new();
    for word in firsts
        .chain(words::STATEMENTS.iter().filter_map(|(word, _)| word.split(' ').next()))
        .filter(|word| *word != "day")
    {
        let (items, _) = read(&format!("metric A = 5 {word}"));
        let Some(Declaration::Metric(metric)) = items.first().and_then(Item::declaration) else {
            panic!("{word}")
        };
        let unit = matches!(
            metric.body.as_ref().map(|body| &body.kind),
            Some(ExprKind::Literal(Literal::Quantity(..)))
        );
        units.extend(unit.then_some(word));
    }
    assert!(units.is_empty(), "taken for units: {units:?}");
}

#[test]
fn detached_docs_beyond_those_shown_are_counted() {
    // A `;` between them keeps the 1000 comments apart; 100 can be shown.
    let text = "/// d\n;\n".repeat(1000);
    let scan = super::scan::Scan::new(&text, super::CHUNK);
    let (found, left_out) = super::raw::detached_docs(FileId::new(0), &text, &scan.trivia, &[]);
    assert_eq!((found.len(), left_out), (100, 900));
}
