import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const pollMs = 500; // the server has stopped well within ten seconds of npm's end
const lookupTimeoutMs = 10_000; // PowerShell takes seconds to start

/**
 * Calls `onEnd` once when the npm that started this process has ended, however it ended.
 *
 * npm runs a script through a shell, and a shell that is told to stop ends without telling the program that it started;
 * when npm is killed, the shell does not even notice. So whoever stands between us and npm is looked at twice a second:
 * the parent process, and its parent when the parent is a shell. A program that npm did not start is left alone, since
 * it may be meant to outlive its terminal. Where the shell's parent cannot be found only the shell is watched.
 */
export function watchNpm(
  env: Readonly<Record<string, string | undefined>>,
  onEnd: () => void,
): { readonly release: () => void } {
  if (env.npm_lifecycle_event === undefined) return { release: () => undefined };
  const parent = process.ppid;
  const watched = [parent];
  void findParent(parent).then((found) => {
    if (found !== undefined && isShell(found.command)) watched.push(found.parent);
  });
  const timer = setInterval(() => {
    // Elsewhere than on Windows an orphan gets another parent; a number alone could by then be somebody else's.
    if (process.ppid === parent && watched.every(isAlive)) return;
    clearInterval(timer);
    onEnd();
  }, pollMs);
  timer.unref();
  return { release: () => clearInterval(timer) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM"; // alive, and another user's
  }
}

/** npm's own process may be called `npm start`, `node` or by its path, depending on the system. */
function isShell(command: string): boolean {
  return /(?:^|[\\/-])(?:sh|bash|dash|zsh|ksh|ash|busybox|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh(?:\.exe)?)$/i.test(
    command,
  );
}

const execute = promisify(execFile);

interface FoundParent {
  readonly parent: number;
  readonly command: string;
}

/** Name and parent of a process, as the system tells them; `undefined` where it does not. */
async function findParent(pid: number): Promise<FoundParent | undefined> {
  try {
    if (process.platform === "linux") return readStat(await readFile(`/proc/${pid}/stat`, "latin1"));
    if (process.platform === "win32") {
      const query = `$p = Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}'; "$($p.ParentProcessId) $($p.Name)"`;
      return readPair(await output("powershell.exe", ["-NoProfile", "-NonInteractive", "-Command", query]));
    }
    return readPair(await output("ps", ["-o", "ppid=,comm=", "-p", String(pid)]));
  } catch {
    return undefined; // the shell itself is watched all the same
  }
}

/** `pid (command) state parent …`; the command may hold parentheses. */
function readStat(stat: string): FoundParent {
  const end = stat.lastIndexOf(")");
  const parent = Number(stat.slice(end + 2).split(" ")[1]);
  return { parent, command: stat.slice(stat.indexOf("(") + 1, end) };
}

function readPair(text: string): FoundParent | undefined {
  const [, parent, command] = /^\s*(\d+)\s+(.*\S)/.exec(text) ?? [];
  return parent === undefined || command === undefined ? undefined : { parent: Number(parent), command };
}

async function output(file: string, args: readonly string[]): Promise<string> {
  return (await execute(file, [...args], { timeout: lookupTimeoutMs, windowsHide: true })).stdout;
}
