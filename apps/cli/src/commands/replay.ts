import { replayGrades } from "@larder/receipts";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { exitCodes } from "../render/problem.ts";
import type { ReplayBody } from "../wire.ts";

export interface ReplayGiven {
  /** For a receipt that did not keep it. */
  readonly question?: string;
  /** Earlier questions, oldest first. */
  readonly after?: readonly string[];
  /** Exit with 1 below it. */
  readonly grade?: NonNullable<ReplayBody["grade"]>;
}

const gradeWords: Readonly<Record<NonNullable<ReplayBody["grade"]>, string>> = {
  R3: "identical vectors, passages, order and scores",
  R2: "identical passages, order and scores",
  R1: "identical passages in the same order",
  R0: "mostly the same passages",
};

const differenceWords: Readonly<Record<string, string>> = {
  index_root: "the knowledge base's passages",
  embedder: "the embedding model",
  settings: "the settings",
  query_vector: "the question's vector",
  degraded: "what did not take part",
};

/** `larder replay <receipt>`: makes its retrieval again and says how well it is repeated; nothing is sent or written. */
export async function replay(id: string, given: ReplayGiven, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const { question, after, grade } = given;
  const json = { question, history: after?.map((earlier) => ({ question: earlier })) };
  const path = `/v1/receipts/${encodeURIComponent(id)}/replay`;
  const { signal } = context;
  const replayed = await sendForJson<ReplayBody>(connection, path, { method: "POST", json, signal });
  context.print(context.options.json ? JSON.stringify(replayed) : renderReplay(replayed));
  if (grade === undefined) return exitCodes.ok;
  const reached = replayed.grade === null ? -1 : replayGrades.indexOf(replayed.grade);
  return reached >= replayGrades.indexOf(grade) ? exitCodes.ok : exitCodes.failed;
}

function renderReplay({ grade, jaccard, passages, differences }: ReplayBody): string {
  const { recorded, replayed, common } = passages;
  const found = `${recorded} passages then, ${replayed} now, ${common} of them the same (Jaccard ${jaccard.toFixed(3)})`;
  const reached = grade === null ? "no grade: mostly other passages" : `${grade}: ${gradeWords[grade]}`;
  const changes = differences.map(({ what, recorded: before, replayed: now }) => {
    return `changed: ${differenceWords[what] ?? what}, was ${before ?? "not recorded"}, is ${now ?? "none"}`;
  });
  return [reached, found, ...(changes.length === 0 ? ["nothing that results depend on has changed"] : changes)].join(
    "\n",
  );
}
