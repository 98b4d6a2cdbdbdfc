//! An address pasted as one text (粘贴地址) taken apart: receiver, phone, region and street.
//!
//! The phone is found first, then the district, with its city and province where they are said. What
//! follows the district is the street; of the rest, what looks like a name is the receiver's. A
//! district whose name several cities have is taken only with its city, or where one is in Wuxi.

use super::region::{self, Named, WUXI};
use crate::{
    db::Conn,
    kernel::{RegionLevel, Result, parse},
};

/// What an address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// Receiver.
    pub name: String,
    /// Phone, digits only.
    pub phone: String,
    /// District by GB code, where it is certain.
    pub region_code: Option<String>,
    /// Street and door.
    pub street: String,
}

/// Longest text that is read.
const LONGEST: usize = 300;

/// Takes a pasted address apart, whose lines are one text.
pub async fn understood(conn: &mut Conn, text: &str) -> Result<Pasted> {
    let text = parse::text("text", &text.replace(['\n', '\r', '\t'], " "), LONGEST)?;
    Ok(read(&text, &region::named(conn).await?))
}

/// Words that people put before the parts.
const LABELS: [&str; 14] = [
    "收货人姓名",
    "收货人",
    "收件人",
    "联系人",
    "姓名",
    "手机号码",
    "手机号",
    "联系电话",
    "电话号码",
    "电话",
    "手机",
    "所在地区",
    "详细地址",
    "收货地址",
];

/// Takes a text apart; what is not found stays empty.
pub fn read(text: &str, regions: &[Named]) -> Pasted {
    let plain = plain(text);
    let (phone, rest) = take_phone(&plain);
    let Some(found) = district(&rest, regions) else {
        let (name, street) = take_name(&rest, "");
        return Pasted { name, phone, region_code: None, street };
    };
    let before = &rest[..found.from];
    let after = &rest[found.to..];
    let (name, street) = take_name(before, after);
    Pasted { name, phone, region_code: Some(found.code), street }
}

/// Full-width digits, separators and labels become plain.
fn plain(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .take(LONGEST)
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            ',' | '，' | '；' | ';' | '、' | '|' | '：' | ':' | '。' | '\u{3000}' => ' ',
            c if c.is_control() || c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    for label in LABELS {
        plain = plain.replace(label, " ");
    }
    plain
}

/// The first mobile or landline number, and the text with a blank in its place.
fn take_phone(text: &str) -> (String, String) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut start = 0;
    while start < chars.len() {
        if !chars[start].1.is_ascii_digit() && chars[start].1 != '+' {
            start += 1;
            continue;
        }
        // A run of digits; single blanks and dashes inside belong to it.
        let mut end = start;
        let mut digits = String::new();
        while end < chars.len() {
            let c = chars[end].1;
            let joined = matches!(c, '-' | ' ') && chars.get(end + 1).is_some_and(|next| next.1.is_ascii_digit());
            if c.is_ascii_digit() {
                digits.push(c);
            } else if !(joined || c == '+' && end == start) {
                break;
            }
            end += 1;
            if is_phone(&digits) && !chars.get(end).is_some_and(|next| next.1.is_ascii_digit()) {
                break;
            }
        }
        let national = digits.strip_prefix("86").filter(|rest| is_phone(rest)).unwrap_or(&digits);
        if is_phone(national) {
            let from = chars[start].0;
            let to = chars.get(end).map_or(text.len(), |next| next.0);
            return (national.to_owned(), format!("{} {}", &text[..from], &text[to..]));
        }
        start = end.max(start + 1);
    }
    (String::new(), text.to_owned())
}

fn is_phone(digits: &str) -> bool {
    crate::kernel::parse::phone("phone", digits).is_ok()
}

/// Where a district stands in the text, its city and province included.
struct Found {
    code: String,
    from: usize,
    to: usize,
    score: u32,
}

