//! Help from other departments: a request for assistance 协查 owes a reply while the case stays where it is; a joint
//! handling 联合办理 has one lead and merges what the participants contribute.

pub mod commands;
