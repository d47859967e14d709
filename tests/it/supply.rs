//! What comes into the house: every direct dependency has a reason, the table that says so agrees with the lock, licences
//! and counts stay within bounds. `FLOORWALK_WRITE_DOCS=1` writes the table anew and keeps the reasons.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write,
    path::Path,
    process::Command,
};

use serde_json::Value;

pub(crate) const TOP: &str = env!("CARGO_MANIFEST_DIR");
const BEGIN: &str = "<!-- made from the lock: begin -->\n";
const END: &str = "<!-- made from the lock: end -->\n";
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// Most packages that the program itself is built of, on Linux and on all systems together.
const MOST: (usize, usize) = (300, 400);

/// What a package of the lock says of itself, by its id.
pub(crate) struct Lock {
    pub(crate) root: String,
    pub(crate) packages: HashMap<String, Value>,
    pub(crate) nodes: HashMap<String, Value>,
}

/// A direct dependency.
struct Direct {
    version: String,
    licence: String,
    /// Used by tests alone.
    dev: bool,
    /// Packages of the lock that only it brings, itself left out.
    alone: usize,
}

/// What the lock names for other systems was fetched by no build here: on a new machine cargo fetches it now.
fn cargo(arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO")).current_dir(TOP).args(arguments).arg("--locked").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

pub(crate) fn rows(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

impl Lock {
    pub(crate) fn read() -> Self {
        let text = cargo(&["metadata", "--format-version", "1", "--filter-platform", TARGET]);
        let all: Value = serde_json::from_str(&text).unwrap();
        let by_id = |list: &Value| rows(list).iter().map(|v| (word(v, "id").to_owned(), v.clone())).collect();
        let root = word(&all["resolve"], "root").to_owned();
        Self { root, packages: by_id(&all["packages"]), nodes: by_id(&all["resolve"]["nodes"]) }
    }

    /// Everything that is reached from the program without one of its direct dependencies.
    fn without(&self, left_out: &str) -> HashSet<&str> {
        let mut seen = HashSet::from([self.root.as_str()]);
        let mut open = vec![self.root.as_str()];
        while let Some(at) = open.pop() {
            for dependency in rows(&self.nodes[at]["deps"]) {
                let package = word(dependency, "pkg");
                if !(at == self.root && package == left_out) && seen.insert(package) {
                    open.push(package);
                }
            }
        }
        seen
    }

    fn directs(&self) -> BTreeMap<String, Direct> {
        let whole = self.without("").len();
        let mut found = BTreeMap::new();
        for dependency in rows(&self.nodes[&self.root]["deps"]) {
            let package = word(dependency, "pkg");
            let about = &self.packages[package];
            let dev = rows(&dependency["dep_kinds"]).iter().all(|kind| word(kind, "kind") == "dev");
            let rest = self.without(package);
            let gone = whole - rest.len();
            let alone = gone.saturating_sub(usize::from(!rest.contains(package)));
            let version = word(about, "version").split('+').next().unwrap_or_default().to_owned();
            let licence = word(about, "license").replace('/', " OR ");
            // Two versions of one crate stand in two rows.
            found.insert(format!("{} {version}", word(about, "name")), Direct { version, licence, dev, alone });
        }
        found
    }
}

fn page() -> (String, String, String) {
    let page = std::fs::read_to_string(Path::new(TOP).join("tests/supply/README.md")).unwrap();
    let (head, rest) = page.split_once(BEGIN).expect("the begin of the table");
    let (shown, tail) = rest.split_once(END).expect("the end of the table");
    (head.to_owned(), shown.to_owned(), tail.to_owned())
}

/// The reasons that stand in the table, by crate and major version, so that an update keeps them.
fn reasons(shown: &str) -> HashMap<String, String> {
    let cells = |line: &str| line.trim_matches('|').split(" | ").map(|c| c.trim().to_owned()).collect::<Vec<_>>();
    let rows = shown.lines().filter(|line| line.starts_with("| `")).map(cells).filter(|cells| cells.len() == 5);
    rows.map(|c| (row_name(c[0].trim_matches('`'), &c[1]), c[4].clone())).collect()
}

fn row_name(name: &str, version: &str) -> String {
    let mut parts = version.split('.');
    let major = match (parts.next(), parts.next()) {
        (Some("0"), Some(minor)) => format!("0.{minor}"),
        (major, _) => major.unwrap_or_default().to_owned(),
    };
    format!("{name} {major}")
}

/// Packages built: name and version, each once.
pub(crate) fn built(more: &[&str]) -> HashSet<String> {
    let tree = cargo(&[&["tree", "-e", "normal,build", "--prefix", "none", "--format", "{p}"], more].concat());
    let named = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    tree.lines().filter(|line| !line.is_empty() && !line.starts_with("floorwalk v")).map(named).collect()
}

fn table(known: &HashMap<String, String>) -> String {
    let lock = Lock::read();
    let whole = std::fs::read_to_string(Path::new(TOP).join("Cargo.lock")).unwrap().matches("[[package]]").count() - 1;
    let mut out = String::new();
    let program = (built(&[]).len(), built(&["--target", "all"]).len());
    writeln!(
        out,
        "\nThe program is built of {} packages on Linux (at most {}), {} on all systems together (at most {}); with",
        program.0, MOST.0, program.1, MOST.1
    )
    .unwrap();
    writeln!(out, "what only tests and benches use, the lock holds {whole}.").unwrap();
    for dev in [false, true] {
        let title = if dev { "Only for tests and benches" } else { "In the program" };
        writeln!(out, "\n### {title}\n\n| crate | version | licence | brings alone | why it is here |\n| --- | --- | --- | --- | --- |").unwrap();
        for (name, direct) in lock.directs().iter().filter(|(_, direct)| direct.dev == dev) {
            let name = name.split(' ').next().unwrap_or_default();
            let why = known.get(&row_name(name, &direct.version)).map_or("", String::as_str);
            writeln!(out, "| `{name}` | {} | {} | {} | {why} |", direct.version, direct.licence, direct.alone).unwrap();
        }
    }
    out.push('\n');
    out
}

#[test]
fn every_direct_dependency_has_a_reason_and_the_table_agrees_with_the_lock() {
    let (head, shown, tail) = page();
    let made = table(&reasons(&shown));
    if std::env::var_os("FLOORWALK_WRITE_DOCS").is_some() {
        std::fs::write(Path::new(TOP).join("tests/supply/README.md"), format!("{head}{BEGIN}{made}{END}{tail}"))
            .unwrap();
        return;
    }
    let bare: Vec<&str> = made.lines().filter(|line| line.ends_with("|  |")).collect();
    assert!(bare.is_empty(), "no reason is given for: {bare:#?}");
    assert!(
        shown == made,
        "the dependencies changed: FLOORWALK_WRITE_DOCS=1 cargo test --test it supply writes the table"
    );
}

#[test]
fn the_program_stays_within_its_number_of_packages() {
    let (linux, all) = (built(&[]).len(), built(&["--target", "all"]).len());
    assert!(linux <= MOST.0, "{linux} packages on Linux, {} are allowed", MOST.0);
    assert!(all <= MOST.1, "{all} packages on all systems, {} are allowed", MOST.1);
    assert!(all > linux && linux > 100, "the packages were not counted");
}

#[test]
fn everything_comes_from_the_registry_with_a_checksum_and_a_licence_that_is_allowed() {
    let lock: toml::Table = std::fs::read_to_string(Path::new(TOP).join("Cargo.lock")).unwrap().parse().unwrap();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let source = package.get("source").and_then(|s| s.as_str());
        assert!(
            name == "floorwalk" || source == Some("registry+https://github.com/rust-lang/crates.io-index"),
            "{name}"
        );
        assert!(name == "floorwalk" || package.get("checksum").is_some(), "{name} has no checksum");
    }
    let deny: toml::Table = std::fs::read_to_string(Path::new(TOP).join("deny.toml")).unwrap().parse().unwrap();
    let allowed: Vec<&str> = deny["licenses"]["allow"].as_array().unwrap().iter().filter_map(|l| l.as_str()).collect();
    // What gives a file in place of a name is read by `cargo deny`.
    let named = |p: &&Value| p["source"].is_string() && !(p["license"].is_null() && p["license_file"].is_string());
    for package in Lock::read().packages.values().filter(named) {
        let licence = word(package, "license").replace('/', " OR ");
        let one = |one: &str| allowed.contains(&one.trim_matches(['(', ')', ' ']));
        // A choice needs one that is allowed, a sum all of them.
        let fine = licence.split(" OR ").any(|choice| choice.split(" AND ").all(one))
            || licence.split(" AND ").all(|sum| sum.trim_matches(['(', ')']).split(" OR ").any(one));
        assert!(fine, "{} has the licence '{licence}'", word(package, "name"));
    }
}

#[test]
fn nobody_builds_without_the_lock_and_nothing_is_unsafe() {
    let read = |file: &str| std::fs::read_to_string(Path::new(TOP).join(file)).unwrap();
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for file in ["tests/run", ".ci/run"] {
        for line in read(file).lines().filter(|line| !line.trim_start().starts_with('#')) {
            let builds = ["cargo clippy", "cargo doc", "cargo test", "cargo build", "cargo run", "cargo bench"];
            let builds = builds.iter().any(|b| line.contains(b)) && !line.contains("--version");
            assert!(!builds || line.contains("--locked"), "{file} builds without the lock: {line}");
        }
    }
    for (file, name) in [("LICENSE-MIT", "MIT License"), ("LICENSE-APACHE", "Apache License")] {
        assert!(read(file).contains(name), "{file} is no text of the {name}");
    }
}

/// The text of every source file below a folder.
fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.extension() {
            _ if entry.is_dir() => sources(&entry, all),
            Some(end) if end == "rs" => all.push_str(&std::fs::read_to_string(&entry).unwrap()),
            _ => {}
        }
    }
}

#[test]
fn what_nobody_uses_does_not_come_in() {
    let mut code = String::new();
    sources(&Path::new(TOP).join("src"), &mut code);
    let words: HashSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let manifest: toml::Table = std::fs::read_to_string(Path::new(TOP).join("Cargo.toml")).unwrap().parse().unwrap();
    for name in manifest["dependencies"].as_table().unwrap().keys() {
        assert!(words.contains(name.replace('-', "_").as_str()), "no line of src names {name}");
    }
}
