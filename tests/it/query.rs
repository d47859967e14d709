//! The query language: what parses, what it prints as, and how mistakes are answered.

use floorwalk::{
    domain::{signal::SignalKind, size::Size},
    index::{
        Query,
        query::{Bounds, Dates, Day, FIELDS, Field, Group, Shape, Term, Value},
        rank::Sort,
    },
};
use proptest::prelude::*;

fn parse(text: &str) -> Query {
    Query::parse(text).unwrap_or_else(|e| panic!("{text:?}: {e:?}"))
}

fn text(field: Field, values: &[&str]) -> Term {
    Term { not: false, field, values: values.iter().map(|v| Value::Text((*v).into())).collect() }
}

fn range(field: Field, min: u32, max: Option<u32>) -> Term {
    Term { not: false, field, values: vec![Value::Range(Bounds { min, max })] }
}

#[test]
fn a_line_becomes_words_and_terms() {
    let query = parse(r#"signal:docs,ci limbo:>60d -label:"needs info" flaky "two words" -wip sort:quiet"#);
    assert_eq!(query.words, ["flaky", "two words"]);
    assert_eq!(query.without, ["wip"]);
    assert_eq!(query.sort, Some(Sort::Quiet));
    assert_eq!(
        query.terms,
        [
            text(Field::Signal, &["docs", "ci"]),
            range(Field::Quiet, 61, None),
            Term { not: true, ..text(Field::Label, &["needs info"]) },
        ]
    );
    assert_eq!(parse(""), Query::default());
    assert_eq!(parse("  \t "), Query::default());
}

#[test]
fn every_field_is_found_by_all_its_names_and_its_examples_parse() {
    let mut names = std::collections::HashSet::new();
    for row in FIELDS {
        assert_eq!(row.field.info().name, row.name);
        for name in std::iter::once(&row.name).chain(row.aliases) {
            assert!(names.insert(*name), "{name} twice");
            assert_eq!(Field::by_name(&name.to_uppercase()), Some(row.field));
        }
        assert!(!row.examples.is_empty() && !row.summary.is_empty());
        for example in row.examples {
            let query = parse(example);
            assert!(
                query.terms.first().map(|t| t.field).or(query.sort.map(|_| Field::Sort)) == Some(row.field),
                "{example} is no example of {}",
                row.name
            );
        }
        if let Shape::Words(words) = row.shape {
            for word in words {
                parse(&format!("{}:{word}", row.name));
            }
        }
    }
}

#[test]
fn listed_words_are_the_words_of_the_types() {
    let words = |field: Field| match field.info().shape {
        Shape::Words(words) => words.to_vec(),
        _ => panic!("{field:?} has no list"),
    };
    assert_eq!(words(Field::Signal), SignalKind::ALL.map(SignalKind::word));
    assert_eq!(words(Field::Sort), Sort::ALL.map(Sort::word));
    assert_eq!(words(Field::Size), [Size::XS, Size::S, Size::M, Size::L].map(|s| s.word().to_lowercase()));
    assert_eq!(words(Field::Has), words(Field::No), "what can be there can be missing");
}

#[test]
fn times_and_counts() {
    let cases = [
        ("quiet:>60d", (61, None)),
        ("quiet:>=60d", (60, None)),
        ("quiet:60", (60, None)),
        ("limbo:2w", (14, None)),
        ("age:<2w", (0, Some(13))),
        ("age:<=1y", (0, Some(365))),
        ("age:1m..1y", (30, Some(365))),
        ("age:..90d", (0, Some(90))),
        ("age:90d..*", (90, None)),
        ("comments:3", (3, Some(3))),
        ("comments:0..", (0, None)),
        ("reactions:>5", (6, None)),
        ("reactions:1..1", (1, Some(1))),
    ];
    for (line, (min, max)) in cases {
        let Value::Range(bounds) = &parse(line).terms[0].values[0] else { panic!("{line}") };
        assert_eq!((bounds.min, bounds.max), (min, max), "{line}");
    }
    for wrong in [
        "age:>",
        "age:x",
        "age:5q",
        "age:..",
        "age:9d..2d",
        "age:<0",
        "comments:-1",
        "comments:2w",
        "age:>4294967295",
        "age:99999999y",
    ] {
        let error = Query::parse(wrong).unwrap_err();
        assert_eq!(wrong.get(error.span.clone()), wrong.split_once(':').map(|(_, value)| value), "{wrong}: {error:?}");
    }
}

#[test]
fn what_only_looks_like_a_field_is_a_word() {
    for line in ["std::vec", "https://x.y/z", "12:30", ":", "a.b:c", "-"] {
        assert_eq!(parse(line).words, [line], "{line}");
    }
    assert_eq!(parse("gh:acme/app#12").terms, [text(Field::Key, &["gh:acme/app#12"])]);
    assert_eq!(parse("acme/app#12").words, ["acme/app#12"]);
    assert_eq!(parse("\"signal:docs\"").words, ["signal:docs"]);
    assert_eq!(parse("\"open end").words, ["open end"]);
}

#[test]
fn mistakes_point_at_their_place_and_name_the_nearest() {
    let cases = [
        ("flaky signl:docs", "signl", Some("signal")),
        ("lable:x", "lable", Some("label")),
        ("auther:ana", "auther", Some("author")),
        ("signal:stale,dcos", "dcos", Some("docs")),
        ("is:fre", "fre", Some("free")),
        ("sort:newst", "newst", Some("newest")),
        ("state:opne", "opne", Some("open")),
        ("zzzzzz:1", "zzzzzz", None),
        ("x signal:", "signal:", None),
        ("label:,", "label:,", None),
        ("-sort:key", "-sort:key", None),
        ("sort:key,best", "sort:key,best", None),
        ("sort:newst-asc", "newst-asc", Some("newest")),
        ("has:asignee", "asignee", Some("assignee")),
        ("(a or lable:x)", "lable", Some("label")),
        ("flaky )", ")", None),
        ("a (b or c)) d", ")", None),
        ("flaky () x", "()", None),
        ("x -( ) y", "-( )", None),
        ("label:(a,b)", "(a,b)", None),
        ("a or is:finding", "is:finding", None),
        ("created:7d", "7d", Some("-7d")),
        ("created:>2w", ">2w", Some("-2w")),
        ("due:2026-13-01", "2026-13-01", None),
        ("updated:", "updated:", None),
    ];
    for (line, place, nearest) in cases {
        let error = Query::parse(line).unwrap_err();
        assert_eq!(line.get(error.span.clone()), Some(place), "{line}");
        assert_eq!(error.suggestion.as_deref(), nearest, "{line}: {error}");
        assert_eq!(error.sentence().contains("did you mean"), nearest.is_some());
    }
    let error = Query::parse("is:\u{1b}[2J").unwrap_err();
    assert!(!error.message.contains('\u{1b}') && error.message.contains("free"), "{error}");
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        "[ -~]{1,10}",
        "\\PC{1,6}",
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("-x,y".to_owned())
    ]
}

