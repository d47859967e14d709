//! The corpus's large inputs, made by its own scripts and given to the real program.

use std::{
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::Path,
    process::Command,
    time::Duration,
};

use floorwalk::demo::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::{
    cli_world::CliWorld,
    faults_world::{peak, weighed, within},
    floor::Desk,
    hostile::{
        corpus::{self, met},
        world::{May, REPO, clean, plain, serve},
    },
    ledger::{Harm, sheet},
    pty::Terminal,
};

/// How long any verb may take with any of them.
const PATIENCE: Duration = Duration::from_secs(60);

/// A script of the corpus; `None` where it is not at hand.
fn script(name: &str, arguments: &[&Path]) -> Option<Vec<u8>> {
    let file = corpus::folder().join("big").join(name);
    if !file.is_file() {
        println!("skipped: no {}", file.display());
        return None;
    }
    let ran = Command::new("sh").arg(&file).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{name}: {}", String::from_utf8_lossy(&ran.stderr));
    Some(ran.stdout)
}

fn text(name: &str) -> Option<String> {
    Some(String::from_utf8(script(name, &[])?).unwrap())
}

fn issue(number: u64, title: &str, body: &str) -> Value {
    json!({"number": number, "title": title, "body": body, "state": "open", "user": {"login": "ann"},
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"})
}

#[test]
fn a_title_of_a_mebibyte_and_a_description_of_five_are_kept_cut_and_scrolled() {
    let sheet = sheet!();
    let (Some(title), Some(body)) = (text("title-1mib.sh"), text("body-5mib-lines.sh")) else { return };
    let (_floor, desk) = serve(&[issue(1, &title, "short"), issue(2, "A long story", &body)]);
    desk.fine(&["sync"]);
    let listed = desk.fine(&["list", "is:taken,open", "--json"]).json();
    let kept = listed["tasks"].as_array().unwrap().iter().any(|t| t["title"] == title.as_str());
    assert!(kept, "the title is not as it was");
    assert!(desk.fine(&["show", "acme/widgets#2", "--json"]).json()["body"] == body.as_str(), "nor is the text");
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("AAAAAAAA").shows("A long story");
    screen.settles();
    let before = screen.raw().len();
    screen.press("\r");
    screen.lacks("A long story");
    screen.press("n");
    screen.shows("line of text with some words");
    screen.press("GgG");
    screen.settles();
    let peak = peak(screen.process_id());
    assert!(peak < 300 << 10, "{peak} KiB of memory");
    let drawn = screen.raw().len() - before;
    assert!(drawn < 200_000, "{drawn} bytes were drawn for a few screens");
    screen.press("\u{1b}");
    screen.shows("A long story");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    sheet.unharmed("input big", 2);
    ["title-1mib.sh", "body-5mib-lines.sh"].iter().for_each(|name| met("big", name));
}

/// Serves this as the one page of the issues.
fn paged(page: String) -> (crate::floor::Floor, Desk) {
    let (floor, desk) = plain(2);
    let kind = FaultKind::Status { code: 200, headers: Vec::new(), body: page };
    floor.demo.faults().add(Fault::new("GET", "/repos/acme/widgets/issues?", kind).times(9));
    (floor, desk)
}

#[test]
fn a_page_ten_thousand_deep_and_one_of_a_hundred_thousand_rows_are_survived() {
    let sheet = sheet!();
    let (Some(deep), Some(long)) = (text("json-deep-10k.sh"), text("issues-100k.sh")) else { return };
    let (floor, desk) = paged(deep);
    let ran = within(PATIENCE, &mut desk.command(&["sync"])).expect("it ends");
    assert!([0, 5].contains(&ran.code()), "{}", ran.err());
    clean(&ran.0.stderr, May::Text, "a deep page");
    floor.demo.faults().clear();
    desk.fine(&["sync", "--full"]);
    assert_eq!(desk.fine(&["list", "--json"]).json()["tasks"].as_array().unwrap().len(), 2);
    met("big", "json-deep-10k.sh");
    let (_floor, desk) = paged(long);
    let (ran, most) = weighed(PATIENCE, &mut desk.command(&["sync"])).expect("it ends");
    let said = ran.err();
    // Far more rows than were asked for, and without dates: what is taken is a task, what is not is counted.
    assert!([0, 5].contains(&ran.code()), "{said}");
    clean(&ran.0.stderr, May::Text, "a long page");
    assert!(most < 600 << 10, "{most} KiB of memory");
    let listed = desk.run(&["list", "--json", "--limit", "1000"]);
    assert!([0, 1].contains(&listed.code()), "{}", listed.err());
    met("big", "issues-100k.sh");
    sheet.unharmed("input big", 2);
}

#[test]
fn ten_thousand_lines_of_keys_are_read_by_the_program() {
    let sheet = sheet!();
    let Some(keys) = text("keymap-10k.sh") else { return };
    let world = CliWorld::new();
    world.config("[[tracker]]\nrepos = [\"acme/app\"]\n");
    world.write(".config/floorwalk/keymap.toml", keys);
    let ran = within(PATIENCE, &mut {
        let mut c = world.command();
        c.arg("keys").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        c
    })
    .expect("it ends");
    assert_eq!(ran.code(), 0, "{}", ran.err());
    assert!(ran.err().contains("keymap.toml"), "nothing is said of it: {}", ran.err());
    sheet.unharmed("input big", 1);
    met("big", "keymap-10k.sh");
}

/// Where a desk's store lies.
fn hot(desk: &Desk) -> std::path::PathBuf {
    desk.folder().join("data/hot.db")
}

#[test]
fn a_pipe_in_the_place_of_the_store_keeps_nobody_waiting() {
    let sheet = sheet!();
    let (_floor, desk) = plain(1);
    std::fs::create_dir_all(desk.folder().join("data")).unwrap();
    if script("db-fifo.sh", &[&hot(&desk)]).is_none() {
        return;
    }
    for verb in ["list", "doctor", "sync"] {
        let ran = within(Duration::from_secs(10), &mut desk.command(&[verb])).expect("it does not wait for the pipe");
        assert_eq!(ran.code(), 6, "{verb}: {}{}", ran.out(), ran.err());
        assert!(format!("{}{}", ran.out(), ran.err()).contains("no regular file"), "{verb}: {}", ran.err());
    }
    sheet.unharmed("input big", 1);
    met("big", "db-fifo.sh");
}

#[test]
fn a_store_that_cannot_be_written_can_be_looked_at() {
    let sheet = sheet!();
    let (floor, desk) = plain(3);
    desk.fine(&["sync"]);
    if script("db-readonly-dir.sh", &[&hot(&desk)]).is_none() {
        return;
    }
    // Others may look at this folder too, because rights do not bind root.
    let opened = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    opened(desk.folder(), 0o755);
    for file in ["body.db", "store.lock", "store.seen"] {
        opened(&desk.folder().join("data").join(file), 0o444);
    }
    opened(&desk.folder().join("config.toml"), 0o644);
    let key = format!("{REPO}#1");
    let run = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        if rustix::process::geteuid().is_root() {
            command.uid(65_534).gid(65_534);
        }
        command.output()
    };
    let Ok(listed) = run(&["list"]) else {
        println!("skipped: another user cannot run this program");
        opened(&desk.folder().join("data"), 0o755);
        return;
    };
    let said = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert_eq!(listed.status.code(), Some(0), "{said}");
    assert!(String::from_utf8_lossy(&listed.stdout).contains("Plain task 1"), "{said}");
    let claimed = run(&["claim", &key]).unwrap();
    let said = String::from_utf8_lossy(&claimed.stderr).into_owned();
    assert!(claimed.status.code() == Some(6) && said.contains("cannot be queued"), "{said}");
    opened(&desk.folder().join("data"), 0o755);
    sheet.met("input big", 1, Harm { leaked: floor.markers(&key, "claim"), ..Harm::NONE });
    met("big", "db-readonly-dir.sh");
}

/// The corpus's script runs its own first argument, the folder, as the command; what it means is done by hand here: a file
/// system of one mebibyte, on which the program runs.
#[test]
fn a_full_file_system_queues_nothing_and_heals() {
    let sheet = sheet!();
    if corpus::file("big/tmpfs-enospc.sh").is_none() {
        return;
    }
    let (floor, desk) = plain(3);
    let data = desk.folder().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let key = format!("{REPO}#1");
    let program = desk.command(&[]).get_program().to_owned();
    let inside = format!(
        "mount -t tmpfs -o size=1m tmpfs '{data}' || exit 99\nw='{program}'\n\"$w\" sync >&2 || exit 98\n\
         cat /dev/zero > '{data}/filler' 2>/dev/null\n\"$w\" claim {key} >&2; echo full $?\n\
         rm '{data}/filler'\n\"$w\" claim {key} >&2; echo room $?\n\"$w\" doctor >&2; echo sound $?\n\"$w\" mine --json\n",
        data = data.display(),
        program = Path::new(&program).display(),
    );
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &inside]);
    let like = desk.command(&[]);
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("PATH", "/usr/bin:/bin");
    command.current_dir(desk.folder());
    let ran = command.output().unwrap();
    let (out, said) =
        (String::from_utf8_lossy(&ran.stdout).into_owned(), String::from_utf8_lossy(&ran.stderr).into_owned());
    if ran.status.code() == Some(99) || said.starts_with("unshare:") {
        println!("skipped: no file system can be mounted here");
        met("big", "tmpfs-enospc.sh");
        return;
    }
    assert!(out.contains("full 6") && said.contains("no space left"), "{out}{said}");
    assert!(out.contains("room 0") && out.contains("sound 0"), "{out}{said}");
    let json: Value = serde_json::from_str(out.get(out.find('{').unwrap()..).unwrap()).unwrap();
    assert_eq!(json["commitments"].as_array().unwrap().len(), 1, "{json}");
    let claims = floor.markers(&key, "claim");
    sheet.met("input big", 1, Harm { lost: 1 - claims.min(1), duplicated: claims.saturating_sub(1), leaked: 0 });
    met("big", "tmpfs-enospc.sh");
}
