//! Each kind of paper says what it has to.

use crate::printed::{font, sample, squeezed, text_of};
use documents::{PaperKind, render};

fn assert_says(text: &str, expected: &str) {
    assert!(text.contains(&squeezed(expected)), "{expected} is not in: {text}");
}

#[test]
fn every_paper_bears_its_title_number_units_date_and_data() {
    for &kind in PaperKind::ALL {
        let paper = sample(kind);
        let text = text_of(&paper);
        for expected in [kind.title(), &paper.number, &paper.issuer, &paper.addressee, "2026年3月5日"] {
            assert_says(&text, expected);
        }
        assert_says(&text, &paper.case_name);
        assert_says(&text, paper.refers_to.as_deref().unwrap());
        assert_says(&text, paper.reason.as_deref().unwrap());
        for paragraph in paper.content.as_deref().unwrap().lines() {
            assert_says(&text, paragraph);
        }
        for suspect in &paper.suspects {
            assert_says(&text, &suspect.name);
            assert_says(&text, &suspect.offence);
        }
        for expected in paper.articles.iter().chain(&paper.items).chain(&paper.officers) {
            assert_says(&text, expected);
        }
    }
}

#[test]
fn every_paper_lists_its_goods_and_materials_and_says_why_one_is_absent() {
    for &kind in PaperKind::ALL {
        let paper = sample(kind);
        let text = text_of(&paper);
        for goods in &paper.goods {
            for expected in [&goods.name, &goods.quantity, &goods.unit, &goods.storage] {
                assert_says(&text, expected);
            }
            assert_says(&text, goods.note.as_deref().unwrap_or_default());
        }
        assert_says(&text, "1.涉嫌犯罪案件情况的调查报告");
        assert_says(&text, "2.检验报告（未附，理由：检验尚未完成）");
    }
}

#[test]
fn a_single_suspect_stands_in_the_text_and_not_in_a_table() {
    let mut paper = sample(PaperKind::TransferLetter);
    paper.suspects.truncate(1);
    let text = text_of(&paper);
    assert_says(&text, "李某某的行为涉嫌非法行医罪，依法需要追究刑事责任");
    assert!(!text.contains("名单"), "{text}");
}

#[test]
fn a_paper_with_the_least_data_still_reads_as_a_letter() {
    for &kind in PaperKind::ALL {
        let mut paper = sample(kind);
        (paper.suspects, paper.items, paper.materials, paper.goods) = (vec![], vec![], vec![], vec![]);
        (paper.reason, paper.content, paper.refers_to) = (None, None, None);
        (paper.officers, paper.articles) = (vec![], vec![]);
        let text = text_of(&paper);
        assert_says(&text, "依照有关法律法规的规定");
        assert_says(&text, "有关人员的行为涉嫌犯罪");
    }
}

#[test]
fn the_receipt_says_what_came_today_and_that_a_decision_follows_within_three_days() {
    let text = text_of(&sample(PaperKind::TransferReceipt));
    assert_says(
        &text,
        "你单位移送李某某非法行医案的涉嫌犯罪案件移送书（宁卫案移〔2026〕1号）及随案材料，我单位已于今日（2026年3月5日）收到",
    );
    assert_says(&text, "依照《行政执法机关移送涉嫌犯罪案件的规定》第八条的规定，自今日起三日内进行审查");
}

#[test]
fn a_list_of_goods_is_signed_by_both_sides_and_addressed_to_none() {
    let text = text_of(&sample(PaperKind::GoodsList));
    for expected in ["移交单位（盖章）", "接收单位（盖章）", "经办人（签字）：张三、陈四"]
    {
        assert_says(&text, expected);
    }
    assert!(!text.contains("南京市公安局："), "{text}");
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let paper = sample(PaperKind::FilingNotice);
    assert!(render(&paper, font()).unwrap() == render(&paper, font()).unwrap());
}