fn any_day() -> impl Strategy<Value = Day> {
    prop_oneof![
        (0..9999_i16, 1..=12_i8, 1..=28_i8).prop_map(|(y, m, d)| Day::On(jiff::civil::date(y, m, d))),
        (-5000..5000_i32).prop_map(Day::In),
        (-2..=2_i32).prop_map(Day::In),
    ]
}

/// Ranges that can be true: a beginning, an end, or both in this order.
fn any_dates() -> impl Strategy<Value = Dates> {
    let both = |a: &Day, b: &Day| match (a, b) {
        (Day::On(a), Day::On(b)) => a <= b,
        (Day::In(a), Day::In(b)) => a <= b,
        _ => true,
    };
    prop_oneof![
        any_day().prop_map(|day| Dates { from: Some(day), to: None }),
        any_day().prop_map(|day| Dates { from: None, to: Some(day) }),
        any_day().prop_map(|day| Dates { from: Some(day), to: Some(day) }),
        (any_day(), any_day())
            .prop_filter("in order", move |(a, b)| both(a, b))
            .prop_map(|(a, b)| Dates { from: Some(a), to: Some(b) }),
    ]
}

fn any_part() -> impl Strategy<Value = Query> {
    let words = proptest::collection::vec(any_text(), 0..3);
    let without = proptest::collection::vec(any_text(), 0..2);
    let parts = (words, without, proptest::collection::vec(any_term(), 0..3));
    parts.prop_map(|(words, without, terms)| Query { words, without, terms, ..Query::default() })
}

/// Groups as the parser makes them: each alternative finds something by itself, and there is a choice or a minus.
fn any_group() -> impl Strategy<Value = Group> {
    let leaf = any_part().prop_filter("not empty", |part| !part.is_empty());
    let tree = leaf.prop_recursive(3, 8, 2, |inner| {
        (any_part(), proptest::collection::vec((any::<bool>(), proptest::collection::vec(inner, 1..3)), 1..3)).prop_map(
            |(mut part, groups)| {
                part.groups = groups.into_iter().map(|(not, any)| Group { not: not || any.len() == 1, any }).collect();
                part
            },
        )
    });
    (any::<bool>(), proptest::collection::vec(tree, 1..3))
        .prop_map(|(not, any)| Group { not: not || any.len() == 1, any })
}

