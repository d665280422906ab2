import type { Embedder, EmbeddingLane } from "@larder/contracts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

export interface EmbedderConformance {
  /** Texts of the repeatability tests. @defaultValue 300 */
  readonly texts?: number;
  /** Texts of the bulk request that a query has to overtake. @defaultValue 1000 */
  readonly bulkTexts?: number;
  /** False for a model that puts another prefix before queries than before passages. @defaultValue true */
  readonly lanesAgree?: boolean;
}

const lanes: readonly EmbeddingLane[] = ["query", "bulk", "background"];

/** The Embedder contract. Every adapter runs it. */
export function describeEmbedder(
  name: string,
  open: () => Promise<Embedder>,
  { texts: textCount = 300, bulkTexts = 1_000, lanesAgree = true }: EmbedderConformance = {},
): void {
  describe(`${name} keeps the Embedder contract`, () => {
    let embedder: Embedder;
    beforeAll(async () => {
      embedder = await open();
    });
    afterAll(() => embedder[Symbol.asyncDispose]());

    const call = { signal: new AbortController().signal };
    const passages = Array.from({ length: bulkTexts }, (_, i) =>
      `Passage ${i} about ${i % 7} jars of plum jam.`.repeat(5),
    );

    const rowsOf = (matrix: Float32Array): Float32Array[] =>
      Array.from({ length: matrix.length / embedder.dimensions }, (_, row) =>
        matrix.subarray(row * embedder.dimensions, (row + 1) * embedder.dimensions),
      );
    const embedRows = async (texts: readonly string[], lane: EmbeddingLane): Promise<Float32Array[]> =>
      rowsOf(await embedder.embed(texts, lane, call));

    /** Compares bits, not numbers: -0 and 0 differ, and a mismatch names the text instead of printing two matrices. */
    function expectSameBits(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
      expect(actual).toHaveLength(expected.length);
      const differing = actual.flatMap((row, i) => (bitsOf(row) === bitsOf(expected[i]) ? [] : [i]));
      expect(differing).toEqual([]);
    }

    it("states its identity and limits", () => {
      expect(embedder.id).not.toBe("");
      expect(embedder.dimensions).toBeGreaterThan(0);
      expect(embedder.textTokensMax).toBeGreaterThan(0);
      expect(embedder.textsPerCallMax).toBeGreaterThan(0);
    });

    it("gives an empty matrix for zero texts", async () => {
      for (const lane of lanes) expect(await embedder.embed([], lane, call)).toEqual(new Float32Array(0));
      expect(await embedder.countTokens([], call)).toEqual([]);
    });

    it.each(lanes)("gives one finite row of unit length per text in the %s lane", async (lane) => {
      const texts = awkwardTexts(textCount);
      const rows = await embedRows(texts, lane);
      expect(rows).toHaveLength(texts.length);
      const norms = rows.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)));
      expect(norms.filter((norm) => !(Math.abs(norm - 1) < 1e-3))).toEqual([]);
    });

    it("gives rows in the order of the texts, whatever their lengths", async () => {
      const texts = ["jam ".repeat(300), "a cellar", "tax law ".repeat(60), "b", "plums in brandy"];
      const rows = await embedRows(texts, "bulk");
      const alone = await Promise.all(texts.map(async (text) => (await embedRows([text], "bulk"))[0]));
      expect(alone.map((row) => rows.findIndex((candidate) => bitsOf(candidate) === bitsOf(row)))).toEqual([
        0, 1, 2, 3, 4,
      ]);
    });

    it("gives a text the same bits alone, in any batch, in any order and beside other requests", async () => {
      const texts = awkwardTexts(textCount);
      const together = await embedRows(texts, "bulk");
      expectSameBits((await embedRows(texts.toReversed(), "bulk")).toReversed(), together);
      const alone: Float32Array[] = [];
      for (const text of texts) alone.push(...(await embedRows([text], "bulk")));
      expectSameBits(alone, together);
      expectSameBits(await embedRows(texts, "background"), together);
      const atOnce = await Promise.all([
        embedRows(texts.slice(0, 50), "query"),
        embedRows([...texts, ...texts], "bulk"),
        embedRows(texts.slice(50, 60), "query"),
      ]);
      expectSameBits(atOnce[1], [...together, ...together]);
      if (lanesAgree) expectSameBits([...atOnce[0], ...atOnce[2]], together.slice(0, 60));
    });

    it("gives duplicates the same bits and different texts different ones", async () => {
      const [first, second, other] = await embedRows(["plum jam", "plum jam", "tax law"], "bulk");
      expect(bitsOf(first)).toBe(bitsOf(second));
      expect(bitsOf(first)).not.toBe(bitsOf(other));
    });

    it("places related texts nearer than unrelated ones", async () => {
      const [a, b, c] = await embedRows(
        [
          "How do I keep vegetables fresh?",
          "Storing fresh vegetables in the fridge",
          "The treaty ended the war in 1648.",
        ],
        "bulk",
      );
      expect(dot(a, b)).toBeGreaterThan(dot(a, c) + 0.1);
    });

    it("cuts a text of a million characters instead of failing", async () => {
      const texts = [
        "jars and jam ".repeat(80_000),
        "x".repeat(1_000_000),
        " ".repeat(1_000_000),
        "漢".repeat(300_000),
      ];
      expect(await embedRows(texts, "bulk")).toHaveLength(texts.length);
    });

    it("counts tokens in the order of the texts, more for longer ones", async () => {
      const [empty, one, many] = await embedder.countTokens(["", "jam", "jam ".repeat(40)], call);
      expect(one).toBeGreaterThan(empty ?? Number.NaN);
      expect(many).toBeGreaterThanOrEqual((one ?? Number.NaN) + 39);
    });

    it("counts the tokens of awkward texts without failing", async () => {
      const counts = await embedder.countTokens(awkwardTexts(textCount), call);
      expect(counts.filter((count) => !Number.isSafeInteger(count) || count < 0)).toEqual([]);
    });

    it("rejects with the signal's own reason when aborted before", async () => {
      const reason = new Error("the reader left");
      const aborted = { signal: AbortSignal.abort(reason) };
      for (const lane of lanes) await expect(embedder.embed(["jam"], lane, aborted)).rejects.toBe(reason);
      await expect(embedder.countTokens(["jam"], aborted)).rejects.toBe(reason);
    });

    it("rejects with the signal's own reason when aborted during the work, and goes on with the rest", async () => {
      const reason = new Error("the reader left");
      const abort = new AbortController();
      const given = embedder.embed(passages, "bulk", { signal: abort.signal });
      const kept = embedder.embed(passages.slice(0, 3), "bulk", call);
      await embedder.embed(["a query that comes back while the rest is under way"], "query", call);
      abort.abort(reason);
      await expect(given).rejects.toBe(reason);
      expect(rowsOf(await kept)).toHaveLength(3);
    });

    it("lets queries overtake bulk work that has not begun", async () => {
      const finished: string[] = [];
      const note = (what: string) => () => void finished.push(what);
      const first = embedder.embed(passages, "bulk", call).then(note("bulk"));
      const second = embedder.embed(passages.slice(0, 64), "bulk", call).then(note("more bulk"));
      const query = embedder.embed(["what is in the jar?"], "query", call).then(note("query"));
      await Promise.all([first, second, query]);
      expect(finished).toEqual(["query", "bulk", "more bulk"]);
    });

    it("lets passages that somebody waits for overtake those in the background", async () => {
      const finished: string[] = [];
      const note = (what: string) => () => void finished.push(what);
      const first = embedder.embed(passages, "background", call).then(note("background"));
      const second = embedder.embed(passages.slice(0, 64), "bulk", call).then(note("bulk"));
      await Promise.all([first, second]);
      expect(finished).toEqual(["bulk", "background"]);
    });

    it("says that it is well", () => {
      expect(embedder.health()).toMatchObject({ state: "ok" });
    });

    it("may be disposed of twice, and then refuses work by a typed error", async () => {
      const another = await open();
      await another[Symbol.asyncDispose]();
      await another[Symbol.asyncDispose]();
      expect(another.health().state).toBe("down");
      const refusal = { code: "EMBEDDER_UNAVAILABLE" };
      await expect(another.embed(["jam"], "bulk", call)).rejects.toMatchObject(refusal);
      await expect(another.countTokens(["jam"], call)).rejects.toMatchObject(refusal);
    });
  });
}

