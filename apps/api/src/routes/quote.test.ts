import type { BudgetScope, KnowledgeBaseId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { expect, it } from "vitest";
import { openGateway } from "../../test/open-gateway.ts";
import { readReply } from "../../test/read-reply.ts";

const call = { signal: AbortSignal.timeout(10_000) };
const key = `key_${"ab".repeat(16)}`;

interface Body {
  readonly candidates: readonly {
    readonly provider: string;
    readonly model: string;
    readonly eligible: boolean;
    readonly refusals: readonly { readonly code: string }[];
  }[];
}

async function open() {
  const gateway = await openGateway();
  const draft = { name: "pantry", description: "", settings: {} };
  const { id } = await gateway.larder.store.createKnowledgeBase(draft, call);
  const post = (more: object) =>
    fetch(`${gateway.url}/quote`, {
      method: "POST",
      body: JSON.stringify({ input_tokens: 6_000, output_tokens: 800, ...more }),
      headers: { "content-type": "application/json" },
    });
  return {
    id,
    post,
    gateway,
    /** Each model with why it is out. */
    async quote(more: object = {}) {
      const { candidates } = (await readReply(post(more))) as unknown as Body;
      const own = candidates.filter(({ provider }) => provider === "acme"); // the others have no key
      return own.map(({ model, refusals }) => [model, ...refusals.map(({ code }) => code)]);
    },
    /** In nano-dollars. The request costs at most 920,000 at `small` and 18,400,000 at `large`. */
    put: (limit: bigint, scope: string) =>
      gateway.larder.budgets.putBudget({ scope: scope as BudgetScope, window: "day", limit: nanoUsd(limit) }, call),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

it("shows what the total has no room for, and reserves nothing", async () => {
  await using bed = await open();
  const { quote, put, gateway } = bed;
  expect(await quote()).toEqual([["small"], ["large"]]);
  await put(18_399_999n, "total");
  expect(await quote()).toEqual([["small"], ["large", "budget_exhausted"]]);
  await put(919_999n, "total");
  expect(await quote()).toEqual([
    ["small", "budget_exhausted"],
    ["large", "budget_exhausted"],
  ]);
  expect(await gateway.larder.budgets.budgets(call)).toMatchObject([{ reserved: 0n, left: 919_999n }]);
  expect(gateway.provider.arrivals).toBe(0);
});

it("shows what a knowledge base's or a key's budget has no room for, where they are named", async () => {
  await using bed = await open();
  const { quote, put, id } = bed;
  await put(1_000_000n, id);
  await put(1n, key);
  expect(await quote()).toEqual([["small"], ["large"]]);
  expect(await quote({ knowledge_base: id })).toEqual([["small"], ["large", "budget_exhausted"]]);
  expect((await quote({ knowledge_base: id, key })).flat()).toEqual([
    "small",
    "budget_exhausted",
    "large",
    "budget_exhausted",
  ]);
});

it("refuses a knowledge base that is none, and a key that has no such form", async () => {
  await using bed = await open();
  const { post } = bed;
  expect(await readReply(post({ knowledge_base: "kb_0123456789abcdef" as KnowledgeBaseId }))).toMatchObject({
    status: 404,
  });
  expect(await readReply(post({ key: "secret" }))).toMatchObject({ status: 400, problems: [{ field: "key" }] });
});
