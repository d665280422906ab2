import type { AnswerVerification, Call, Embedder, ResponseFormat, VerificationProblem } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { sentenceSpans } from "@larder/sentences";
import type { Claim, ClaimFeatures } from "./claim-support.ts";
import { claimOf, featuresOf, supportOf, wordsOf } from "./claim-support.ts";
import type { EvidenceSentences } from "./evidence-sentences.ts";
import { satisfiesSchema } from "./satisfies-schema.ts";
import { termsOf } from "./terms.ts";

/** Changes with every rule that may change a verdict. */
const verifierId = "support@1";
/** An answer is supported when its least supported claim reaches this. Chosen on the first half of `npm run eval:verifier`. */
export const supportMin = 0.35;

export interface VerifiedText {
  readonly text: string;
  readonly evidence: EvidenceSentences;
  readonly question: string;
  readonly responseFormat?: ResponseFormat;
}

/**
 * Whether an answer is what its evidence says, judged on this machine for nothing: each sentence that states something
 * is compared with the sentences of the evidence by words and by meaning, and its numbers, names and negations exactly.
 * An answer is as good as its weakest claim. JSON must satisfy its schema, and its texts are claims. Without an embedder,
 * or when it fails, words decide alone.
 */
export async function verifyAnswer(
  { text, evidence, question, responseFormat }: VerifiedText,
  embedder: Pick<Embedder, "embed" | "dimensions"> | undefined,
  call: Call,
): Promise<AnswerVerification> {
  if (isRefusal(text)) return verdict(0, 0, ["refused"]);
  const json = responseFormat === undefined ? undefined : parsed(text);
  if (responseFormat !== undefined && (json === undefined || !satisfiesSchema(json.value, responseFormat.schema))) {
    return verdict(0, 0, ["schema_invalid"]);
  }
  const texts = json === undefined ? statementsOf(text) : stringsOf(json.value).flatMap(statementsOf);
  if (texts.length === 0) return verdict(json === undefined ? 0 : 1, 0, json === undefined ? ["nothing_stated"] : []);
  const judged = (await windowFeatures(texts, evidence, question, embedder, call)).map(judge);
  const weakest = judged.reduce((least, each) => (each.support < least.support ? each : least));
  const problems = new Set(judged.filter(({ support }) => support < supportMin).flatMap(problemsOf));
  return verdict(weakest.support, texts.length, [...problems]);
}

function verdict(score: number, claims: number, problems: readonly VerificationProblem[]): AnswerVerification {
  return { isSupported: score >= supportMin, score, claims, problems, verifierId };
}

interface Judged {
  readonly support: number;
  readonly features: ClaimFeatures | undefined;
}

/** By the window that supports it best. */
function judge(windows: readonly ClaimFeatures[]): Judged {
  let best: Judged = { support: 0, features: undefined };
  for (const features of windows) {
    const support = supportOf(features);
    if (best.features === undefined || support > best.support) best = { support, features };
  }
  return best;
}

/** For each statement, what speaks for and against it in each stretch of the evidence that may support it. */
export async function windowFeatures(
  statements: readonly string[],
  evidence: EvidenceSentences,
  question: string,
  embedder: Pick<Embedder, "embed" | "dimensions"> | undefined,
  call: Call,
): Promise<readonly (readonly ClaimFeatures[])[]> {
  const claims = statements.map((statement) => claimOf(statement, evidence));
  const known = wordsOf([question, ...evidence.pieces.flatMap(wordsOfPiece)].join(" "));
  const cosines = await cosinesOf(claims, embedder, call);
  return claims.map((claim, index) =>
    claim.windows.map((window, place) => featuresOf(claim, window, known, cosines?.[index]?.[place])),
  );
}

function problemsOf({ features }: Judged): VerificationProblem[] {
  if (features === undefined) return ["claim_unsupported"];
  const problems: VerificationProblem[] = [];
  if (features.numbersMissing > 0) problems.push("number_differs");
  if (features.namesMissing > 0) problems.push("name_differs");
  if (features.negationDiffers > 0) problems.push("negation_differs");
  return problems.length > 0 ? problems : ["claim_unsupported"];
}

/** Sentences that state something, without markers, list signs and emphasis. */
function statementsOf(text: string): readonly string[] {
  const plain = text.replace(/\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\]/g, "").replace(/[*`]+/g, "");
  return sentenceSpans(plain)
    .map(({ start, end }) =>
      plain
        .slice(start, end)
        .replace(/^\s*(?:[-–•]|\d+[.)]|#+)\s+/, "")
        .trim(),
    )
    .filter((sentence) => !/[?:]$/.test(sentence) && termsOf(sentence).length > 0);
}

/** One row of cosines for each claim, over its windows; `undefined` when meaning cannot be compared. */
async function cosinesOf(
  claims: readonly Claim[],
  embedder: Pick<Embedder, "embed" | "dimensions"> | undefined,
  call: Call,
): Promise<readonly (readonly number[])[] | undefined> {
  if (embedder === undefined) return undefined;
  const texts = new Map<string, number>();
  const place = (text: string) => {
    const at = texts.get(text) ?? texts.size;
    texts.set(text, at);
    return at;
  };
  const places = claims.map((claim) => ({
    own: place(claim.text),
    windows: claim.windows.map(({ sentences }) => sentences.map(({ text }) => place(text))),
  }));
  let vectors: Float32Array;
  try {
    vectors = await embedder.embed([...texts.keys()], "query", call);
  } catch (thrown) {
    call.signal.throwIfAborted();
    if (!LarderError.is(thrown)) throw thrown;
    return undefined; // words decide alone
  }
  const { dimensions } = embedder;
  const cosine = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < dimensions; i += 1) {
      sum += (vectors[a * dimensions + i] ?? 0) * (vectors[b * dimensions + i] ?? 0);
    }
    return sum;
  };
  return places.map(({ own, windows }) => windows.map((rows) => Math.max(...rows.map((row) => cosine(own, row)))));
}

function wordsOfPiece({ evidence, places }: EvidenceSentences["pieces"][number]): readonly string[] {
  return [evidence.title, ...places.flatMap(({ headings }) => headings), evidence.text];
}

/** Beginnings of answers that are none. The abstention that the prompt asks for is told apart by the caller. */
const refusals = [
  /^(?:i['’]?m sorry|i am sorry|sorry|i apologi[sz]e|unfortunately,? i)\b/i,
  /^(?:as an ai\b|i (?:can(?:no|['’])t|am (?:not able|unable)|do(?:n['’]t| not) (?:have|know))\b)/i,
  /^the (?:provided |given )?(?:excerpts?|evidence|context|documents?|passages?) (?:do|does)(?:n['’]t| not)\b/i,
  /^(?:es tut mir leid|ich kann (?:das |diese )?.{0,20}nicht|lo siento|désolé|je ne peux pas)/i,
];

export function isRefusal(text: string): boolean {
  const start = text.trim().slice(0, 200);
  return refusals.some((form) => form.test(start));
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined; // an outcome: it does not satisfy its schema
  }
}

function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
