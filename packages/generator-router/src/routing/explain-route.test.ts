import type { Candidate, Refusal } from "@larder/contracts";
import { expect, it } from "vitest";
import { explainRoute } from "./explain-route.ts";
import { noKeySentence } from "./refuse-model.ts";

const refusal = (code: Refusal["code"], sentence = `${code}.`): Refusal => ({ code, sentence });
const out = (provider: string, ...refusals: readonly Refusal[]): Candidate => ({
  provider,
  model: "m",
  isEligible: false,
  reasons: refusals.map(({ sentence }) => sentence),
  refusals,
});
const keyless = (provider: string) => refusal("no_credentials", noKeySentence(provider));

it.each([
  ["No model is configured, so none was asked.", []],
  [
    "No provider key is set, so no model was asked.",
    [out("a", keyless("a")), out("b", refusal("retired"), keyless("b"))],
  ],
  [
    "Larder is offline and no local model is set up, so no model was asked.",
    [out("a", refusal("offline"), keyless("a")), out("b", refusal("offline"))],
  ],
  [
    "Only local models are allowed and none is set up, so no model was asked.",
    [out("a", refusal("not_local"), keyless("a")), out("b", refusal("not_local"), keyless("b"))],
  ],
  [
    "No model fits, so none was asked; 2 out (1 for no credentials, 1 for model not allowed). The nearest is a/m: No key for a is configured.",
    [out("a", keyless("a")), out("b", refusal("model_not_allowed"))],
  ],
  [
    "No model fits, so none was asked; 1 out (1 for no credentials). The nearest is a/m: a refused its key.",
    [out("a", refusal("no_credentials", "a refused its key."))],
  ],
])("says %j", (sentence, candidates) => {
  expect(explainRoute(candidates, undefined, [])).toBe(sentence);
});
