//! Sets of rows, kept orders and counts by runs against the plainest possible search: look at every row, keep, sort, count.

use std::{cmp::Reverse, collections::HashMap, sync::LazyLock};

use floorwalk::{
    domain::{
        person::Login,
        planning::{Planning, Points},
        signal::SignalKind,
        size::Size,
        task::TaskState,
        time::Now,
    },
    index::{
        LeftOut, Query, Row, Snapshot,
        filter::{Hits, search},
        rank::Sort,
    },
    judge::{
        score::{
            Preset, Weights, estimate,
            list::{Seed, Why, draw, vary},
        },
        signal::{is_held_back, label::Dictionary},
    },
    store::MarkKind,
};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::bench_world as world;

/// A small list, and one that is longer than what is put in order at once. Some tasks are closed, as where somebody was
/// committed to them.
static LISTS: LazyLock<[Snapshot; 2]> = LazyLock::new(|| [list(300), list(9_000)]);

fn list(tasks: u64) -> Snapshot {
    let mut all = world::everything(tasks, 99);
    for (at, task) in all.tasks.iter_mut().enumerate() {
        task.state = match at % 41 {
            7 => TaskState::Closed,
            9 => TaskState::NotPlanned,
            _ => TaskState::Open,
        };
        task.closed_at = (task.state != TaskState::Open).then_some(task.updated_at);
        // Letters beyond ASCII, of which some are ASCII in lower case, and letters that stand twice.
        if let Some(title) =
            [(11, "Gro\u{df}e \u{212a}ette"), (12, "\u{212a}Kk, #1 -- q"), (13, "k quick #1"), (14, "GROSSE K")]
                .into_iter()
                .find_map(|(rest, title)| (at % 37 == rest).then_some(title))
        {
            task.title = title.into();
        }
        match at % 37 {
            3 => task.labels.push("size/S".into()),
            5 => task.author = None,
            8 | 9 => task.planning = Some(Box::new(planning(at))),
            _ => {}
        }
    }
    Snapshot::build(all, &world::context())
}

fn planning(at: usize) -> Planning {
    Planning {
        status: ["In Review", "Later"][at % 2].into(),
        points: (!at.is_multiple_of(3)).then_some(Points(at as u32 % 900)),
        due: (at % 4 == 1)
            .then(|| Now(world::now().0 - jiff::SignedDuration::from_hours(24 * (at as i64 % 60 - 30))).date()),
        votes: at as u32 % 7,
        flagged: at.is_multiple_of(5),
        ..Planning::default()
    }
}

fn day(row: &Row) -> Option<jiff::civil::Date> {
    row.task.planning.as_ref().and_then(|p| p.due)
}

fn date(text: &str) -> jiff::civil::Date {
    text.parse().unwrap()
}

type Holds = fn(&Row) -> bool;

fn has(row: &Row, kind: SignalKind) -> bool {
    row.signals.iter().any(|s| s.kind == kind)
}

fn labelled(row: &Row, is: impl Fn(&str) -> bool) -> bool {
    row.task.labels.iter().any(|l| is(l.raw()))
}

fn titled(row: &Row, text: &str) -> bool {
    row.task.title.raw().to_lowercase().contains(text)
}

