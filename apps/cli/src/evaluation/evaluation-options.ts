import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { ParseArgsConfig } from "node:util";
import { parseArgs } from "node:util";
import { LarderError } from "@larder/contracts";
import { recipeOf, recipes, variableSettings } from "./larder-pipelines.ts";

/** Which questions a command asks. */
export interface SampleOptions {
  /** Folder of sets. */
  readonly data: string;
  /** All that the folder holds, when absent. */
  readonly sets?: readonly string[];
  readonly queriesMax?: number;
  readonly cacheFolder: string;
  readonly isJson: boolean;
}

export interface EvaluationOptions extends SampleOptions {
  /** Ids of pipelines; when absent, those that are the default for a set's kind. */
  readonly modes?: readonly string[];
  readonly hasBaselines: boolean;
  /** Files to write. */
  readonly html?: string;
  readonly save?: string;
}

/** @throws {@link LarderError} `CONFIG_INVALID` */
export function readEvaluationOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): EvaluationOptions {
  const own = {
    modes: { type: "string" },
    "no-baselines": { type: "boolean" },
    html: { type: "string" },
    save: { type: "string" },
  } as const;
  const values = parse(args, { ...sampleOptions, ...own });
  const { modes: modeNames, html, save } = values;
  return {
    ...toSample(values, env),
    ...(modeNames === undefined ? {} : { modes: modeNames.split(",").map(known) }),
    hasBaselines: values["no-baselines"] !== true,
    ...(html === undefined ? {} : { html }),
    ...(save === undefined ? {} : { save }),
  };
}

/** Of a command that has no options of its own. @throws {@link LarderError} `CONFIG_INVALID` */
export function readSampleOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SampleOptions {
  return toSample(parse(args, sampleOptions), env);
}

const sampleOptions = {
  data: { type: "string" },
  sets: { type: "string" },
  "max-queries": { type: "string" },
  cache: { type: "string" },
  json: { type: "boolean" },
} as const;

type SampleValues = ReturnType<typeof parse<typeof sampleOptions>>;

function toSample(values: SampleValues, env: Readonly<Record<string, string | undefined>>): SampleOptions {
  const { data, sets, cache, json, "max-queries": queries } = values;
  if (data === undefined) throw invalid("--data is missing");
  const queriesMax = queries === undefined ? undefined : Number(queries);
  if (queriesMax !== undefined && !(Number.isInteger(queriesMax) && queriesMax > 0)) {
    throw invalid("--max-queries is not a whole number above 0");
  }
  return {
    data,
    ...(sets === undefined ? {} : { sets: sets.split(",") }),
    ...(queriesMax === undefined ? {} : { queriesMax }),
    cacheFolder: cache ?? defaultCacheFolder(env),
    isJson: json === true,
  };
}

/** Names of the folders that hold a set, in order of the alphabet. @throws {@link LarderError} `DATA_SET_INVALID` */
export async function findSets(data: string): Promise<readonly string[]> {
  const problem = { set: data, file: "corpus.jsonl.gz", problem: "no folder below --data has this file" };
  try {
    const files = await readdir(data, { withFileTypes: true });
    const found = await Promise.all(
      files
        .filter((file) => file.isDirectory())
        .map(async ({ name }) => [name, await readdir(join(data, name))] as const),
    );
    const names = found.filter(([, inside]) => inside.includes("corpus.jsonl.gz")).map(([name]) => name);
    if (names.length > 0) return names.sort();
  } catch (cause) {
    throw new LarderError("DATA_SET_INVALID", { details: problem, cause });
  }
  throw new LarderError("DATA_SET_INVALID", { details: problem });
}

function parse<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "unknown option", cause);
  }
}

function known(id: string): string {
  if (recipeOf(id) !== undefined) return id;
  const names = recipes.map((recipe) => recipe.id).join(", ");
  throw invalid(`--modes knows ${names} and numbers for ${variableSettings.join(", ")}, not ${id}`);
}

/** Where vectors of passages are kept between runs. */
export function defaultCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(systemCacheFolder(env), "larder-eval");
}

/** Where the operating system wants what may be deleted at any time. */
function systemCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  if (process.platform === "win32") return env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
}

function invalid(problems: string, cause?: unknown): LarderError {
  return new LarderError("CONFIG_INVALID", { details: { problems }, cause });
}
