import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readChainLine, sha256Hex, verifyChain, verifyInclusion } from "@larder/receipts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { InProcessLarder } from "../src/open-in-process.ts";
import { openInProcess } from "../src/open-in-process.ts";

/** What is looked at beyond `toMatchObject`; each is absent where a route does not send it. */
const replySchema = z.looseObject({
  id: z.string().default(""),
  receipt_id: z.string().default(""),
  grade: z.string().nullable().default(null),
  documents: z.array(z.looseObject({ id: z.string() })).default([]),
  differences: z.unknown().optional(),
  history: z.unknown().optional(),
  hits: z.unknown().optional(),
  retrieval: z.looseObject({ index_root: z.string() }).optional(),
  passage_id: z.string().default(""),
  text_sha256: z.string().default(""),
  vector_sha256: z.string().default(""),
  path: z.array(z.object({ side: z.enum(["left", "right"]), hash: z.string() })).default([]),
  timings_ms: z.record(z.string(), z.unknown()).default({}),
  receipts: z.number().default(0),
  head: z.object({ hash: z.string() }).nullable().default(null),
});
const read = async (response: Response) => replySchema.parse(await response.json());

/** The whole of Larder, its model and its worker, without a server. */
let folder: string;
let larder: InProcessLarder;
let kb: string;
const question = "How long does honey keep?";

const open = (more: Readonly<Record<string, string>> = {}) =>
  openInProcess({ LARDER_DATA_DIR: folder, LARDER_OFFLINE: "1", ...more });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-replay-"));
  larder = await open();
  kb = (await post("/v1/knowledge-bases", { name: "pantry" })).id;
  await add("Honey keeps for twenty years in a closed jar. Bees make it from nectar.", "Honey");
  await add("Oil goes rancid after ninety days in the light. Keep it in the dark.", "Oil");
  await add("Flour wants a dry place. Weevils like flour as much as cooks do.", "Flour");
});
afterAll(async () => {
  await larder.close();
  await rm(folder, { recursive: true, force: true });
});

