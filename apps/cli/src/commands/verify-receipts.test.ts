import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CommandContext } from "../command-context.ts";
import { connectInProcess } from "../connection.ts";
import { verifyReceipts } from "./verify-receipts.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "larder-cli-verify-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function contextWith(connect: CommandContext["connect"]) {
  const printed: string[] = [];
  const signal = new AbortController().signal;
  const print = (text: string) => void printed.push(text);
  const context: CommandContext = { signal, options: { json: false }, isTerminal: false, print, connect };
  return { context, printed };
}
const offline = () => contextWith(() => expect.unreachable());

it.each(["zzz", "", "a".repeat(63)])("refuses the head %j before anything is read", async (head) => {
  const refused = { code: "REQUEST_INVALID", details: { problems: expect.stringContaining("64 hexadecimal digits") } };
  await expect(verifyReceipts(undefined, { head }, offline().context)).rejects.toMatchObject(refused);
  await expect(verifyReceipts(join(folder, "none"), { head }, offline().context)).rejects.toMatchObject(refused);
});

it("says that an empty file verifies nothing", async () => {
  const file = join(folder, "empty.jsonl");
  writeFileSync(file, "");
  const { context, printed } = offline();
  expect(await verifyReceipts(file, {}, context)).toBe(1);
  expect(printed).toEqual(["0 receipts: there was nothing to verify."]);
});

it("passes on what a server refuses, and lets go of it only then", async () => {
  const done: string[] = [];
  const refuse = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    done.push("answered");
    return Response.json({ code: "RECEIPT_DAMAGED", title: "Damaged.", status: 500 }, { status: 500 });
  };
  const { context } = contextWith(async () => connectInProcess(refuse, async () => void done.push("closed")));
  await expect(verifyReceipts(undefined, {}, context)).rejects.toMatchObject({ problem: { code: "RECEIPT_DAMAGED" } });
  expect(done).toEqual(["answered", "closed"]);
});
