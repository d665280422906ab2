import type { Evidence } from "@larder/contracts";
import { evidencePlace, evidenceText } from "@larder/contracts";
import type { RankedPassage, Stretch } from "./stretch.ts";
import { isBetter, isBlank, joinStretches } from "./stretch.ts";

export interface PromptCosts {
  countTokens(text: string): number;
}

interface Piece {
  readonly stretch: Stretch;
  /** Document, and place in it: two documents may have places of the same name, which then stand apart. */
  readonly key: string;
  /** What it takes in a prompt; counted when asked for, and once. */
  readonly tokens: (isPlaceKnown: boolean) => number;
}

/** Pieces are counted with a marker of two digits: their final place is not known while they are packed. */
const countedMarker = 99;
/** Marker, line end, and one that a join may cost. */
const markerTokens = 6;
/** What a piece of its own costs at least; a gap of no more tokens is filled rather than left open. */
const gapTokensMax = 8;

/**
 * Pieces of evidence in the making. Adding gives a new set and changes none, so that a step that costs too much is not
 * taken. No two pieces touch, and none holds a character of another.
 */
export class EvidenceSet {
  readonly #pieces: readonly Piece[];
  readonly #costs: PromptCosts;
  /** Tokens of the lines that name places, by place; one memory for all sets that come of one. */
  readonly #places: Map<string, number>;
  #estimated: number | undefined;
  #counted: number | undefined;

  constructor(costs: PromptCosts, pieces: readonly Piece[] = [], places = new Map<string, number>()) {
    this.#costs = costs;
    this.#pieces = pieces;
    this.#places = places;
  }

  /** {@link tokens} by what the parts of the pieces take: seldom less, and nothing is counted but new places. */
  get tokensEstimated(): number {
    this.#estimated ??= this.#estimate();
    return this.#estimated;
  }

  #estimate(): number {
    const named = new Set<string>();
    let sum = 0;
    for (const { key, stretch } of this.#pieces) {
      sum += stretch.tokens + markerTokens;
      if (!named.has(key)) sum += this.#placeTokens(key, stretch);
      named.add(key);
    }
    return sum;
  }

  #placeTokens(key: string, stretch: Stretch): number {
    let tokens = this.#places.get(key);
    if (tokens === undefined) {
      tokens = this.#costs.countTokens(placeOf(stretch)) + 1;
      this.#places.set(key, tokens);
    }
    return tokens;
  }

  /** What the pieces take in a prompt, exactly but where neighbours have places of the same name: then at most. */
  get tokens(): number {
    this.#counted ??= this.#count();
    return this.#counted;
  }

  #count(): number {
    const firsts = new Map<string, Piece>();
    for (const piece of this.#pieces) {
      const first = firsts.get(piece.key);
      if (first === undefined || piece.stretch.start < first.stretch.start) firsts.set(piece.key, piece);
    }
    return this.#pieces.reduce((sum, piece) => sum + piece.tokens(piece !== firsts.get(piece.key)), 0);
  }

  get size(): number {
    return this.#pieces.length;
  }

  /** Pieces of one document. */
  sizeOf(documentId: string): number {
    return this.#pieces.filter(({ stretch }) => stretch.passages[0].documentId === documentId).length;
  }

  with(stretch: Stretch): EvidenceSet {
    let joined = stretch;
    let others = this.#pieces;
    const isTaken = (between: string): boolean =>
      isBlank(between) || (between.length < 100 && this.#costs.countTokens(between) <= gapTokensMax);
    for (let index = 0; index < others.length; ) {
      const next = joinStretches(others[index]?.stretch ?? joined, joined, isTaken);
      if (next === undefined) index += 1;
      else {
        joined = next;
        others = others.toSpliced(index, 1);
        index = 0; // what grew may touch one that was passed over
      }
    }
    return new EvidenceSet(this.#costs, [...others, toPiece(joined, this.#costs)], this.#places);
  }

  /** Places by their best passage, best first; the pieces of one place in the order of the document. */
  evidence(): readonly Evidence[] {
    const byPlace = new Map<string, Piece[]>();
    for (const piece of this.#pieces) byPlace.set(piece.key, [...(byPlace.get(piece.key) ?? []), piece]);
    const places = [...byPlace.values()].map((pieces) => ({
      best: pieces.map(({ stretch }) => stretch.best).reduce((a, b) => (isBetter(b, a) ? b : a)),
      pieces: pieces.toSorted((a, b) => a.stretch.start - b.stretch.start),
    }));
    const inOrder = places.toSorted(comparePlaces).flatMap(({ pieces }) => pieces);
    return inOrder.map(({ stretch }, index) => {
      const before = inOrder[index - 1]?.stretch;
      const isPlaceKnown = before !== undefined && placeOf(before) === placeOf(stretch);
      const marker = Math.max(countedMarker, index + 1);
      return toEvidence(stretch, this.#costs.countTokens(evidenceText(shownOf(stretch), marker, isPlaceKnown)));
    });
  }
}

function toPiece(stretch: Stretch, { countTokens }: PromptCosts): Piece {
  const counted = new Map<boolean, number>();
  return {
    stretch,
    key: `${stretch.passages[0].documentId}\n${placeOf(stretch)}`,
    tokens(isPlaceKnown) {
      const known =
        counted.get(isPlaceKnown) ?? countTokens(evidenceText(shownOf(stretch), countedMarker, isPlaceKnown));
      counted.set(isPlaceKnown, known);
      return known;
    },
  };
}

interface Place {
  readonly best: RankedPassage;
  /** In the order of the document. */
  readonly pieces: readonly Piece[];
}

/** One passage may be the best of two places: a part of it may have joined the place before its own. */
function comparePlaces(a: Place, b: Place): number {
  if (isBetter(a.best, b.best)) return -1;
  if (isBetter(b.best, a.best)) return 1;
  return (a.pieces[0]?.stretch.start ?? 0) - (b.pieces[0]?.stretch.start ?? 0);
}

function placeOf(stretch: Stretch): string {
  return evidencePlace(shownOf(stretch));
}

function shownOf({ passages, text }: Stretch) {
  const { title, headings, page } = passages[0];
  return { title, headings, text, ...(page === undefined ? {} : { page }) };
}

function toEvidence(stretch: Stretch, tokens: number): Evidence {
  const { passage, score, scores } = stretch.best;
  return {
    passageId: passage.id,
    passageIds: stretch.passages.map(({ id }) => id),
    documentId: passage.documentId,
    version: passage.version,
    ...shownOf(stretch),
    ...(passage.fileName === undefined ? {} : { fileName: passage.fileName }),
    start: stretch.start,
    end: stretch.end,
    tokens,
    score,
    scores,
  };
}
