import type { Receipt, ReceiptId } from "@larder/contracts";
import { nanoUsd } from "@larder/contracts";
import { genesisHash, receiptHash, sha256OfJson, verifyChain } from "@larder/receipts";
import { testCall as call, createCountingIds, createManualClock, receiptOf } from "@larder/testkit";
import Sqlite from "better-sqlite3";
import { expect, it } from "vitest";
import type { TemporaryStore } from "../test/open-temporary-store.ts";
import { openTemporaryStore } from "../test/open-temporary-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

const receiptNumber = (number: number): Receipt =>
  receiptOf({ id: `rcp_${String(number).padStart(12, "0")}` as ReceiptId, cost: nanoUsd(BigInt(number)) });

async function openWith(count: number): Promise<TemporaryStore> {
  const store = await openTemporaryStore();
  for (let i = 1; i <= count; i++) await store.ledger.record(receiptNumber(i), call);
  return store;
}

/** What somebody with the file and a SQL shell does. */
function tamper({ file }: TemporaryStore, ...statements: readonly string[]): void {
  const client = new Sqlite(file);
  for (const statement of statements) client.exec(statement);
  client.close();
}
const findings = async ({ ledger }: Pick<TemporaryStore, "ledger">) =>
  (await verifyChain(ledger.chain(call))).findings.map(({ kind, number }) => [kind, number]);

it("hashes in SQL what the rule says", async () => {
  await using store = await openWith(3);
  let previousHash = genesisHash;
  let number = 0;
  for await (const entry of store.ledger.chain(call)) {
    number += 1;
    const hash = receiptHash(number, previousHash, sha256OfJson(receiptNumber(number)));
    expect(entry).toMatchObject({ number, previousHash, hash });
    previousHash = hash;
  }
  expect(number).toBe(3);
});

it.each([
  [
    "what a receipt says",
    "UPDATE receipts SET receipt = replace(receipt, '\"2\"', '\"3\"') WHERE number = 2",
    "altered",
  ],
  ["what is no JSON any more", "UPDATE receipts SET receipt = 'x' || receipt WHERE number = 2", "altered"],
  ["a hash", "UPDATE receipts SET hash = NULL WHERE number = 2", "altered"],
  ["a row", "DELETE FROM receipts WHERE number = 2", "missing"],
  ["the time that it is found by", "UPDATE receipts SET created_at_ms = 1 + created_at_ms WHERE number = 2", "altered"],
  ["whose it is", "UPDATE receipts SET knowledge_base_id = 'kb_other' WHERE number = 2", "altered"],
  ["the id that it is found by", "UPDATE receipts SET id = 'rcp_other' WHERE number = 2", "altered"],
  [
    "a name that readers take in different ways",
    `UPDATE receipts SET receipt = '{"basis":"abstained",' || substr(receipt, 2) WHERE number = 2`,
    "altered",
  ],
] as const)("lets a check find %s that somebody changed in the database", async (_, statement, kind) => {
  await using store = await openWith(4);
  expect(await findings(store)).toEqual([]);
  tamper(store, "PRAGMA foreign_keys = OFF", statement);
  expect(await findings(store)).toEqual([[kind, 2]]);
});

it("lets a check find a receipt that was put before the first", async () => {
  await using store = await openWith(2);
  tamper(
    store,
    "INSERT INTO receipts SELECT -4, 'rcp_forged', knowledge_base_id, created_at_ms, replace(receipt, id, 'rcp_forged'), previous_hash, hash FROM receipts WHERE number = 1",
  );
  const { data } = await store.ledger.receipts({ limit: 5 }, call);
  expect(data.map(({ id }) => id)).toContain("rcp_forged");
  expect(await findings(store)).toEqual([["inserted", -4]]);
});

it("goes on behind a tail that was cut off, so that the gap shows", async () => {
  await using store = await openWith(4);
  tamper(store, "PRAGMA foreign_keys = OFF", "DELETE FROM receipts WHERE number >= 3");
  expect(await findings(store)).toEqual([]);
  await store.ledger.record(receiptNumber(5), call);
  const { findings: found } = await verifyChain(store.ledger.chain(call));
  expect(found).toEqual([{ kind: "missing", number: 3, toNumber: 4 }]);
});

it("writes on whatever was done to the last receipt", async () => {
  await using store = await openWith(3);
  tamper(store, "UPDATE receipts SET hash = NULL WHERE number = 3");
  await store.ledger.record(receiptNumber(4), call);
  expect(await findings(store)).toEqual([["altered", 3]]);
  const [two, four] = await Promise.all([2, 4].map((number) => store.ledger.receipt(receiptNumber(number).id, call)));
  expect(four?.chain?.previousHash).toBe(two?.chain?.hash);
  tamper(store, "UPDATE receipts SET previous_hash = (SELECT hash FROM receipts WHERE number = 4) WHERE number = 1");
  await store.ledger.record(receiptNumber(5), call);
  expect(await findings(store)).toEqual([
    ["altered", 1],
    ["altered", 3],
  ]);
});

it("chains the receipts of a database from before, when it is opened, and goes on from there", async () => {
  await using store = await openWith(450);
  tamper(store, "UPDATE receipts SET hash = NULL, previous_hash = NULL");
  await using second = await openSqliteStore({
    file: store.file,
    clock: createManualClock(),
    ids: createCountingIds("b"),
  });
  await second.ledger.record(receiptNumber(451), call);
  expect(await verifyChain(second.ledger.chain(call))).toMatchObject({ isSound: true, count: 451 });
});

it("keeps no place of a receipt that was read and is written to another database", async () => {
  await using store = await openWith(2);
  await using other = await openTemporaryStore();
  await other.ledger.record(await store.ledger.receipt(receiptNumber(2).id, call), call);
  expect(await verifyChain(other.ledger.chain(call))).toMatchObject({ isSound: true, count: 1 });
});

it.each([
  ["no JSON", "'x' || receipt"],
  ["no receipt", "'{}'"],
])("names the receipt whose row is %s any more, and still checks the chain", async (_, text) => {
  await using store = await openWith(3);
  tamper(store, `UPDATE receipts SET receipt = ${text} WHERE number = 2`);
  const { id } = receiptNumber(2);
  const damaged = {
    code: "RECEIPT_DAMAGED",
    details: { problems: `receipt 2 (${id}): cannot be read`, receipt_id: id },
  };
  const window = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  const listed = await store.ledger.receipts({ limit: 20 }, call);
  expect(listed.data.map((each) => each.id)).toEqual([3, 1].map((number) => receiptNumber(number).id));
  expect(listed.damaged).toEqual([{ id, number: 2 }]);
  const paged = await store.ledger.receipts({ limit: 2 }, call);
  expect(paged).toMatchObject({ data: [{ id: receiptNumber(3).id }], damaged: [{ number: 2 }] });
  const rest = await store.ledger.receipts({ limit: 2, cursor: paged.nextCursor ?? "" }, call);
  expect(rest).toMatchObject({ data: [{ id: receiptNumber(1).id }], damaged: [] });
  await expect(store.ledger.receipt(id, call)).rejects.toMatchObject(damaged);
  const within = async () => {
    for await (const _ of store.ledger.receiptsWithin(window, call));
  };
  await expect(within()).rejects.toMatchObject(damaged);
  await expect(store.ledger.receipt(receiptNumber(1).id, call)).resolves.toMatchObject({ id: receiptNumber(1).id });
  expect(await findings(store)).toEqual([["altered", 2]]);
});
