/** Starts a child that never yields, tells its pid, and is then killed by the test. */
import { entryUrl, openChildProcess } from "../src/index.ts";

const child = openChildProcess({ name: "spinner", entry: entryUrl(import.meta.url, "./echo-process") });
const call = { signal: new AbortController().signal };
await child.start(call);
child.request("spin", undefined, call).catch(() => undefined);
process.stdout.write(`${child.pid}\n`);
