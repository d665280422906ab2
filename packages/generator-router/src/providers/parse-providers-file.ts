import { LarderError, Secret } from "@larder/contracts";
import { z } from "zod";
import { plainWire } from "../openai/wire-dialect.ts";
import { modelForm, toModelEntry } from "./model-form.ts";
import type { ProviderSetup } from "./provider-setup.ts";

const providerForm = z.strictObject({
  /** No slash: `provider/model` must stay readable. */
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "expected letters, digits, dots, dashes; at most 64"),
  name: z.string().optional(),
  base_url: z.url({ protocol: /^https?$/ }),
  /** Name of the environment variable with the key; absent: none is needed. */
  api_key_env: z.string().min(1).optional(),
  local: z.boolean().default(false),
  regions: z.array(z.string().min(1)).default([]),
  /** Name of the field that limits the answer's length. */
  output_limit_field: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
  /** It has the batch API in OpenAI's form. */
  batches: z.boolean().default(false),
  /** ISO date of the prices. */
  as_of: z.iso.date().optional(),
  models: z.array(modelForm),
});
const fileForm = z.strictObject({ providers: z.array(providerForm) });

export interface ProvidersFileOptions {
  /** Where `api_key_env` is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** ISO date that prices without `as_of` count from: of the file's last change. */
  readonly changedOn: string;
}

/**
 * Reads the content of a providers file; docs/guides/routing.md shows its form. A key that is not in the environment is
 * no problem here: its models are listed, and refused as `no_credentials`.
 * @throws {@link LarderError} `PROVIDERS_FILE_INVALID` with all problems at once in `details.problems`, one a line
 */
export function parseProvidersFile(text: string, options: ProvidersFileOptions): readonly ProviderSetup[] {
  const read = fileForm.safeParse(parseJson(text));
  if (!read.success) throw invalid(read.error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`));
  const { providers } = read.data;
  const repeats = [
    ...repeated(providers.map(({ id }) => id)).map((id) => `providers: the id ${id} is used more than once`),
    ...providers.flatMap(({ id, models }) =>
      repeated(models.map((model) => model.id)).map((model) => `providers: ${id} lists ${model} more than once`),
    ),
  ];
  if (repeats.length > 0) throw invalid(repeats);
  return providers.map((form) => {
    const { id, local: isLocal, regions } = form;
    const key = form.api_key_env === undefined ? undefined : options.environment[form.api_key_env]?.trim();
    const source = { name: "providers file", asOf: form.as_of ?? options.changedOn };
    return {
      id,
      baseUrl: form.base_url,
      isLocal,
      isKeyNeeded: form.api_key_env !== undefined,
      ...(form.api_key_env === undefined ? {} : { keyVariable: form.api_key_env }),
      ...(key && { key: new Secret(key) }),
      hasBatches: form.batches,
      wire: { ...plainWire, outputLimitField: form.output_limit_field },
      models: form.models.map((model) => toModelEntry(model, { provider: id, isLocal, regions, sources: [source] })),
    };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the file, which may hold what somebody took for a place to keep a key.
    throw invalid([cause instanceof SyntaxError ? "the file is not JSON" : "the file cannot be read"]);
  }
}

function invalid(problems: readonly string[]): LarderError {
  return new LarderError("PROVIDERS_FILE_INVALID", { details: { problems: problems.join("\n") } });
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text === "" ? "file" : text.replace(/^\./, "");
}

function repeated(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
