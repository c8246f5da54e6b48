//! The simulator's own routes, for its operator. They need no token and are not recorded.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::handle::Simulator;
use super::switches::{Fault, Latency, Limits, UserSettings};
use super::wire::{Answer, Request};

/// What `GET /simulator` says about the others.
const INDEX: &str = "\
A LaunchDarkly simulator. Its API is under /api/v2; these routes are its own and need no token.

GET    /simulator               this page
GET    /simulator/history       what changed: who, when, with which words
GET    /simulator/requests      the last 10,000 requests to the API
PUT    /simulator/latency       {\"min_ms\": 20, \"max_ms\": 200, \"seed\": 1}
PUT    /simulator/limits        {\"global\": 1000, \"route\": 5, \"auth_token\": null, \"retry_after\": null}, per ten seconds
PUT    /simulator/approvals     {\"project\": \"shop\", \"environment\": \"production\", \"required\": true}, or \"tags\": [\"critical\"]
PUT    /simulator/locks         {\"project\": \"shop\", \"flag\": \"sort.order\", \"lost\": 2}: the next two writes to it are a 409
PUT    /simulator/contexts      \"readable\" or \"forbidden\"
PUT    /simulator/user-settings \"served\", \"removed-from-20240415\", \"gone\" or \"retired\" (with version 20220603)
GET    /simulator/faults        the faults that are left
POST   /simulator/faults        {\"matching\": {\"method\": \"PUT\", \"path\": \"/api/v2/users/*\"}, \"times\": 2, \"fault\": {\"kind\": \"answer\", \"status\": 409}}
                                kinds: answer (status, body, content_type, headers), html (status), cut (applied), hang (applied),
                                truncated, invalid-json, wrong-content-type
DELETE /simulator/faults        takes all faults back
POST   /simulator/reset         everything as it was at the start
";

/// Which changes in an environment need an approval: all, or those to flags with one of the tags.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approvals {
    project: String,
    environment: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    tags: Vec<String>,
}

/// How many writes to a flag lose its optimistic lock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Locks {
    project: String,
    flag: String,
    lost: u64,
}

/// Whether what is stored of contexts may be read.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Contexts {
    Readable,
    Forbidden,
}

/// Answers a request to a route of the simulator's own; none when it is for the API.
pub(super) fn answer(simulator: &Simulator, request: &Request) -> Option<Answer> {
    let path = request.path();
    let rest = path.strip_prefix("/simulator")?;
    if !(rest.is_empty() || rest.starts_with('/')) {
        return None;
    }
    let done = follow(simulator, request, rest);
    Some(
        done.unwrap_or_else(|what| Answer::json(what.status(), &json!({ "message": what.text() }))),
    )
}

enum Mistake {
    Body(String),
    Route,
}

impl Mistake {
    fn status(&self) -> u16 {
        match self {
            Self::Body(_) => 400,
            Self::Route => 404,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Body(text) => text,
            Self::Route => "no such route; GET /simulator lists them",
        }
    }
}

fn follow(simulator: &Simulator, request: &Request, rest: &str) -> Result<Answer, Mistake> {
    match (request.method.as_str(), rest) {
        ("GET", "" | "/") => Ok(index(simulator)),
        ("GET", "/history") => Ok(items(&simulator.history())),
        ("GET", "/requests") => Ok(items(&simulator.requests())),
        ("GET", "/faults") => Ok(items(&simulator.faults())),
        ("PUT", "/latency") => {
            let latency: Latency = body(request)?;
            simulator.set_latency(latency);
            Ok(Answer::ok(&latency))
        }
        ("PUT", "/limits") => {
            let limits: Limits = body(request)?;
            simulator.set_limits(limits);
            Ok(Answer::ok(&limits))
        }
        ("PUT", "/approvals") => approvals(simulator, &body(request)?),
        ("PUT", "/locks") => locks(simulator, &body(request)?),
        ("PUT", "/contexts") => {
            let contexts: Contexts = body(request)?;
            simulator.set_contexts_forbidden(contexts == Contexts::Forbidden);
            Ok(Answer::empty(204))
        }
        ("PUT", "/user-settings") => {
            let service: UserSettings = body(request)?;
            simulator.set_user_settings(service);
            Ok(Answer::ok(&service))
        }
        ("POST", "/faults") => {
            let fault: Fault = body(request)?;
            simulator.add_fault(fault);
            Ok(items(&simulator.faults()))
        }
        ("DELETE", "/faults") => {
            simulator.clear_faults();
            Ok(Answer::empty(204))
        }
        ("POST", "/reset") => {
            simulator.reset();
            Ok(Answer::empty(204))
        }
        _ => Err(Mistake::Route),
    }
}

/// The list of routes, with the tokens and environments there are. The tokens are no secret: they open
/// nothing but this simulator.
fn index(simulator: &Simulator) -> Answer {
    let (tokens, environments) = simulator.inventory();
    let tokens = tokens.into_iter().map(|(token, name)| format!("  {token}  ({name})\n"));
    let environments = environments.into_iter().map(|place| format!("  {place}\n"));
    let text = [INDEX, "\nTokens, sent as `Authorization: TOKEN`:\n"].into_iter();
    let text: String = text.map(str::to_owned).chain(tokens).collect();
    let text = text + "\nEnvironments:\n" + &environments.collect::<String>();
    Answer::text(200, "text/plain; charset=utf-8", text)
}

fn approvals(simulator: &Simulator, asked: &Approvals) -> Result<Answer, Mistake> {
    let (project, environment) = (&asked.project, &asked.environment);
    let tags: Vec<_> = asked.tags.iter().map(String::as_str).collect();
    let known = simulator.set_approval_required(project, environment, asked.required)
        && simulator.set_approval_tags(project, environment, &tags);
    done(known, "no such project or environment")
}

fn locks(simulator: &Simulator, asked: &Locks) -> Result<Answer, Mistake> {
    done(simulator.lose_locks(&asked.project, &asked.flag, asked.lost), "no such project or flag")
}

fn done(known: bool, otherwise: &str) -> Result<Answer, Mistake> {
    if known { Ok(Answer::empty(204)) } else { Err(Mistake::Body(otherwise.to_owned())) }
}

fn items<T: Serialize>(items: &[T]) -> Answer {
    Answer::ok(&json!({ "items": items }))
}

fn body<T: DeserializeOwned>(request: &Request) -> Result<T, Mistake> {
    let mut json = serde_json::Deserializer::from_slice(&request.body);
    serde_path_to_error::deserialize(&mut json).map_err(|fault| Mistake::Body(fault.to_string()))
}
