import type { FileHandle } from "node:fs/promises";
import { mkdir, open, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { RunJournal, RunJournals } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import { lockExclusively } from "./exclusive-file-lock.ts";
import { syncFolder } from "./sync-folder.ts";
import { resultCodeOf, toLarderError } from "./to-larder-error.ts";

/**
 * Journals as files, `run_….jsonl`: the registration in the first line, a record in each other one.
 *
 * A line is written and synced before `append` returns, so what was acknowledged is there after a crash. A crash in the
 * middle of a line leaves one without its end; it is cut off at the next opening, and readers leave it out. Beside each
 * journal that was ever open lies `run_….lock`, whose lock ends with the process that holds it.
 *
 * @throws {@link LarderError} `DATA_DIR_UNUSABLE`, `STORE_FULL`, `STORE_DAMAGED` for a whole line that is not JSON
 */
export function openRunJournalFiles({ folder }: { readonly folder: string }): RunJournals {
  return {
    async open(id, registration, call) {
      call.signal.throwIfAborted();
      const file = fileOf(folder, id);
      try {
        await mkdir(folder, { recursive: true });
        const lock = holdJournal(folder, id);
        try {
          const lines = await readWhole(file);
          const handle = await open(file, "a");
          const journal = createJournal(handle, lines, () => lock.release());
          if (lines.length === 0) await journal.append(registration);
          await syncFolder(folder);
          return { ...journal, registration: lines[0] ?? registration, records: lines.slice(1) };
        } catch (error) {
          lock.release();
          throw error;
        }
      } catch (error) {
        throw toLarderError(error);
      }
    },
    async read(id, call) {
      call.signal.throwIfAborted();
      try {
        const { lines } = parseLines(await readFile(fileOf(folder, id), "utf8"));
        return lines.length === 0 ? undefined : { registration: lines[0], records: lines.slice(1) };
      } catch (error) {
        if (resultCodeOf(error) === "ENOENT") return undefined;
        throw toLarderError(error);
      }
    },
  };
}

function createJournal(
  handle: FileHandle,
  lines: readonly unknown[],
  release: () => void,
): Pick<RunJournal, "append" | "close"> & { readonly records: readonly unknown[] } {
  let last = Promise.resolve();
  let isClosed = false;
  return {
    records: lines,
    append(...records) {
      // One after another: two lines written at once could mix.
      const write = async () => {
        try {
          await handle.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
          await handle.datasync();
        } catch (error) {
          throw toLarderError(error);
        }
      };
      const done = last.then(write);
      last = done.catch(() => undefined); // told to whoever appended it
      return done;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await last;
      await handle.close();
      release();
    },
  };
}

/** @throws {@link LarderError} `SAVINGS_RUN_IN_PROGRESS` */
function holdJournal(folder: string, id: string) {
  try {
    return lockExclusively(join(folder, `${id}.lock`), 0);
  } catch (error) {
    if (resultCodeOf(error)?.startsWith("SQLITE_BUSY")) {
      throw new LarderError("SAVINGS_RUN_IN_PROGRESS", { details: { id }, cause: error });
    }
    throw error;
  }
}

/** Whole lines of the file, which ends after them from now on; none when it is not there. */
async function readWhole(file: string): Promise<readonly unknown[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (resultCodeOf(error) === "ENOENT") return [];
    throw error;
  }
  const { lines, bytes } = parseLines(text);
  if (bytes < Buffer.byteLength(text)) await truncate(file, bytes);
  return lines;
}

function parseLines(text: string): { readonly lines: readonly unknown[]; readonly bytes: number } {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const lines = whole.split("\n").filter((line) => line !== "");
  try {
    return { lines: lines.map((line): unknown => JSON.parse(line)), bytes: Buffer.byteLength(whole) };
  } catch (cause) {
    throw new LarderError("STORE_DAMAGED", { cause });
  }
}

function fileOf(folder: string, id: string): string {
  if (!/^run_[a-z0-9]{10,60}$/.test(id)) throw new LarderError("SAVINGS_RUN_NOT_FOUND");
  return join(folder, `${id}.jsonl`);
}
