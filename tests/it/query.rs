//! The query language: what parses, what it prints as, and how mistakes are answered.

use floorwalk::{
    domain::signal::SignalKind,
    index::{
        Query,
        query::{Bounds, FIELDS, Field, Shape, Term, Value},
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

fn any_term() -> impl Strategy<Value = Term> {
    let values = |info: &'static floorwalk::index::query::FieldInfo| -> BoxedStrategy<Value> {
        match info.shape {
            Shape::Words(words) => proptest::sample::select(words).prop_map(|w| Value::Text(w.into())).boxed(),
            Shape::Text => any_text().prop_map(Value::Text).boxed(),
            Shape::Days | Shape::Count => (0..9999_u32, proptest::option::of(0..9999_u32))
                .prop_map(|(min, more)| Value::Range(Bounds { min, max: more.map(|m| min + m) }))
                .boxed(),
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
        sort in proptest::option::of(proptest::sample::select(Sort::ALL.to_vec())),
    ) {
        let query = Query { words, without, terms, sort };
        let line = query.to_string();
        prop_assert_eq!(Query::parse(&line), Ok(query), "printed as {:?}", line);
    }

    #[test]
    fn no_line_panics_and_errors_point_into_it(line in prop_oneof![
        "\\PC{0,30}",
        any::<String>(),
        proptest::collection::vec(proptest::sample::select(vec![
            "signal:", "-", "\"", ",", ":", "label:", "\\", " ", "docs", "é", "quiet:", ">", "..", "<", "9", "d", "sort:", "gh:a/b#1",
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
