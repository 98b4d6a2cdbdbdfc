//! What generated goods are: kinds with pictures that no product of the demonstration shows, words, weights.

/// A picture with its words.
#[derive(Clone, Copy)]
pub struct Picture {
    pub name: &'static str,
    pub alt: &'static str,
    pub alt_en: &'static str,
}

/// A kind of goods: names, category, 分 for 500 g, picture with its words, season.
pub struct Kind {
    pub zh: &'static str,
    pub en: &'static str,
    pub category: &'static str,
    pub price: i64,
    pub photo: Picture,
    pub season: Option<(&'static str, &'static str)>,
    pub fresh: bool,
}

const JUICE: Picture =
    Picture { name: "apple-juice", alt: "苹果汁", alt_en: "Bottle and glass of apple juice with apples" };
const EGGS: Picture = Picture { name: "eggs", alt: "土鸡蛋", alt_en: "Farm eggs in a basket" };
const RED: Picture = Picture { name: "red-beans", alt: "红小豆", alt_en: "Red adzuki beans" };
const SOY: Picture = Picture { name: "soybeans", alt: "黄豆", alt_en: "Soybeans" };
const SEEDS: Picture = Picture { name: "sunflower-seeds", alt: "葵花籽", alt_en: "Sunflower seeds" };
const WINE: Picture = Picture { name: "yellow-rice-wine", alt: "黄酒", alt_en: "Yellow rice wine in a pottery jar" };
const AUTUMN: Option<(&str, &str)> = Some(("10-10", "05-31"));

const fn kind(zh: &'static str, en: &'static str, category: &'static str, price: i64, photo: Picture) -> Kind {
    Kind { zh, en, category, price, photo, season: None, fresh: false }
}

const fn fruit(zh: &'static str, en: &'static str, category: &'static str, price: i64) -> Kind {
    Kind { zh, en, category, price, photo: JUICE, season: AUTUMN, fresh: true }
}

pub const KINDS: [Kind; 24] = [
    fruit("红富士苹果", "Fuji apples", "apple", 690),
    fruit("秦冠苹果", "Qinguan apples", "apple", 520),
    fruit("瑞阳苹果", "Ruiyang apples", "apple", 760),
    fruit("黄元帅苹果", "Golden Delicious apples", "apple", 580),
    fruit("酥梨", "crisp pears", "fruit", 450),
    kind("苹果汁", "apple juice", "apple", 900, JUICE),
    kind("沙棘汁", "sea-buckthorn juice", "grain", 1200, JUICE),
    kind("土鸡蛋", "farm eggs", "grain", 1300, EGGS),
    kind("红小豆", "adzuki beans", "grain", 780, RED),
    kind("绿豆", "mung beans", "grain", 820, RED),
    kind("红枣", "dates", "date", 1600, RED),
    kind("狗头枣", "goutou dates", "date", 2600, RED),
    kind("枸杞", "goji berries", "date", 3600, RED),
    kind("黄豆", "soybeans", "grain", 560, SOY),
    kind("小米", "millet", "grain", 880, SOY),
    kind("糜子", "broomcorn millet", "grain", 760, SOY),
    kind("荞麦", "buckwheat", "grain", 720, SOY),
    kind("玉米糁", "cracked maize", "grain", 480, SOY),
    kind("葵花籽", "sunflower seeds", "nut", 1300, SEEDS),
    kind("核桃", "walnuts", "nut", 1900, SEEDS),
    kind("南瓜子", "pumpkin seeds", "nut", 1500, SEEDS),
    kind("黄酒", "yellow rice wine", "spice", 1400, WINE),
    kind("荞麦香醋", "buckwheat vinegar", "spice", 900, WINE),
    kind("土蜂蜜", "honey", "nut", 3900, WINE),
];

/// Characters of brands.
pub const HAN: &str = "山塬沟峁川河水林云岭坪湾村庄园台阳阴高长新旺金玉宝瑞祥和顺兴隆盛丰禾麦谷果香甜美清秀文武";
/// What follows a name, in Chinese and in English; mostly nothing.
pub const WORDS: [(&str, &str); 8] = [
    ("", ""),
    ("", ""),
    ("", ""),
    ("礼盒", " gift box"),
    ("家庭装", " family pack"),
    ("食堂装", " for canteens"),
    ("精选", " selected"),
    ("真空装", " in vacuum"),
];
/// Net weights in g.
pub const WEIGHTS: [i64; 7] = [250, 500, 1000, 1500, 2500, 5000, 10_000];
