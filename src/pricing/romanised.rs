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
