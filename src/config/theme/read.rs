//! From a theme file to a design, with every mistake and its place. Reads no file.

use std::{ops::Range, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    super::error::ConfigError,
    Design, Look, Role, SHIPPED, STYLES,
    colour::{Colour, NAMES},
    shipped,
};
use crate::domain::{
    signal::SignalKind,
    text::{nearest, safe_fit, safe_line},
};

/// Tables and keys at the top of a theme.
const TOP: [&str; 4] = ["base", "palette", "roles", "badges"];
/// What a style takes.
const PARTS: [&str; 6] = ["fg", "bg", "bold", "italic", "underlined", "reversed"];

struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    mistakes: Vec<(usize, ConfigError)>,
    palette: Vec<(String, Colour)>,
    looks: [Option<Look>; STYLES],
}

/// Checks a text as if it were the content of `file`.
///
/// # Errors
/// All mistakes, in the order of the file; never empty.
pub fn parse(file: &Path, text: &str) -> Result<Design, Vec<ConfigError>> {
    let mut reader = Reader { file, text, mistakes: Vec::new(), palette: Vec::new(), looks: [None; STYLES] };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let what = format!("this is not TOML: {}", safe_line(error.message()));
        reader.wrong(error.span().unwrap_or(0..0), what, "the shipped themes show how one is written");
    }
    let mut base = None;
    if errors.is_empty() {
        let root = root.get_ref();
        base = reader.base(root);
        reader.top(root);
        if base.is_none() && root.get("base").is_none() {
            reader.whole();
        }
    }
    let base = base.map_or([Look::default(); STYLES], |design| design.0);
    let mut looks = base;
    for (look, given) in looks.iter_mut().zip(reader.looks) {
        *look = given.unwrap_or(*look);
    }
    reader.mistakes.sort_by_key(|(at, _)| *at);
    let mistakes: Vec<_> = reader.mistakes.into_iter().map(|(_, mistake)| mistake).collect();
    if mistakes.is_empty() { Ok(Design(looks)) } else { Err(mistakes) }
}

/// Names of all styles, roles before badges.
fn words() -> impl Iterator<Item = &'static str> {
    Role::ALL.iter().map(|role| role.word()).chain(SignalKind::ALL.map(SignalKind::word))
}

