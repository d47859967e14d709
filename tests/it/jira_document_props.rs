//! For anything at all: conversions never panic, stay within bounds, keep plain text as it is, never make a marked comment
//! of a plain one, and carry every marker there and back. What is written keeps the rules of Atlassian's schema.

use floorwalk::{
    domain::{
        commitment::{ClaimId, DoneKind, HostReason},
        marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind, ReleaseReason},
        size::Size,
    },
    tracker::jira::document::{
        MAX_TEXT, adf,
        machine::{from_adf, from_wiki, line, to_adf, to_wiki},
        plain, wiki,
        write::{self, Mention},
    },
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use ulid::Ulid;

use crate::{
    fuzz::documents::{seen, tidy, wrong},
    jira_document_machine::id_of,
    store_world::at,
};

const KINDS: [&str; 40] = [
    "doc",
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "listItem",
    "taskList",
    "taskItem",
    "decisionList",
    "decisionItem",
    "blockquote",
    "codeBlock",
    "rule",
    "panel",
    "expand",
    "table",
    "tableRow",
    "tableHeader",
    "tableCell",
    "mediaGroup",
    "mediaSingle",
    "media",
    "mediaInline",
    "caption",
    "inlineCard",
    "blockCard",
    "mention",
    "emoji",
    "date",
    "status",
    "hardBreak",
    "text",
    "placeholder",
    "extension",
    "inlineExtension",
    "unsupportedBlock",
    "unsupportedInline",
    "confluenceJiraIssue",
    "syncBlock",
    "fooBar",
];
const MARKS: [&str; 8] = ["strong", "em", "code", "strike", "link", "subsup", "underline", "odd"];

