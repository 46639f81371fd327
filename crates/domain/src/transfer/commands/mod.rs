//! One file per act.

pub mod accept_transfer;
mod assign_internally;
mod confirm_routing;
mod convert_notice;
mod decide_case;
mod file_case;
mod keep_transfer;
mod link_transfer;
mod request_supplement;
mod resend_transfer;
pub mod send_transfer;
pub mod sign_transfer;
mod supply_supplement;
mod withdraw_transfer;

pub use assign_internally::AssignInternally;
pub use confirm_routing::ConfirmRouting;
pub use convert_notice::ConvertNotice;
pub use decide_case::DecideCase;
pub use file_case::FileCase;
pub use keep_transfer::KeepTransfer;
pub(crate) use link_transfer::{link, referrals_below};
pub use request_supplement::RequestSupplement;
pub use resend_transfer::ResendTransfer;
pub use send_transfer::{SendTransfer, send_all};
pub use supply_supplement::SupplySupplement;
pub use withdraw_transfer::WithdrawTransfer;
