//! The answer 结果反馈: given by the receiver, confirmed or contested by the sender, ruled on by the office.

pub mod commands;
