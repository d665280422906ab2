import type { Call, Label, SearchQuery, StoredPassage } from "@larder/contracts";
import type { CandidatePorts, Candidates } from "./find-candidates.ts";
import { headsOf, linkStrength, withName } from "./passage-links.ts";
import type { RankedPassage } from "./stretch.ts";

/** Hits of the second search that are looked at; fifty brought more than twenty. @source docs/decisions/0013-links.md */
const hitsMax = 50;

export interface FollowRequest {
  readonly query: SearchQuery;
  /** Searched for together, by words. */
  readonly names: readonly string[];
  readonly ranked: readonly RankedPassage[];
  /** Only these labels, when given. */
  readonly allowed?: ReadonlySet<Label>;
}

export interface Followed {
  /** With the dense scores of what was brought. */
  readonly candidates: Candidates;
  /** Confirmed, and each linked with one of the best passages. */
  readonly brought: ReadonlyMap<Label, StoredPassage>;
}

/**
 * A second search, for documents that the best passages name: by words alone, one call. What it brings joins the
 * candidates only when it is linked with a best passage, with its true dense score; by words it has what it scored for
 * the question if that search listed it and it was only not read, and otherwise no score.
 */
export async function followLinks(
  { lexical, documents }: Pick<CandidatePorts, "lexical"> & { readonly documents: PassageReader },
  candidates: Candidates,
  { query, names, ranked, allowed }: FollowRequest,
  call: Call,
): Promise<Followed> {
  const { knowledgeBaseId } = query;
  const options = allowed === undefined ? { limit: hitsMax } : { limit: hitsMax, allowed };
  const hits = await lexical.search(knowledgeBaseId, names.join("\n"), options, call);
  const known = new Set(ranked.map(({ passage }) => passage.label));
  const labels = hits.map(({ label }) => label).filter((label) => !known.has(label));
  if (labels.length === 0) return { candidates, brought: new Map() };
  const found = await documents.passagesByLabel(knowledgeBaseId, labels, call);
  const heads = headsOf(ranked);
  const brought = new Map(
    [...found].filter(([, passage]) => heads.some((head) => linkStrength(head, withName(passage)) > 0)),
  );
  if (brought.size === 0) return { candidates, brought };
  return { candidates: await candidates.scoreAlso([...brought.keys()]), brought };
}

interface PassageReader {
  passagesByLabel(
    knowledgeBaseId: SearchQuery["knowledgeBaseId"],
    labels: readonly Label[],
    call: Call,
  ): Promise<ReadonlyMap<Label, StoredPassage>>;
}
