//! A transfer with its parts.

use super::Transfer;
use crate::assignment::Assignment;
use crate::clock::Clock;
use crate::feedback::Feedback;
use crate::rows;
use crate::visibility::Sight;
use crate::{Views, ViewsError, Visibility};
use contract::ids::{DepartmentId, TransferId};
use serde::Deserialize;

/// A transfer with its parts, all of one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WholeTransfer {
    /// The transfer.
    pub transfer: Transfer,
    /// Its clocks, in the order in which they began.
    pub clocks: Vec<Clock>,
    /// Its feedback, in order.
    pub feedback: Vec<Feedback>,
    /// To whom the reader's own department has given it.
    pub assignment: Option<Assignment>,
}

impl Views {
    /// A transfer with its parts, if the caller may see it. Whatever else the caller may see, of internal hops it is those
    /// of its own department.
    pub async fn whole_transfer(
        &self,
        visibility: &Visibility,
        own: &DepartmentId,
        id: TransferId,
    ) -> Result<Option<WholeTransfer>, ViewsError> {
        let sight = Sight::from(visibility);
        let query = sqlx::query_scalar!(
            "select jsonb_build_object('transfer', to_jsonb(t),
                 'clocks', (select coalesce(jsonb_agg(to_jsonb(c)), '[]')
                   from views_1.clock c where c.transfer_id = t.id),
                 'feedback', (select coalesce(jsonb_agg(to_jsonb(f) order by f.feedback), '[]')
                   from views_1.feedback f where f.transfer_id = t.id),
                 'assignment', (select to_jsonb(a) from views_1.assignment a where a.transfer_id = t.id and a.department = $5))
                 as row
               from views_1.transfer t
              where t.id = $4
                and views_1.is_visible($1, $2, $3, t.from_department, t.to_department, t.holder, t.office, t.copies)",
            sight.all,
            sight.own,
            &sight.region,
            id.0,
            own.as_str()
        );
        let mut whole: Option<WholeTransfer> = rows::fetch(&self.pool, query).await?.pop();
        if let Some(whole) = &mut whole {
            whole.clocks.sort_by_key(|clock| (clock.started_at, clock.code, clock.run));
        }
        Ok(whole)
    }
}
