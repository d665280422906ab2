import type { Evidence, PassageId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { evidenceOf } from "@larder/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSentences } from "./evidence-sentences.ts";
import { extractAnswer } from "./extract-answer.ts";

const call = { signal: AbortSignal.timeout(60_000) };
const withoutEmbedder = {
  dimensions: 2,
  embed: () => Promise.reject(new LarderError("EMBEDDER_UNAVAILABLE")),
};

const piece = (text: string, score = 1, title = "Handbook") => evidenceOf(text, { start: 500, score, title });
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
    expect(first?.text).toBe("Honey never spoils. [1]");
    expect(first?.citation).toMatchObject({ marker: 1, start: 525, end: 544, quote: "Honey never spoils." });
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
    expect(first).toBe("Bees say that honey is sweet. [1]");
  });

  it.each([
    ["- Honey keeps for years in a closed jar.", "Honey keeps for years in a closed jar."],
    [
      "2. Honey keeps for **many years** in a [closed jar](https://example.org/jar).",
      "Honey keeps for many years in a closed jar.",
    ],
    ["> Honey keeps for years, says the cook.", "Honey keeps for years, says the cook."],
    ["- [x] Honey keeps for years in jars", "Honey keeps for years in jars"],
    ["`honey` keeps for years in `jars`.", "`honey` keeps for years in `jars`."],
    ["[Honey](#honey) keeps for years in jars.", "Honey keeps for years in jars."],
    [
      "- Honey: 12.03.2024, 1.200,50 €, $14.00 a jar, 3–4 years",
      "Honey: 12.03.2024, 1.200,50 €, $14.00 a jar, 3–4 years",
    ],
    ["Honey keeps for years in jars.[30] In general, salt does.", "Honey keeps for years in jars."],
  ])("quotes %j before a command, without the signs of its setting", async (given, shown) => {
    const text = `curl https://example.org/honey/keeps --years\n\n${given}`;
    const [first, ...others] = await extract("How many years does honey keep?", [piece(text)]);
    expect(first?.text).toBe(`${shown} [1]`);
    expect(others).toEqual([]);
    expect(text).toContain(first?.citation.quote);
    expect(first?.citation.quote).not.toMatch(/^[-*>#\d]|\[30\]$/);
  });

  it("prefers the statement itself to the same words in fenced code, and never answers with a heading", async () => {
    const text =
      "# Honey and years\n\n```\n? How many years does honey keep?\n\nHoney keeps for twenty years. [2]\n```\n\n" +
      "Honey keeps for twenty years.";
    const [first, ...others] = await extract("How many years does honey keep?", [piece(text)]);
    expect(others).toEqual([]);
    expect(first?.citation.start).toBe(500 + text.lastIndexOf("Honey"));
  });

  it("knows code though the fence is outside of the evidence", async () => {
    const text = "```\nHoney keeps for twenty years, it said.\n```\n\nHoney keeps for ten years.";
    const said = text.indexOf("Honey");
    const fragment = { ...piece(text.slice(said, text.indexOf("\n```\n"))), start: 500 + said };
    const whole = { id: fragment.passageId, start: 500, headings: [], text };
    const id = "psg_2" as PassageId;
    const other = { ...piece("Honey keeps for ten years."), passageId: id, passageIds: [id] };
    const evidence = readSentences([fragment, other], new Map([[fragment.passageId, whole]]));
    const [first] = await extractAnswer("How many years does honey keep?", evidence, withoutEmbedder, call);
    expect(first?.text).toBe("Honey keeps for ten years. [1]");
  });

  it("never answers with the question", async () => {
    const text = "How many years does honey keep? It keeps for twenty years, as honey does.";
    expect(await texts("How many years does honey keep?", [piece(text)])).toEqual([
      "It keeps for twenty years, as honey does. [1]",
    ]);
  });

  it("numbers the passages that it quotes from 1 without gaps, each of them once", async () => {
    const text = "Walnut oils turn rancid soon. Linseed goods turn rancid in days.\n\nOlive oils turn rancid late.";
    const second = text.indexOf("Olive");
    const joined: Evidence = { ...piece(text), passageIds: ["psg_1" as PassageId, "psg_2" as PassageId] };
    const place = (id: string, start: number, end?: number) => ({
      id: id as PassageId,
      start: 500 + start,
      text: text.slice(start, end),
    });
    const passages = new Map([
      ["psg_1" as PassageId, { ...place("psg_1", 0, second), headings: ["Oils", "Seeds"], page: 3 }],
      ["psg_2" as PassageId, { ...place("psg_2", second), headings: ["Oils", "Fruits"], page: 4 }],
    ]);
    const evidence = readSentences([piece("Salt is white and oils are not.", 0.2), joined], passages);
    const said = await extractAnswer("What turns rancid?", evidence, withoutEmbedder, call);
    expect(
      said.map(({ citation }) => [citation.marker, citation.passageId, citation.headings.at(-1), citation.page]),
    ).toEqual([
      [1, "psg_1", "Seeds", 3],
      [1, "psg_1", "Seeds", 3],
      [2, "psg_2", "Fruits", 4],
    ]);
    expect(said.map(({ text: shown }) => shown.slice(-3))).toEqual(["[1]", "[1]", "[2]"]);
  });

  it.each([
    ["Does Larder print a price?", ["Every answer has a price. [1]"]],
    ["How do I obtain a price?", ["Every answer has a price. [1]"]],
    ["WHAT IS THE PRICE OF AN ANSWER?", ["Every answer has a price. [1]"]],
  ])("answers %j with the sentence that says it", async (question, expected) => {
    const others = [
      "Jars stand in a row.",
      "Salt is white.",
      "The price is told.",
      "Larder has shelves.",
      "Oil is yellow.",
    ];
    const text = ["Every answer has a price.", ...others, ...others.map((one) => `Again: ${one}`)].join(" ");
    expect((await texts(question, [piece(text)])).slice(0, 1)).toEqual(expected);
  });

  describe("asked what no piece answers alone", () => {
    const question = "Who founded the publisher of Orange Eats Creeps?";
    const novel = piece("Orange Eats Creeps is a novel, and its publisher is Two Dollar Radio.");
    const of = (text: string, scores: Evidence["scores"], name = "psg_2"): Evidence => ({
      ...piece(text, 0.3, "Two Dollar Radio"),
      ...{ passageId: name as PassageId, passageIds: [name as PassageId], scores },
    });
    const office = "It has an office in Columbus.";
    const founder = "Eric Obenauf founded Two Dollar Radio in 2005.";
    const first = `${novel.text} [1]`;

    it("quotes of a linked piece the one sentence that says what is open, and of another piece none", async () => {
      const text = `${office} ${founder} He founded it with his wife.`;
      expect(await texts(question, [novel, of(text, {})])).toEqual([first]);
      expect(await texts(question, [novel, of(text, { link: 0.5 })])).toEqual([first, `${founder} [2]`]);
      expect(await texts(question, [of(text, { link: 0.5 }), novel])).toEqual([`${founder} [1]`, `${novel.text} [2]`]);
    });

    it("quotes nothing that says nothing of what is open, or nothing new", async () => {
      expect(await texts(question, [novel, of(office, { link: 0.5 })])).toEqual([first]);
      const twice = [of(founder, { link: 0.5 }), of(founder, { link: 0.4 }, "psg_3")];
      expect(await texts(question, [novel, ...twice])).toEqual([first, `${founder} [2]`]);
    });

    it("keeps to the most sentences", async () => {
      const evidence = readSentences([novel, of(founder, { link: 0.5 })]);
      const said = await extractAnswer(question, evidence, withoutEmbedder, call, { sentencesMax: 1 });
      expect(said.map(({ text }) => text)).toEqual([first]);
    });
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
          const { start, end, quote } = citation;
          expect(pieces.some((source) => source.text.slice(start - 500, end - 500) === quote)).toBe(true);
        }
      }),
    );
  });
});
