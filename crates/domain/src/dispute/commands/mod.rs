//! One file per act.

mod agree_in_dispute;
mod answer_objection;
mod designate_jurisdiction;
mod object_to_transfer;
mod submit_dispute;

pub use agree_in_dispute::AgreeInDispute;
pub use answer_objection::AnswerObjection;
pub use designate_jurisdiction::DesignateJurisdiction;
pub use object_to_transfer::ObjectToTransfer;
pub use submit_dispute::SubmitDispute;
