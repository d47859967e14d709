//! A person's own profile: a plain file that only they write. Owns what it may contain and the sentences about what it
//! must not; reading the file is somebody else's.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::IgnoredAny};

use super::tag::Tag;
use crate::domain::text::{nearest, safe_fit};

/// A skill that somebody says they have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Which.
    pub tag: Tag,
    /// 0 none, 1 has tried, 2 can do it, 3 does it well, 4 teaches it.
    pub level: u8,
    /// −1 rather not, 0 is fine, 1 gladly, 2 wishes to learn.
    pub interest: i8,
    /// When it was last used.
    pub last: Option<Date>,
}

/// A profile that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Handle in the roster; empty when not said.
    pub handle: String,
    /// Jira account id; empty when not said.
    pub jira: String,
    /// Home team.
    pub home_team: Option<String>,
    /// What the person is here: `float`, `intern`, `guest` or `mentor`.
    pub role: Role,
    /// Name of a time zone; not checked here, where no list of zones is.
    pub tz: Option<String>,
    /// Hours a week given to helping.
    pub hours_per_week: Option<u32>,
    /// Hours given in one lease.
    pub lease_hours: Option<u32>,
    /// Commitments at once, 1–4.
    pub wip: Option<u32>,
    /// Own quiet times as `Fri 12:00-` or `Mon 08:00-10:00`.
    pub quiet: Vec<String>,
    /// Share of the working time at most, per cent.
    pub max_pct: Option<u32>,
    /// Last day of the agreement.
    pub agreed_until: Option<Date>,
    /// How the person likes to be reached.
    pub contact: Option<String>,
    /// Wishes to be led to new teams.
    pub surprise: bool,
    /// One task at a time on the screen.
    pub focus_mode: bool,
    /// Nothing moves on the screen.
    pub reduce_motion: bool,
    /// What others may see: `skills`, `availability`.
    pub share: Vec<String>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Skills that tasks must not need.
    pub avoid: Vec<Tag>,
}

impl Profile {
    /// The entry of a skill.
    pub fn skill(&self, tag: &Tag) -> Option<&Skill> {
        self.skills.iter().find(|s| s.tag == *tag)
    }

    /// Hours for one lease: as said, else half of a week's, else `None`.
    pub fn hours_of_lease(&self) -> Option<f64> {
        self.lease_hours.map(f64::from).or_else(|| self.hours_per_week.map(|h| f64::from(h) / 2.0))
    }
}

/// What somebody is in the programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Helps where help is needed.
    #[default]
    Float,
    /// Here to learn.
    Intern,
    /// Helps now and then.
    Guest,
    /// Guides others.
    Mentor,
}

impl Role {
    const ALL: [(&'static str, Self); 4] =
        [("float", Self::Float), ("intern", Self::Intern), ("guest", Self::Guest), ("mentor", Self::Mentor)];
}

/// A profile as it lies in a file: `[me]`, `[[skill]]`, and `avoid` at the top or under `[me]`. Keys that are not known
/// are kept for the sentence about them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawProfile {
    me: RawMe,
    skill: Vec<RawSkill>,
    avoid: Vec<String>,
    #[serde(flatten)]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawMe {
    handle: String,
    jira: String,
    home_team: Option<String>,
    role: Option<String>,
    tz: Option<String>,
    hours_per_week: Option<i64>,
    lease_hours: Option<i64>,
    wip: Option<i64>,
    quiet: Vec<String>,
    agreement: RawAgreement,
    contact: Option<String>,
    surprise: Option<bool>,
    focus_mode: bool,
    reduce_motion: bool,
    share: Vec<String>,
    avoid: Vec<String>,
    #[serde(flatten)]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawAgreement {
    max_pct: Option<i64>,
    #[serde(deserialize_with = "day")]
    until: Option<String>,
    #[serde(flatten)]
    other: BTreeMap<String, IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawSkill {
    tag: String,
    level: Option<i64>,
    interest: Option<i64>,
    #[serde(deserialize_with = "day")]
    last: Option<String>,
    #[serde(flatten)]
    other: BTreeMap<String, IgnoredAny>,
}

/// A day as TOML's own date or as text.
fn day<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Date(toml::value::Datetime),
    }
    Ok(Option::<Written>::deserialize(d)?.map(|written| match written {
        Written::Text(text) => text,
        Written::Date(date) => date.to_string(),
    }))
}

const TOP: &[&str] = &["me", "skill", "avoid"];
const ME: &[&str] = &[
    "handle",
    "jira",
    "home_team",
    "role",
    "tz",
    "hours_per_week",
    "lease_hours",
    "wip",
    "quiet",
    "agreement",
    "contact",
    "surprise",
    "focus_mode",
    "reduce_motion",
    "share",
    "avoid",
];
const AGREEMENT: &[&str] = &["max_pct", "until"];
const SKILL: &[&str] = &["tag", "level", "interest", "last"];
const SHARE: &[&str] = &["skills", "availability"];

impl RawProfile {
    /// Checks it.
    ///
    /// # Errors
    /// All that is wrong, one sentence each, in the order of the file.
    pub fn check(self) -> Result<Profile, Vec<String>> {
        let mut wrong = Wrong(Vec::new());
        wrong.unknown("", &self.other, TOP);
        let mut profile = wrong.me(self.me);
        for (at, raw) in (1..).zip(self.skill) {
            profile.skills.extend(wrong.skill(at, raw, &profile.skills));
        }
        profile.avoid.extend(wrong.tags("avoid", self.avoid));
        if wrong.0.is_empty() { Ok(profile) } else { Err(wrong.0) }
    }
}