fn district(text: &str, regions: &[Named]) -> Option<Found> {
    let mut best: Vec<Found> = Vec::new();
    for region in regions.iter().filter(|r| matches!(r.level, RegionLevel::County | RegionLevel::Town)) {
        let Some(found) = placed(text, region, regions) else { continue };
        match best.first().map(|b| b.score) {
            Some(score) if score > found.score => continue,
            Some(score) if score < found.score => best.clear(),
            _ => {}
        }
        best.push(found);
    }
    let alone = best.len() == 1;
    best.into_iter().find(|found| alone || found.code.starts_with(WUXI))
}

/// How well a district or town fits the text: by its own name, its city's, its province's.
fn placed(text: &str, region: &Named, regions: &[Named]) -> Option<Found> {
    let town = region.level == RegionLevel::Town;
    let (at, length, own) = match (text.find(&region.name), short(&region.name)) {
        (Some(at), _) => (at, region.name.len(), 20),
        // 江阴 for 江阴市, but never 惠山 of 惠山街道 for 惠山区.
        (None, Some(short)) if !town => {
            let at = text.find(short)?;
            let next = &text[at + short.len()..];
            if next.starts_with("街道") || next.starts_with('镇') || next.starts_with('路') {
                return None;
            }
            (at, short.len(), 8)
        }
        _ => return None,
    };
    let mut found = Found { code: region.code.chars().take(6).collect(), from: at, to: at + length, score: own };
    if town {
        // A town names its district; its own name stays in the street.
        found.to = at;
        found.score = 4;
    }
    let mut said = 0;
    for (digits, weight) in [(4, 10), (2, 5)] {
        let Some(parent) = region.code.get(..digits).and_then(|code| by_code(regions, code)) else { continue };
        let names = [Some(parent.name.as_str()), short(&parent.name)];
        let above = names.into_iter().flatten().find_map(|name| text[..found.from].rfind(name).map(|at| (at, name)));
        if let Some((at, _)) = above {
            found.from = at;
            found.score += weight;
            said += 1;
        }
    }
    // A short name or a town alone is too little.
    (own == 20 && !town || said > 0).then_some(found)
}

fn by_code<'a>(regions: &'a [Named], code: &str) -> Option<&'a Named> {
    regions.binary_search_by(|r| r.code.as_str().cmp(code)).ok().map(|place| &regions[place])
}

/// 江阴 of 江阴市; none where too little would be left.
fn short(name: &str) -> Option<&str> {
    let short = ["自治区", "市", "区", "县", "省"].iter().find_map(|end| name.strip_suffix(end))?;
    (short.chars().count() >= 2).then_some(short)
}

/// The receiver among the words before and after the district; what is left after it is the street.
fn take_name(before: &str, after: &str) -> (String, String) {
    let ahead: Vec<&str> = before.split_whitespace().collect();
    if let Some(name) = ahead.iter().find(|word| like_a_name(word)) {
        let rest: Vec<&str> = ahead.iter().filter(|word| word != &name).copied().collect();
        return ((*name).to_owned(), joined(&rest, after));
    }
    let mut behind: Vec<&str> = after.split_whitespace().collect();
    if behind.len() > 1
        && let Some(place) = behind.iter().rposition(|word| like_a_name(word))
    {
        let name = behind.remove(place).to_owned();
        return (name, joined(&ahead, &behind.join(" ")));
    }
    (String::new(), joined(&ahead, after))
}

fn joined(ahead: &[&str], after: &str) -> String {
    let words: Vec<&str> = ahead.iter().copied().chain(after.split_whitespace()).collect();
    words.join(" ")
}

