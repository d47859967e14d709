//! The whole list, kept beside the store from one start of the program to the next: it gives the same lists as reading all, and
//! nothing that is wrong with its file is ever seen.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::PathBuf,
    sync::Arc,
};

use floorwalk::{
    app::Event,
    domain::time::Now,
    index::{
        BuildContext, Snapshot,
        kept::{Head, put_away},
    },
    store::{Everything, Store},
    tui::Options,
};

use crate::{cli_world::CliWorld, store_world, tui_world};

const QUERIES: [&[&str]; 2] = [&["list"], &["list", "is:taken,open", "memory", "--json"]];

/// A world with a store of many made-up tasks, and the file of its list.
struct World {
    cli: CliWorld,
    file: PathBuf,
}

impl World {
    fn new() -> Self {
        let cli = CliWorld::new();
        let data = cli.path(".local/share/floorwalk");
        fs::create_dir_all(&data).unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
        let store = store_world::open(&data);
        let all = crate::bench_world::everything(2_010, 11);
        store_world::run(async {
            let batch = floorwalk::store::Batch {
                projects: all.projects.clone(),
                tasks: all.tasks.iter().map(|task| (task.clone(), None)).collect(),
                commitments: all.commitments.clone(),
                ..Default::default()
            };
            store.apply(batch).await.unwrap();
        });
        drop(store);
        let repos: Vec<&str> = all.projects.iter().map(|project| project.project.path()).collect();
        cli.config(&format!(
            "[me]\nhandle = \"sam\"\n[[tracker]]\nname = \"gh\"\nurl = \"http://127.0.0.1:9\"\nrepos = {repos:?}\n"
        ));
        let world = Self { file: data.join("list.cache"), cli };
        // Texts are judged by and by.
        world.seen_anew(NOW);
        world
    }

    fn seen(&self, now: &str) -> Vec<String> {
        let run = |args: &&[&str]| {
            let ran = self.cli.finish(self.cli.command().env("FLOORWALK_NOW", now).args(*args));
            assert_eq!(ran.code, 0, "{}", ran.all());
            ran.all()
        };
        QUERIES.iter().map(run).collect()
    }

    /// What is seen without such a file.
    fn seen_anew(&self, now: &str) -> Vec<String> {
        let run = |args: &&[&str]| {
            let _ = fs::remove_file(&self.file);
            let ran = self.cli.finish(self.cli.command().env("FLOORWALK_NOW", now).args(*args));
            ran.all()
        };
        QUERIES.iter().map(run).collect()
    }
}

/// As `assert_eq`, of much.
fn assert_same(seen: &[String], wanted: &[String]) {
    for (seen, wanted) in seen.iter().zip(wanted) {
        let differing = seen.lines().zip(wanted.lines()).find(|(seen, wanted)| seen != wanted);
        assert_eq!((differing, seen.lines().count()), (None, wanted.lines().count()));
    }
    assert_eq!(seen.len(), wanted.len());
}

const NOW: &str = "2026-11-20T12:00:00Z";

#[test]
fn a_list_that_was_kept_is_the_list_that_reading_all_gives() {
    let world = World::new();
    let anew = world.seen_anew(NOW);
    world.cli.run(&["list"]);
    let written = fs::metadata(&world.file).unwrap();
    assert_eq!(written.permissions().mode() & 0o777, 0o600);
    let before = fs::read(&world.file).unwrap();
    assert_same(&world.seen(NOW), &anew);
    assert_eq!(fs::read(&world.file).unwrap(), before, "it was used, so nothing was built anew");
    // What happens afterwards is seen, and another day is judged anew.
    let key = anew[0].split(['\t', '\n']).find(|word| word.contains('#')).unwrap().to_owned();
    assert_eq!(world.cli.run(&["triage", "--hide", &key]).code, 0);
    let without = world.seen(NOW);
    assert!(!without[0].contains(&format!("{key}\t")), "{key} is hidden");
    assert_same(&world.seen_anew(NOW), &without);
    let later = "2026-11-24T12:00:00Z";
    assert_same(&world.seen(later), &world.seen_anew(later));
}

#[test]
fn whatever_is_wrong_with_the_file_the_list_is_the_same() {
    let world = World::new();
    let anew = world.seen_anew(NOW);
    world.cli.run(&["list"]);
    let good = fs::read(&world.file).unwrap();
    let damaged = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let mut wrong: Vec<Vec<u8>> = [0, 9, 20, 60].map(damaged).to_vec();
    wrong.extend([2, 5, 7, 9].map(|tenth| damaged(good.len() * tenth / 10)));
    wrong.extend([Vec::new(), good[..good.len() - 1].to_vec(), b"FLRWLIST".to_vec()]);
    // A length that no file has.
    wrong.push([&b"FLRWLIST"[..], &[0xff; 12]].concat());
    for bytes in wrong {
        fs::write(&world.file, &bytes).unwrap();
        let ran = world.cli.run(QUERIES[0]);
        assert_same(&[ran.all()], &anew[..1]);
    }
    // A file of another store of the same folder.
    fs::remove_file(world.file.with_file_name("hot.db")).unwrap();
    let _ = fs::remove_file(world.file.with_file_name("store.seen"));
    fs::write(&world.file, &good).unwrap();
    assert!(world.cli.run(&["list"]).all().contains("nothing has been read yet"));
}

#[test]
fn what_is_no_file_is_not_read_and_keeps_nobody_waiting() {
    let world = World::new();
    let anew = world.seen_anew(NOW);
    let secret = world.cli.write("secret", "not ours");
    let _ = fs::remove_file(&world.file);
    symlink(&secret, &world.file).unwrap();
    assert_same(&world.seen(NOW), &anew);
    assert_eq!(fs::read_to_string(&secret).unwrap(), "not ours", "a link is replaced, not followed");
    fs::remove_file(&world.file).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&world.file).status().unwrap();
    assert!(made.success());
    assert_same(&[world.cli.run(QUERIES[0]).all()], &anew[..1]);
    fs::remove_file(&world.file).unwrap();
    fs::create_dir(&world.file).unwrap();
    assert_same(&[world.cli.run(QUERIES[0]).all()], &anew[..1]);
}

#[test]
fn a_list_of_another_day_says_that_it_is_judged_anew_and_becomes_the_new_one() {
    use tui_world as there;
    let context = |now| BuildContext {
        now,
        me: Default::default(),
        roster: Default::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    let now = there::now();
    let then = Now(now.0 - jiff::SignedDuration::from_hours(30));
    let all = there::everything();
    let mut pieces = put_away(&Snapshot::build(all.clone(), &context(then)), "a", 1).unwrap();
    let head = Head::read(&pieces.next().unwrap()).unwrap();
    let kept = head.read_list(pieces, &context(now)).unwrap();
    let nothing = Everything { tasks: Vec::new(), gists: Default::default(), ..all.clone() };
    let behind = Arc::new(kept.caught_up(nothing, &[], &context(now)).unwrap());
    let mut screen = there::Screen::with(behind, Options::default(), 120, 40);
    screen.shows("of 12").shows("judging anew …").lacks("reading the rest");
    screen.keys("j j");
    let at = screen.turns.state.selected().unwrap();
    screen.told(Event::Snapshot(Arc::new(Snapshot::build(all, &context(now))))).shows("of 12").lacks("judging anew");
    assert_eq!(screen.turns.state.selected(), Some(at));
}
