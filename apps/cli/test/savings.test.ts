import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openInProcess } from "@larder/api";
import Sqlite from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDocument } from "./add-document.ts";
import type { Answered, SavingsLarder } from "./savings-larder.ts";
import { askAbout, openSavingsLarder, readJson, shelf } from "./savings-larder.ts";

let larder: SavingsLarder;
let small: Answered;
let huge: Answered;
let asked: { readonly small: string; readonly huge: string };

beforeAll(async () => {
  larder = await openSavingsLarder();
  const { open } = larder;
  asked = {
    small: await addDocument(open.larder, "small", shelf, 50_000),
    huge: await addDocument(open.larder, "huge", shelf, 50_000_000),
  };
  small = await askAbout(asked.small, open);
  huge = await askAbout(asked.huge, open);
});
afterAll(() => larder[Symbol.asyncDispose]());

const read = <Body>(path: string, from = larder.open) => readJson<Body>(path, from);
const armOf = (answer: Answered, id: string) => answer.counterfactuals.find(({ arm }) => arm === id);

describe("a knowledge base of 50,000 tokens at 0.05x reads", () => {
  it("costs more than warm stuffing, in the answer and in its receipt, to the digit", async () => {
    expect(small.basis).toBe("generated");
    expect(small.counterfactual?.arm).toBe("stuff_warm");
    expect(small.saved?.verdict).toBe("costs_more");
    expect(Number(small.saved?.usd)).toBeCloseTo(Number(small.counterfactual?.usd) - Number(small.cost.usd), 12);
    expect(Number(small.saved?.usd)).toBeLessThan(0);
    const kept = await read<Pick<Answered, "saved" | "counterfactual">>(`/v1/receipts/${small.receipt_id}`);
    expect(kept).toMatchObject({ saved: small.saved, counterfactual: small.counterfactual });
    expect(armOf(small, "stuff_cold")?.saved.verdict).toBe("saves");
    expect(armOf(small, "closed_book")).toMatchObject({ feasible: true, quality: "unknown" });
    expect(armOf(small, "top_document")?.tokens).toBe(armOf(small, "stuff_cold")?.tokens); // it has one document
    expect(small.context_window.prompt_tokens).toBe(small.usage.input_fresh);
    expect(small.context_window.evidence_use).toBeGreaterThan(0);
  });

  it("says so on the command line, with the window and the traffic", async () => {
    const { stdout, code } = await larder.run("receipts", small.receipt_id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/headline: costs more, -\$0\.00\d+ against whole knowledge base in the prompt, cache warm/);
    expect(stdout).toContain("traffic: no earlier question within a day");
    expect(stdout).toMatch(/window: [\d.]+ % of 126,976 tokens; evidence \d+ % of the prompt/);
    expect(stdout).toContain("* how well it would have answered is not known");
  });
});

describe("a knowledge base of 50 million tokens", () => {
  it("claims the ability alone, and no token above the window", () => {
    expect(huge.saved).toBeNull();
    for (const id of ["stuff_cold", "stuff_warm", "stuff_cached"]) {
      const arm = armOf(huge, id);
      expect(arm).toMatchObject({ feasible: false, usd: null, tokens: 126_976, saved: { verdict: "capability_only" } });
      expect(arm?.saved.tokens).toBe(126_976 - huge.usage.input_fresh);
    }
    expect(armOf(huge, "stuff_truncated")).toMatchObject({ feasible: true, tokens: 126_976, quality: "unknown" });
  });

  it("says so on the command line", async () => {
    const { stdout } = await larder.run("receipts", huge.receipt_id);
    expect(stdout).toContain("headline: capability only, for nobody could have sent the whole knowledge base");
    expect(stdout).toContain("acme/m leaves 126,976 for it");
  });
});

