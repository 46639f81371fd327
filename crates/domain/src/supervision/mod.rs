//! The ladder of urging (催办, 督办, 通报, 约谈, 挂牌督办, 问责建议), what a coordination meeting decides, and the life of
//! a supervision task between its plan and its striking off 销号.

pub mod commands;
