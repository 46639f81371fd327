//! The events of a transfer's life.

use super::data::{
    CaseDecided, CaseFiled, CaseNotFiled, Closed, ContestRuled, DisputeAgreed, DisputePosition,
    DisputeSubmitted, Disputed, FeedbackContested, FeedbackGiven, FeedbackReference, JurisdictionDesignated,
    NoticeConverted, Objected, ObjectionAgreed, ReasonGiven, SupplementRequested, SupplementSupplied,
    TimeLimitMissed, TransferResent, TransferSent,
};
use super::ladder::{
    Escalated, FailureAcknowledged, LatenessExplained, MeetingDecided, Supervised, UrgeReplied, Urged,
};
use super::time::{
    ClocksRecalculated, ExtensionGranted, ExtensionRefused, ExtensionRequested, Resumed, Suspended,
    TimeLimitWarned,
};
use super::together::{
    AssignedInternally, AssistanceEnded, AssistanceReplied, AssistanceRequested, CriminalSide,
    JointHandlingOpened, PlanFiled, ProgressReported, RoutingConfirmed,
};
use crate::kind::{Family, TransferKind};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

macro_rules! transfer_events {
    ($($(#[$doc:meta])* $variant:ident $(($data:ty))? = $name:literal in $family:expr,)+) => {
        /// One event of a transfer's life: its name and what it says.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "event", content = "data")]
        #[expect(clippy::large_enum_variant, reason = "events are decoded one by one, and what was sent is one of many")]
        pub enum TransferEvent {
            $($(#[$doc])* #[serde(rename = $name)] $variant $(($data))?,)+
        }

        // Written out: the derive would show the names of the variants, not those in data.
        impl PartialSchema for TransferEvent {
            fn schema() -> RefOr<Schema> {
                let shapes = OneOfBuilder::new().description(Some("What happened: `event` is its name, `data` what it says."));
                $(let shapes = shapes.item(transfer_events!(@shape $name $(, $data)?));)+
                RefOr::T(shapes.build().into())
            }
        }

        impl ToSchema for TransferEvent {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                $($(
                    schemas.push((<$data as ToSchema>::name().into_owned(), <$data as PartialSchema>::schema()));
                    <$data as ToSchema>::schemas(schemas);
                )?)+
            }
        }

        impl TransferEvent {
            /// The names of all events, with the family of those that have one of their own.
            pub const NAMES: &'static [(&'static str, Option<Family>)] = &[$(($name, $family),)+];

            /// The event's name: the last token of its type.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(transfer_events!(@pattern $variant $(, $data)?) => $name,)+
                }
            }

            /// The family it is published in, for a transfer of this kind.
            pub fn family(&self, kind: TransferKind) -> Family {
                let own: Option<Family> = match self {
                    $(transfer_events!(@pattern $variant $(, $data)?) => $family,)+
                };
                own.unwrap_or(kind.family())
            }
        }
    };
    (@shape $name:literal) => { shape($name, None) };
    (@shape $name:literal, $data:ty) => { shape($name, Some(<$data as ToSchema>::name().as_ref())) };
    (@pattern $variant:ident) => { Self::$variant };
    (@pattern $variant:ident, $data:ty) => { Self::$variant(_) };
}

