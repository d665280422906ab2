import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import type { TestLarder } from "../test/open-test-larder.ts";
import { openTestLarder } from "../test/open-test-larder.ts";
import { createApi } from "./create-api.ts";

const content = z.record(z.string(), z.object({ schema: z.unknown() }));
const operation = z.object({
  summary: z.string().min(5),
  tags: z.array(z.string()).min(1),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: z.unknown() })).default([]),
  requestBody: z.object({ required: z.literal(true), content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().min(1), content: content.optional() })),
});
const documentSchema = z.object({
  openapi: z.literal("3.1.0"),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
let raw: unknown;
let operations: { name: string; path: string; operation: z.infer<typeof operation> }[];
beforeAll(async () => {
  larder = await openTestLarder();
  app = createApi(larder);
  raw = await (await app.request("/openapi.json")).json();
  const document = documentSchema.parse(raw);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, found]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation: found,
    })),
  );
});
afterAll(() => larder[Symbol.asyncDispose]());

/** Every object inside a JSON value, itself included. */
function* objectsOf(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield Object.fromEntries(Object.entries(value));
  for (const inner of Object.values(value)) yield* objectsOf(inner);
}

it("describes every route that is served, and no other", () => {
  const undocumented = /^\/(?:$|docs|openapi\.json)/;
  const served = app.routes
    .filter(({ method, path }) => method !== "ALL" && !undocumented.test(path))
    .map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/:(\w+)(?:\{\.\+\})?/g, "{$1}")}`);
  expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(served)].sort());
});

it("has every route of the contract that is built so far", () => {
  const kb = "/v1/knowledge-bases";
  const doc = `${kb}/{kb}/documents/{doc}`;
  expect(operations.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      ...["POST", "GET"].map((method) => `${method} ${kb}`),
      ...["GET", "PATCH", "DELETE"].map((method) => `${method} ${kb}/{kb}`),
      ...["POST", "GET"].map((method) => `${method} ${kb}/{kb}/documents`),
      ...["GET", "PUT", "DELETE"].map((method) => `${method} ${doc}`),
      ...[`GET ${doc}/content`, `GET ${doc}/passages`, `POST ${kb}/{kb}/search`, `POST ${kb}/{kb}/query`],
      ...["GET /v1/jobs", "POST /v1/jobs/{job}/cancel", `POST ${doc}/retry`, "POST /v1/sitemaps"],
      ...["GET /v1/jobs/{job}", "GET /v1/jobs/{job}/events", "POST /v1/quote", "GET /v1/models", "GET /v1/prices"],
      ...["GET /v1/prices/{model}", "GET /v1/receipts", "GET /v1/receipts/{receipt}", "GET /v1/usage"],
      ...["GET /v1/budgets", "PUT /v1/budgets/{scope}/{window}", "DELETE /v1/budgets/{scope}/{window}"],
      ...["POST /v1/economics/break-even", "GET /v1/savings", "GET /health/live", "GET /health/ready", "GET /metrics"],
    ]),
  );
});

it("resolves every reference inside itself", () => {
  const references = [...objectsOf(raw)].map((object) => object.$ref).filter((ref) => typeof ref === "string");
  expect(references.length).toBeGreaterThan(50);
  const { components } = documentSchema.parse(raw);
  for (const ref of references) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1] ?? ref;
    expect(Object.keys(components.schemas)).toContain(name);
  }
});

it("names each parameter of a path, and gives each reply a form", () => {
  for (const { name, path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const told = operation.parameters.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name);
    expect(told, name).toEqual(inPath);
    expect(
      Object.keys(operation.responses).some((status) => status.startsWith("2")),
      name,
    ).toBe(true);
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (status !== "204") expect(Object.keys(content ?? {}), `${name} ${status}`).not.toEqual([]);
      if (status.startsWith("4"))
        expect(Object.keys(content ?? {}), `${name} ${status}`).toEqual(["application/problem+json"]);
    }
  }
});

it("offers an Idempotency-Key wherever something is made or spent", () => {
  const offering = operations.filter(({ operation }) =>
    operation.parameters.some(({ name }) => name === "idempotency-key"),
  );
  expect(offering.map(({ name }) => name).sort()).toEqual([
    "POST /v1/batch-requests",
    "POST /v1/chat/completions",
    "POST /v1/knowledge-bases",
    "POST /v1/knowledge-bases/{kb}/documents",
    "POST /v1/knowledge-bases/{kb}/documents/{doc}/retry",
    "POST /v1/knowledge-bases/{kb}/query",
    "PUT /v1/knowledge-bases/{kb}/documents/{doc}",
  ]);
});
