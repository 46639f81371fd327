//! The events of a transfer's life.

use super::data::{
    CaseDecided, CaseFiled, CaseNotFiled, Closed, ContestRuled, DisputeAgreed, DisputePosition,
    DisputeSubmitted, Disputed, FeedbackContested, FeedbackGiven, FeedbackReference, JurisdictionDesignated,
    NoticeConverted, Objected, ObjectionAgreed, ReasonGiven, SupplementRequested, SupplementSupplied,
    TimeLimitMissed, TransferResent, TransferSent,
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
);

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
}
