/** Tokens of a query and a passage in one sequence; `types` says which of the two a token belongs to, where a model asks. */
export interface TokenPair {
  readonly ids: readonly number[];
  readonly types?: readonly number[];
}

/** The first `tokensMax` tokens; a special token at the end (BERT's [SEP]) stays at the end. */
export function cutPair({ ids, types }: TokenPair, tokensMax: number, endToken: number | undefined): TokenPair {
  if (ids.length <= tokensMax) return types === undefined ? { ids } : { ids, types };
  const endsSpecially = endToken !== undefined && ids.at(-1) === endToken;
  const cut = (values: readonly number[]): readonly number[] =>
    endsSpecially ? [...values.slice(0, tokensMax - 1), ...values.slice(-1)] : values.slice(0, tokensMax);
  return types === undefined ? { ids: cut(ids) } : { ids: cut(ids), types: cut(types) };
}

/** The beginning of a text that has at most `tokensMax` tokens, found in a few countings. */
export function fittingText(text: string, tokensMax: number, countTokens: (text: string) => number): string {
  let fitting = text;
  for (let tokens = countTokens(fitting); tokens > tokensMax; tokens = countTokens(fitting)) {
    fitting = cutText(fitting, Math.floor((fitting.length * tokensMax) / tokens));
  }
  return fitting;
}

/** The first `charactersMax` UTF-16 units, or one less rather than half a surrogate pair. */
export function cutText(text: string, charactersMax: number): string {
  const part = text.slice(0, charactersMax);
  return text.length > charactersMax && /[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part;
}
