//! Who sees what: the rule itself stands in the SQL function `views_1.is_visible`.

use contract::ids::DepartmentId;

/// What a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everything.
    All,
    /// The transfers of which this department is sender, receiver, holder or coordination office.
    Parties(DepartmentId),
    /// Those, and the transfers of which a department of the region is sender or receiver.
    Region {
        /// The caller's department.
        own: DepartmentId,
        /// The departments of its region.
        region: Vec<DepartmentId>,
    },
}

/// A visibility as the first three arguments of `views_1.is_visible`.
pub(crate) struct Sight {
    pub(crate) all: bool,
    pub(crate) own: String,
    pub(crate) region: Vec<String>,
}

impl From<&Visibility> for Sight {
    fn from(visibility: &Visibility) -> Self {
        match visibility {
            Visibility::All => Self { all: true, own: String::new(), region: Vec::new() },
            Visibility::Parties(own) => Self { all: false, own: own.to_string(), region: Vec::new() },
            Visibility::Region { own, region } => Self {
                all: false,
                own: own.to_string(),
                region: region.iter().map(ToString::to_string).collect(),
            },
        }
    }
}
