//! What stands beside the answer to a change: never worth as much as the answer.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::fixture::{Fixture, permit, user_target};
use crate::domain::{Expiration, UserTarget};
use crate::policy::{Part, Permit, Read, Resource};
use crate::upstream::{
    Attributes, Backend, Choice, ExpirationItem, Failure, FlagDocument, FlagsOfUser, PatchReport,
    Remembered,
};

/// Never knows anything, and never says so.
struct Speechless;

impl Remembered for Speechless {
    async fn flags(&self, _: &Permit<Read, UserTarget>) -> Result<FlagsOfUser, Failure> {
        pending().await
    }

    async fn flag(&self, _: &Part) -> Result<Arc<FlagDocument>, Failure> {
        pending().await
    }

    async fn attributes<T: Resource>(
        &self,
        _: &Permit<Read, T>,
    ) -> Result<Arc<Attributes>, Failure> {
        pending().await
    }
}

/// That one instruction was carried out, for `sort.order`.
fn report() -> PatchReport {
    let expiration = Expiration {
        flag: "sort.order".parse().unwrap(),
        variation_id: "v0".to_owned(),
        at: Timestamp::MAX,
        version: 1,
    };
    let raw = RawValue::from_string("{}".to_owned()).unwrap();
    PatchReport {
        items: vec![ExpirationItem { raw, expiration }],
        links: None,
        total: Some(1),
        successful: Some(1),
        failed: Some(0),
        errors: Vec::new(),
        is_unknown: false,
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_change_waits_three_seconds_for_what_stands_beside_it_and_is_not_lost() {
    for (backend, waits) in [(Backend::Contexts, 3), (Backend::UserSettings, 0)] {
        let fixture = Fixture::with(|options| options.backend = Choice::Always(backend)).await;
        let began = Instant::now();
        let told = ["sort.order".parse().unwrap()];
        let user = permit(user_target());
        let report = fixture.client.complete(report(), &told, &user, &Speechless).await;
        assert_eq!(began.elapsed(), Duration::from_secs(waits), "{backend:?}");
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(report.items.len(), 1, "{report:?}");
        assert_eq!(fixture.received().await.len(), 0);
    }
}
