//! Payments: opened for an order, settled in the sandbox, told by the provider's signed events.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::{
    kernel::{Code, PaymentId, Refusal},
    orders::{
        hear,
        pay::{self, Paying},
        payment_result::PaymentOutcome,
        read,
    },
    payments::{Method, PaymentState, sandbox::Outcome, store},
    web::{
        Allow, Market, Result, Route,
        auth::Caller,
        durable::durable,
        json::{ApiJson, IdempotencyKey},
        sizes,
    },
};

/// Operations of this file.
#[derive(OpenApi)]
#[openapi(paths(pay_order, settle_sandbox, stripe_webhook))]
pub struct Operations;

/// Routes of this file.
pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/orders/{number}/payments", Allow::Owner, pay_order),
        Route::post("/api/v1/sandbox/payments/{payment_id}", Allow::Anyone, settle_sandbox),
        Route::post("/api/v1/webhooks/stripe", Allow::Anyone, stripe_webhook).body(sizes::LONG_TEXTS),
    ]
}

/// How to pay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequest {
    /// One that is offered here: `sandbox` in a demonstration; others where they are configured.
    pub method: Method,
}

/// What the payer does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleRequest {
    /// `succeeded` or `failed`.
    pub outcome: Outcome,
}

/// Where a payment stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentAnswer {
    pub payment_id: String,
    pub state: PaymentState,
}

/// That an event was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    pub received: bool,
}

#[utoipa::path(post, path = "/api/v1/orders/{number}/payments", operation_id = "payOrder", tag = "shopping",
    request_body = PaymentRequest, params(("number" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Paying)))]
pub async fn pay_order(
    State(market): State<Market>,
    caller: Caller,
    Path(number): Path<String>,
    key: IdempotencyKey,
    ApiJson { value, hash }: ApiJson<PaymentRequest>,
) -> Result<(StatusCode, Json<Paying>)> {
    let order = read::owned(&mut market.db().read().await?, &number, &caller.owner()).await?;
    let scope = match &caller.person {
        Some(person) => format!("person:{}", person.id),
        None => format!("order:{}", order.id),
    };
    let key = key.needed(scope, "payOrder", &number, &hash)?;
    let (trade, work) = (market.trade.clone(), market.trade.work(caller.actor(), Some(&key)));
    let paying = durable(async move { pay::pay(&trade, &work, &order, pay::Tender::of(value.method)).await }).await?;
    Ok((StatusCode::CREATED, Json(paying)))
}

#[utoipa::path(post, path = "/api/v1/sandbox/payments/{payment_id}", operation_id = "settleSandbox",
    tag = "shopping", request_body = SettleRequest, params(("payment_id" = String, Path)),
    responses((status = 200, body = PaymentAnswer)))]
pub async fn settle_sandbox(
    State(market): State<Market>,
    Path(payment_id): Path<String>,
    ApiJson { value, .. }: ApiJson<SettleRequest>,
) -> Result<Json<PaymentAnswer>> {
    let id = PaymentId(payment_id);
    let (trade, settled) = (market.trade.clone(), id.clone());
    let outcome = durable(async move { hear::settle_at_sandbox(&trade, &settled, value.outcome).await }).await?;
    let state = match outcome {
        PaymentOutcome::Paid => PaymentState::Succeeded,
        PaymentOutcome::Failed => PaymentState::Failed,
        PaymentOutcome::PartPaid | PaymentOutcome::Known | PaymentOutcome::GivenBack(_) => {
            let payment = store::find(&mut market.db().read().await?, id.as_str()).await?;
            payment.ok_or_else(|| Refusal::new(Code::NotFound))?.state
        }
    };
    Ok(Json(PaymentAnswer { payment_id: id.0, state }))
}

#[utoipa::path(post, path = "/api/v1/webhooks/stripe", operation_id = "stripeWebhook", tag = "shopping",
    params(("Stripe-Signature" = String, Header)), request_body = String,
    responses((status = 200, body = Received)))]
pub async fn stripe_webhook(State(market): State<Market>, headers: HeaderMap, body: Bytes) -> Result<Json<Received>> {
    let signature = headers.get("stripe-signature").and_then(|v| v.to_str().ok());
    let signature = signature.ok_or_else(|| Refusal::new(Code::SignatureInvalid))?.to_owned();
    let trade = market.trade.clone();
    durable(async move { hear::take_event(&trade, &signature, &body).await }).await?;
    Ok(Json(Received { received: true }))
}
