//! The list of goods that change hands.

use super::Words;
use super::phrase::{answered, basis, case, suspicion};
use crate::Paper;
use crate::text::{breakable, line};

pub(super) fn list(paper: &Paper) -> Words {
    let opening = format!(
        "{}中，{}。{}，{}涉及的下列涉案物品由{}移交{}。",
        case(paper),
        suspicion(paper),
        basis(paper),
        answered(paper, "该案相关文书"),
        breakable(&line(&paper.issuer)),
        breakable(&line(&paper.addressee))
    );
    let closing = "以上物品经双方当面清点，核对无误。本清单一式两份，移交单位、接收单位各执一份。".to_owned();
    Words {
        content: "交接情况：",
        reason: "移交理由：",
        materials: "一并交接下列材料：",
        goods: "涉案物品：",
        ..Words::new(vec![opening], vec![closing])
    }
}
