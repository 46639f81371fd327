//! The articles that the table cites.

use contract::text::Locale;
use std::fmt::Write;

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// 行政执法机关移送涉嫌犯罪案件的规定 (国务院令第310号, 2020).
    Decree310,
    /// 公安机关办理刑事案件程序规定 (2020).
    PoliceProcedure,
    /// 人民检察院刑事诉讼规则 (2019).
    ProcuratorateRules,
    /// 刑事诉讼法 (2018).
    ProcedureLaw,
    /// 行政处罚法 (2021).
    PenaltyLaw,
    /// 监察法.
    SupervisionLaw,
    /// 人民检察院行刑反向衔接工作指引 (2024).
    ReverseGuide,
    /// 公安部关于改革完善受案立案制度的意见 (公通字〔2015〕32号).
    FilingReform,
    /// A policy of the rule pack: no law says it.
    Policy,
}

/// An article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Article {
    /// Of what.
    pub source: Source,
    /// Which, like `563, 564`; empty for the whole.
    pub numbers: &'static str,
}

impl Article {
    /// The article in words.
    pub fn cite(self, locale: Locale) -> String {
        match locale {
            Locale::ZhCn => self.cite_chinese(),
            Locale::En => self.cite_english(),
        }
    }

    fn cite_chinese(self) -> String {
        let name = match self.source {
            Source::Decree310 => "《行政执法机关移送涉嫌犯罪案件的规定》",
            Source::PoliceProcedure => "《公安机关办理刑事案件程序规定》",
            Source::ProcuratorateRules => "《人民检察院刑事诉讼规则》",
            Source::ProcedureLaw => "《刑事诉讼法》",
            Source::PenaltyLaw => "《行政处罚法》",
            Source::SupervisionLaw => "《监察法》",
            Source::ReverseGuide => "《人民检察院行刑反向衔接工作指引》",
            Source::FilingReform => "公通字〔2015〕32号",
            Source::Policy => "规则包政策",
        };
        let mut text = name.to_owned();
        for (place, number) in self.numbers.split(", ").filter(|number| !number.is_empty()).enumerate() {
            let comma = if place == 0 { "" } else { "、" };
            write!(text, "{comma}第{}条", chinese(number)).expect("writing to a String cannot fail");
        }
        text
    }

    fn cite_english(self) -> String {
        let name = match self.source {
            Source::Decree310 => "State Council Decree 310",
            Source::PoliceProcedure => "Police Criminal Procedure Provisions",
            Source::ProcuratorateRules => "Procuratorate Criminal Procedure Rules",
            Source::ProcedureLaw => "Criminal Procedure Law",
            Source::PenaltyLaw => "Administrative Penalty Law",
            Source::SupervisionLaw => "Supervision Law",
            Source::ReverseGuide => "Guide to Reverse Handoffs (2024)",
            Source::FilingReform => "Gongtongzi [2015] 32",
            Source::Policy => "policy of the rule pack",
        };
        match self.numbers {
            "" => name.to_owned(),
            numbers if numbers.contains(',') => format!("{name} arts. {numbers}"),
            number => format!("{name} art. {number}"),
        }
    }
}

/// A number of an article as laws write it, up to 999.
fn chinese(number: &str) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let Ok(number) = number.parse::<usize>() else { return number.to_owned() };
    let (hundreds, tens, ones) = (number / 100 % 10, number / 10 % 10, number % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text.push_str(DIGITS[hundreds]);
        text.push('百');
    }
    match tens {
        0 if hundreds > 0 && ones > 0 => text.push('零'),
        0 => {}
        1 if hundreds == 0 => text.push('十'),
        _ => {
            text.push_str(DIGITS[tens]);
            text.push('十');
        }
    }
    if ones > 0 {
        text.push_str(DIGITS[ones]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_cited_in_both_languages() {
        let article = Article { source: Source::ProcuratorateRules, numbers: "563, 564" };
        assert_eq!(article.cite(Locale::ZhCn), "《人民检察院刑事诉讼规则》第五百六十三条、第五百六十四条");
        assert_eq!(article.cite(Locale::En), "Procuratorate Criminal Procedure Rules arts. 563, 564");
    }

    #[test]
    fn numbers_of_articles_are_written_as_laws_write_them() {
        for (number, written) in [
            ("5", "五"),
            ("10", "十"),
            ("18", "十八"),
            ("20", "二十"),
            ("105", "一百零五"),
            ("557", "五百五十七"),
        ] {
            assert_eq!(chinese(number), written);
        }
    }
}
