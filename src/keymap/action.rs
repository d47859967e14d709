//! THE table of actions. Palette, help, hint line, key files and the `keys` verb are generated from it; nothing
//! else lists what can be done. Knows no keys and does nothing itself.

/// Where keys are looked up. A screen names its contexts from the most special to [`Context::Global`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// Everywhere but in text fields.
    Global,
    /// The Discover screen.
    Discover,
    /// The Walk screen.
    Walk,
    /// The Mine screen, and one own commitment in full.
    Mine,
    /// The Floor screen.
    Floor,
    /// One task in full.
    Detail,
    /// An explanation of a score.
    Why,
    /// The weights of scores.
    Weights,
    /// The query line while it is edited.
    Query,
    /// The command palette.
    Palette,
    /// The help screen.
    Help,
    /// A dialog.
    Dialog,
    /// The outbox screen.
    Outbox,
}

impl Context {
    /// All contexts, in the order help and documents show them.
    pub const ALL: [Self; 13] = [
        Self::Global,
        Self::Discover,
        Self::Walk,
        Self::Mine,
        Self::Floor,
        Self::Detail,
        Self::Why,
        Self::Weights,
        Self::Outbox,
        Self::Query,
        Self::Palette,
        Self::Dialog,
        Self::Help,
    ];

    /// The name used in keymap files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Discover => "discover",
            Self::Walk => "walk",
            Self::Mine => "mine",
            Self::Floor => "floor",
            Self::Detail => "detail",
            Self::Why => "why",
            Self::Weights => "weights",
            Self::Query => "query",
            Self::Palette => "palette",
            Self::Help => "help",
            Self::Dialog => "dialog",
            Self::Outbox => "outbox",
        }
    }

    /// The heading of this context in help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Discover => "Discover",
            Self::Walk => "Walk",
            Self::Mine => "Mine",
            Self::Floor => "Floor",
            Self::Detail => "Task",
            Self::Why => "Why",
            Self::Weights => "Weights",
            Self::Query => "Query line",
            Self::Palette => "Palette",
            Self::Help => "Help",
            Self::Dialog => "Dialogs",
            Self::Outbox => "Outbox",
        }
    }

    /// True where keys that are characters are typed into a field.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Query | Self::Palette | Self::Dialog)
    }

    /// True for a room, in which [`Context::Global`] holds too.
    pub fn is_room(self) -> bool {
        !self.is_text() && self != Self::Global
    }

    /// The contexts that hold together with this one, the most special first.
    pub fn scope(self) -> Vec<Self> {
        if self.is_room() { vec![self, Self::Global] } else { vec![self] }
    }

    /// The context of a name in a keymap file.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }

    /// The actions the hint line shows first, most useful first. What has no key is left out.
    pub fn hints(self) -> &'static [Action] {
        use Action as A;
        match self {
            Self::Global => &[A::Help, A::Palette, A::Quit],
            Self::Discover => &[
                A::Claim,
                A::Why,
                A::Open,
                A::EditQuery,
                A::SwitchPane,
                A::Mark,
                A::Triage,
                A::Sort,
                A::Snooze,
                A::OpenBrowser,
                A::Copy,
            ],
            Self::Walk => &[A::Claim, A::Next, A::Skip, A::SnoozeUntil, A::Previous, A::Open, A::OpenBrowser, A::Copy],
            Self::Mine => &[A::Open, A::HandBack, A::Done, A::Renew, A::NeedHelp, A::Pause, A::OpenBrowser, A::Outbox],
            Self::Floor => &[A::Agree, A::Decline, A::Open, A::Thank, A::Revoke, A::OpenBrowser],
            Self::Detail => &[A::Back, A::Claim, A::HandBack, A::Next, A::Previous, A::Triage, A::OpenBrowser, A::Copy],
            Self::Why => &[A::Back, A::Describe, A::CopyAsk, A::WhyNot, A::Weights],
            Self::Weights => &[A::Back, A::Heavier, A::Lighter, A::NextPreset, A::KeepWeights],
            Self::Query => &[A::Accept, A::Back, A::Complete, A::ClearField],
            Self::Palette => &[A::Accept, A::Back, A::MoveDown],
            Self::Dialog => &[A::Accept, A::Back, A::NextField, A::ChoiceNext, A::NewLine],
            Self::Help => &[A::Back, A::NextTopic, A::MoveDown, A::PageDown],
            Self::Outbox => &[A::Back, A::OutboxRetry, A::OutboxDrop],
        }
    }
}

