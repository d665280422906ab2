import { execFile } from "node:child_process";
import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { entryUrl } from "@larder/child-process";
import type { Call } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { OptimisedBuild } from "./optimised-build.ts";
import { addonIn, buildRecordIn, libraryFolder, libraryVersion, optimisedFolder, sha256Of } from "./optimised-build.ts";
import { thisProcessor } from "./this-processor.ts";

export interface OptimiseNativeOptions {
  /** Where the build goes. @defaultValue where {@link loadHnswLibrary} looks for it */
  readonly folder?: string;
  /** Of each step, before it begins. */
  readonly onStep?: (step: string) => void;
}

const run = promisify(execFile);
const outputCharactersKept = 2_000;
const outputBytesMax = 64 * 2 ** 20;

/**
 * Compiles hnswlib-node once more, with the instructions of this processor, beside the plain build. Takes the place of
 * an earlier one only after a process of its own has found the same neighbours with both.
 * @throws {@link LarderError} `NATIVE_BUILD_FAILED`; then whatever was in use stays in use
 */
export async function optimiseNative({ folder, onStep }: OptimiseNativeOptions, call: Call): Promise<OptimisedBuild> {
  const library = findLibrary();
  const target = folder ?? optimisedFolder(library);
  const compilerFlags = flagsFor(process.platform, process.arch);
  const work = join(library, "build", `larder-optimised-${process.pid}`); // inside, so that its own imports resolve
  try {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    for (const name of ["src", "binding.gyp", "package.json"]) {
      await cp(join(library, name), join(work, name), { recursive: true });
    }
    onStep?.(`compiling with ${compilerFlags}`);
    await compile(work, compilerFlags, call);
    const built = join(work, "build", "Release", "addon.node");
    onStep?.("comparing with the plain build");
    await compare(join(library, "build", "Release", "addon.node"), built, call);
    const processor = thisProcessor();
    const build: OptimisedBuild = {
      version: libraryVersion(library),
      processorId: processor.id,
      processorName: processor.name,
      compilerFlags,
      sha256: sha256Of(built) ?? "",
    };
    await putInPlace(built, build, target);
    return build;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Back to the plain build. */
export async function removeOptimised(): Promise<void> {
  await rm(optimisedFolder(findLibrary()), { recursive: true, force: true });
}

function findLibrary(): string {
  try {
    return libraryFolder();
  } catch (cause) {
    throw new LarderError("NATIVE_BUILD_FAILED", { details: { reason: "hnswlib-node is not installed" }, cause });
  }
}

function flagsFor(platform: NodeJS.Platform, architecture: string): string {
  if (platform === "win32") {
    throw new LarderError("NATIVE_BUILD_FAILED", { details: { reason: "there are no such flags for MSVC" } });
  }
  return architecture === "x64" || architecture === "ia32" ? "-O3 -march=native" : "-O3 -mcpu=native";
}

async function compile(folder: string, flags: string, call: Call): Promise<void> {
  const command = nodeGyp();
  const [file, ...first] = command;
  const environment = { ...process.env, CXXFLAGS: flags };
  await orFail("it did not compile", () =>
    run(file, [...first, "rebuild"], {
      ...{ cwd: folder, env: environment, signal: call.signal, maxBuffer: outputBytesMax },
    }),
  );
}

/** npm brings node-gyp along: on the path of its scripts, else in npm's folder beside node. */
function nodeGyp(): readonly [string, ...string[]] {
  const npmFolders = [
    ...(process.env.npm_execpath === undefined ? [] : [dirname(dirname(process.env.npm_execpath))]),
    join(dirname(process.execPath), "..", "lib", "node_modules", "npm"),
    ...(process.env.PATH ?? "").split(delimiter).map((path) => join(path, "..", "lib", "node_modules", "npm")),
  ];
  for (const npm of npmFolders) {
    try {
      return [
        process.execPath,
        createRequire(pathToFileURL(join(npm, "package.json"))).resolve("node-gyp/bin/node-gyp.js"),
      ];
    } catch {}
  }
  return ["node-gyp"];
}

async function compare(plain: string, optimised: string, call: Call): Promise<void> {
  const entry = fileURLToPath(entryUrl(import.meta.url, "./try-build-process"));
  const loader = entry.endsWith(".ts")
    ? ["--conditions=@larder/source", "--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href]
    : [];
  await orFail("it does not find what the plain build finds", () =>
    run(process.execPath, [...loader, entry, plain, optimised], { signal: call.signal }),
  );
}

/** The record comes last, and nothing is loaded without one. */
async function putInPlace(built: string, build: OptimisedBuild, target: string): Promise<void> {
  const fresh = `${target}.tmp-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await cp(built, addonIn(fresh));
  await writeFile(buildRecordIn(fresh), JSON.stringify(build, null, 2));
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

async function orFail<T>(reason: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "AbortError") throw thrown;
    const words = thrown instanceof Error && "stderr" in thrown ? String(thrown.stderr) : String(thrown);
    throw new LarderError("NATIVE_BUILD_FAILED", { details: { reason }, cause: words.slice(-outputCharactersKept) });
  }
}
