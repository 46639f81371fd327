//! What the police decide, and what comes of the case.

use super::Words;
use super::phrase::{REGULATION, answered, basis, case, suspicion};
use crate::Paper;

pub(super) fn filed(paper: &Paper) -> Words {
    let opening = format!(
        "你单位以{}移送的{}，经我单位审查，认为有犯罪事实，{}，需要追究刑事责任。{}，我单位决定对该案立案侦查。",
        answered(paper, "涉嫌犯罪案件移送书"),
        case(paper),
        suspicion(paper),
        basis(paper)
    );
    let closing = vec![
        format!(
            "请你单位依照{REGULATION}第十二条的规定，自接到本通知书之日起三日内将涉案物品以及与案件有关的\
             其他材料移交我单位，并办结交接手续。"
        ),
        "特此通知。".to_owned(),
    ];
    Words {
        content: "案件情况：",
        reason: "立案理由：",
        items: "请一并移交下列材料：",
        goods: "需要移交的涉案物品如下：",
        ..Words::new(vec![opening], closing)
    }
}

pub(super) fn not_filed(paper: &Paper) -> Words {
    let opening = format!(
        "你单位以{}移送的{}，认为{}。经我单位审查，该案不符合立案条件。{}，我单位决定不予立案。",
        answered(paper, "涉嫌犯罪案件移送书"),
        case(paper),
        suspicion(paper),
        basis(paper)
    );
    let closing = vec![
        format!(
            "你单位认为依法应当由我单位决定立案的，可以依照{REGULATION}第九条的规定，自接到本通知书之日起三日内\
             提请我单位复议，也可以建议人民检察院依法进行立案监督。本案案卷材料相应退回你单位。"
        ),
        "特此通知。".to_owned(),
    ];
    Words {
        content: "审查情况：",
        reason: "不予立案的理由：",
        materials: "退回下列材料：",
        goods: "退回的涉案物品如下：",
        ..Words::new(vec![opening], closing)
    }
}

pub(super) fn result(paper: &Paper) -> Words {
    let opening = format!(
        "关于{}，{}。{}{}，现将该案的处理结果函告你单位。",
        case(paper),
        suspicion(paper),
        paper
            .refers_to
            .as_ref()
            .map(|_| format!("你单位以{}提出意见。", answered(paper, "检察意见书")))
            .unwrap_or_default(),
        basis(paper)
    );
    Words {
        content: "处理结果：",
        goods: "涉案物品的处理情况如下：",
        ..Words::new(vec![opening], vec!["特此函告。".to_owned()])
    }
}