/// Terms, and what each says of a row.
const TERMS: [(&str, Holds); 82] = [
    ("signal:docs", |r| has(r, SignalKind::Docs)),
    ("signal:ci,tests", |r| has(r, SignalKind::Ci) || has(r, SignalKind::Tests)),
    ("signal:ignored", |r| has(r, SignalKind::Ignored)),
    ("is:stale", |r| has(r, SignalKind::Stale)),
    ("is:free", |r| r.free.is_free()),
    ("is:mine", |r| r.claim.as_ref().is_some_and(|c| c.mine)),
    ("is:claimed", |r| r.claim.is_some()),
    ("is:assigned", |r| !r.task.assignees.is_empty()),
    ("is:hidden", |r| r.mark == Some(MarkKind::Hidden)),
    ("is:bookmarked", |r| r.mark == Some(MarkKind::Bookmark)),
    ("is:open", |r| r.task.state == TaskState::Open),
    ("is:closed", |r| r.task.state != TaskState::Open),
    ("state:not-planned", |r| r.task.state == TaskState::NotPlanned),
    ("state:open,closed", |_| true),
    ("no:assignee", |r| r.task.assignees.is_empty()),
    ("no:label", |r| r.task.labels.is_empty()),
    ("no:signal", |r| r.signals.is_empty()),
    ("no:milestone", |r| r.task.milestone.is_none()),
    ("no:comment", |r| r.task.comments == 0),
    ("no:tag", |_| true),
    ("label:docs", |r| labelled(r, |l| l == "docs")),
    ("label:area/*", |r| labelled(r, |l| l.starts_with("area/"))),
    ("label:HELP-wanted,bug", |r| labelled(r, |l| l == "help wanted" || l == "bug")),
    ("team:team7", |r| r.team.as_deref() == Some("team7")),
    ("team:@none", |r| r.team.is_none()),
    ("org:org9,org12", |r| matches!(r.task.key.project.owner_and_name(), Some(("org9" | "org12", _)))),
    ("project:org3/*", |r| r.task.key.project.path().starts_with("org3/")),
    ("lang:rust", |r| r.language.as_deref() == Some("Rust")),
    ("tracker:gh", |_| true),
    ("tracker:elsewhere", |_| false),
    ("author:person12,person13", |r| {
        r.task.author.as_ref().is_some_and(|a| matches!(a.login.raw(), "person12" | "person13"))
    }),
    ("assignee:@me", |r| r.task.assignees.iter().any(|a| a.raw() == "person7")),
    ("title:\"memory leak\"", |r| titled(r, "memory leak")),
    ("title:q", |r| titled(r, "q")),
    ("title:kk", |r| titled(r, "kk")),
    ("title:\"große k\"", |r| titled(r, "große k")),
    ("title:#1,--", |r| titled(r, "#1") || titled(r, "--")),
    ("limbo:>60d", |r| r.quiet_days > 60),
    ("age:<1y", |r| r.age_days < 365),
    ("comments:2..4", |r| (2..=4).contains(&r.task.comments)),
    ("reactions:>5", |r| r.task.reactions > 5),
    ("is:avoided", |r| r.avoided),
    ("is:shut", |r| r.shut),
    ("is:task", |_| true),
    ("is:locked", |r| r.task.locked),
    ("is:flagged", |r| r.task.planning.as_ref().is_some_and(|p| p.flagged)),
    ("is:overdue", |r| day(r).is_some_and(|due| due < world::now().date())),
    ("has:assignee", |r| !r.task.assignees.is_empty()),
    ("has:label,milestone", |r| !r.task.labels.is_empty() || r.task.milestone.is_some()),
    ("has:signal", |r| !r.signals.is_empty()),
    ("has:comment", |r| r.task.comments > 0),
    ("has:reaction", |r| r.task.reactions > 0),
    ("has:tag", |_| false),
    ("has:team", |r| r.team.is_some()),
    ("no:language", |r| r.language.is_none()),
    ("has:author", |r| r.task.author.is_some()),
    ("no:claim,author", |r| r.claim.is_none() || r.task.author.is_none()),
    ("has:claim", |r| r.claim.is_some()),
    ("has:pr", |r| r.claim.as_ref().is_some_and(|c| !c.pulls.is_empty())),
    ("no:mirror", |r| r.mirrors.is_empty() && r.folded.is_none()),
    ("has:due", |r| day(r).is_some()),
    ("has:size", |r| estimate::of(&r.task).is_some()),
    ("no:points", |r| r.task.planning.as_ref().and_then(|p| p.points).is_none()),
    ("no:score", Row::is_gated),
    ("has:gist", |r| r.gist.as_ref().is_some_and(|g| g.described.is_some())),
    ("helper:person12,person13,person14", |r| {
        r.claim.as_ref().is_some_and(|c| matches!(c.who.login.raw(), "person12" | "person13" | "person14"))
    }),
    ("involves:@me", |r| {
        let me = |l: &Login| l.raw() == "person7";
        r.task.assignees.iter().any(me)
            || r.task.author.as_ref().is_some_and(|a| me(&a.login))
            || r.claim.as_ref().is_some_and(|c| me(&c.who.login))
    }),
    ("milestone:v1*", |r| r.task.milestone.as_ref().is_some_and(|m| m.title.raw().starts_with("v1"))),
    ("size:s", |r| estimate::of(&r.task).is_some_and(|(size, _)| size == Size::S)),
    ("points:<=2.5", |r| r.task.planning.as_ref().and_then(|p| p.points).is_some_and(|p| p.0 <= 250)),
    ("votes:0..3", |r| r.task.planning.as_ref().is_some_and(|p| p.votes <= 3)),
    ("status:\"in review\"", |r| r.task.planning.as_ref().is_some_and(|p| p.status.raw() == "In Review")),
    ("created:>=2025-06-01", |r| Now(r.task.created_at).date() >= date("2025-06-01")),
    ("updated:<-60d", |r| Now(r.task.updated_at).date() < date("2026-09-21")),
    ("closed:2026-01-01..2026-10-31", |r| {
        r.task.closed_at.is_some_and(|at| (date("2026-01-01")..=date("2026-10-31")).contains(&Now(at).date()))
    }),
    ("due:today..+7d", |r| day(r).is_some_and(|day| (date("2026-11-20")..=date("2026-11-27")).contains(&day))),
    ("skill:rust", |r| {
        r.language.as_deref() == Some("Rust")
            || r.gist.as_ref().is_some_and(|g| g.needs.iter().any(|wanted| wanted.tag == "lang:rust"))
    }),
    ("(signal:docs or is:free comments:0)", |r| has(r, SignalKind::Docs) || (r.free.is_free() && r.task.comments == 0)),
    ("(lang:rust or (label:docs or -is:free) -cache)", |r| {
        r.language.as_deref() == Some("Rust")
            || ((labelled(r, |l| l == "docs") || !r.free.is_free()) && !r.task.title.raw().contains("cache"))
    }),
    ("((is:free or is:assigned) lang:go)", |r| {
        (r.free.is_free() || !r.task.assignees.is_empty()) && r.language.as_deref() == Some("Go")
    }),
    ("(limbo:>60d no:comment or limbo:>400d)", |r| (r.quiet_days > 60 && r.task.comments == 0) || r.quiet_days > 400),
    ("(age:>2y or reactions:>30)", |r| r.age_days > 730 || r.task.reactions > 30),
];