describe("larder receipts", () => {
  it("proves a passage of the evidence, checks the saved proof without a server, and takes no other root", async () => {
    const receipt = await read<{
      hits: readonly { passage_ids: readonly string[] }[];
      retrieval: { index_root: string };
    }>(`/v1/receipts/${small.receipt_id}`);
    const passage = receipt.hits[0]?.passage_ids[0] ?? "";
    const proved = await larder.run("receipts", "prove", small.receipt_id, passage);
    expect(proved).toMatchObject({ code: 0, stdout: expect.stringContaining(receipt.retrieval.index_root) });
    expect(proved.stdout).toContain("it stood there when the question was asked");
    const file = join(larder.folder, "proof.json");
    await writeFile(file, (await larder.run("--json", "receipts", "prove", small.receipt_id, passage)).stdout);
    const own = { LARDER_SERVER: "http://127.0.0.1:9" }; // nobody listens there
    const [held, other] = await Promise.all(
      [receipt.retrieval.index_root, "0".repeat(64)].map((root) =>
        larder.run("--server", own.LARDER_SERVER, "receipts", "verify-proof", file, "--root", root),
      ),
    );
    expect(held).toMatchObject({ code: 0, stdout: expect.stringContaining(`${passage} with text`) });
    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining("not proved") });
  });

  it("lists the others beside one that was damaged, and names it", async () => {
    const client = new Sqlite(join(larder.folder, "data", "larder.sqlite"));
    const row = client.prepare<[string], { receipt: string }>("SELECT receipt FROM receipts WHERE id = ?");
    const written = row.get(huge.receipt_id)?.receipt ?? "";
    const write = client.prepare("UPDATE receipts SET receipt = ? WHERE id = ?");
    try {
      write.run(written.slice(1), huge.receipt_id);
      const page = await read<{ data: readonly { id: string }[]; damaged: readonly { id: string }[] }>("/v1/receipts");
      expect(page.data.map(({ id }) => id)).toEqual([small.receipt_id]);
      expect(page.damaged.map(({ id }) => id)).toEqual([huge.receipt_id]);
      const { stdout, code } = await larder.run("receipts");
      expect(code).toBe(0);
      expect(stdout).toMatch(/-\$0\.00\d+ \(costs more\)/);
      expect(stdout).toContain(small.receipt_id);
      expect(stdout).toMatch(new RegExp(`${huge.receipt_id} \\(number 2\\) cannot be read`));
    } finally {
      write.run(written, huge.receipt_id);
      client.close();
    }
  });
});

