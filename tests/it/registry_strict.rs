//! The stricter of two policies, over random ones: either order gives the same, twice changes nothing, and the result is
//! never looser than either side.

use std::collections::BTreeMap;

use floorwalk::{
    domain::{
        calendar::Quiet,
        policy::{Consent, Mentor, Policy, Timers},
        roster::glob,
        size::Size,
    },
    registry::{self, Source, strict::stricter},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

fn consent() -> impl Strategy<Value = Consent> {
    select(vec![Consent::Auto, Consent::Notify, Consent::Ask, Consent::Closed])
}

fn size() -> impl Strategy<Value = Size> {
    select(vec![Size::XS, Size::S, Size::M, Size::L])
}

fn labels() -> impl Strategy<Value = Vec<String>> {
    let label = select(vec!["help wanted", "Help Wanted", "debt:*", "debt:old", "*", "d*", "security", "*old"]);
    vec(label.prop_map(str::to_owned), 0..4).prop_map(|mut all| {
        all.sort();
        all.dedup();
        all
    })
}

fn quiet() -> impl Strategy<Value = Quiet> {
    (1_i8..=12, 1_i8..=28, 0_i64..30).prop_map(|(month, day, days)| {
        let from = jiff::civil::date(2026, month, day);
        Quiet { from, to: from.saturating_add(jiff::Span::new().days(days)), why: String::new() }
    })
}

fn timers() -> impl Strategy<Value = Timers> {
    vec(1_u32..40, 11).prop_map(|n| Timers {
        start_by: n[0],
        idle_remind: n[1],
        grace: n[2],
        consent_slo: n[3],
        consent_max: n[4],
        review_slo: n[5],
        review_escalate: n[6],
        pause_max: n[7],
        block_max: n[8],
        warranty_days: n[9],
        lease_cap: n[10],
    })
}

prop_compose! {
    fn lists()(allow in labels(), deny in labels(), closed in labels(), paths in labels(), fresh in labels(),
        quiet in vec(quiet(), 0..3), who in vec((select(vec!["ana", "bo"]), 0_u32..3, any::<bool>()), 0..2)) -> Policy {
        let mut mentors: Vec<Mentor> =
            who.into_iter().map(|(handle, capacity, on)| Mentor { handle: handle.into(), capacity, on }).collect();
        mentors.sort_by(|a, b| a.handle.cmp(&b.handle));
        mentors.dedup_by(|a, b| a.handle == b.handle);
        Policy { labels_allow: allow, labels_deny: deny, labels_closed: closed, paths_deny: paths,
            newcomer_labels: fresh, quiet, mentors, ..Policy::default() }
    }
}

prop_compose! {
    fn policy()(lists in lists(), consent in consent(), newcomer in consent(), timers in timers(),
        numbers in (option::of(0_u32..6), option::of(0_u32..6), option::of(0_u32..6), option::of(0_u32..600),
            option::of(0_u32..100)),
        adhoc in option::of(size()), burden in option::of((size(), 1_u32..300)),
        contact in select(vec!["", "#a", "#b"])) -> Policy {
        let (governance_level, max_helpers, max_new_per_week, review_budget_min, min_readiness) = numbers;
        let burden_min: BTreeMap<Size, u32> = burden.into_iter().collect();
        let all = Policy { consent, newcomer, timers, governance_level, max_helpers, max_new_per_week, burden_min,
            review_budget_min, min_readiness, adhoc_review_max: adhoc, contact: contact.into(), ..lists };
        // Lists as files give them: sorted, each entry once.
        stricter(&all, &all)
    }
}

fn within<T: Ord>(limit: Option<T>, of: Option<T>) -> bool {
    match (limit, of) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(limit), Some(of)) => limit <= of,
    }
}

fn allows(policy: &Policy, label: &str) -> bool {
    let fits = |p: &String| glob(&p.to_lowercase(), &label.to_lowercase());
    policy.labels_allow.is_empty() || policy.labels_allow.iter().any(fits)
}

