import { sha256OfJson } from "./canonical-json.ts";
import { findMisplaced } from "./find-misplaced.ts";
import type { ChainEntry } from "./receipt-chain.ts";
import { genesisHash, receiptHash } from "./receipt-chain.ts";

/**
 * - `altered`: its content, number or hashes are not those that the chain was made with.
 * - `missing`: no receipt has this number, or the numbers up to `toNumber`.
 * - `inserted`: a second receipt of a number, which the receipt after it does not name, or one before the first.
 * - `reordered`: it stands at another place than its number says.
 * - `unconfirmed`: its own hash is right, but the altered receipt after it names another.
 * - `truncated`: no receipt has the known head: the end was cut off, or the chain was written anew.
 * - `unreadable`: a line that is no entry of a chain; `number` is the line's.
 */
export type ChainFindingKind =
  | "altered"
  | "missing"
  | "inserted"
  | "reordered"
  | "unconfirmed"
  | "truncated"
  | "unreadable";

export interface ChainFinding {
  readonly kind: ChainFindingKind;
  readonly number: number;
  readonly toNumber?: number;
  readonly receiptId?: string;
}

export interface ChainReport {
  readonly isSound: boolean;
  /** Entries that were read. */
  readonly count: number;
  /** The last receipt: whoever keeps its hash elsewhere can tell later that nothing before it was touched. */
  readonly head?: { readonly number: number; readonly hash: string };
  /** By number, so the first bad receipt comes first. */
  readonly findings: readonly ChainFinding[];
}

interface ReadEntry {
  readonly number: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly contentSha256: string;
  /** What its hash should be, by its own content. */
  readonly computed: string;
  readonly receiptId?: string;
}

/** An entry and what it has to hash to, by the best witness there is. */
interface Judged {
  readonly entry: ReadEntry;
  readonly expected: string;
  /** Its `previousHash` is what it was made with. */
  readonly isWitness: boolean;
}

/**
 * Checks a chain from its end to its beginning: a receipt that is as it was names the true hash of the one before it, so
 * one that was altered and hashed anew is found by its successor. The last one has no witness but its own hash, and a
 * head that was noted elsewhere.
 *
 * Cannot tell: a tail that was cut off, receipts that were appended, a chain that was hashed anew from some receipt to its
 * end, unless `head` is known. An entry that is `undefined` was a line that could not be read.
 *
 * Cost: one canonical JSON and two SHA-256 a receipt; some 300 bytes of memory each.
 */
export async function verifyChain(
  entries: AsyncIterable<ChainEntry | undefined> | Iterable<ChainEntry | undefined>,
  known: { readonly head?: string } = {},
): Promise<ChainReport> {
  const findings: ChainFinding[] = [];
  const read: ReadEntry[] = [];
  let line = 0;
  let entryCount = 0;
  for await (const entry of entries) {
    line += 1;
    if (entry !== undefined) entryCount += 1;
    if (entry === undefined) findings.push({ kind: "unreadable", number: line });
    else if (entry.number < 1) findings.push(findingOf("inserted", readEntry(entry)));
    else read.push(readEntry(entry));
  }
  const byNumber = new Map<number, ReadEntry[]>();
  for (const entry of read) byNumber.set(entry.number, [...(byNumber.get(entry.number) ?? []), entry]);
  const numbers = [...byNumber.keys()].sort((a, b) => a - b);
  findings.push(...findMissing(numbers), ...judgeAll(byNumber, numbers, known.head));
  for (const entry of findMisplaced(read)) findings.push(findingOf("reordered", entry));
  const { head } = known;
  const last = byNumber.get(numbers.at(-1) ?? 0)?.at(-1);
  if (head !== undefined && !read.some(({ hash, computed }) => hash === head || computed === head)) {
    findings.push({ kind: "truncated", number: (last?.number ?? 0) + 1 });
  }
  return {
    isSound: findings.length === 0,
    count: entryCount,
    ...(last && { head: { number: last.number, hash: last.hash } }),
    findings: findings.sort((a, b) => a.number - b.number),
  };
}

/** A file may say anything: what is shown to a person holds no control characters. */
const printableId = /^\w{1,64}$/;

function readEntry({ number, previousHash, hash, receipt }: ChainEntry): ReadEntry {
  const contentSha256 = sha256OfJson(receipt);
  const computed = receiptHash(number, previousHash, contentSha256);
  const id = typeof receipt === "object" && receipt !== null && "id" in receipt ? receipt.id : undefined;
  return {
    number,
    previousHash,
    hash,
    contentSha256,
    computed,
    ...(typeof id === "string" && printableId.test(id) && { receiptId: id }),
  };
}

function findingOf(kind: ChainFindingKind, { number, receiptId }: ReadEntry): ChainFinding {
  return { kind, number, ...(receiptId !== undefined && { receiptId }) };
}

/** Numbers that nothing has, from 1 to the last. */
function findMissing(numbers: readonly number[]): readonly ChainFinding[] {
  return numbers.flatMap((number, index): ChainFinding[] => {
    const from = (numbers[index - 1] ?? 0) + 1;
    if (from === number) return [];
    return [{ kind: "missing", number: from, ...(number - 1 > from && { toNumber: number - 1 }) }];
  });
}

function judgeAll(
  byNumber: ReadonlyMap<number, readonly ReadEntry[]>,
  numbers: readonly number[],
  head: string | undefined,
): readonly ChainFinding[] {
  const findings: ChainFinding[] = [];
  let after: Judged | undefined;
  for (const number of numbers.toReversed()) {
    const candidates = byNumber.get(number) ?? [];
    const successor = after?.entry.number === number + 1 ? after : undefined;
    const witnessed = candidates.some(({ computed }) => computed === head)
      ? head
      : successor?.isWitness === true
        ? successor.entry.previousHash
        : undefined;
    const entry = chooseEntry(candidates, witnessed, successor?.entry.previousHash);
    if (entry === undefined) continue;
    for (const other of candidates) if (other !== entry) findings.push(findingOf("inserted", other));
    const { computed, hash, previousHash } = entry;
    const expected = witnessed ?? hash;
    const isFirstWrong = number === 1 && previousHash !== genesisHash;
    if (computed !== expected || hash !== computed || isFirstWrong) findings.push(findingOf("altered", entry));
    else if (witnessed === undefined && successor !== undefined && !isFollowedBy(entry, successor)) {
      findings.push(findingOf("unconfirmed", entry));
    }
    after = { entry, expected, isWitness: computed === expected };
  }
  return findings;
}

/** Of several entries of one number the one that the receipt after it names, else one that agrees with itself. */
function chooseEntry(
  candidates: readonly ReadEntry[],
  witnessed: string | undefined,
  named: string | undefined,
): ReadEntry | undefined {
  return (
    candidates.find(({ computed }) => computed === witnessed) ??
    candidates.find(({ computed, hash }) => computed === hash && hash === named) ??
    candidates.find(({ computed, hash }) => computed === hash) ??
    candidates[0]
  );
}

/** The altered successor names it, or would be right if it did: then only the name was altered. */
function isFollowedBy(entry: ReadEntry, { entry: successor, expected }: Judged): boolean {
  if (successor.previousHash === entry.hash) return true;
  return receiptHash(successor.number, entry.hash, successor.contentSha256) === expected;
}
