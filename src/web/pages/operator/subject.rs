//! What the operator decides on: the goods with prices and certificates, the cooperative with its certificates.

use std::collections::BTreeMap;

use crate::{
    approvals::Approval,
    catalogue::{Snapshot, edit::since::Change, own},
    cooperatives::{decide, service::Service},
    db::Conn,
    kernel::{Day, Fen, Grams, Lang, Named, ProductId, Result, ReturnClass},
    web::pages::{certificate::CertificateView, view::Layout},
};

/// A title and what stands there.
pub type Fact = (String, String);

/// A SKU as it would be sold.
pub struct SkuLine {
    pub spec: String,
    pub weights: String,
    pub price: String,
    pub unit: String,
    pub when: String,
    pub active: bool,
}

/// What a product says otherwise than when it was approved.
pub struct Changed {
    pub title: String,
    pub before: String,
    pub after: String,
}

/// Something that waits, as the operator must see it.
pub struct Subject {
    pub approval: Approval,
    pub kind: &'static str,
    pub sent: String,
    pub photo: String,
    pub facts: Vec<Fact>,
    pub skus: Vec<SkuLine>,
    pub certificates: Vec<CertificateView>,
    pub changes: Vec<Changed>,
}

/// What pages of the operator's desk know besides the database.
pub struct Known<'a> {
    pub layout: &'a Layout,
    pub snapshot: &'a Snapshot,
    pub today: Day,
}

/// Looks up what each approval is about.
pub async fn subjects(conn: &mut Conn, known: &Known<'_>, approvals: Vec<Approval>) -> Result<Vec<Subject>> {
    let coops: BTreeMap<String, decide::Waiting> =
        decide::waiting(conn).await?.into_iter().map(|coop| (coop.id.0.clone(), coop)).collect();
    let mut subjects = Vec::with_capacity(approvals.len());
    for approval in approvals {
        let mut subject = known.subject(approval);
        match coops.get(&subject.approval.id) {
            Some(coop) => subject.facts = known.coop(coop),
            None => known.product(conn, &mut subject).await?,
        }
        subjects.push(subject);
    }
    Ok(subjects)
}

impl Known<'_> {
    fn subject(&self, mut approval: Approval) -> Subject {
        let changes = std::mem::take(&mut approval.changes);
        Subject {
            kind: approval.kind.name(self.layout.lang),
            sent: approval.sent_at.minute_label(),
            photo: String::new(),
            facts: Vec::new(),
            skus: Vec::new(),
            certificates: Vec::new(),
            changes: changes.into_iter().map(|change| self.changed(change)).collect(),
            approval,
        }
    }

    fn changed(&self, Change { field, before, after }: Change) -> Changed {
        let said = |text: String| if text.is_empty() { "—".to_owned() } else { self.value(field, text) };
        Changed { title: self.layout.word("product_field", field), before: said(before), after: said(after) }
    }

    /// Codes in words.
    fn value(&self, field: &str, text: String) -> String {
        let lang = self.layout.lang;
        match field {
            "county" => county(self.snapshot, &text, lang),
            "category" => category(self.snapshot, &text, lang),
            "return_class" => named::<ReturnClass>(text, lang),
            "service" => named::<Service>(text, lang),
            "bad_fruit_promise" => self.layout.word("yes_no", &text),
            _ => text,
        }
    }

    fn facts<const N: usize>(&self, rows: [(&str, String); N]) -> Vec<Fact> {
        let kept = rows.into_iter().filter(|(_, text)| !text.is_empty());
        kept.map(|(field, text)| (self.layout.word("product_field", field), self.value(field, text))).collect()
    }

    fn coop(&self, coop: &decide::Waiting) -> Vec<Fact> {
        let until = coop.licence_valid_to.map(|day| match day < self.today {
            true => self.layout.say("operator.licence_past", &[("day", &day)]),
            false => day.to_string(),
        });
        self.facts([
            ("credit_code", coop.credit_code.clone()),
            ("licence_valid_to", until.unwrap_or_else(|| self.layout.t("operator.licence_unsaid").to_owned())),
            ("county", coop.county_code.clone()),
            ("name_en", coop.name_en.clone()),
            ("contact", coop.contact.clone().unwrap_or_default()),
            ("phone", coop.phone.clone()),
            ("ship_from", coop.ship_from.clone()),
            ("sla_hours", coop.sla_hours.to_string()),
            ("story", coop.story.clone()),
            ("note", coop.note.clone().unwrap_or_default()),
        ])
    }

    async fn product(&self, conn: &mut Conn, subject: &mut Subject) -> Result<()> {
        let (product, skus) = own::product(conn, &ProductId(subject.approval.id.clone())).await?;
        let seller = self.snapshot.coop(&product.coop_id);
        subject.photo = product.photo.clone().unwrap_or_default();
        subject.certificates = CertificateView::of(conn, &product, self.today, self.layout.lang).await?;
        subject.skus = skus.iter().map(|sku| self.sku(sku)).collect();
        subject.facts = self.facts([
            ("county", product.county_code),
            ("category", product.category_code),
            ("summary", product.summary),
            ("story", product.story),
            ("storage", product.storage),
            ("variety", product.variety.unwrap_or_default()),
            ("grade", product.grade.unwrap_or_default()),
            ("return_class", product.return_class.to_string()),
            ("service", product.service.to_string()),
            ("bad_fruit_promise", product.bad_fruit_promise.to_string()),
            ("name_en", product.name_en),
            ("summary_en", product.summary_en),
            ("credit_code", seller.map(|coop| coop.credit_code.clone()).unwrap_or_default()),
        ]);
        Ok(())
    }

    fn sku(&self, sku: &own::OwnSku) -> SkuLine {
        let season = sku.season_from.as_ref().zip(sku.season_to.as_ref()).map(|(from, to)| format!("{from} – {to}"));
        let presale = sku.presale_ships_by.as_ref();
        let presale = presale.map(|day| self.layout.say("card.presale", &[("day", day)]));
        let weight = |grams: Grams| grams.label();
        let (net, gross) = (weight(sku.net_weight_g), weight(sku.gross_weight_g));
        let unit: Fen = sku.net_weight_g.price_per_500g(sku.price_fen);
        SkuLine {
            spec: self.layout.lang.pick(&sku.spec, &sku.spec_en).to_owned(),
            weights: self.layout.say("product.weights", &[("net", &net), ("gross", &gross)]),
            price: sku.price_fen.to_string(),
            unit: self.layout.say("card.unit", &[("price", &unit)]),
            when: presale.or(season).unwrap_or_else(|| self.layout.t("operator.all_year").to_owned()),
            active: sku.active,
        }
    }
}

/// The name of a closed set's word.
fn named<T: Named>(word: String, lang: Lang) -> String {
    T::of(&word).map_or(word, |value| value.name(lang).to_owned())
}

/// 洛川县.
fn county(snapshot: &Snapshot, code: &str, lang: Lang) -> String {
    snapshot.county(code).map_or_else(|| code.to_owned(), |c| lang.pick(&c.name, &c.name_en).to_owned())
}

fn category(snapshot: &Snapshot, code: &str, lang: Lang) -> String {
    snapshot.category(code).map_or_else(|| code.to_owned(), |c| lang.pick(&c.name, &c.name_en).to_owned())
}
