import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { makeCertificate } from "../test/make-certificate.ts";
import { openSecureWebServer, openWebServer } from "../test/open-web-server.ts";
import type { WebFetcherOptions } from "./create-web-fetcher.ts";
import { createWebFetcher } from "./create-web-fetcher.ts";

const call = () => ({ signal: AbortSignal.timeout(15_000) });

async function fetchText(url: string, options: WebFetcherOptions): Promise<string> {
  const chunks: Uint8Array[] = [];
  const receive = async ({ body }: { readonly body: AsyncIterable<Uint8Array> }) => {
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return await createWebFetcher(options).fetch(url, receive, call());
}

const good = makeCertificate();

describe("a server that shows a certificate", () => {
  it("which is trusted is read", async () => {
    await using server = await openSecureWebServer(good, (_, reply) => reply.end("safe"));
    const options = { privateHosts: [server.host], trustedCertificates: good.cert };
    expect(await fetchText(server.origin, options)).toBe("safe");
  });

  const expired = makeCertificate({ validUntil: new Date(Date.now() - 3_600_000) });
  const elsewhere = makeCertificate({ address: "192.0.2.1" });
  it.each([
    { what: "nobody vouches for", shown: good, trusted: undefined, cause: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    { what: "has ended", shown: expired, trusted: expired.cert, cause: "CERT_HAS_EXPIRED" },
    { what: "is another's", shown: elsewhere, trusted: elsewhere.cert, cause: "ERR_TLS_CERT_ALTNAME_INVALID" },
  ])("which $what is sent no request", async ({ shown, trusted, cause }) => {
    let requests = 0;
    await using server = await openSecureWebServer(shown, (_, reply) => {
      requests += 1;
      reply.end("text");
    });
    const trust = trusted === undefined ? {} : { trustedCertificates: trusted };
    await expect(fetchText(server.origin, { privateHosts: [server.host], ...trust })).rejects.toMatchObject({
      code: "ADDRESS_UNREACHABLE",
      cause: { code: cause },
    });
    expect(requests).toBe(0);
  });

  it("which redirects to a connection that anyone can read is not followed", async () => {
    let requests = 0;
    await using open = await openWebServer((_, reply) => {
      requests += 1;
      reply.end("text");
    });
    await using server = await openSecureWebServer(good, (_, reply) =>
      reply.writeHead(302, { location: open.origin }).end(),
    );
    const options = { privateHosts: [server.host, open.host], trustedCertificates: good.cert };
    await expect(fetchText(server.origin, options)).rejects.toMatchObject({
      code: "ADDRESS_REFUSED",
      details: { reason: "downgrade" },
    });
    expect(requests).toBe(0);
  });

  it("never is waited for no longer than the page", async () => {
    const server = createServer((socket) => socket.on("error", () => undefined)); // takes connections, says nothing
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { privateHosts: [host], timeoutMs: 300, connectTimeoutMs: 60_000 };
    await expect(fetchText(`https://${host}/`, options)).rejects.toMatchObject({ code: "ADDRESS_UNREACHABLE" });
    server.close();
  });
});