transfer_events!(
    /// Sent and thereby delivered.
    Sent(TransferSent) = "sent" in None,
    /// Signed 签收.
    Signed = "signed" in None,
    /// A notice was read.
    Read = "read" in None,
    /// Accepted 受理.
    Accepted = "accepted" in None,
    /// More is needed 要求补正.
    SupplementRequested(SupplementRequested) = "supplement-requested" in None,
    /// More was supplied 补正.
    SupplementSupplied(SupplementSupplied) = "supplement-supplied" in None,
    /// Not our jurisdiction 管辖异议.
    Objected(Objected) = "objected" in None,
    /// The sender agrees and takes it back.
    ObjectionAgreed(ObjectionAgreed) = "objection-agreed" in None,
    /// The sender disagrees.
    Disputed(Disputed) = "disputed" in None,
    /// One side names a department.
    DisputePositionTaken(DisputePosition) = "dispute-position-taken" in None,
    /// Both sides agree.
    DisputeAgreed(DisputeAgreed) = "dispute-agreed" in None,
    /// Submitted to the common superior.
    DisputeSubmitted(DisputeSubmitted) = "dispute-submitted" in None,
    /// Designated 指定管辖.
    JurisdictionDesignated(JurisdictionDesignated) = "jurisdiction-designated" in None,
    /// Filed 立案.
    CaseFiled(CaseFiled) = "case-filed" in None,
    /// Not filed 不予立案.
    CaseNotFiled(CaseNotFiled) = "case-not-filed" in None,
    /// Decided.
    CaseDecided(CaseDecided) = "case-decided" in None,
    /// Interim feedback.
    InterimFeedbackGiven(FeedbackGiven) = "interim-given" in Some(Family::ResultFeedback),
    /// Final feedback.
    FinalFeedbackGiven(FeedbackGiven) = "final-given" in Some(Family::ResultFeedback),
    /// Final feedback confirmed.
    FeedbackConfirmed(FeedbackReference) = "confirmed" in Some(Family::ResultFeedback),
    /// Final feedback contested.
    FeedbackContested(FeedbackContested) = "contested" in Some(Family::ResultFeedback),
    /// Contest ruled.
    ContestRuled(ContestRuled) = "contest-ruled" in Some(Family::ResultFeedback),
    /// Sent anew after a return.
    Resent(TransferResent) = "resent" in None,
    /// Kept by the sender after a return.
    Kept(ReasonGiven) = "kept" in None,
    /// A notice became a clue.
    Converted(NoticeConverted) = "converted" in None,
    /// Withdrawn by the sender.
    Withdrawn(ReasonGiven) = "withdrawn" in None,
    /// Closed.
    Closed(Closed) = "closed" in None,
    /// A clock ran out.
    TimeLimitMissed(TimeLimitMissed) = "missed" in Some(Family::TimeLimit),
    /// A clock warns 预警.
    TimeLimitWarned(TimeLimitWarned) = "warned" in Some(Family::TimeLimit),
    /// A new holiday notice moved open clocks.
    ClocksRecalculated(ClocksRecalculated) = "recalculated" in Some(Family::TimeLimit),
    /// Clocks stand still 中止.
    Suspended(Suspended) = "suspended" in Some(Family::TimeLimit),
    /// They run on 恢复.
    Resumed(Resumed) = "resumed" in Some(Family::TimeLimit),
    /// More time is asked for 申请延期.
    ExtensionRequested(ExtensionRequested) = "extension-requested" in Some(Family::TimeLimit),
    /// It is granted 批准延期.
    ExtensionGranted(ExtensionGranted) = "extension-granted" in Some(Family::TimeLimit),
    /// It is refused 不予延期.
    ExtensionRefused(ExtensionRefused) = "extension-refused" in Some(Family::TimeLimit),
    /// Somebody late says why.
    LatenessExplained(LatenessExplained) = "lateness-explained" in Some(Family::TimeLimit),
    /// Urged 催办.
    Urged(Urged) = "urged" in Some(Family::Supervision),
    /// The urged department replied.
    UrgeReplied(UrgeReplied) = "urge-replied" in Some(Family::Supervision),
    /// Supervised 督办.
    Supervised(Supervised) = "supervised" in Some(Family::Supervision),
    /// Criticised, talked to, listed, or proposed for accountability 通报、约谈、挂牌督办、问责建议.
    Escalated(Escalated) = "escalated" in Some(Family::Supervision),
    /// A coordination meeting decided 会议决定.
    MeetingDecided(MeetingDecided) = "meeting-decided" in Some(Family::Supervision),
    /// The office knows of the failure; no alarm until a moment.
    FailureAcknowledged(FailureAcknowledged) = "failure-acknowledged" in Some(Family::Supervision),
    /// The office confirmed an assumed lead, or named one.
    RoutingConfirmed(RoutingConfirmed) = "routing-confirmed" in None,
    /// The plan of a supervision task 整改方案.
    PlanFiled(PlanFiled) = "plan-filed" in None,
    /// How far a supervision task has come.
    ProgressReported(ProgressReported) = "progress-reported" in None,
    /// A task that was struck off is open again.
    Reopened(ReasonGiven) = "reopened" in None,
    /// The holder asked another department for assistance 协查.
    AssistanceRequested(AssistanceRequested) = "assistance-requested" in None,
    /// It answered.
    AssistanceReplied(AssistanceReplied) = "assistance-replied" in None,
    /// The request ended without an answer.
    AssistanceEnded(AssistanceEnded) = "assistance-ended" in None,
    /// A crime was found: the receiver opened a criminal handoff, and the case waits for it 发现涉嫌犯罪.
    CrimeFound(CriminalSide) = "crime-found" in None,
    /// The criminal side is over, and the case goes on 刑事部分办结.
    CriminalOutcomeArrived(CriminalSide) = "criminal-outcome-arrived" in None,
    /// Several departments handle it, one leads 联合办理.
    JointHandlingOpened(JointHandlingOpened) = "joint-handling-opened" in None,
    /// Given to a section or brigade inside the department; nobody else sees it.
    AssignedInternally(AssignedInternally) = "assigned-internally" in None,
);

impl TransferEvent {
    /// The names of the events that only the department that acted may see: they travel on
    /// [`crate::subject::INTERNAL`] without their body.
    pub const INTERNAL_NAMES: &'static [&'static str] = &["assigned-internally"];

    /// Whether the events of that name are internal.
    pub fn is_internal_name(name: &str) -> bool {
        Self::INTERNAL_NAMES.contains(&name)
    }

    /// Whether only the department that acted may see the event.
    pub fn is_internal(&self) -> bool {
        Self::is_internal_name(self.name())
    }
}

/// One event's shape: its name, and where its data is described.
fn shape(name: &str, data: Option<&str>) -> Schema {
    let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([name])).build();
    let object = ObjectBuilder::new().property("event", name).required("event");
    match data {
        None => object.build().into(),
        Some(data) => object.property("data", Ref::from_schema_name(data)).required("data").build().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_names_every_event_as_it_stands_in_data() {
        let schema = serde_json::to_value(TransferEvent::schema()).unwrap();
        let shapes = schema["oneOf"].as_array().unwrap();
        let named: Vec<_> =
            shapes.iter().map(|shape| shape["properties"]["event"]["enum"][0].as_str().unwrap()).collect();
        let names: Vec<_> = TransferEvent::NAMES.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, names);
        let states = serde_json::to_value(crate::state::TransferState::schema()).unwrap();
        assert_eq!(states["enum"][4], "disputed_negotiating");
    }
    #[test]
    fn an_event_is_internal_by_its_name() {
        let data = r#"{"department":"320100-ybj","unit":"二大队","due_on":"2026-03-09"}"#;
        let assigned = format!(r#"{{"event":"assigned-internally","data":{data}}}"#);
        let assigned: Result<TransferEvent, _> = serde_json::from_str(&assigned);
        let is_named = |name| TransferEvent::NAMES.iter().any(|(known, _)| known == name);
        assert!(TransferEvent::INTERNAL_NAMES.iter().all(is_named), "every internal name is one of an event");
        assert!(assigned.unwrap().is_internal() && !TransferEvent::Signed.is_internal());
    }
}
