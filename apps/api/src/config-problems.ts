import type { z } from "zod";
import { environment } from "./environment.ts";

/** What a setting must be. Never holds the value, which may be a key in the wrong place. */
export function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "must be a whole number" : `must be a ${issue.expected}`;
    case "too_small":
      return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "invalid_format":
      return issue.format === "url" ? "must be a URL such as http://127.0.0.1:11434/v1" : `must be a ${issue.format}`;
    default:
      return "has a value that cannot be used";
  }
}

const keyCharactersMin = 16;

/** What no schema of a single setting says: settings that contradict each other, and keys that are too short. */
export function contradictions(data: z.infer<typeof environment>): string[] {
  const problems: string[] = [];
  if (data.LARDER_PASSAGE_TOKENS_TARGET > data.LARDER_PASSAGE_TOKENS_MAX) {
    problems.push(
      "LARDER_PASSAGE_TOKENS_TARGET: must be at most LARDER_PASSAGE_TOKENS_MAX; lower it or leave it unset",
    );
  }
  if (data.LARDER_API_KEYS?.some((key) => key.reveal().length < keyCharactersMin)) {
    problems.push(`LARDER_API_KEYS has a key of fewer than ${keyCharactersMin} characters`);
  }
  if (data.LARDER_RERANKER_MODEL !== undefined && data.LARDER_MODELS_DIR === undefined) {
    problems.push("LARDER_RERANKER_MODEL needs LARDER_MODELS_DIR");
  }
  if (data.LARDER_EMBEDDING_MODEL === environment.shape.LARDER_EMBEDDING_MODEL.parse(undefined)) {
    const unused = settingsOfOtherModels.filter((name) => data[name] !== undefined);
    for (const name of unused) problems.push(`${name} is for another model than the carried one`);
  }
  return problems;
}

/** The carried model is used as it was made; of these it would take no notice. */
const settingsOfOtherModels = [
  "LARDER_EMBEDDING_POOLING",
  "LARDER_EMBEDDING_QUERY_PREFIX",
  "LARDER_EMBEDDING_PASSAGE_PREFIX",
  "LARDER_EMBEDDING_TEXT_TOKENS_MAX",
  "LARDER_EMBEDDING_DTYPE",
] as const;
