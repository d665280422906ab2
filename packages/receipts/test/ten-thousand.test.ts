import { nanoUsd } from "@larder/contracts";
import { receiptOf } from "@larder/testkit";
import { beforeAll, expect, it } from "vitest";
import type { ChainEntry, ChainFinding } from "../src/index.ts";
import { canonicalJson, chainReceipts, printChainLine, readChainLine, verifyChain } from "../src/index.ts";

const count = 10_000;
const sampled = [1, 2, 777, 5_000, 9_999, count];

/** As they are read from an export. */
let chain: readonly ChainEntry[];
let head: string;
beforeAll(() => {
  const receipts = Array.from({ length: count }, (_, i): unknown => {
    const id = `rcp_${String(i).padStart(12, "0")}` as never;
    const hit = { passageId: `psg_${i}` as never, textSha256: "0".repeat(64), score: 0.5 };
    const receipt = receiptOf({ id, createdAtMs: i, cost: nanoUsd(BigInt(i)), hits: [hit], costBasis: "billed" });
    return JSON.parse(canonicalJson(receipt));
  });
  chain = chainReceipts(receipts).map((entry) => readChainLine(printChainLine(entry)) as ChainEntry);
  head = at(count).hash;
});

const at = (number: number) => chain[number - 1] as ChainEntry;
const found = async (
  entries: readonly ChainEntry[],
  known = {},
): Promise<readonly Pick<ChainFinding, "kind" | "number">[]> =>
  (await verifyChain(entries, known)).findings.map(({ kind, number }) => ({ kind, number }));

it("finds ten thousand receipts sound", async () => {
  expect(await verifyChain(chain, { head })).toEqual({
    isSound: true,
    count,
    head: { number: count, hash: head },
    findings: [],
  });
});

const changes: Readonly<Record<string, (receipt: Record<string, unknown>) => void>> = {
  "what it cost": (receipt) => {
    receipt.cost = { $bigint: "1000000001" };
  },
  "when it was": (receipt) => {
    receipt.createdAtMs = -1;
  },
  "a passage": (receipt) => {
    receipt.hits = [{ passageId: "psg_forged", score: 0.5, textSha256: "0".repeat(64) }];
  },
  "what its numbers rest on": (receipt) => {
    receipt.costBasis = "estimated";
  },
  "a member more": (receipt) => {
    receipt.note = "";
  },
  "a member less": (receipt) => {
    delete receipt.isGrounded;
  },
};

it.each(Object.entries(changes))("finds and names a receipt in which somebody changed %s", async (_, change) => {
  for (const number of sampled) {
    const receipt = structuredClone(at(number).receipt) as Record<string, unknown>;
    change(receipt);
    const altered = chain.toSpliced(number - 1, 1, { ...at(number), receipt });
    expect(await found(altered)).toEqual([{ kind: "altered", number }]);
  }
});

it("finds and names what was removed, inserted, swapped and cut off", async () => {
  for (const number of sampled.slice(0, -1)) {
    expect(await found(chain.toSpliced(number - 1, 1))).toEqual([{ kind: "missing", number }]);
    const inserted = chain.toSpliced(number, 0, ...chainReceipts([{ id: "rcp_forged" }], at(number)));
    expect(await found(inserted)).toEqual([{ kind: "inserted", number: number + 1 }]);
    const swapped = chain.toSpliced(number - 1, 2, at(number + 1), at(number));
    expect(await found(swapped)).toEqual([
      { kind: "reordered", number },
      { kind: "reordered", number: number + 1 },
    ]);
  }
  expect(await found(chain.slice(0, -1), { head })).toEqual([{ kind: "truncated", number: count }]);
  expect(await found(chain.slice(0, 5_000), { head })).toEqual([{ kind: "truncated", number: 5_001 }]);
});