struct Asked {
    terms: Vec<(bool, usize)>,
    without: bool,
}

impl Asked {
    fn line(&self) -> String {
        let term = |(not, at): &(bool, usize)| format!("{}{}", if *not { "-" } else { "" }, TERMS[*at].0);
        let mut line: Vec<String> = self.terms.iter().map(term).collect();
        line.extend(self.without.then(|| "-cache".to_owned()));
        line.join(" ")
    }

    /// True when some term that is not turned round begins like this.
    fn asks(&self, begin: &str) -> bool {
        self.terms.iter().any(|(not, at)| !not && TERMS[*at].0.starts_with(begin))
    }

    /// The same, also of an alternative.
    fn asks_within(&self, word: &str) -> bool {
        let turned = format!("-{word}");
        let within = |text: &str| text.contains(word) && !text.contains(&turned);
        self.terms.iter().any(|(not, at)| !not && within(TERMS[*at].0))
    }

    /// True when what others are at is asked for too.
    fn shows_taken(&self) -> bool {
        let own = ["is:taken", "is:assigned", "assignee:", "has:assignee", "has:pr", "title:"]
            .iter()
            .any(|word| self.asks_within(word));
        own || self.shows_closed()
    }

    fn shows_closed(&self) -> bool {
        let at_it = ["is:mine", "is:claimed", "has:claim", "helper:"].iter().any(|word| self.asks(word));
        let named = |field: &str| self.terms.iter().any(|(_, at)| TERMS[*at].0.starts_with(field));
        named("state:") || named("closed:") || self.asks("is:closed") || at_it
    }

    fn keeps(&self, row: &Row) -> bool {
        (row.mark != Some(MarkKind::Hidden) || self.asks("is:hidden"))
            && (row.task.state == TaskState::Open || self.shows_closed())
            && self.terms.iter().all(|(not, at)| TERMS[*at].1(row) != *not)
            && !(self.without && row.task.title.raw().to_lowercase().contains("cache"))
    }
}

