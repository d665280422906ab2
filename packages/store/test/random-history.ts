import type { DocumentId, EmbedderId, FinishedVersion, KnowledgeBaseId, LeasedTask, Make } from "@larder/contracts";
import { LarderError, toErrorRecord } from "@larder/contracts";
import { testCall as call, createKnowledgeBaseIn, finishedOf, sha256Of, uploadOf } from "@larder/testkit";
import type { TemporaryStore } from "./open-temporary-store.ts";

const threeMakes: readonly Make[] = ["1", "2", "3"].map(
  (n): Make => ({ embedderId: `embedder@${n}/3` as EmbedderId, parserId: "parser@1", splitterId: `splitter@${n}` }),
);
const plainTexts = Array.from({ length: 6 }, (_, i) => `fruit word${i}\nfruit again ${i}`);
const externalIds = ["a", "b", "c", undefined, undefined];
const leaseMs = 20_000;

/** Numbers below 1 that are the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * One knowledge base under senders, workers that die and come back, and makings anew, all in the order that the seed
 * says. Each step is a transaction, so that what several processes can do to each other at their borders is done here.
 */
export class RandomHistory {
  readonly id: KnowledgeBaseId;
  readonly #store: TemporaryStore;
  readonly #random: () => number;
  /** Which text the bytes of an upload are. */
  readonly #texts = new Map<string, string>();
  readonly #held: LeasedTask[] = [];
  readonly #jobs: Parameters<TemporaryStore["documents"]["cancelJob"]>[0][] = [];
  /** SHA-256 of what each sender sent last, by external id; of those without one, each by its own. */
  readonly #kept = new Map<string, string>();
  readonly #makes: readonly Make[];
  /** What may be sent. */
  readonly #choice: readonly string[];
  #make: Make;

  /**
   * @param makes - Of which documents are made; the first one at the beginning
   * @param texts - Of which documents are, each with `fruit` in every line
   */
  static async begin(
    store: TemporaryStore,
    seed: number,
    makes = threeMakes,
    texts: readonly string[] = plainTexts,
  ): Promise<RandomHistory> {
    return new RandomHistory(store, await createKnowledgeBaseIn(store.documents), seed, makes, texts);
  }

  private constructor(
    store: TemporaryStore,
    id: KnowledgeBaseId,
    seed: number,
    makes: readonly Make[],
    texts: readonly string[],
  ) {
    this.#store = store;
    this.id = id;
    this.#random = createRandom(seed);
    this.#makes = makes;
    this.#choice = texts;
    this.#make = this.#pick(makes.slice(0, 1));
  }

