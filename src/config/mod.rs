//! Configuration: what the user may say, where it is found, and answers to mistakes. Opens no network and reads
//! no token it was not asked for.

pub mod error;
pub mod load;
pub mod model;
pub mod paths;
pub mod secret;

pub use error::ConfigError;
pub use model::{ClaimConfig, Config, TrackerConfig, TrackerKind};
