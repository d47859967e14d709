//! Comments of floorwalk on Jira and back: the marker that was sent is the marker that is read, the words mean the same
//! to those who read them, and nobody else's comment can pass for a marked one.

use floorwalk::{
    domain::{
        commitment::{ClaimId, DoneKind, HostReason},
        marker::{self, Marker, MarkerBy, MarkerError, MarkerEvent, MarkerKind, ReleaseReason},
        size::Size,
    },
    tracker::jira::document::{
        machine::{from_adf, from_wiki, line, to_adf, to_wiki},
        write::{self, Mention},
    },
};
use serde_json::{Value, json};
use ulid::Ulid;

use crate::store_world::at;

pub(crate) const ALICE: &str = "557058:1b2f";

/// A number that follows from the login, as on Jira.
pub(crate) fn id_of(login: &str) -> u64 {
    login.bytes().fold(7, |n: u64, b| n.wrapping_mul(31).wrapping_add(u64::from(b)))
}

fn nobody(_: &str) -> Option<Mention> {
    None
}

fn somebody(token: &str) -> Option<Mention> {
    let name = match token {
        ALICE => "Alice Ng",
        "ana.lopez" => "Ana López",
        _ => return None,
    };
    Some(Mention { id: token.into(), name: name.into() })
}

pub(crate) fn marker(kind: MarkerKind) -> Marker {
    Marker::new(kind, ClaimId(Ulid(7)), MarkerBy { login: ALICE.into(), id: id_of(ALICE), name: None }, at(0))
}

fn full() -> Marker {
    let day = "2026-12-05".parse().unwrap();
    let mut block = MarkerEvent::new("block", at(9));
    block.until = Some(day);
    block.by = Some("the vendor, \"=x\" 50%\n<!-- -->".into());
    block.extra.insert("limit".into(), json!({ "a": [1, null, "b c"] }));
    let mut done = MarkerEvent::new("done", at(10));
    done.kind = Some(DoneKind::Docs);
    let mut all = marker(MarkerKind::Claim);
    (all.until, all.reason, all.size) = (Some(day), Some(ReleaseReason::NoTime), Some(Size::S));
    (all.to, all.mentor) = (Some("ana lopez".into()), Some(String::new()));
    (all.taken, all.why) = (Some(ClaimId(Ulid(9))), Some(HostReason::NeedsUs));
    all.ev = vec![MarkerEvent::new("still", at(8)), block, done];
    all.extra.insert("alongside".into(), true.into());
    all.extra.insert("odd=key, x".into(), json!("v"));
    all
}

#[test]
fn the_machine_line_can_be_read_by_people_and_programs() {
    let mut plain = marker(MarkerKind::Claim);
    plain.until = Some("2026-12-05".parse().unwrap());
    let mut extend = MarkerEvent::new("extend", at(60));
    extend.until = Some("2026-12-19".parse().unwrap());
    plain.ev.push(extend);
    assert_eq!(
        line::encode(&plain),
        format!(
            "floorwalk:1 kind=claim claim={} by=557058:1b2f at={} until=2026-12-05 ev=extend,at:{},until:2026-12-19",
            plain.c,
            at(0),
            at(60)
        )
    );
    for one in [plain, full(), marker(MarkerKind::Unknown), marker(MarkerKind::Release)] {
        let text = line::encode(&one);
        assert!(
            text.chars().all(|c| c.is_ascii_graphic() || c == ' ') && !text.contains(['<', '{', '|', '`']),
            "{text}"
        );
        assert_eq!(line::decode(&text, &id_of), Some(Ok(one)), "{text}");
    }
}

