//! By which payments money goes back: what was paid last first, vouchers last of all.

use std::cmp::Reverse;

use crate::{
    kernel::{Error, Fen, PaymentId, Result},
    payments::Payment,
};

/// What of a refund one payment gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub payment: PaymentId,
    pub amount: Fen,
}

/// What a captured payment can still give back.
fn left(payment: &Payment) -> Result<Fen> {
    match payment.captured_at {
        Some(_) => payment.amount_fen.minus(payment.refund_reserved_fen),
        None => Ok(Fen::ZERO),
    }
}

/// Money of an order's payments that is not promised back.
pub fn left_of(paid: &[Payment]) -> Result<Fen> {
    paid.iter().try_fold(Fen::ZERO, |sum, payment| sum.plus(left(payment)?))
}

/// Divides an amount over an order's payments: what the shopper paid last goes back first, and vouchers, which live
/// on, after all others; a payment that `refused` before comes after those. A fault where the payments hold less.
pub fn over(paid: &[Payment], amount: Fen, refused: &[PaymentId]) -> Result<Vec<Share>> {
    let mut paid: Vec<&Payment> = paid.iter().collect();
    paid.sort_by_key(|payment| {
        let last = (refused.contains(&payment.id), payment.method.goes_back_last());
        (last, Reverse((payment.captured_at, payment.id.clone())))
    });
    let mut open = amount;
    let mut shares = Vec::new();
    for payment in paid {
        let part = left(payment)?.min(open);
        if part > Fen::ZERO {
            open = open.minus(part)?;
            shares.push(Share { payment: payment.id.clone(), amount: part });
        }
    }
    if open > Fen::ZERO {
        return Err(Error::fault(format!("{open} more to refund than the payments hold")));
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        kernel::{At, OrderId},
        payments::Method,
    };

    fn paid(id: &str, method: Method, amount: i64, at: i64) -> Payment {
        let payment = Payment::created(PaymentId(id.to_owned()), OrderId("o".to_owned()), (method, Fen(amount)), At(0));
        Payment { captured_at: Some(At(at)), ..payment }
    }

    fn told(shares: &[Share]) -> Vec<(&str, i64)> {
        shares.iter().map(|share| (share.payment.as_str(), share.amount.0)).collect()
    }

    #[test]
    fn what_was_paid_last_goes_back_first_and_vouchers_last() {
        let all = [
            paid("card", Method::Stripe, 500, 1),
            paid("voucher", Method::Voucher, 300, 3),
            paid("bank", Method::Transfer, 200, 2),
        ];
        assert_eq!(told(&over(&all, Fen(150), &[]).unwrap()), [("bank", 150)]);
        assert_eq!(told(&over(&all, Fen(600), &[]).unwrap()), [("bank", 200), ("card", 400)]);
        assert_eq!(told(&over(&all, Fen(1000), &[]).unwrap()), [("bank", 200), ("card", 500), ("voucher", 300)]);
        assert!(over(&all, Fen(1001), &[]).is_err());
        let refused = [PaymentId("bank".to_owned())];
        assert_eq!(told(&over(&all, Fen(600), &refused).unwrap()), [("card", 500), ("voucher", 100)]);
    }

    #[test]
    fn what_never_came_or_was_promised_before_is_not_promised_again() {
        let open = Payment { captured_at: None, ..paid("open", Method::Stripe, 900, 9) };
        let promised = Payment { refund_reserved_fen: Fen(150), ..paid("bank", Method::Transfer, 200, 2) };
        let all = [open, promised, paid("card", Method::Stripe, 500, 1)];
        assert_eq!(left_of(&all).unwrap(), Fen(550));
        assert_eq!(told(&over(&all, Fen(100), &[]).unwrap()), [("bank", 50), ("card", 50)]);
        assert!(over(&all, Fen(551), &[]).is_err());
    }

    /// Amount, which method and when of a payment.
    fn sizes() -> impl Strategy<Value = Vec<[i64; 3]>> {
        let size = (1..50_000_i64, 0..4_i64, 0..9_i64);
        prop::collection::vec(size.prop_map(|(amount, method, at)| [amount, method, at]), 1..6)
    }

    proptest! {
        /// I7: refunds one after another give back exactly what came in, each payment no more than it brought.
        #[test]
        fn refunds_in_any_steps_give_back_what_came_in(
            sizes in sizes(),
            steps in prop::collection::vec(1..20_000_i64, 0..12),
        ) {
            let methods = [Method::Stripe, Method::Sandbox, Method::Transfer, Method::Voucher];
            let mut all: Vec<Payment> = sizes.iter().enumerate()
                .map(|(n, [amount, method, at])| paid(&format!("p{n}"), methods[*method as usize], *amount, *at)).collect();
            let came: i64 = sizes.iter().map(|size| size[0]).sum();
            let mut back = 0;
            for step in steps.into_iter().chain([i64::MAX]) {
                let step = step.min(came - back);
                let shares = over(&all, Fen(step), &[]).unwrap();
                prop_assert_eq!(shares.iter().map(|share| share.amount.0).sum::<i64>(), step);
                back += step;
                for share in shares {
                    let payment = all.iter_mut().find(|p| p.id == share.payment).unwrap();
                    payment.refund_reserved_fen = payment.refund_reserved_fen.plus(share.amount).unwrap();
                    prop_assert!(payment.refund_reserved_fen <= payment.amount_fen);
                    let voucher = payment.method == Method::Voucher;
                    let others = all.iter().any(|p| p.method != Method::Voucher && p.refund_reserved_fen < p.amount_fen);
                    prop_assert!(!voucher || !others, "a voucher gave back before the money of others");
                }
            }
            prop_assert_eq!(back, came);
        }
    }
}
