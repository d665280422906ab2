import type { DocumentId, Evidence, PassageId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSentences } from "./evidence-sentences.ts";
import { extractAnswer } from "./extract-answer.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const withoutEmbedder = {
  dimensions: 2,
  embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")),
};

const piece = (text: string, score = 1, title = "Handbook"): Evidence => ({
  passageId: "psg_1" as PassageId,
  passageIds: ["psg_1" as PassageId],
  documentId: "doc_1" as DocumentId,
  version: 1,
  title,
  headings: [],
  start: 500,
  end: 500 + text.length,
  text,
  tokens: 1,
  score,
  scores: {},
});
const extract = (
  question: string,
  pieces: readonly Evidence[],
  embedder: Parameters<typeof extractAnswer>[2] = withoutEmbedder,
) => extractAnswer(question, readSentences(pieces), embedder, call);
const texts = async (...parameters: Parameters<typeof extract>) =>
  (await extract(...parameters)).map(({ text }) => text);

describe("extractAnswer", () => {
  it("has nothing to say without evidence", async () => {
    expect(await extract("How?", [])).toEqual([]);
    expect(await extract("How?", [piece(" \n")])).toEqual([]);
  });

  it("says nothing when no sentence has a word of the question", async () => {
    expect(await extract("Who won the cup?", [piece("Honey never spoils."), piece("Salt is white.")])).toEqual([]);
  });

  it("prefers prose to commands and quotes a table's row without its bars", async () => {
    const command = 'curl -d \'{"query":"does honey spoil","limit":1}\'';
    expect(await texts("Does honey spoil?", [piece(`${command}\n\nHoney never spoils.`)])).toEqual([
      "Honey never spoils. [1]",
    ]);
    const [row] = await extract("How long does honey keep?", [piece("| honey | keeps for years |")]);
    expect(row?.citation.quote).toBe("honey | keeps for years");
    expect(row?.text).toBe("honey | keeps for years [1]");
  });

  it("quotes the sentence that fits the question, with its marker and its exact place", async () => {
    const text = "Flour wants a dry place. Honey never spoils. Oil goes rancid in the light.";
    const [first] = await extract("Does honey spoil?", [piece("Salt is white.", 0.4), piece(text)]);
    expect(first?.text).toBe("Honey never spoils. [2]");
    expect(first?.citation).toMatchObject({ marker: 2, start: 525, end: 544, quote: "Honey never spoils." });
  });

  it("does not answer with the question itself", async () => {
    const text = "Does honey spoil?\n\nHoney keeps for years and does not spoil.";
    expect(await texts("Does honey spoil?", [piece(text)])).toEqual(["Honey keeps for years and does not spoil. [1]"]);
  });

  it("gives several sentences in the order of the evidence, at most four, none twice", async () => {
    const said = await texts("Which oils turn rancid?", [
      piece("Walnut oils turn rancid soon. Walnut oils turn rancid soon! Linseed oils turn rancid in days."),
      piece("Olive oils turn rancid late. Palm oils turn rancid never. Rapeseed oils turn rancid in months."),
    ]);
    expect(said.length).toBeLessThanOrEqual(4);
    expect(new Set(said).size).toBe(said.length);
    const markers = said.map((text) => text.at(-2));
    expect(markers).toEqual(markers.toSorted());
  });

  it("lets meaning choose where words do not", async () => {
    const text = "The automobile needs petrol now. The kitchen needs a table now.";
    const vectors: Record<string, readonly number[]> = { "What does my car need?": [1, 0] };
    const embedder = {
      dimensions: 2,
      embed: async (given: readonly string[]) =>
        Float32Array.from(given.flatMap((one) => vectors[one] ?? (one.includes("automobile") ? [1, 0] : [0, 1]))),
    };
    const [first] = await extract("What does my car need?", [piece(text)], embedder);
    expect(first?.text).toBe("The automobile needs petrol now. [1]");
  });

  it("shows no marker but its own, and no line ends", async () => {
    const [first] = await texts("Who says that honey is sweet?", [piece("Bees say\nthat honey is sweet [7][8].")]);
    expect(first).toBe("Bees say that honey is sweet (7)(8). [1]");
  });

  it("passes defects and aborts on", async () => {
    const defective = { dimensions: 2, embed: () => Promise.reject(new TypeError("defect")) };
    await expect(extract("Which words?", [piece("Words stand here.")], defective)).rejects.toThrow("defect");
    const aborted = { signal: AbortSignal.abort(new Error("left")) };
    const answer = extractAnswer("Which words?", readSentences([piece("Words stand here.")]), withoutEmbedder, aborted);
    await expect(answer).rejects.toThrow("left");
  });

  it("cites only what stands there", async () => {
    const text = fc.oneof(fc.lorem({ mode: "sentences", maxCount: 6 }), fc.string({ unit: "binary", maxLength: 80 }));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 4 }), fc.lorem(), async (given, question) => {
        const pieces = given.map((one, index) => piece(one, 1 - index / 10));
        for (const { citation } of await extract(question, pieces)) {
          const source = pieces[citation.marker - 1];
          expect(citation.quote).toBe(source?.text.slice(citation.start - 500, citation.end - 500));
        }
      }),
    );
  });
});
