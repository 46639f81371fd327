//! One file per act.

mod decide_extension;
pub mod end_suspension;
mod explain_lateness;
mod miss_time_limit;
pub mod recalculate_clocks;
mod request_extension;
mod resume_clocks;
mod suspend_clocks;
pub mod warn_time_limit;

pub use decide_extension::DecideExtension;
pub use explain_lateness::ExplainLateness;
pub use miss_time_limit::MissTimeLimit;
pub use request_extension::RequestExtension;
pub use resume_clocks::ResumeClocks;
pub use suspend_clocks::SuspendClocks;
pub use warn_time_limit::WarnTimeLimit;
