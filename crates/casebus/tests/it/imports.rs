use crate::support::{act, file};
use std::path::Path;

pub fn bad_rows_are_reported_and_good_ones_taken(folder: &Path) {
    let rows = file(
        "id,name,canonical_name,level,type,parent,host\n\
         320199-wjw,区卫健委,卫生健康委,区县,ADMIN_ENF,320100-rmzf,\n\
         320199-xxx,区某局,某局,区县,NO_SUCH_TYPE,320100-rmzf,\n",
    );
    let rows = rows.to_str().unwrap();
    let strict = act(folder, &["import", "departments", rows, "--strict"]);
    assert_eq!(strict.code, 2);
    assert!(strict.output.contains("line 3, column type: unknown_type"), "{}", strict.output);
    assert!(
        strict.output.contains("第3行 type 列：没有这种部门类型（\"NO_SUCH_TYPE\"）"),
        "{}",
        strict.output
    );
    assert!(strict.output.contains("0 of 2 rows are stored"), "{}", strict.output);
    let lenient = act(folder, &["import", "departments", rows]);
    assert_eq!(lenient.code, 2);
    assert!(lenient.output.contains("1 of 2 rows are stored, 1 changed"), "{}", lenient.output);
}

pub fn members_who_leave_a_set_are_named(folder: &Path) {
    let import = |what: &str, rows: &str| {
        let said = act(folder, &["import", what, file(rows).to_str().unwrap()]);
        assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
        said.output
    };
    import(
        "departments",
        "id,name,canonical_name,level,type,parent,host\n\
         320198-set,某些部门,某些部门,区县,GROUP,320100-rmzf,\n",
    );
    let header = "group,member,complete\n";
    import("groups", &format!("{header}320198-set,320100-ybj,yes\n320198-set,320100-wjw,yes\n"));
    let said = import("groups", &format!("{header}320198-set,320100-ybj,yes\n"));
    assert!(said.contains("320100-wjw left 320198-set") && said.contains("已移出 320198-set"), "{said}");
    let said = act(folder, &["key", "create", "--department", "320198-set", "--role", "clerk"]);
    assert!(said.code == 1 && said.errors.contains("name one of its members"), "{}", said.errors);
    let said = act(folder, &["key", "create", "--department", "211382-gsj", "--role", "clerk"]);
    assert!(said.code == 1 && said.errors.contains("the old name of a department"), "{}", said.errors);
}

pub fn tasks_are_sent_once(folder: &Path) {
    let header = "item,measure,problem,action,responsible,lead,deadline\n";
    let good = "R90,1,问题,措施,210000-xsz,,immediate;2026-12-01\n";
    let import = |text: &str, strict: bool| {
        let rows = file(&format!("{header}{text}"));
        let mut arguments =
            vec!["import", "supervision-tasks", rows.to_str().unwrap(), "--from", "210000-zsb"];
        arguments.extend(strict.then_some("--strict"));
        let said = act(folder, &arguments);
        (said.code, said.output)
    };
    let (code, said) = import(&format!("{good}R90,2,,措施,210000-wjw,,soon\n"), true);
    assert_eq!(code, 2);
    assert!(said.contains("line 3, column problem: empty"), "{said}");
    assert!(said.contains("line 3, column deadline: malformed_deadline"), "{said}");
    assert!(said.contains("0 tasks sent, 0 had been sent before"), "{said}");
    let (code, said) = import(good, true);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("does not name every member of 210000-xsz"), "{said}");
    assert!(said.contains("5 tasks sent, 0 had been sent before"), "{said}");
    let (code, said) = import(good, false);
    assert_eq!(code, 0);
    assert!(said.contains("0 tasks sent, 5 had been sent before"), "{said}");
    let (code, said) = import("R90,1,问题,措施,210000-xsz|210000-gat,,immediate;2026-12-01\n", false);
    assert!(code == 2 && said.contains("already_sent"), "one department more is another command: {said}");
    let (code, said) = import("R90,1,问题,别的措施,210000-wjw,,ongoing\n", false);
    assert_eq!(code, 2);
    assert!(said.contains("already_sent"), "{said}");
    let mixed = "R90,1,问题,别的措施,210000-wjw,,ongoing\nR91,1,问题,措施,210000-wjw,,ongoing\n";
    let (code, said) = import(mixed, true);
    assert_eq!(code, 2);
    assert!(said.contains("line 2, column measure: already_sent"), "{said}");
    assert!(said.contains("0 of 2 rows are good: 0 tasks sent, 0 had been sent before"), "{said}");
}

pub fn a_holiday_notice_is_taken_whole_or_not_at_all(folder: &Path) {
    let import = |text: &str, more: &[&str]| {
        let rows = file(&format!("date,kind,holiday\n{text}"));
        let said = act(folder, &[&["import", "holidays", rows.to_str().unwrap()], more].concat());
        (said.code, said.output + &said.errors)
    };
    let (code, said) = import("2027-01-01,off,元旦\n2027-01-04,work,元旦\n", &[]);
    assert_eq!(code, 2);
    assert!(
        said.contains("line 3, column kind: no_make_up_day") && said.contains("nothing was taken"),
        "{said}"
    );
    let notice = "2027-01-01,off,元旦\n2027-02-20,work,春节\n";
    let (code, said) = import(notice, &[]);
    assert!(code == 1 && said.contains("--incomplete") && said.contains("2027年只有1天放假"), "{said}");
    let (code, said) = import(notice, &["--incomplete"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("calendar cn-2027 is in force") && said.contains("the watch computes"), "{said}");
    let (code, said) = import(notice, &["--incomplete", "--version", "again"]);
    assert!(code == 0 && said.contains("nothing is new"), "{said}");
    let (code, said) = import("2027-05-01,off,劳动节\n", &["--incomplete", "--version", "cn-2026"]);
    assert!(code == 1 && said.contains("name another --version") && said.contains("另起版本名"), "{said}");
}
