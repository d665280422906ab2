import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256OfJson } from "./canonical-json.ts";
import { printChainLine, readChainLine } from "./chain-lines.ts";
import type { ChainEntry } from "./receipt-chain.ts";
import { chainReceipts, genesisHash, receiptHash } from "./receipt-chain.ts";
import { verifyChain } from "./verify-chain.ts";

const receipts = Array.from({ length: 12 }, (_, i) => ({ id: `rcp_${i + 1}`, cost: { $bigint: String(i) } }));
const chain = chainReceipts(receipts);
const at = (number: number): ChainEntry => {
  const entry = chain[number - 1];
  if (entry === undefined) throw new RangeError(String(number));
  return entry;
};
const replaced = (...others: readonly ChainEntry[]) =>
  chain.map((entry) => others.find(({ number }) => number === entry.number) ?? entry);
const hashedAnew = (entry: ChainEntry): ChainEntry => {
  const { number, previousHash, receipt } = entry;
  return { ...entry, hash: receiptHash(number, previousHash, sha256OfJson(receipt)) };
};
const forged = { id: "rcp_forged" };
const kindsOf = async (entries: readonly (ChainEntry | undefined)[], head?: string) =>
  (await verifyChain(entries, head === undefined ? {} : { head })).findings.map(({ kind, number }) => [kind, number]);

it("finds a chain sound that was written to lines and read back, pretty printed or not", async () => {
  const lines = chain.map((entry, i) => {
    const line = printChainLine(entry);
    return i % 2 === 0 ? line : JSON.stringify(JSON.parse(line), null, 1).replaceAll("\n", "");
  });
  expect(await verifyChain(lines.map(readChainLine))).toEqual({
    isSound: true,
    count: 12,
    head: { number: 12, hash: at(12).hash },
    findings: [],
  });
  expect(await verifyChain([])).toEqual({ isSound: true, count: 0, findings: [] });
});

it.each(["", "{", "null", '{"number":0,"previous_hash":"","hash":"","receipt":{}}', '{"number":1,"receipt":{}}'])(
  "reads no entry from %j",
  (line) => {
    expect(readChainLine(line)).toBeUndefined();
  },
);

it("reads no entry from a line that another reader takes for another receipt, or that says more than its hash covers", () => {
  const line = printChainLine({ ...at(1), receipt: { id: "rcp_1", usd: null, text: 'a "quoted": name, \\' } });
  expect(readChainLine(line)).toBeDefined();
  for (const forged of [
    line.replace('"usd":null', '"usd":9,"usd":null'),
    line.replace('"usd":null', '"usd":1e999'), // hashed as null
    line.replace('{"hash"', '{"approved":true,"hash"'),
    line.replace('{"hash"', '{"number":7,"hash"'),
  ]) {
    expect(forged).not.toBe(line);
    expect(readChainLine(forged)).toBeUndefined();
  }
});

describe("names which receipt", () => {
  it("was altered", async () => {
    expect(await kindsOf(replaced({ ...at(5), receipt: forged }))).toEqual([["altered", 5]]);
    expect(await kindsOf(replaced({ ...at(5), hash: genesisHash }))).toEqual([["altered", 5]]);
    expect(await kindsOf(replaced({ ...at(5), previousHash: genesisHash }))).toEqual([["altered", 5]]);
    expect(await kindsOf(replaced({ ...at(12), receipt: forged }))).toEqual([["altered", 12]]);
  });

  it("was altered and hashed anew, by the one after it", async () => {
    expect(await kindsOf(replaced(hashedAnew({ ...at(5), receipt: forged })))).toEqual([["altered", 5]]);
    const both = replaced(hashedAnew({ ...at(5), receipt: forged }), { ...at(6), receipt: forged });
    expect(await kindsOf(both)).toEqual([
      ["unconfirmed", 5],
      ["altered", 6],
    ]);
    const rest = chainReceipts([forged, ...receipts.slice(5)], at(4));
    expect(await kindsOf([...chain.slice(0, 4), ...rest])).toEqual([]); // nobody can tell, but for a known head
    expect(await kindsOf([...chain.slice(0, 4), ...rest], at(12).hash)).toEqual([["truncated", 13]]);
    expect(await kindsOf([...chain.slice(0, 4), ...rest], at(4).hash)).toEqual([]);
  });

  it("is missing", async () => {
    expect(await kindsOf(chain.filter(({ number }) => number !== 7))).toEqual([["missing", 7]]);
    const [found] = (await verifyChain(chain.filter(({ number }) => number < 3 || number > 5))).findings;
    expect(found).toEqual({ kind: "missing", number: 3, toNumber: 5 });
    expect(await kindsOf(chain.slice(1))).toEqual([["missing", 1]]);
  });

  it("was inserted", async () => {
    const [inserted] = chainReceipts([forged], at(4));
    for (const place of [4, 5]) {
      const entries = chain.toSpliced(place, 0, inserted ?? at(5));
      const { findings } = await verifyChain(entries);
      expect(findings).toEqual([{ kind: "inserted", number: 5, receiptId: "rcp_forged" }]);
    }
    expect(await kindsOf(chain.toSpliced(4, 0, at(5)))).toEqual([["inserted", 5]]); // the same one twice
  });

  it("stands elsewhere", async () => {
    const swapped = (a: number, b: number) =>
      chain.map((entry, i) => (i === a - 1 ? at(b) : i === b - 1 ? at(a) : entry));
    for (const [a, b] of [
      [3, 4],
      [2, 9],
    ] as const) {
      expect(await kindsOf(swapped(a, b))).toEqual([
        ["reordered", a],
        ["reordered", b],
      ]);
    }
    expect(await kindsOf([...chain.toSpliced(2, 1), at(3)])).toEqual([["reordered", 3]]);
  });

  it("is cut off behind a known head, which may have got successors since", async () => {
    expect(await kindsOf(chain.slice(0, 9))).toEqual([]);
    expect(await kindsOf(chain.slice(0, 9), at(12).hash)).toEqual([["truncated", 10]]);
    expect(await kindsOf(chain, at(9).hash)).toEqual([]);
    expect(await kindsOf([], at(9).hash)).toEqual([["truncated", 1]]);
  });

  it("cannot be read", async () => {
    expect(await kindsOf(chain.map((entry, i) => (i === 3 ? undefined : entry)))).toEqual([
      ["unreadable", 4],
      ["missing", 4],
    ]);
  });
});

it("begins nowhere else than at the beginning", async () => {
  const [first] = chainReceipts([receipts[0]], { number: 0, hash: "1".repeat(64) });
  expect(await kindsOf(first === undefined ? [] : [first])).toEqual([["altered", 1]]);
});

it("finds whatever is done to one entry", async () => {
  const change = fc.constantFrom(
    (entry: ChainEntry) => ({ ...entry, number: entry.number + 1 }),
    (entry: ChainEntry) => ({ ...entry, number: entry.number + 100 }),
    (entry: ChainEntry) => ({ ...entry, hash: entry.previousHash }),
    (entry: ChainEntry) => ({ ...entry, receipt: { ...(entry.receipt as object), more: 1 } }),
    (entry: ChainEntry) => hashedAnew({ ...entry, previousHash: "2".repeat(64) }),
    () => undefined,
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 11 }), change, async (index, alter) => {
      const entries = chain.map((entry, i) => (i === index ? alter(entry) : entry));
      const { isSound, findings } = await verifyChain(entries, { head: at(12).hash });
      expect(isSound).toBe(false);
      expect(findings.length).toBeGreaterThan(0);
    }),
  );
});
