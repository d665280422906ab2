import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeAnswer, FakeProvider, FakeRequest } from "@larder/testkit";
import { startFakeProvider } from "@larder/testkit";
import { expect } from "vitest";
import type { InProcessLarder } from "../src/open-in-process.ts";
import { openInProcess } from "../src/open-in-process.ts";

/** Thirty documents of ten facts each, and a provider that says what it charges for a question about one of them. */

const rooms = 30;
const facts = 10;
const model = {
  id: "m",
  context_tokens: 400_000,
  max_output_tokens: 1_000,
  price_usd_per_mtok: { input: "1", input_cache_read: "0.05", output: "4" },
};
const answerOf = (room: number, fact: number) => `K${room}x${fact}`;
const documentOf = (room: number) =>
  [
    `# Room ${room}`,
    ...Array.from(
      { length: facts },
      (_, fact) =>
        `The code of shelf ${fact} in room ${room} is ${answerOf(room, fact)}, and it is changed on the ${fact + 3} of May every year. The keeper wrote it on the door.`,
    ),
  ].join("\n\n");
export const questions = Array.from({ length: rooms * facts }, (_, i) => {
  const [room, fact] = [Math.floor(i / facts), i % facts];
  return {
    question: `What is the code of shelf ${fact} in room ${room}?`,
    answers: [answerOf(room, fact)],
    document: `Room ${room}`,
  };
});

/** Larder's prompt for a question takes 1,000 tokens and some more; the whole corpus 50,000, of which 48,000 are cached. */
export const ourPromptTokens = (i: number) => 1_000 + 10 * (i % 7);
/** The question that the provider refuses. */
export const failing = 123;

export interface RunBody {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly calls: number;
  readonly maximum_cost_usd: string | null;
  readonly report: unknown;
}

export interface Rooms extends AsyncDisposable {
  readonly folder: string;
  readonly provider: FakeProvider;
  /** Replies end after so many words, so that nobody knows what will be billed. */
  cutAfter: number | undefined;
  send<Body>(method: string, path: string, body?: object): Promise<{ status: number; body: Body }>;
  /** The run of all questions; what a test needs otherwise is laid over it. */
  asked(): { readonly name: string; readonly arms: readonly string[] } & Readonly<Record<string, unknown>>;
  /** Follows a run to its end. */
  finished(id: string): Promise<RunBody>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function openRooms(): Promise<Rooms> {
  const folder = await mkdtemp(join(tmpdir(), "larder-run-"));
  const state: { cutAfter: number | undefined } = { cutAfter: undefined };
  const provider = await startFakeProvider({
    models: [{ id: "m", prices: { input: "1", inputCacheRead: "0.05", output: "4" } }],
    answer: (request) => reply(request, state.cutAfter),
  });
  const models = [model, { ...model, id: "narrow", context_tokens: 3_000 }];
  await writeFile(
    join(folder, "providers.json"),
    JSON.stringify({ providers: [{ id: "acme", base_url: provider.url, models }] }),
  );
  const open = () =>
    openInProcess({ LARDER_DATA_DIR: join(folder, "data"), LARDER_PROVIDERS_FILE: join(folder, "providers.json") });
  let larder: InProcessLarder = await open();
  async function send<Body>(method: string, path: string, body?: object): Promise<{ status: number; body: Body }> {
    const headers = { "content-type": "application/json" };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await larder.fetch(new Request(`http://localhost${path}`, init));
    return { status: response.status, body: (await response.json()) as Body };
  }
  const kb = (await send<{ id: string }>("POST", "/v1/knowledge-bases", { name: "rooms" })).body.id;
  for (let room = 0; room < rooms; room += 1) {
    const sent = { text: documentOf(room), title: `Room ${room}` };
    await send("POST", `/v1/knowledge-bases/${kb}/documents?wait_ms=${room === rooms - 1 ? 60_000 : 0}`, sent);
  }
  for (;;) {
    const { body } = await send<{ data: { status: string }[] }>("GET", `/v1/knowledge-bases/${kb}/documents`);
    if (body.data.every(({ status }) => status === "ready")) break;
  }
  return {
    ...{ folder, provider, send },
    get cutAfter() {
      return state.cutAfter;
    },
    set cutAfter(cutAfter) {
      state.cutAfter = cutAfter;
    },
    asked: () => ({
      ...{ knowledge_base: kb, name: "rooms", questions, model: "acme/m", margin: 0.05, seed: 7 },
      ...{ arms: ["larder", "stuff_cached", "closed_book"], budgets: [256], max_output_tokens: 50 },
    }),
    async finished(id) {
      const response = await larder.fetch(new Request(`http://localhost/v1/savings/runs/${id}/events`));
      const events = (await response.text()).trim().split("\n\n");
      expect(events.at(-1)).toMatch(/^event: done\n/);
      return (await send<RunBody>("GET", `/v1/savings/runs/${id}`)).body;
    },
    stop: () => larder.close(),
    async start() {
      larder = await open();
    },
    async [Symbol.asyncDispose]() {
      await larder.close();
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function reply({ messages }: FakeRequest, cutAfter: number | undefined): FakeAnswer {
  const text = messages.at(-1)?.content ?? "";
  const [, fact, room] = /shelf (\d+) in room (\d+)\?$/.exec(text) ?? [];
  const i = Number(room) * facts + Number(fact);
  const deltas = [`${answerOf(Number(room), Number(fact))}.`];
  if (!text.includes("<evidence>")) return { deltas: ["unknown"], usage: { promptTokens: 100, completionTokens: 2 } };
  const isWhole = text.includes("# Room 0\n") && text.includes("# Room 29\n");
  if (isWhole) return { deltas, usage: { promptTokens: 50_000, cachedTokens: 48_000, completionTokens: 10 } };
  if (cutAfter !== undefined) return { deltas: ["K", "x"], fault: { kind: "cut", afterDeltas: cutAfter } };
  if (i === failing) return { deltas, fault: { kind: "status", status: 400 } };
  return { deltas, usage: { promptTokens: ourPromptTokens(i), completionTokens: 10 } };
}
