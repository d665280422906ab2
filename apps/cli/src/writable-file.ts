import { accessSync, closeSync, constants, openSync, rmSync, statSync } from "node:fs";
import { ProblemReply } from "./connection.ts";

/**
 * Before anything is asked or spent: the file that `option` names can be written. Leaves what stands there as it is, and
 * nothing where nothing stood.
 *
 * @throws {@link ProblemReply} `CONFIG_INVALID`
 */
export function requireWritable(path: string | undefined, option: string): void {
  if (path === undefined) return;
  try {
    tryToWrite(path);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "";
    throw new ProblemReply({
      code: "CONFIG_INVALID",
      title: `The file of ${option} cannot be written.`,
      status: 400,
      detail: `${option} ${path}: ${reasons[code] ?? code}`,
      hint: `Give ${option} a file in a folder that exists and that you may write to.`,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "it may not be written to",
  EPERM: "it may not be written to",
  EROFS: "its disk is read-only",
};

function tryToWrite(path: string): void {
  try {
    closeSync(openSync(path, "wx"));
    rmSync(path);
    return;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  }
  const found = statSync(path);
  if (found.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  // A pipe would wait for whoever reads it: only files are opened.
  if (found.isFile()) closeSync(openSync(path, "r+"));
  else accessSync(path, constants.W_OK);
}
