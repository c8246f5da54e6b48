//! Every metric there is, in one struct. The doc comment of a field is its help text in other words; labels
//! have few values and none that a caller can grow.

use prometheus::core::Collector;
use prometheus::{
    Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec,
    Opts, Registry, TextEncoder,
};

use super::chat::ChatMetrics;
use super::drop_in::DropInCounters;
use super::gauges::Gauges;
use super::handles::{DecisionCounters, RouteMetrics};
use super::keys::KeyMetrics;
use super::shadow::ShadowMetrics;
use super::write_outcome::WriteOutcome;

/// The prefix of our own metrics.
const PREFIX: &str = "flagward";

/// Buckets of a request's duration, in seconds: a hit takes tens of microseconds, a miss what
/// `LaunchDarkly` takes (tens to hundreds of milliseconds), a timeout ten seconds and more.
const SECONDS: [f64; 12] =
    [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0];

/// The actions that write.
const WRITES: [&str; 3] = ["set", "clear", "schedule"];

/// All metrics, and the registry that a scrape collects.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    http_requests: IntCounterVec,
    http_duration: HistogramVec,
    policy_decisions: IntCounterVec,
    drop_in_requests: IntCounterVec,
    /// Cache look-ups by operation and outcome (`hit`, `miss`, `collapsed`, `forced`).
    pub cache_requests: IntCounterVec,
    /// Entries in the cache.
    pub cache_entries: IntGauge,
    /// Bytes the cache's entries take.
    pub cache_bytes: IntGauge,
    /// Entries that left the cache by cause (`size`, `expired`, `replaced`, `invalidated`).
    pub cache_evictions: IntCounterVec,
    /// Calls to `LaunchDarkly` by operation and status: a number, `timeout`, `unreachable`, `invalid`; or, not sent at all,
    /// `no-slot` for too many under way and `refused-here` for a limit that is spent.
    pub upstream_requests: IntCounterVec,
    /// Seconds a call to `LaunchDarkly` took, by operation.
    pub upstream_duration: HistogramVec,
    /// What `LaunchDarkly` said is left of a rate-limit window (`global`, `route`, `auth-token`).
    pub upstream_rate_limit_remaining: GaugeVec,
    /// How it is at the moment of a scrape.
    pub gauges: Gauges,
    /// Tokens, and signatures of chat platforms, refused by the kind of fault.
    pub auth_failures: IntCounterVec,
    /// Reloads of the policy by outcome: `loaded`, or `refused`, also where the file could not be read.
    pub policy_reloads: IntCounterVec,
    /// Writes by team, action and [`WriteOutcome`].
    pub writes: IntCounterVec,
    /// 1 for the backend in use.
    pub backend_info: IntGaugeVec,
    /// What comparing the two backends finds.
    pub shadow: ShadowMetrics,
    /// What happens at the chat door.
    pub chat: ChatMetrics,
    /// What is known of the issuers' keys.
    pub keys: KeyMetrics,
}

impl Metrics {
    /// All families, registered, with what is known of their labels at zero. Fails only if two families
    /// had one name.
    pub fn new(version: &str) -> Result<Self, prometheus::Error> {
        let registry = Registry::new_custom(None, None)?;
        let process = prometheus::process_collector::ProcessCollector::for_self();
        registry.register(Box::new(process))?;
        let make = Maker(&registry);
        let build = make.info("build_info", "The version that runs.", "version")?;
        build.with_label_values(&[version]).set(1);
        let metrics = make.all(registry.clone())?;
        metrics.start_at_zero();
        Ok(metrics)
    }

    /// The counters of a policy with these teams; those of their writes are there from now on too.
    #[must_use]
    pub fn decision_counters(&self, teams: &[&str], actions: &[&str]) -> DecisionCounters {
        for team in teams {
            for action in WRITES {
                for outcome in WriteOutcome::ALL {
                    let labels = [team, action, outcome.name()];
                    self.writes.with_label_values(&labels);
                }
            }
        }
        DecisionCounters::new(&self.policy_decisions, teams, actions)
    }

    /// The counters of requests to the drop-in by the teams of a policy.
    #[must_use]
    pub fn drop_in_counters(&self, teams: &[&str]) -> DropInCounters {
        DropInCounters::new(&self.drop_in_requests, teams)
    }

    /// The series of one route and method.
    #[must_use]
    pub fn route(&self, route: &'static str, method: &'static str) -> RouteMetrics {
        let duration = self.http_duration.with_label_values(&[route, method]);
        RouteMetrics::new(&self.http_requests, duration, route, method)
    }

    /// Puts series at zero that would else appear only when they first count.
    pub fn known(family: &IntCounterVec, label_sets: &[&[&str]]) {
        for labels in label_sets {
            family.with_label_values(labels);
        }
    }

