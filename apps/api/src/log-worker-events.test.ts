import type { LeasedTask } from "@larder/contracts";
import { pino } from "pino";
import { expect, it } from "vitest";
import { logWorkerEvents } from "./log-worker-events.ts";

const task = { documentId: "doc_1", jobId: "job_1", version: 1, attempt: 1, bytes: 9 } as LeasedTask;

it.each([
  { code: "UNEXPECTED", isLogged: true },
  { code: "DOCUMENT_MALFORMED", isLogged: false },
])("says why a document failed for a defect, and for nothing else ($code)", ({ code, isLogged }) => {
  const lines: string[] = [];
  const log = logWorkerEvents(pino({}, { write: (line: string) => void lines.push(line) }));
  log({ kind: "failed", task, code, cause: new Error("no such module") });
  log({ kind: "released", task, code, cause: new Error("no such module") });
  expect(lines.map((line) => line.includes("no such module"))).toEqual([isLogged, isLogged]);
  expect(lines.every((line) => line.includes(code) && line.includes("doc_1"))).toBe(true);
});
