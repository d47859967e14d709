//! The dialogs: small forms that show everything they are about to wish and wish exactly that on Enter. This file owns
//! what is the same for all of them; what each asks and wishes is in the files beside it. The rules are decided below,
//! once more, when the wish arrives: a dialog only saves the way.

mod checklist;
mod claim;
mod describe;
mod host;
mod kind;
mod own;
mod propose;
mod raise;
mod triage;
mod walk;

pub use self::{
    checklist::open as open_checklist,
    claim::open as open_claim,
    describe::open as open_describe,
    host::{is_asked_for, open as open_host, waits_for_host, wanted as wanted_of_host},
    kind::Kind,
    own::{is_offered_to_me, offered_to_me, open as open_own},
    propose::{open as open_proposal, reply as open_reply},
    raise::open as open_raise,
    triage::open as open_triage,
    walk::open as open_walk,
};

use ratatui::layout::Rect;

use super::{
    keyed::keyed,
    paint::{TextLine, safe, wrap_text},
    room::Overlay,
    screen,
    state::{Out, State},
    theme::Ink,
    widget::{
        boxed::{Content, inner_columns},
        form::{Form, Values},
        refused::Panel,
    },
};
use crate::{
    app::{
        Command, UserError,
        decide::{Decision, World, decide},
    },
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState},
        key::{TaskKey, TrackerName},
        person::Person,
    },
    keymap::{Action, Chord},
};

/// A dialog while it is open.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// What it is for.
    pub kind: Kind,
    /// The tasks: one, but for claims and triage.
    pub keys: Vec<TaskKey>,
    /// The commitment it is about; `None` for claims.
    pub claim: Option<ClaimId>,
    /// Id of the finding it is about; `None` for tasks.
    pub finding: Option<String>,
    /// The description that is edited; empty for all others.
    was: String,
    /// What is asked.
    pub form: Form,
    /// People assigned by hand, with their task: Enter claims beside them.
    beside: Vec<String>,
    /// Why some of the chosen tasks are not among `keys`.
    left_out: Vec<String>,
    /// What was typed into fields that the chosen act does not have (triage).
    kept: Values,
    /// The act that the fields are made for, and how many duplicates were found then (triage).
    shape: Option<(usize, usize)>,
}

/// What was written into a dialog, kept until the world has moved on: when a wish is refused, nothing is lost.
#[derive(Clone, Debug)]
pub struct Draft {
    key: TaskKey,
    finding: Option<String>,
    kind: Kind,
    /// The description that was edited.
    was: String,
    values: Values,
    /// How the commitments of the task looked then.
    seen: Vec<Seen>,
}

type Seen = (ClaimId, CommitmentState, jiff::civil::Date, bool);

fn seen(state: &State, key: &TaskKey) -> Vec<Seen> {
    let look = |c: &Commitment| {
        let offered = c.life.as_ref().is_some_and(|life| life.offer.is_some());
        (c.claim, c.state, c.until, offered)
    };
    state.snapshot.commitments.iter().filter(|c| c.key == *key).map(look).collect()
}

impl Draft {
    /// True while it may still be wanted. A closing note is kept as long as the task is held; everything else until
    /// something about the task's commitments changed, which is what the wish was for.
    pub fn is_wanted(&self, state: &State) -> bool {
        match self.kind {
            Kind::HandBack | Kind::Done => own(state, &self.key).is_some(),
            Kind::Raise => self.has_finding(state),
            Kind::Checklist => false,
            Kind::Propose | Kind::Pass | Kind::Question => self.has_proposal(state),
            // It was written below one description, and no other.
            Kind::Describe => {
                let body = state.details.get(&self.key).and_then(|d| d.body.as_ref());
                body.is_none_or(|body| body.raw() == self.was)
            }
            _ => seen(state, &self.key) == self.seen,
        }
    }
}

/// My live commitment on a task.
pub fn own<'a>(state: &'a State, key: &TaskKey) -> Option<&'a Commitment> {
    state.snapshot.commitments.iter().find(|c| c.mine && c.state.is_live() && c.key == *key)
}

/// The user's account on a tracker, as far as it is known.
pub fn me(state: &State, tracker: &TrackerName) -> Person {
    state.snapshot.reader(tracker).unwrap_or_else(|| Person::human("", 0))
}

impl Dialog {
    fn new(kind: Kind, key: TaskKey, claim: Option<ClaimId>, form: Form) -> Self {
        Self {
            kind,
            keys: vec![key],
            claim,
            finding: None,
            was: String::new(),
            form,
            beside: Vec::new(),
            left_out: Vec::new(),
            kept: Vec::new(),
            shape: None,
        }
    }