    /// A scrape in the Prometheus text format.
    pub fn scrape(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|fault| prometheus::Error::Msg(fault.to_string()))
    }

    fn start_at_zero(&self) {
        for window in ["global", "route", "auth-token"] {
            // Unknown until LaunchDarkly says: not a number, as Prometheus has it, rather than a false zero.
            self.upstream_rate_limit_remaining.with_label_values(&[window]).set(f64::NAN);
        }
        Self::known(&self.policy_reloads, &[&["loaded"], &["refused"]]);
        Self::known(
            &self.cache_evictions,
            &[&["size"], &["expired"], &["replaced"], &["invalidated"]],
        );
    }
}

/// Makes and registers families.
pub(super) struct Maker<'a>(&'a Registry);

impl Maker<'_> {
    fn all(&self, registry: Registry) -> prometheus::Result<Metrics> {
        let (upstream_requests, upstream_duration, upstream_rate_limit_remaining) =
            self.upstream()?;
        Ok(Metrics {
            registry,
            http_requests: self.counter(
                "http_requests_total",
                "Requests answered.",
                &["route", "method", "status"],
            )?,
            http_duration: self.histogram(
                "http_request_duration_seconds",
                "Time to answer a request.",
                &["route", "method"],
            )?,
            policy_decisions: self.counter(
                "policy_decisions_total",
                "Decisions of the policy.",
                &["team", "action", "decision"],
            )?,
            drop_in_requests: self.drop_in()?,
            cache_requests: self.counter(
                "cache_requests_total",
                "Look-ups in the cache.",
                &["operation", "outcome"],
            )?,
            cache_entries: self.gauge("cache_entries", "Entries in the cache.")?,
            cache_bytes: self.gauge("cache_bytes", "Bytes taken by the cache's entries.")?,
            cache_evictions: self.counter(
                "cache_evictions_total",
                "Entries that left the cache.",
                &["cause"],
            )?,
            upstream_requests,
            upstream_duration,
            upstream_rate_limit_remaining,
            gauges: Gauges::new(self)?,
            auth_failures: self.counter(
                "auth_failures_total",
                "Tokens and signatures refused.",
                &["reason"],
            )?,
            policy_reloads: self.counter(
                "policy_reloads_total",
                "Reloads of the policy.",
                &["outcome"],
            )?,
            writes: self.counter(
                "writes_total",
                "Writes by how they ended: applied, not-applied, partly-applied, unknown, refused.",
                &["team", "action", "outcome"],
            )?,
            backend_info: self.info("backend_info", "The upstream backend in use.", "backend")?,
            shadow: self.shadow()?,
            chat: self.chat()?,
            keys: self.keys()?,
        })
    }

    fn upstream(&self) -> prometheus::Result<(IntCounterVec, HistogramVec, GaugeVec)> {
        let requests = self.counter(
            "upstream_requests_total",
            "Calls to LaunchDarkly; no-slot and refused-here were not sent.",
            &["operation", "status"],
        )?;
        let duration = self.histogram(
            "upstream_request_duration_seconds",
            "Time a call to LaunchDarkly took.",
            &["operation"],
        )?;
        let remaining = self.float_gauge(
            "upstream_rate_limit_remaining",
            "Requests LaunchDarkly said are left in a window.",
            &["window"],
        )?;
        Ok((requests, duration, remaining))
    }

    pub(super) fn counter(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> prometheus::Result<IntCounterVec> {
        self.registered(IntCounterVec::new(opts(name, help), labels)?)
    }

    fn histogram(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> prometheus::Result<HistogramVec> {
        let opts = HistogramOpts::from(opts(name, help)).buckets(SECONDS.to_vec());
        self.registered(HistogramVec::new(opts, labels)?)
    }

    pub(super) fn gauge(&self, name: &str, help: &str) -> prometheus::Result<IntGauge> {
        self.registered(IntGauge::with_opts(opts(name, help))?)
    }

    pub(super) fn float_gauge(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> prometheus::Result<GaugeVec> {
        self.registered(GaugeVec::new(opts(name, help), labels)?)
    }

    pub(super) fn info(
        &self,
        name: &str,
        help: &str,
        label: &str,
    ) -> prometheus::Result<IntGaugeVec> {
        self.registered(IntGaugeVec::new(opts(name, help), &[label])?)
    }

    pub(super) fn registered<C: Collector + Clone + 'static>(
        &self,
        family: C,
    ) -> prometheus::Result<C> {
        self.0.register(Box::new(family.clone()))?;
        Ok(family)
    }
}

pub(super) fn opts(name: &str, help: &str) -> Opts {
    Opts::new(name, help).namespace(PREFIX)
}
