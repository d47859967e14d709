//! The list as it was judged, as bytes: put away after it was built, and read again at the next start, so that only what
//! happened since is judged anew. A memory of the store and nothing more: whatever does not fit exactly is not used. Knows no
//! files.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Debug, Write},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::index::{
    assigned::{Assigned, Assignees},
    change::Retitled,
    findings::Findings,
    fuzzy::Titles,
    mirror::Mirrors,
    rows::{Rows, as_json},
    side::{Flag, Side},
    snapshot::{BuildContext, Judged, Snapshot, Unjudged},
    worth::{ByPlace, Fit, Ground, Hosts},
};
use crate::{
    domain::{commitment::Commitment, project::Project, roster::Roster},
    judge::{gist::RULES, score::batch::Batch},
};

/// Changes with everything that is put away or judged, together with the version of the program.
const LAYOUT: u32 = 2;

/// Name of the value under which a store knows the list that belongs to it.
pub const KEPT: &str = "kept list";

/// What is told before the list itself is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    layout: (u32, String, String),
    /// The name of this writing, which the store knows too.
    pub name: String,
    /// How far the store had come when the list was read from it.
    pub position: i64,
    /// What the list was built for.
    context: u64,
    rows: usize,
}

/// What belongs to a list beside its rows.
#[derive(Serialize, Deserialize)]
struct Around {
    hosts: Hosts,
    by_place: Vec<ByPlace>,
    mirrors: Mirrors,
    #[serde(with = "as_json")]
    projects: Vec<Project>,
    #[serde(with = "as_json")]
    commitments: Vec<Commitment>,
}

/// What was judged of rows.
#[derive(Serialize, Deserialize)]
struct Verdicts {
    parts: Batch,
    fits: Vec<Fit>,
}

fn layout() -> (u32, String, String) {
    (LAYOUT, env!("CARGO_PKG_VERSION").to_owned(), RULES.to_owned())
}

/// Tells contexts apart, but for the moment and the weights.
fn mark(context: &BuildContext) -> u64 {
    struct Into(DefaultHasher);
    impl Write for Into {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            text.hash(&mut self.0);
            Ok(())
        }
    }
    let mut into = Into(DefaultHasher::new());
    // What has no order of its own is put in one.
    let BuildContext { now: _, me, roster, scope, homes, taste } = context;
    let sorted: [&dyn Debug; 5] = [
        &me.iter().collect::<BTreeMap<_, _>>(),
        &scope.as_ref().map(|scope| scope.iter().collect::<BTreeSet<_>>()),
        &homes.iter().collect::<BTreeMap<_, _>>(),
        &roster.overlays.iter().collect::<BTreeMap<_, _>>(),
        &roster.hosts.iter().collect::<BTreeMap<_, _>>(),
    ];
    let Roster { teams, people, calendars, policies, common, overlays: _, programme, hosts: _ } = roster.as_ref();
    // Writing into a hasher cannot fail.
    let _ = write!(into, "{sorted:?}{teams:?}{people:?}{calendars:?}{policies:?}{common:?}{programme:?}");
    let _ = write!(into, "{:?}", taste.profile);
    into.0.finish()
}

/// A list as pieces of bytes, each made when it is asked for; `None` where it cannot be put away: something happened since it
/// was built. `name` tells this writing from all others, `position` how far the store had come.
pub fn put_away(snapshot: &Snapshot, name: &str, position: i64) -> Option<impl Iterator<Item = Vec<u8>> + use<>> {
    let built_for = snapshot.built_for.as_ref()?;
    let rows = snapshot.rows.put_away()?;
    let head =
        Head { layout: layout(), name: name.to_owned(), position, context: mark(built_for), rows: snapshot.rows.len() };
    let side = snapshot.side.clone();
    let around = Around {
        hosts: snapshot.ground.hosts().clone(),
        by_place: snapshot.ground.by_place(&side),
        mirrors: snapshot.mirrors.as_ref().clone(),
        projects: snapshot.projects.clone(),
        commitments: snapshot.commitments.clone(),
    };
    let (parts, fits) = (snapshot.parts.clone(), snapshot.fits.clone());
    let pieces: [Box<dyn FnOnce() -> postcard::Result<Vec<u8>>>; 4] = [
        Box::new(move || postcard::to_stdvec(&head)),
        Box::new(move || postcard::to_stdvec(side.as_ref())),
        Box::new(move || postcard::to_stdvec(&around)),
        Box::new(move || postcard::to_stdvec(&Verdicts { parts: parts.unshared(), fits: fits.as_ref().clone() })),
    ];
    // A piece that could not be made is missed when the list is read again.
    Some(pieces.into_iter().map(|make| make()).chain(rows).map(Result::unwrap_or_default))
}

