//! Opening: what stands in the folder, whose it is, whether it is sound, and making it ready. A damaged file is set
//! aside under a new name, never deleted, and not without a yes where that costs more than a sync brings again; files of
//! other programs and of newer versions are left as they are.

use std::{fs::File, path::Path, path::PathBuf};

use rusqlite::Connection;

use super::{
    Notes, Options,
    connect::{self, Manner},
    fault,
    place::{self, Company, Found, Left, Place},
    read::Reader,
    salvage, schema,
    write::Writer,
};
use crate::store::{Result, error::StoreError};

/// A store that is ready.
pub(super) struct Opened {
    pub(super) place: Place,
    pub(super) lock: Option<File>,
    /// `None` when only reading works.
    pub(super) writer: Option<Writer>,
    pub(super) reader: Reader,
    pub(super) notes: Notes,
}

/// One of the two files, and what is special about it.
struct Room<'a> {
    path: &'a Path,
    steps: &'a [&'a str],
    cache_kib: u32,
    /// It looks as its last user left it.
    trusted: bool,
}

/// What was wrong with a file, and where it is kept.
struct Harm {
    what: String,
    kept: PathBuf,
}

struct Opening<'a> {
    place: &'a Place,
    company: Company,
    left: Left,
    options: &'a Options,
    notes: &'a Notes,
}

/// Opens the store in `dir`.
pub(super) fn open(dir: &Path, options: &Options) -> Result<Opened> {
    let place = Place::prepare(dir)?;
    let notes = Notes::default();
    // Before anything waits: a pipe or a folder in the way.
    let found = place::look(&place.hot)?;
    let (lock, writable) = place.lock_file();
    if !writable || (found != Found::Missing && !place::may_write(&place.hot)) {
        let reader = read_only(&place, found, options, &notes)?;
        return Ok(Opened { place, lock, writer: None, reader, notes });
    }
    let company = match &lock {
        Some(lock) => place::take(lock, &place.hot, options.patience)?,
        None => Company::Unknown,
    };
    let left = place.left();
    let opening = Opening { place: &place, company, left, options, notes: &notes };
    let connected = opening.writer().and_then(|writer| Ok((writer, opening.reader()?)));
    let (writer, reader) = match connected {
        // No room even for the files that SQLite works with: what is there can still be read.
        Err(full @ StoreError::Full { .. }) if matches!(found, Found::Database { .. }) => {
            let reader = read_only(&place, found, options, &notes).map_err(|_| full)?;
            notes.add(StoreError::Full { path: place.hot.clone() }.to_string());
            return Ok(Opened { place, lock, writer: None, reader, notes });
        }
        connected => connected?,
    };
    if let (Company::Alone, Some(lock)) = (company, &lock) {
        // From now on others may come. When it fails they wait and then say so.
        let _ = lock.lock_shared();
    }
    Ok(Opened { place, lock, writer: Some(writer), reader, notes })
}

