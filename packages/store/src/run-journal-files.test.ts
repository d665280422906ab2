import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunJournals } from "@larder/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openRunJournalFiles } from "./run-journal-files.ts";

const call = { signal: new AbortController().signal };
const id = "run_0123456789abcdef0123";
let folder: string;
let journals: RunJournals;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-journal-"));
  journals = openRunJournalFiles({ folder: join(folder, "savings-runs") });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fileOf = () => join(folder, "savings-runs", `${id}.jsonl`);

it("writes the registration before anything else, and keeps it when the run is opened again", async () => {
  const first = await journals.open(id, { arms: 2 }, call);
  expect(JSON.parse(await readFile(fileOf(), "utf8"))).toEqual({ arms: 2 });
  await first.close();
  const again = await journals.open(id, { arms: 3 }, call);
  expect(again.registration).toEqual({ arms: 2 });
  await again.close();
});

it("gives every record back in order, also those appended at once", async () => {
  const journal = await journals.open(id, {}, call);
  await Promise.all(Array.from({ length: 50 }, (_, n) => journal.append({ n })));
  expect((await journals.read(id, call))?.records).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
  await journal.close();
  const again = await journals.open(id, {}, call);
  expect(again.records).toHaveLength(50);
  await again.close();
});

it("leaves out a line that a crash cut off, wherever it was cut, and goes on after it", async () => {
  const journal = await journals.open(id, {}, call);
  await journal.append({ text: "größer" });
  await journal.close();
  const whole = await readFile(fileOf());
  const line = Buffer.from('{"text":"größer"}\n');
  for (let kept = 1; kept < line.length; kept += 1) {
    await writeFile(fileOf(), Buffer.concat([whole, line.subarray(0, kept)]));
    const reopened = await journals.open(id, {}, call);
    expect(reopened.records).toEqual([{ text: "größer" }]);
    await reopened.append({ text: "next" });
    await reopened.close();
    expect((await journals.read(id, call))?.records).toEqual([{ text: "größer" }, { text: "next" }]);
  }
});

it("refuses a second holder until the first one closes", async () => {
  const journal = await journals.open(id, {}, call);
  await expect(journals.open(id, {}, call)).rejects.toMatchObject({ code: "SAVINGS_RUN_IN_PROGRESS" });
  await journal.close();
  await journal.close();
  await (await journals.open(id, {}, call)).close();
});

it("says that damage is damage, and that what is not there is not there", async () => {
  expect(await journals.read(id, call)).toBeUndefined();
  await expect(journals.read("run_../../secret", call)).rejects.toMatchObject({ code: "SAVINGS_RUN_NOT_FOUND" });
  await (await journals.open(id, {}, call)).close();
  await appendFile(fileOf(), "not json\n");
  await expect(journals.read(id, call)).rejects.toMatchObject({ code: "STORE_DAMAGED" });
});
