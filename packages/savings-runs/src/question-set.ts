import { createHash } from "node:crypto";
import { LarderError } from "@larder/contracts";
import { z } from "zod";

/** A stretch of a document, half-open, in UTF-16 code units. */
export interface GoldSpan {
  readonly documentId: string;
  readonly start: number;
  readonly end: number;
}

export interface RunQuestion {
  /** Unique in its set. */
  readonly id: string;
  readonly text: string;
  /** Each one of them is right; empty when none is known. */
  readonly answers: readonly string[];
  /** Empty when none is known. */
  readonly gold: readonly GoldSpan[];
  /** Questions about one document are not independent; whole clusters are redrawn. */
  readonly cluster: string;
}

export interface QuestionSet {
  readonly name: string;
  /** Made from the documents by rule, not asked by anybody; every report says so. */
  readonly isSynthetic: boolean;
  readonly questions: readonly RunQuestion[];
}

/** One line of a set as people write it. Documents are named by title, file name, external id or id. */
export const questionLine = z.strictObject({
  id: z.string().min(1).max(200).optional(),
  question: z.string().trim().min(1).max(8_000),
  answers: z.array(z.string().trim().min(1).max(2_000)).max(50).optional(),
  document: z.string().min(1).max(1_000).optional(),
  spans: z
    .array(z.strictObject({ document: z.string().optional(), start: z.int().min(0), end: z.int().min(1) }))
    .max(200)
    .optional(),
});
export type QuestionLine = z.infer<typeof questionLine>;

/**
 * Lines of JSON, blank ones left out.
 * @throws {@link LarderError} `DATA_SET_INVALID` with the number of the line
 */
export function parseQuestionLines(text: string, name: string): readonly QuestionLine[] {
  const lines = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [{ line, number: index + 1 }]));
  if (lines.length === 0) throw invalid(name, "holds no question");
  return lines.map(({ line, number }) => {
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch (cause) {
      throw invalid(name, `line ${number} is not JSON`, cause);
    }
    const parsed = questionLine.safeParse(row);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw invalid(name, `line ${number}: ${issue?.path.join(".") || "the line"} ${issue?.message ?? "is wrong"}`);
  });
}

/**
 * Questions of lines, the documents they name looked up once each. A question without a document is its own cluster.
 * @param findDocument - Id of the document of this name; `undefined` when there is none, or more than one
 * @throws {@link LarderError} `DATA_SET_INVALID` for an unknown document, a span outside of its text, an id twice
 */
export function toQuestionSet(
  name: string,
  lines: readonly QuestionLine[],
  findDocument: (name: string) => { readonly id: string; readonly characters: number } | undefined,
  isSynthetic = false,
): QuestionSet {
  const seen = new Set<string>();
  const documentOf = (named: string) => {
    const found = findDocument(named);
    if (found === undefined) throw invalid(name, `no single document is named ${JSON.stringify(named.slice(0, 80))}`);
    return found;
  };
  const questions = lines.map((line, index): RunQuestion => {
    const id = line.id ?? `q${index + 1}`;
    if (seen.has(id)) throw invalid(name, `question ${id} is there twice`);
    seen.add(id);
    const own = line.document === undefined ? undefined : documentOf(line.document);
    const gold = (line.spans ?? []).map(({ document, start, end }): GoldSpan => {
      const place = document === undefined ? own : documentOf(document);
      if (place === undefined) throw invalid(name, `a span of question ${id} names no document`);
      if (end <= start || end > place.characters)
        throw invalid(name, `a span of question ${id} is outside of its text`);
      return { documentId: place.id, start, end };
    });
    const cluster = own?.id ?? gold[0]?.documentId ?? id;
    return { id, text: line.question, answers: line.answers ?? [], gold, cluster };
  });
  return { name, isSynthetic, questions };
}

/** Of all that decides what is asked and what counts as right, in order. */
export function questionSetSha256({ isSynthetic, questions }: QuestionSet): string {
  const hash = createHash("sha256").update(String(isSynthetic));
  for (const { id, text, answers, gold, cluster } of questions) {
    const spans = gold.map(({ documentId, start, end }) => [documentId, start, end]);
    hash.update(`${JSON.stringify([id, text, answers, spans, cluster])}\n`);
  }
  return hash.digest("hex");
}

function invalid(set: string, problem: string, cause?: unknown): LarderError {
  return new LarderError("DATA_SET_INVALID", { details: { set, file: "questions", problem }, cause });
}
