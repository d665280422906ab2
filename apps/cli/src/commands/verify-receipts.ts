import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { commandLineErrors, LarderError } from "@larder/contracts";
import type { ChainEntry, ChainReport } from "@larder/receipts";
import { readChainLine, verifyChain } from "@larder/receipts";
import type { CommandContext } from "../command-context.ts";
import { ProblemReply, send, sendForJson } from "../connection.ts";
import { exitCodes } from "../render/problem.ts";
import { count } from "../render/words.ts";
import type { ChainReportBody } from "../wire.ts";

export interface VerifyGiven {
  /** A hash that was noted earlier. */
  readonly head?: string;
}

/**
 * `larder receipts verify [file]`: exits with 1 when anything was found, or a file holds no receipt. A file needs neither
 * server nor data folder.
 */
export async function verifyReceipts(
  file: string | undefined,
  { head }: VerifyGiven,
  context: CommandContext,
): Promise<number> {
  requireHash(head);
  const report = file === undefined ? await verifyStored(head, context) : await verifyFile(file, head);
  context.print(context.options.json ? JSON.stringify(report) : renderReport(report, head));
  if (file !== undefined && report.receipts === 0) return exitCodes.failed;
  return report.sound ? exitCodes.ok : exitCodes.failed;
}

/** A typo must not look like a chain that was cut off. */
function requireHash(head: string | undefined): void {
  if (head === undefined || /^[0-9a-f]{64}$/.test(head)) return;
  throw new LarderError("REQUEST_INVALID", {
    details: {
      problems: "--head: must be 64 hexadecimal digits in lower case, as `larder receipts verify` prints them",
    },
  });
}

/** `larder receipts export`: the chain on standard output, one receipt a line. */
export async function exportReceipts(context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const response = await send(connection, "/v1/receipts/export", { signal: context.signal });
  for await (const line of linesOf(response)) context.print(line);
  return exitCodes.ok;
}

async function verifyStored(head: string | undefined, { connect, signal }: CommandContext): Promise<ChainReportBody> {
  await using connection = await connect();
  return await sendForJson<ChainReportBody>(connection, "/v1/receipts/verify", { query: { head }, signal });
}

async function verifyFile(file: string, head: string | undefined): Promise<ChainReportBody> {
  const report = await verifyChain(entriesOf(file), head === undefined ? {} : { head });
  return toBody(report);
}

async function* entriesOf(file: string): AsyncGenerator<ChainEntry | undefined> {
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) if (line.trim() !== "") yield readChainLine(line);
  } catch (cause) {
    throw new ProblemReply({
      code: "RECEIPTS_UNREADABLE",
      title: `${file} cannot be read.`,
      status: 0,
      detail: cause instanceof Error ? cause.message : String(cause),
      hint: commandLineErrors.RECEIPTS_UNREADABLE.hint,
    });
  }
}

function toBody({ isSound, count: receipts, head, findings }: ChainReport): ChainReportBody {
  return {
    sound: isSound,
    receipts,
    head: head ?? null,
    findings: findings.map(({ kind, number, toNumber, receiptId }) => ({
      ...{ kind, number },
      to_number: toNumber ?? null,
      receipt_id: receiptId ?? null,
    })),
    findings_count: findings.length,
  };
}

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  let rest = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Findings that a person is shown. */
const findingsShown = 20;

const words: Readonly<Record<string, string>> = {
  altered: "was altered",
  inserted: "was inserted: another receipt has this number in the chain",
  reordered: "stands at another place than its number says",
  unconfirmed: "cannot be confirmed: the altered receipt after it names another",
};

function renderReport(report: ChainReportBody, head: string | undefined): string {
  const { sound, receipts, findings, findings_count } = report;
  const last = report.head === null ? "" : `\nhead: number ${report.head.number}, hash ${report.head.hash}`;
  if (sound && receipts === 0) return "0 receipts: there was nothing to verify.";
  if (sound) {
    const toHead = head === undefined ? "" : "; the known head is in it";
    const advice = head === undefined ? "\nKeep the head elsewhere, and give it to --head next time." : "";
    return `${count(receipts)} receipts: every one is as it was written${toHead}.${last}${advice}`;
  }
  const lines = findings.slice(0, findingsShown).map(renderFinding);
  const more = findings_count > lines.length ? [`and ${count(findings_count - lines.length)} more`] : [];
  const found = findings_count === 1 ? "1 finding" : `${count(findings_count)} findings, the first comes first`;
  return [`${count(receipts)} receipts, ${found}:`, ...lines, ...more].join("\n").concat(last);
}

function renderFinding({ kind, number, to_number, receipt_id }: ChainReportBody["findings"][number]): string {
  if (kind === "missing") return to_number === null ? `${number} is missing` : `${number} to ${to_number} are missing`;
  if (kind === "truncated") return `${number} and later: the known head is gone; the end was cut off or written anew`;
  if (kind === "unreadable") return `line ${number} is no receipt of a chain`;
  return `${number}${receipt_id === null ? "" : ` (${receipt_id})`} ${words[kind] ?? kind}`;
}
