//! Made-up issue titles: the same ones for the same seed, with the lengths, the capitals, the signs and the few
//! non-English words of real ones.

/// A small generator of random numbers (xorshift, Marsaglia 2003).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        // Earlier words are more frequent, as words are.
        let at = self.below(of.len()).min(self.below(of.len()));
        of[at]
    }
}

const WORDS: &[&str] = &[
    "to",
    "in",
    "the",
    "not",
    "for",
    "when",
    "with",
    "on",
    "fix",
    "of",
    "is",
    "add",
    "a",
    "and",
    "from",
    "error",
    "support",
    "after",
    "update",
    "fails",
    "if",
    "does",
    "test",
    "build",
    "use",
    "by",
    "docs",
    "file",
    "remove",
    "version",
    "using",
    "no",
    "cannot",
    "type",
    "missing",
    "provider",
    "config",
    "as",
    "set",
    "failed",
    "issue",
    "default",
    "server",
    "should",
    "allow",
    "be",
    "new",
    "change",
    "request",
    "data",
    "module",
    "name",
    "release",
    "while",
    "without",
    "node",
    "crash",
    "running",
    "option",
    "timeout",
    "memory",
    "client",
    "module",
    "resource",
    "invalid",
    "unable",
    "support",
    "all",
    "return",
    "string",
    "command",
    "value",
    "windows",
    "linux",
    "upgrade",
    "broken",
    "install",
    "query",
    "package",
    "cluster",
    "connection",
    "instance",
    "message",
    "multiple",
    "user",
    "create",
    "response",
    "table",
    "handle",
    "field",
    "path",
    "log",
    "list",
    "output",
    "state",
    "policy",
    "key",
    "run",
    "unexpected",
    "null",
    "panic",
    "token",
    "stream",
    "thread",
    "worker",
    "feature",
    "performance",
    "documentation",
    "typo",
    "flaky",
    "leak",
    "access",
    "session",
    "local",
    "remote",
    "parse",
    "parser",
    "schema",
    "index",
    "cache",
    "deadlock",
    "slow",
    "lock",
    "async",
    "compile",
    "warning",
    "deprecated",
    "argument",
    "group",
    "metrics",
    "storage",
    "volume",
    "network",
    "certificate",
    "permission",
    "denied",
    "readme",
    "example",
    "tutorial",
    "rename",
    "refactor",
    "cleanup",
    "duplicate",
    "dependency",
    "bump",
    "migrate",
    "migration",
    "database",
    "transaction",
    "encoding",
    "unicode",
    "keyboard",
    "scroll",
    "button",
    "dialog",
    "render",
    "layout",
    "theme",
    "color",
    "animation",
    "freeze",
    "hang",
    "retry",
    "backoff",
    "queue",
    "batch",
    "export",
    "import",
    "plugin",
    "webhook",
    "proxy",
    "redirect",
    "header",
    "cookie",
    "login",
    "password",
    "account",
    "billing",
    "search",
    "filter",
    "sort",
    "paging",
    "cursor",
    "offset",
    "limit",
    "quota",
    "throttle",
    "scheduler",
    "container",
    "image",
    "registry",
    "namespace",
    "ingress",
    "gateway",
    "router",
];
const STARTS: &[&str] = &[
    "Fix",
    "Add",
    "Error",
    "Cannot",
    "Support",
    "Update",
    "Feature request:",
    "Bug:",
    "Unable to",
    "[BUG]",
    "docs:",
    "fix:",
    "Allow",
    "How to",
    "Remove",
    "Missing",
    "Crash",
    "[docs]",
    "Improve",
    "Make",
    "ci:",
    "provider/aws:",
    "Use",
    "Document",
    "chore(deps):",
    "build:",
    "test:",
    "Memory",
    "API",
    "Provide",
    "Deprecate",
    "core:",
    "ansible-doc",
    "Flaky test",
    "E2E",
];
const NAMES: &[&str] = &[
    "aws_instance",
    "HttpClient",
    "kubectl",
    "getUserById",
    "TypeError:",
    "v2.1",
    "README.md",
    "NullPointerException",
    "tokio",
    "--verbose",
    "`async`",
    "C++",
    "google_compute_instance",
    "JSON",
    "YAML",
    "#1234",
    "(regression)",
    "src/main.rs",
    "TLS",
    "ConfigMap",
    "std::io",
    "x86_64",
    "OAuth2",
    "0.9.2",
    "prometheus.yml",
    "fooBar",
    "IPv6",
    "arm64",
    "Python 3.12",
    "macOS",
    "isReady()",
    "\"unexpected EOF\"",
    "utf-8",
    "k8s",
    "ci/cd",
    "my-app",
    "ECONNRESET",
    "WebSocket",
    "PostgreSQL",
    "S3",
];
const BEYOND_ASCII: &[&str] =
    &["–", "’", "…", "日本語", "ошибка", "größe", "é", "→", "🚀", "中文文档", "naïve", "“quotes”"];

/// A title.
fn title(random: &mut Random) -> String {
    let mut title = String::new();
    let mut put = |word: &str| {
        if !title.is_empty() {
            title.push(' ');
        }
        title.push_str(word);
    };
    if random.below(3) > 0 {
        put(random.one(STARTS));
    }
    let words = 2 + random.below(8) + random.below(7) + if random.below(40) == 0 { 12 } else { 0 };
    for _ in 0..words {
        let word = if random.below(8) == 0 { random.one(NAMES) } else { random.one(WORDS) };
        put(word);
    }
    if random.below(70) == 0 {
        put(random.one(BEYOND_ASCII));
    }
    title
}

/// So many titles.
pub(crate) fn titles(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    (0..count).map(|_| title(&mut random)).collect()
}

/// Keys' first parts, as many as an organisation with so many issues has projects.
pub(crate) fn projects(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    (0..count).map(|n| format!("{}/{}-{}{n}#", random.one(WORDS), random.one(WORDS), random.one(WORDS))).collect()
}
