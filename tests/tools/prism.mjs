// Every request that either backend sends is one that LaunchDarkly's own document allows.
//
// Usage: node tests/tools/prism.mjs DOCUMENT, with FLAGWARD_BIN in the environment.
//
// Nobody here wrote the judge: Prism holds each request to the document, and each answer of the simulator too. It stands
// between a gateway and a simulator while a caller goes through all functions in every form; then the same requests go,
// to the letter, to a Prism that answers by itself.

import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { FLAGWARD_BIN, TOOLS } = process.env;
const PRISM = join(TOOLS, "node_modules/.bin/prism");
const START_LIMIT = 60_000;
const SEMANTIC_PATCH = "application/json; domain-model=launchdarkly.semanticpatch";
const USERS = ["anna@example.com", "a/b c", "auth0|x", "ü%+?#"];
// Headers that are about one connection; and the token, of which only a part is recorded.
const NOT_SENT_AGAIN = new Set(["authorization", "host", "connection", "content-length", "accept-encoding", "transfer-encoding"]);

// What each backend must have asked, as methods and routes. `{}` is one part of a path.
const WANTED = {
  "user-settings": [
    "GET /api/v2/users/{}/{}/{}/flags",
    "GET /api/v2/users/{}/{}/{}/flags/{}",
    "PUT /api/v2/users/{}/{}/{}/flags/{}",
    "GET /api/v2/users/{}/{}/expiring-user-targets/{}",
    "PATCH /api/v2/users/{}/{}/expiring-user-targets/{}",
    "GET /api/v2/flags/{}/{}",
    "GET /api/v2/caller-identity",
    "GET /api/v2/versions",
  ],
  contexts: [
    "POST /api/v2/projects/{}/environments/{}/flags/evaluate",
    "PUT /api/v2/projects/{}/environments/{}/contexts/{}/{}/flags/{}",
    "GET /api/v2/projects/{}/environments/{}/contexts/{}/{}",
    "GET /api/v2/flags/{}/{}/expiring-targets/{}",
    "PATCH /api/v2/flags/{}/{}/expiring-targets/{}",
    "GET /api/v2/flags/{}",
    "GET /api/v2/flags/{}/{}",
    "GET /api/v2/caller-identity",
  ],
};
const KINDS = {
  "user-settings": ["addExpireUserTargetDate", "updateExpireUserTargetDate", "removeExpireUserTargetDate"],
  contexts: ["addExpiringTarget", "updateExpiringTarget", "removeExpiringTarget"],
};

const started = [];

