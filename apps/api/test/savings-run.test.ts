import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { savingsReport } from "@larder/savings-runs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Rooms, RunBody } from "./open-rooms.ts";
import { failing, openRooms, ourPromptTokens, questions } from "./open-rooms.ts";

/** A whole run through the routes, against a provider that says what it charges, so that savings can be done by hand. */

let kept: Rooms;
beforeAll(async () => {
  kept = await openRooms();
});
afterAll(() => kept[Symbol.asyncDispose]());
const send: Rooms["send"] = (...given) => kept.send(...given);
const asked: Rooms["asked"] = () => kept.asked();
const finished: Rooms["finished"] = (id) => kept.finished(id);

describe("a run of 300 questions", () => {
  let id = "";

  it("says in a dry run what it can cost at most, and sends nothing", async () => {
    const { status, body } = await send<RunBody>("POST", "/v1/savings/runs", { ...asked(), dry_run: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: "planned", calls: 900 });
    expect(Number(body.maximum_cost_usd)).toBeGreaterThan(0);
    expect(kept.provider.arrivals).toBe(0);
    expect(await readdir(join(kept.folder, "data", "savings-runs")).catch(() => [])).toEqual([]);
  });

  it("gives exactly the savings that are worked out by hand", async () => {
    const begun = await send<RunBody>("POST", "/v1/savings/runs", asked());
    expect(begun.status).toBe(202);
    id = begun.body.id;
    const run = await finished(id);
    expect(run).toMatchObject({ state: "finished", done: 900, total: 900 });
    expect(kept.provider.arrivals).toBe(900);
    const report = savingsReport.parse(run.report);

    // Ours: 1 nano-dollar times 1,000 a token of input, 4 times that for output; the refused question costs nothing.
    const ours = questions.reduce(
      (sum, _, i) => sum + (i === failing ? 0 : ourPromptTokens(i) * 1_000 + 10 * 4_000),
      0,
    );
    const theirs = 300 * (2_000 * 1_000 + 48_000 * 50 + 10 * 4_000);
    const larderArm = report.arms.find((arm) => arm.id === "larder");
    const stuffed = report.comparisons.find(({ baseline }) => baseline === "stuff_cached");
    expect(larderArm).toMatchObject({ n: 300, failures: 1, cost_unknown: 0, cost_usd: (ours / 1e9).toFixed(9) });
    expect(stuffed?.savings?.usd?.ratio).toBe(1 - ours / theirs);
    expect(stuffed?.savings?.usd_total).toBe(((theirs - ours) / 1e9).toFixed(9));
    const ourTokens = questions.reduce((sum, _, i) => sum + (i === failing ? 0 : ourPromptTokens(i) + 10), 0);
    expect(stuffed?.savings?.tokens.ratio).toBe(1 - ourTokens / (300 * 50_010));
    expect(report).toMatchObject({ is_complete: true, basis: "measured_paired", counts: { source: "provider_usage" } });
  });

  it("counts the failure as wrong, and claims a saving only because quality is close", async () => {
    const report = savingsReport.parse((await send<RunBody>("GET", `/v1/savings/runs/${id}`)).body.report);
    const stuffed = report.comparisons.find(({ baseline }) => baseline === "stuff_cached");
    expect(stuffed).toMatchObject({ verdict: "saves", n: 300, clusters: 30 });
    expect(stuffed?.noninferior).toMatchObject({
      both_right: 299,
      only_ours: 0,
      only_theirs: 1,
      neither: 0,
      mcnemar_p: 1,
    });
    expect(report.arms.find((arm) => arm.id === "closed_book")?.quality.value).toBe(0);
    const bills = kept.provider.records.reduce((sum, { bill }) => sum + bill, 0n);
    expect(report.measurement_cost_usd).toBe((Number(bills) / 1e18).toFixed(9));
    expect(report.headline).toContain("On 300 questions");
  });

  it("is in the ledger, attempt by attempt", async () => {
    const { body } = await send<{ data: { key: string; attempts: number }[] }>("GET", "/v1/usage?group=model");
    expect(body.data.find(({ key }) => key === "acme/m")?.attempts).toBe(900);
  });

  it("was written down before the first question, without a word of document, question or answer", async () => {
    const text = await readFile(join(kept.folder, "data", "savings-runs", `${id}.jsonl`), "utf8");
    const [first = "", second = ""] = text.split("\n");
    expect(JSON.parse(first)).toMatchObject({
      form: "larder.savings-run/1",
      margin: 0.05,
      set: { questions: 300, clusters: 30 },
    });
    expect(JSON.parse(second)).toMatchObject({ kind: "asked" });
    expect(text).not.toMatch(/shelf|keeper|K\d+x\d/);
  });

  it("is the same run when it is asked for again, also by another process: nothing is sent", async () => {
    const again = await send<RunBody>("POST", "/v1/savings/runs", asked());
    expect(again.body.id).toBe(id);
    await kept.stop();
    await kept.start();
    expect((await send<RunBody>("GET", `/v1/savings/runs/${id}`)).body.state).toBe("finished");
    await send<RunBody>("POST", "/v1/savings/runs", asked());
    expect(savingsReport.parse((await finished(id)).report).run_id).toBe(id);
    expect(kept.provider.arrivals).toBe(900);
    const other = await send<RunBody>("POST", "/v1/savings/runs", { ...asked(), margin: 0.04, dry_run: true });
    expect(other.body.id).not.toBe(id);
  });
});