/// Looks at every row.
fn naive(snapshot: &Snapshot, asked: &Asked, (sort, reversed): (Sort, bool)) -> Hits {
    let host = |row: &Row| (row.team.clone(), row.team.is_none().then(|| row.task.key.project.path().to_owned()));
    let mut helpers: HashMap<_, u32> = HashMap::new();
    for row in snapshot.rows.iter().filter(|r| r.claim.as_ref().is_some_and(|c| c.holds_task())) {
        *helpers.entry(host(row)).or_default() += 1;
    }
    let mut dictionary = Dictionary::new();
    let mut held_back = |row: &Row| is_held_back(&row.task, &mut dictionary);
    let kept = (0..).zip(snapshot.rows.iter()).filter(|(_, row)| asked.keeps(row));
    let (taken, kept): (Vec<(u32, &Row)>, Vec<_>) = kept.partition(|(_, row)| row.is_taken() && !asked.shows_taken());
    let mut sorted: Vec<_> = kept
        .iter()
        .map(|(at, row)| {
            let best = (
                row.is_gated(),
                held_back(row),
                if reversed {
                    i64::from(snapshot.score(row).unwrap_or(0))
                } else {
                    -i64::from(snapshot.score(row).unwrap_or(0))
                },
                Reverse(row.quiet_days),
                helpers.get(&host(row)).copied().unwrap_or(0).min(255),
            );
            let weight = match sort {
                Sort::Best => 0,
                Sort::Quiet => i64::from(row.quiet_days),
                Sort::Newest => row.task.created_at.as_second(),
                Sort::Updated => row.task.updated_at.as_second(),
                Sort::Comments => i64::from(row.task.comments),
                Sort::Reactions => i64::from(row.task.reactions),
                Sort::Key => 0,
            };
            let weight = if reversed { -weight } else { weight };
            let best = (sort == Sort::Best).then_some(best);
            ((best, Reverse(weight), row.task.key.clone()), *at)
        })
        .collect();
    sorted.sort();
    let mut rows: Vec<usize> = sorted.into_iter().map(|(_, at)| at as usize).collect();
    if sort == Sort::Key && reversed {
        rows.reverse();
    }
    let interns = (snapshot.is_for_interns() && asked.terms.is_empty()).then(|| {
        let fits = |at: &usize| snapshot.fits_intern(snapshot.rows.get(*at).unwrap());
        let (fit, out): (Vec<usize>, Vec<usize>) = rows.iter().partition(|at| fits(at));
        rows = fit;
        LeftOut { rows: out.into_iter().map(|at| at as u32).collect::<Vec<u32>>().into() }
    });
    let mut explored = Vec::new();
    if sort == Sort::Best && !reversed {
        let day = snapshot.built_at.unwrap().to_zoned(TimeZone::UTC).date();
        let seed = Seed { person: "gh:person7", day };
        let row = |at: usize| snapshot.rows.get(at).unwrap();
        let ready: Vec<usize> =
            rows.iter().copied().filter(|at| !row(*at).is_gated() && !held_back(row(*at))).collect();
        let places = vary(&ready, |at| host(row(at)), |at| draw(seed, &row(at).task.key));
        explored = places.iter().filter(|p| p.why == Why::Explore).map(|p| p.at as u32).collect();
        let first: Vec<usize> = places.iter().map(|p| p.at).collect();
        rows.retain(|at| !first.contains(at));
        rows.splice(0..0, first);
    }
    let rows: Vec<u32> = rows.into_iter().map(|at| at as u32).collect();
    let taken = taken.into_iter().map(|(at, _)| at).collect();
    Hits { rows: rows.into(), explored, taken, interns, ..Hits::default() }
}

fn counted<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Vec<(String, u32)> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for name in rows.flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<(String, u32)> = counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

