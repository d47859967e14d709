//! What a release is made of, as CycloneDX: `FLOORWALK_SBOM=FILE cargo test --locked --test it sbom` writes it. Made of the lock
//! and of what cargo says of each package, without a time or a chance, so that the same lock gives the same bytes.

use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};

use crate::supply::{Lock, TOP, built, rows, word};

/// Checksums of the lock, by name and version.
fn sums() -> BTreeMap<(String, String), String> {
    let lock: toml::Table = std::fs::read_to_string(Path::new(TOP).join("Cargo.lock")).unwrap().parse().unwrap();
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let packages = lock["package"].as_array().unwrap().iter();
    packages.filter_map(|p| Some(((text(p, "name")?, text(p, "version")?), text(p, "checksum")?))).collect()
}

fn purl(package: &Value) -> String {
    // A plus sign means something in an address.
    format!("pkg:cargo/{}@{}", word(package, "name"), word(package, "version").replace('+', "%2B"))
}

fn component(package: &Value, sums: &BTreeMap<(String, String), String>) -> Value {
    let (name, version) = (word(package, "name"), word(package, "version"));
    let mut component = json!({
        "type": "library", "bom-ref": purl(package), "name": name, "version": version, "purl": purl(package),
        "licenses": [{ "expression": word(package, "license").replace('/', " OR ") }],
    });
    if word(package, "license").is_empty() {
        component["licenses"] = json!([{ "license": { "name": format!("see {}", word(package, "license_file")) } }]);
    }
    if let Some(sum) = sums.get(&(name.to_owned(), version.to_owned())) {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    if package["repository"].is_string() {
        component["externalReferences"] = json!([{ "type": "vcs", "url": package["repository"] }]);
    }
    component
}

/// Program and build of it on Linux; what only tests use is left out.
fn made() -> Value {
    let (lock, sums, built) = (Lock::read(), sums(), built(&[]));
    let root = &lock.packages[&lock.root];
    let is_built =
        |package: &&Value| built.contains(&format!("{} v{}", word(package, "name"), word(package, "version")));
    let mut inside: Vec<&Value> = lock.packages.values().filter(is_built).collect();
    inside.sort_by_key(|package| purl(package));
    let refers = |package: &Value| {
        let dependencies = rows(&lock.nodes[word(package, "id")]["deps"]).iter();
        let needed = dependencies.filter(|d| rows(&d["dep_kinds"]).iter().any(|kind| word(kind, "kind") != "dev"));
        let mut on: Vec<String> = needed.map(|d| &lock.packages[word(d, "pkg")]).filter(is_built).map(purl).collect();
        on.sort();
        on.dedup();
        json!({ "ref": purl(package), "dependsOn": on })
    };
    let mut program = component(root, &sums);
    program["type"] = json!("application");
    json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": program },
        "components": inside.iter().map(|package| component(package, &sums)).collect::<Vec<_>>(),
        "dependencies": std::iter::once(&root).chain(&inside).map(|package| refers(package)).collect::<Vec<_>>(),
    })
}

#[test]
fn the_list_of_what_is_in_a_release_is_whole() {
    let list = made();
    let parts = rows(&list["components"]);
    assert_eq!(parts.len(), built(&[]).len(), "every package that is built, each once");
    let refs: Vec<&str> = parts.iter().map(|part| word(part, "bom-ref")).collect();
    for part in parts {
        let name = word(part, "bom-ref");
        let sum = word(&part["hashes"][0], "content");
        assert!(sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()), "{name} has the sum '{sum}'");
        assert!(rows(&part["licenses"]).len() == 1, "{name} has no licence");
    }
    let mut reached = std::collections::BTreeSet::new();
    for node in rows(&list["dependencies"]) {
        for on in rows(&node["dependsOn"]).iter().filter_map(Value::as_str) {
            assert!(refs.contains(&on), "{on} is needed and not there");
            reached.insert(on);
        }
    }
    assert_eq!(reached.len(), refs.len(), "everything is there for somebody");
    assert!(reached.iter().any(|on| on.starts_with("pkg:cargo/rusqlite@")));
    assert!(!refs.iter().any(|name| name.starts_with("pkg:cargo/proptest@")), "what only tests use is left out");
    if let Some(file) = std::env::var_os("FLOORWALK_SBOM") {
        std::fs::write(Path::new(TOP).join(file), format!("{list:#}\n")).unwrap();
    }
}
