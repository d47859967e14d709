//! The README's tables of the query language, made from the table of fields. `FLOORWALK_WRITE_DOCS=1` writes them anew.

use floorwalk::index::query::markdown;

const BEGIN: &str = "<!-- made from the table of fields: begin -->\n";
const END: &str = "<!-- made from the table of fields: end -->\n";

#[test]
fn the_readme_shows_the_table_of_fields() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let page = std::fs::read_to_string(file).unwrap();
    let (head, rest) = page.split_once(BEGIN).expect("the begin of the tables");
    let (shown, tail) = rest.split_once(END).expect("the end of the tables");
    let made = format!("\n{}\n", markdown());
    if std::env::var_os("FLOORWALK_WRITE_DOCS").is_some() {
        std::fs::write(file, format!("{head}{BEGIN}{made}{END}{tail}")).unwrap();
        return;
    }
    assert!(
        shown == made,
        "the table of fields changed: FLOORWALK_WRITE_DOCS=1 cargo test --test it query_docs writes it"
    );
}
