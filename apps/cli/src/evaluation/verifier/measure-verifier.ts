import type { ClaimFeatures } from "@larder/answering";
import { readSentences, supportMin, supportOf, windowFeatures } from "@larder/answering";
import type { Call, DocumentId, Embedder, Evidence, PassageId } from "@larder/contracts";
import type { DataSet } from "@larder/evaluation";
import { areaUnderRoc } from "@larder/evaluation";
import type { FittedWeights } from "./fit-weights.ts";
import { fitWeights } from "./fit-weights.ts";
import type { Example } from "./make-examples.ts";
import { makeExamples } from "./make-examples.ts";

export interface KindFigures {
  readonly kind: Example["kind"];
  readonly count: number;
  /** Taken for supported at the operating point. */
  readonly passed: number;
}

export interface VerifierFigures {
  readonly set: string;
  readonly half: "fitted" | "held out";
  readonly supported: number;
  readonly unsupported: number;
  readonly auroc: number;
  readonly aurocWordsAlone: number;
  /** By coverage of words, and by cosine, alone: what a plain check would have. */
  readonly aurocCoverage: number;
  readonly aurocCosine: number;
  readonly caught: number;
  readonly falseAlarms: number;
  readonly kinds: readonly KindFigures[];
}

export interface VerifierMeasurement {
  readonly sets: readonly VerifierFigures[];
  readonly weights?: { readonly withMeaning: FittedWeights; readonly wordsAlone: FittedWeights };
}

interface Judged {
  readonly set: string;
  readonly example: Example;
  readonly windows: readonly ClaimFeatures[];
}

const words = ["coverage", "numbersMissing", "namesMissing", "namesUnknown", "negationDiffers"] as const;

/** Judges every example of the sets; with `isFitting` fits weights on the even questions. Odd ones are held out always. */
export async function measureVerifier(
  sets: readonly DataSet[],
  embedder: Embedder,
  { isFitting, seed }: { readonly isFitting: boolean; readonly seed: number },
  call: Call,
): Promise<VerifierMeasurement> {
  const judged: Judged[] = [];
  for (const set of sets) {
    for (const example of makeExamples(set, seed)) {
      const evidence = readSentences(example.evidence.map((text, index) => pieceOf(text, example.title, index)));
      const [windows = []] = await windowFeatures([example.statement], evidence, example.question, embedder, call);
      judged.push({ set: set.name, example, windows });
    }
  }
  const isFitted = ({ example }: Judged) => example.questionIndex % 2 === 0;
  const figures = sets.flatMap(({ name }) =>
    (["fitted", "held out"] as const).map((half) =>
      figuresOf(
        name,
        half,
        judged.filter((each) => each.set === name && isFitted(each) === (half === "fitted")),
      ),
    ),
  );
  if (!isFitting) return { sets: figures };
  const sample = judged.filter(isFitted).map(({ example, windows }) => ({ isSupported: example.isSupported, windows }));
  return {
    sets: figures,
    weights: { withMeaning: fitWeights(sample, [...words, "cosine"]), wordsAlone: fitWeights(sample, words) },
  };
}

function figuresOf(set: string, half: VerifierFigures["half"], judged: readonly Judged[]): VerifierFigures {
  const best = (windows: readonly ClaimFeatures[], score: (features: ClaimFeatures) => number) =>
    windows.reduce((most, features) => Math.max(most, score(features)), 0);
  const withoutMeaning = ({ cosine: _, ...rest }: ClaimFeatures) => supportOf(rest);
  const aurocBy = (score: (features: ClaimFeatures) => number) => {
    const of = (isSupported: boolean) =>
      judged.filter(({ example }) => example.isSupported === isSupported).map(({ windows }) => best(windows, score));
    return areaUnderRoc(of(true), of(false));
  };
  const passes = ({ windows }: Judged) => best(windows, supportOf) >= supportMin;
  const shareOf = (isSupported: boolean) => {
    const of = judged.filter(({ example }) => example.isSupported === isSupported);
    return of.length === 0 ? 0 : of.filter((each) => !passes(each)).length / of.length;
  };
  const kinds = [...new Set(judged.map(({ example }) => example.kind))].map((kind) => {
    const of = judged.filter(({ example }) => example.kind === kind);
    return { kind, count: of.length, passed: of.filter(passes).length / of.length };
  });
  return {
    set,
    half,
    supported: judged.filter(({ example }) => example.isSupported).length,
    unsupported: judged.filter(({ example }) => !example.isSupported).length,
    auroc: aurocBy(supportOf),
    aurocWordsAlone: aurocBy(withoutMeaning),
    aurocCoverage: aurocBy(({ coverage }) => coverage),
    aurocCosine: aurocBy(({ cosine = 0 }) => cosine),
    caught: shareOf(false),
    falseAlarms: shareOf(true),
    kinds,
  };
}

function pieceOf(text: string, title: string, index: number): Evidence {
  const passageId = `psg_${index.toString().padStart(12, "0")}` as PassageId;
  return {
    passageId,
    passageIds: [passageId],
    documentId: `doc_${index.toString().padStart(12, "0")}` as DocumentId,
    version: 1,
    title,
    headings: [],
    start: 0,
    end: text.length,
    text,
    tokens: 0,
    score: 1,
    scores: {},
  };
}
