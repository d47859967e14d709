//! Configuration: what the user may say, where it is found, and answers to mistakes. Opens no network and reads
//! no token it was not asked for.

pub mod address;
pub mod env;
pub mod error;
pub mod jira;
pub mod keys;
pub mod load;
pub mod memory;
pub mod model;
pub mod origin;
pub mod paths;
mod read;
mod registry;
pub mod schema;
pub mod secret;
pub mod taste;
pub mod theme;
mod view;
pub mod write;

pub use env::Environment;
pub use error::ConfigError;
pub use load::{Loaded, load};
pub use model::{ClaimConfig, Config, Notify, RegistryPlace, TrackerConfig, TrackerKind, UiConfig, ViewConfig};
pub use origin::{ConfigOrigin, Origin};
pub use paths::Paths;
