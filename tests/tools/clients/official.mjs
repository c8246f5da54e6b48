// LaunchDarkly's official TypeScript client, unchanged, does all five operations through the drop-in of a demo.
//
// Run by tests/tools/with-demo. The first thing that is not as it should be ends the run.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

// `require` looks where NODE_PATH says, `import` would not.
const { Configuration, UserSettingsApi } = createRequire(import.meta.url)("launchdarkly-api-typescript");

const url = process.env.FLAGWARD_URL;
const [PROJECT, ENVIRONMENT, FLAG] = ["shop", "test", "sort.order"];
const USERS = ["anna@example.com", "test@test.com", "a/b", "auth0|x y", "ü", "a+b", "50%", "a?b#c"];
const CONTENT_TYPES = ["application/json", "application/json; domain-model=launchdarkly.semanticpatch"];
// Unix milliseconds, years from now.
const [EARLIER, LATER] = [4_000_000_000_000, 4_100_000_000_000];

const client = (apiKey) => new UserSettingsApi(new Configuration({ apiKey, basePath: url }));
const reader = client(process.env.FLAGWARD_READER_TOKEN);
const writer = client(process.env.FLAGWARD_WRITER_TOKEN);

async function put(user, flag, body) {
  const answer = await writer.putFlagSetting(PROJECT, ENVIRONMENT, user, flag, body);
  assert.equal(answer.status, 204);
  assert.equal(answer.data, "");
}

const setting = async (user, flag) => (await writer.getUserFlagSetting(PROJECT, ENVIRONMENT, user, flag)).data;
const expirations = async (user) => (await reader.getExpiringFlagsForUser(PROJECT, user, ENVIRONMENT)).data.items;

// LaunchDarkly's PATCH wants the id of a variation; an expiration made by `/v1` tells it.
async function variationId(user) {
  const path = `/v1/projects/${PROJECT}/environments/${ENVIRONMENT}/users/${encodeURIComponent(user)}/flags/${FLAG}`;
  const answer = await fetch(url + path, {
    method: "PUT",
    headers: { Authorization: `Bearer ${process.env.FLAGWARD_WRITER_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ setting: "price", expires_in: "2h" }),
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(answer.status, 200, await answer.text());
  const items = await expirations(user);
  assert.deepEqual(items.map((item) => item._resourceId.flagKey), [FLAG]);
  return items[0].variationId;
}

async function patch(user, contentType, instruction) {
  const body = { comment: "by the official client", instructions: [{ flagKey: FLAG, ...instruction }] };
  const options = { headers: { "Content-Type": contentType } };
  const answer = await writer.patchExpiringFlagsForUser(PROJECT, user, ENVIRONMENT, body, options);
  assert.equal(answer.status, 200);
  assert.equal(answer.data.totalInstructions, 1);
  assert.equal((answer.data.errors ?? []).length, answer.data.failedInstructions);
  return answer.data;
}

// List, read, set and clear.
async function settingsOf(user) {
  await put(user, FLAG, { setting: null });
  const { items } = (await reader.getUserFlagSettings(PROJECT, ENVIRONMENT, user)).data;
  for (const flag of [FLAG, "checkout.limit", "theme.config"]) assert.ok(flag in items, `${flag} is in the list`);
  assert.equal(items[FLAG].setting, null);
  await put(user, FLAG, { setting: "newest", comment: "by the official client" });
  const one = await setting(user, FLAG);
  assert.deepEqual([one._value, one.setting, one.reason.kind], ["newest", "newest", "TARGET_MATCH"]);
  await put(user, FLAG, {});
  assert.equal((await setting(user, FLAG)).setting, null);
}

// Every kind of value comes back as it was sent.
async function kindsOfValues(user) {
  const values = {
    "checkout.new-flow": [true, false],
    "checkout.limit": [1, 2],
    "banner.text": ["", 'Grüße, "friend"'],
    "theme.config": [{ name: "light", contrast: 1, accents: ["#08f", null] }],
  };
  for (const [flag, variations] of Object.entries(values)) {
    for (const value of variations) {
      await put(user, flag, { setting: value });
      assert.deepEqual((await setting(user, flag)).setting, value);
    }
    await put(user, flag, { setting: null });
    assert.equal((await setting(user, flag)).setting, null);
  }
}

// Update, a lost race, remove, add.
async function expirationsOf(user, contentType) {
  const variation = { variationId: await variationId(user) };
  const update = { kind: "updateExpireUserTargetDate", ...variation, version: 1 };
  assert.equal((await patch(user, contentType, { ...update, value: EARLIER })).successfulInstructions, 1);
  const [item] = await expirations(user);
  assert.deepEqual([item.expirationDate, item._version, item.userKey], [EARLIER, 2, user]);
  assert.equal((await patch(user, contentType, { ...update, value: LATER })).failedInstructions, 1);
  const removed = await patch(user, contentType, { kind: "removeExpireUserTargetDate", ...variation });
  assert.equal(removed.successfulInstructions, 1);
  assert.deepEqual(await expirations(user), []);
  assert.equal((await setting(user, FLAG)).setting, "price");
  const added = await patch(user, contentType, { kind: "addExpireUserTargetDate", ...variation, value: LATER });
  assert.deepEqual(added.items.map((item) => item.expirationDate), [LATER]);
  await put(user, FLAG, { setting: null });
}

async function refused(what, call, status, code) {
  const refusal = await call().then(() => assert.fail(`${what}: was not refused`), (error) => error.response ?? error);
  assert.equal(refusal.status, status, what);
  assert.equal(refusal.data.code, code, what);
  assert.ok(refusal.data.message, what);
}

async function refusals() {
  const user = USERS[0];
  const get = (...path) => () => reader.getUserFlagSetting(...path);
  const keys = { "no token": "nonsense", "a LaunchDarkly key": "api-00000000-0000-4000-8000-000000000000" };
  for (const [what, key] of Object.entries(keys)) {
    await refused(what, () => client(key).getUserFlagSettings(PROJECT, ENVIRONMENT, user), 401, "unauthorized");
  }
  const readersPut = () => reader.putFlagSetting(PROJECT, ENVIRONMENT, user, FLAG, { setting: "price" });
  await refused("another team's project", get("bank", "production", user, FLAG), 403, "forbidden");
  await refused("a project that is not there", get("nowhere", ENVIRONMENT, user, FLAG), 403, "forbidden");
  await refused("a reader's PUT", readersPut, 403, "forbidden");
  await refused("an unknown flag", get(PROJECT, ENVIRONMENT, user, "no.such.flag"), 404, "not_found");
  await refused("an unknown environment", get(PROJECT, "no-such-environment", user, FLAG), 400, "invalid_request");
  await refused("a value that is no variation", () => put(user, FLAG, { setting: "cheapest" }), 400, "invalid_request");
  await refused("text for a boolean", () => put(user, "checkout.new-flow", { setting: "true" }), 400, "invalid_request");
  assert.equal((await setting(user, FLAG)).setting, null);
}

async function main() {
  for (const user of USERS) {
    await settingsOf(user);
    for (const contentType of CONTENT_TYPES) await expirationsOf(user, contentType);
    console.log(`ok: settings and expirations of ${user}`);
  }
  await kindsOfValues(USERS[0]);
  console.log("ok: every kind of value");
  await refusals();
  console.log("ok: what is refused");
}

await main().catch((error) => {
  // An axios error prints itself on a thousand lines; these three say it.
  const { config, response } = error;
  if (config) console.error(config.method, config.url, config.data ?? "");
  if (response) console.error(response.status, JSON.stringify(response.data));
  console.error(error.stack);
  process.exitCode = 1;
});
