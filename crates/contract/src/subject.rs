//! Subjects of the bus: `casebus.v1.<family>.<event>.<from>.<to>`.

use crate::ids::DepartmentId;
use crate::kind::Family;
use std::fmt;

/// All subjects of the stream.
pub const ALL: [&str; 2] = ["casebus.v1.>", INTERNAL];
/// Where an event goes that no outsider may see; its body stays in the log.
pub const INTERNAL: &str = "casebus.internal";

/// The subject of one event.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Family.
    pub family: Family,
    /// Name of the event.
    pub event: &'a str,
    /// Sender of the transfer.
    pub from: &'a DepartmentId,
    /// Receiver of the transfer.
    pub to: &'a DepartmentId,
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "casebus.v1.{}.{}.{}.{}", self.family, self.event, self.from, self.to)
    }
}

/// What a department subscribes to: everything it sent and everything it received.
pub fn of_department(department: &DepartmentId) -> [String; 2] {
    [format!("casebus.v1.*.*.{department}.*"), format!("casebus.v1.*.*.*.{department}")]
}
