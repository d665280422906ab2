import { readFileSync } from "node:fs";
import { createManualClock } from "@larder/testkit";
import { expect, it } from "vitest";
import { readmeExample } from "../test/readme-example.ts";
import { requestFor, shape, tokenCounter } from "../test/router-fixtures.ts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

it("shows in the README what the compiler has read", () => {
  const block = /```ts\n([\s\S]*?)```/.exec(read("../README.md"))?.[1] ?? "";
  const indented = block.trimEnd().replace(/^(?=.)/gm, "  ");
  expect(indented).not.toBe("");
  expect(read("../test/readme-example.ts")).toContain(indented);
});

it("runs without a key: nobody is asked and nothing is written", async () => {
  const written: string[] = [];
  const ports = { clock: createManualClock(), tokenCounter };
  const { prompt } = requestFor();
  const request = { prompt, shape, signal: AbortSignal.timeout(5_000) };
  await readmeExample({}, ports, request, (text) => written.push(text));
  expect(written).toEqual([]);
});