fn like_a_name(word: &str) -> bool {
    let length = word.chars().count();
    let han = word.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '·');
    let letters = word.chars().all(|c| c.is_ascii_alphabetic());
    let place = word.chars().any(|c| "路街号室楼栋单元幢弄巷村镇区市县省座层".contains(c));
    !place && (han && (2..=6).contains(&length) || letters && (2..=20).contains(&length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions() -> Vec<Named> {
        let rows = [
            ("11", "北京市", "province"),
            ("1101", "市辖区", "city"),
            ("110105", "朝阳区", "county"),
            ("22", "吉林省", "province"),
            ("2201", "长春市", "city"),
            ("220104", "朝阳区", "county"),
            ("32", "江苏省", "province"),
            ("3201", "南京市", "city"),
            ("320106", "鼓楼区", "county"),
            ("3202", "无锡市", "city"),
            ("320205", "锡山区", "county"),
            ("320205001", "东亭街道", "town"),
            ("320206", "惠山区", "county"),
            ("320213", "梁溪区", "county"),
            ("320213011", "惠山街道", "town"),
            ("320281", "江阴市", "county"),
            ("320282", "宜兴市", "county"),
            ("3203", "徐州市", "city"),
            ("320302", "鼓楼区", "county"),
            ("61", "陕西省", "province"),
            ("6106", "延安市", "city"),
            ("610630", "宜川县", "county"),
        ];
        rows.iter()
            .map(|r| Named { code: r.0.into(), name: r.1.into(), level: RegionLevel::try_from(r.2).unwrap() })
            .collect()
    }

    fn region(text: &str) -> String {
        read(text, &regions()).region_code.unwrap_or_default()
    }

    fn is(text: &str, name: &str, phone: &str, region: &str, street: &str) {
        let region_code = Some(region.to_owned()).filter(|code| !code.is_empty());
        let said = Pasted { name: name.into(), phone: phone.into(), region_code, street: street.into() };
        assert_eq!(read(text, &regions()), said, "{text}");
    }

    #[test]
    fn addresses_are_read_as_people_paste_them() {
        is("张三 13900000000 无锡市梁溪区人民中路 1 号", "张三", "13900000000", "320213", "人民中路 1 号");
        is(
            "江苏省无锡市梁溪区惠山街道古华山路2号，李小四，139-0000-0000",
            "李小四",
            "13900000000",
            "320213",
            "惠山街道古华山路2号",
        );
        is(
            "收货人：王芳\n手机号码：+86 138 0013 8000\n所在地区：江苏省无锡市江阴市\n详细地址：澄江街道 8 号",
            "王芳",
            "13800138000",
            "320281",
            "澄江街道 8 号",
        );
        is("无锡江阴澄江中路9号 13800138000 赵敏", "赵敏", "13800138000", "320281", "澄江中路9号");
        is("张三 + 86 13800138000 无锡市梁溪区人民中路 1 号", "张三", "13800138000", "320213", "人民中路 1 号");
        is("周密 0510-81234567 无锡市东亭街道春潮路", "周密", "051081234567", "320205", "东亭街道春潮路");
    }

    #[test]
    fn a_district_of_two_cities_is_taken_only_with_its_city() {
        assert_eq!(region("张三 鼓楼区中央路1号"), "");
        assert_eq!(region("张三 南京市鼓楼区中央路1号"), "320106");
        assert_eq!(region("张三 徐州鼓楼区1号"), "320302");
        assert_eq!(region("张三 北京市朝阳区建国路1号"), "110105");
        assert_eq!(region("张三 宜川县1号"), "610630");
        assert_eq!(region("张三 惠山路1号"), "");
    }

    #[test]
    fn a_short_name_or_a_town_alone_is_too_little() {
        assert_eq!(region("张三 江阴澄江中路9号"), "");
        assert_eq!(region("张三 东亭街道春潮路"), "");
        assert_eq!(region("张三 江苏江阴澄江中路9号"), "320281");
    }

    #[test]
    fn nothing_is_invented() {
        is("", "", "", "", "");
        is("1390000000", "", "", "", "1390000000");
        assert_eq!(region(&"区".repeat(2000)), "");
    }
}
