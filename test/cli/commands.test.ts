import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armIds } from "@larder/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LarderProcess } from "../kill/larder-process.ts";
import { startLarder } from "../kill/larder-process.ts";
import { startBreakingProvider } from "./breaking-provider.ts";
import type { Run } from "./run-larder.ts";
import { runLarder } from "./run-larder.ts";
import { writePages } from "./write-pages.ts";

let folder = "";
let dataDir = "";
let server: LarderProcess;

const filler =
  "The cellar is dark and cool, the shelves are of old oak, and nothing else happens in it at all. ".repeat(12);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-cli-"));
  dataDir = join(folder, "data");
  const pantry = join(folder, "pantry");
  await mkdir(pantry);
  await mkdir(dataDir);
  await writeFile(
    join(pantry, "honey.md"),
    `# Pantry\n\n## Shelves\n\n${filler}\n\n## Honey\n\n- Honey keeps for twenty years in a closed jar.\n`,
  );
  await writeFile(
    join(pantry, "oil.html"),
    "<html><body><h1>Oil</h1>\n\n\n<p>Oil goes rancid after ninety days in the light.</p></body></html>",
  );
  await writeFile(
    join(pantry, "salt.pdf"),
    writePages(["Flour wants a dry place in a cupboard.", "Salt never spoils, says the old cook."]),
  );
  await writeFile(join(pantry, "junk.txt"), Buffer.from("89504e470d0a", "hex"));
  server = await startLarder(dataDir);
});
afterAll(async () => {
  server.kill("SIGTERM");
  await server.exited;
  await rm(folder, { recursive: true, force: true });
});

const larder = (...args: readonly string[]) => runLarder(["--server", server.url, ...args], { dataDir, cwd: folder });
const alone = (args: readonly string[], env: Record<string, string> = {}) =>
  runLarder(args, { dataDir, cwd: folder, env });

interface MoneyOfReceipt {
  readonly modelled: { readonly usd: string; readonly input_tokens: number } | null;
  readonly counterfactuals: readonly {
    readonly arm: string;
    readonly feasible: boolean;
    readonly usd: string;
    readonly tokens: number;
    readonly saved: { readonly usd: string; readonly tokens: number };
  }[];
}

describe("larder against a server", () => {
  it("adds a folder, says what failed, and asks the only knowledge base", async () => {
    expect((await larder("ask", "honey")).stderr).toContain("There is no knowledge base yet.");
    const ingested = await larder("ingest", "pantry", "--kb", "pantry");
    expect(ingested.stdout).toContain("pantry: 3 documents added, 0 unchanged, 1 failed");
    expect(ingested.stdout).toContain("DOCUMENT_UNSUPPORTED");
    expect(ingested.code).toBe(3);
    const asked = await larder("ask", "How long does honey keep in a jar?");
    expect(asked.stdout).toMatch(/^Honey keeps for twenty years in a closed jar\. \[1\]\n/);
    expect(asked.stdout).toContain("[1] pantry/honey.md · Pantry > Honey · line 9\n");
    expect(asked.stdout).toContain("No provider key is set, so no model was asked.");
    expect(asked.code).toBe(0);
  });

  it("names a line only where the text is the file, and a page where there are pages", async () => {
    const [html, pdf] = await Promise.all([
      larder("ask", "When does oil go rancid in the light?"),
      larder("ask", "Does salt spoil, says the cook?"),
    ]);
    expect(html.stdout).toMatch(/\[\d\] pantry\/oil\.html · Oil\n/);
    expect(pdf.stdout).toMatch(/\[\d\] pantry\/salt\.pdf[^\n]* · page 2\n/);
    expect(pdf.stdout).not.toMatch(/(?:oil\.html|salt\.pdf)[^\n]*line/);
  });

  it("prints the route of a dry run, with costs and reasons", async () => {
    const [{ code, stdout }, json] = await Promise.all([
      larder("ask", "honey", "--dry-run"),
      larder("--json", "ask", "honey", "--dry-run"),
    ]);
    expect(stdout).toMatch(/[\w-]+\/[\w./-]+ +│ \$0\.\d+ +│.*No key for \w+ is configured\. +│/);
    expect(stdout).toContain("Dry run: no model is eligible; the answer would quote the evidence.");
    expect(code).toBe(0);
    expect(json.code).toBe(0);
  });

  it("abstains where the documents do not speak of what is asked", async () => {
    const { code, stdout } = await larder("ask", "What is the price of Bitcoin on Mars?");
    expect(stdout).toContain("The knowledge base does not hold an answer to this.");
    expect(code).toBe(4);
  });

  it("refuses a model that nobody has, and says when nothing local can be asked", async () => {
    const [unknown, local] = await Promise.all([
      larder("ask", "honey", "--model", "nope"),
      larder("ask", "honey jar", "--local-only"),
    ]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("MODEL_UNKNOWN") });
    expect(local.stdout).toContain("Only local models are allowed and none is set up, so no model was asked.");
  });

  it("prints receipts as tables whose numbers add up, of one knowledge base where it is named", async () => {
    const list = await larder("receipts", "--kb", "pantry");
    const id = /rcp_\w+/.exec(list.stdout)?.[0] ?? "";
    const [one, json, elsewhere, missing] = await Promise.all([
      larder("receipts", id),
      larder("--json", "receipts", id),
      larder("receipts", "--kb", "nope"),
      larder("receipts", "rcp_00000000000000000000"),
    ]);
    expect(one.stdout).toContain("whole knowledge base in the prompt, uncached");
    const receipt: MoneyOfReceipt = JSON.parse(json.stdout);
    const { modelled } = receipt;
    expect(receipt.counterfactuals.map(({ arm }) => arm)).toEqual(armIds);
    for (const arm of receipt.counterfactuals.filter(({ feasible }) => feasible)) {
      expect(Number(arm.saved.usd)).toBeCloseTo(Number(arm.usd) - Number(modelled?.usd), 9);
      expect(arm.saved.tokens).toBe(arm.tokens - Number(modelled?.input_tokens));
    }
    expect(elsewhere).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain("List them with: larder receipts");
  });
});