impl Opening<'_> {
    fn manner(&self, cache_kib: u32) -> Manner {
        Manner { patience: self.options.patience, cache_kib, max_pages: self.options.max_pages }
    }

    fn writer(&self) -> Result<Writer> {
        let hot_room =
            Room { path: &self.place.hot, steps: schema::HOT, cache_kib: 32_768, trusted: self.left.hot_clean };
        let body_room =
            Room { path: &self.place.body, steps: schema::BODY, cache_kib: 8_192, trusted: self.left.body_trusted };
        // A newer or foreign body.db is refused before hot.db is touched.
        self.refuse_strangers(&body_room)?;
        let before = self.trace_of_a_store()?;
        let (hot, hot_harm) = self.ready(&hot_room, before.is_some())?;
        let (body, body_harm) = self.ready(&body_room, false)?;
        if let Some(Harm { what, kept }) = body_harm {
            self.notes.add(format!(
                "descriptions and comments were damaged ({what}) and are kept as {}; `floorwalk sync` fetches them again",
                kept.display()
            ));
        }
        if hot_harm.is_some() || before.is_some() {
            // Nothing refers to these texts any more; they come again with their tasks.
            let emptied = body.execute_batch("DELETE FROM body; DELETE FROM thread;");
            emptied.map_err(|e| fault::told(&self.place.body, &e))?;
        }
        if self.company == Company::Alone {
            self.rescue(&hot, hot_harm.as_ref().map(|harm| harm.what.as_str()), before)?;
        }
        place::make_private(&self.place.hot);
        place::make_private(&self.place.body);
        if !self.left.seen || self.left.rescuing || hot_harm.is_some() {
            self.place.leave_open();
        }
        let (hot_path, body_path) = (self.place.hot.clone(), self.place.body.clone());
        Ok(Writer { hot, body, hot_path, body_path, notes: self.notes.clone() })
    }

    fn reader(&self) -> Result<Reader> {
        let open = |path: &Path| connect::reading(path, self.manner(8_192)).map_err(|e| fault::told(path, &e));
        Ok(Reader {
            hot: open(&self.place.hot)?,
            body: Some(open(&self.place.body)?),
            hot_path: self.place.hot.clone(),
            body_path: self.place.body.clone(),
            notes: self.notes.clone(),
        })
    }

    /// When `hot.db` is missing or empty although a store was here: a sentence about it.
    fn trace_of_a_store(&self) -> Result<Option<String>> {
        let hot = &self.place.hot;
        let found = place::look(hot)?;
        let trace = self.left.seen || place::has_wal(hot) || place::bytes(&self.place.body) > 0;
        Ok(match found {
            Found::Missing if trace && place::aside(hot).is_empty() => Some(format!(
                "{} is missing although a store was here: claims that were not sent yet and private marks are lost, \
                 unless the file is put back; `floorwalk sync` fetches the tasks again",
                hot.display()
            )),
            Found::Missing | Found::Empty if trace => Some(String::new()),
            _ => None,
        })
    }

    /// Takes from set-aside files what they still tell, and keeps the sentence about a missing file.
    fn rescue(&self, hot: &Connection, reason: Option<&str>, missing: Option<String>) -> Result<()> {
        let told = |e: rusqlite::Error| fault::told(&self.place.hot, &e);
        for file in place::aside(&self.place.hot) {
            if let Some(text) = salvage::rescue(hot, &file, reason).map_err(told)? {
                self.notes.add(text);
            }
        }
        if let Some(text) = missing.filter(|text| !text.is_empty()) {
            hot.execute("INSERT INTO notice(file, text) VALUES('', ?1)", [&text]).map_err(told)?;
            self.notes.add(text);
        }
        Ok(())
    }

    /// A connection to a sound, up-to-date file; with the harm when a damaged one had to be set aside first.
    fn ready(&self, room: &Room<'_>, must_hold: bool) -> Result<(Connection, Option<Harm>)> {
        let mut harm = match self.verdict(room, must_hold)? {
            Some(what) => Some(self.set_aside(room, what)?),
            None => None,
        };
        loop {
            place::create_private(room.path)?;
            match connect::writing(room.path, room.steps, self.manner(room.cache_kib)) {
                Ok(conn) => return Ok((conn, harm)),
                // What the quick look did not find. A fresh file cannot be damaged: this happens once.
                Err(e) if fault::is_damage(&e) && harm.is_none() => {
                    harm = Some(self.set_aside(room, first_line(&e.to_string()))?);
                }
                Err(e) => return Err(fault::told(room.path, &e)),
            }
        }
    }

    /// Only when nobody else has the file open, and only with the user's yes where something would be lost.
    fn set_aside(&self, room: &Room<'_>, what: String) -> Result<Harm> {
        if self.company != Company::Alone {
            return Err(StoreError::Damaged { path: room.path.into(), what });
        }
        if room.path == self.place.hot {
            // Texts come again from the trackers; wishes and marks are nowhere else.
            if let Some(lost) = salvage::loss(room.path).filter(|_| !self.options.consent) {
                return Err(StoreError::Loss { path: room.path.into(), what, lost });
            }
            self.place.leave_rescuing();
        }
        let kept = place::set_aside(room.path)?;
        Ok(Harm { what, kept })
    }

    /// Refuses files that are not ours to touch.
    fn refuse_strangers(&self, room: &Room<'_>) -> Result<()> {
        let Found::Database { application, version } = place::look(room.path)? else { return Ok(()) };
        let (application, version) = self.true_identity(room, (application, version));
        stranger(room, application, version)
    }

    /// With a log beside it, the header on disk may be older than the truth.
    fn true_identity(&self, room: &Room<'_>, header: (u32, u32)) -> (u32, u32) {
        if !place::has_wal(room.path) {
            return header;
        }
        let asked = connect::reading(room.path, self.manner(2_048)).and_then(|conn| connect::identity(&conn));
        asked.unwrap_or(header)
    }

    /// Why the file must be set aside, if it must. `must_hold`: an empty file is a loss, not a beginning.
    fn verdict(&self, room: &Room<'_>, must_hold: bool) -> Result<Option<String>> {
        let header = match place::look(room.path)? {
            Found::Missing if place::has_wal(room.path) => return Ok(Some("only its log was left".into())),
            Found::Missing => return Ok(None),
            // Of a rescue that was cut short: it never held anything.
            Found::Empty if self.left.rescuing && room.path == self.place.hot => return Ok(None),
            Found::Empty if must_hold || place::has_wal(room.path) => return Ok(Some("the file was empty".into())),
            Found::Empty => return Ok(None),
            Found::NotDatabase => return Ok(Some("the file is no database".into())),
            Found::Database { application, version } => (application, version),
        };
        let (application, version) = self.true_identity(room, header);
        stranger(room, application, version)?;
        let ours = application == schema::APPLICATION_ID.cast_unsigned();
        if ours && (room.trusted || self.company == Company::Others) {
            return Ok(None);
        }
        let checked = connect::reading(room.path, self.manner(2_048)).and_then(|conn| {
            let verdict = connect::quick_check(&conn)?;
            Ok((verdict, connect::is_blank(&conn)?))
        });
        match checked {
            Ok((verdict, _)) if verdict != "ok" => Ok(Some(first_line(&verdict))),
            // Sound, nameless and not blank: some other program's.
            Ok((_, false)) if !ours => Err(StoreError::Foreign { path: room.path.into() }),
            Ok(_) => Ok(None),
            Err(e) if fault::is_damage(&e) => Ok(Some(first_line(&e.to_string()))),
            // What is found wrong after that, the writer meets.
            Err(e) if fault::is_half_written(&e) => Ok(None),
            Err(e) => Err(fault::told(room.path, &e)),
        }
    }
}

