import type { Evidence } from "@larder/contracts";
import { evidencePlace, evidenceText } from "@larder/contracts";
import type { Stretch } from "./stretch.ts";
import { isBetter, isBlank, joinStretches } from "./stretch.ts";

interface Piece {
  readonly stretch: Stretch;
  readonly place: string;
  /** Marker and text, without the place; counted when asked for. */
  readonly tokens: () => number;
}

/** Counts tokens of texts that come again and again, such as places, once. */
export interface PromptCosts {
  readonly countTokens: (text: string) => number;
  readonly placeTokens: (place: string) => number;
}

export function createPromptCosts(countTokens: (text: string) => number): PromptCosts {
  const counted = new Map<string, number>();
  return {
    countTokens,
    placeTokens(place) {
      const known = counted.get(place) ?? countTokens(`${place}\n`);
      counted.set(place, known);
      return known;
    },
  };
}

/** Pieces are counted with a marker of two digits: their final place is not known while they are packed. */
const countedMarker = 99;
/** What a piece of its own costs at least; a gap of no more tokens is filled rather than left open. */
const gapTokensMax = 8;

/**
 * Pieces of evidence in the making. Adding gives a new set and changes none, so that a step that costs too much is not
 * taken. No two pieces touch, and none holds a character of another.
 */
export class EvidenceSet {
  readonly #pieces: readonly Piece[];
  readonly #costs: PromptCosts;

  constructor(costs: PromptCosts, pieces: readonly Piece[] = []) {
    this.#costs = costs;
    this.#pieces = pieces;
  }

  /** What the pieces take in a prompt, exactly but for the seams between a place's line and its first piece. */
  get tokens(): number {
    const places = new Set(this.#pieces.map(({ place }) => place));
    const ofPlaces = [...places].reduce((sum, place) => sum + this.#costs.placeTokens(place), 0);
    return ofPlaces + this.#pieces.reduce((sum, piece) => sum + piece.tokens(), 0);
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
    const place = placeOf(joined);
    let counted: number | undefined;
    const tokens = () => {
      counted ??= this.#costs.countTokens(evidenceText(shownOf(joined), countedMarker, true));
      return counted;
    };
    return new EvidenceSet(this.#costs, [...others, { stretch: joined, place, tokens }]);
  }

  /** Places by their best passage, best first; the pieces of one place in the order of the document. */
  evidence(): readonly Evidence[] {
    const byPlace = new Map<string, Piece[]>();
    for (const piece of this.#pieces) {
      const key = `${piece.stretch.passages[0].documentId}\n${piece.place}`;
      byPlace.set(key, [...(byPlace.get(key) ?? []), piece]);
    }
    const places = [...byPlace.values()].map((pieces) => ({
      best: pieces.map(({ stretch }) => stretch.best).reduce((a, b) => (isBetter(b, a) ? b : a)),
      pieces: pieces.toSorted((a, b) => a.stretch.start - b.stretch.start),
    }));
    const inOrder = places.toSorted((a, b) => (isBetter(a.best, b.best) ? -1 : 1)).flatMap(({ pieces }) => pieces);
    return inOrder.map(({ stretch, place }, index) => {
      const isPlaceKnown = inOrder[index - 1]?.place === place;
      const marker = Math.max(countedMarker, index + 1);
      return toEvidence(stretch, this.#costs.countTokens(evidenceText(shownOf(stretch), marker, isPlaceKnown)));
    });
  }
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
    start: stretch.start,
    end: stretch.end,
    tokens,
    score,
    scores,
  };
}
