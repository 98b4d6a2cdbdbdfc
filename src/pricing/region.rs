//! Regions of delivery: administrative divisions by GB code, chosen down to the district.

use crate::{
    db::{Conn, q, row, statements},
    kernel::{Code, Refusal, RegionCode, RegionLevel, Result},
};

statements! {
    FIND = "SELECT r.code, r.name, r.level, p.name AS parent_name, g.name AS grand_name,
              CASE WHEN EXISTS (SELECT 1 FROM regions c WHERE c.parent = r.code) THEN TRUE ELSE FALSE END AS has_children
            FROM regions r LEFT JOIN regions p ON p.code = r.parent LEFT JOIN regions g ON g.code = p.parent
            WHERE r.code = $1";
    CHILDREN = "SELECT code, name FROM regions WHERE parent = $1 ORDER BY code";
    PROVINCES = "SELECT code, name FROM regions WHERE level = 'province' ORDER BY code";
    NAMED = "SELECT code, name, level FROM regions ORDER BY code";
    OUTLET = "SELECT district_code, name FROM outlets WHERE code = $1";
}

/// Codes of Wuxi (无锡市) begin with this.
pub const WUXI: &str = "3202";

row! {
    struct Found {
        code: RegionCode,
        name: String,
        level: RegionLevel,
        parent_name: Option<String>,
        grand_name: Option<String>,
        has_children: bool,
    }
}

/// A place that can be delivered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// GB code: a district or county, or a town or street of one.
    pub code: RegionCode,
    /// From province down, as on a parcel.
    pub name: String,
}

impl Region {
    /// District of Wuxi by GB code, or `none`: the reports' dimension.
    pub fn district(&self) -> String {
        if self.code.as_str().starts_with(WUXI) {
            self.code.as_str().chars().take(6).collect()
        } else {
            "none".to_owned()
        }
    }
}

/// The region of a code; refuses unknown ones and those that are not yet a district.
pub async fn find(conn: &mut Conn, field: &str, code: &RegionCode) -> Result<Region> {
    let unknown = || Refusal::of_field(field, Code::UnknownRegion);
    let found: Found = q(FIND).bind(code.as_str()).opt(conn).await?.ok_or_else(unknown)?;
    // Cities without districts (such as 东莞) are delivered to as they are.
    if matches!(found.level, RegionLevel::Province | RegionLevel::City) && found.has_children {
        return Err(unknown().into());
    }
    let names = [found.grand_name, found.parent_name, Some(found.name)];
    let mut name = String::new();
    for part in names.into_iter().flatten() {
        // Neither 市辖区 nor 广东省东莞市东莞市 says anything on a parcel.
        if says_something(&part) && !name.ends_with(&part) {
            name.push_str(&part);
        }
    }
    Ok(Region { code: found.code, name })
}

/// Some cities of the list are no places but headings, such as 市辖区 and 省直辖县级行政区划.
pub fn says_something(name: &str) -> bool {
    !matches!(name, "市辖区" | "县") && !name.contains("直辖县级")
}

row! {
    /// A division by name, to be found in an address.
    #[derive(Clone, Debug)]
    pub struct Named {
        /// GB code.
        pub code: String,
        pub name: String,
        pub level: RegionLevel,
    }
}

/// Every division by name: some thousands, for reading an address that was pasted.
pub async fn named(conn: &mut Conn) -> Result<Vec<Named>> {
    q(NAMED).all(conn).await
}

/// The region of a pick-up point (自提点).
pub async fn of_outlet(conn: &mut Conn, field: &str, outlet: &str) -> Result<Region> {
    let row: Option<(RegionCode, String)> = q(OUTLET).bind(outlet).opt(conn).await?;
    let (code, name) = row.ok_or_else(|| Refusal::of_field(field, Code::UnknownOutlet))?;
    Ok(Region { code, name })
}

/// Divisions below a code, for the region picker; the provinces where it is empty.
pub async fn children(conn: &mut Conn, parent: &str) -> Result<Vec<(String, String)>> {
    if parent.is_empty() { q(PROVINCES).all(conn).await } else { q(CHILDREN).bind(parent).all(conn).await }
}
