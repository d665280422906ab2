import type { GeneratorRouter, Policy, PriceBook } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { FieldProblems } from "./field-problems.ts";

/**
 * A misspelt model would leave none to ask, and the answer would silently be made without one.
 * @throws {@link LarderError} `MODEL_UNKNOWN` with the places of the names that no model has
 */
export function requireKnownModels({ models: names = [] }: Policy, router: Pick<GeneratorRouter, "priceBook">): void {
  if (names.length === 0) return;
  const known = knownNames(router.priceBook);
  const problems = names.flatMap((name, index) =>
    known.has(name) ? [] : [{ field: `policy.models[${index}]`, reason: "is no model that is known here" }],
  );
  if (problems.length > 0) throw new LarderError("MODEL_UNKNOWN", { cause: new FieldProblems(problems) });
}

/** A price book does not change, and has hundreds of models. */
const namesByBook = new WeakMap<PriceBook, ReadonlySet<string>>();

function knownNames(priceBook: PriceBook): ReadonlySet<string> {
  const known =
    namesByBook.get(priceBook) ??
    new Set(priceBook.models().flatMap(({ provider, model }) => [model, `${provider}/${model}`]));
  namesByBook.set(priceBook, known);
  return known;
}