/// What the program knows about one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionInfo {
    /// Which.
    pub action: Action,
    /// Name in keymap files, kebab-case.
    pub name: &'static str,
    /// Title in palette and help, a few words.
    pub title: &'static str,
    /// What it does, one sentence.
    pub about: &'static str,
    /// One word for the hint line.
    pub hint: &'static str,
    /// Contexts in which it may be bound and does something.
    pub contexts: &'static [Context],
    /// The verb of the command line that does the same.
    pub verb: Option<&'static str>,
}

macro_rules! actions {
    ($($id:ident $name:literal $hint:literal $title:literal $about:literal [$($context:ident)*] $verb:expr;)*) => {
        /// Something a key or the palette can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $about] $id,)*
        }

        /// The table, in the order help shows it.
        pub static ACTIONS: &[ActionInfo] = &[
            $(ActionInfo {
                action: Action::$id,
                name: $name,
                title: $title,
                about: $about,
                hint: $hint,
                contexts: &[$(Context::$context),*],
                verb: $verb,
            },)*
        ];

        impl Action {
            /// Its row of the table.
            pub fn info(self) -> &'static ActionInfo {
                // The table is written by the same macro in the same order as the enum.
                ACTIONS.get(self as usize).unwrap_or(&FALLBACK)
            }
        }
    };
}

static FALLBACK: ActionInfo =
    ActionInfo { action: Action::Help, name: "help", title: "", about: "", hint: "", contexts: &[], verb: None };

/// What a number in front of a key means for its action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// So many times as far, or to the row of that number.
    Far,
    /// So many times.
    Times,
}

impl Action {
    /// What a number in front means; `None` for what is done once.
    pub fn counted(self) -> Option<Counted> {
        use Action as A;
        match self {
            A::MoveDown | A::MoveUp | A::HalfDown | A::HalfUp | A::PageDown | A::PageUp | A::Top | A::Bottom => {
                Some(Counted::Far)
            }
            A::Next | A::Previous | A::Mark | A::Heavier | A::Lighter => Some(Counted::Times),
            _ => None,
        }
    }

    /// True for what may be bound in a context.
    pub fn works_in(self, context: Context) -> bool {
        let contexts = self.info().contexts;
        contexts.contains(&context) || (context.is_room() && contexts.contains(&Context::Global))
    }

    /// The action of a name in a keymap file.
    pub fn of(name: &str) -> Option<Self> {
        ACTIONS.iter().find(|info| info.name == name).map(|info| info.action)
    }
}