fn finds_findings(query: &Query) -> bool {
    query.to_string().contains("finding")
}

fn any_term() -> impl Strategy<Value = Term> {
    let values = |info: &'static floorwalk::index::query::FieldInfo| -> BoxedStrategy<Value> {
        match info.shape {
            Shape::Words(words) => proptest::sample::select(words).prop_map(|w| Value::Text(w.into())).boxed(),
            Shape::Text => any_text().prop_map(Value::Text).boxed(),
            Shape::Days | Shape::Count | Shape::Points => (0..9999_u32, proptest::option::of(0..9999_u32))
                .prop_map(|(min, more)| Value::Range(Bounds { min, max: more.map(|m| min + m) }))
                .boxed(),
            Shape::Dates => any_dates().prop_map(Value::Dates).boxed(),
        }
    };
    let fields: Vec<_> = FIELDS.iter().filter(|f| f.field != Field::Sort).collect();
    (proptest::sample::select(fields), any::<bool>()).prop_flat_map(move |(info, not)| {
        proptest::collection::vec(values(info), 1..4).prop_map(move |values| Term { not, field: info.field, values })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_query_reads_back_as_itself(
        words in proptest::collection::vec(any_text(), 0..4),
        without in proptest::collection::vec(any_text(), 0..3),
        terms in proptest::collection::vec(any_term(), 0..4),
        groups in proptest::collection::vec(any_group(), 0..2),
        sort in proptest::option::of(proptest::sample::select(Sort::ALL.to_vec())),
        reversed in any::<bool>(),
    ) {
        let query = Query { words, without, terms, groups, sort, reversed: reversed && sort.is_some() };
        prop_assume!(!query.groups.iter().flat_map(|g| &g.any).any(finds_findings));
        let line = query.to_string();
        prop_assert_eq!(Query::parse(&line), Ok(query), "printed as {:?}", line);
    }

    #[test]
    fn no_line_panics_and_errors_point_into_it(line in prop_oneof![
        "\\PC{0,30}",
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(vec![
            "signal:", "-", "\"", ",", ":", "label:", "\\", " ", "docs", "é", "quiet:", ">", "..", "<", "9", "d", "sort:", "gh:a/b#1",
            "(", ")", " or ", "-(", "created:", "2026-01-01", "-7d", "pts:", "0.5", "OR", "and",
        ]), 0..12).prop_map(|p| p.concat()),
    ]) {
        match Query::parse(&line) {
            Ok(query) => prop_assert_eq!(Query::parse(&query.to_string()), Ok(query)),
            Err(error) => {
                prop_assert!(line.get(error.span.clone()).is_some_and(|s| !s.is_empty()), "{:?}", error);
                prop_assert!(!error.message.is_empty());
                prop_assert!(!error.sentence().chars().any(char::is_control));
            }
        }
    }
}

#[test]
fn alternatives_and_parentheses_make_a_tree() {
    let part = |line: &str| parse(line);
    let group = |not, any: &[&str]| Group { not, any: any.iter().map(|line| parse(line)).collect() };
    let query = parse("signal:ci flaky or label:bug -draft");
    assert_eq!(query.groups, [group(false, &["signal:ci flaky", "label:bug -draft"])]);
    assert_eq!((query.terms.len(), query.words.len()), (0, 0));
    let query = parse("is:free (flaky or (slow or label:x)) -(team:web label:bug) sort:updated-asc");
    assert_eq!(query.terms, part("is:free").terms);
    assert_eq!(query.groups[1], group(true, &["team:web label:bug"]));
    assert_eq!(query.groups[0].any[1].groups, [group(false, &["slow", "label:x"])]);
    assert_eq!((query.sort, query.reversed), (Some(Sort::Updated), true));
    assert_eq!(
        query.to_string(),
        "is:free sort:updated-asc (flaky or (slow or label:x)) -(team:web label:bug)",
        "as a person would write it"
    );
    // Parentheses that change nothing leave no trace.
    assert_eq!(parse("((is:free) (flaky and slow))"), parse("is:free flaky slow"));
    assert_eq!(parse("(sort:key a OR b)").sort, Some(Sort::Key));
    assert_eq!(parse("(flaky (is:free)"), parse("flaky is:free"), "what is still open ends with the line");
    assert_eq!((parse("a or"), parse("a and"), parse("(")), (parse("a"), parse("a"), Query::default()));
    assert_eq!(parse("or").words, ["or"]);
    assert_eq!(parse("\"a\" or \"or\"").groups[0].any[1].words, ["or"]);
    assert_eq!(parse("foo(bar) fn(a,b)").words, ["foo(bar)", "fn(a,b)"], "a parenthesis inside a word is part of it");
    assert_eq!(parse("(foo(bar) or x)").groups[0].any[0].words, ["foo(bar)"]);
    let deep = "(".repeat(100_000);
    assert!(Query::parse(&deep).unwrap_err().message.contains("32 parentheses"), "no stack is exhausted");
}

