//! Pages are A4, and nothing stands outside of them.

use crate::printed::{font, goods, poppler, sample, text_of};
use documents::{Paper, PaperKind, render};

const MILLIMETRE: f64 = 72.0 / 25.4;

fn pages(pdf: &[u8]) -> usize {
    let information = poppler("pdfinfo", &["-"], pdf);
    let count = information.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap();
    count.trim().parse().unwrap()
}

/// The number after `name="` in a line of poppler's boxes.
fn attribute(line: &str, name: &str) -> f64 {
    let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
    rest.split_once('"').unwrap().0.parse().unwrap()
}

/// All words lie between the margins. The empty half of a full-width mark may lie outside.
fn assert_inside(paper: &Paper) {
    let boxes = poppler("pdftotext", &["-bbox", "-", "-"], &render(paper, font()).unwrap());
    let words: Vec<&str> = boxes.lines().filter(|line| line.trim_start().starts_with("<word")).collect();
    assert!(!words.is_empty());
    for word in words {
        let inside = attribute(word, "xMin") >= 25.0 * MILLIMETRE
            && attribute(word, "xMax") <= 187.0 * MILLIMETRE
            && attribute(word, "yMin") >= 36.0 * MILLIMETRE
            && attribute(word, "yMax") <= 290.0 * MILLIMETRE;
        assert!(inside, "{word}");
    }
}

#[test]
fn every_paper_is_on_a4_with_numbered_pages() {
    for &kind in PaperKind::ALL {
        let paper = sample(kind);
        let information = poppler("pdfinfo", &["-"], &render(&paper, font()).unwrap());
        assert!(information.contains("(A4)"), "{information}");
        assert!(text_of(&paper).contains("—1—"));
        assert_inside(&paper);
    }
}

#[test]
fn long_text_flows_over_pages() {
    let mut paper = sample(PaperKind::TransferLetter);
    paper.content = Some("当事人未取得许可，擅自开展诊疗活动。".repeat(300));
    assert!(pages(&render(&paper, font()).unwrap()) > 8);
    assert_inside(&paper);
}

#[test]
fn two_hundred_goods_flow_over_pages_under_a_header_that_repeats() {
    let mut paper = sample(PaperKind::GoodsList);
    paper.goods =
        (1..=200).map(|index| goods(&format!("第{index}种药品"), "3", "盒", Some("包装完好"))).collect();
    let pdf = render(&paper, font()).unwrap();
    let text = text_of(&paper);
    for index in 1..=200 {
        assert!(text.contains(&format!("第{index}种药品")), "{index}");
    }
    assert!(pages(&pdf) > 5);
    assert!(text.matches("存放地点及方式").count() >= pages(&pdf) - 1, "{text}");
    assert_inside(&paper);
}

#[test]
fn long_numbers_and_foreign_words_stay_on_the_page() {
    for &kind in PaperKind::ALL {
        let long = "0123456789abcdef".repeat(8);
        let mut paper = sample(kind);
        for text in [&mut paper.number, &mut paper.issuer, &mut paper.addressee, &mut paper.case_name] {
            text.push_str(&long);
        }
        paper.content = Some(long.clone());
        paper.materials[0].name.clone_from(&long);
        paper.suspects[0].name.clone_from(&long);
        paper.officers[0].clone_from(&long);
        paper.articles[0].clone_from(&long);
        let goods = &mut paper.goods[0];
        for cell in [&mut goods.name, &mut goods.quantity, &mut goods.unit, &mut goods.storage] {
            cell.clone_from(&long);
        }
        goods.note = Some(long);
        assert_inside(&paper);
    }
}
