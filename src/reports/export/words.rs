//! Words of every file: heads with their units, and the notes below the rows.

use super::super::{Report, Unit};
use crate::{kernel::Lang, ledger::DEFINITION_VERSION};

/// A head with its unit, as in `支付额（元）`.
pub(super) fn head(label: &str, unit: Unit, lang: Lang) -> String {
    let unit = match unit {
        Unit::Text => return label.to_owned(),
        Unit::Fen => lang.pick("元", "yuan"),
        Unit::Orders => lang.pick("单", "orders"),
        Unit::Items => lang.pick("件", "units"),
        Unit::Products => lang.pick("种", "products"),
        Unit::Households => lang.pick("户", "households"),
    };
    match lang {
        Lang::ZhCn => format!("{label}（{unit}）"),
        Lang::En => format!("{label} ({unit})"),
    }
}

/// What stands below the rows: days, definitions, time, and that it is a demonstration.
pub(super) fn notes(report: &Report) -> Vec<String> {
    let (from, to, as_of) = (report.ask.from, report.ask.to, report.as_of.minute_label());
    let mut notes = vec![match report.lang {
        Lang::ZhCn => {
            format!("{from} 至 {to}，口径 {DEFINITION_VERSION}，截至 {as_of}；货款，不含运费；退款记在退款当天")
        }
        Lang::En => format!(
            "{from} to {to}, definitions {DEFINITION_VERSION}, as of {as_of}; goods without freight; refunds on their own day"
        ),
    }];
    if report.demo {
        notes.push(match report.lang {
            Lang::ZhCn => "演示数据".to_owned(),
            Lang::En => "演示数据 Demonstration data".to_owned(),
        });
    }
    notes
}
