//! Does a text name code? By the look of words: no tree of files is known here.

/// Endings of files that are code or belong to it.
const ENDINGS: &[&str] = &[
    "rs", "py", "js", "jsx", "ts", "tsx", "mjs", "cjs", "go", "java", "kt", "kts", "scala", "c", "h", "cc", "cpp",
    "cxx", "hh", "hpp", "cs", "fs", "rb", "php", "swift", "m", "mm", "sh", "bash", "ps1", "yml", "yaml", "toml",
    "json", "md", "rst", "adoc", "sql", "html", "css", "scss", "vue", "svelte", "ex", "exs", "erl", "hs", "ml", "clj",
    "lua", "r", "jl", "dart", "proto", "tf", "gradle", "cmake", "ini", "cfg", "lock", "zig", "nix", "ipynb", "xml",
];

/// Parts of addresses that lead to code.
const ADDRESSES: &[&str] = &["/blob/", "/tree/", "/pull/", "/commit/", "/merge_requests/", "/-/blob/"];

/// Longest word that is looked at, bytes.
const WORD_MOST: usize = 400;

/// True when some word of the text is a path, a module or an address of code.
pub(super) fn names_code(text: &str) -> bool {
    let apart = |c: char| {
        c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')' | '[' | ']' | '<' | '>' | ',' | ';' | '|')
    };
    text.split(apart).filter(|w| (3..=WORD_MOST).contains(&w.len())).any(is_code)
}

fn is_code(word: &str) -> bool {
    if word.starts_with("http://") || word.starts_with("https://") {
        return ADDRESSES.iter().any(|part| word.contains(part));
    }
    let word = word.trim_end_matches(['.', ':', '!', '?']);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '+' | '@' | '#' | '\\');
    if !word.chars().all(plain) {
        return false;
    }
    is_module(word) || is_file(word)
}

/// `core::lease::fold`.
fn is_module(word: &str) -> bool {
    let name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    word.contains("::") && word.split("::").all(name)
}

/// `src/lib.rs`, `lib.rs:12`, `docs\index.md`.
fn is_file(word: &str) -> bool {
    let path = word.split_once([':', '#']).map_or(word, |(path, _)| path);
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let Some((stem, ending)) = file.rsplit_once('.') else {
        return matches!(file, "Dockerfile" | "Makefile" | "Jenkinsfile" | "CODEOWNERS");
    };
    let short = path == file && ending.len() == 1;
    !stem.is_empty() && !short && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
}