describe("larder savings and larder usage", () => {
  it("have the same verdicts by knowledge base as the API", async () => {
    const both = await read<{
      headline: { verdict: string };
      groups: readonly { key: string; headline: { verdict: string; basis: string } }[];
      evidence_sent: { answers: number; sent_tokens: number; unique_tokens: number };
    }>("/v1/savings?window=1h&group=knowledge_base");
    expect(both.headline.verdict).toBe("costs_more");
    expect(both.groups.map(({ headline }) => headline.basis)).toEqual(["modelled", "modelled"]); // neither lacks a price
    expect(both.evidence_sent).toMatchObject({ answers: 2, sent_tokens: both.evidence_sent.unique_tokens }); // each asked once
    expect(Object.fromEntries(both.groups.map(({ key, headline }) => [key, headline.verdict]))).toEqual({
      [asked.small]: "costs_more",
      [asked.huge]: "capability_only",
    });
  });

  it("estimates by knowledge base, signed, with verdict and basis", async () => {
    const { stdout } = await larder.run("savings", "estimate", "--window", "1h", "--group", "knowledge_base");
    expect(stdout).toMatch(/headline: costs more, -\$0\.00\d+ on 1 answers/);
    expect(stdout).toMatch(new RegExp(`${asked.small} .*costs more.*modelled`));
    expect(stdout).toMatch(new RegExp(`${asked.huge} .*capability only.*modelled`));
    expect(stdout).toMatch(/evidence: [\d,]+ tokens sent in 2 answers, [\d,]+ of them for the first time/);
    const json = await larder.run("--json", "savings", "estimate", "--window", "1h");
    expect(JSON.parse(json.stdout)).toMatchObject({ answers: 2, group: null, groups: [], holdout: null });
  });

  it("reconciles an invoice with the ledger: agrees, drifts, and refuses what is none", async () => {
    const day = new Date().toISOString().slice(0, 10);
    const usd = Number(small.cost.usd) + Number(huge.cost.usd);
    const write = async (name: string, text: string) => {
      const file = join(larder.folder, name);
      await writeFile(file, text);
      return file;
    };
    const agreeing = await write("costs.csv", `date,model,cost\n${day},m,${usd.toFixed(9)}\n`);
    const missing = await write("more.csv", `date,model,cost\n${day},"m",${(2 * usd).toFixed(9)}\n`);
    const other = await write("other.csv", "name,price\nx,1\n");
    const [agrees, drifts, refused] = await Promise.all([
      larder.run("usage", "reconcile", "--invoice", agreeing),
      larder.run("--json", "usage", "reconcile", "--invoice", missing, "--provider", "acme"),
      larder.run("usage", "reconcile", "--invoice", other),
    ]);
    expect(agrees.stdout).toContain("every line agrees");
    expect(JSON.parse(drifts.stdout)).toMatchObject({ provider: "acme", usd: { ratio: -0.5 }, only_ledger: 0 });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("INVOICE_UNREADABLE") });
    expect(refused.stderr).toContain("Anthropic cost export");
  });

  it("calibrates counts by model and kind of evidence", async () => {
    const { stdout } = await larder.run("usage", "calibrate", "--window", "1h");
    expect(stdout).toMatch(/acme\/m +│ all +│ +2 │ +\d\.\d{3} │ +\d\.\d{3} to \d\.\d{3}/);
    expect(stdout).toMatch(/acme\/m +│ prose +│ +2 /);
  });

  it("works the last answers out anew when a price book is imported, beside a running server", async () => {
    const sources = {
      "litellm-2026-09-01.json": {},
      "openrouter-2026-09-01.json": { data: [] },
      "models-dev-2026-09-01.json": {},
    };
    const row = { litellm_provider: "openai", mode: "chat", max_input_tokens: 128_000, input_cost_per_token: 1e-6 };
    Object.assign(sources["litellm-2026-09-01.json"], { "m-new": { ...row, output_cost_per_token: 4e-6 } });
    await mkdir(join(larder.folder, "prices"));
    for (const [name, content] of Object.entries(sources)) {
      await writeFile(join(larder.folder, "prices", name), JSON.stringify(content));
    }
    const { code, stdout } = await larder.run("prices", "import", join(larder.folder, "prices"), "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toContain("added openai/m-new");
    expect(stdout).toContain("the last 2 receipts, on paper");
    expect(stdout).toContain("no route of 2 would change");
  });

  it("works the last answers out anew at the prices in force", async () => {
    const { stdout } = await larder.run("prices", "watch");
    expect(stdout).toContain("the last 2 receipts, on paper");
    expect(stdout).toContain("no route of 2 would change");
    expect(stdout).toMatch(/the same 2 calls: (\$[\d.]+) before, \1 after, \$0 of change/);
  });
});

describe("a share that is held out", () => {
  it("really sends the whole knowledge base, says so on the receipt, and decides nothing from one answer", async () => {
    const own = { ...larder.env, LARDER_DATA_DIR: join(larder.folder, "held"), LARDER_SAVINGS_HOLDOUT: "1" };
    const held = await openInProcess(own, { isWorking: false });
    try {
      const kb = await addDocument(held.larder, "held", [...shelf, "The last line of all is about salt."], 6_000);
      const answer = await askAbout(kb, held);
      expect(answer).toMatchObject({ basis: "generated", counterfactuals: [], saved: null });
      const sent = larder.provider.records.at(-1)?.request.messages.at(-1)?.content ?? "";
      for (const line of [...shelf, "The last line of all is about salt."]) expect(sent).toContain(line);
      const receipt = await read<{ holdout: unknown }>(`/v1/receipts/${answer.receipt_id}`, held);
      expect(receipt.holdout).toMatchObject({ share: 1, taken: "stuffed", cluster: expect.stringMatching(/^doc_/) });
      const { answers, holdout } = await read<{ answers: number; holdout: unknown }>("/v1/savings?window=1h", held);
      expect(answers).toBe(0);
      expect(holdout).toMatchObject({
        stuffed: { answers: 1, clusters: 1 },
        quality: { status: "not_established", margin: 0.02, lower: null, unchecked_answers: 0 },
        verdict: "not_established",
        basis: "billed",
      });
    } finally {
      await held.close();
    }
  });
});
