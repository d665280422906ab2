import diagnostics from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { startFakeProvider } from "@larder/testkit";
import { expect, it } from "vitest";
import { connect, entryOf, fakeModels, readAll, requestFor, routerOver } from "../../test/router-fixtures.ts";

const call = () => ({ signal: AbortSignal.timeout(20_000) });
const start = (answer = { deltas: ["Cool."] }) => startFakeProvider({ models: fakeModels, answer: () => answer });

it("the saver asks the cheapest, then the next cheapest", async () => {
  await using provider = await startFakeProvider({
    models: fakeModels,
    answer: ({ model }) =>
      model === "m-mini" ? { deltas: [], fault: { kind: "status", status: 503 } } : { deltas: ["Cool."] },
  });
  const { router } = routerOver([connect(provider)]);
  const { last } = await readAll(router.generate(requestFor({ persona: "cost_min" }), call()));
  expect(last).toMatchObject({ route: { attempts: [{ model: "m-mini" }, { model: "m-small", outcome: "answered" }] } });
});

it("the hedger leaves a provider that is slow to begin, for another one, and says when there is none", async () => {
  await using slow = await startFakeProvider({
    models: fakeModels,
    answer: () => ({ deltas: [], fault: { kind: "stall_before_headers" } }),
  });
  await using quick = await start();
  const entries = [
    entryOf("m-mini", "0.1", "0.4"),
    entryOf("m-small", "0.2", "0.8"),
    entryOf("m-large", "2", "8", { provider: "other" }),
  ];
  const { router } = routerOver([connect(slow), connect(quick, "other")], entries, { limits: { firstTextMs: 200 } });
  const { last } = await readAll(router.generate(requestFor({ persona: "risk_hedge" }), call()));
  expect(last).toMatchObject({
    kind: "answered",
    route: {
      chosen: { provider: "other" },
      attempts: [{ provider: "acme", error: { code: "PROVIDER_TIMED_OUT" } }, { provider: "other" }],
    },
  });
  const { router: alone } = routerOver([connect(quick, "other")], entries.slice(2));
  const { last: one } = await readAll(alone.generate(requestFor({ persona: "risk_hedge" }), call()));
  expect(one?.kind === "answered" && one.route.reason).toContain("Only other can be asked");
});

it("the specialist keeps to one pinned model at temperature 0 with a seed, and is told of its end", async () => {
  await using provider = await start();
  const retiresOn = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const { router } = routerOver(
    [connect(provider)],
    [entryOf("m-mini", "0.1", "0.4", { retiresOn }), entryOf("m-small", "0.2", "0.8")],
  );
  const unpinned = await readAll(router.generate(requestFor({ persona: "specialist" }), call()));
  expect(unpinned.last).toMatchObject({
    kind: "unanswered",
    route: { candidates: [{ refusals: [{ code: "model_not_pinned" }] }, {}] },
  });
  expect(provider.arrivals).toBe(0);
  const { last } = await readAll(
    router.generate(requestFor({ persona: "specialist", models: ["acme/m-mini"] }), call()),
  );
  expect(provider.records[0]?.request.body).toMatchObject({
    model: "m-mini",
    temperature: 0,
    seed: expect.any(Number),
  });
  const reason = last?.kind === "answered" ? last.route.reason : "";
  expect(reason).toContain(`Alarm: the provider serves m-mini until ${retiresOn}`);
  expect(reason).toContain("m-mini names no snapshot");
});

it("the sovereign opens no socket but to the local model, whatever fails", async () => {
  await using remote = await start();
  await using home = await startFakeProvider({
    models: fakeModels,
    answer: () => ({ deltas: [], fault: { kind: "status", status: 500 } }),
  });
  const sockets: Socket[] = [];
  const onSocket = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
  diagnostics.subscribe("net.client.socket", onSocket);
  try {
    const local = entryOf("m-large", "0", "0", { provider: "home", isLocal: true });
    const { router } = routerOver([connect(remote), connect(home, "home")], [entryOf("m-mini", "0.1", "0.4"), local]);
    const { last } = await readAll(router.generate(requestFor({ persona: "sovereign", isLocalOnly: false }), call()));
    if (last?.kind !== "unanswered") throw new Error(last?.kind);
    expect(new Set(last.route.attempts.map(({ provider }) => provider))).toEqual(new Set(["home"]));
    const homePort = Number(new URL(home.url).port);
    expect(sockets.length).toBeGreaterThan(0);
    expect(sockets.map(({ remotePort }) => remotePort ?? homePort).every((port) => port === homePort)).toBe(true);
    const opened = sockets.length;
    const { router: none } = routerOver([connect(remote)], [entryOf("m-mini", "0.1", "0.4")]);
    await readAll(none.generate(requestFor({ persona: "sovereign" }), call()));
    expect(sockets.length).toBe(opened);
    expect(remote.arrivals).toBe(0);
  } finally {
    diagnostics.unsubscribe("net.client.socket", onSocket);
  }
});