// Starts a process, and waits until one of its lines matches; gives the match and all that it says.
async function start(command, args, pattern, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  started.push(child);
  const output = { text: "" };
  const seen = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${command} did not start:\n${output.text}`)), START_LIMIT);
    const hear = (part) => {
      output.text += part;
      const match = output.text.match(pattern);
      if (match) {
        clearTimeout(late);
        resolve(match);
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(`${command} ended:\n${output.text}`)));
  });
  return { match: await seen, output };
}

// The document as Prism is to read it. It says two things about one parameter: its words are `summary=0`, its schema is
// a boolean, which Prism takes for `false` alone. The words count.
function documentFor(folder) {
  const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
  const { parameters } = document.paths["/api/v2/flags/{projectKey}"].get;
  const summary = parameters.find(({ name }) => name === "summary");
  assert.match(summary.description, /Set `summary=0` and include the `env` query parameter/);
  assert.equal(summary.schema.type, "boolean");
  summary.schema = { type: "integer", enum: [0, 1] };
  const file = join(folder, "document.json");
  writeFileSync(file, JSON.stringify(document));
  return file;
}

async function prism(args) {
  const listens = /Prism is listening on (http:\/\/[\d.:]+)/;
  const { match, output } = await start(PRISM, [...args, "--errors", "--host", "127.0.0.1", "--port", "0"], listens);
  return { url: match[1], output };
}

function configure(folder, upstream, token, backend) {
  const policy = '[[teams]]\nname = "t"\nmembers = ["idp/team:t"]\n[[teams.grants]]\nprojects = ["*"]\nenvironments = ["*"]\nactions = ["read", "set", "clear", "schedule"]\n';
  writeFileSync(join(folder, "policy.toml"), policy);
  const file = join(folder, "flagward.toml");
  writeFileSync(
    file,
    `[server]\nlisten = "127.0.0.1:0"\nmanagement_listen = "127.0.0.1:0"\n` +
      `[launchdarkly]\nbase_url = "${upstream}"\ntoken = "${token}"\nbackend = "${backend}"\n` +
      `[[auth.issuers]]\nname = "idp"\nissuer = "https://idp.example.com"\naudiences = ["flagward"]\n` +
      `algorithms = ["HS256"]\nsecret = "a-secret-of-the-tests-and-nothing-else"\n` +
      `[policy]\nfile = "policy.toml"\n[cache]\nmin_age = "0s"\n`,
  );
  return file;
}

// Goes through all functions in every form, for one user.
async function call(url, bearer, user) {
  const ours = `/v1/projects/shop/environments/test/users/${encodeURIComponent(user)}`;
  const theirs = `/api/v2/users/shop/test/${encodeURIComponent(user)}/flags`;
  const ends = `/api/v2/users/shop/${encodeURIComponent(user)}/expiring-user-targets/test`;
  const ask = async (status, method, path, body) => {
    const headers = { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json", "Cache-Control": "no-cache" };
    const signal = AbortSignal.timeout(20_000);
    const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body), signal });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    return text && JSON.parse(text);
  };
  const flag = `${ours}/flags/sort.order`;
  await ask(200, "GET", `${ours}/flags?include=expiration`);
  await ask(200, "GET", flag);
  await ask(200, "PUT", flag, { setting: "price", expires_in: "2h", comment: 'with "words" and ü' });
  await ask(200, "PUT", flag, { setting: "price", expires_in: "3h" });
  await ask(200, "PUT", `${flag}/expiration`, { expires_in: "4h" });
  const listed = await ask(200, "GET", ends);
  const { variationId, _version: version } = listed.items.find((item) => item._resourceId.key === "sort.order");
  await ask(200, "GET", `${ours}/expirations`);
  await ask(200, "DELETE", `${flag}/expiration`);
  const later = { flagKey: "sort.order", variationId, value: 4_000_000_000_000 };
  const patches = [
    [{ ...later, kind: "addExpireUserTargetDate" }],
    [{ ...later, kind: "updateExpireUserTargetDate" }],
    [{ ...later, kind: "updateExpireUserTargetDate", version: version + 10 }],
    [{ flagKey: "sort.order", variationId, kind: "removeExpireUserTargetDate" }],
    [{ ...later, kind: "addExpireUserTargetDate" }, { ...later, flagKey: "theme.config", kind: "addExpireUserTargetDate" }],
  ];
  for (const instructions of patches) await ask(200, "PATCH", ends, { comment: "why", instructions });
  await ask(200, "DELETE", flag);
  // Values of every kind: a number, an object, a text, true or false, and none.
  for (const name of ["checkout.new-flow", "checkout.limit", "theme.config"]) {
    const { errors } = await ask(422, "PUT", `${ours}/flags/${name}`, { setting: "no such value" });
    assert.ok(errors.length > 0);
  }
  await ask(204, "PUT", `${theirs}/checkout.new-flow`, { setting: true });
  await ask(204, "PUT", `${theirs}/checkout.limit`, { setting: 1 });
  await ask(204, "PUT", `${theirs}/checkout.new-flow`, { setting: null, comment: "why" });
  await ask(204, "PUT", `${theirs}/checkout.limit`, {});
  await ask(200, "GET", theirs);
  await ask(200, "GET", `${theirs}/checkout.limit`);
}

const recorded = async (simulator) => (await (await fetch(`${simulator}/simulator/requests`)).json()).items;

const header = (request, name) => request.headers.find(([known]) => known.toLowerCase() === name)?.[1];

// Whether a path, as it was sent, is of a route.
function isOf(request, route) {
  const [method, pattern] = route.split(" ");
  const parts = request.path.split("?")[0].split("/");
  const wanted = pattern.split("/");
  return request.method === method && parts.length === wanted.length && wanted.every((one, n) => one === "{}" || one === parts[n]);
}

// Fails where a form of a request was never sent: then nothing was shown about it.
function assertComplete(requests, backend) {
  for (const route of WANTED[backend]) assert.ok(requests.some((one) => isOf(one, route)), `${backend}: no ${route}`);
  for (const request of requests) {
    assert.ok(Object.values(WANTED).flat().some((route) => isOf(request, route)), `${request.method} ${request.path} is no call of ours`);
  }
  const patches = requests.filter((one) => one.method === "PATCH");
  for (const patch of patches) assert.equal(header(patch, "content-type"), SEMANTIC_PATCH);
  const instructions = patches.flatMap((one) => JSON.parse(one.body).instructions);
  for (const kind of KINDS[backend]) assert.ok(instructions.some((one) => one.kind === kind), `${backend}: no ${kind}`);
  assert.ok(instructions.some((one) => "version" in one), `${backend}: no version`);
  const puts = requests.filter((one) => one.method === "PUT").map((one) => JSON.parse(one.body).setting);
  for (const type of ["string", "number", "boolean"]) assert.ok(puts.some((one) => typeof one === type), `${backend}: no ${type}`);
  assert.ok(puts.includes(null), `${backend}: nothing was erased`);
}

// Sends a request again, to the letter, to a Prism that answers by itself. It answers with the document's examples, and
// holds those to the document too: dates and versions among them are texts where numbers are wanted. What it finds in
// such an answer of its own, a 500, says nothing about the request.
async function sendAgain(mock, token, { method, path, headers, body }) {
  const sent = headers.filter(([name]) => !NOT_SENT_AGAIN.has(name.toLowerCase()));
  sent.push(["authorization", token]);
  const signal = AbortSignal.timeout(20_000);
  const answer = await fetch(mock + path, { method, headers: sent, body: body || undefined, signal });
  const text = await answer.text();
  if (answer.status === 500) {
    const found = JSON.parse(text).validation.map(({ location }) => location[0]);
    assert.deepEqual(new Set(found), new Set(["response"]), text);
    return;
  }
  assert.ok(answer.status < 300, `${method} ${path} ${body}: ${answer.status} ${text}`);
  assert.equal(answer.headers.get("sl-violations"), null, `${method} ${path} ${body}`);
}

async function run(folder) {
  const { match: [, simulator, token] } = await start(FLAGWARD_BIN, ["simulator", "--listen", "127.0.0.1:0"], /url: (\S+)\s+token: (\S+)/);
  const document = documentFor(folder);
  const mock = await prism(["mock", document]);
  for (const backend of Object.keys(WANTED)) {
    await fetch(`${simulator}/simulator/reset`, { method: "POST" });
    const judge = await prism(["proxy", document, simulator]);
    // The version list is asked for only by a gateway that may change its backend.
    const chosen = backend === "user-settings" ? "auto" : backend;
    const config = configure(folder, judge.url, token, chosen);
    const serve = await start(FLAGWARD_BIN, ["serve", "--config", config, "--log-format", "json"], /"address":"([\d.:]+)"/);
    const mint = ["token", "--config", config, "--subject", "alice", "--team", "t"];
    const bearer = execFileSync(FLAGWARD_BIN, mint, { encoding: "utf8" }).trim();
    for (const user of USERS) await call(`http://${serve.match[1]}`, bearer, user);
    const requests = await recorded(simulator);
    assertComplete(requests, backend);
    const violations = judge.output.text.split("\n").filter((line) => /violation/i.test(line));
    assert.deepEqual(violations, [], `${backend}: Prism found violations`);
    for (const request of requests) await sendAgain(mock.url, token, request);
    console.log(`${backend}: Prism accepts all ${requests.length} requests, on their way and again`);
  }
  await assertJudges(mock.url, token);
}

// Whoever accepts everything proves nothing. (What an instruction about one flag may hold the document leaves open.)
async function assertJudges(mock, token) {
  const headers = { "Content-Type": SEMANTIC_PATCH, Authorization: token };
  for (const [path, body] of [
    ["/api/v2/flags/shop/f/expiring-targets/test", { comment: "without instructions" }],
    ["/api/v2/users/shop/u/expiring-user-targets/test", { instructions: [{ kind: "none", flagKey: "f", variationId: "v" }] }],
  ]) {
    const answer = await fetch(mock + path, { method: "PATCH", headers, body: JSON.stringify(body) });
    assert.ok([400, 422].includes(answer.status), `${path}: ${answer.status} ${await answer.text()}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), "flagward-prism."));
try {
  await run(folder);
} finally {
  for (const child of started) child.kill();
  rmSync(folder, { recursive: true });
}
// Prism keeps connections open, which would keep this process.
process.exit(0);
