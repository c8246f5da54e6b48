// Slack's official framework for JavaScript, unchanged, takes what Flagward signs and nothing that was changed.
//
// FLAGWARD_SLACK_SIGNED names a file of random bodies that Flagward has signed, which the test `slack_signatures` leaves
// behind. The first thing that is not as it should be ends the run.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// `require` looks where NODE_PATH says, `import` would not.
const { verifySlackRequest } = createRequire(import.meta.url)("@slack/bolt");

const { secret, signed } = JSON.parse(readFileSync(process.env.FLAGWARD_SLACK_SIGNED, "utf8"));

function verify(body, timestamp, signature) {
  verifySlackRequest({
    signingSecret: secret,
    body,
    headers: { "x-slack-signature": signature, "x-slack-request-timestamp": Number(timestamp) },
    nowMilliseconds: Number(timestamp) * 1000,
  });
}

assert.ok(signed.length > 0);
for (const { body, timestamp, signature } of signed) {
  verify(body, timestamp, signature);
  assert.throws(() => verify(`${body} `, timestamp, signature), /signature mismatch/);
  assert.throws(() => verify(body, timestamp - 1, signature), /signature mismatch/);
}
console.log(`ok: ${signed.length} bodies that Flagward signed`);