it("goes on where it was stopped, and asks nothing twice", async () => {
  const before = kept.provider.arrivals;
  const small = { ...asked(), questions: questions.slice(0, 60), name: "sixty" };
  const { body } = await send<RunBody>("POST", "/v1/savings/runs", small);
  await vi.waitUntil(() => kept.provider.arrivals >= before + 50, { timeout: 60_000, interval: 1 });
  await kept.stop();
  const stopped = kept.provider.arrivals;
  expect(stopped).toBeLessThan(before + 180);
  await kept.start();
  expect((await send<RunBody>("GET", `/v1/savings/runs/${body.id}`)).body.state).toBe("stopped");
  expect((await send<RunBody>("POST", "/v1/savings/runs", small)).body.id).toBe(body.id);
  const report = savingsReport.parse((await finished(body.id)).report);
  const interrupted = report.arms.reduce((sum, arm) => sum + arm.interrupted, 0);
  expect(interrupted).toBeLessThanOrEqual(1); // the one that was under way
  // It is written down before it is sent, so the stop may have come between the two.
  expect(kept.provider.arrivals).toBeLessThanOrEqual(before + 180);
  expect(kept.provider.arrivals).toBeGreaterThanOrEqual(before + 180 - interrupted);
  expect(report.arms.every(({ n }) => n === 60)).toBe(true);
});

it("charges Larder the worst case where nobody knows the bill, and counts the answer as wrong", async () => {
  kept.cutAfter = 1;
  const small = {
    ...asked(),
    questions: questions.filter((_, i) => i % 40 === 5),
    name: "cut",
    arms: ["larder", "closed_book"],
  };
  const { body } = await send<RunBody>("POST", "/v1/savings/runs", small);
  const report = savingsReport.parse((await finished(body.id)).report);
  kept.cutAfter = undefined;
  const ours = report.arms.find((arm) => arm.id === "larder");
  expect(ours).toMatchObject({ failures: 8, cost_unknown: 8, quality: { value: 0 } });
  expect(Number(ours?.cost_usd)).toBeGreaterThan(8 * 50 * 4e-6); // at least every answer at its full length
  expect(report.warnings).toContain("8 bills are not known; they count against Larder.");
  expect(report.comparisons[0]?.verdict).toBe("costs_more");
});

it("never tries again what may be billed already: the dry run's maximum holds", async () => {
  const sent = { ...asked(), questions: questions.slice(40, 41), name: "promised", arms: ["larder"] };
  const dry = await send<RunBody>("POST", "/v1/savings/runs", { ...sent, dry_run: true });
  const before = kept.provider.arrivals;
  kept.cutAfter = 0; // a router would ask again: no word was shown
  const { body } = await send<RunBody>("POST", "/v1/savings/runs", sent);
  const report = savingsReport.parse((await finished(body.id)).report);
  kept.cutAfter = undefined;
  expect(kept.provider.arrivals - before).toBe(1);
  expect(report.arms[0]).toMatchObject({ failures: 1, cost_unknown: 1 });
  expect(Number(report.measurement_cost_usd)).toBeLessThanOrEqual(Number(dry.body.maximum_cost_usd));
});