fn names(list: &[String], label: &str) -> bool {
    list.iter().any(|p| glob(&p.to_lowercase(), &label.to_lowercase()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn either_order_gives_the_same(a in policy(), b in policy()) {
        prop_assert_eq!(stricter(&a, &b), stricter(&b, &a));
    }

    #[test]
    fn twice_changes_nothing(a in policy(), b in policy()) {
        prop_assert_eq!(&stricter(&a, &a), &a);
        let both = stricter(&a, &b);
        prop_assert_eq!(&stricter(&both, &both), &both);
    }

    #[test]
    fn it_is_never_looser_than_either(a in policy(), b in policy()) {
        let both = stricter(&a, &b);
        for of in [&a, &b] {
            prop_assert!(both.consent >= of.consent && both.newcomer >= of.newcomer);
            prop_assert!(within(both.governance_level, of.governance_level));
            prop_assert!(within(both.max_helpers, of.max_helpers));
            prop_assert!(within(both.max_new_per_week, of.max_new_per_week));
            prop_assert!(within(both.review_budget_min, of.review_budget_min));
            prop_assert!(within(both.adhoc_review_max, of.adhoc_review_max));
            prop_assert!(both.min_readiness >= of.min_readiness);
            prop_assert!(of.quiet.iter().all(|q| both.quiet.contains(q)));
            prop_assert!(of.burden_min.iter().all(|(size, m)| both.burden_min[size] >= *m));
            prop_assert!(both.timers.lease_cap <= of.timers.lease_cap && both.timers.grace <= of.timers.grace);
            prop_assert!(both.timers.start_by <= of.timers.start_by && both.timers.pause_max <= of.timers.pause_max);
            for mentor in &both.mentors {
                let same = of.mentors.iter().find(|m| m.handle == mentor.handle);
                prop_assert!(same.is_none_or(|m| mentor.capacity <= m.capacity && (m.on || !mentor.on)));
            }
            for label in ["help wanted", "debt:old", "debt:x", "security", "else", "dog"] {
                prop_assert!(!allows(&both, label) || allows(of, label), "{} {:?} {:?}", label, both, of);
                prop_assert!(!names(&of.labels_deny, label) || names(&both.labels_deny, label));
                prop_assert!(!names(&of.labels_closed, label) || names(&both.labels_closed, label));
            }
        }
    }

    #[test]
    fn any_text_is_read_without_harm(text in ".{0,400}") {
        let found = registry::read(&[Source { name: "x.toml".into(), text }]);
        let harmless = |t: &str| !t.chars().any(|c| c.is_control());
        prop_assert!(found.findings.iter().all(|f| harmless(&f.sentence) && harmless(&f.hint)));
    }

    #[test]
    fn any_damage_to_a_good_file_is_told_and_never_opens_a_closed_team(at in 0_usize..2_000, cut in 0_usize..40) {
        let good = "[programme]\nleads = [\"ana\"]\n[team.a]\nleads = [\"ana\"]\nprojects = [\"x/a\"]\n[[person]]\n\
            handle = \"ana\"\ngithub = [{ login = \"ana\", id = 1 }]\n[host.a]\nmax_helpers = 1\nconsent = \"closed\"\n";
        let at = at % good.len();
        let damaged = format!(
            "{}\u{1}{}",
            good.chars().take(at).collect::<String>(),
            good.chars().skip(at + cut).collect::<String>()
        );
        let found = registry::read(&[Source { name: "x.toml".into(), text: damaged.clone() }]);
        prop_assert!(found.findings.iter().any(|f| f.is_error()), "{}", damaged);
        let policy = found.roster.policies.get("a");
        prop_assert!(policy.is_none_or(|p| p.consent >= Consent::Ask), "{}", damaged);
    }
}

#[test]
fn lists_without_anything_in_common_allow_nothing() {
    let of = |label: &str| Policy { labels_allow: vec![label.into()], ..Policy::default() };
    let both = stricter(&of("help wanted"), &of("good first issue"));
    assert!(!allows(&both, "help wanted") && !allows(&both, "good first issue") && !both.labels_allow.is_empty());
    assert_eq!(stricter(&of("debt:*"), &of("debt:old")).labels_allow, ["debt:old"]);
}
