//! Every GraphQL document against the official schema, where that is at hand.

use std::{io::Read, path::Path};

use apollo_compiler::{ExecutableDocument, Schema};
use floorwalk::tracker::github::graphql::DOCUMENTS;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/api/github-public.schema.graphql.gz");

#[test]
fn every_document_fits_the_official_schema() {
    if !Path::new(SCHEMA).exists() {
        println!("skipped: no schema at {SCHEMA}");
        return;
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(SCHEMA).unwrap()).read_to_string(&mut text).unwrap();
    let schema = Schema::parse_and_validate(&text, "github.graphql").unwrap_or_else(|e| panic!("schema: {}", e.errors));
    assert!(DOCUMENTS.len() >= 4);
    for (name, document) in DOCUMENTS {
        let parsed = ExecutableDocument::parse_and_validate(&schema, *document, format!("{name}.graphql"));
        let parsed = parsed.unwrap_or_else(|e| panic!("{name}: {}", e.errors));
        assert!(parsed.operations.get(Some(name)).is_ok(), "{name} is not the operation's name");
    }
    let wrong = ExecutableDocument::parse_and_validate(&schema, "{ viewer { nonsense } }", "wrong.graphql");
    assert!(wrong.is_err(), "the check itself must be able to fail");
}