    /// The commitment it is about, as it looks now.
    fn commitment<'a>(&self, state: &'a State) -> Option<&'a Commitment> {
        state.snapshot.commitments.iter().find(|c| Some(c.claim) == self.claim)
    }

    /// The wish as it stands, or the sentence that says what is missing.
    fn command(&self, state: &State) -> Result<Command, String> {
        match self.kind {
            Kind::Claim => self.claim_command(state),
            Kind::Triage => self.triage_command(state),
            Kind::Raise => self.raise_command(),
            Kind::Describe => Ok(self.describe_command()),
            Kind::Accept | Kind::Thank | Kind::Decline | Kind::Revoke | Kind::Reopen => self.host_command(state),
            Kind::Propose | Kind::Pass | Kind::Question => self.proposal_command(),
            Kind::Checklist => self.checklist_command(),
            Kind::Skip | Kind::Snooze => self.walk_command(),
            _ => self.own_command(state),
        }
    }

    /// Says why it was refused, where it can be mended.
    fn mend(&mut self, sentence: String) {
        if self.kind == Kind::Triage {
            // The reason of each task stands below already.
            self.form.mistake = Some("Nothing can be done; below stands why.".into());
            return;
        }
        let limits = self.form.has("limits") && self.form.chosen("limits") == 0;
        if limits {
            self.form.focus("limits");
        } else if self.kind == Kind::Skip {
            self.form.focus("note");
        }
        self.form.mistake =
            Some(if limits { "Choose to go over them, or leave and decline.".into() } else { sentence });
    }

    /// A key that is no action.
    pub fn typed(&mut self, chord: Chord) {
        self.form.typed(chord);
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.form.paste(text);
    }

    /// The title of the box.
    pub fn title(&self) -> String {
        let many = self.keys.len();
        if many > 1 { format!("{} {many} tasks", self.kind.title()) } else { self.kind.title().to_owned() }
    }

    /// What stands above the form.
    pub fn above(&self, state: &State, columns: usize) -> Vec<TextLine> {
        let mut lines = Vec::new();
        if self.kind == Kind::Raise {
            for (ink, text) in self.raise_head(state) {
                lines.extend(wrap_text(&safe(&text), ink, columns));
            }
        }
        // What happens to each of many is told below the form.
        let listed = if self.kind == Kind::Triage && self.keys.len() > 1 { 0 } else { 5 };
        for key in self.keys.iter().filter(|key| !key.is_unborn()).take(listed) {
            let title = state.snapshot.get(key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
            lines.extend(wrap_text(&title, Ink::Strong, columns).into_iter().take(2));
            lines.extend(wrap_text(&self.about(state, key), Ink::Dim, columns));
        }
        if self.keys.len() > listed && listed > 0 {
            lines.push(TextLine::of(Ink::Dim, format!("and {} more", self.keys.len() - listed)));
        }
        for (ink, text) in self.before(state) {
            lines.extend(wrap_text(&text, ink, columns));
        }
        lines
    }

    /// What follows from the form as it stands: what is told under its fields and below it.
    pub fn outcome(&self, state: &State) -> Vec<String> {
        let told = self.form.values().into_iter().flat_map(|(label, _)| self.below(state, label));
        told.chain(self.after(state)).map(|(_, text)| text).collect()
    }

    /// The rows of the box.
    pub fn content(&self, state: &State, area: Rect) -> Content {
        let columns = inner_columns(area);
        let mut lines = self.above(state, columns);
        if area.height >= 16 {
            lines.push(TextLine::blank());
        }
        let at = lines.len();
        let (rows, cursor) = self.form.lines(columns, &|label| self.below(state, label));
        lines.extend(rows);
        let after = self.after(state);
        if !after.is_empty() && area.height >= 16 && !self.form.is_empty() {
            lines.push(TextLine::blank());
        }
        for (ink, text) in after {
            lines.extend(wrap_text(&text, ink, columns));
        }
        let title = self.title();
        let cursor = cursor.map(|(row, column)| (at + row, column));
        Content { title, lines, cursor, typing: !self.form.in_choice(), tail: self.form.is_last() }
    }

    /// The row under the title of a task.
    fn about(&self, state: &State, key: &TaskKey) -> String {
        let shown = state.shown_key(key);
        match self.commitment(state) {
            None => format!("{shown} · hosted by {}", super::widget::host::name(state, &key.project)),
            Some(c) if c.mine => format!("{shown} · {}, until {}", c.state.word(), c.until),
            Some(c) => format!("{shown} · @{}: {}, until {}", c.who.login.line(), c.state.word(), c.until),
        }
    }

    /// What stands above the form.
    fn before(&self, state: &State) -> Vec<(Ink, String)> {
        match self.kind {
            Kind::Claim => self.claim_before(),
            Kind::Triage => self.triage_before(state),
            Kind::Raise | Kind::Describe => Vec::new(),
            Kind::Checklist => checklist::before(),
            Kind::Accept | Kind::Thank | Kind::Decline | Kind::Revoke | Kind::Reopen => self.host_before(state),
            Kind::Propose | Kind::Pass | Kind::Question => self.proposal_before(state),
            Kind::Skip | Kind::Snooze => self.walk_before(),
            _ => self.own_before(state),
        }
    }

    /// What stands under a field.
    fn below(&self, state: &State, label: &str) -> Vec<(Ink, String)> {
        match self.kind {
            Kind::Claim => self.claim_below(state, label),
            Kind::Triage => self.triage_below(state, label),
            Kind::Raise | Kind::Describe | Kind::Propose | Kind::Pass | Kind::Question => Vec::new(),
            Kind::Checklist => self.checklist_below(state, label),
            Kind::Accept | Kind::Thank | Kind::Decline | Kind::Revoke | Kind::Reopen => self.host_below(state, label),
            Kind::Skip | Kind::Snooze => self.walk_below(state, label),
            _ => self.own_below(state, label),
        }
    }

    /// What stands under the form.
    fn after(&self, state: &State) -> Vec<(Ink, String)> {
        match self.kind {
            Kind::Claim | Kind::TakeOver => self.claim_after(state),
            Kind::Triage => self.triage_after(state),
            Kind::Propose => self.proposal_after(state),
            Kind::Describe => self.describe_after(state),
            _ => Vec::new(),
        }
    }
}

