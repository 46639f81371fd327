//! What to try first: three lines for the shell, with a real key and a real transfer.

use super::ids::linked_id;
use super::keys::{FILE, SUPERVISOR};
use contract::ids::TransferId;
use log::Log;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The story that the tour signs: nobody has signed it.
const STORY: &str = "320100-wjw-药店无处方销售抗菌药物";
/// Who should have signed it.
const RECEIVER: &str = "320100-scj";

/// The keys and the transfer of the tour.
pub(crate) struct Tour {
    keys_file: PathBuf,
    supervisor: String,
    receiver: String,
    transfer: TransferId,
}

/// Whether a log holds the demonstration.
pub(super) async fn is_in(log: &Log) -> anyhow::Result<bool> {
    Ok(!log.read_first_and_last(linked_id(STORY, 0).0, i64::MAX).await?.is_empty())
}

impl Tour {
    /// The tour of a folder whose demonstration is loaded.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let keys_file = folder.join(FILE);
        let text = std::fs::read_to_string(&keys_file).ok()?;
        let mut keys: BTreeMap<String, String> = serde_json::from_str(&text).ok()?;
        let (supervisor, receiver) = (keys.remove(SUPERVISOR)?, keys.remove(RECEIVER)?);
        Some(Self { keys_file, supervisor, receiver, transfer: linked_id(STORY, 0) })
    }

    /// The lines, for a gateway at that address.
    pub(crate) fn text(&self, address: SocketAddr) -> String {
        let Self { keys_file, supervisor, receiver, transfer } = self;
        let keys_file = keys_file.display();
        format!(
            "The keys of all departments are in {keys_file} （各部门密钥）. Try 试一试:\n\
             \n# Who has not acknowledged what 谁未签收\n\
             curl -s -H 'Authorization: Bearer {supervisor}' 'http://{address}/v1/watch/unacknowledged?limit=3'\n\
             \n# One of them, as its receiver sees it 收件单位查看\n\
             curl -s -H 'Authorization: Bearer {receiver}' http://{address}/v1/transfers/{transfer}\n\
             \n# Sign it 签收\n\
             curl -s -X POST -H 'Authorization: Bearer {receiver}' -H 'Idempotency-Key: first-receipt' \
             http://{address}/v1/transfers/{transfer}/receipt\n"
        )
    }
}
