//! `POST /v1/transfers/{id}/meeting-decision`: record what a coordination meeting decided 会议决定.

use super::{Act, ActCall, Context, TransferPath, overseen};
use crate::answers::problem::WriteProblems;
use crate::answers::transfer::TransferAnswer;
use crate::body::{ReadBody, Reading};
use crate::fields::{Choice, Fields};
use crate::problem::Problem;
use crate::writing::WriteHeaders;
use axum::response::Response;
use chrono::NaiveDate;
use contract::action::Action;
use contract::clock::ClockCode;
use contract::ids::{DepartmentId, TransferId};
use contract::limits::{NAME_MAX_CHARACTERS, REASON_MAX_CHARACTERS};
use domain::Command;
use domain::supervision::commands::{DecideInMeeting, Resolution};
use utoipa::ToSchema;

/// What the meeting decided, and where that stands.
#[derive(ToSchema)]
pub(crate) struct MeetingDecisionBody {
    /// The number of the minutes 会议纪要.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) minutes: String,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub(crate) reason: String,
    /// What was decided.
    pub(crate) decision: MeetingDecisionKind,
    /// Who leads, the receiver or a department of the office's region: of `fix_lead`, and required there.
    pub(crate) department: Option<DepartmentId>,
    /// Which clock: of `extend`, and required there.
    pub(crate) code: Option<ClockCode>,
    /// The last day of the clock: of `extend`, and required there.
    pub(crate) until: Option<NaiveDate>,
}

impl ReadBody for MeetingDecisionBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let minutes = fields.text("minutes", NAME_MAX_CHARACTERS);
        let reason = fields.text("reason", REASON_MAX_CHARACTERS);
        let decision: Option<MeetingDecisionKind> = fields.choice("decision");
        let department = fields.optional_receiver("department", reading.registry);
        let code = fields.optional_choice("code");
        let until = fields.optional_day("until");
        let (wanted, unwanted): (&[&str], &[&str]) = match decision? {
            MeetingDecisionKind::FixLead => (&["department"], &["code", "until"]),
            MeetingDecisionKind::Extend => (&["code", "until"], &["department"]),
            MeetingDecisionKind::Close => (&[], &["department", "code", "until"]),
        };
        for name in wanted {
            fields.require(name);
        }
        for name in unwanted {
            fields.excludes(name, "decision");
        }
        let sender = reading.transfer.map(|transfer| &transfer.reference.from);
        if let Some(department) = &department {
            fields.not_the_sender("department", department, sender, reading.registry)?;
            overseen::check(fields, "department", department, reading);
        }
        Some(Self { minutes: minutes?, reason: reason?, decision: decision?, department, code, until })
    }
}

impl Act for MeetingDecisionBody {
    const ACTION: Action = Action::MeetingDecision;

    fn command(self, context: &Context<'_>) -> Command {
        let from = &context.transfer.reference.from;
        let resolution = match (self.decision, self.department, self.code.zip(self.until)) {
            (MeetingDecisionKind::FixLead, Some(department), _) => {
                let office = context.registry.office_between(from, &department);
                Resolution::FixLead { department, id: TransferId::fresh(), office }
            }
            (MeetingDecisionKind::Extend, _, Some((code, until))) => Resolution::Extend { code, until },
            // The reader has refused the other two without what they need.
            (MeetingDecisionKind::FixLead | MeetingDecisionKind::Extend | MeetingDecisionKind::Close, ..) => {
                Resolution::Close
            }
        };
        Command::DecideInMeeting(DecideInMeeting { minutes: self.minutes, reason: self.reason, resolution })
    }
}

/// What a meeting decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum MeetingDecisionKind {
    /// 明确牵头部门.
    FixLead,
    /// 延期.
    Extend,
    /// 办结.
    Close,
}

impl Choice for MeetingDecisionKind {
    fn names() -> Vec<&'static str> {
        vec!["fix_lead", "extend", "close"]
    }

    fn choose(name: &str) -> Option<Self> {
        match name {
            "fix_lead" => Some(Self::FixLead),
            "extend" => Some(Self::Extend),
            "close" => Some(Self::Close),
            _ => None,
        }
    }
}

/// Record what a coordination meeting decided 会议决定
///
/// A supervisor of the coordination office records it. A fixed lead has the transfer signed and accepted at once, as after a
/// designation; a clock runs to the day that was named; or the transfer is closed.
#[utoipa::path(
    post,
    path = "/v1/transfers/{id}/meeting-decision",
    tag = "act",
    params(TransferPath, WriteHeaders),
    request_body = MeetingDecisionBody,
    responses((status = 200, description = "The transfer after the act", body = TransferAnswer), WriteProblems)
)]
pub(crate) async fn record_meeting_decision(call: ActCall) -> Result<Response, Problem> {
    call.carry_out::<MeetingDecisionBody>().await
}