  /** The name of what was done. */
  async step(): Promise<string> {
    const acts = {
      upload: () => this.#upload(),
      lease: () => this.#lease(),
      finish: () => this.#finish(),
      replace: () => this.#replace(),
      delete: () => this.#delete(),
      "delete a name": () => this.#deleteName(),
      retry: () => this.#retry(),
      cancel: () => this.#cancel(),
      reindex: () => this.#reindex(),
      advance: async () => void (await this.#store.documents.advanceReindexing(this.id, call)),
      remains: async () => void (await this.#store.documents.removeRemains(1_000, call)),
      fail: () => this.#giveUp("fail"),
      release: () => this.#giveUp("release"),
      reclaim: async () => void (await this.#store.documents.reclaim(this.#pick(["p", "q"]), call)),
      wait: async () => this.#store.clock.advance(Math.floor(this.#random() * 1.5 * leaseMs)),
    };
    const often = ["upload", "lease", "lease", "finish", "finish", "finish", "advance"] as const;
    const name = this.#pick([...often, ...(Object.keys(acts) as (keyof typeof acts)[])]);
    try {
      await acts[name]();
    } catch (thrown) {
      if (!LarderError.is(thrown) || thrown.code === "UNEXPECTED" || thrown.code.startsWith("STORE_")) throw thrown;
    }
    return name;
  }

  /** Workers that live take whatever waits, until nothing is left to do. */
  async end(): Promise<void> {
    for (let idle = 0; idle < 4; idle += 1) {
      this.#store.clock.advance(10 * leaseMs);
      await this.#lease();
      while (this.#held.length > 0) {
        await this.#finish("as they should").catch(() => undefined);
        await this.#lease();
        idle = 0;
      }
      const step = await this.#store.documents.advanceReindexing(this.id, call);
      if (step === "staged" || step === "swapped") idle = 0;
      while (await this.#store.documents.removeRemains(0, call));
    }
  }

  /** Senders whose bytes were acknowledged, and neither deleted, cancelled nor unreadable, and are not what is found. */
  async lost(): Promise<readonly string[]> {
    const lost: string[] = [];
    const { documents } = this.#store;
    const all = (await documents.documents(this.id, { limit: 200 }, call)).data;
    for (const [sender, sha256] of this.#kept) {
      const isNamed = externalIds.includes(sender);
      const page = { limit: 9, externalId: sender };
      const found = isNamed
        ? (await documents.documents(this.id, page, call)).data
        : all.filter((document) => document.sha256 === sha256);
      const [document] = found;
      const text = document && (await documents.text(this.id, document.id, call)).text;
      const isWhole = document?.sha256 === sha256 && document.status === "ready" && text === this.#texts.get(sha256);
      if (found.length !== 1 || !isWhole) lost.push(`${sender}: ${sha256} is ${JSON.stringify(found)}`);
      if (isNamed && document?.externalIds.includes(sender) !== true) lost.push(`${sender} is not in its document`);
    }
    return lost;
  }

  #keep({ externalId, sha256 }: { readonly externalId?: string; readonly sha256: string }): void {
    this.#kept.set(externalId ?? sha256, sha256);
  }

  /** What becomes of a document's senders is not foretold here. */
  async #forget(of?: DocumentId): Promise<void> {
    const all = (await this.#store.documents.documents(this.id, { limit: 200 }, call)).data;
    const gone = all.filter(({ id }) => of === undefined || id === of);
    for (const document of gone) for (const name of document.externalIds) this.#kept.delete(name);
    if (gone.length > 0) for (const key of this.#kept.keys()) if (!externalIds.includes(key)) this.#kept.delete(key);
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }

  #anUpload() {
    const text = this.#pick(this.#choice);
    const bytes = `${text}${" ".repeat(Math.floor(this.#random() * 3))}`;
    this.#texts.set(sha256Of(bytes), text);
    const externalId = this.#pick(externalIds);
    return uploadOf(bytes, {
      ...(externalId === undefined ? {} : { externalId }),
      priority: this.#pick(["high", "normal", "low"]),
    });
  }

  async #upload(): Promise<void> {
    const uploads = Array.from({ length: 1 + Math.floor(this.#random() * 4) }, () => this.#anUpload());
    this.#jobs.push((await this.#store.documents.accept(this.id, uploads, call)).job.id);
    for (const upload of uploads) this.#keep(upload);
  }

  async #aDocument(): Promise<DocumentId | undefined> {
    const { data } = await this.#store.documents.documents(this.id, { limit: 100 }, call);
    return data.length === 0 ? undefined : this.#pick(data).id;
  }

  async #replace(): Promise<void> {
    const { externalId: _none, ...upload } = this.#anUpload();
    const id = await this.#aDocument();
    if (id === undefined) return;
    const { externalIds: names } = await this.#store.documents.document(this.id, id, call);
    const externalId = names.length === 0 || this.#random() < 0.3 ? undefined : this.#pick(names);
    const named = externalId === undefined ? upload : { ...upload, externalId };
    const { job } = await this.#store.documents.replace(this.id, id, named, call);
    this.#jobs.push(job.id);
    if (externalId === undefined) await this.#forget(id);
    else this.#keep(named);
  }

  async #delete(): Promise<void> {
    const id = await this.#aDocument();
    if (id === undefined) return;
    await this.#forget();
    await this.#store.documents.deleteDocument(this.id, id, call);
  }

  async #deleteName(): Promise<void> {
    const name = this.#pick(["a", "b", "c"]);
    this.#kept.delete(name);
    await this.#store.documents.deleteExternalId(this.id, name, call);
  }

  async #retry(): Promise<void> {
    const { data } = await this.#store.documents.documents(this.id, { limit: 100, status: "failed" }, call);
    if (data.length === 0) return;
    const { job } = await this.#store.documents.retry(this.id, this.#pick(data).id, "normal", call);
    this.#jobs.push(job.id);
  }