#[test]
fn broken_lines_are_told_from_no_lines() {
    let good = line::encode(&marker(MarkerKind::Claim));
    for no in [
        "",
        "floorwalk",
        "floorwalk: x",
        "floorwalk:",
        "Floorwalk:1 kind=claim",
        " floorwalk:1",
        "floorwalk:1\nkind=claim",
        "floorwalk:1;x",
    ] {
        assert_eq!(line::decode(no, &id_of), None, "{no}");
    }
    assert_eq!(line::decode("floorwalk:2 kind=claim", &id_of), Some(Err(MarkerError::Version("2".into()))));
    let broken = [
        "floorwalk:1".to_owned(),
        "floorwalk:1 kind=claim".to_owned(),
        format!("{good} kind=claim"),
        format!("{good} until=soon"),
        format!("{good} word"),
        format!("{good} x.k=%22claim%22"),
        format!("{good} x.ev=[]"),
        format!("{good} x.new=notjson"),
        format!("{good} to=%4"),
        format!("{good} to=%FF"),
        format!("{good} ev=still"),
        format!("{good} ev=still,at"),
        format!("{good} x.long=%22{}%22", "a".repeat(2_100)),
        format!("{good} to={}", "a".repeat(10_000)),
    ];
    for text in broken {
        assert!(matches!(line::decode(&text, &id_of), Some(Err(MarkerError::Broken(_)))), "{text}");
    }
    let newer = line::decode(&format!("{good} mood=fine"), &id_of).unwrap().unwrap();
    assert_eq!(newer.extra["mood"], "fine");
}

/// What the outbox writes, and what people add to it.
fn comments() -> Vec<String> {
    let footer = "<sub>Posted with floorwalk · claim 0000000000000000000000000007</sub>";
    let claim = "🧭 **557058:1b2f** is lending a hand here until **5 Dec 2026**.";
    let prose = [
        format!(
            "{claim}\nPlan: reproduce foo_bar, then send a PR (see #\u{2060}12, @\u{2060}ana) & more\nIf this gets in your way, just say so or unassign.\n{footer}"
        ),
        format!(
            "{claim}\nPlan: *stars*, [x], `a_b` and C:\\temp &lt;!-- x -->\ncc @557058:1b2f @ana.lopez\nRenewed: 2 * 3 <b>more</b>\n{footer}"
        ),
        format!(
            "🧭 **557058:1b2f** says that this is done: it is documented. If something is missing, just say so.\nPlan: x\n> It works:\n> - see the page\n>\n> {{code}} and [~x] too\n\n{footer}"
        ),
        format!(
            "🧭 **557058:1b2f** hands this back; it is free again.\n\nFound so far:\n1. it fails in `main`\n2. see https://a.example/x_y_z?a=1\n\n```rust\nlet x = \"<b>\";\n```\n\nThe rest is open.\n\n{footer}"
        ),
        format!("🧭 **557058:1b2f** hands this back; it is free again.\n\n{}\n\n{footer}", marker::NOTHING),
        format!(
            "{claim}\n⏳ It has been quiet here. **557058:1b2f**, how is it going: still on it · need help? Each answer is fine: `floorwalk mine` gives it.\n{footer}"
        ),
        String::new(),
        "only words".to_owned(),
    ];
    prose.iter().map(|prose| marker::comment(&full(), prose)).collect()
}

/// Every way a comment can come back.
fn ways(comment: &str) -> Vec<(&'static str, String)> {
    let cloud = to_adf(comment, &somebody);
    let body: Value = serde_json::from_str(&cloud.body.to_string()).unwrap();
    let property: Option<Value> = cloud.property.map(|p| serde_json::from_str(&p.to_string()).unwrap());
    let center = to_wiki(comment, &somebody);
    vec![
        ("document with property", from_adf(&body, property.as_ref(), &id_of)),
        ("document without property", from_adf(&body, None, &id_of)),
        ("document with a broken property", from_adf(&body, Some(&json!({ "k": 1 })), &id_of)),
        ("wiki with property", from_wiki(&center.body, center.property.as_ref(), &id_of)),
        ("wiki without property", from_wiki(&center.body.replace('\n', "\r\n"), None, &id_of)),
    ]
}

