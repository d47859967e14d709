//! Every trouble that must have been provoked before a change is taken: the lines of `tests/RELIABILITY.md`, in its
//! order. A line without a test that meets it fails the run (`zero`). Knows no test.

/// A part of the table.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// What the counts mean here.
    pub(crate) about: &'static str,
    /// The name of a line, and what it is.
    pub(crate) lines: &'static [(&'static str, &'static str)],
}

/// What `HTTP` to `write` are checked against, alike for each.
const STORY: &str = "Each is met by a sync, a claim and a hand-back of the real program with a token that is searched for afterwards in \
everything printed, logged and stored; then the server is well again. Lost: tasks, a claim or a hand-back that were \
there or queued. Duplicated: comments and rows. Leaked: the token, control characters, requests to another server.";

pub(crate) const SECTIONS: &[Section] = &[
    Section {
        title: "What servers answer",
        about: STORY,
        lines: &[
            ("HTTP 500", "trouble of its own, every time"),
            ("HTTP 502 page", "a gateway's web page, also as the answer to a write"),
            ("HTTP 503 date", "a pause until the year 2099"),
            ("HTTP 504", "the gateway gave up"),
            ("HTTP 403 secondary", "a secondary limit with a pause"),
            ("HTTP 403 primary", "the allowance is used up"),
            ("HTTP 403", "forbidden"),
            ("HTTP 403 sign-on", "single sign-on is asked for"),
            ("HTTP 429", "a pause that is no number"),
            ("HTTP 401", "the token is refused in the middle of a sync"),
            ("HTTP 404", "became private"),
            ("HTTP 410", "issues are disabled"),
            ("HTTP 422", "validation failed"),
            ("HTTP 301 308", "moved, on the same host"),
            ("HTTP 304", "not modified, to somebody who has no copy"),
            ("HTTP 204", "no content where content was expected"),
        ],
    },
    Section {
        title: "What happens on the way",
        about: STORY,
        lines: &[
            ("wire DNS", "the name cannot be resolved"),
            ("wire refused", "nobody listens"),
            ("wire TLS issuer", "a certificate that nobody known signed"),
            ("wire TLS expired", "a certificate of the past"),
            ("wire TLS name", "a certificate for another name"),
            ("wire connect", "no answer to the attempt to connect"),
            ("wire reset before", "reset before the answer"),
            ("wire reset within", "reset in the middle of the body"),
            ("wire short", "closed in the middle of the body"),
            ("wire drip", "a byte now and then"),
            ("wire endless", "chunks without end"),
            ("wire bomb", "a compressed answer of 40 MiB"),
            ("wire proxy 407", "the proxy wants a password"),
            ("wire proxy dead", "the proxy is not there"),
        ],
    },
    Section {
        title: "What pages hold",
        about: STORY,
        lines: &[
            ("page cut", "JSON that ends early, whole to HTTP"),
            ("page HTML", "a login page with status 200"),
            ("page empty", "an empty list where tasks were"),
            ("page twice", "the same page twice"),
            ("page shifted", "a task closed while the pages are read"),
            ("page loop", "a next page that is this page"),
            ("page elsewhere", "a next page on another host"),
            ("page http", "a next page over plain http"),
            ("page partial", "GraphQL: data and errors at once"),
            ("page odd", "unknown fields, wrong types, missing values"),
        ],
    },
    Section {
        title: "What happens to writes",
        about: STORY,
        lines: &[
            ("write lost after", "it took effect, the answer is lost"),
            ("write lost before", "it never arrived"),
            ("write twice", "delivered twice"),
            ("write late", "visible later than answered"),
            ("write ignored", "201, but nobody is assigned"),
            ("write rival", "somebody else's claim came first"),
            ("write away", "307 to another host"),
            ("write half", "422 in the middle of three steps"),
        ],
    },
    Section {
        title: "What happens to machine and process",
        about: "Lost: rows of the outbox, commitments, tasks, texts that had been stored. Duplicated: rows and comments. Leaked: the token.",
        lines: &[
            ("SIGKILL", "at moments by chance"),
            ("SIGKILL C1 to C20", "at every point of the next table"),
            ("SIGTERM", "while a claim is under way"),
            ("SIGHUP", "while a claim is under way"),
            ("SIGSTOP SIGCONT", "while a claim is under way"),
            ("ENOSPC", "no space left, in the store and on the file system"),
            ("EROFS", "a file system that cannot be written"),
            ("EACCES", "a folder or file that may not be written"),
            ("EIO", "a store that fails at its n-th write"),
            ("store corrupt", "garbage in each page"),
            ("store truncated", "cut off at each page"),
            ("store empty", "zero length"),
            ("store newer", "a schema of a later version"),
            ("second instance", "two programs on one store"),
            ("clock", "three days forward and back"),
            ("EMFILE", "no file descriptor left"),
        ],
    },
    Section {
        title: "Where the program is killed",
        about: "Killed there and started again. Lost: a wish that had been confirmed, a page, a text, a file. Duplicated: comments.",
        lines: &[
            ("C1", "before the local transaction"),
            ("C2", "within it"),
            ("C3", "after it, before the user sees it"),
            ("C4", "before the row says that it is being sent"),
            ("C5", "after that, before the first byte"),
            ("C6", "in the middle of the request"),
            ("C7", "the server has it, no answer"),
            ("C8", "the answer is here, unread"),
            ("C9", "read, the row not yet done"),
            ("C10", "after the row is done"),
            ("C11", "between comment and assignee"),
            ("C12", "between comment and label"),
            ("C13", "while a page is stored"),
            ("C14", "a page stored, its cursor not"),
            ("C15", "in the middle of a change of the schema"),
            ("C16", "while the log is folded into the store"),
            ("C17", "while a store is set aside and rescued"),
            ("C18", "while a file is written for the user"),
            ("C19", "while configuration, keys or places are written"),
            ("C20", "where a token would be written: none ever is"),
        ],
    },
    Section {
        title: "How the terminal is given back",
        about: "Lost: a mode of the terminal that is not as before (alternate screen, cursor, mouse, paste, raw mode), or a program \
that is still there after half a second where it was told to end. Leaked: bytes that are not the program's own.",
        lines: &[
            ("end q", "leaving"),
            ("end q in a dialog", "leaving from a dialog"),
            ("end panic", "a panic of the screen"),
            ("end panic in a task", "a panic behind it, then leaving"),
            ("end SIGTERM", ""),
            ("end SIGHUP", ""),
            ("end SIGINT", ""),
            ("end SIGQUIT", ""),
            ("end SIGTSTP SIGCONT", "stopped and continued, then leaving"),
            ("end EOF", "the terminal goes away"),
            ("end at start", "an error before the first frame"),
            ("end editor killed", "the editor it opened is killed"),
            ("terminal resizes", "a storm of sizes, 0 × 0 among them"),
            ("terminal pipe", "a pipe whose reader goes away"),
            ("terminal none", "no terminal"),
            ("terminal dumb", "a terminal that cannot place text"),
            ("terminal paste", "a paste that never ends"),
            ("terminal keys", "five thousand keys at once"),
            ("terminal NO_COLOR", "no colour, and the chosen row is still to be seen"),
        ],
    },
    Section {
        title: "What is put in",
        about: "Cases of our own and, where it lies beside the clone, the corpus of bad input. Lost: a text or row that did not survive. \
Duplicated: rows. Leaked: bytes that act on a terminal, in any output.",
        lines: &[
            ("input escape", "control sequences in texts of others"),
            ("input unicode", "direction, width, marks, look-alikes"),
            ("input benign", "texts that must stay as they are"),
            ("input export", "formulas, Markdown, HTML, log lines, false markers"),
            ("input json", "answers of GitHub and Jira"),
            ("input http", "scenarios of a server"),
            ("input config", "configurations"),
            ("input keymap", "tables of keys"),
            ("input db", "stores"),
            ("input big", "a mebibyte here, ten thousand there"),
            ("input url", "addresses to open"),
            ("input path", "owner and name"),
            ("input keys", "bytes typed by nobody"),
        ],
    },
    Section {
        title: "Where a token was looked for",
        about: "Planted: a token of GitHub, one of Jira Cloud with its e-mail address, one of Jira Data Center. Leaked: times that one of \
them was found, plain or encoded. Times: outputs searched.",
        lines: &[
            ("sink screen", "everything written to the terminal"),
            ("sink output", "standard output"),
            ("sink errors", "standard error"),
            ("sink log", "the log at its finest"),
            ("sink panic", "what a panic prints and leaves"),
            ("sink store", "store and its log of changes"),
            ("sink files", "every other file beneath the home folder"),
            ("sink JSON", "what verbs print for machines"),
            ("sink arguments", "command lines of the program and its children"),
            ("sink environment", "environment of its children"),
            ("sink addresses", "paths and queries of requests"),
            ("sink bodies", "bodies of requests"),
            ("sink other hosts", "anything another server hears"),
            ("sink plain http", "anything sent in clear text beyond this machine"),
        ],
    },
    Section {
        title: "What must always hold",
        about: "Times: cases in which it was checked. The last columns count the cases in which it did not hold.",
        lines: &[
            ("I1", "no byte of others' text acts on the terminal"),
            ("I2", "raw text survives"),
            ("I3", "one winner, and the loser leaves nothing"),
            ("I4", "no claim is lost"),
            ("I5", "no comment twice"),
            ("I6", "accepted only after a read that shows it"),
            ("I7", "after rest the store is what the server has"),
            ("I8", "the store opens or says why; nothing is overwritten"),
            ("I9", "a token is nowhere but in its header"),
            ("I10", "no request to a host that is not configured; a write is sent once"),
            ("I11", "the terminal is as before"),
            ("I12", "it always answers"),
        ],
    },
    Section {
        title: "Checks that must be able to fail",
        about: "A guard is broken on purpose, and the check must find it. Times: findings.",
        lines: &[
            ("control marker", "comments without their marker"),
            ("control settle", "no second look before a claim counts"),
            ("control retry", "writes repeated by the client"),
            ("control sanitiser", "texts of others as they are"),
            ("control restore", "the terminal given back without mouse and paste"),
            ("control cursor", "the cursor stored before its page"),
            ("control token", "the token in a debug output"),
            ("control begin", "a transaction that begins as a reader"),
        ],
    },
];

/// Lines that do not hold or that nothing provokes, each with the reason. Said in the table, and to be taken out once a
/// test meets them.
pub(crate) const SHORT: &[(&str, &str)] = &[];

/// The line of this name.
#[track_caller]
pub(crate) fn line(name: &str) -> &'static str {
    let all = SECTIONS.iter().flat_map(|s| s.lines);
    all.map(|(line, _)| *line)
        .find(|line| *line == name)
        .unwrap_or_else(|| panic!("the catalogue has no line '{name}'"))
}

#[test]
fn no_two_lines_have_one_name_and_the_catalogue_is_complete() {
    let names: Vec<&str> = SECTIONS.iter().flat_map(|s| s.lines).map(|(line, _)| *line).collect();
    let different: std::collections::BTreeSet<&&str> = names.iter().collect();
    assert_eq!(different.len(), names.len());
    let faults: usize = SECTIONS.iter().take(5).map(|s| s.lines.len()).sum();
    assert_eq!(faults, 64);
    let counts: Vec<usize> = SECTIONS.iter().skip(5).map(|s| s.lines.len()).collect();
    assert_eq!(counts, [20, 19, 13, 14, 12, 8]);
}
