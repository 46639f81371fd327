//! What a department says against a refusal to open a case.

use super::Words;
use super::phrase::{REGULATION, answered, basis, case, suspicion};
use crate::Paper;

pub(super) fn reconsideration(paper: &Paper) -> Words {
    let opening = format!(
        "你单位以{}对我单位移送的{}决定不予立案。我单位认为，{}，依法应当由你单位决定立案。{}，现提请你单位复议。",
        answered(paper, "不予立案通知书"),
        case(paper),
        suspicion(paper),
        basis(paper)
    );
    let closing = vec![
        format!(
            "请你单位依照{REGULATION}第九条的规定，自收到本文书之日起三日内作出立案或者不予立案的决定，\
             并书面通知我单位。"
        ),
        "特此提请。".to_owned(),
    ];
    Words {
        content: "案件事实：", reason: "提请复议的理由：", ..Words::new(vec![opening], closing)
    }
}

pub(super) fn suggestion(paper: &Paper) -> Words {
    let opening = format!(
        "我单位移送的{}，公安机关以{}决定不予立案。我单位认为，{}，依法应当由公安机关决定立案。{}，\
         现建议你单位依法进行立案监督。",
        case(paper),
        answered(paper, "书面决定"),
        suspicion(paper),
        basis(paper)
    );
    let closing = vec![
        "请你单位要求公安机关说明不予立案的理由，并将监督结果书面告知我单位。".to_owned(),
        "特此建议。".to_owned(),
    ];
    Words {
        content: "案件事实：", reason: "建议监督的理由：", ..Words::new(vec![opening], closing)
    }
}
