// Opens a bundle in ReplayWeb.page and prints the text of the page that it shows.
// node replay.mjs TOOLS BUNDLE URL TIMESTAMP [TEXT]: waits for TEXT, or for any. TOOLS with playwright-core/ and replaywebpage/ in it.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [tools, bundle, url, timestamp, wanted = ""] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(join(tools, "playwright-core"));
const page = `<!doctype html><meta charset="utf-8"><script src="/ui.js"></script>
<replay-web-page source="/bundle.wacz" url="${url}" ts="${timestamp}" replayBase="/replay/" embed="replayonly"></replay-web-page>`;
const script = (name) => ["text/javascript", readFileSync(join(tools, "replaywebpage", name))];
const files = {
  "/": ["text/html", Buffer.from(page)],
  "/ui.js": script("ui.js"),
  "/replay/sw.js": script("sw.js"),
  "/bundle.wacz": ["application/wacz", readFileSync(bundle)],
};

const server = createServer((request, response) => {
  const file = files[request.url.split("?")[0]];
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  const [type, bytes] = file;
  const head = { "Content-Type": type, "Accept-Ranges": "bytes" };
  const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  if (!asked) {
    response.writeHead(200, { ...head, "Content-Length": bytes.length });
    response.end(request.method === "HEAD" ? undefined : bytes);
    return;
  }
  const from = asked[1] ? Number(asked[1]) : bytes.length - Number(asked[2]);
  const to = asked[1] && asked[2] ? Math.min(Number(asked[2]), bytes.length - 1) : bytes.length - 1;
  const part = bytes.subarray(from, to + 1);
  response.writeHead(206, {
    ...head,
    "Content-Length": part.length,
    "Content-Range": `bytes ${from}-${to}/${bytes.length}`,
  });
  response.end(part);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

const browser = await chromium.launch({
  executablePath: process.env.TAZY_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
try {
  const tab = await browser.newPage();
  // Nothing but this server is asked.
  await tab.route(/^(?!http:\/\/127\.0\.0\.1)/, (route) => route.abort());
  tab.on("console", (message) => console.error("console:", message.text()));
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  const until = Date.now() + 90000;
  let again = Date.now() + 20000;
  let text = "";
  while (Date.now() < until) {
    // A service worker that came up late on a busy machine has missed the frame's first request.
    if (Date.now() > again) {
      again += 20000;
      await tab.reload();
    }
    for (const frame of tab.frames()) {
      if (!frame.url().includes("mp_/")) continue;
      const read = frame.evaluate(() => document.body?.innerText ?? "");
      text = (await read.catch((error) => (console.error(String(error)), ""))).trim();
    }
    if (text && text.includes(wanted)) break;
    await tab.waitForTimeout(250);
  }
  console.log(text);
  process.exitCode = text ? 0 : 1;
} finally {
  await browser.close();
  server.close();
}
