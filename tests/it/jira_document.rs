//! Documents of Atlassian's format as Markdown: every node and mark says what it said in Jira, and text stays text.

use std::time::{Duration, Instant};

use floorwalk::tracker::jira::document::{MAX_TEXT, adf, plain};
use serde_json::{Value, json};

fn doc(content: Value) -> Value {
    json!({ "version": 1, "type": "doc", "content": content })
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn marked(words: &str, marks: Value) -> Value {
    json!({ "type": "text", "text": words, "marks": marks })
}

fn para(content: Value) -> Value {
    json!({ "type": "paragraph", "content": content })
}

fn said(words: &str) -> Value {
    para(json!([text(words)]))
}

fn item(content: Value) -> Value {
    json!({ "type": "listItem", "content": content })
}

/// What is said of a case that comes out otherwise.
fn differs(case: &Value, got: &str, wanted: &str) -> Option<String> {
    (got != wanted).then(|| format!("{case}\n  got    {got:?}\n  wanted {wanted:?}"))
}

/// A document of these blocks.
fn blocks(content: Value) -> String {
    adf::markdown(&doc(content))
}

/// A paragraph of these pieces.
fn line(content: Value) -> String {
    blocks(json!([para(content)]))
}

#[test]
fn blocks_of_text_keep_their_shape() {
    let cases = [
        (json!([said("one"), said("two")]), "one\n\ntwo"),
        (json!([para(json!([])), said("after an empty one")]), "after an empty one"),
        (
            json!([{ "type": "heading", "attrs": { "level": 3 }, "content": [text("Steps")] }, said("x")]),
            "### Steps\n\nx",
        ),
        (
            json!([{ "type": "heading", "attrs": { "level": 99 }, "content": [text("Ends in #")] }]),
            "###### Ends in \\#",
        ),
        (json!([said("a"), { "type": "rule" }, said("b")]), "a\n\n---\n\nb"),
        (json!([{ "type": "blockquote", "content": [said("a"), said("b")] }]), "> a\n>\n> b"),
        (
            json!([{ "type": "codeBlock", "attrs": { "language": "rust" }, "content": [text("let a = \"```\";")] }]),
            "````rust\nlet a = \"```\";\n````",
        ),
        (json!([{ "type": "codeBlock", "content": [text("a\n\n  b\n")] }]), "```\na\n\n  b\n```"),
        (json!([{ "type": "codeBlock" }]), "```\n```"),
        (json!([{ "type": "codeBlock", "attrs": { "language": "x`\ny" }, "content": [text("a")] }]), "```\na\n```"),
        (
            json!([{ "type": "panel", "attrs": { "panelType": "warning" }, "content": [said("Mind the gap")] }]),
            "> **Warning:** Mind the gap",
        ),
        (
            json!([{ "type": "panel", "attrs": { "panelType": "info" }, "content": [{ "type": "rule" }] }]),
            "> **Info:**\n>\n> ---",
        ),
        (json!([{ "type": "panel", "attrs": { "panelType": "custom" }, "content": [said("plain")] }]), "> plain"),
        (json!([{ "type": "expand", "attrs": { "title": "Log" }, "content": [said("inside")] }]), "**Log**\n\ninside"),
        (json!([{ "type": "nestedExpand", "attrs": { "title": "" }, "content": [said("inside")] }]), "inside"),
        (
            json!([{ "type": "layoutSection", "content": [
                { "type": "layoutColumn", "attrs": { "width": 50 }, "content": [said("left")] },
                { "type": "layoutColumn", "attrs": { "width": 50 }, "content": [said("right")] },
            ] }]),
            "left\n\nright",
        ),
        (json!([{ "type": "bodiedSyncBlock", "content": [said("kept in step")] }]), "kept in step"),
        (json!([{ "type": "syncBlock", "attrs": { "resourceId": "x" } }]), "[synced block]"),
    ];
    let mut wrong = Vec::new();
    for (content, markdown) in cases {
        wrong.extend(differs(&content, &blocks(content.clone()), markdown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lists_keep_their_numbers_boxes_and_depth() {
    let inner = json!({ "type": "orderedList", "attrs": { "order": 4 }, "content": [item(json!([said("four")])), item(json!([said("five")]))] });
    let bullets = json!({ "type": "bulletList", "content": [item(json!([said("one"), inner])), item(json!([said("two"), said("more")])), item(json!([]))] });
    assert_eq!(blocks(json!([bullets])), "- one\n\n  4. four\n  5. five\n- two\n\n  more\n-");
    let tasks = json!({ "type": "taskList", "content": [
        { "type": "taskItem", "attrs": { "state": "DONE" }, "content": [text("read")] },
        { "type": "taskList", "content": [{ "type": "taskItem", "attrs": { "state": "TODO" }, "content": [text("write")] }] },
        { "type": "blockTaskItem", "attrs": { "state": "TODO" }, "content": [said("send")] },
    ] });
    assert_eq!(blocks(json!([tasks])), "- [x] read\n  - [ ] write\n- [ ] send");
    let decisions = json!({ "type": "decisionList", "content": [
        { "type": "decisionItem", "attrs": { "state": "DECIDED" }, "content": [text("use ADF")] },
        { "type": "decisionItem", "attrs": { "state": "UNDECIDED" }, "content": [text("when")] },
    ] });
    assert_eq!(blocks(json!([decisions])), "- **Decision:** use ADF\n- **Open:** when");
    let list = |words: &str| json!({ "type": "bulletList", "content": [item(json!([said(words)]))] });
    assert_eq!(blocks(json!([list("a"), list("b"), list("c")])), "- a\n\n* b\n\n- c", "they stay apart");
    assert_eq!(blocks(json!([list("[ ] no box")])), "- \\[ \\] no box");
    assert_eq!(blocks(json!([list("- - -")])), "- \\- - -");
    let ruled = json!({ "type": "bulletList", "content": [item(json!([{ "type": "rule" }]))] });
    assert_eq!(blocks(json!([ruled])), "- ___");
}

#[test]
fn tables_become_tables() {
    let cell = |kind: &str, content: Value| json!({ "type": kind, "attrs": {}, "content": content });
    let row = |cells: Value| json!({ "type": "tableRow", "content": cells });
    let simple = json!([{ "type": "table", "content": [
        row(json!([cell("tableHeader", json!([said("Name")])), cell("tableHeader", json!([said("Note")]))])),
        row(json!([cell("tableCell", json!([said("a|b")])), cell("tableCell", json!([said("one"), said("two")]))])),
        row(json!([cell("tableCell", json!([{ "type": "codeBlock", "content": [text("x | y")] }])), cell("tableCell", json!([]))])),
        row(json!([cell("tableCell", json!([said("c:\\a|b")]))])),
    ] }]);
    assert_eq!(
        blocks(simple),
        "| Name | Note |\n| --- | --- |\n| a\\|b | one / two |\n| `x \\| y` |  |\n| c:\\a&#124;b |"
    );
    let list = json!({ "type": "bulletList", "content": [item(json!([said("x")])), item(json!([said("y")]))] });
    let spans = json!([{ "type": "table", "content": [
        row(json!([{ "type": "tableHeader", "attrs": { "colspan": 2 }, "content": [said("wide")] }, cell("tableHeader", json!([said("c")]))])),
        row(json!([{ "type": "tableCell", "attrs": { "rowspan": 2 }, "content": [said("high")] }, cell("tableCell", json!([list])), cell("tableCell", json!([said("3")]))])),
        row(json!([cell("tableCell", json!([said("5")])), cell("tableCell", json!([said("6")]))])),
    ] }]);
    assert_eq!(blocks(spans), "| wide |  | c |\n| --- | --- | --- |\n| high | • x / • y | 3 |\n|  | 5 | 6 |");
    let wide = json!([{ "type": "table", "content": [row(json!([{ "type": "tableCell", "attrs": { "colspan": 1e18 }, "content": [said("x")] }]))] }]);
    assert!(blocks(wide).len() < 1_000);
}

#[test]
fn pieces_of_a_line_say_what_they_said() {
    let cases = [
        (json!([text("a"), { "type": "hardBreak" }, text("b")]), "a  \nb"),
        (
            json!([text("hi "), { "type": "mention", "attrs": { "id": "557058:x", "text": "@Bob Lee" } }, text("!")]),
            "hi @Bob Lee!",
        ),
        (json!([{ "type": "mention", "attrs": { "id": "557058:x" } }]), "@557058:x"),
        (json!([{ "type": "emoji", "attrs": { "shortName": ":tada:", "text": "🎉" } }]), "🎉"),
        (json!([{ "type": "emoji", "attrs": { "shortName": ":custom_one:" } }]), ":custom_one:"),
        (json!([{ "type": "date", "attrs": { "timestamp": "1764288000000" } }]), "2025-11-28"),
        (json!([{ "type": "date", "attrs": { "timestamp": 1764288000000_i64 } }]), "2025-11-28"),
        (json!([{ "type": "date", "attrs": { "timestamp": "soon" } }]), "[date]"),
        (json!([{ "type": "status", "attrs": { "text": "IN PROGRESS", "color": "blue" } }]), "[IN PROGRESS]"),
        (json!([{ "type": "placeholder", "attrs": { "text": "Say why" } }]), "[Say why]"),
        (json!([{ "type": "inlineCard", "attrs": { "url": "https://a.example/b_c_d" } }]), "<https://a.example/b_c_d>"),
        (
            json!([{ "type": "inlineCard", "attrs": { "data": { "url": "https://a.example/", "name": "A page" } } }]),
            "[A page](https://a.example/)",
        ),
        (json!([{ "type": "inlineCard", "attrs": {} }]), "[card]"),
        (json!([{ "type": "mediaInline", "attrs": { "id": "x", "alt": "log.txt" } }]), "[attachment: log.txt]"),
        (json!([{ "type": "confluenceJiraIssue", "attrs": { "issueKey": "ABC-1" } }]), "ABC-1"),
        (
            json!([{ "type": "inlineExtension", "attrs": { "extensionKey": "toc", "text": "contents" } }]),
            "[macro: toc] contents",
        ),
        (
            json!([text("a "), { "type": "unsupportedInline", "attrs": { "originalValue": { "type": "newThing", "text": "inside" } } }]),
            "a [unsupported: newThing] inside",
        ),
        (
            json!([{ "type": "confluenceUnsupportedInline", "attrs": { "cxhtml": "<b>" } }]),
            "[unsupported: confluenceUnsupportedInline]",
        ),
    ];
    let mut wrong = Vec::new();
    for (content, markdown) in cases {
        wrong.extend(differs(&content, &line(content.clone()), markdown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn media_cards_and_extensions_stay_visible() {
    let file =
        json!({ "type": "media", "attrs": { "type": "file", "id": "x", "collection": "", "alt": "screen.png" } });
    let web =
        json!({ "type": "media", "attrs": { "type": "external", "url": "https://a.example/x.png", "alt": "A graph" } });
    let cases = [
        (
            json!([{ "type": "mediaGroup", "content": [file, file] }]),
            "[attachment: screen.png]  \n[attachment: screen.png]",
        ),
        (
            json!([{ "type": "mediaSingle", "content": [web, { "type": "caption", "content": [text("Load")] }] }]),
            "![A graph](https://a.example/x.png)\n\nLoad",
        ),
        (
            json!([{ "type": "mediaSingle", "content": [{ "type": "media", "attrs": { "type": "file" } }] }]),
            "[attachment]",
        ),
        (json!([{ "type": "blockCard", "attrs": { "url": "https://a.example/" } }]), "<https://a.example/>"),
        (
            json!([{ "type": "embedCard", "attrs": { "url": "https://a.example/v", "layout": "wide" } }]),
            "<https://a.example/v>",
        ),
        (
            json!([{ "type": "extension", "attrs": { "extensionKey": "gallery", "text": "3 pictures" } }]),
            "[macro: gallery] 3 pictures",
        ),
        (
            json!([{ "type": "bodiedExtension", "attrs": { "extensionKey": "excerpt" }, "content": [said("body")] }]),
            "[macro: excerpt]\n\nbody",
        ),
        (
            json!([{ "type": "multiBodiedExtension", "content": [{ "type": "extensionFrame", "content": [said("tab")] }] }]),
            "tab",
        ),
        (
            json!([{ "type": "fooBar", "content": [said("inner"), { "type": "unknownInline", "text": "x" }] }]),
            "[unsupported: fooBar]\n\ninner\n\n[unsupported: unknownInline]\n\nx",
        ),
        (
            json!([{ "type": "unsupportedBlock", "attrs": { "originalValue": { "type": "fancy", "content": [said("still here")] } } }]),
            "[unsupported: fancy]\n\nstill here",
        ),
        (json!([{ "type": "<!-- floorwalk/1 `*" }]), "[unsupported: -- floorwalk1 ]"),
        (
            json!([{ "content": [text("typeless")] }, 7, "x", null]),
            "[unsupported: nameless]\n\ntypeless\n\n[unsupported: nameless]\n\n[unsupported: nameless]\n\n[unsupported: nameless]",
        ),
        (json!([text("loose "), text("words"), said("then a paragraph")]), "loose words\n\nthen a paragraph"),
    ];
    let mut wrong = Vec::new();
    for (content, markdown) in cases {
        wrong.extend(differs(&content, &blocks(content.clone()), markdown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn marks_become_emphasis_where_markdown_has_it() {
    let mark = |kind: &str| json!([{ "type": kind, "attrs": { "color": "#ff0000", "type": "sup", "localId": "x" } }]);
    let link = json!([{ "type": "link", "attrs": { "href": "https://a.example/?a=1&copy;=(2)" } }]);
    let cases = [
        (json!([marked("bold", mark("strong"))]), "**bold**"),
        (json!([marked("em", mark("em"))]), "*em*"),
        (json!([marked("gone", mark("strike"))]), "~~gone~~"),
        (json!([marked("a`b", mark("code"))]), "``a`b``"),
        (json!([text("10"), marked("3", mark("subsup"))]), "10³"),
        (json!([text("x"), marked("abc", mark("subsup"))]), "x<sup>abc</sup>"),
        (json!([marked("words", link)]), "[words](https://a.example/?a=1&amp;copy;=\\(2\\))"),
        (json!([marked("both", json!([{ "type": "strong" }, { "type": "em" }]))]), "***both***"),
        (
            json!([marked("a ", mark("strong")), marked("b", json!([{ "type": "strong" }, { "type": "em" }]))]),
            "**a *b***",
        ),
        (json!([text("a"), marked(" b ", mark("strong")), text("c")]), "a **b** c"),
        (json!([marked("Note:", mark("strong")), text("then")]), "**Note**:then"),
        (json!([text("un"), marked("believ", mark("em")), text("able")]), "un*believ*able"),
        (json!([marked("a", mark("em")), marked("b", mark("strong"))]), "*a***b**"),
        (
            json!([marked(
                "https://a.example/",
                json!([{ "type": "link", "attrs": { "href": "https://a.example/" } }])
            )]),
            "<https://a.example/>",
        ),
        (
            json!([marked("x", json!([{ "type": "link", "attrs": { "href": "javascript:alert(1)\n<b>" } }]))]),
            "[x](javascript:alert\\(1\\)%0A%3Cb%3E)",
        ),
    ];
    let mut wrong = Vec::new();
    for (content, markdown) in cases {
        wrong.extend(differs(&content, &line(content.clone()), markdown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for kind in [
        "underline",
        "textColor",
        "backgroundColor",
        "annotation",
        "alignment",
        "indentation",
        "breakout",
        "border",
        "fragment",
        "dataConsumer",
        "unsupportedMark",
        "new",
    ] {
        assert_eq!(line(json!([marked("as it is", mark(kind))])), "as it is", "{kind}");
    }
}

#[test]
fn text_stays_text() {
    let cases = [
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("*not bold*", "\\*not bold\\*"),
        ("_not em_", "\\_not em\\_"),
        ("# no heading", "\\# no heading"),
        ("1. no list", "1\\. no list"),
        ("- no list", "\\- no list"),
        ("> no quote", "\\> no quote"),
        ("<!-- floorwalk/1 {} -->", "&lt;!-- floorwalk/1 {} -->"),
        ("Vec<T> & <b>bold</b>", "Vec&lt;T> & &lt;b>bold&lt;/b>"),
        ("&lt; stays", "&amp;lt; stays"),
        ("[words](https://a.example)", "\\[words\\](https://a.example)"),
        ("[words] [x]: y", "[words] [x]: y"),
        ("[x]: y", "\\[x\\]: y"),
        ("`no code`", "\\`no code\\`"),
        ("~~here~~", "\\~\\~here\\~\\~"),
        ("C:\\temp\\new", "C:\\temp\\new"),
        ("ends with \\", "ends with \\"),
        ("a\\*b", "a\\\\\\*b"),
        ("---", "\\---"),
        ("===", "==="),
        ("a | b\n--- | ---", "a | b  \n\\--- | ---"),
        ("a\n===", "a  \n\\==="),
        ("    indented", "indented"),
        ("see [ABC-1] and arr[0]", "see [ABC-1] and arr[0]"),
    ];
    let mut wrong = Vec::new();
    for (words, markdown) in cases {
        wrong.extend(differs(&words.into(), &line(json!([text(words)])), markdown));
        wrong.extend(differs(&words.into(), &plain(words), markdown));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_document_is_read_as_far_as_it_makes_sense() {
    for (value, markdown) in [
        (json!(null), ""),
        (json!("*plain* words\nof version 2"), "\\*plain\\* words  \nof version 2"),
        (json!({}), "[unsupported: nameless]"),
        (json!([said("a row")]), "a row"),
        (json!({ "type": "doc" }), ""),
        (json!({ "type": "doc", "content": "no" }), ""),
        (json!(7), "[unsupported: nameless]"),
    ] {
        assert_eq!(adf::markdown(&value), markdown, "{value}");
    }
}

/// A document of `depth` such nodes in each other.
fn nested(kind: &str, depth: usize) -> Value {
    let mut value = said("at the bottom");
    for _ in 0..depth {
        // Moved in by hand: the macro would copy all of it each time.
        let node = [("type".to_owned(), kind.into()), ("content".to_owned(), Value::Array(vec![value]))];
        value = Value::Object(node.into_iter().collect());
    }
    value
}

fn in_time(value: &Value, most: Duration) -> String {
    let started = Instant::now();
    let markdown = adf::markdown(value);
    assert!(started.elapsed() < most, "{:?}", started.elapsed());
    assert!(markdown.len() <= MAX_TEXT + 200, "{}", markdown.len());
    markdown
}

/// Values are nested by hand, so that their depth is not bounded by a parser; a thread with room to drop them.
fn with_room(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(64 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn deep_documents_are_cut_where_it_is_seen() {
    with_room(|| {
        for kind in [
            "blockquote",
            "panel",
            "bulletList",
            "listItem",
            "table",
            "tableRow",
            "tableCell",
            "taskItem",
            "expand",
            "fooBar",
            "paragraph",
            "unsupportedInline",
            "text",
            "mediaSingle",
            "decisionItem",
        ] {
            let markdown = in_time(&nested(kind, 5_000), Duration::from_secs(5));
            assert!(!markdown.contains("at the bottom"), "{kind}");
            assert!(markdown.contains("cut: nested too deeply") || kind == "text", "{kind}: {markdown}");
        }
        assert!(in_time(&nested("blockquote", 40), Duration::from_secs(5)).ends_with("at the bottom"));
    });
}

#[test]
fn wide_and_long_documents_are_bounded() {
    let many = |node: Value, count: usize| doc(Value::Array(vec![node; count]));
    let long = "many words *and* [brackets] ".repeat(100_000);
    let rows = json!({ "type": "tableRow", "content": [{ "type": "tableCell", "attrs": { "colspan": 64, "rowspan": 64 }, "content": [] }] });
    let values = [
        doc(json!([said(&long)])),
        many(said(&"[".repeat(30_000)), 100),
        many(said(&"*a _b ".repeat(2_000)), 100),
        many(said(&"<".repeat(16_000)), 60),
        many(said("x"), 300_000),
        many(json!({ "type": "rule" }), 300_000),
        doc(json!([{ "type": "table", "content": vec![rows; 50_000] }])),
        doc(json!([{ "type": "codeBlock", "content": [text(&"\n".repeat(2_000_000))] }])),
        json!({ "type": "doc", "content": [{ "type": "blockquote", "content": [{ "type": "blockquote", "content": [{ "type": "codeBlock", "content": [text(&"\n".repeat(1_000_000))] }] }] }] }),
    ];
    for value in values {
        let markdown = in_time(&value, Duration::from_secs(20));
        assert!(markdown.contains("cut:") || markdown.len() < MAX_TEXT, "{}", markdown.len());
    }
}