async function post(path: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  const request = new Request(`http://localhost${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return read(await larder.fetch(request));
}
const get = async (path: string) => await larder.fetch(new Request(`http://localhost${path}`));
const add = async (text: string, title: string) => {
  const reply = await post(`/v1/knowledge-bases/${kb}/documents?wait_ms=30000`, { text, title });
  expect(reply.documents).toMatchObject([{ status: "ready" }]);
  return reply.documents[0]?.id;
};
const ask = async (more: Record<string, unknown> = {}): Promise<string> =>
  (await post(`/v1/knowledge-bases/${kb}/query`, { question, ...more })).receipt_id;
const replay = (id: string, words: Record<string, unknown> = {}) => post(`/v1/receipts/${id}/replay`, words);
const receipt = async (id: string) => read(await get(`/v1/receipts/${id}`));

it("records what the evidence was, what was searched and how, and no word of it unless asked", async () => {
  const filter = { type: "eq", key: "document.title", value: "Honey" };
  const written = await receipt(await ask({ filter, token_budget: 500 }));
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(written).toMatchObject({
    question: null,
    history: null,
    settings_sha256: hash,
    price_book_as_of: expect.stringMatching(/^\d{4}-/),
    embedder: expect.stringMatching(/^larder-embed-v1@[0-9a-f]{12}\/\d+$/),
    retrieval: {
      mode: "hybrid",
      limit: 500,
      token_budget: 500,
      filter: { type: "eq", key: ["document", "title"], value: "Honey" },
      history_turns: 0,
      searched_text_sha256: null,
      query_vector_sha256: hash,
      index_root: hash,
      index_root_after: null,
      degraded: [],
    },
    chain: { number: expect.any(Number), previous_hash: hash, hash },
  });
  expect(written.hits).toMatchObject([
    {
      passage_ids: [expect.stringMatching(/^psg_/)],
      document_id: expect.stringMatching(/^doc_/),
      version: 1,
      text_sha256: hash,
    },
  ]);
  for (const part of ["embed", "dense", "lexical", "late_interaction", "link", "pack", "first_text", "total"]) {
    expect(written.timings_ms[part], part).toBeTypeOf("number");
  }
  expect(written.timings_ms.verify).toBeNull(); // no model wrote anything
  expect(JSON.stringify(written)).not.toMatch(/How long|nectar/);
});

it("repeats a retrieval bit for bit while nothing changes, from the kept question or the given one", async () => {
  const sound = { grade: "R3", jaccard: 1, differences: [] };
  expect(await replay(await ask({ keep_question: true }))).toMatchObject(sound);
  const id = await ask();
  expect(await replay(id, { question })).toMatchObject({ receipt_id: id, ...sound });
});

it("repeats a follow-up with the turns that it came after", async () => {
  const history = [{ question: "What is said of oil?", answer: "It goes rancid." }];
  const id = await ask({ question: "and how long does it keep?", history, keep_question: true });
  expect((await receipt(id)).history).toEqual(history);
  expect(await replay(id)).toMatchObject({ grade: "R3" });
});

it("asks for what the receipt did not keep, and takes no other words", async () => {
  const id = await ask();
  expect(await replay(id)).toMatchObject({ status: 422, code: "REPLAY_QUESTION_MISSING" });
  expect(await replay(id, { question: `${question} ` })).toMatchObject({ code: "REPLAY_QUESTION_DIFFERS" });
  const given = { question: "and it?", history: [{ question: "What is said of oil?" }] };
  const followUp = await ask(given);
  expect(await replay(followUp, { question: "and it?" })).toMatchObject({ code: "REPLAY_QUESTION_MISSING" });
  const others = { ...given, history: [{ question: "What is said of flour?" }] };
  expect(await replay(followUp, others)).toMatchObject({ code: "REPLAY_QUESTION_DIFFERS" });
  expect(await replay(followUp, given)).toMatchObject({ grade: "R3" });
  expect(await replay("rcp_00000000000000000000")).toMatchObject({ code: "RECEIPT_NOT_FOUND" });
});

it("tells settings that changed, though they change nothing here, and keeps questions where they say so", async () => {
  const id = await ask({ keep_question: true });
  await larder.close();
  larder = await open({ LARDER_AUTO_BUDGET_TOKENS_MAX: "3999", LARDER_RECEIPTS_KEEP_QUESTIONS: "1" });
  expect(await replay(id)).toMatchObject({ grade: "R3", differences: [{ what: "settings" }] });
  expect(await replay(await ask())).toMatchObject({ grade: "R3", differences: [] });
  expect(await replay(await ask({ keep_question: false }))).toMatchObject({ code: "REPLAY_QUESTION_MISSING" });
});

it("falls as far as a change of the documents reaches, and comes back when it is undone", async () => {
  const filter = { type: "eq", key: "document.title", value: "Honey" };
  const alone = await ask({ keep_question: true, filter }); // scores are scaled over the candidates: it has 1
  const close = await ask({ keep_question: true, token_budget: 40 }); // the best and one that is far behind
  const wide = await ask({ keep_question: true, token_budget: 4_000 });
  const gradesOf = async () => {
    const replays = await Promise.all([alone, close, wide].map((id) => replay(id)));
    return { grades: replays.map(({ grade }) => grade), differences: replays.map(({ differences }) => differences) };
  };
  const changed = [{ what: "index_root", recorded: expect.any(String), replayed: expect.any(String) }];
  const added = await add("Vinegar is sour. Cooks keep it beside the oil.", "Vinegar");
  expect(await gradesOf()).toEqual({ grades: ["R2", "R1", "R0"], differences: [changed, changed, changed] });
  const path = `http://localhost/v1/knowledge-bases/${kb}/documents/${added}`;
  expect((await larder.fetch(new Request(path, { method: "DELETE" }))).status).toBe(204);
  expect(await gradesOf()).toEqual({ grades: ["R3", "R3", "R3"], differences: [[], [], []] });
  for (let i = 0; i < 8; i++)
    await add(`Honey of kind ${i} keeps for ${i + 3} years, nobody knows how long.`, `Kind ${i}`);
  expect((await gradesOf()).grades.at(-1)).toBeNull();
});

it("proves that a passage of the evidence belongs to the receipt's root, until a document comes", async () => {
  const id = await ask({ token_budget: 40 });
  const { hits, retrieval } = await receipt(id);
  const [passage = ""] = z.array(z.object({ passage_ids: z.array(z.string()) })).parse(hits)[0]?.passage_ids ?? [];
  const path = `/v1/receipts/${id}/passages/${passage}/proof`;
  const proof = await read(await get(path));
  const root = retrieval?.index_root ?? "";
  expect(proof).toMatchObject({ passage_id: passage, index_root: root, receipt_index_root: root, of_receipt: true });
  const facts = { passageId: passage, textSha256: proof.text_sha256, vectorSha256: proof.vector_sha256 };
  expect(verifyInclusion(root, { ...facts, path: proof.path })).toBe(true);
  expect(verifyInclusion(root, { ...facts, textSha256: sha256Hex("forged"), path: proof.path })).toBe(false);
  const none = `/v1/receipts/${id}/passages/psg_00000000000000000000/proof`;
  expect(await read(await get(none))).toMatchObject({ status: 404, code: "PASSAGE_NOT_IN_RECEIPT" });

  const added = await add("Salt keeps for ever.", "Salt");
  expect(await read(await get(path))).toMatchObject({ receipt_index_root: root, of_receipt: false });
  const ofSalt = await ask({ question: "How long does salt keep?", token_budget: 20 });
  const salt = z.array(z.object({ passage_ids: z.array(z.string()) })).parse((await receipt(ofSalt)).hits);
  await larder.fetch(new Request(`http://localhost/v1/knowledge-bases/${kb}/documents/${added}`, { method: "DELETE" }));
  const gone = `/v1/receipts/${ofSalt}/passages/${salt[0]?.passage_ids[0]}/proof`;
  expect(await read(await get(gone))).toMatchObject({ status: 422, code: "PASSAGE_GONE" });
});

it("verifies and exports the chain of everything that was asked here", async () => {
  const report = await read(await get("/v1/receipts/verify"));
  expect(report).toMatchObject({ sound: true, findings: [], findings_count: 0 });
  const lines = (await (await get("/v1/receipts/export")).text()).trimEnd().split("\n");
  expect(lines).toHaveLength(report.receipts);
  expect(await verifyChain(lines.map(readChainLine), { head: report.head?.hash ?? "" })).toMatchObject({
    isSound: true,
  });
  const elsewhere = await read(await get(`/v1/receipts/verify?head=${"1".repeat(64)}`));
  expect(elsewhere).toMatchObject({ sound: false, findings: [{ kind: "truncated" }] });
  expect((await get("/v1/receipts/verify?head=x")).status).toBe(400);
});
