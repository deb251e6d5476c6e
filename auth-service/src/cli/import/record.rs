//! A raw record: some of Django's columns, not yet validated.

use uuid::Uuid;

/// The columns that are imported. Others are skipped and reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Username,
    Email,
    FirstName,
    LastName,
    /// A full name in one column, as in many custom user models.
    Name,
    Password,
    IsActive,
    IsStaff,
    IsSuperuser,
    DateJoined,
    LastLogin,
}

impl Column {
    pub const ALL: [Self; 12] = [
        Self::Id,
        Self::Username,
        Self::Email,
        Self::FirstName,
        Self::LastName,
        Self::Name,
        Self::Password,
        Self::IsActive,
        Self::IsStaff,
        Self::IsSuperuser,
        Self::DateJoined,
        Self::LastLogin,
    ];

    /// Django's name of the column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Username => "username",
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Name => "name",
            Self::Password => "password",
            Self::IsActive => "is_active",
            Self::IsStaff => "is_staff",
            Self::IsSuperuser => "is_superuser",
            Self::DateJoined => "date_joined",
            Self::LastLogin => "last_login",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name))
    }

    /// Columns that Django has too, and that the guide says are not imported.
    pub fn is_left_behind_by_design(name: &str) -> bool {
        matches!(name, "groups" | "user_permissions")
    }
}

/// A UUID in Django's formats: with hyphens or as 32 digits.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|_| matches!(text.len(), 32 | 36))
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Text(String),
    Bool(bool),
    Number(i64),
    /// A list, an object or a fraction, which none of our columns can hold.
    Other,
}

/// The position of a user in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Counted from 1.
    pub row: u64,
    /// The line on which the row ends.
    pub line: Option<u64>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}"),
            None => write!(f, "row {}", self.row),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Record {
    pub place: Place,
    cells: [Option<Cell>; Column::ALL.len()],
    /// The record's values could not be parsed.
    pub is_unreadable: bool,
    /// Whether the source has a primary key of any kind.
    pub has_key: bool,
    /// Other columns that hold a UUID.
    pub uuids: Vec<(String, Uuid)>,
}

/// A user table never has more UUID columns than this.
const MAX_UUIDS: usize = 16;

impl Record {
    pub fn new() -> Self {
        Self {
            place: Place { row: 0, line: None },
            cells: Default::default(),
            is_unreadable: false,
            has_key: false,
            uuids: Vec::new(),
        }
    }

    /// Records another column, if it holds a UUID.
    pub fn other(&mut self, name: &str, text: &str) {
        if let Some(uuid) = uuid(text).filter(|_| self.uuids.len() < MAX_UUIDS) {
            self.uuids.push((name.to_owned(), uuid));
        }
    }

    /// The UUID in another column.
    pub fn uuid_in(&self, column: &str) -> Option<Uuid> {
        self.uuids.iter().find(|(name, _)| name.eq_ignore_ascii_case(column)).map(|(_, uuid)| *uuid)
    }

    /// Sets a value; false if the column already had one.
    pub fn set(&mut self, column: Column, cell: Cell) -> bool {
        self.cells[column as usize].replace(cell).is_none()
    }

    pub fn get(&self, column: Column) -> Option<&Cell> {
        self.cells[column as usize].as_ref()
    }
}
