import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { createApi } from "../create-api.ts";

const files = new Map<string, string | Buffer>();
const server = createServer((request, reply) => {
  const file = files.get(request.url ?? "");
  if (file === undefined) reply.writeHead(404).end();
  else reply.end(file);
});
let origin: string;
let larder: TestLarder;
let app: ReturnType<typeof createApi>;
beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `http://${host}`;
  larder = await openTestLarder({ privateHosts: [host] });
  app = createApi(larder, { limits: { sitemapFilesMax: 3, sitemapPagesMax: 100 } });
});
afterAll(async () => {
  await larder[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

const pagesOf = z.looseObject({ urls: z.array(z.string()).default([]), code: z.string().optional() });
async function list(path: string, more: object = {}) {
  const body = JSON.stringify({ url: path.startsWith("http") ? path : origin + path, ...more });
  const headers = { "content-type": "application/json" };
  const reply = pagesOf.parse(await (await app.request("/v1/sitemaps", { method: "POST", body, headers })).json());
  return { ...reply, urls: reply.urls.map((url) => url.replace(origin, "")) };
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';
const urlset = (...paths: string[]) =>
  `${declaration}<urlset ${namespace}>${paths
    .map((path) => `<url><loc>\n ${/^[a-z]+:/.test(path) ? path : origin + path} </loc><priority>1</priority></url>`)
    .join("")}</urlset>`;
const index = (...paths: string[]) =>
  `${declaration}<sitemapindex ${namespace}>${paths.map((path) => `<sitemap><loc>${origin}${path}</loc></sitemap>`).join("")}</sitemapindex>`;

it("lists the pages of its host, each once and without fragments", async () => {
  files.set(
    "/a.xml",
    urlset("/1", "/2?x=1&amp;y=2", "/1#top", "https://elsewhere.example/3", "javascript:x", "http://"),
  );
  expect(await list("/a.xml")).toEqual({
    urls: ["/1", "/2?x=1&y=2"],
    left_out: 3,
    left_out_reasons: { other_host: 1, no_address: 2, nested_index: 0 },
    is_cut: false,
  });
});

it("lists those of packed files, of lines and of files without a namespace", async () => {
  files.set("/packed.xml.gz", gzipSync(urlset("/p")));
  files.set("/lines.txt", `${origin}/l1\r\n\r\n${origin}/l2\n`);
  files.set("/plain.xml", `<urlset><url><loc>${origin}/n</loc></url></urlset>`);
  const image = '<image:image xmlns:image="http://i"><image:loc>http://i/i.png</image:loc></image:image>';
  files.set("/image.xml", urlset("/i").replace("<priority>", `${image}<priority>`));
  expect((await list("/packed.xml.gz")).urls).toEqual(["/p"]);
  expect((await list("/lines.txt")).urls).toEqual(["/l1", "/l2"]);
  expect((await list("/plain.xml")).urls).toEqual(["/n"]);
  expect((await list("/image.xml")).urls).toEqual(["/i"]);
});

it("follows an index once, up to the limit of files", async () => {
  files.set("/i.xml", index("/i1.xml", "/nested.xml", "/i2.xml"));
  files.set("/i1.xml", urlset("/1", "/2"));
  files.set("/i2.xml", urlset("/never: the third file of two"));
  files.set("/nested.xml", index("/i1.xml"));
  expect(await list("/i.xml")).toEqual({
    urls: ["/1", "/2"],
    left_out: 1,
    left_out_reasons: { other_host: 0, no_address: 0, nested_index: 1 },
    is_cut: true,
  });
});

it("stops at the most pages that were asked for", async () => {
  files.set("/many.xml", urlset("/1", "/2", "/3"));
  expect(await list("/many.xml", { pages_max: 2 })).toMatchObject({ urls: ["/1", "/2"], left_out: 0, is_cut: true });
  expect(await list("/many.xml", { pages_max: 101 })).toMatchObject({ code: "REQUEST_INVALID" });
});

it.each([
  { what: "a page", file: "<html><body>x</body></html>", code: "DOCUMENT_MALFORMED" },
  { what: "broken XML", file: "<urlset><url>", code: "DOCUMENT_MALFORMED" },
  { what: "entities", file: '<!DOCTYPE u [<!ENTITY a "b">]><urlset>&a;</urlset>', code: "DOCUMENT_MALFORMED" },
  { what: "a bomb", file: gzipSync(Buffer.alloc(3_000_000, "<a>")), code: "DOCUMENT_TOO_LARGE" },
  { what: "endless depth", file: "<urlset>".repeat(600), code: "DOCUMENT_TOO_LARGE" },
])("refuses $what", async ({ file, code }) => {
  files.set("/bad.xml", file);
  expect(await list("/bad.xml")).toMatchObject({ code, urls: [] });
});

it("says what the site answered when it gives no sitemap", async () => {
  expect(await list("/none.xml")).toMatchObject({ code: "ADDRESS_ANSWERED_ERROR", status: 502, site_status: 404 });
});

it("asks no address that only this machine may ask", async () => {
  expect(await list("http://127.0.0.1:1/s.xml")).toMatchObject({ code: "ADDRESS_REFUSED" });
});
