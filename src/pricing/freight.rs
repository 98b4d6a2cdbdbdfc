//! Freight of one cooperative's goods: template, region, weight, parcels (M4).

use crate::{
    cooperatives::service::Service,
    db::{Conn, Query, q, select, statements, view},
    kernel::{CoopId, Error, Fen, Grams, Result},
};

statements! {
    RULES = select!(Rule, "WHERE t.coop_id IN ($1) ORDER BY t.coop_id, t.service, r.region_prefix");
    ALL_RULES = select!(Rule, "ORDER BY t.coop_id, t.service, r.region_prefix");
}

view! {
    /// A rule of a cooperative's freight template for the regions whose code starts with its prefix.
    #[derive(Clone, Debug)]
    pub struct Rule from "freight_templates t JOIN freight_rules r ON r.template_id = t.id" {
        /// Whose template.
        pub coop_id: CoopId,
        /// How goods travel.
        pub service: Service,
        /// Who carries it.
        pub carrier: crate::kernel::Carrier,
        /// Start of the region codes; empty for everywhere.
        pub region_prefix: String,
        /// Not served.
        pub blocked: bool,
        /// Weight that the first fee covers.
        pub first_g: Grams,
        /// Fee of each parcel's first weight.
        pub first_fee_fen: Fen,
        /// Weight of a further step.
        pub step_g: Grams,
        /// Fee of a further step.
        pub step_fee_fen: Fen,
        /// Most weight of one parcel.
        pub parcel_g: Grams,
        /// Added for each parcel (cold chain).
        pub parcel_fee_fen: Fen,
        /// Goods after discounts from which freight is free.
        pub free_from_fen: Option<Fen>,
    }
}

/// Every rule of some cooperatives.
pub async fn rules_of(conn: &mut Conn, coops: &[CoopId]) -> Result<Vec<Rule>> {
    Query::with_list(RULES, coops).all(conn).await
}

/// Every rule there is, for the pages' snapshot.
pub async fn all_rules(conn: &mut Conn) -> Result<Vec<Rule>> {
    q(ALL_RULES).all(conn).await
}

/// The rule that serves a region: the longest prefix of its code wins; `None` where it is not served.
pub fn rule_for<'a>(rules: &'a [Rule], coop: &CoopId, service: Service, region: &str) -> Option<&'a Rule> {
    rules
        .iter()
        .filter(|r| r.coop_id == *coop && r.service == service && region.starts_with(&r.region_prefix))
        .max_by_key(|r| r.region_prefix.len())
        .filter(|r| !r.blocked)
}

impl Rule {
    /// Fee for a gross weight, before any free threshold: ⌈g / parcel⌉ parcels, the first fee for
    /// each, and the steps begun beyond their first weights.
    pub fn fee(&self, gross: Grams) -> Result<Fen> {
        if gross.0 <= 0 || self.parcel_g.0 <= 0 || self.step_g.0 <= 0 {
            return Err(Error::fault("freight of nothing"));
        }
        let parcels = (gross.0 - 1) / self.parcel_g.0 + 1;
        let beyond = (gross.0 - self.first_g.times(parcels)?.0).max(0);
        let steps = (beyond + self.step_g.0 - 1) / self.step_g.0;
        let first = self.first_fee_fen.plus(self.parcel_fee_fen)?.times(parcels)?;
        first.plus(self.step_fee_fen.times(steps)?)
    }

    /// What is asked for goods that cost `payable` after discounts.
    pub fn fee_for(&self, gross: Grams, payable: Fen) -> Result<Fen> {
        match self.free_from_fen {
            Some(free_from) if payable >= free_from => Ok(Fen::ZERO),
            _ => self.fee(gross),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(first: i64, step: i64) -> Rule {
        Rule {
            coop_id: CoopId("c".into()),
            service: Service::Ambient,
            carrier: crate::kernel::Carrier::Zto,
            region_prefix: "32".into(),
            blocked: false,
            first_g: Grams(1000),
            first_fee_fen: Fen(first),
            step_g: Grams(1000),
            step_fee_fen: Fen(step),
            parcel_g: Grams(20_000),
            parcel_fee_fen: Fen::ZERO,
            free_from_fen: None,
        }
    }

    #[test]
    fn the_table_of_carriers_holds() {
        let table = [(600, 150, 1350, 2100), (800, 200, 1800, 2800), (1300, 250, 2550, 3800), (1800, 500, 4300, 6800)];
        for (first, step, light, heavy) in table {
            assert_eq!(rule(first, step).fee(Grams(5400)).unwrap(), Fen(light));
            assert_eq!(rule(first, step).fee(Grams(10_800)).unwrap(), Fen(heavy));
        }
    }

    #[test]
    fn over_twenty_kilograms_each_parcel_pays_its_first_kilogram() {
        assert_eq!(rule(600, 150).fee(Grams(20_000)).unwrap(), Fen(600 + 19 * 150));
        assert_eq!(rule(600, 150).fee(Grams(20_500)).unwrap(), Fen(2 * 600 + 19 * 150));
        assert_eq!(rule(600, 150).fee(Grams(600)).unwrap(), Fen(600));
    }

    #[test]
    fn the_longest_prefix_decides_and_a_block_refuses() {
        let mut blocked = rule(1, 1);
        blocked.region_prefix = "3202".into();
        blocked.blocked = true;
        let rules = [rule(600, 150), blocked];
        let coop = CoopId("c".into());
        assert!(rule_for(&rules, &coop, Service::Ambient, "320213").is_none());
        assert!(rule_for(&rules, &coop, Service::Ambient, "320102").is_some());
        assert!(rule_for(&rules, &coop, Service::Ambient, "110101").is_none());
        assert!(rule_for(&rules, &coop, Service::ColdChain, "320102").is_none());
    }

    #[test]
    fn free_freight_counts_goods_after_discounts() {
        let free = Rule { free_from_fen: Some(Fen(9900)), ..rule(600, 150) };
        assert_eq!(free.fee_for(Grams(5400), Fen(9899)).unwrap(), Fen(1350));
        assert_eq!(free.fee_for(Grams(5400), Fen(9900)).unwrap(), Fen::ZERO);
    }
}