it("needs no model for evidence, and says that generated questions are synthetic", async () => {
  const before = kept.provider.requestCount;
  const sent = { knowledge_base: asked().knowledge_base, generate: 40, budgets: [64, 256], seed: 1 };
  const { body } = await send<RunBody>("POST", "/v1/savings/runs", sent);
  const report = savingsReport.parse((await finished(body.id)).report);
  expect(report.preregistered).toMatchObject({ is_synthetic: true, n: 40, metric: "evidence_recall" });
  expect(report.headline).toContain("synthetic");
  expect(report.curves.map(({ arm }) => arm)).toEqual([
    "larder",
    "lexical_passages",
    "random_passages",
    "oracle_evidence",
  ]);
  expect(report.curves.find(({ arm }) => arm === "oracle_evidence")?.points.at(-1)?.mean).toBe(1);
  expect(report.money_basis).toBeNull();
  expect(kept.provider.requestCount).toBe(before);
});

it("measures naive RAG on the same documents, under its own index", async () => {
  const sent = { ...asked(), name: "naive", metric: "evidence_recall", questions: questions.slice(0, 20) };
  const { body } = await send<RunBody>("POST", "/v1/savings/runs", {
    ...{ ...sent, arms: ["larder", "naive_rag", "random_passages"], budgets: [1_024], model: undefined },
  });
  const report = savingsReport.parse((await finished(body.id)).report);
  const recallOf = (arm: string) => report.curves.find((curve) => curve.arm === arm)?.points[0]?.mean ?? Number.NaN;
  expect(report.infeasible.map(({ arm }) => arm)).not.toContain("naive_rag");
  expect(recallOf("naive_rag")).toBeGreaterThan(recallOf("random_passages"));
  expect(report.comparisons.find(({ baseline }) => baseline === "naive_rag")).toMatchObject({ feasible: true, n: 20 });
});

it("says capability only where the corpus does not fit, and costs more where a warm cache is cheaper", async () => {
  const narrow = await send<RunBody>("POST", "/v1/savings/runs", {
    ...asked(),
    name: "narrow",
    model: "acme/narrow",
    metric: "evidence_recall",
    arms: ["larder", "stuff_cached"],
  });
  const report = savingsReport.parse((await finished(narrow.body.id)).report);
  expect(report.comparisons[0]).toMatchObject({
    baseline: "stuff_cached",
    verdict: "capability_only",
    feasible: false,
  });
  // A corpus of a few thousand tokens, read at a twentieth: evidence of hundreds of fresh tokens costs more.
  const wide = await send<RunBody>("POST", "/v1/savings/runs", {
    ...asked(),
    name: "wide",
    metric: "evidence_recall",
    arms: ["larder", "stuff_cached"],
    budgets: [2_048],
  });
  const dearer = savingsReport.parse((await finished(wide.body.id)).report);
  expect(dearer.comparisons[0]).toMatchObject({ baseline: "stuff_cached", verdict: "costs_more" });
  expect(dearer.comparisons[0]?.savings?.usd?.ratio).toBeLessThan(0);
  expect(dearer.headline).toMatch(/costs you .* more/);
});

it.each([
  [{ questions: [{ question: "x", document: "Room 99" }] }, 422, "DATA_SET_INVALID"],
  [{ model: undefined, metric: "contains" }, 422, "SAVINGS_RUN_INVALID"],
  [{ model: "acme/other" }, 404, "MODEL_NOT_FOUND"],
  [{ generate: 3 }, 400, "REQUEST_INVALID"],
])("refuses %j", async (change, status, code) => {
  const refused = await send<{ code: string }>("POST", "/v1/savings/runs", { ...asked(), ...change });
  expect(refused).toMatchObject({ status, body: { code } });
});

it("knows no run that is not there", async () => {
  for (const id of ["run_0000000000", "run_../../etc"]) {
    expect((await send("GET", `/v1/savings/runs/${encodeURIComponent(id)}`)).status).toBe(404);
  }
});