/** Prose, Unicode of every plane, text without meaning, and texts that end or exceed limits; the same on each run. */
function awkwardTexts(count: number): string[] {
  const fixed = [
    "",
    " ",
    "\n\t\r\n",
    "\0",
    "jam\0jar",
    "\ud800",
    "jar \udc00\ud800 jam",
    "\ufeff\u200b\u202e",
    "🫙🍓👩‍👩‍👧‍👦",
    "漢字かな交じり文 עברית العربية हिन्दी",
    "e\u0301".repeat(200),
    "[CLS] [SEP] [MASK] [PAD] <|endoftext|> </s>",
    "x".repeat(5_000),
    "jam, ".repeat(2_000),
    "NaN",
    "constructor __proto__ toString",
  ];
  const some = Math.ceil(Math.max(0, count - fixed.length) / 3);
  const sample = (text: fc.Arbitrary<string>): string[] => fc.sample(text, { numRuns: some, seed: 20_261_124 });
  const word = fc.constantFrom(
    "plum",
    "jam",
    "cellar",
    "keeps",
    "the",
    "for",
    "3",
    "winters,",
    "preserved.",
    "Ångström",
  );
  return [
    ...fixed,
    ...sample(fc.array(word, { maxLength: 250 }).map((words) => words.join(" "))),
    ...sample(fc.string({ unit: "grapheme", maxLength: 300 })),
    ...sample(fc.string({ unit: "binary", maxLength: 300 })),
  ];
}

function bitsOf(row: Float32Array | undefined): string {
  return row === undefined ? "" : Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString("base64");
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return a?.reduce((sum, value, d) => sum + value * (b?.[d] ?? 0), 0) ?? Number.NaN;
}
