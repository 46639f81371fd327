//! Whose jurisdiction it is: objection 异议, negotiation, submission to the common superior and designation 指定管辖.

pub mod commands;
