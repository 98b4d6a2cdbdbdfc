//! A generated catalogue: names, places, specs and words in the proportions of a market.

use yanxi::{
    kernel::{At, Season},
    search::{Doc, Spec, Term},
};

const COUNTIES: [(&str, &str, Option<&str>); 13] = [
    ("610602", "宝塔区", None),
    ("610603", "安塞区", None),
    ("610681", "子长市", None),
    ("610621", "延长县", Some("宜兴市")),
    ("610622", "延川县", Some("江阴市")),
    ("610625", "志丹县", None),
    ("610626", "吴起县", None),
    ("610627", "甘泉县", None),
    ("610628", "富县", None),
    ("610629", "洛川县", None),
    ("610630", "宜川县", Some("新吴区")),
    ("610631", "黄龙县", None),
    ("610632", "黄陵县", None),
];
const GOODS: [(&str, usize); 30] = [
    ("红富士苹果", 0),
    ("红富士", 0),
    ("嘎啦苹果", 0),
    ("秦脆", 0),
    ("瑞雪", 0),
    ("丑苹果", 0),
    ("苹果脆片", 6),
    ("狗头枣", 1),
    ("团枣", 1),
    ("骏枣", 1),
    ("条枣", 1),
    ("红枣酱", 1),
    ("黑木耳", 2),
    ("香菇干", 2),
    ("小米", 3),
    ("黄小米", 3),
    ("荞麦面", 3),
    ("荞麦挂面", 3),
    ("绿豆", 3),
    ("大米", 3),
    ("香米", 3),
    ("洋芋粉条", 3),
    ("红薯", 3),
    ("薄皮核桃", 4),
    ("土蜂蜜", 4),
    ("大红袍花椒", 5),
    ("荞麦香醋", 5),
    ("酥梨", 7),
    ("羊肉块", 8),
    ("剪纸", 9),
];
const CATEGORIES: [&str; 10] = ["苹果", "红枣", "菌菇", "粮食", "坚果蜂蜜", "调料", "零食", "瓜果", "肉类", "文创"];
const HAN: &str =
    "山塬沟峁川河水林云岭坪湾村庄园台阳阴高长新旺金玉宝瑞祥和顺兴隆盛丰禾麦谷果香甜美清秀文武东西南北中上下";
const WEIGHTS: [i64; 8] = [250, 500, 1000, 1500, 2500, 5000, 7500, 10_000];
const WORDS: [&str; 8] = ["礼盒", "家庭装", "食堂装", "精选", "山地", "特惠", "真空", "尝鲜"];

/// A plain congruential generator: the same catalogue on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// `n` products.
pub fn products(n: usize) -> Vec<Doc> {
    let mut random = Random(20_261_124);
    let han: Vec<char> = HAN.chars().collect();
    (0..n).map(|at| product(at, n, &mut random, &han)).collect()
}

fn product(at: usize, n: usize, random: &mut Random, han: &[char]) -> Doc {
    let (code, county, pairing) = *random.pick(&COUNTIES);
    let (goods, category) = *random.pick(&GOODS);
    let short = county.trim_end_matches(['县', '区', '市']);
    let brand: String = (0..2 + random.below(2)).map(|_| *random.pick(han)).collect();
    let word = if random.below(3) == 0 { *random.pick(&WORDS) } else { "" };
    let coop = random.below((n / 40).clamp(14, 4000));
    let apple = category == 0;
    let mm = [70, 75, 80, 85][random.below(4)];
    let skus = (0..=random.below(3)).map(|no| sku(at, no, apple.then_some(mm), random)).collect();
    let story: String = (0..24).map(|_| *random.pick(han)).collect();
    Doc {
        code: format!("G{at:07}"),
        slug: format!("goods-{at}"),
        name: format!("{short}{brand}{goods}{word}"),
        name_en: format!("{code} goods no. {at}"),
        category: Term::new(format!("c{category}"), CATEGORIES[category], CATEGORIES[category]),
        county: Term::new(code, county, county),
        pairing: pairing.map(str::to_owned),
        coop: Term::new(format!("coop-{coop}"), format!("{short}{coop}号合作社"), format!("Co-op {coop}")),
        certs: (random.below(3) == 0).then(|| Term::new("gi", "地理标志", "GI")).into_iter().collect(),
        schemes: pairing.map(|_| Term::new("832", "832", "832")).into_iter().collect(),
        grade: (random.below(2) == 0).then(|| (*random.pick(&["特级", "一级", "优等"])).to_owned()),
        skus,
        sales: random.below(5000) as i64,
        created_at: At(at as i64 * 1_000_000),
        summary: format!("{county}{goods}，{story}。"),
        keywords: word.to_owned(),
    }
}

fn sku(at: usize, no: usize, mm: Option<i64>, random: &mut Random) -> Spec {
    let net_g = *random.pick(&WEIGHTS);
    let season = (random.below(3) == 0).then(|| Season { from: "10-10".into(), to: "05-31".into() });
    let melon = (random.below(9) == 0).then(|| Season { from: "07-01".into(), to: "08-31".into() });
    Spec {
        sku: format!("G{at:07}-{no}"),
        spec: format!("{}{net_g}g", mm.map_or(String::new(), |mm| format!("{mm}mm "))),
        net_g,
        price_fen: 990 + net_g * (1 + random.below(4) as i64),
        diameter_mm: mm,
        pieces: mm.map(|mm| (100 - mm, 104 - mm)),
        in_stock: random.below(12) > 0,
        season: melon.or(season),
    }
}
