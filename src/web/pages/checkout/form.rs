//! What the checkout's form holds, and what is wrong with it.

use serde::Deserialize;

use crate::{
    identity::Address,
    kernel::{Code, Fulfilment, Lang, Network, Phone, Refusal, RegionCode, TaxNo, parse},
    orders::place::{Invoice, Placing},
    payments::Method,
    pricing::{Ask, AskedItem, Quote},
    web::{
        form::Faults,
        pages::{checkout::basket::Basket, regions::Chosen},
    },
};

/// Fields beside which a fault can stand.
pub const FIELDS: [&str; 11] =
    ["name", "phone", "region_code", "street", "coupons", "note", "unit", "title", "tax_no", "method", "returns"];

/// Where freight is estimated for until a district is chosen: in the middle of Wuxi.
pub fn estimate() -> RegionCode {
    RegionCode::stored("320213".to_owned())
}

/// The form as it was sent; everything is kept when it is shown again.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CheckoutForm {
    /// Which button: `place`, `price`, `region`, `paste`.
    #[serde(rename = "do")]
    pub act: String,
    /// A saved address; empty for a new one.
    pub address_id: String,
    pub paste: String,
    pub name: String,
    pub phone: String,
    pub province: String,
    pub city: String,
    pub region_code: String,
    pub street: String,
    /// Ticked: keep the new address.
    pub save: String,
    pub coupons: String,
    pub note: String,
    pub unit: String,
    pub title: String,
    pub tax_no: String,
    pub method: String,
    /// Ticked: knows that goods made to order are not taken back.
    pub returns: String,
    /// The quote that was looked at.
    pub quote_id: String,
    /// Its total in 分.
    pub total: String,
    /// One for all tabs, until the order is placed.
    pub key: String,
}

/// What an order needs of the form.
#[derive(Clone, Copy)]
pub struct Needed<'a> {
    /// The district that was chosen, if one was.
    pub district: &'a str,
    /// Whether goods made to order are in it.
    pub custom: bool,
    /// Whether there is anything to pay.
    pub costs: bool,
}

impl CheckoutForm {
    /// Takes the receiver of a saved address.
    pub fn take(&mut self, address: &Address) {
        let Address { id, name, phone, region_code, street, .. } = address;
        for (own, saved) in [
            (&mut self.address_id, id.as_str()),
            (&mut self.name, name),
            (&mut self.phone, phone.as_str()),
            (&mut self.street, street),
        ] {
            saved.clone_into(own);
        }
        self.choose(region_code.as_str());
    }

    /// Chooses the district of a division's code, and what is above it.
    pub fn choose(&mut self, code: &str) {
        let Chosen { province, city, district } = Chosen::of_district(code);
        (self.province, self.city) = (province.to_owned(), city.to_owned());
        district.clone_into(&mut self.region_code);
    }

    /// The division as chosen.
    pub fn chosen(&self) -> Chosen<'_> {
        Chosen { province: &self.province, city: &self.city, district: &self.region_code }
    }

    /// The cart as something to price, for the district, or for the estimate until one is chosen.
    pub fn ask(&self, basket: &Basket) -> Ask {
        let coupon = self.coupons.trim();
        Ask {
            items: basket.items.iter().map(|i| AskedItem { sku: i.sku.clone(), qty: i.qty }).collect(),
            region_code: Some(RegionCode::parse("region_code", &self.region_code).unwrap_or_else(|_| estimate())),
            street: String::new(),
            coupons: if coupon.is_empty() { Vec::new() } else { vec![coupon.to_owned()] },
            fulfilment: Fulfilment::Delivery,
            outlet: None,
        }
    }

    /// Whether a quote is of this form and cart.
    pub fn is_of(&self, quote: &Quote, basket: &Basket) -> bool {
        let lines = quote.lines.iter().map(|line| (line.sku.as_str(), line.qty));
        let same = lines.eq(basket.items.iter().map(|item| (item.sku.as_str(), item.qty)));
        let coupon = quote.coupon.as_ref().map_or("", |coupon| coupon.code.as_str());
        same && quote.region_code.as_str() == self.region_code && coupon == self.coupons.trim().to_ascii_uppercase()
    }

    /// What has to be corrected before it can be placed.
    pub fn faults(&self, lang: Lang, needed: Needed<'_>) -> Faults {
        let Needed { district, custom, costs } = needed;
        let missing = |field: &str| Refusal::of_field(field, Code::Missing);
        let (title, tax_no) = (self.title.trim(), self.tax_no.trim());
        let found = [
            parse::name("name", &self.name).err(),
            Phone::parse("phone", &self.phone).err(),
            district.is_empty().then(|| Refusal::of_field("region_code", Code::UnknownRegion)),
            parse::text("street", &self.street, 120).err(),
            parse::optional_text("note", &self.note, 200).err(),
            parse::optional_text("unit", &self.unit, 60).err(),
            parse::optional_text("title", title, 80).err(),
            Some(tax_no).filter(|raw| !raw.is_empty()).and_then(|raw| TaxNo::parse("tax_no", raw).err()),
            (title.is_empty() && !tax_no.is_empty()).then(|| missing("title")),
            (custom && self.returns.is_empty()).then(|| Refusal::of_field("returns", Code::ConsentNeeded)),
            self.method().err().filter(|_| costs),
        ];
        let mut faults = Faults::default();
        for refusal in found.into_iter().flatten() {
            faults.join(Faults::of(&refusal, lang, &FIELDS));
        }
        faults
    }

    /// How it is to be paid.
    pub fn method(&self) -> Result<Method, Refusal> {
        Method::try_from(self.method.as_str()).map_err(|_| Refusal::of_field("method", Code::Missing))
    }

    /// What the buyer sends with a quote.
    pub fn placing(&self, quote: &Quote, from: Option<Network>) -> Placing {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Placing {
            quote_id: quote.quote_id.0.clone(),
            name: self.name.clone(),
            phone: self.phone.clone(),
            region_code: Some(self.region_code.clone()),
            street: Some(self.street.clone()),
            note: self.note.clone(),
            invoice: some(&self.title).map(|title| Invoice { title, tax_no: self.tax_no.trim().to_ascii_uppercase() }),
            unit: some(&self.unit),
            from,
        }
    }
}
