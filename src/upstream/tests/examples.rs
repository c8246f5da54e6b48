//! The example answers of `LaunchDarkly`'s own OpenAPI document, and refusals that others have published.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::upstream::call::Call;
use crate::upstream::failure::Failure;
use crate::upstream::limits::Limits;
use crate::upstream::wire;

macro_rules! example {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/upstream/", $name))
    };
}

#[test]
fn the_official_examples_of_settings_are_read() {
    let list = wire::read_settings(example!("getUserFlagSettings.200.json")).unwrap();
    let keys: Vec<_> = list.flags.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["alternate.page", "sort.order"]);
    assert!(list.links.is_some());
    let one = wire::read_setting(example!("getUserFlagSetting.200.json")).unwrap();
    assert!(one.value.is_null() && !one.is_overridden());
    assert!(one.reason.unwrap().raw.get().contains("OFF"));
}

#[test]
fn the_official_examples_of_expirations_are_read() {
    let list = wire::read_expirations(example!("getExpiringFlagsForUser.200.json")).unwrap();
    let [item] = &list.items[..] else { panic!("one item") };
    assert_eq!(item.expiration.at.as_millisecond(), 1_658_192_820_000);
    let report = wire::read_patch_report(example!("patchExpiringFlagsForUser.200.json")).unwrap();
    assert_eq!((report.total, report.failed), (Some(1), Some(0)));
    assert!(!report.is_complete(), "its errors are not empty");
}

#[test]
fn the_official_examples_of_everything_else_are_read() {
    let flag = wire::read_flag(example!("getFeatureFlag.200.json")).unwrap();
    let flag = flag.in_environment(&"my-environment".parse().unwrap());
    assert_eq!(flag.kind.as_deref(), Some("boolean"));
    assert_eq!(flag.variations.len(), 2);
    let targeted = flag.setting_of(&"user-key-123abc".parse().unwrap()).unwrap();
    assert_eq!(targeted.unwrap().value.as_str(), "true");
    let elsewhere = flag.setting_of(&"device-key-123abc".parse().unwrap()).unwrap();
    assert!(elsewhere.is_none(), "a device is no user");
    let versions = wire::read_versions(example!("getVersions.200.json")).unwrap();
    assert_eq!(versions.current, Some(20_220_603));
    let identity = wire::read_caller_identity(example!("getCallerIdentity.200.json")).unwrap();
    assert_eq!(identity.service_token, Some(true));
}

#[derive(Deserialize)]
struct Observed {
    status: u16,
    body: Option<Box<RawValue>>,
}

#[test]
fn every_observed_refusal_is_told_apart() {
    let all: Vec<Observed> = serde_json::from_slice(example!("observed-errors.json")).unwrap();
    let kinds: Vec<_> = all
        .iter()
        .map(|one| {
            let body = one.body.as_ref().map_or("", |body| body.get());
            let says = wire::read_says(one.status, body.as_bytes());
            assert_eq!(says.message.is_some(), one.body.is_some());
            let failure = Failure::refusal(Call::PutSetting, says, &Limits::default());
            let name = format!("{failure:?}");
            name.split(['(', ' ']).next().unwrap().to_owned()
        })
        .collect();
    let expected = [
        "RateLimited",
        "TokenRefused",
        "TokenRefused",
        "ApprovalRequired",
        "ApprovalRequired",
        "NotFound",
        "BadRequest",
        "TokenRefused",
        "Conflict",
    ];
    assert_eq!(kinds, expected);
}
