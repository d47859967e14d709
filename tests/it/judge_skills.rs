//! Skills: tags, what a task needs, profiles and how they meet.

use floorwalk::{
    domain::text::Foreign,
    judge::skills::{Around, Clues, Match, Need, Profile, RawProfile, Tag, meet, needs},
};

fn tag(raw: &str) -> Tag {
    Tag::parse(raw).unwrap()
}

fn need(raw: &str, p: f64) -> Need {
    Need { tag: tag(raw), p, level: 2.0, hard: false, seen: String::new() }
}

fn profile(toml: &str) -> Profile {
    toml::from_str::<RawProfile>(toml).unwrap().check().unwrap()
}

fn around(mentor_free: bool) -> Around {
    Around { today: "2026-11-23".parse().unwrap(), mentor_free, intern: false }
}

const SAM: &str = r#"
avoid = ["domain:payments"]
[me]
handle = "sam"
tz = "Europe/Oslo"
hours_per_week = 20
lease_hours = 10
wip = 2
quiet = ["Fri 12:00-"]
agreement = { max_pct = 50, until = 2027-01-31 }
share = ["skills", "availability"]
[[skill]]
tag = "lang:python"
level = 4
interest = 1
[[skill]]
tag = "fw:pytorch"
level = 3
interest = 1
last = 2026-10-02
"#;

#[test]
fn tags_have_one_spelling() {
    for (raw, wanted) in [
        ("lang:Python", "lang:python"),
        ("py", "lang:python"),
        ("lang:cpp", "lang:c++"),
        ("Torch", "fw:pytorch"),
        ("docs", "practice:docs"),
    ] {
        assert_eq!(tag(raw).to_string(), wanted);
    }
    assert_eq!(tag("fw:pytorch").parents(), [tag("lang:python"), tag("domain:ml")]);
    assert_eq!(
        Tag::parse("practise:ci").unwrap_err(),
        "'practise:ci' is no skill: 'practise' is no facet; did you mean 'practice:'?"
    );
    assert!(Tag::parse("lang:").is_err() && Tag::parse("wibble").is_err());
}

#[test]
fn the_examples_of_the_model_come_out() {
    let wanted = [need("lang:python", 1.0), need("fw:pytorch", 0.7), need("practice:ci", 0.5)];
    let met = meet(&profile(SAM), &wanted, around(true));
    assert!((met.cover - 0.773).abs() < 0.0005, "{}", met.cover);
    let learner = format!("{SAM}[[skill]]\ntag = \"practice:ci\"\nlevel = 0\ninterest = 2\n");
    let met = meet(&profile(&learner), &wanted, around(true));
    assert!((met.cover - 0.909).abs() < 0.0005, "{}", met.cover);
    assert_eq!(met.tags[2].words(), "ci to learn");
    let alone = meet(&profile(&learner), &wanted, around(false));
    assert!((alone.cover - 0.773).abs() < 0.0005, "nobody learns without a mentor");
    let whole = 0.75 * met.cover + 0.15 * met.wish + 0.1 * met.recency;
    assert!((met.component.c() - whole).abs() < 1e-12);
}

#[test]
fn skills_fade_and_flow_down_from_what_they_are_part_of() {
    let old = profile("[[skill]]\ntag = \"py\"\nlevel = 4\nlast = \"2024-11-23\"\n");
    let of = |raw: &str| meet(&old, &[Need { level: 4.0, ..need(raw, 1.0) }], around(false)).tags[0].clone();
    assert!((of("lang:python").has - 2.4).abs() < 1e-9, "two years without use leave six tenths");
    let child = of("fw:pytorch");
    assert!((child.has - 1.68).abs() < 1e-9);
    assert_eq!(child.words(), "pytorch 1.7 of 4 through python");
    assert!((of("fw:transformers").has - 1.68).abs() < 1e-9, "the nearest parent counts");
    assert!(!child.in_use);
}

#[test]
fn nothing_needed_or_nothing_said_is_hardly_known() {
    for met in [meet(&profile(SAM), &[], around(true)), meet(&Profile::default(), &[need("py", 1.0)], around(true))] {
        assert_eq!((met.component.c(), met.component.k()), (0.5, 0.2));
    }
}

#[test]
fn what_is_required_gates_and_what_is_avoided_hides() {
    let hard = |raw: &str| Need { hard: true, ..need(raw, 1.0) };
    let met = meet(&profile(SAM), &[hard("rust"), hard("gpu"), need("domain:payments", 0.4)], around(true));
    assert_eq!((met.missing, met.avoided), (vec![tag("rust"), tag("gpu")], vec![tag("domain:payments")]));
    let intern = Around { intern: true, ..around(true) };
    let met: Match = meet(&profile(SAM), &[hard("rust"), hard("gpu")], intern);
    assert_eq!(met.missing, [tag("gpu")], "a mentor teaches, but gives no access");
}

#[test]
fn a_task_tells_what_it_needs_by_its_surest_source() {
    let labels: Vec<Foreign> = ["skill:rust!", "A-docs", "bug"].iter().map(|l| Foreign::from(*l)).collect();
    let (deps, topics) = (vec![Foreign::from("torch"), "build".into()], vec![Foreign::from("machine-learning")]);
    let languages = vec![(Foreign::from("Python"), 0.9), ("Shell".into(), 0.04), ("C++".into(), 0.06)];
    let mut clues =
        Clues { labels: &labels, dependencies: &deps, topics: &topics, languages: &languages, ..Clues::default() };
    let words = |clues: &Clues<'_>| {
        needs(clues)
            .iter()
            .map(|n| format!("{} {:.2}{}", n.tag, n.p, if n.hard { "!" } else { "" }))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        words(&clues),
        [
            "lang:rust 1.00!",
            "practice:docs 0.80",
            "fw:pytorch 0.70",
            "domain:ml 0.60",
            "lang:python 0.54",
            "lang:c++ 0.04"
        ]
    );
    clues.labels = &[];
    clues.dependencies = &[];
    clues.topics = &[];
    clues.title = "Cache in `.github/workflows/ci.yml` misses; see src/train.py";
    clues.body = "We use pytorch, and go to great lengths.";
    assert_eq!(
        words(&clues),
        ["lang:python 0.60", "practice:ci 0.50", "fw:pytorch 0.40"],
        "a path tells more than a share; 'go' is a word"
    );
}

#[test]
fn a_profile_is_read_whole_or_refused_with_every_mistake() {
    let sam = profile(SAM);
    assert_eq!((sam.hours_of_lease(), sam.skills.len(), sam.avoid.len()), (Some(10.0), 2, 1));
    assert_eq!(sam.agreed_until, Some("2027-01-31".parse().unwrap()));
    assert_eq!(sam.skills[1].last, Some("2026-10-02".parse().unwrap()));
    let wrong = "colour = 1\n[me]\nhours_per_weak = 3\nrole = \"boss\"\nquiet = [\"sometimes\"]\nagreement = { until = \"soon\" }\n\
                 [[skill]]\ntag = \"lang:rust\"\nlevel = 9\nlst = 1\n[[skill]]\ntag = \"langs:go\"\nlevel = 1\n";
    let found = toml::from_str::<RawProfile>(wrong).unwrap().check().unwrap_err();
    insta::assert_snapshot!(found.join("\n"));
}
