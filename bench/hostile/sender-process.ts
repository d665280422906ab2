/** Sends hostile files from "send" to "rest", and then says how many. Not by the process that measures: making them blocks it. */
import { setTimeout as delay } from "node:timers/promises";
import { hostileFiles } from "@larder/testkit";

const [url = "", path = ""] = process.argv.slice(2);
const base = path.split("/").at(-1);
let isSending = false;
let sends = 0;

process.on("message", (told: "send" | "rest") => {
  isSending = told === "send";
  if (isSending) void sendOn();
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function sendOn(): Promise<void> {
  let taken = 0;
  while (isSending) {
    taken += await sendAll();
    await untilIdle();
  }
  process.send?.(taken);
}

/** Every file once more, with bytes that were not there yet. */
async function sendAll(): Promise<number> {
  const files = hostileFiles();
  for (const { name, bytes } of files) {
    sends += 1;
    const form = new FormData();
    form.set("file", new File([bytes, " ".repeat(sends)], name));
    const response = await fetch(`${url}${path}/documents`, { method: "POST", body: form });
    await response.arrayBuffer(); // an archive above its limits is refused at once
  }
  return files.length;
}

async function untilIdle(): Promise<void> {
  const waits = async (state: string): Promise<boolean> => {
    const response = await fetch(`${url}/v1/jobs?limit=1&state=${state}&knowledge_base=${base}`);
    return ((await response.json()) as { data: unknown[] }).data.length > 0;
  };
  while ((await waits("queued")) || (await waits("running"))) await delay(200);
}