impl Head {
    /// From the first piece; `None` for one that this program did not put away.
    pub fn read(piece: &[u8]) -> Option<Self> {
        postcard::from_bytes(piece).ok().filter(|head: &Self| head.layout == layout())
    }

    /// The list that the other pieces hold, as it was put away: what happened since has to be brought in before it is shown
    /// ([`Snapshot::caught_up`]). `None` where it was built for somebody or something else.
    pub fn read_list(&self, pieces: impl IntoIterator<Item = Vec<u8>>, context: &BuildContext) -> Option<Snapshot> {
        if self.context != mark(context) {
            return None;
        }
        let mut pieces = pieces.into_iter();
        let mut next = || pieces.next();
        let (side, around, verdicts) = (next()?, next()?, next()?);
        let (rows, (side, around, verdicts)) = both(
            [next()?, next()?, next()?],
            |rows| Rows::read_again(rows).ok(),
            || Some((read::<Side>(side)?.read_again(), read::<Around>(around)?, read::<Verdicts>(verdicts)?)),
        )?;
        let sound = self.rows == rows.len() && rows.is_whole() && side.is_of(self.rows);
        let judged = verdicts.fits.len() == self.rows && verdicts.parts.len() == self.rows;
        (sound && judged).then(|| snapshot(rows, side, around, verdicts, context))
    }
}

fn read<T: for<'de> Deserialize<'de>>(piece: Vec<u8>) -> Option<T> {
    postcard::from_bytes(&piece).ok()
}

/// Does two things at once.
fn both<A: Send, R: Send, S>(
    of: A,
    one: impl FnOnce(A) -> Option<R> + Send,
    other: impl FnOnce() -> Option<S>,
) -> Option<(R, S)> {
    std::thread::scope(|scope| {
        let one = scope.spawn(|| one(of));
        let other = other();
        // A thread that panicked is a bug; its panic goes on here, as without threads.
        one.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)).zip(other)
    })
}

fn snapshot(rows: Rows, mut side: Side, around: Around, verdicts: Verdicts, context: &BuildContext) -> Snapshot {
    let none = BTreeMap::new();
    let prefixes = side.prefixes();
    side.titles = Arc::new(Titles::of(&Retitled { rows: &rows, judged: &none, side: &side, prefixes }));
    let Around { hosts, by_place, mirrors, projects, commitments } = around;
    let then = BuildContext { now: rows.judged_at(), ..context.clone() };
    let ground = Ground::of(&side, hosts, (&projects, &commitments, &Findings::default()), &then, None);
    let side = Arc::new(side);
    let rows = rows.beside(side.clone());
    let judged = Judged {
        assigned: Arc::new(assigned(&rows, &side, &commitments, &then)),
        findings: Findings::default(),
        ground: ground.judged_by(&side, by_place),
        rows,
        side,
        // Weighed when what rows have in common is said of them again.
        scores: Vec::new(),
        parts: verdicts.parts,
        fits: verdicts.fits,
        mirrors,
    };
    let (coverage, outbox, values) = Default::default();
    Snapshot::of(judged, Unjudged { projects, commitments, coverage, outbox, values }, &then)
}

fn assigned(rows: &Rows, side: &Side, commitments: &[Commitment], context: &BuildContext) -> Vec<Assigned> {
    let mut open = side.flag(Flag::Open).as_ref().clone();
    open.and(&side.flag(Flag::Assigned));
    // In the order of keys, so that nothing is left to be sorted.
    let open = side.by_key.iter().copied().filter(|at| open.has(*at as usize));
    let open = open.filter_map(|at| Some((rows.key(at)?, rows.assignees(at as usize))));
    Assignees::of(commitments).by_hand(open, &context.me)
}
