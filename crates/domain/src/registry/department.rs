//! One department of the registry, and what kind of body it is.

use contract::ids::DepartmentId;

/// A body that may take part in transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// The name it goes by at home, like 市卫健委.
    pub name: String,
    /// The name by which bodies of the same function are alike everywhere, like 卫生健康委.
    pub canonical_name: String,
    /// Its level in the words of the source, like 省, 市, 区县; shown, never computed with.
    pub level: String,
    /// What kind of body it is.
    pub department_type: DepartmentType,
    /// Its government; a government names the next government up. `None` for sets and for the top.
    pub parent: Option<DepartmentId>,
    /// The department inside which an office sits.
    pub host: Option<DepartmentId>,
}

impl Department {
    /// Whether a transfer may be addressed to it: a set of departments and an old name cannot receive.
    pub fn can_receive(&self) -> bool {
        self.department_type.can_receive()
    }
}

/// What kind of body a department is. The codes are those of the registry file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DepartmentType {
    /// `ADMIN_ENF`: an administrative organ that enforces law 行政执法机关.
    EnforcingOrgan,
    /// `ADMIN`: another administrative organ 行政机关.
    Administrative,
    /// `ADMIN_AUDIT`: an audit bureau 审计局.
    Audit,
    /// `PUBLIC_SECURITY`: the police 公安机关.
    PublicSecurity,
    /// `PROCURATORATE`: a people's procuratorate 人民检察院.
    Procuratorate,
    /// `COURT`: a people's court 人民法院.
    Court,
    /// `SUPERVISORY`: a supervisory commission 监察委员会.
    Supervisory,
    /// `LEGAL_SUPERVISION`: a justice bureau 司法局, which supervises enforcement.
    LegalSupervision,
    /// `PARTY`: a body of the Party.
    Party,
    /// `VERTICAL`: led from above and not by the local government, like tax or customs 垂直管理.
    Vertical,
    /// `SUBDISTRICT`: a street office or township 街道办事处.
    Subdistrict,
    /// `COORD`: a coordination office, which acts for its government 联席会议办公室、督查室.
    CoordinationOffice,
    /// `GROUP`: a set of departments under one name; see the groups.
    Group,
    /// `GOVERNMENT`: a people's government 人民政府.
    Government,
    /// `LEGACY`: the old name of a body that no longer exists.
    Legacy,
}

impl DepartmentType {
    /// Every type.
    pub const ALL: [Self; 15] = [
        Self::EnforcingOrgan,
        Self::Administrative,
        Self::Audit,
        Self::PublicSecurity,
        Self::Procuratorate,
        Self::Court,
        Self::Supervisory,
        Self::LegalSupervision,
        Self::Party,
        Self::Vertical,
        Self::Subdistrict,
        Self::CoordinationOffice,
        Self::Group,
        Self::Government,
        Self::Legacy,
    ];

    /// The code in the registry file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::EnforcingOrgan => "ADMIN_ENF",
            Self::Administrative => "ADMIN",
            Self::Audit => "ADMIN_AUDIT",
            Self::PublicSecurity => "PUBLIC_SECURITY",
            Self::Procuratorate => "PROCURATORATE",
            Self::Court => "COURT",
            Self::Supervisory => "SUPERVISORY",
            Self::LegalSupervision => "LEGAL_SUPERVISION",
            Self::Party => "PARTY",
            Self::Vertical => "VERTICAL",
            Self::Subdistrict => "SUBDISTRICT",
            Self::CoordinationOffice => "COORD",
            Self::Group => "GROUP",
            Self::Government => "GOVERNMENT",
            Self::Legacy => "LEGACY",
        }
    }

    /// The type with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether a body of this type can receive a transfer.
    pub const fn can_receive(self) -> bool {
        match self {
            Self::Group | Self::Legacy => false,
            Self::EnforcingOrgan
            | Self::Administrative
            | Self::Audit
            | Self::PublicSecurity
            | Self::Procuratorate
            | Self::Court
            | Self::Supervisory
            | Self::LegalSupervision
            | Self::Party
            | Self::Vertical
            | Self::Subdistrict
            | Self::CoordinationOffice
            | Self::Government => true,
        }
    }
}

/// A set of departments under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentGroup {
    /// The department of type GROUP.
    pub id: DepartmentId,
    /// The members that are known, as listed: a member may be a set itself.
    pub members: Vec<DepartmentId>,
    /// Whether the source names every member.
    pub complete: bool,
}

/// A set with every set inside it opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupExpansion {
    /// Departments that are not sets, in order of id, each once.
    pub members: Vec<DepartmentId>,
    /// `false` when the source does not name every member: whatever is made from this set must say so.
    pub complete: bool,
}
