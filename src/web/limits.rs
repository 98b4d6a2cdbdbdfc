//! The client's address, and how many writes it has left.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use axum::{extract::FromRequestParts, http::request::Parts};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};

use crate::kernel::Network;

/// Who called, by the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The client's address: the connection's, or what the nearest proxy says where the connection
/// comes from a proxy of ours (loopback or a private network). What a client claims further left
/// in `X-Forwarded-For` is never believed.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip());
        let proxy = match peer {
            IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
        };
        let said = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
        let nearest = said.and_then(|line| line.rsplit(',').next()).and_then(|ip| ip.trim().parse().ok());
        Ok(Self(nearest.filter(|_| proxy).unwrap_or(peer)))
    }
}

/// The limiter; `off` lets everything pass.
#[derive(Clone, Default)]
pub struct Limits(Option<Arc<DefaultKeyedRateLimiter<Network>>>);

impl Limits {
    /// So many writes a minute from one address.
    pub fn per_minute(rate: Option<u32>) -> Self {
        let quota = rate.and_then(NonZeroU32::new).map(Quota::per_minute);
        Self(quota.map(|quota| Arc::new(DefaultKeyedRateLimiter::keyed(quota))))
    }

    /// Counts a write; the refusal says how long to wait.
    pub fn check(&self, address: IpAddr) -> Result<(), u64> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        limiter
            .check_key(&Network::from(address))
            .map_err(|early| early.wait_time_from(governor::clock::DefaultClock::default().now()).as_secs().max(1))
    }

    /// Whose live holds an order's are; nothing where nothing is limited.
    pub fn network(&self, ClientAddress(address): ClientAddress) -> Option<Network> {
        self.0.as_ref().map(|_| Network::from(address))
    }

    /// Drops addresses that have been quiet, so that memory stays bounded.
    pub fn forget_quiet(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}