/// What would be decided about a wish now, without doing anything: the same rules as when it arrives.
fn preview(state: &State, command: &Command) -> Result<Decision, UserError> {
    world_of(state, |world| decide(world, command))
}

/// Asks something of what the screens know.
fn world_of<T>(state: &State, ask: impl FnOnce(&World<'_>) -> T) -> T {
    let me = |key: &TaskKey| Some(me(state, &key.project.tracker)).filter(|me| !me.login.raw().is_empty());
    let body = |key: &TaskKey| state.details.get(key)?.body.as_ref().map(|body| body.raw().to_owned());
    let world = World {
        snapshot: &state.snapshot,
        now: state.now,
        fresh_id: &Default::default,
        me: &me,
        url: &|_| None,
        body: &body,
        last: None,
        did: &[],
    };
    ask(&world)
}

/// Keeps what is shown in step with what is known, and asks for what is missing.
pub fn settle(state: &mut State) -> Vec<Out> {
    let mut out = triage::settle(state);
    out.extend(claim::settle(state));
    out
}

/// Opens a dialog with what was written into it before.
fn show(state: &mut State, mut dialog: Dialog) {
    let first = dialog.keys.first();
    let same = |d: &&Draft| {
        d.kind == dialog.kind && Some(&d.key) == first && d.finding == dialog.finding && d.was == dialog.was
    };
    if let Some(draft) = state.drafts.iter().find(same) {
        dialog.form.restore(&draft.values);
        dialog.kept.clone_from(&draft.values);
    }
    state.overlay = Some(Overlay::Dialog(Box::new(dialog)));
}

/// What stood in a dialog when it was answered.
#[derive(Clone, Debug)]
pub struct Filled {
    kind: Kind,
    values: Values,
    /// The tasks it was about.
    pub keys: Vec<TaskKey>,
}

impl Filled {
    /// What stands in a dialog now.
    pub fn of(dialog: &Dialog) -> Self {
        Self { kind: dialog.kind, values: dialog.form.values(), keys: dialog.keys.clone() }
    }
}

/// Fills the dialog that is open as another of its kind was. What was written about one task alone is left out: nobody
/// wants the last note, link or question under the next task.
pub fn fill(state: &mut State, filled: &Filled) {
    let Some(Overlay::Dialog(dialog)) = &mut state.overlay else { return };
    let of_one_task = matches!(
        dialog.kind,
        Kind::HandBack | Kind::Done | Kind::Help | Kind::HandOver | Kind::Revoke | Kind::Reopen | Kind::Raise
    );
    if dialog.kind == filled.kind && !of_one_task {
        dialog.form.restore(&filled.values);
        dialog.kept.clone_from(&filled.values);
    }
}

/// Keeps what was written.
fn keep(state: &mut State, dialog: &Dialog) {
    let Some(key) = dialog.keys.first().cloned() else { return };
    state.drafts.retain(|d| d.kind != dialog.kind || d.key != key || d.finding != dialog.finding);
    let seen = seen(state, &key);
    let (finding, was) = (dialog.finding.clone(), dialog.was.clone());
    state.drafts.push(Draft { key, finding, kind: dialog.kind, was, values: dialog.form.values(), seen });
}

/// Actions while a dialog is open.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    let Some(Overlay::Dialog(mut dialog)) = state.overlay.take() else { return Vec::new() };
    match action {
        Action::Accept => {
            keep(state, &dialog);
            let checked = dialog.command(state).map(|command| (preview(state, &command), command));
            match checked {
                Ok((Ok(_), command)) => {
                    state.discover.marks.clear();
                    screen::walk::answered(state, &command);
                    if dialog.kind == Kind::Triage {
                        state.drafts.retain(|draft| draft.kind != Kind::Triage);
                    }
                    return vec![Out::Command(command)];
                }
                Ok((Err(error), _)) => match error.refusal {
                    Some(refusal) if !refusal.alternatives.is_empty() => {
                        state.overlay = Some(Overlay::Refused(Panel::new(dialog.kind.title(), *refusal)));
                        return Vec::new();
                    }
                    _ => dialog.mend(keyed(state, &error.sentence)),
                },
                Err(mistake) => dialog.form.mistake = Some(mistake),
            }
        }
        Action::Back => {
            keep(state, &dialog);
            return Vec::new();
        }
        _ => dialog.form.act(action),
    }
    state.overlay = Some(Overlay::Dialog(dialog));
    Vec::new()
}
