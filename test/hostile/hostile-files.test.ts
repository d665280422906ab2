import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostileFiles } from "@larder/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LarderProcess } from "../kill/larder-process.ts";
import { startLarder } from "../kill/larder-process.ts";
import { isRunning } from "../kill/process-tree.ts";

let folder: string;
let server: LarderProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-hostile-"));
  server = await startLarder(folder);
});
afterAll(async () => {
  server.kill("SIGKILL");
  await server.exited;
  await rm(folder, { recursive: true, force: true });
});

async function ask<Body>(path: string, body?: FormData | object): Promise<Body> {
  const isForm = body instanceof FormData;
  const init = isForm
    ? { method: "POST", body }
    : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${server.url}${path}`, body === undefined ? {} : init);
  expect(response.ok, `${path}: ${response.status}`).toBe(true);
  return (await response.json()) as Body;
}

it("believes what a file holds, not the type and name that it comes with", async () => {
  const { id } = await ask<{ id: string }>("/v1/knowledge-bases", { name: "deceitful" });
  const form = new FormData();
  const page = "<!doctype html><title>Pier</title><p>Ferries leave here.</p>";
  form.set("file", new File([page], "invoice.pdf", { type: "image/png" }));
  const path = `/v1/knowledge-bases/${id}/documents`;
  const { documents } = await ask<{ documents: { id: string }[] }>(`${path}?wait_ms=30000`, form);
  expect(await ask(`${path}/${documents[0]?.id}`)).toMatchObject({ status: "ready", media_type: "text/html" });
});

it("ends each hostile file as it should, and answers everybody else meanwhile", async () => {
  const { id } = await ask<{ id: string }>("/v1/knowledge-bases", { name: "hostile" });
  const path = `/v1/knowledge-bases/${id}`;
  await ask(`${path}/documents?wait_ms=30000`, { text: "The ferry leaves at noon." });
  const files = hostileFiles();
  /** An archive above its limits is refused at once, and gives no document. */
  const upload = async (name: string, bytes: Uint8Array<ArrayBuffer>): Promise<{ id?: string; code?: string }> => {
    const form = new FormData();
    form.set("file", new File([bytes], name));
    const response = await fetch(`${server.url}${path}/documents`, { method: "POST", body: form });
    const body = (await response.json()) as { documents?: { id: string }[]; code?: string };
    return body.documents?.[0] ?? body;
  };
  const uploads = Promise.all(files.map(({ name, bytes }) => upload(name, bytes)));
  let sent: readonly { id?: string; code?: string }[] | undefined;
  const sending = uploads.then((given) => {
    sent = given;
  });
  let ended: { status: string; error: { code: string; hint?: string } | null }[] = [];
  let answered = 0;
  while (ended.length < files.length) {
    const { evidence } = await ask<{ evidence: { text: string }[] }>(`${path}/search`, {
      query: "when does it leave?",
    });
    expect(evidence.some(({ text }) => text.includes("ferry"))).toBe(true);
    expect(await ask("/health/live")).toEqual({ status: "ok" });
    answered += 1;
    if (sent === undefined) continue;
    const rows = await Promise.all(
      sent.map(({ id: document, code = "" }) =>
        document === undefined
          ? { status: "failed", error: { code } }
          : ask<(typeof ended)[number]>(`${path}/documents/${document}`),
      ),
    );
    ended = rows.filter(({ status }) => status === "ready" || status === "failed");
  }
  await sending;
  const outcomes = ended.map(({ status, error }) => error?.code ?? status);
  expect(Object.fromEntries(files.map(({ name }, i) => [name, outcomes[i]]))).toEqual(
    Object.fromEntries(files.map(({ name, outcome }) => [name, outcome])),
  );
  for (const { error } of ended) if (error !== null) expect(error.hint).not.toBe("");
  expect(answered).toBeGreaterThan(1);
  expect(isRunning(server.pid)).toBe(true);
});
