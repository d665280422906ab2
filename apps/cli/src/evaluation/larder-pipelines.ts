import type { MeasurableLarder } from "@larder/api";
import type { Call, RankedSearch, RankingRetriever, SearchMode, TokenBudget } from "@larder/contracts";
import type { LabelledQuery, Pipeline } from "@larder/evaluation";
import { confidenceOf } from "@larder/evaluation";
import type { RetrieverSettings } from "@larder/retriever";
import type { KnowledgeBaseOfSet } from "./knowledge-base-of-set.ts";

type RetrieverParts = Pick<MeasurableLarder, "retriever" | "retrieverWith" | "tokenCounter">;

/** A configuration of Larder that can be measured, by the name that `--modes` takes. */
export interface PipelineRecipe {
  readonly id: string;
  /** Measured when `--modes` says nothing, on sets of these kinds. */
  readonly isDefaultFor: readonly ("documents" | "spans")[];
  create(parts: RetrieverParts, base: KnowledgeBaseOfSet): Pipeline;
}

/** Every configuration that has a name of its own. Another one is another line. */
export const recipes: readonly PipelineRecipe[] = [
  recipe("lexical", { mode: "lexical" }, ["documents"]),
  recipe("dense", { mode: "dense" }, ["documents"]),
  recipe("hybrid", { mode: "hybrid" }, ["documents", "spans"]),
  recipe("no-dense", { mode: "hybrid", settings: { denseWeight: 0 } }),
  recipe("no-late-interaction", { mode: "hybrid", settings: { lateInteractionWeight: 0 } }),
];

/** What can be changed for a measurement alone; the others stay as they are configured. */
export const variableSettings = [
  "candidatesPerSide",
  "candidatesMax",
  "denseWeight",
  "lateInteractionWeight",
  "linkWeight",
  "linkNamesMax",
  "limitPerDocument",
  "autoTokensMax",
  "autoRecall",
] as const satisfies readonly (keyof RetrieverSettings)[];

/**
 * The recipe of a name, or of settings such as `denseWeight=0.5` or `denseWeight=0.5+lateInteractionWeight=0`: hybrid
 * search with just these changed. `undefined` when it is neither.
 */
export function recipeOf(id: string): PipelineRecipe | undefined {
  const named = recipes.find((each) => each.id === id);
  if (named !== undefined) return named;
  const settings: Partial<Record<(typeof variableSettings)[number], number>> = {};
  for (const part of id.split("+")) {
    const [key, value = ""] = part.split("=");
    const setting = variableSettings.find((each) => each === key);
    if (setting === undefined || value.trim() === "" || !(Number(value) >= 0)) return undefined;
    settings[setting] = Number(value);
  }
  return recipe(id, { mode: "hybrid", settings });
}

interface Configuration {
  readonly mode: SearchMode;
  /** Of the retriever; those that are absent stay as configured. */
  readonly settings?: RetrieverSettings;
}

function recipe(
  id: string,
  { mode, settings }: Configuration,
  isDefaultFor: PipelineRecipe["isDefaultFor"] = [],
): PipelineRecipe {
  return {
    id,
    isDefaultFor,
    create(parts, base) {
      const retriever = settings === undefined ? parts.retriever : parts.retrieverWith(settings);
      return createLarderPipeline(id, mode, { ...parts, retriever }, base);
    },
  };
}

/** The retriever that answers users, in one of its modes: one search for all the limits that a query is asked under. */
function createLarderPipeline(
  id: string,
  mode: SearchMode,
  { retriever, tokenCounter }: Pick<RetrieverParts, "tokenCounter"> & { readonly retriever: RankingRetriever },
  { knowledgeBaseId, setIds }: KnowledgeBaseOfSet,
): Pipeline {
  const piecesOfAuto = 1_000; // as for the fixed budgets: tokens decide, not pieces

  let last: { readonly queryId: string; readonly search: RankedSearch } | undefined;

  async function retrieve(
    { id: queryId, text }: LabelledQuery,
    { tokenBudget, pieces }: { readonly tokenBudget?: TokenBudget; readonly pieces: number },
    call: Call,
  ) {
    const budget = tokenBudget === undefined ? {} : { tokenBudget };
    if (last?.queryId !== queryId) {
      last = { queryId, search: await retriever.rank({ knowledgeBaseId, text, mode }, call) };
    }
    const found = last.search.pack({ limit: pieces, ...budget });
    return {
      evidence: found.evidence.flatMap(({ documentId, start, end }) =>
        (setIds.get(documentId) ?? []).map((setId) => ({ documentId: setId, start, end })),
      ),
      tokens: () => found.evidence.reduce((sum, piece) => sum + tokenCounter.count(piece.text), 0),
      confidence: confidenceOf(found),
    };
  }

  return {
    id,
    retrieve,
    retrieveAuto: (query, call) => retrieve(query, { tokenBudget: "auto", pieces: piecesOfAuto }, call),
  };
}
