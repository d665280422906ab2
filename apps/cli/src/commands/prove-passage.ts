import { readFile } from "node:fs/promises";
import { LarderError } from "@larder/contracts";
import { verifyInclusion } from "@larder/receipts";
import { z } from "zod";
import type { CommandContext } from "../command-context.ts";
import { sendForJson } from "../connection.ts";
import { exitCodes } from "../render/problem.ts";

const proofBody = z.looseObject({
  passage_id: z.string(),
  text_sha256: z.string(),
  vector_sha256: z.string(),
  index_root: z.string(),
  receipt_index_root: z.string().nullable().default(null),
  of_receipt: z.boolean().default(false),
  path: z.array(z.object({ side: z.enum(["left", "right"]), hash: z.string() })),
});
type ProofBody = z.infer<typeof proofBody>;

/**
 * `larder receipts prove <receipt> <passage>`: that the passage belongs to the knowledge base's root. The proof is checked
 * here, whoever sent it. Exits with 1 where its root is not the receipt's.
 */
export async function provePassage(receipt: string, passage: string, context: CommandContext): Promise<number> {
  await using connection = await context.connect();
  const path = `/v1/receipts/${encodeURIComponent(receipt)}/passages/${encodeURIComponent(passage)}/proof`;
  const body = await sendForJson<ProofBody>(connection, path, { signal: context.signal });
  const isProved = climbs(body, body.index_root);
  context.print(context.options.json ? JSON.stringify(body) : renderProof(body, isProved));
  return isProved && body.of_receipt ? exitCodes.ok : exitCodes.failed;
}

/**
 * `larder receipts verify-proof <file> --root <hash>`: a proof that was saved with `--json`, against a root that the
 * auditor has from elsewhere. Needs neither server nor data folder.
 *
 * @throws {@link LarderError} `REQUEST_INVALID` for a file that is no proof
 */
export async function verifyProof(file: string, root: string, context: CommandContext): Promise<number> {
  const body = await readProof(file);
  const isProved = climbs(body, root);
  const facts = { passage_id: body.passage_id, text_sha256: body.text_sha256, index_root: root, proved: isProved };
  const words = isProved
    ? `${body.passage_id} with text ${body.text_sha256} belongs to ${root}`
    : `not proved: the path does not lead from ${body.passage_id} to ${root}`;
  context.print(context.options.json ? JSON.stringify(facts) : words);
  return isProved ? exitCodes.ok : exitCodes.failed;
}

function climbs({ passage_id, text_sha256, vector_sha256, path }: ProofBody, root: string): boolean {
  return verifyInclusion(root, {
    ...{ passageId: passage_id, textSha256: text_sha256, vectorSha256: vector_sha256 },
    path,
  });
}

async function readProof(file: string): Promise<ProofBody> {
  try {
    return proofBody.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    const problems = `${file}: is not what \`larder --json receipts prove\` prints`;
    throw new LarderError("REQUEST_INVALID", { details: { problems }, cause });
  }
}

function renderProof(body: ProofBody, isProved: boolean): string {
  const { passage_id, text_sha256, index_root, receipt_index_root, of_receipt } = body;
  if (!isProved) return `not proved: the path that was sent does not lead from ${passage_id} to ${index_root}`;
  const proved = `${passage_id} with text ${text_sha256}\nbelongs to index root ${index_root} (${body.path.length} hashes, checked here)`;
  if (of_receipt) return `${proved}\nwhich is the receipt's: it stood there when the question was asked`;
  const recorded = receipt_index_root ?? "not recorded";
  return `${proved}\nwhich is the root of now; the receipt's is another (${recorded}): documents came or went since`;
}
