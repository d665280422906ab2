import type { TextReading } from "@larder/api";
import type { Embedder, EmbedderId, ParsedDocument, PassageSplitter, TokenCounter } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { DataSet, LabelledDocument } from "@larder/evaluation";
import { cutRecursively } from "@larder/evaluation";
import type { SetReading } from "./knowledge-base-of-set.ts";

/** As production reads them: long documents are split, the documents of other sets are one passage each. */
export function larderReading(set: DataSet, reading: TextReading, embedder: Embedder): SetReading {
  if (set.kind === "documents") {
    return { name: "larder", parse: async (document) => asGiven(textOf(document)), splitter: wholeDocument, embedder };
  }
  return {
    name: "larder",
    splitter: reading.splitter,
    embedder,
    async parse({ id, text }) {
      const asRead = inCharactersThatStay(text);
      const parsed = await reading.parse(asRead);
      if (parsed.text === asRead) return { ...parsed, text };
      const problem = `reading document ${id} changes its text, so that spans would point elsewhere`;
      throw new LarderError("DATA_SET_INVALID", { details: { set: set.name, file: "corpus.jsonl.gz", problem } });
    },
  };
}

/**
 * The same text in characters that reading keeps, each as long as before: spans of a set point into the text as it was
 * given, where reading puts letters for ligatures and leaves out what only tells where a line may break.
 */
function inCharactersThatStay(text: string): string {
  return text
    .replace(/[\u00A0\u2000-\u200A\u202F\u205F]/gu, " ")
    .replace(/[\u00AD\u200B\u2060\uFEFF]/gu, "\u200C")
    .replace(/[\uFB00-\uFB06]/gu, "f");
}

/** Pieces of 800 characters without overlap, found by their words alone: the alternative without vectors. */
export function plainReading(tokenCounter: TokenCounter, charactersMax: number): SetReading {
  return {
    name: "plain",
    parse: async ({ text }) => asGiven(text),
    splitter: recursiveSplitter(tokenCounter, charactersMax),
    embedder: withoutVectors,
  };
}

function asGiven(text: string): ParsedDocument {
  return { text, mediaType: "text/plain", blocks: [], pages: [], warnings: [] };
}

/** A document of a title alone is found by it. */
function textOf({ title, text }: LabelledDocument): string {
  return text.trim() === "" ? title : text;
}

const wholeDocument: PassageSplitter = {
  id: "whole-document",
  split: ({ text }) => [{ text, start: 0, end: text.length, lead: "", headings: [], tokens: 1 }],
};

function recursiveSplitter(tokenCounter: TokenCounter, charactersMax: number): PassageSplitter {
  return {
    id: `recursive(${charactersMax})`,
    split({ text }) {
      let reached = 0;
      return cutRecursively(text, charactersMax).map(({ start, end }) => {
        const lead = text.slice(reached, start);
        reached = end;
        const part = text.slice(start, end);
        return { text: part, start, end, lead, headings: [], tokens: tokenCounter.count(part) };
      });
    },
  };
}

/** For a knowledge base that is searched by words only: every vector is the same. */
const withoutVectors: Embedder = {
  id: "none" as EmbedderId,
  dimensions: 2,
  textTokensMax: 1,
  textsPerCallMax: 1_024,
  embed: async (texts) => Float32Array.from({ length: texts.length * 2 }, (_, i) => (i + 1) % 2),
  countTokens: async (texts) => texts.map(() => 1),
  health: () => ({ name: "embedder", state: "ok", detail: "none" }),
  [Symbol.asyncDispose]: async () => undefined,
};