#[test]
fn two_queries_together_keep_both_and_the_later_order() {
    let view = parse("is:free or label:help sort:quiet");
    let both = view.clone().and(parse("flaky -draft"));
    assert_eq!(both, parse("(is:free or label:help) flaky -draft sort:quiet"));
    assert_eq!(view.and(parse("sort:key-desc")).to_string(), "sort:key-desc (is:free or label:help)");
}

#[test]
fn days_of_the_calendar() {
    let today = jiff::civil::date(2026, 6, 1);
    let meant = |line: &str| {
        let Value::Dates(dates) = parse(line).terms[0].values[0] else { panic!("{line}") };
        let ends = dates.ends(today);
        let shown = |day: Option<jiff::civil::Date>| day.map(|d| d.to_string()).unwrap_or_default();
        format!("{}..{}", shown(ends.start), shown(ends.end))
    };
    let cases = [
        ("created:>=2026-01-01", "2026-01-01.."),
        ("created:>2026-01-31", "2026-02-01.."),
        ("created:<2026-01-01", "..2025-12-31"),
        ("created:2026-01-01..2026-03-31", "2026-01-01..2026-03-31"),
        ("created:2026-02-28", "2026-02-28..2026-02-28"),
        ("updated:<-7d", "..2026-05-24"),
        ("updated:>=-7d", "2026-05-25.."),
        ("updated:-2w", "2026-05-18.."),
        ("updated:today", "2026-06-01..2026-06-01"),
        ("updated:yesterday", "2026-05-31..2026-05-31"),
        ("due:+2w", "..2026-06-15"),
        ("due:<@today", "..2026-05-31"),
        ("due:today..+1m", "2026-06-01..2026-07-01"),
        ("closed:-1y..*", "2025-06-01.."),
        ("closed:2026-01-01..-1w", "2026-01-01..2026-05-25"),
        ("created:>=-99999y", "-009999-01-01.."),
    ];
    for (line, days) in cases {
        assert_eq!(meant(line), days, "{line}");
        assert_eq!(parse(&parse(line).to_string()), parse(line), "{line}");
    }
    let wrong = ["..", "*..*", "2026-3-1", ">", "-7", "+", "-d", "2026-02-30", "9d..2d", ">9999-12-31", "<0000-01-01"];
    for wrong in wrong.into_iter().chain(["2026-03-01..2026-01-01", "2026-01-01T00:00", "-99999999999d"]) {
        let error = Query::parse(&format!("created:{wrong}")).unwrap_err();
        assert_eq!(error.span, 8..8 + wrong.len(), "{wrong}: {error:?}");
    }
}

#[test]
fn points_have_hundredths() {
    let of = |line: &str| match parse(line).terms[0].values[0] {
        Value::Range(Bounds { min, max }) => (min, max),
        _ => panic!("{line}"),
    };
    assert_eq!(of("pts:3"), (300, Some(300)));
    assert_eq!(of("pts:>2.5"), (251, None));
    assert_eq!(of("points:0.5..2"), (50, Some(200)));
    assert_eq!(parse("pts:0.5..2.25").to_string(), "points:0.5..2.25");
    for wrong in ["x", "1.234", "1.", ".5", "-1", "1,5,x", "99999999999"] {
        assert!(Query::parse(&format!("pts:{wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn orders_have_a_direction_and_other_names() {
    let of = |line: &str| (parse(line).sort.unwrap(), parse(line).reversed);
    assert_eq!(of("sort:updated"), of("sort:updated-desc"));
    assert_eq!(of("sort:created-asc"), (Sort::Newest, true));
    assert_eq!(of("sort:score"), (Sort::Best, false));
    assert_eq!(of("sort:key-asc"), (Sort::Key, false));
    assert_eq!(of("sort:KEY-DESC"), (Sort::Key, true));
    for sort in Sort::ALL {
        assert_eq!(of(&format!("sort:{}", sort.word_for(true))), (sort, true));
    }
}
