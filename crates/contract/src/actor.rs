//! Who acted: a department's key in a role, or casebus itself.

use crate::ids::DepartmentId;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// The role in which a key acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 经办人: posts and answers its department's transfers.
    Clerk,
    /// 负责人: decides for its department what a clerk may not, like an extension.
    Head,
    /// 督办人员: watches the transfers of a region and decides for its coordination office.
    Supervisor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Clerk, Self::Head, Self::Supervisor];

    /// The role's name in data and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Head => "head",
            Self::Supervisor => "supervisor",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Who acted, as it stands beside an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A department, by one of its keys.
    Department {
        /// The department.
        department: DepartmentId,
        /// The role of the key.
        role: Role,
        /// Which key: its public id, never the secret.
        key: String,
    },
    /// casebus itself: the watch, or an import.
    System(&'static str),
}

impl fmt::Display for Actor {
    /// `320100-ybj/clerk/<key>` or `casebus/<part>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Department { department, role, key } => write!(f, "{department}/{}/{key}", role.name()),
            Self::System(part) => write!(f, "casebus/{part}"),
        }
    }
}
