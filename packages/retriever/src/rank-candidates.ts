import type { Evidence, Label, SearchQuery, StoredPassage } from "@larder/contracts";
import type { Candidates } from "./find-candidates.ts";
import type { ScoredLabel } from "./fuse-scores.ts";
import { fuseScores } from "./fuse-scores.ts";
import type { QueryMatch } from "./late-interaction.ts";
import type { Settings } from "./retriever-settings.ts";
import type { RankedPassage } from "./stretch.ts";

/**
 * The best by what the searches themselves say, both alike where neither weighs anything: everything after this has to
 * read the passage.
 */
export function narrow({ mode }: SearchQuery, candidates: Candidates, settings: Settings): Candidates {
  const { dense = [], lexical = [] } = candidates;
  const { candidatesMax, denseWeight, lateInteractionWeight } = settings;
  if (mode !== "hybrid" || dense.length + lexical.length <= candidatesMax) return candidates;
  const sides = [
    { hits: dense, weight: denseWeight },
    { hits: lexical, weight: Math.max(0, 1 - denseWeight - lateInteractionWeight) },
  ];
  const isWeighed = sides.some(({ hits, weight }) => hits.length > 0 && weight > 0);
  const fused = fuseScores(isWeighed ? sides : sides.map(({ hits }) => ({ hits, weight: 1 })));
  const kept = new Set(fused.slice(0, candidatesMax).map(({ label }) => label));
  const keptOf = (hits: readonly ScoredLabel[]) => hits.filter(({ label }) => kept.has(label));
  return {
    ...candidates,
    ...(candidates.dense && { dense: keptOf(dense) }),
    ...(candidates.lexical && { lexical: keptOf(lexical) }),
  };
}

/**
 * Hits that the database no longer knows are dropped before scaling, so that they move nobody's score. A mode of one side
 * is that side alone; a side that did not take part leaves its weight to the others, and to words where these have none.
 */
export function rank(
  { mode }: SearchQuery,
  { dense, lexical }: Candidates,
  passages: ReadonlyMap<Label, StoredPassage>,
  match: QueryMatch,
  { denseWeight, lateInteractionWeight }: Settings,
): RankedPassage[] {
  const live = (hits: readonly ScoredLabel[] = []) => hits.filter(({ label }) => passages.has(label));
  const matches = [...match.passages].map(([label, passage]) => ({ label, score: match.shareOf(passage) }));
  const isHybrid = mode === "hybrid";
  const isDense = dense !== undefined && mode !== "lexical";
  const isLexical = lexical !== undefined && (mode !== "dense" || dense === undefined);
  const isWordsAlone = dense === undefined && lateInteractionWeight === 0;
  const lexicalWeight = isWordsAlone ? 1 : Math.max(0, 1 - denseWeight - lateInteractionWeight);
  const sides = [
    { hits: live(dense), weight: isDense ? (isHybrid ? denseWeight : 1) : 0 },
    { hits: live(lexical), weight: isLexical ? (isHybrid ? lexicalWeight : 1) : 0 },
    { hits: matches, weight: isHybrid ? lateInteractionWeight : 0 },
  ];
  return fuseScores(sides).flatMap(({ label, score, parts }) => {
    const passage = passages.get(label);
    return passage === undefined ? [] : [{ passage, score, scores: scoresOf(parts) }];
  });
}

function scoresOf([dense, lexical, lateInteraction]: readonly (number | undefined)[]): Evidence["scores"] {
  return {
    ...(dense === undefined ? {} : { dense }),
    ...(lexical === undefined ? {} : { lexical }),
    ...(lateInteraction === undefined ? {} : { lateInteraction }),
  };
}
