import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LarderError } from "@larder/contracts";
import { lockExclusively } from "./exclusive-file-lock.ts";
import { resultCodeOf, toLarderError } from "./to-larder-error.ts";

export interface DataFolderLock extends AsyncDisposable {
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Claims a data folder for this process and the children it supervises, making the folder where it is missing. Ends
 * with the process, also by SIGKILL. `folder.pid` beside the lock tells who holds it and decides nothing.
 * @throws {@link LarderError} `DATA_DIR_IN_USE` at once, with the holder's `pid`, when another holder is alive;
 * `DATA_DIR_UNUSABLE`
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = lockExclusively(join(folder, "folder.lock"), 0);
    writeFileSync(pidFile(folder), `${process.pid}\n`);
    const close = async () => lock.release();
    return { close, [Symbol.asyncDispose]: close };
  } catch (error) {
    if (resultCodeOf(error)?.startsWith("SQLITE_BUSY")) {
      throw new LarderError("DATA_DIR_IN_USE", { details: holderOf(folder), cause: error });
    }
    throw toLarderError(error);
  }
}

function pidFile(folder: string): string {
  return join(folder, "folder.pid");
}

function holderOf(folder: string): { readonly pid?: number } {
  try {
    const pid = Number(readFileSync(pidFile(folder), "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? { pid } : {};
  } catch {
    return {}; // the holder has not written it yet
  }
}
