//! A quote's lines by cooperative, each group with its freight.

use std::collections::BTreeMap;

use super::{
    freight::{self, Rule},
    quote::{QuoteLine, SellerGroup},
    read::Facts,
    region::Region,
};
use crate::{
    cooperatives::service::Service,
    kernel::{Carrier, Code, CoopId, Fen, Fulfilment, Grams, Refusal, Result},
};

/// The groups in the order of their first line; writes each line's share of the freight,
/// which is spread by gross weight, largest remainder (M5).
pub(super) fn seller_groups(
    lines: &mut [QuoteLine],
    sold: &[&Facts],
    rules: &[Rule],
    fulfilment: Fulfilment,
    region: &Region,
) -> Result<Vec<SellerGroup>> {
    let mut groups: Vec<SellerGroup> = Vec::new();
    let mut coops: Vec<&CoopId> = Vec::new();
    for facts in sold {
        if !coops.contains(&&facts.coop_id) {
            coops.push(&facts.coop_id);
        }
    }
    for coop in coops {
        let own: Vec<usize> = (0..lines.len()).filter(|i| sold[*i].coop_id == *coop).collect();
        let first = sold[own[0]];
        let payable = Fen::sum(own.iter().map(|i| lines[*i].payable_fen))?;
        let freight = match fulfilment {
            Fulfilment::Pickup => GroupFreight { fee: Fen::ZERO, gap: None, carrier: Carrier::Local },
            Fulfilment::Delivery => group_freight(lines, sold, &own, rules, payable, region)?,
        };
        let weights = own
            .iter()
            .map(|i| lines[*i].gross_weight_g.times(lines[*i].qty.units()))
            .collect::<Result<Vec<Grams>>>()?;
        let shares = freight.fee.allocate(&weights.iter().map(|g| g.0).collect::<Vec<_>>())?;
        for (i, share) in own.iter().zip(shares) {
            lines[*i].freight_fen = share;
        }
        groups.push(SellerGroup {
            coop_id: coop.clone(),
            coop_slug: first.coop_slug.clone(),
            coop_name: first.coop_name.clone(),
            coop_name_en: first.coop_name_en.clone(),
            line_nos: own.iter().map(|i| lines[*i].line_no).collect(),
            goods_fen: Fen::sum(own.iter().map(|i| lines[*i].list_fen))?,
            discount_fen: Fen::sum(own.iter().map(|i| lines[*i].discount_fen))?,
            freight_fen: freight.fee,
            free_freight_gap_fen: freight.gap,
            gross_weight_g: weights.into_iter().try_fold(Grams(0), Grams::plus)?,
            carrier: freight.carrier,
            sla_hours: first.sla_hours,
        });
    }
    Ok(groups)
}

struct GroupFreight {
    fee: Fen,
    gap: Option<Fen>,
    carrier: Carrier,
}

/// Goods that need the cold chain travel apart from the others of the same cooperative.
fn group_freight(
    lines: &[QuoteLine],
    sold: &[&Facts],
    own: &[usize],
    rules: &[Rule],
    payable: Fen,
    region: &Region,
) -> Result<GroupFreight> {
    let mut services: BTreeMap<Service, Vec<usize>> = BTreeMap::new();
    for i in own {
        services.entry(sold[*i].service).or_default().push(*i);
    }
    let (mut fee, mut gap, mut carrier) = (Fen::ZERO, None, None);
    for (service, members) in services {
        let first = sold[members[0]];
        let rule = freight::rule_for(rules, &first.coop_id, service, region.code.as_str()).ok_or_else(|| {
            Refusal::of_field("address.region_code", Code::NotServed)
                .with("coop", &first.coop_name)
                .with("sku", &first.sku)
        })?;
        let gross = members
            .iter()
            .map(|i| lines[*i].gross_weight_g.times(lines[*i].qty.units()))
            .try_fold(Grams(0), |sum, g| sum.plus(g?))?;
        fee = fee.plus(rule.fee_for(gross, payable)?)?;
        if let Some(free_from) = rule.free_from_fen.filter(|f| *f > payable) {
            gap = Some(free_from.minus(payable)?);
        }
        // Two parcels of a cooperative are told by the carrier of the first.
        carrier = carrier.or(Some(rule.carrier));
    }
    Ok(GroupFreight { fee, gap, carrier: carrier.unwrap_or(Carrier::Other) })
}
