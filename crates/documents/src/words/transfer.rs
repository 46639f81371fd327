//! The handoff itself: the letter, its receipt and the notice of what is missing.

use super::Words;
use super::phrase::{REGULATION, answered, basis, case, suspicion};
use crate::Paper;
use crate::date::in_chinese;
use crate::text::{breakable, line};

pub(super) fn letter(paper: &Paper) -> Words {
    let opening = format!(
        "我单位在依法查处{}的过程中发现，{}，依法需要追究刑事责任。{}，现将该案移送你单位审查处理。",
        case(paper),
        suspicion(paper),
        basis(paper)
    );
    let related =
        paper.refers_to.as_deref().map(|number| format!("本案相关文书：{}。", breakable(&line(number))));
    let closing = vec![
        format!(
            "请你单位在移送书回执上签字，并依照{REGULATION}第八条的规定，自接受本案之日起三日内进行审查，\
             作出立案或者不予立案的决定，书面通知我单位；不属于你单位管辖的，请依照第七条的规定，\
             在二十四小时内转送有管辖权的机关，并书面告知我单位。"
        ),
        "特此移送。".to_owned(),
    ];
    Words {
        content: "案件基本情况：",
        reason: "移送理由：",
        materials: "随案移送下列材料：",
        goods: "本案涉案物品如下：",
        ..Words::new([Some(opening), related].into_iter().flatten().collect(), closing)
    }
}

pub(super) fn receipt(paper: &Paper) -> Words {
    let opening = vec![
        format!(
            "你单位移送{}的{}及随案材料，我单位已于今日（{}）收到。该案中，{}。",
            case(paper),
            answered(paper, "涉嫌犯罪案件移送书"),
            in_chinese(paper.date),
            suspicion(paper)
        ),
        format!(
            "{}，我单位接受该案，并将依照{REGULATION}第八条的规定，自今日起三日内进行审查，\
             作出立案或者不予立案的决定，书面通知你单位。",
            basis(paper)
        ),
    ];
    Words {
        content: "需要说明的情况：",
        reason: "说明：",
        items: "尚需你单位提供下列材料：",
        materials: "收到下列材料：",
        goods: "收到下列涉案物品：",
        officers: "签收人：",
        ..Words::new(opening, vec!["此复。".to_owned()])
    }
}

pub(super) fn supplement(paper: &Paper) -> Words {
    let opening = format!(
        "你单位以{}移送的{}收悉。该案中，{}。经审查，移送的材料尚不齐全。{}，请你单位按照本通知书补正。",
        answered(paper, "涉嫌犯罪案件移送书"),
        case(paper),
        suspicion(paper),
        basis(paper)
    );
    let closing = vec![
        "请将补正的材料注明本通知书文号后送我单位；不能补正的，请书面说明理由。".to_owned(),
        "特此通知。".to_owned(),
    ];
    Words {
        content: "补正要求：",
        reason: "需要补正的原因：",
        items: "需要补正下列材料：",
        materials: "已经收到的材料如下：",
        goods: "已经收到的涉案物品如下：",
        ..Words::new(vec![opening], closing)
    }
}
