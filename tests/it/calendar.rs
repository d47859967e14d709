//! Working days of a host: weekends, holidays, quiet periods, zones.

use floorwalk::domain::calendar::{Calendar, Quiet};
use jiff::{Timestamp, ToSpan, civil::Date, civil::Weekday, tz::TimeZone};
use proptest::prelude::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quiet(from: &str, to: &str) -> Quiet {
    Quiet { from: date(from), to: date(to), why: "release freeze".into() }
}

#[test]
fn a_quiet_period_and_weekends_are_no_working_days() {
    let calendar = Calendar { quiet: vec![quiet("2026-12-15", "2027-01-05")], ..Calendar::default() };
    assert_eq!(calendar.add(date("2026-12-11"), 1), date("2026-12-14"), "over a weekend");
    assert_eq!(calendar.add(date("2026-12-14"), 1), date("2027-01-06"), "over the freeze");
    assert_eq!(calendar.between(date("2026-12-14"), date("2027-01-06")), 1);
    assert_eq!(calendar.quiet_on(date("2026-12-20")).map(|q| q.why.as_str()), Some("release freeze"));
    assert_eq!(calendar.monday(date("2026-11-22")), date("2026-11-16"), "a Sunday belongs to the week before");
    assert!(calendar.plain().is_working(date("2026-12-16")));
}

#[test]
fn a_moment_some_working_days_later_is_at_the_same_time_of_day() {
    let calendar = Calendar { zone: TimeZone::get("Europe/Berlin").unwrap(), ..Calendar::default() };
    assert_eq!(calendar.after(at("2026-11-20T17:00:00Z"), 1), at("2026-11-23T17:00:00Z"), "Friday to Monday");
    // The clock went back on the Sunday between: ten o'clock stays ten o'clock.
    assert_eq!(calendar.after(at("2026-10-23T08:00:00Z"), 1), at("2026-10-26T09:00:00Z"));
    assert_eq!(
        calendar.after(at("2026-11-21T12:00:00Z"), 1),
        at("2026-11-23T23:00:00Z"),
        "from a Saturday: all Monday"
    );
    assert_eq!(calendar.after(at("2026-11-20T17:00:00Z"), 0), at("2026-11-20T17:00:00Z"));
}

#[test]
fn a_calendar_without_a_working_day_ends_its_walk() {
    let all = [0, 1, 2, 3, 4, 5, 6].map(|n| Weekday::from_monday_zero_offset(n).unwrap());
    let never = Calendar { weekend: all.to_vec(), ..Calendar::default() };
    assert!(never.add(date("2026-11-21"), 3) > date("2036-01-01"));
    assert_eq!(never.between(date("2026-11-21"), date("2027-11-21")), 0);
    assert_eq!(Calendar::default().add(Date::MAX, 5), Date::MAX);
    assert_eq!(Calendar::default().end_of(Date::MAX).max(Timestamp::MAX), Timestamp::MAX);
}

fn day(offset: i64) -> Date {
    date("2026-01-01").saturating_add(offset.days())
}

/// Calendars with two to six working days a week, in zones whose clocks change on days that may be working days.
fn any_calendar() -> impl Strategy<Value = Calendar> {
    let zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Africa/Cairo"];
    let weekends = proptest::collection::vec(0..7_i8, 0..5);
    let quiets = proptest::collection::vec((0..700_i64, 0..40_i64), 0..4);
    let holidays = proptest::collection::btree_set(0..700_i64, 0..30);
    (proptest::sample::select(zones.to_vec()), weekends, quiets, holidays).prop_map(
        |(zone, weekend, quiets, holidays)| Calendar {
            zone: TimeZone::get(zone).unwrap(),
            weekend: weekend.into_iter().map(|n| Weekday::from_monday_zero_offset(n).unwrap()).collect(),
            holidays: holidays.into_iter().map(day).collect(),
            quiet: quiets
                .into_iter()
                .map(|(from, days)| Quiet { from: day(from), to: day(from + days), why: String::new() })
                .collect(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn adding_and_counting_working_days_are_inverse(calendar in any_calendar(), from in 0..600_i64, count in 0..60_u32) {
        let end = calendar.add(day(from), count);
        prop_assert_eq!(calendar.between(day(from), end), count);
        prop_assert!(count == 0 || calendar.is_working(end));
        prop_assert!(calendar.add(day(from), count + 1) > end);
    }

    #[test]
    fn a_later_moment_never_leads_to_an_earlier_one(
        calendar in any_calendar(),
        from in 0..600_i64 * 86_400,
        more in prop_oneof![0..7_200_i64, 0..700_000_i64],
        count in 0..20_u32,
    ) {
        let start = at("2026-01-01T00:00:00Z");
        let moment = |seconds: i64| start + jiff::SignedDuration::from_secs(seconds);
        let (early, late) = (calendar.after(moment(from), count), calendar.after(moment(from + more), count));
        prop_assert!(early <= late, "{} then {}", early, late);
        prop_assert!(early >= moment(from));
        prop_assert!(calendar.after(moment(from), count + 1) >= early);
    }

    #[test]
    fn a_day_ends_where_the_next_begins(calendar in any_calendar(), n in 0..700_i64) {
        prop_assert_eq!(calendar.end_of(day(n)), calendar.start_of(day(n + 1)));
        prop_assert_eq!(calendar.date(calendar.start_of(day(n))), day(n));
        prop_assert_eq!(calendar.monday(day(n)).weekday(), Weekday::Monday);
    }
}