fn first_line(text: &str) -> String {
    crate::domain::text::safe_line(text.lines().find(|l| !l.starts_with("***")).unwrap_or(text)).into_owned()
}

fn stranger(room: &Room<'_>, application: u32, version: u32) -> Result<()> {
    let (path, known) = (room.path.to_path_buf(), schema::newest(room.steps));
    if application != 0 && application != schema::APPLICATION_ID.cast_unsigned() {
        return Err(StoreError::Foreign { path });
    }
    if version > known {
        return Err(StoreError::Newer { path, found: version, known });
    }
    Ok(())
}

/// Opens for reading only, in a folder where nothing can be made.
fn read_only(place: &Place, found: Found, options: &Options, notes: &Notes) -> Result<Reader> {
    let path = place.hot.clone();
    let refuse = |what: &str| StoreError::Place { path: path.clone(), what: what.into() };
    let room = Room { path: &place.hot, steps: schema::HOT, cache_kib: 0, trusted: true };
    match found {
        Found::Missing | Found::Empty => return Err(refuse("no store is there, and none can be made (read-only)")),
        Found::NotDatabase => {
            return Err(StoreError::Damaged { path: path.clone(), what: "the file is no database".into() });
        }
        Found::Database { application, version } => stranger(&room, application, version)?,
    }
    let manner = Manner { patience: options.patience, cache_kib: 8_192, max_pages: None };
    let told = |e: rusqlite::Error| fault::told(&path, &e);
    let hot = connect::reading_in_place(&place.hot, manner).map_err(told)?;
    let (application, version) = connect::identity(&hot).map_err(told)?;
    if application == 0 {
        return Err(StoreError::Foreign { path: path.clone() });
    }
    stranger(&room, application, version)?;
    if version < schema::newest(schema::HOT) {
        return Err(refuse("it was made by an older floorwalk and must be upgraded, but it is read-only"));
    }
    let body = connect::reading_in_place(&place.body, manner).ok();
    notes.add(StoreError::ReadOnly { path: path.clone() }.to_string());
    Ok(Reader { hot, body, hot_path: path, body_path: place.body.clone(), notes: notes.clone() })
}