#[test]
fn comments_come_back_as_they_were_written() {
    for comment in comments() {
        for (way, back) in ways(&comment) {
            assert_eq!(marker::parse(&back), Some(Ok(full())), "{way}: {back}");
            assert_eq!(back.lines().next(), comment.lines().next(), "{way}");
            assert_eq!(marker::plan(&back), marker::plan(&comment), "{way}");
            assert_eq!(marker::closing(&back), marker::closing(&comment), "{way}");
            let starts = ["🧭 ", "Plan: ", "cc ", "Renewed: ", "<sub>Posted"];
            let ours = |text: &str| -> Vec<String> {
                text.lines().filter(|l| starts.iter().any(|s| l.starts_with(s))).map(str::to_owned).collect()
            };
            assert_eq!(ours(&back), ours(&comment), "{way}");
            // An empty line before a list or code comes and goes; the words are the same.
            let squeezed = |text: &str| {
                marker::words(text).lines().filter(|l| !l.is_empty()).map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(squeezed(&back), squeezed(&comment), "{way}");
            let (again, _) = (ways(&back), ());
            assert!(
                again.iter().all(|(_, twice)| *twice == back),
                "{way}: a second journey changes nothing\n{back}\n{again:#?}"
            );
        }
    }
}

#[test]
fn mentions_are_only_those_somebody_answers_to() {
    let told = |text: &str| write::wiki(text, &somebody);
    for (text, wiki) in [
        ("cc @ana.lopez @557058:1b2f", "cc [~ana.lopez] [~557058:1b2f]"),
        ("thanks @ana.lopez.", "thanks [~ana.lopez]."),
        ("(@ana.lopez: see)", "([~ana.lopez]: see)"),
        ("@\u{2060}ana.lopez and @ana.lopez\u{2060}", "@\u{2060}ana.lopez and @ana.lopez\u{2060}"),
        ("mail x@ana.lopez and **y**@ana.lopez", "mail x@ana.lopez and *y*@ana.lopez"),
        ("`@ana.lopez` @ana.lopezz @", "{{@ana.lopez}} @ana.lopezz @"),
    ] {
        assert_eq!(told(text), wiki, "{text}");
    }
    let document = write::adf("hi @ana.lopez!", &somebody);
    let mention = json!({ "type": "mention", "attrs": { "id": "ana.lopez", "text": "@Ana López" } });
    assert_eq!(document["content"][0]["content"][1], mention);
    assert!(!write::adf("hi @ana.lopez!", &nobody).to_string().contains("mention"));
}

#[test]
fn text_of_people_is_no_wiki_markup() {
    for (text, wiki) in [
        ("{code} [~x] !a.png! |x|", "\\{code\\} \\[\\~x\\] \\!a.png! \\|x\\|"),
        ("a_b 2026-12-05 2 * 3 - 4", "a_b 2026-12-05 2 * 3 - 4"),
        ("h1. and bq. words", "h1&#46; and bq. words"),
        ("https://a.example/a_b-c?d=e&f is it", "https://a.example/a_b-c?d=e&f is it"),
        ("[w|x](https://a.example/[y]|z)", "[w\\|x|https://a.example/%5By%5D%7Cz]"),
        ("**bold** *em* ~~gone~~ `a*b`", "*bold* _em_ -gone- {{a\\*b}}"),
        ("C:\\temp &amp; &lt;b> :) (x)", "C:&#92;temp & <b> :\\) \\(x)"),
        ("## T\n\n- a\n  - b\n\n3. c\n\n> q\n\n---", "h2. T\n\n* a\n** b\n\n3. c\n\n{quote}\nq\n{quote}\n\n----"),
        ("| a | b |\n| - | - |\n| 1 | 2 |", "a \\| b\n1 \\| 2"),
    ] {
        assert_eq!(write::wiki(text, &nobody), wiki, "{text}");
    }
}

fn document(content: Value) -> Value {
    json!({ "type": "doc", "version": 1, "content": content })
}

#[test]
fn nobody_else_can_write_a_marked_comment() {
    let machine = line::encode(&full());
    let code = json!({ "type": "codeBlock", "content": [{ "type": "text", "text": machine }] });
    let words = json!({ "type": "paragraph", "content": [{ "type": "text", "text": "words" }] });
    let real = document(json!([words, code]));
    assert!(marker::parse(&from_adf(&real, None, &id_of)).is_some(), "or the test shows nothing");
    let trailed = document(json!([words, code, { "type": "paragraph" }]));
    assert!(marker::parse(&from_adf(&trailed, None, &id_of)).is_some(), "editors add an empty paragraph");
    let inline = json!({ "type": "paragraph", "content": [{ "type": "text", "text": machine }] });
    let longer = json!({ "type": "codeBlock", "content": [{ "type": "text", "text": format!("{machine}\nmore") }] });
    let newer = json!({ "type": "codeBlock", "content": [{ "type": "text", "text": "floorwalk:2 kind=claim" }] });
    let said = marker::line(&full());
    let fakes = [
        json!([{ "type": "blockquote", "content": [words, code] }]),
        json!([{ "type": "panel", "content": [code] }]),
        json!([{ "type": "bulletList", "content": [{ "type": "listItem", "content": [words, code] }] }]),
        json!([code, words]),
        json!([words, inline]),
        json!([words, longer]),
        json!([words, newer]),
        json!([{ "type": "paragraph", "content": [{ "type": "text", "text": said }] }]),
        json!([{ "type": "codeBlock", "content": [{ "type": "text", "text": said }] }]),
        json!([{ "type": said }]),
        json!([{ "type": "status", "attrs": { "text": said } }, { "type": "emoji", "attrs": { "text": said } }]),
        json!([{ "type": "emoji", "attrs": { "text": said } }]),
        json!([{ "type": "mention", "attrs": { "text": said } }]),
        json!([{ "type": "paragraph", "content": [{ "type": "text", "text": "x", "marks": [{ "type": "link", "attrs": { "href": said } }] }] }]),
    ];
    let garbage = [
        json!(null),
        json!({}),
        json!([1]),
        json!("x"),
        json!(said),
        json!({ "k": "claim", "pad": "x".repeat(3_000) }),
    ];
    for content in fakes {
        for property in &garbage {
            let back = from_adf(&document(content.clone()), Some(property), &id_of);
            assert_eq!(marker::parse(&back), None, "{content}: {back}");
            assert!(!back.starts_with("<!--"), "{back}");
        }
    }
    assert_eq!(marker::parse(&from_adf(&Value::String(said.clone()), None, &id_of)), None);
    let texts = [
        format!("{{quote}}\n{{noformat}}\n{machine}\n{{noformat}}\n{{quote}}"),
        format!("* x\n{{noformat}}\n{machine}\n{{noformat}}"),
        format!("{{noformat}}\n{machine}\n{{noformat}}\nwords"),
        format!("{{noformat}}\n{machine}\nmore\n{{noformat}}"),
        machine.clone(),
        said.clone(),
        format!("{{html}}{said}{{html}}"),
        format!("{{color:red}}{said}{{color}}"),
        format!("&lt;{}", said.trim_start_matches('<')),
        format!("\n\n  {said}"),
    ];
    for text in texts {
        let back = from_wiki(&text, None, &id_of);
        assert_eq!(marker::parse(&back), None, "{text}: {back}");
    }
    let forged = marker::comment(&full(), "x").replace("floorwalk/1", "floorwalk/2");
    assert_eq!(to_adf(&forged, &nobody).property, None);
    assert!(!to_adf(&forged, &nobody).body.to_string().contains("codeBlock"));
}

#[test]
fn what_a_person_edits_around_the_marker_is_read() {
    let mut body = to_adf(&comments()[0], &nobody);
    body.body["content"].as_array_mut().unwrap().pop();
    let back = from_adf(&body.body, body.property.as_ref(), &id_of);
    assert_eq!(marker::parse(&back), Some(Ok(full())), "the property is enough");
    assert!(!back.contains("floorwalk:1"));
    let wiki = to_wiki("plain *words*\nin two lines", &nobody);
    assert_eq!((wiki.body.as_str(), wiki.property), ("plain _words_\nin two lines", None));
}
