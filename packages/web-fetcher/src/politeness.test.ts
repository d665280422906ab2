import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { openWebServer } from "../test/open-web-server.ts";
import { createPoliteWebFetcher } from "./create-web-fetcher.ts";
import type { PolitenessOptions } from "./politeness.ts";

const call = () => ({ signal: AbortSignal.timeout(20_000) });

async function lengthOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of body) length += piece.byteLength;
  return length;
}

/** A site with this robots.txt (a status without one), and the times at which its pages were asked for. */
async function openSite(robots: string | number, answer?: (request: IncomingMessage, reply: ServerResponse) => void) {
  const asked: { url: string; atMs: number }[] = [];
  const server = await openWebServer((request, reply) => {
    asked.push({ url: request.url ?? "", atMs: performance.now() });
    if (request.url !== "/robots.txt") return answer === undefined ? reply.end("page") : answer(request, reply);
    if (typeof robots === "number") return reply.writeHead(robots).end();
    return reply.end(robots);
  });
  return {
    asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    fetcher(options: PolitenessOptions = {}) {
      const polite = createPoliteWebFetcher({ privateHosts: [server.host], hostGapMs: 0, ...options });
      return (path: string) => polite.fetch(server.origin + path, async ({ body }) => lengthOf(body), call());
    },
  };
}

const forbids = (reason: string) => expect.objectContaining({ code: "ADDRESS_FORBIDS_ROBOTS", details: { reason } });

it("asks for robots.txt once, and not for what it forbids", async () => {
  await using site = await openSite("user-agent: *\ndisallow: /secret");
  const take = site.fetcher();
  await expect(take("/secret/a")).rejects.toEqual(forbids("disallowed"));
  await take("/open");
  await take("/also");
  expect(site.asked.map(({ url }) => url)).toEqual(["/robots.txt", "/open", "/also"]);
});

it("follows no redirect to what it forbids", async () => {
  await using site = await openSite(
    "user-agent: larder\ndisallow: /secret",
    (_request, reply) => void reply.writeHead(302, { location: "/secret" }).end(),
  );
  await expect(site.fetcher()("/open")).rejects.toEqual(forbids("disallowed"));
  expect(site.asked.map(({ url }) => url)).not.toContain("/secret");
});

it.each([404, 401])("takes a robots.txt that is not there (%i) for one that allows all", async (status) => {
  await using site = await openSite(status);
  expect(await site.fetcher()("/a")).toBe(4);
});

it("takes nothing from a site that cannot say what it forbids, and asks again later", async () => {
  await using site = await openSite(503);
  const take = site.fetcher();
  await expect(take("/a")).rejects.toEqual(forbids("robots_unavailable"));
  await expect(take("/a")).rejects.toEqual(forbids("robots_unavailable"));
  expect(site.asked.map(({ url }) => url)).toEqual(["/robots.txt", "/robots.txt"]);
});

const gapsOf = (asked: readonly { url: string; atMs: number }[]) => {
  const pages = asked.filter(({ url }) => url !== "/robots.txt").map(({ atMs }) => atMs);
  return pages.slice(1).map((atMs, i) => atMs - (pages[i] ?? 0));
};

it.each([
  { what: "its own pace", robots: "", options: { hostGapMs: 60 } },
  { what: "the site's", robots: "user-agent: *\ncrawl-delay: 0.06", options: { hostGapMs: 0 } },
  { what: "the site's up to its limit", robots: "user-agent: *\ncrawl-delay: 900", options: { crawlDelayMsMax: 60 } },
])("keeps to $what, also when all come at once", async ({ robots, options }) => {
  await using site = await openSite(robots);
  const take = site.fetcher(options);
  await Promise.all(["/1", "/2", "/3", "/4"].map(take));
  // Arrivals are those of the server: a request may be a little late, and the next one seem early by as much.
  expect(gapsOf(site.asked).reduce((sum, gap) => sum + gap, 0)).toBeGreaterThan(3 * 60 - 50);
});

it("sends who would wait too long away, with the time to come again", async () => {
  await using site = await openSite("");
  const take = site.fetcher({ hostGapMs: 30_000, turnWaitMsMax: 10_000 });
  await take("/1");
  const refusal = await take("/2").catch((thrown: unknown) => thrown);
  expect(refusal).toMatchObject({ code: "QUEUE_FULL" });
  expect((refusal as { details: { retryAfterMs: number } }).details.retryAfterMs).toBeGreaterThan(10_000);
});
