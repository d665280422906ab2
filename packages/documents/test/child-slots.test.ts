import type { ChildProcess } from "@larder/child-process";
import { entryUrl, openChildProcess } from "@larder/child-process";
import { afterEach, expect, it } from "vitest";
import type { ChildSlotsOptions } from "../src/child-slots.ts";
import { ChildSlots } from "../src/child-slots.ts";

const call = { signal: new AbortController().signal };
const opened: ChildSlots[] = [];

function open(options: Partial<ChildSlotsOptions> = {}): ChildSlots {
  const entry = entryUrl(import.meta.url, "./faulty-parser-process");
  const openChild = () => openChildProcess({ name: "parser", entry, restart: "on-demand" });
  const slots = new ChildSlots({ children: 1, documentsPerChildMax: 100, open: openChild, ...options });
  opened.push(slots);
  return slots;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((slots) => slots.close()));
});

async function pidOf(child: ChildProcess): Promise<number> {
  await child.start(call);
  return child.pid ?? 0;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it("replaces a child that is worn, and no other", async () => {
  const slots = open({ isWorn: async (_child, documents) => documents === 2 });
  const pids: number[] = [];
  for (let i = 0; i < 3; i++) pids.push(await slots.run(pidOf, call));
  expect(pids[1]).toBe(pids[0]);
  expect(pids[2]).not.toBe(pids[0]);
});

it("closes the child that an urgent document needed, once nobody needs it", async () => {
  const slots = open({ spareMsMax: 100 });
  const pids = await slots.run(
    async (child) => [await pidOf(child), await slots.run(pidOf, call, "high")],
    call,
    "low",
  );
  expect(new Set(pids).size).toBe(2);
  await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toHaveLength(1);
  expect(await slots.run(async (child) => pids.includes(await pidOf(child)), call)).toBe(true);
});