actions! {
    Claim "claim" "claim" "Claim" "Take the task, or all marked tasks, for a few days." [Discover Walk Mine Detail] Some("claim");
    HandBack "hand-back" "hand back" "Hand back" "End your claim with a note for the next person." [Discover Mine Detail] Some("release");
    Done "done" "done" "Done" "Say that the work is done and how, with what the host should know." [Mine Detail] Some("done");
    Renew "renew" "renew" "Renew" "Promise a later last day, and say why." [Mine Detail] Some("renew");
    StillOnIt "still-on-it" "still on it" "Still on it" "Answer the reminder: you still work on it." [Mine Detail] Some("still-on-it");
    NeedHelp "need-help" "need help" "Need help" "Ask the host a question; the clock stands until they answer. Or ask whoever proposed a task to you." [Mine Detail] Some("need-help");
    Plan "plan" "plan" "Plan" "Post your plan on the task: the first sign of work, with a mentor named for a word about it." [Mine Detail] Some("plan");
    Checklist "checklist" "first days" "First days" "Tick off what you got through in a project that is new to you; nobody else sees it." [Mine] Some("checklist");
    Friction "friction" "note a gap" "Note a gap" "Draft an issue for the host on what its documents do not tell newcomers; you read it before it is sent." [Mine] Some("checklist");
    Pause "pause" "pause" "Pause or resume" "Step away until a day you name, or come back." [Mine Detail] Some("pause");
    Block "block" "blocked" "Blocked or unblocked" "Say who or what stops the work, or that it goes on." [Mine Detail] Some("block");
    HandOver "hand-over" "hand over" "Hand over" "Offer your claim to somebody; it stays yours until they accept." [Mine Detail] Some("handover");
    Withdraw "withdraw" "withdraw" "Withdraw" "Take your request back before the host has answered." [Mine Detail] Some("withdraw");
    Propose "propose" "propose" "Propose" "Propose the task to somebody, as a mentor or lead of its team; nobody is assigned until they take it." [Discover Detail] Some("propose");
    Agree "agree" "accept" "Accept it" "Take what is offered or proposed to you; for your team, accept a request, a renewal or finished work." [Discover Mine Floor Detail] Some("accept");
    Decline "decline" "decline" "Decline" "Say no to what is proposed to you; for your team, to a request. With a reason." [Discover Mine Floor Detail] Some("decline");
    Revoke "revoke" "revoke" "Revoke" "For your team: take a commitment away, with a reason its helper reads." [Discover Floor Detail] Some("revoke");
    Thank "thank" "thank" "Thank" "For your team: accept finished work with a word of thanks, or copy a draft of one." [Discover Floor Detail] Some("thanks");
    Reopen "reopen" "reopen" "Reopen" "For your team: say that finished work broke something; its helper gets days to mend it." [Discover Floor Detail] Some("warranty");
    Open "open" "open" "Open" "Open what the cursor is on." [Global Discover Walk Mine Floor Outbox] Some("show");
    OpenBrowser "open-browser" "browser" "Open in the browser" "Open the task on its tracker." [Discover Walk Mine Floor Detail Outbox] None;
    Copy "copy-key" "copy" "Copy the key" "Put the task's key on the clipboard." [Discover Walk Mine Floor Detail Outbox] None;
    CopyUrl "copy-url" "copy address" "Copy the address" "Put the task's address on the clipboard." [Discover Walk Mine Floor Detail Outbox] None;
    EditQuery "query" "query" "Query" "Edit the query line; the list follows every key." [Discover] Some("list");
    NextView "next-view" "view" "Next view" "Go to the next saved view; the first is what you typed without any." [Discover] Some("list");
    PreviousView "previous-view" "view" "Previous view" "Go to the saved view before." [Discover] Some("list");
    Complete "complete" "complete" "Complete" "Take what the box under the line offers; without a box, show one." [Query] None;
    Facets "facets" "facets" "Facets" "Show or hide the column of counts." [Discover] None;
    SwitchPane "switch-pane" "pane" "Other pane" "Move between the list and the column of counts; on the Floor between rooms, timeline and who helps whom." [Discover Floor] None;
    Sort "sort" "sort" "Sort order" "Go to the next sort order." [Discover] None;
    Surprise "surprise" "surprise" "Surprise me" "Go to a task that you can take now, drawn for you and this day instead of by its score; again for another." [Discover Walk] Some("list");
    Mark "mark" "mark" "Mark" "Mark the task for the next act, or take the mark off." [Discover] None;
    MarkRange "mark-range" "mark range" "Mark a range" "Mark everything from the last mark to here." [Discover] None;
    Bookmark "bookmark" "bookmark" "Bookmark" "Set or remove a private bookmark." [Discover Detail] None;
    Snooze "snooze" "snooze" "Snooze" "Hide the task from your list for seven days, or bring it back; nobody else sees it." [Discover Detail] None;
    Hide "hide" "hide" "Hide" "Hide the task from your list for good, or bring it back; nobody else sees it." [Discover Detail] None;
    Triage "triage" "triage" "Triage" "Sort the task, or all marked tasks: snooze, hide, tag, label, ask, propose as obsolete, point to a duplicate." [Discover Detail] Some("triage");
    Skip "skip" "not for me" "Not for me" "Say why the task is not for you, and go on; it rests for 90 days, and nobody else sees it." [Walk] Some("walk skip");
    SnoozeUntil "snooze-until" "snooze" "Snooze until" "Put the task off until a day or until something changes, and go on; nobody else sees it." [Walk] Some("walk snooze");
    Why "why" "why" "Why this score" "Show what the score is made of, and what would raise it." [Discover Walk Detail Why] Some("why");
    WhyNot "why-not" "why not" "Why not" "Show what keeps the task from being taken." [Discover Walk Detail Why] Some("why");
    Compare "compare" "compare" "Compare" "Compare the task with the marked one, part by part." [Discover] Some("why");
    Weights "weights" "weights" "Weights" "Change how much each part of a score counts; the list follows at once." [Discover Why] Some("weights");
    CopyAsk "copy-ask" "copy words" "Copy words to the host" "Put words on the clipboard that ask the host for what would raise the score most." [Why] Some("why");
    Describe "describe" "describe" "Describe it better" "Write what is missing into its description; nothing is sent before you say so." [Why] Some("why");
    Heavier "heavier" "more" "More weight" "Let this part count more." [Weights] Some("weights");
    Lighter "lighter" "less" "Less weight" "Let this part count less." [Weights] Some("weights");
    NextPreset "next-preset" "preset" "Next preset" "Go to the next shipped set of weights." [Weights] Some("weights");
    KeepWeights "keep-weights" "keep" "Keep the weights" "Keep the weights as the preset 'mine'." [Weights] Some("weights");
    Focus "focus" "focus" "Focus view" "Show one task and nothing else, or everything again." [Discover Mine Floor Detail] None;
    Next "next-task" "next" "Next task" "Show the next task of the list, or the next stop of the round." [Walk Detail] None;
    Previous "previous-task" "previous" "Previous task" "Show the task before it in the list, or the stop before." [Walk Detail] None;
    OutboxRetry "outbox-retry" "try again" "Try again" "Send this row of the outbox now." [Outbox] Some("outbox retry");
    OutboxDrop "outbox-drop" "drop" "Drop" "Take this row out of the outbox; nothing more is sent for it." [Outbox] Some("outbox drop");
    TabDiscover "tab-discover" "discover" "Go to Discover" "Show the list of tasks." [Global] Some("list");
    TabWalk "tab-walk" "walk" "Go to Walk" "Go round the hosts, one task at a time." [Global] Some("walk");
    TabMine "tab-mine" "mine" "Go to Mine" "Show what you have claimed." [Global] Some("mine");
    TabFloor "tab-floor" "floor" "Go to Floor" "Show who is helping where, your own team first." [Global] Some("floor");
    Outbox "outbox" "outbox" "Go to the outbox" "Show what waits to be sent, and what went wrong." [Global] Some("outbox");
    Refresh "refresh" "refresh" "Refresh this" "Read the project of this task again." [Global] Some("sync");
    RefreshAll "refresh-all" "refresh all" "Refresh all" "Read all projects again." [Global] Some("sync");
    Undo "undo" "undo" "Undo" "Undo the last claim, hand-back, mark, triage or answer of a walk: unsent it vanishes, sent it is reversed." [Global] None;
    Repeat "repeat" "again" "Again" "Do the last act once more, on the next task; what asked then asks again, filled in as it was." [Discover Walk Mine Floor Detail] None;
    Palette "palette" "palette" "Command palette" "Find any action by typing." [Global] None;
    Help "help" "help" "Help" "Show the keys of this screen." [Global] Some("keys");
    NextTopic "next-topic" "topic" "Next topic" "Go to the next topic of the help: queries, keys, what happens to a claim, and more." [Help] Some("help");
    PreviousTopic "previous-topic" "topic before" "Previous topic" "Go to the topic before." [Help] Some("help");
    Tour "tour" "tour" "Tour" "Show the five steps of the first start again." [Global] None;
    Back "back" "back" "Back" "Leave what is open; the one key that always leads back." [Global Query Palette Dialog Help] None;
    Accept "accept" "ok" "Accept" "Do what is shown." [Query Palette Dialog] None;
    MoveDown "move-down" "down" "Down" "One row down." [Global Query Palette Dialog] None;
    MoveUp "move-up" "up" "Up" "One row up." [Global Query Palette Dialog] None;
    HalfDown "half-page-down" "half page down" "Half a page down" "Half a page down." [Global] None;
    HalfUp "half-page-up" "half page up" "Half a page up" "Half a page up." [Global] None;
    PageDown "page-down" "page down" "Page down" "One page down." [Global] None;
    PageUp "page-up" "page up" "Page up" "One page up." [Global] None;
    Top "top" "top" "To the top" "First row." [Global] None;
    Bottom "bottom" "bottom" "To the bottom" "Last row." [Global] None;
    ClearField "clear-field" "clear" "Clear" "Empty the text field." [Query Palette Dialog] None;
    NextField "next-field" "next field" "Next field" "Go to the next field." [Dialog] None;
    PreviousField "previous-field" "previous field" "Previous field" "Go to the previous field." [Dialog] None;
    ChoiceNext "next-choice" "choose" "Next choice" "Choose the next value of this field." [Dialog] None;
    ChoicePrevious "previous-choice" "choose" "Previous choice" "Choose the value before." [Dialog] None;
    NewLine "new-line" "new line" "New line" "Start a new line in the note." [Dialog] None;
    Redraw "redraw" "redraw" "Redraw" "Paint the whole screen again." [Global] None;
    Suspend "suspend" "suspend" "Suspend" "Go back to the shell; `fg` returns." [Global] None;
    Quit "quit" "quit" "Quit" "Leave floorwalk; what waits in the outbox is kept." [Global] None;
}
