// Opens /docs of a demo as a person would: puts a token into the box, tries operations, reads the answers.
//
// Run by tests/tools/with-demo. The pictures are left in target/reports.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

// `require` looks where NODE_PATH says, `import` would not.
const { chromium } = createRequire(import.meta.url)("playwright-core");

const { FLAGWARD_URL: url, FLAGWARD_WRITER_TOKEN: token, REPORTS: reports, CHROMIUM: executablePath } = process.env;
// How long the page may take for any one thing, in milliseconds.
const PATIENCE = 20_000;

// One operation, tried from the page: its parameters filled in, "Execute" pressed, its answer read.
async function tryOperation(page, path, parameters) {
  const operation = page.locator(".opblock-get", { has: page.locator(`[data-path="${path}"]`) });
  await operation.locator(".opblock-summary-control").first().click();
  await operation.locator(".try-out__btn").click();
  for (const [name, value] of Object.entries(parameters)) {
    await operation.locator(`tr[data-param-name="${name}"] input`).first().fill(value);
  }
  await operation.locator(".execute").click();
  const answer = operation.locator(".live-responses-table tr.response").first();
  const status = (await answer.locator(".response-col_status").innerText()).trim();
  const text = await answer.locator(".highlight-code code").first().innerText();
  console.log(`ok: GET ${path} answered ${status} on the page`);
  assert.match(status, /^200\b/, text);
  return JSON.parse(text);
}

async function look(page) {
  await page.goto(`${url}/docs`);
  await page.locator(".swagger-ui .opblock").first().waitFor();
  await page.screenshot({ path: `${reports}/docs.png` });

  await page.locator(".auth-wrapper .btn.authorize").click();
  await page.locator(".auth-container input").first().fill(token);
  await page.locator(".auth-container .btn.authorize").first().click();
  await page.locator(".auth-container .btn-done").first().click();

  const me = await tryOperation(page, "/v1/whoami", {});
  assert.equal(typeof me.subject, "string");
  const place = { project: "shop", environment: "test", user: "anna@example.com", flag: "sort.order" };
  const flag = await tryOperation(
    page,
    "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
    place,
  );
  assert.equal(flag.flag, "sort.order");
  await page.screenshot({ path: `${reports}/docs-tried.png`, fullPage: true });
}

async function main(page) {
  page.setDefaultTimeout(PATIENCE);
  const elsewhere = [];
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => {
    const own = request.url().startsWith(`${url}/`) || /^(data|blob):/.test(request.url());
    if (!own) elsewhere.push(request.url());
  });
  try {
    await look(page);
  } catch (error) {
    await page.screenshot({ path: `${reports}/docs-failed.png`, fullPage: true });
    throw new Error(`${error.message}\n${errors.join("\n")}\nsee ${reports}/docs-failed.png`);
  }
  assert.deepEqual(elsewhere, [], "the page asks nobody but the gateway");
  assert.deepEqual(errors, [], "the page's scripts run without errors");
  console.log(`ok: pictures are in ${reports}`);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], timeout: PATIENCE });
try {
  await main(await browser.newPage({ viewport: { width: 1280, height: 1000 } }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}
