//! Names of divisions in Latin letters, for who reads no Chinese: by sound, with the kind of division in
//! English (GB/T 28039). Parcels always carry the Chinese name.

use pinyin::ToPinyin;

use crate::kernel::Lang;

/// Names that are not written by the sound of their characters, or whose characters sound otherwise here.
const OWN: [(&str, &str); 22] = [
    ("内蒙古自治区", "Inner Mongolia"),
    ("西藏自治区", "Xizang"),
    ("陕西省", "Shaanxi"),
    ("重庆市", "Chongqing"),
    ("香港特别行政区", "Hong Kong"),
    ("澳门特别行政区", "Macao"),
    ("厦门市", "Xiamen"),
    ("哈尔滨市", "Harbin"),
    ("呼和浩特市", "Hohhot"),
    ("乌鲁木齐市", "Urumqi"),
    ("拉萨市", "Lhasa"),
    ("六安市", "Lu'an"),
    ("蚌埠市", "Bengbu"),
    ("台州市", "Taizhou"),
    ("丽水市", "Lishui"),
    ("长沙市", "Changsha"),
    ("长春市", "Changchun"),
    ("长治市", "Changzhi"),
    ("铅山县", "Yanshan County"),
    ("番禺区", "Panyu District"),
    ("东阿县", "Dong'e County"),
    ("乐清市", "Yueqing"),
];

/// Endings of names, the longest first, and what stands for them.
const KINDS: [(&str, &str); 16] = [
    ("维吾尔自治区", ""),
    ("壮族自治区", ""),
    ("回族自治区", ""),
    ("特别行政区", ""),
    ("自治州", " Prefecture"),
    ("自治县", " County"),
    ("自治旗", " Banner"),
    ("地区", " Prefecture"),
    ("林区", " District"),
    ("新区", " New Area"),
    ("省", ""),
    ("市", ""),
    ("区", " District"),
    ("县", " County"),
    ("盟", " League"),
    ("旗", " Banner"),
];

/// A division's name in a language.
pub fn name(zh: &str, lang: Lang) -> String {
    if lang == Lang::ZhCn {
        return zh.to_owned();
    }
    if let Some((_, own)) = OWN.iter().find(|(name, _)| *name == zh) {
        return (*own).to_owned();
    }
    let kind = KINDS.iter().find_map(|(ending, kind)| Some((zh.strip_suffix(ending)?, *kind)));
    let (stem, kind) = kind.filter(|(stem, _)| !stem.is_empty()).unwrap_or((zh, ""));
    format!("{}{kind}", sounds(stem))
}

/// An address in a language: in English the street first, then the divisions from the smallest up.
pub fn address(region: &str, street: &str, lang: Lang) -> String {
    if lang == Lang::ZhCn {
        return format!("{region} {street}");
    }
    let divisions = divisions(region).into_iter().rev().map(|division| name(division, lang));
    std::iter::once(street.to_owned()).chain(divisions).collect::<Vec<_>>().join(", ")
}

/// 江苏省无锡市梁溪区 in its three divisions. A name has two characters at least, and one such as 沙市区 is whole.
fn divisions(region: &str) -> Vec<&str> {
    const ENDS: [char; 8] = ['省', '市', '区', '县', '州', '盟', '旗', '镇'];
    let (mut found, mut start) = (Vec::new(), 0);
    let mut chars = region.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = at + c.len_utf8();
        let goes_on =
            chars.peek().is_some_and(|(_, after)| matches!(after, '区' | '县') || (*after == '市' && c != '市'));
        if ENDS.contains(&c) && start < at && !goes_on {
            found.push(&region[start..next]);
            start = next;
        }
    }
    found.extend(Some(&region[start..]).filter(|rest| !rest.is_empty()));
    found
}

/// The sounds of a name as one word; an apostrophe keeps 西安 apart from 先.
fn sounds(stem: &str) -> String {
    let mut word = String::new();
    for c in stem.chars() {
        let sound = c.to_pinyin().map_or_else(|| c.to_string(), |p| p.plain().replace('ü', "u"));
        if !word.is_empty() && sound.starts_with(['a', 'e', 'o']) {
            word.push('\'');
        }
        word.push_str(&sound);
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_runs_from_the_street_up_in_english() {
        for (region, en) in [
            ("江苏省无锡市梁溪区", "1 Main St, Liangxi District, Wuxi, Jiangsu"),
            ("湖北省荆州市沙市区", "1 Main St, Shashi District, Jingzhou, Hubei"),
            ("内蒙古自治区呼和浩特市新城区", "1 Main St, Xincheng District, Hohhot, Inner Mongolia"),
            ("山东省济南市市中区", "1 Main St, Shizhong District, Jinan, Shandong"),
            ("广东省东莞市", "1 Main St, Dongguan, Guangdong"),
        ] {
            assert_eq!(address(region, "1 Main St", Lang::En), en);
        }
        assert_eq!(address("江苏省无锡市梁溪区", "中山路 1 号", Lang::ZhCn), "江苏省无锡市梁溪区 中山路 1 号");
    }

    #[test]
    fn divisions_are_written_as_their_signs_write_them() {
        for (zh, en) in [
            ("江苏省", "Jiangsu"),
            ("无锡市", "Wuxi"),
            ("梁溪区", "Liangxi District"),
            ("宜兴市", "Yixing"),
            ("西安市", "Xi'an"),
            ("延川县", "Yanchuan County"),
            ("陕西省", "Shaanxi"),
            ("山西省", "Shanxi"),
            ("新疆维吾尔自治区", "Xinjiang"),
            ("内蒙古自治区", "Inner Mongolia"),
            ("浦东新区", "Pudong New Area"),
            ("市", "Shi"),
        ] {
            assert_eq!((name(zh, Lang::En).as_str(), name(zh, Lang::ZhCn).as_str()), (en, zh));
        }
    }
}
