import { gzipSync } from "node:zlib";
import type { FetchedPage } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { describe, expect, it } from "vitest";
import { openWebServer } from "../test/open-web-server.ts";
import type { WebFetcherOptions } from "./create-web-fetcher.ts";
import { createWebFetcher } from "./create-web-fetcher.ts";

const call = () => ({ signal: AbortSignal.timeout(20_000) });

async function textOf(page: FetchedPage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of page.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const fetchText = (url: string, options: WebFetcherOptions = {}) =>
  createWebFetcher({ timeoutMs: 5_000, ...options }).fetch(url, textOf, call());

const refusal = (reason: string) => expect.objectContaining({ code: "ADDRESS_REFUSED", details: { reason } });
const failure = (code: string) => expect.objectContaining({ code });

describe("an address that must not be asked", () => {
  it.each([
    ["http://127.1/", "not_public"],
    ["http://0x7f.1/", "not_public"],
    ["http://0177.0.0.1/", "not_public"],
    ["http://2130706433/", "not_public"],
    ["http://0/", "not_public"],
    ["http://0.0.0.0/", "not_public"],
    ["http://[::]/", "not_public"],
    ["http://[::1]/", "not_public"],
    ["http://[::ffff:127.0.0.1]/", "not_public"],
    ["http://[::ffff:a9fe:a9fe]/", "not_public"],
    ["http://[::ffff:0:7f00:1]/", "not_public"],
    ["http://[64:ff9b::7f00:1]/", "not_public"],
    ["http://[2002:7f00:1::]/", "not_public"],
    ["http://１２７。０。０。１/", "not_public"],
    ["http://%31%32%37.0.0.1/", "not_public"],
    ["http:127.0.0.1", "not_public"],
    ["http:///127.0.0.1", "not_public"],
    ["http://169.254.169.254/latest/meta-data/", "not_public"],
    ["http://100.100.100.200/", "not_public"],
    ["http://[fd00:ec2::254]/", "not_public"],
    ["http://user@127.0.0.1/", "credentials"],
    ["http://:secret@example.com/", "credentials"],
    ["file:///etc/passwd", "scheme"],
    ["ftp://example.com/a", "scheme"],
    ["gopher://example.com/", "scheme"],
    ["data:text/plain,hello", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["http://example.com:22/", "port"],
    ["http://example.com:25/", "port"],
    ["http://example.com:6379/", "port"],
    ["http://example.com:8787/", "port"],
    ["not an address", "not_an_address"],
    ["http://", "not_an_address"],
  ])("%s is refused: %s", async (url, reason) => {
    const resolve = () => Promise.reject(new Error("no name is looked up"));
    await expect(fetchText(url, { resolve })).rejects.toEqual(refusal(reason));
  });

  it("is refused behind a backslash that another reader takes for a path", async () => {
    const seen: string[] = [];
    const resolve = (name: string) => {
      seen.push(name);
      return Promise.reject(new Error("unknown name"));
    };
    await expect(fetchText("http://example.com\\@127.0.0.1/", { resolve })).rejects.toEqual(
      failure("ADDRESS_UNREACHABLE"),
    );
    expect(seen).toEqual(["example.com"]); // the host that is asked is the host that was checked
  });

  it.each(["localhost", "localhost.", "127.0.0.1.nip.io"])("%s is refused by what it stands for", async (name) => {
    const resolve = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
    await expect(fetchText(`http://${name}/`, { resolve })).rejects.toEqual(refusal("not_public"));
  });

  it("is refused when one of its addresses is private", async () => {
    const resolve = () =>
      Promise.resolve([
        { address: "8.8.8.8", family: 4 },
        { address: "fd00::1", family: 6 },
      ]);
    await expect(fetchText("http://both.example/", { resolve })).rejects.toEqual(refusal("not_public"));
  });

  it("is looked up once for each connection, so that a second answer changes nothing", async () => {
    let lookups = 0;
    const resolve = () => {
      lookups += 1;
      return Promise.resolve([{ address: lookups === 1 ? "192.0.2.1" : "127.0.0.1", family: 4 }]);
    };
    await expect(fetchText("http://rebind.example/", { resolve })).rejects.toEqual(refusal("not_public"));
    expect(lookups).toBe(1);
  });
});

describe("a redirect", () => {
  it.each([
    ["http://169.254.169.254/", "not_public"],
    ["//127.0.0.1:1/", "port"],
    ["file:///etc/passwd", "scheme"],
    ["http://user:word@example.com/", "credentials"],
  ])("to %s is refused: %s", async (location, reason) => {
    await using server = await openWebServer((_, reply) => reply.writeHead(302, { location }).end());
    await expect(fetchText(server.origin, { privateHosts: [server.host] })).rejects.toEqual(refusal(reason));
  });

  it("in a loop ends", async () => {
    let requests = 0;
    await using server = await openWebServer((_, reply) => {
      requests += 1;
      reply.writeHead(307, { location: "/again" }).end();
    });
    await expect(fetchText(server.origin, { privateHosts: [server.host] })).rejects.toEqual(refusal("redirects"));
    expect(requests).toBe(6);
  });

  it("is followed, and the page knows where it came from", async () => {
    await using server = await openWebServer((request, reply) => {
      if (request.url === "/old") reply.writeHead(301, { location: "/new/a%20b.txt?x#part" }).end();
      else reply.writeHead(200, { "content-type": "Text/Plain; charset=utf-8" }).end("moved");
    });
    const fetcher = createWebFetcher({ privateHosts: [server.host] });
    const page = await fetcher.fetch(
      `${server.origin}/old`,
      async ({ url, mediaType, fileName, body }) => ({
        url,
        mediaType,
        fileName,
        text: await textOf({ url, mediaType, body }),
      }),
      call(),
    );
    const url = `${server.origin}/new/a%20b.txt?x`;
    expect(page).toEqual({ url, mediaType: "text/plain", fileName: "a b.txt", text: "moved" });
  });
});

describe("an answer", () => {
  const limited = (host: string): WebFetcherOptions => ({ privateHosts: [host], bytesMax: 100_000, timeoutMs: 1_000 });

  it("that decodes to more than the limit is stopped there", async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000));
    await using server = await openWebServer((_, reply) =>
      reply.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );
    expect(bomb.length).toBeLessThan(100_000);
    await expect(fetchText(server.origin, limited(server.host))).rejects.toEqual(failure("DOCUMENT_TOO_LARGE"));
  });

  it("without an end is stopped at the limit, and one that says that it is too large at once", async () => {
    await using server = await openWebServer((request, reply) => {
      if (request.url === "/declared") return void reply.writeHead(200, { "content-length": 1e9 }).flushHeaders();
      const timer = setInterval(() => reply.write(Buffer.alloc(20_000)), 1);
      reply.on("close", () => clearInterval(timer));
    });
    await expect(fetchText(server.origin, limited(server.host))).rejects.toEqual(failure("DOCUMENT_TOO_LARGE"));
    const declared = fetchText(`${server.origin}/declared`, limited(server.host));
    await expect(declared).rejects.toEqual(failure("DOCUMENT_TOO_LARGE"));
  });

  it.each([
    ["chained encodings", { "content-encoding": "gzip, gzip" }, "ADDRESS_REFUSED"],
    ["an unknown encoding", { "content-encoding": "zstd" }, "ADDRESS_REFUSED"],
    ["an encoding named like a method", { "content-encoding": "constructor" }, "ADDRESS_REFUSED"],
    ["headers of a megabyte", { "x-long": "a".repeat(1_000_000) }, "ADDRESS_UNREACHABLE"],
  ])("with %s is refused", async (_what, headers, code) => {
    await using server = await openWebServer((_, reply) => reply.writeHead(200, headers).end("text"));
    await expect(fetchText(server.origin, limited(server.host))).rejects.toEqual(failure(code));
  });

  it.each([
    ["one byte at a time", (write: (bytes: string) => void) => void setInterval(() => write("a"), 200).unref()],
    ["nothing at all", () => undefined],
  ])("that sends %s ends in time", async (_what, drip) => {
    await using server = await openWebServer((_, reply) => drip((bytes) => reply.write(bytes)));
    await expect(fetchText(server.origin, limited(server.host))).rejects.toEqual(failure("ADDRESS_UNREACHABLE"));
  });

  it("that breaks off is no document", async () => {
    await using server = await openWebServer((_, reply) => {
      reply.writeHead(200, { "content-length": 100 }).write("half");
      setTimeout(() => reply.destroy(), 20);
    });
    await expect(fetchText(server.origin, limited(server.host))).rejects.toEqual(failure("ADDRESS_UNREACHABLE"));
  });

  it("with an error says which", async () => {
    await using server = await openWebServer((_, reply) => reply.writeHead(404).end("nothing here"));
    const error = expect.objectContaining({ code: "ADDRESS_ANSWERED_ERROR", details: { siteStatus: 404 } });
    await expect(fetchText(server.origin, limited(server.host))).rejects.toEqual(error);
  });

  it("gets no cookie, credential or referrer with the request", async () => {
    let sent: object = {};
    await using server = await openWebServer((request, reply) => {
      sent = request.headers;
      reply.end("text");
    });
    await fetchText(server.origin, { privateHosts: [server.host], userAgent: "Larder/1" });
    expect(Object.keys(sent).sort()).toEqual(["accept", "accept-encoding", "connection", "host", "user-agent"]);
  });

  it("leaves what its receiver throws as it is, and ends with its caller", async () => {
    await using server = await openWebServer((_, reply) => void reply.writeHead(200).write("begun"));
    const fetcher = createWebFetcher({ privateHosts: [server.host] });
    const full = new Error("disk full");
    await expect(fetcher.fetch(server.origin, () => Promise.reject(full), call())).rejects.toBe(full);
    const stop = new AbortController();
    const reading = fetcher.fetch(server.origin, textOf, { signal: stop.signal });
    const reason = new LarderError("REQUEST_ABORTED");
    setTimeout(() => stop.abort(reason), 50);
    await expect(reading).rejects.toBe(reason);
  });
});
