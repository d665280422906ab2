import { describe, expect, it } from "vitest";
import { openNameServer } from "../test/open-name-server.ts";
import { createWebFetcher } from "./create-web-fetcher.ts";

const readNothing = () => Promise.resolve("read");
const patient = () => ({ signal: AbortSignal.timeout(15_000) });

describe("a name server", () => {
  it.each([
    ["a private address", { a: "10.0.0.7" }],
    ["a public address and a private one", { a: "8.8.8.8", aaaa: "fd00::1" }],
    ["this machine in IPv6", { aaaa: "::1" }],
  ])("that answers with %s gets no connection", async (_what, records) => {
    await using server = await openNameServer({ "page.example": records });
    const fetcher = createWebFetcher({ resolve: server.resolve });
    const refusal = { code: "ADDRESS_REFUSED", details: { reason: "not_public" } };
    await expect(fetcher.fetch("http://page.example/", readNothing, patient())).rejects.toMatchObject(refusal);
    expect(server.questions).toEqual(["page.example", "page.example"]); // once for each kind of address
  });

  it("that knows no such name makes the address unreachable", async () => {
    await using server = await openNameServer({});
    const fetcher = createWebFetcher({ resolve: server.resolve });
    const failure = { code: "ADDRESS_UNREACHABLE", cause: { code: "ENOTFOUND" } };
    await expect(fetcher.fetch("http://page.example/", readNothing, patient())).rejects.toMatchObject(failure);
  });

  it("that does not answer is waited for no longer than the page", async () => {
    await using server = await openNameServer({ "slow.example": "silence" });
    const fetcher = createWebFetcher({ resolve: server.resolve, timeoutMs: 300, connectTimeoutMs: 60_000 });
    const failure = { code: "ADDRESS_UNREACHABLE", cause: { name: "TimeoutError" } };
    await expect(fetcher.fetch("http://slow.example/", readNothing, patient())).rejects.toMatchObject(failure);
    expect(server.waiting()).toBe(1);
  });

  it("that does not answer is waited for no longer than the caller does", async () => {
    await using server = await openNameServer({ "slow.example": "silence" });
    const fetcher = createWebFetcher({ resolve: server.resolve, timeoutMs: 60_000, connectTimeoutMs: 60_000 });
    const caller = new AbortController();
    const fetching = fetcher.fetch("http://slow.example/", readNothing, { signal: caller.signal });
    const reason = new Error("the caller left");
    setTimeout(() => caller.abort(reason), 50);
    await expect(fetching).rejects.toBe(reason);
    expect(server.waiting()).toBe(1);
  });
});