describe("larder receipts verify, export and larder replay", () => {
  it("find a change in an exported file, and say how well a retrieval is repeated", async () => {
    const asked = await larder("--json", "ask", "How long does honey keep in a jar?", "--keep-question");
    const { receipt_id: id } = JSON.parse(asked.stdout);
    const [verified, exported, replayed] = await Promise.all([
      larder("receipts", "verify"),
      larder("receipts", "export"),
      larder("replay", id, "--grade", "R3"),
    ]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining("every one is as it was written") });
    expect(replayed).toMatchObject({ code: 0, stdout: expect.stringContaining("R3: identical vectors") });
    const head = /hash ([0-9a-f]{64})/.exec(verified.stdout)?.[1] ?? "";
    const lines = exported.stdout.trimEnd().split("\n");
    const file = join(folder, "receipts.jsonl");
    await writeFile(file, exported.stdout);
    const offline = (...more: readonly string[]) => alone(["receipts", "verify", file, ...more]);
    expect((await offline("--head", head)).code).toBe(0);
    const number = lines.length - 1;
    const forged = lines[number - 1]?.replace('"corpusTokens":', '"corpusTokens":9') ?? "";
    await writeFile(file, lines.toSpliced(number - 1, 1, forged).join("\n"));
    const found = await offline();
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(new RegExp(`^${number} \\(rcp_\\w+\\) was altered$`, "m"));
    await writeFile(file, lines.slice(0, -1).join("\n"));
    expect((await offline()).code).toBe(0);
    expect((await offline("--head", head)).stdout).toContain("the known head is gone");
    expect((await alone(["receipts", "verify", join(folder, "nothing.jsonl")])).stderr).toContain("cannot be read");
    const other = await larder("replay", id, "--grade", "R4");
    expect(other.code).toBe(2);
  });
});

describe("larder budgets", () => {
  it("makes budgets, shows what is left of them, and removes them", async () => {
    expect((await larder("budgets")).stdout).toContain("No budget bounds anything. Make one with: larder budgets set");
    const set = await larder("budgets", "set", "2.50", "--window", "day");
    expect(set.stdout).toMatch(/total +│ day +│ \$2\.50 +│ \$0 +│ \$0 +│ \$0 +│ \$2\.50 +│ \d{4}-/);
    await larder("budgets", "set", "0.1", "--kb", "pantry");
    const both = JSON.parse((await larder("--json", "budgets")).stdout);
    expect(both.data).toMatchObject([
      { scope: expect.stringMatching(/^kb_/), window: "month", limit_usd: "0.100000000" },
      { scope: "total", window: "day", left_usd: "2.500000000" },
    ]);
    const removed = { code: 0, stdout: "removed: total, day\n" };
    expect(await larder("budgets", "remove", "--window", "day")).toMatchObject(removed);
    expect(await larder("budgets", "remove", "--kb", "pantry")).toMatchObject({ code: 0 });
    const gone = await larder("budgets", "remove", "--window", "day");
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining("List them with: larder budgets")]);
    expect((await larder("budgets", "set", "much")).code).toBe(2);
  });
});