impl Reader<'_> {
    fn wrong(&mut self, span: Range<usize>, what: String, hint: &str) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        let error = ConfigError { file: Some(self.file.to_owned()), at: Some((line, column)), what, hint };
        self.mistakes.push((span.start, error));
    }

    /// The shipped theme that fills in what is left out.
    fn base(&mut self, root: &DeTable<'_>) -> Option<Design> {
        let value = root.get("base")?;
        let name = value.get_ref().as_str().unwrap_or_default();
        // No shipped theme names a base, so that this ends.
        let found = SHIPPED.iter().any(|(known, _)| *known == name).then(|| shipped(name)).flatten();
        if found.is_none() {
            let near = near(name, SHIPPED.iter().map(|(name, _)| *name));
            self.wrong(value.span(), format!("'base' names no shipped theme: '{}'", safe_fit(name, 40)), &near);
        }
        found
    }

    fn top(&mut self, root: &DeTable<'_>) {
        for name in root.keys() {
            if !TOP.contains(&name.get_ref().as_ref()) {
                let near = near(name.get_ref(), TOP.into_iter());
                self.wrong(name.span(), format!("unknown table or key '{}'", safe_fit(name.get_ref(), 40)), &near);
            }
        }
        for (name, colour) in self.table(root, "palette") {
            match colour.get_ref().as_str().and_then(Colour::parse) {
                Some(colour) => self.palette.push((name.get_ref().to_string(), colour)),
                None => self.no_colour(&colour),
            }
        }
        for (table, words, from) in [
            ("roles", Role::ALL.iter().map(|r| r.word()).collect::<Vec<_>>(), 0),
            ("badges", SignalKind::ALL.map(SignalKind::word).to_vec(), Role::ALL.len()),
        ] {
            for (name, value) in self.table(root, table) {
                let Some(at) = words.iter().position(|word| *word == name.get_ref().as_ref()) else {
                    let near = near(name.get_ref(), words.iter().copied());
                    let what = format!("'{}' is none of [{table}]", safe_fit(name.get_ref(), 40));
                    self.wrong(name.span(), what, &near);
                    continue;
                };
                let look = self.look(&value);
                if let Some(place) = self.looks.get_mut(from + at) {
                    *place = Some(look);
                }
            }
        }
    }

    /// The rows of a table, in the order of the file.
    fn table<'t, 'i>(
        &mut self,
        root: &'t DeTable<'i>,
        name: &str,
    ) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, Spanned<DeValue<'i>>)> {
        let Some(value) = root.get(name) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Table(table) => table.iter().map(|(key, value)| (key, value.clone())).collect(),
            _ => {
                self.wrong(value.span(), format!("'{name}' is not written as a table"), "");
                Vec::new()
            }
        }
    }

    fn look(&mut self, value: &Spanned<DeValue<'_>>) -> Look {
        match value.get_ref() {
            DeValue::String(_) | DeValue::Integer(_) => Look { fg: self.colour(value), ..Look::default() },
            DeValue::Table(parts) => {
                let mut look = Look::default();
                for (name, value) in parts {
                    self.part(&mut look, name, value);
                }
                look
            }
            _ => {
                let hint = "for example \"#8ab4f8\", or { fg = \"cyan\", bold = true }";
                self.wrong(value.span(), "a style takes a colour or a table".into(), hint);
                Look::default()
            }
        }
    }

    fn part(&mut self, look: &mut Look, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let flag = match name.get_ref().as_ref() {
            "fg" => return look.fg = self.colour(value),
            "bg" => return look.bg = self.colour(value),
            "bold" => &mut look.bold,
            "italic" => &mut look.italic,
            "underlined" => &mut look.underlined,
            "reversed" => &mut look.reversed,
            other => {
                let near = near(other, PARTS.into_iter());
                return self.wrong(name.span(), format!("'{}' is no part of a style", safe_fit(other, 40)), &near);
            }
        };
        match value.get_ref() {
            DeValue::Boolean(on) => *flag = *on,
            _ => self.wrong(value.span(), format!("'{}' takes true or false", name.get_ref()), ""),
        }
    }

    fn colour(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Colour> {
        let found = match value.get_ref() {
            DeValue::String(text) => {
                let own = self.palette.iter().find(|(name, _)| name == text.as_ref()).map(|(_, colour)| *colour);
                own.or_else(|| Colour::parse(text))
            }
            DeValue::Integer(number) => number.as_str().parse().ok().map(Colour::of_index),
            _ => None,
        };
        if found.is_none() {
            self.no_colour(value);
        }
        found
    }

    fn no_colour(&mut self, value: &Spanned<DeValue<'_>>) {
        let shown = value.get_ref().as_str().map(|text| format!(": '{}'", safe_fit(text, 40))).unwrap_or_default();
        let near = value.get_ref().as_str().and_then(|text| {
            let names = self.palette.iter().map(|(name, _)| name.as_str()).chain(NAMES);
            nearest(text, names).map(|near| format!("did you mean '{near}'? "))
        });
        let hint = format!(
            "{}a colour is \"#rrggbb\", a number from 0 to 255, a name such as \"bright-blue\", or one of [palette]",
            near.unwrap_or_default()
        );
        self.wrong(value.span(), format!("this is no colour{shown}"), &hint);
    }

    /// Says which styles nothing was said of.
    fn whole(&mut self) {
        let missing: Vec<&str> =
            words().zip(self.looks).filter(|(_, look)| look.is_none()).map(|(word, _)| word).collect();
        if !missing.is_empty() {
            let what = format!("the theme says nothing of {}", missing.join(", "));
            self.wrong(0..0, what, "name them, or begin with base = \"dark\", which fills in what is left out");
        }
    }
}

fn near<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(word, names.clone()) {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("known are {}", names.collect::<Vec<_>>().join(", ")),
    }
}