/// The sentences so far.
struct Wrong(Vec<String>);

impl Wrong {
    fn say(&mut self, sentence: String) {
        self.0.push(sentence);
    }

    fn unknown(&mut self, place: &str, other: &BTreeMap<String, IgnoredAny>, known: &[&str]) {
        for key in other.keys() {
            let shown = safe_fit(key, 40);
            let hint = nearest(key, known.iter().copied()).map(|near| format!("did you mean '{near}'?"));
            let hint = hint.unwrap_or_else(|| format!("known are {}", known.join(", ")));
            self.say(format!("'{place}{shown}' is no key of a profile; {hint}"));
        }
    }

    /// A number within a range.
    fn number<T: TryFrom<i64>>(&mut self, key: &str, value: Option<i64>, least: i64, most: i64) -> Option<T> {
        let value = value?;
        if !(least..=most).contains(&value) {
            self.say(format!("'{key}' is {value}; a number from {least} to {most} is expected"));
            return None;
        }
        T::try_from(value).ok()
    }

    fn day(&mut self, key: &str, value: Option<String>) -> Option<Date> {
        let value = value?;
        let parsed = value.trim().parse().ok();
        if parsed.is_none() {
            self.say(format!("'{key}' is '{}'; a day like 2026-10-02 is expected", safe_fit(&value, 40)));
        }
        parsed
    }

    fn tags(&mut self, key: &str, raw: Vec<String>) -> Vec<Tag> {
        let mut tags = Vec::new();
        for tag in raw {
            match Tag::parse(&tag) {
                Ok(tag) => tags.push(tag),
                Err(sentence) => self.say(format!("'{key}': {sentence}")),
            }
        }
        tags
    }

    fn me(&mut self, me: RawMe) -> Profile {
        self.unknown("me.", &me.other, ME);
        self.unknown("me.agreement.", &me.agreement.other, AGREEMENT);
        let role = me.role.map(|word| {
            let found = Role::ALL.into_iter().find(|(name, _)| *name == word.trim());
            if found.is_none() {
                let names = Role::ALL.map(|(name, _)| name).join(", ");
                self.say(format!("'me.role' is '{}'; one of {names} is expected", safe_fit(&word, 40)));
            }
            found.map(|(_, role)| role).unwrap_or_default()
        });
        for word in me.share.iter().filter(|w| !SHARE.contains(&w.as_str())) {
            self.say(format!("'me.share' names '{}'; {} may be shared", safe_fit(word, 40), SHARE.join(" and ")));
        }
        for span in me.quiet.iter().filter(|q| !is_span(q)) {
            let span = safe_fit(span, 40);
            self.say(format!("'me.quiet' has '{span}'; a time like 'Fri 12:00-' or 'Mon 08:00-10:00' is expected"));
        }
        Profile {
            handle: me.handle,
            jira: me.jira,
            home_team: me.home_team,
            role: role.unwrap_or_default(),
            tz: me.tz,
            hours_per_week: self.number("me.hours_per_week", me.hours_per_week, 0, 60),
            lease_hours: self.number("me.lease_hours", me.lease_hours, 0, 400),
            wip: self.number("me.wip", me.wip, 1, 4),
            quiet: me.quiet,
            max_pct: self.number("me.agreement.max_pct", me.agreement.max_pct, 0, 100),
            agreed_until: self.day("me.agreement.until", me.agreement.until),
            contact: me.contact,
            surprise: me.surprise.unwrap_or(true),
            focus_mode: me.focus_mode,
            reduce_motion: me.reduce_motion,
            share: me.share,
            skills: Vec::new(),
            avoid: self.tags("me.avoid", me.avoid),
        }
    }

    fn skill(&mut self, at: usize, raw: RawSkill, before: &[Skill]) -> Option<Skill> {
        let place = format!("skill {at}");
        self.unknown(&format!("{place}: "), &raw.other, SKILL);
        let level = self.number(&format!("{place}: level"), raw.level, 0, 4);
        let interest = self.number(&format!("{place}: interest"), raw.interest, -1, 2);
        let last = self.day(&format!("{place}: last"), raw.last);
        if raw.level.is_none() {
            self.say(format!("{place} has no level; a number from 0 to 4 is expected"));
        }
        let tag = match Tag::parse(&raw.tag) {
            Ok(tag) => tag,
            Err(sentence) => {
                self.say(format!("{place}: {sentence}"));
                return None;
            }
        };
        if before.iter().any(|s| s.tag == tag) {
            self.say(format!("{place}: {tag} stands twice"));
        }
        Some(Skill { tag, level: level?, interest: interest.unwrap_or_default(), last })
    }
}

/// `Fri 12:00-`, `Fri 12:00-14:00`, `Fri`.
fn is_span(text: &str) -> bool {
    const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let text = text.trim().to_lowercase();
    let (day, times) = text.split_once(' ').unwrap_or((text.as_str(), ""));
    let clock = |t: &str| {
        t.is_empty()
            || t.split_once(':').is_some_and(|(h, m)| {
                let two = |s: &str, most: u32| s.len() == 2 && s.parse::<u32>().is_ok_and(|n| n < most);
                two(h, 24) && two(m, 60)
            })
    };
    let span =
        times.is_empty() || times.split_once('-').is_some_and(|(from, to)| clock(from.trim()) && clock(to.trim()));
    DAYS.contains(&day) && span
}
