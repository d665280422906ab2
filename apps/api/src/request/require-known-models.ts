import type { GeneratorRouter, Policy } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { FieldProblems } from "./field-problems.ts";

/**
 * A misspelt model would leave none to ask, and the answer would silently be made without one.
 * @throws {@link LarderError} `MODEL_UNKNOWN` with the places of the names that no model has
 */
export function requireKnownModels({ models: names = [] }: Policy, router: Pick<GeneratorRouter, "models">): void {
  if (names.length === 0) return;
  const known = new Set(router.models().flatMap(({ provider, model }) => [model, `${provider}/${model}`]));
  const problems = names.flatMap((name, index) =>
    known.has(name) ? [] : [{ field: `policy.models[${index}]`, reason: "is no model that is known here" }],
  );
  if (problems.length > 0) throw new LarderError("MODEL_UNKNOWN", { cause: new FieldProblems(problems) });
}
