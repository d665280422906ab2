import { readFile, writeFile } from "node:fs/promises";
import { commandLineErrors } from "@larder/contracts";
import type { CommandContext } from "../command-context.ts";
import { ProblemReply, sendForJson } from "../connection.ts";
import type { ListedModel, ModelLock } from "../models/model-lock.ts";
import { compareLocks, readModelLock, toModelLock } from "../models/model-lock.ts";
import { exitCodes } from "../render/problem.ts";

export interface LockGiven {
  readonly file: string;
}

/** `larder lock write`: what the answers rest on now, for the repository that wants to know when it changes. */
export async function writeLock({ file }: LockGiven, context: CommandContext): Promise<number> {
  const lock = await currentLock(context);
  await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  const count = Object.keys(lock.models).length;
  context.print(context.options.json ? JSON.stringify(lock) : `${file}: ${count} models that could be asked.`);
  return exitCodes.ok;
}

/** `larder lock verify`: says what changed since the file was written; exits with 1 when anything did. */
export async function verifyLock({ file }: LockGiven, context: CommandContext): Promise<number> {
  const before = await readLock(file);
  const changes = compareLocks(before, await currentLock(context));
  if (context.options.json) context.print(JSON.stringify({ changes }));
  else if (changes.length === 0) context.print(`Nothing changed since ${before.written_at}.`);
  else {
    const lines = changes.map(({ model, what, before: old, now }) =>
      what === "added" || what === "removed"
        ? `${model}: ${what}`
        : `${model}: ${what} was ${JSON.stringify(old)}, is ${JSON.stringify(now)}`,
    );
    context.print([...lines, `${changes.length} changes since ${before.written_at}.`].join("\n"));
  }
  return changes.length === 0 ? exitCodes.ok : exitCodes.failed;
}

async function currentLock({ connect, signal }: CommandContext): Promise<ModelLock> {
  await using connection = await connect();
  interface Body {
    readonly data: readonly ListedModel[];
    readonly price_book: string;
  }
  const { data, price_book } = await sendForJson<Body>(connection, "/v1/models", { signal });
  return toModelLock(data, price_book, new Date().toISOString());
}

async function readLock(file: string): Promise<ModelLock> {
  let text: string | undefined;
  try {
    text = await readFile(file, "utf8");
  } catch {
    text = undefined; // told below: it is not there, or may not be read
  }
  const lock = text === undefined ? undefined : readModelLock(text);
  if (lock !== undefined) return lock;
  throw new ProblemReply({
    code: "LOCK_UNREADABLE",
    title: text === undefined ? `${file} cannot be read.` : `${file} is no lock file of this version.`,
    status: 0,
    hint: commandLineErrors.LOCK_UNREADABLE.hint,
  });
}
