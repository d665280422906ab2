import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LarderError } from "@larder/contracts";
import { recipeOf, recipes, variableSettings } from "./larder-pipelines.ts";

export interface EvaluationOptions {
  /** Folder of sets. */
  readonly data: string;
  /** All that the folder holds, when absent. */
  readonly sets?: readonly string[];
  /** Ids of pipelines; when absent, those that are the default for a set's kind. */
  readonly modes?: readonly string[];
  readonly queriesMax?: number;
  readonly hasBaselines: boolean;
  readonly cacheFolder: string;
  readonly isJson: boolean;
  /** Files to write. */
  readonly html?: string;
  readonly save?: string;
}

/** @throws {@link LarderError} `CONFIG_INVALID` */
export function readEvaluationOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): EvaluationOptions {
  const { data, sets, modes: modeNames, html, save, json, cache, ...rest } = parse(args);
  const queries = rest["max-queries"];
  if (data === undefined) throw invalid("--data is missing");
  const queriesMax = queries === undefined ? undefined : Number(queries);
  if (queriesMax !== undefined && !(Number.isInteger(queriesMax) && queriesMax > 0)) {
    throw invalid("--max-queries is not a whole number above 0");
  }
  return {
    data,
    ...(sets === undefined ? {} : { sets: sets.split(",") }),
    ...(modeNames === undefined ? {} : { modes: modeNames.split(",").map(known) }),
    ...(queriesMax === undefined ? {} : { queriesMax }),
    hasBaselines: rest["no-baselines"] !== true,
    cacheFolder: cache ?? join(systemCacheFolder(env), "larder-eval"),
    isJson: json === true,
    ...(html === undefined ? {} : { html }),
    ...(save === undefined ? {} : { save }),
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

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: "string" },
        sets: { type: "string" },
        modes: { type: "string" },
        "max-queries": { type: "string" },
        "no-baselines": { type: "boolean" },
        cache: { type: "string" },
        json: { type: "boolean" },
        html: { type: "string" },
        save: { type: "string" },
      },
    }).values;
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : "unknown option", cause);
  }
}

function known(id: string): string {
  if (recipeOf(id) !== undefined) return id;
  const names = recipes.map((recipe) => recipe.id).join(", ");
  throw invalid(`--modes knows ${names} and numbers for ${variableSettings.join(", ")}, not ${id}`);
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
