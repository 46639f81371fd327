//! Sample papers, and what poppler reads from their PDF.

use chrono::NaiveDate;
use documents::{Font, Paper, PaperGoods, PaperKind, PaperMaterial, PaperSuspect, render};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub fn font() -> &'static Font {
    static FONT: OnceLock<Font> = OnceLock::new();
    FONT.get_or_init(|| Font::find().unwrap())
}

/// A paper of this kind that uses every field.
pub fn sample(kind: PaperKind) -> Paper {
    Paper {
        kind,
        number: "南京市卫生健康委员会涉罪移〔2026〕3号".to_owned(),
        issuer: "南京市卫生健康委员会".to_owned(),
        addressee: "南京市公安局".to_owned(),
        date: NaiveDate::from_ymd_opt(2026, 3, 5).unwrap(),
        case_name: "李某某非法行医案".to_owned(),
        suspects: vec![suspect("李某某", "非法行医罪"), suspect("王某", "生产、销售假药罪")],
        reason: Some("当事人未取得医师执业资格，曾因非法行医受到两次行政处罚后再次非法行医。".to_owned()),
        content: Some(
            "2026年1月12日，执法人员在检查中发现，当事人在租用的房屋内开展诊疗活动。\n\
             现场查获药品、器械若干，当事人不能出示执业许可。"
                .to_owned(),
        ),
        items: vec!["现场检查笔录原件".to_owned(), "当事人身份证明".to_owned()],
        materials: vec![
            PaperMaterial {
                name: "涉嫌犯罪案件情况的调查报告".to_owned(), absent_because: None
            },
            PaperMaterial {
                name: "检验报告".to_owned(), absent_because: Some("检验尚未完成".to_owned())
            },
        ],
        goods: vec![
            goods("注射用头孢曲松钠", "120", "盒", Some("批号20251103")),
            goods("听诊器", "2", "件", None),
        ],
        officers: vec!["张三".to_owned(), "陈四".to_owned()],
        refers_to: Some("宁卫案移〔2026〕1号".to_owned()),
        articles: vec![
            "《行政执法机关移送涉嫌犯罪案件的规定》第三条".to_owned(),
            "《中华人民共和国刑法》第三百三十六条".to_owned(),
        ],
    }
}

pub fn suspect(name: &str, offence: &str) -> PaperSuspect {
    PaperSuspect { name: name.to_owned(), offence: offence.to_owned() }
}

pub fn goods(name: &str, quantity: &str, unit: &str, note: Option<&str>) -> PaperGoods {
    PaperGoods {
        name: name.to_owned(),
        quantity: quantity.to_owned(),
        unit: unit.to_owned(),
        storage: "本单位证物室".to_owned(),
        note: note.map(str::to_owned),
    }
}

/// The text of the paper without white space, which lines and cells put anywhere.
pub fn text_of(paper: &Paper) -> String {
    let text = poppler("pdftotext", &["-layout", "-", "-"], &render(paper, font()).unwrap());
    squeezed(&text)
}

pub fn squeezed(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '\u{200B}').collect()
}

/// What a tool of poppler says about a PDF that it reads from standard input.
pub fn poppler(tool: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{tool} of poppler-utils (see deploy/install.sh): {error}"));
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{tool}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}
