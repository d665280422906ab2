import type { CommandContext } from "../command-context.ts";
import type { Connection } from "../connection.ts";
import { ProblemReply, send, sendForJson } from "../connection.ts";
import type { FilterOptions } from "../filter-options.ts";
import { filterOf } from "../filter-options.ts";
import { requireKnowledgeBase } from "../knowledge-base.ts";
import { renderCitations, renderRoute } from "../render/answer.ts";
import { renderCandidates } from "../render/candidates.ts";
import { findPlaces } from "../render/places.ts";
import { exitCodes } from "../render/problem.ts";
import { renderReceipt } from "../render/receipt.ts";
import { readServerSentEvents } from "../server-sent-events.ts";
import type { AnswerBody, ProblemBody } from "../wire.ts";

export interface AskOptions extends FilterOptions {
  readonly budget?: number | "auto";
  readonly model?: string;
  readonly localOnly?: boolean;
  readonly maxCost?: string;
  readonly dryRun?: boolean;
  readonly keepQuestion?: boolean;
  /** Earlier questions, oldest first. */
  readonly after?: readonly string[];
}

/** `larder ask "<question>"`: answer, numbered citations, the route's explanation and the receipt. */
export async function ask(question: string, given: AskOptions, context: CommandContext): Promise<number> {
  const { signal, options } = context;
  await using connection = await context.connect();
  const { id } = await requireKnowledgeBase(connection, options.kb, signal);
  const json = toRequestBody(question, given);
  const path = `/v1/knowledge-bases/${id}/query`;
  if (options.json) {
    const answer = await sendForJson<AnswerBody>(connection, path, { method: "POST", json, signal });
    context.print(JSON.stringify(answer));
    return given.dryRun !== true && answer.basis === "abstained" ? exitCodes.abstained : exitCodes.ok;
  }
  if (given.dryRun === true) {
    const { route } = await sendForJson<AnswerBody>(connection, path, { method: "POST", json, signal });
    context.print(`${renderCandidates(route.candidates)}\n\n${route.reason}`);
    return exitCodes.ok;
  }
  const answer = await streamAnswer(connection, path, json, context);
  await printBelowAnswer(connection, id, answer, context);
  return answer.basis === "abstained" ? exitCodes.abstained : exitCodes.ok;
}

function toRequestBody(question: string, given: AskOptions) {
  const policy = {
    ...(given.model === undefined ? {} : { models: [given.model] }),
    ...(given.localOnly === undefined ? {} : { local_only: given.localOnly }),
    ...(given.maxCost === undefined ? {} : { max_cost_usd: given.maxCost }),
  };
  const history = given.after?.map((earlier) => ({ question: earlier }));
  const { budget: token_budget, dryRun: dry_run, keepQuestion: keep_question } = given;
  return { question, history, policy, token_budget, dry_run, keep_question, filter: filterOf(given) };
}

/** Writes the text as it comes and gives the whole answer at the end. */
async function streamAnswer(connection: Connection, path: string, json: object, context: CommandContext) {
  const { signal } = context;
  const response = await send(connection, path, { method: "POST", json: { ...json, stream: true }, signal });
  let text = "";
  for await (const { event, data } of readServerSentEvents(response)) {
    if (event === "delta") {
      text += (data as { text: string }).text;
      if (context.isTerminal) process.stdout.write((data as { text: string }).text);
    } else if (event === "error") throw new ProblemReply(data as ProblemBody);
    else if (event === "done") {
      const answer = data as AnswerBody;
      if (!context.isTerminal || text !== answer.answer) context.print(answer.answer ?? "");
      else context.print("");
      return answer;
    }
  }
  throw new ProblemReply({ code: "SERVER_UNREACHABLE", title: "The server ended the stream early.", status: 0 });
}

export async function printBelowAnswer(
  connection: Connection,
  knowledgeBaseId: string,
  answer: AnswerBody,
  context: Pick<CommandContext, "print" | "signal">,
): Promise<void> {
  if (answer.citations.length > 0) {
    const places = await findPlaces(connection, knowledgeBaseId, answer, context.signal);
    context.print(`\n${renderCitations(answer.citations, places)}`);
  }
  context.print(`\n${renderRoute(answer)}\n`);
  context.print(renderReceipt(answer, answer.receipt_id));
}
