//! The picker of divisions in address forms: province, city, district, Wuxi first.
//!
//! Three selects that the script fills as one chooses; without script the form's button
//! `do=region` shows them again with what belongs to the choice.

use crate::{
    db::Conn,
    kernel::{Lang, Result},
    pricing::{
        region::{self, WUXI},
        romanised,
    },
    web::form::{Choice, choices},
};

/// Jiangsu, the province of Wuxi.
const JIANGSU: &str = "32";

/// What was chosen so far, by GB code.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chosen<'a> {
    pub province: &'a str,
    pub city: &'a str,
    pub district: &'a str,
}

impl<'a> Chosen<'a> {
    /// The choice that a district's code is: provinces have two digits, cities four.
    pub fn of_district(code: &'a str) -> Self {
        let part = |digits: usize| code.get(..digits).unwrap_or_default();
        Self { province: part(2), city: part(4), district: part(6) }
    }
}

/// The three selects.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    /// Provinces, Jiangsu first.
    pub provinces: Vec<Choice>,
    /// Cities of the chosen province.
    pub cities: Vec<Choice>,
    /// Districts of the chosen city, after an entry that chooses none.
    pub districts: Vec<Choice>,
    /// The district's code; empty until one of the chosen city is chosen.
    pub district: String,
}

/// The picker for what was chosen; what does not belong together falls back to the choice above it.
pub async fn picker(conn: &mut Conn, chosen: Chosen<'_>, (none, lang): (&str, Lang)) -> Result<Picker> {
    let choices = |rows: Vec<(String, String)>, chosen: &str| {
        choices(rows.into_iter().map(|(code, name)| (code, romanised::name(&name, lang))), chosen)
    };
    let province = if chosen.province.is_empty() { JIANGSU } else { chosen.province };
    let mut provinces = choices(region::children(conn, "").await?, province);
    provinces.sort_by_key(|p| p.value != JIANGSU);
    let province = provinces.iter().find(|p| p.chosen).map_or(JIANGSU, |p| p.value.as_str()).to_owned();

    let rows = region::children(conn, &province).await?;
    let usual = if province == JIANGSU { Some(WUXI) } else { rows.first().map(|row| row.0.as_str()) };
    let known = rows.iter().any(|row| row.0 == chosen.city);
    let city = if known { chosen.city } else { usual.unwrap_or_default() }.to_owned();
    let mut cities = choices(rows, &city);
    cities.sort_by_key(|c| c.value != WUXI);

    let rows = region::children(conn, &city).await?;
    let known = rows.iter().any(|row| row.0 == chosen.district);
    let district = if known { chosen.district } else { "" }.to_owned();
    let mut districts = vec![Choice { value: String::new(), label: none.to_owned(), chosen: district.is_empty() }];
    districts.extend(choices(rows, &district));
    Ok(Picker { provinces, cities, districts, district })
}