describe.concurrent("larder in a process of its own", () => {
  it("says who holds the data folder, and doctor tells all the same", async () => {
    const port = new URL(server.url).port;
    const [held, doctor, unaware] = await Promise.all([
      alone(["receipts"]),
      alone(["doctor"], { LARDER_PORT: port }),
      alone(["doctor"], { LARDER_PORT: "1" }),
    ]);
    expect(held.stderr).toContain(`${dataDir}, which process ${server.pid} has open`);
    expect(held.code).toBe(2);
    expect(doctor.stdout).toContain(`what follows the server at http://127.0.0.1:${port} says`);
    expect(doctor.stdout).toContain("embedder");
    expect(unaware.stdout).toContain("ok       node");
    expect(unaware.stdout).toContain("name its address with --server");
  });

  it("tells which key of the providers file is not set", async () => {
    const file = join(folder, "providers.json");
    const acme = { id: "acme", base_url: "http://127.0.0.1:9/v1", api_key_env: "ACME_KEY", models: [{ id: "m" }] };
    await writeFile(file, JSON.stringify({ providers: [acme] }));
    const fresh = join(folder, "fresh");
    await mkdir(fresh);
    const env = { LARDER_PROVIDERS_FILE: file, LARDER_OFFLINE: "1" };
    const doctor = await runLarder(["doctor"], { dataDir: fresh, env });
    expect(doctor.stdout).toContain("degraded generation: acme: ACME_KEY is not set; LARDER_OFFLINE is set");
  });

  it("refuses an empty folder and an address that is none", async () => {
    await mkdir(join(folder, "empty"), { recursive: true });
    const [empty, elsewhere] = await Promise.all([
      alone(["ingest", "empty"]),
      alone(["--server", "notaurl", "receipts"]),
    ]);
    expect(empty).toMatchObject({ code: 2, stdout: "" });
    expect(empty.stderr).toContain("docs/guides/ingestion.md lists what Larder reads");
    expect(elsewhere).toMatchObject({ code: 2 });
  });

  it("says in one line how far an interrupted ingestion came", async () => {
    const many = join(folder, "many");
    const own = join(folder, "many-data");
    await mkdir(many);
    await mkdir(own);
    for (let i = 0; i < 300; i++) await writeFile(join(many, `${i}.md`), `# Report ${i}\n\n${filler} ${i}\n`);
    const blobs = join(own, "blobs");
    const hasBegun = () => existsSync(blobs) && readdirSync(blobs, { recursive: true }).length > 20;
    const run = await runLarder(["ingest", "many"], { dataDir: own, cwd: folder, interruptWhen: hasBegun });
    expect(run.stderr).toMatch(/^stopped; \d+ of 300 added; run again to go on\n$/);
    expect(run.code).toBe(130);
  });
});

describe("the quickstart", () => {
  const quickstart = (name: string, ...args: readonly string[]) =>
    runLarder(args, { dataDir: join(folder, name), cwd: folder, isQuickstart: true });

  let run: Run;
  let ofJunk: Run;
  beforeAll(async () => {
    [run, ofJunk] = await Promise.all([
      quickstart("q1", "pantry", "How long does honey keep in a jar?"),
      quickstart("q3", "pantry/junk.txt", "What is this?"),
    ]);
  });

  it("answers from a folder although a file of it fails, and gives hints that fit the folder", () => {
    expect(run.stdout).toContain("Honey keeps for twenty years in a closed jar. [1]");
    expect(run.stdout).toContain('npm run quickstart -- "pantry" "another question"');
    expect(run.stdout).not.toContain("What is never free?");
    const [, sent = "-"] = /the evidence alone, at [^│]*│ +([\d,]+) │/.exec(run.stdout) ?? [];
    const [, whole = "-"] = /in the prompt, uncached +│ +([\d,]+) │/.exec(run.stdout) ?? [];
    expect(run.stdout).toContain(`evidence (${sent})`);
    expect(run.stdout).toContain(`whole corpus (${whole}), cold`);
    expect(run.code).toBe(3);
  });

  it("without a question asks about the largest document", async () => {
    const { stdout } = await quickstart("q1", "pantry");
    expect(stdout).toContain("No question was given; there are 3 documents to ask about.");
    expect(stdout).toContain("? What is Pantry about?");
  });

  it("prints help, and refuses what it cannot use before it reads anything", async () => {
    await mkdir(join(folder, "empty"), { recursive: true });
    const [help, ...refused] = await Promise.all([
      quickstart("q2", "--help"),
      quickstart("q2", "--wrong"),
      quickstart("q2", "pantry", " "),
      quickstart("q2", "empty"),
    ]);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage:") });
    for (const each of refused) expect(each).toMatchObject({ code: 2, stdout: "" });
  });

  it("leaves a knowledge base behind, of which an answer that broke off is listed as failed", async () => {
    await using provider = await startBreakingProvider();
    const file = join(folder, "broken.json");
    const model = { id: "m", context_tokens: 128_000, price_usd_per_mtok: { input: "0.1", output: "0.4" } };
    await writeFile(file, JSON.stringify({ providers: [{ id: "acme", base_url: provider.url, models: [model] }] }));
    const options = { dataDir: join(folder, "q1"), cwd: folder, env: { LARDER_PROVIDERS_FILE: file } };
    const asked = await runLarder(["--json", "ask", "How long does honey keep?"], options);
    expect(JSON.parse(asked.stderr)).toMatchObject({ code: "PROVIDER_STREAM_BROKEN", receipt_id: /^rcp_/ });
    const { stdout } = await runLarder(["receipts"], options);
    expect(stdout).toContain("failed: PROVIDER_STREAM_BROKEN");
  });

  it("asks nothing when no file can be read", () => {
    expect(ofJunk.stderr).toContain("None of these files can be read");
    expect(ofJunk.stdout).not.toContain("receipt");
    expect(ofJunk.code).toBe(3);
  });
});