  async #cancel(): Promise<void> {
    const open = (await this.#store.documents.jobs({ limit: 20 }, call)).data.filter(
      ({ state }) => state !== "succeeded",
    );
    if (open.length > 0) await this.#forget();
    if (open.length > 0) await this.#store.documents.cancelJob(this.#pick(open).id, call);
  }

  async #reindex(): Promise<void> {
    this.#make = this.#pick(this.#makes);
    if (await this.#store.documents.isMadeOtherwise(this.id, this.#make, call)) {
      await this.#store.documents.beginReindexing(this.id, this.#make, call);
    }
  }

  async #lease(): Promise<void> {
    const limits = { name: this.#pick(["p", "q"]), leaseMs, tasksMax: 3, bytesMax: 1_000 };
    this.#held.push(...(await this.#store.documents.leaseGroup(limits, call)));
  }

  /** Those that were held first may be held by nobody any more, which is meant. */
  async #finish(how?: "as they should"): Promise<void> {
    const count = how === undefined ? 1 + Math.floor(this.#random() * 3) : this.#held.length;
    const tasks = this.#held.splice(Math.floor(this.#random() * Math.max(1, this.#held.length - count + 1)), count);
    const finished = await Promise.all(tasks.map(async (task) => ({ task, version: await this.#made(task) })));
    try {
      const outcomes = await this.#store.documents.finishGroup(finished, call);
      for (const [i, outcome] of outcomes.entries()) {
        const one = finished[i];
        if (outcome !== "original_gone" || one === undefined) continue;
        const { duplicateOf: _gone, ...alone } = one.version;
        const whole = { ...alone, ...finishedOf(alone.text, { embedderId: alone.embedderId }) };
        await this.#store.documents.finish(one.task, { ...whole, splitterId: alone.splitterId }, call);
      }
    } catch (thrown) {
      if (!LarderError.is(thrown) || thrown.code !== "EMBEDDER_MISMATCH") throw thrown;
      await this.#forget();
      for (const task of tasks) await this.#store.documents.fail(task, toErrorRecord(thrown), call);
    }
  }

  async #made(task: LeasedTask): Promise<FinishedVersion> {
    const { documents } = this.#store;
    const reindexing = (await documents.reindexings(call)).find(({ knowledgeBaseId }) => knowledgeBaseId === this.id);
    const stored = task.remadeFor === undefined ? undefined : await documents.storedVersion(task, call);
    const text = stored?.text ?? this.#texts.get(task.sha256) ?? "fruit of another process";
    const textSha256 = sha256Of(text);
    const target = task.remadeFor === undefined ? this.#make : (reindexing?.target ?? this.#make);
    const { embedderId = target.embedderId } = task;
    const isSkipping = task.remadeFor === undefined && this.#random() < 0.5;
    const made = finishedOf(text, { ...target, embedderId, textSha256, onSameText: isSkipping ? "skip" : "keep" });
    const leansOn = isSkipping ? await documents.findSameText(task, textSha256, call) : stored?.leansOn;
    if (leansOn === undefined) return made;
    return { ...made, duplicateOf: leansOn, passages: [], vectors: new Float32Array() };
  }

  async #giveUp(how: "fail" | "release"): Promise<void> {
    const [task] = this.#held.splice(0, 1);
    if (task === undefined) return;
    const error = toErrorRecord(new LarderError("DOCUMENT_NO_TEXT"));
    if (how === "fail") await this.#forget();
    if (how === "fail") await this.#store.documents.fail(task, error, call);
    else await this.#store.documents.release(task, error, 1_000, call);
  }
}