fn compare(snapshot: &Snapshot, asked: &Asked, (sort, reversed): (Sort, bool)) -> Result<(), TestCaseError> {
    let mut query = Query::parse(&asked.line()).unwrap();
    if reversed {
        (query.sort, query.reversed) = (Some(sort), true);
    }
    let line = query.to_string();
    let hits = search(snapshot, &query, sort);
    let expected = naive(snapshot, asked, (sort, reversed));
    prop_assert_eq!(hits.rows.len(), expected.rows.len(), "{}", &line);
    // Asked one by one first, as a screen does, and then as a whole.
    for at in [0, 1, 99, 100, 255, 256, 257] {
        prop_assert_eq!(hits.rows.get(at), expected.rows.get(at), "{} at {}", &line, at);
    }
    prop_assert_eq!(&hits.rows, &expected.rows, "{} by {}", &line, sort.word());
    prop_assert_eq!(&hits.interns, &expected.interns, "{}", &line);
    prop_assert_eq!(&hits.explored, &expected.explored, "{}", &line);
    prop_assert_eq!(&hits.taken, &expected.taken, "{}", &line);
    let rows: Vec<&Row> = hits.rows.iter().map(|at| snapshot.rows.get(*at as usize).unwrap()).collect();
    let names = |of: &[(std::sync::Arc<str>, u32)]| -> Vec<(String, u32)> {
        of.iter().map(|(name, n)| (name.to_string(), *n)).collect()
    };
    prop_assert_eq!(names(&hits.facets.teams), counted(rows.iter().map(|r| r.team.as_deref())));
    prop_assert_eq!(names(&hits.facets.projects), counted(rows.iter().map(|r| Some(r.task.key.project.path()))));
    prop_assert_eq!(names(&hits.facets.languages), counted(rows.iter().map(|r| r.language.as_deref())));
    for (kind, (word, count)) in SignalKind::ALL.into_iter().zip(&hits.facets.signals) {
        prop_assert_eq!((kind.word(), rows.iter().filter(|r| has(r, kind)).count()), (*word, *count as usize));
    }
    Ok(())
}

#[test]
fn a_row_that_is_made_late_says_what_the_store_said() {
    let mut all = world::everything(1_000, 5);
    let odd = &mut all.tasks[17];
    odd.key.number = u64::from(u32::MAX) + 3;
    odd.created_at = "1969-12-31T23:59:59.25Z".parse().unwrap();
    odd.updated_at = "2026-11-19T08:00:00.123456Z".parse().unwrap();
    odd.closed_at = Some(odd.updated_at);
    (odd.comments, odd.reactions, odd.locked) = (70_000, u32::MAX, true);
    odd.planning = Some(Box::new(Planning { votes: 3, ..Default::default() }));
    odd.assignees = vec![Login::new("Ana"), Login::named("5b10", "Bo Li")];
    odd.title = "Größe".into();
    let (tasks, gists) = (all.tasks.clone(), all.gists.clone());
    let snapshot = Snapshot::build(all, &world::context());
    for (at, task) in tasks.iter().enumerate() {
        let row = snapshot.get(&task.key).unwrap();
        let mut told = task.clone();
        (told.id, told.node_id) = (0, None);
        // Logins that differ in case alone are equal: their text is compared beside them.
        assert_eq!(format!("{:?}", row.task), format!("{told:?}"), "{at}");
        let raw = |t: &floorwalk::domain::task::Task| serde_json::to_string(t).unwrap();
        assert_eq!(raw(&row.task), raw(&told), "{at}");
        assert_eq!(row.gist.as_deref(), gists.get(&task.key));
        assert_eq!(
            (row.quiet_days, row.age_days),
            (world::now().days_since(task.updated_at), world::now().days_since(task.created_at))
        );
    }
}

#[test]
fn each_term_alone_finds_what_looking_at_every_row_finds() {
    for (at, (text, _)) in TERMS.iter().enumerate() {
        for not in [false, true] {
            for snapshot in LISTS.iter() {
                let asked = Asked { terms: vec![(not, at)], without: false };
                compare(snapshot, &asked, (Sort::Best, false)).unwrap_or_else(|e| panic!("{text}: {e}"));
            }
        }
    }
}

#[test]
fn whatever_is_weighed_anew_is_put_in_order_anew() {
    let asked = Asked { terms: Vec::new(), without: false };
    for preset in Preset::ALL {
        let weighed = LISTS[1].weighed(Weights::of(preset));
        for sort in [Sort::Best, Sort::Quiet] {
            compare(&weighed, &asked, (sort, false)).unwrap();
            compare(&weighed, &asked, (sort, true)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn terms_together_find_what_looking_at_every_row_finds(
        terms in proptest::collection::vec((any::<bool>(), 0..TERMS.len()), 0..4),
        without in any::<bool>(),
        sort in proptest::sample::select(Sort::ALL.to_vec()),
        reversed in any::<bool>(),
        long in any::<bool>(),
    ) {
        compare(&LISTS[usize::from(long)], &Asked { terms, without }, (sort, reversed))?;
    }
}
