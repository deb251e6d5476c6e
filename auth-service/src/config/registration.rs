//! `REGISTRATION`: who can create accounts.

use super::{ConfigError, settings};

/// Who can create accounts besides the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Everyone can register. The default.
    Open,
    /// Only the operator's commands create accounts.
    Closed,
}

impl Registration {
    pub(super) fn parse(value: Option<&str>) -> Result<Self, ConfigError> {
        Ok(match settings::one_of("REGISTRATION", value)? {
            "closed" => Self::Closed,
            _ => Self::Open,
        })
    }

    /// The value of the setting.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Whether pages link to a registration form.
    pub fn has_form(self) -> bool {
        match self {
            Self::Open => true,
            Self::Closed => false,
        }
    }
}
