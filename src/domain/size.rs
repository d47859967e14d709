//! How big a task is, in the four classes of the lease table.

use serde::{Deserialize, Serialize};

/// Effort class of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Size {
    /// About 2 hours.
    XS,
    /// About 6 hours.
    S,
    /// About 16 hours.
    M,
    /// About 40 hours.
    L,
}

/// Longest lease without a word of the programme, in working days.
pub const LEASE_CAP_WD: u32 = 20;

impl Size {
    /// Default lease in working days: XS 2, S 5, M 10, L 15; unknown counts as S.
    pub fn lease_wd(size: Option<Self>) -> u32 {
        match size {
            Some(Self::XS) => 2,
            Some(Self::S) | None => 5,
            Some(Self::M) => 10,
            Some(Self::L) => 15,
        }
    }

    /// Middle of the class in hours of work: XS 2, S 6, M 16, L 40; unknown counts as S.
    pub fn hours(size: Option<Self>) -> u32 {
        match size {
            Some(Self::XS) => 2,
            Some(Self::S) | None => 6,
            Some(Self::M) => 16,
            Some(Self::L) => 40,
        }
    }

    /// `XS`, `S`, `M` or `L`.
    pub fn word(self) -> &'static str {
        match self {
            Self::XS => "XS",
            Self::S => "S",
            Self::M => "M",
            Self::L => "L",
        }
    }
}

impl std::str::FromStr for Size {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match s.to_ascii_uppercase().as_str() {
            "XS" => Ok(Self::XS),
            "S" => Ok(Self::S),
            "M" => Ok(Self::M),
            "L" => Ok(Self::L),
            _ => Err("a size is XS, S, M or L".into()),
        }
    }
}