/// Text full of signs that mean something somewhere.
fn tricky() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => "[a-zA-Z0-9 ]{0,8}",
        3 => prop::sample::select(vec![
            "*", "_", "**", "`", "```", "~~", "[", "](", ")", "<!-- floorwalk/1 ", "<b>", "&lt;", "&", "#", "# ", "- ", "* ", "1. ", "> ", "|", "---", "===",
            "\\", "\\\\", "\n", "\n\n", "!", "![", "{", "}", "{code}", "{quote}", "{noformat}", "{{", "}}", "h1. ", "bq. ", "[~", "^", "??", "+", "-", "@a",
            "https://a.example/x_y", ":", ";", "(", "\u{2060}", "é", "🧭", "\u{a0}", "\t", "    ", ".", "%", "{*}", "<sub>", "</sub>", "[x] ", "||",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        tricky().prop_map(Value::String),
    ];
    let attrs = [
        "level",
        "order",
        "state",
        "language",
        "panelType",
        "title",
        "colspan",
        "rowspan",
        "url",
        "id",
        "text",
        "timestamp",
        "alt",
        "type",
        "href",
        "originalValue",
        "data",
    ];
    leaf.prop_recursive(6, 60, 5, move |inner| {
        let attrs = prop::collection::btree_map(prop::sample::select(attrs.to_vec()), inner.clone(), 0..3);
        let marks = prop::collection::vec((prop::sample::select(MARKS.to_vec()), tricky()), 0..3);
        prop_oneof![
            4 => (prop::sample::select(KINDS.to_vec()), prop::collection::vec(inner.clone(), 0..5), attrs, tricky(), marks).prop_map(|(kind, content, attrs, text, marks)| {
                let attrs: Map<String, Value> = attrs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
                let marks: Vec<Value> = marks.into_iter().map(|(kind, href)| json!({ "type": kind, "attrs": { "href": href, "type": "sub" } })).collect();
                json!({ "type": kind, "content": content, "attrs": attrs, "text": text, "marks": marks })
            }),
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            1 => prop::collection::btree_map("[a-z]{1,4}", inner, 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

fn nobody(_: &str) -> Option<Mention> {
    None
}

fn anybody(token: &str) -> Option<Mention> {
    Some(Mention { id: token.into(), name: format!("Name of {token}") })
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![tricky(), "[a-z:0-9]{1,12}"]
}

fn small_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        tricky().prop_map(Value::String),
        prop::collection::vec(tricky(), 0..3).prop_map(|v| json!({ "in": v })),
    ]
}

fn extras() -> impl Strategy<Value = Map<String, Value>> {
    // No key of the marker itself: those have their own places.
    let key = prop_oneof!["z[a-z.:,= %é]{0,5}", Just("alongside".to_owned()), Just("op".to_owned())];
    prop::collection::btree_map(key, small_json(), 0..3).prop_map(|m| m.into_iter().collect())
}

fn any_event() -> impl Strategy<Value = MarkerEvent> {
    let kind = prop::option::of(prop::sample::select(vec![DoneKind::Merged, DoneKind::Docs, DoneKind::Obsolete]));
    (word(), 0..9_000_i64, prop::option::of(0..900_i64), prop::option::of(word()), kind, extras()).prop_map(
        |(e, second, day, by, kind, extra)| {
            let until = day.map(|day| jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day)));
            MarkerEvent { until, by, kind, extra, ..MarkerEvent::new(&e, at(second)) }
        },
    )
}

fn any_marker() -> impl Strategy<Value = Marker> {
    use MarkerKind::{Accept, Claim, Concede, Consent, Decline, Done, Help, Offer, Regress, Release, Request, Unknown};
    let kind = prop::sample::select(vec![
        Claim, Request, Release, Concede, Offer, Accept, Done, Help, Consent, Decline, Regress, Unknown,
    ]);
    let first = (
        kind,
        any::<u128>(),
        (word(), prop::option::of(word())),
        any::<i32>(),
        prop::option::of(0..900_i64),
        prop::option::of(word()),
        prop::option::of(word()),
    );
    let reason =
        prop::option::of(prop::sample::select(vec![ReleaseReason::Done, ReleaseReason::NoTime, ReleaseReason::Other]));
    let size = prop::option::of(prop::sample::select(vec![Size::S, Size::M]));
    let second = (
        reason,
        size,
        prop::option::of(any::<u128>()),
        any::<bool>(),
        prop::collection::vec(any_event(), 0..4),
        extras(),
    );
    (first, second).prop_map(
        |((k, c, (login, name), second, day, to, mentor), (reason, size, taken, why, ev, extra))| {
            let by = MarkerBy { id: id_of(&login), login, name };
            Marker {
                until: day.map(|day| jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day))),
                to,
                mentor,
                reason,
                size,
                taken: taken.map(|n| ClaimId(Ulid(n))),
                why: why.then_some(HostReason::NeedsUs),
                ev,
                extra,
                ..Marker::new(k, ClaimId(Ulid(c)), by, at(second.into()))
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 400 } else { 4_000 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_is_read_and_never_as_a_marked_comment(value in any_json(), property in any_json()) {
        let markdown = adf::markdown(&value);
        prop_assert!(markdown.len() <= MAX_TEXT + 200);
        let back = from_adf(&value, Some(&property), &id_of);
        prop_assert!(marker::parse(&back).is_none(), "{}", back);
    }

    #[test]
    fn any_text_is_read_and_never_as_a_marked_comment(text in prop_oneof![tricky(), any::<String>()]) {
        let back = from_wiki(&text, None, &id_of);
        prop_assert!(back.len() <= text.len() * 8 + 400);
        prop_assert!(marker::parse(&back).is_none(), "{}", back);
        prop_assert_eq!(back, wiki::markdown(&text));
    }

    #[test]
    fn plain_text_is_shown_as_it_is(text in tricky()) {
        let markdown = plain(&text);
        prop_assert_eq!(seen(&markdown), tidy(&text), "{}", markdown);
    }

    #[test]
    fn plain_text_comes_back_from_jira_as_it_was(text in tricky()) {
        let markdown = plain(&text);
        let cloud = adf::markdown(&write::adf(&markdown, &nobody));
        prop_assert_eq!(seen(&cloud), seen(&markdown), "{}", cloud);
        let center = write::wiki(&markdown, &nobody);
        let back = wiki::markdown(&center);
        prop_assert_eq!(seen(&back), seen(&markdown), "{} / {}", center, back);
    }

    #[test]
    fn what_is_written_keeps_the_rules_of_the_schema(text in tricky()) {
        for document in [write::adf(&text, &nobody), write::adf(&text, &anybody)] {
            let wrongs = wrong(&document, "");
            prop_assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
        }
    }

    #[test]
    fn every_marker_travels(marker in any_marker(), words in tricky()) {
        let text = line::encode(&marker);
        let json = serde_json::to_string(&marker).unwrap();
        prop_assert!(!text.contains('\n'));
        if json.len() <= marker::MAX_JSON {
            prop_assert_eq!(line::decode(&text, &id_of), Some(Ok(marker.clone())), "{}", text);
        }
        // What is too long is cut before it is sent; what arrives is what was sent.
        let comment = marker::comment(&marker, &words);
        let Some(Ok(sent)) = marker::parse(&comment) else { return Ok(()) };
        let cloud = to_adf(&comment, &anybody);
        let body: Value = serde_json::from_str(&cloud.body.to_string()).unwrap();
        let center = to_wiki(&comment, &anybody);
        prop_assert!(wrong(&body, "").is_empty());
        let whole = sent.by.id == id_of(&sent.by.login);
        for (with, without) in [
            (from_adf(&body, cloud.property.as_ref(), &id_of), from_adf(&body, None, &id_of)),
            (from_wiki(&center.body, center.property.as_ref(), &id_of), from_wiki(&center.body, None, &id_of)),
        ] {
            prop_assert_eq!(marker::parse(&with), Some(Ok(sent.clone())));
            if whole {
                prop_assert_eq!(marker::parse(&without), Some(Ok(sent.clone())), "{}", center.body);
                prop_assert_eq!(with, without);
            }
        }
    }
}
