import { replayGrades } from "@larder/receipts";
import type { Command } from "commander";
import { Option } from "commander";
import type { RunCommand } from "./define-prices.ts";
import { provePassage, verifyProof } from "./prove-passage.ts";
import { receipts } from "./receipts.ts";
import type { ReplayGiven } from "./replay.ts";
import { replay } from "./replay.ts";
import type { VerifyGiven } from "./verify-receipts.ts";
import { exportReceipts, verifyReceipts } from "./verify-receipts.ts";

type ReadNumber = (text: string) => number;
type ReadList = (text: string, before?: readonly string[]) => readonly string[];

/** `larder receipts …` and `larder replay`. */
export function defineReceipts(program: Command, run: RunCommand, wholeNumber: ReadNumber, addTo: ReadList): void {
  const command = program
    .command("receipts [id]")
    .description("the newest receipts, or one of them whole; --kb: of that knowledge base")
    .option("--limit <count>", "how many", wholeNumber, 20)
    .action(run((context, id: string | undefined, given: { limit: number }) => receipts(id, given.limit, context)));
  command
    .command("verify [file]")
    .description("find what was altered, removed, inserted or moved, here or in an exported file; exits with 1 then")
    .option("--head <hash>", "hash of the last receipt of an earlier check: finds what was cut off or rewritten since")
    .action(run((context, file: string | undefined, given: VerifyGiven) => verifyReceipts(file, given, context)));
  command
    .command("export")
    .description("print every receipt as it is stored, one a line")
    .action(run((context) => exportReceipts(context)));
  command
    .command("prove <receipt> <passage>")
    .description(
      "prove that a passage of its evidence belongs to the index root; exits with 1 if that is not the receipt's",
    )
    .action(run((context, receipt: string, passage: string) => provePassage(receipt, passage, context)));
  command
    .command("verify-proof <file>")
    .description("check a proof saved with --json against a root that you have, without server or data folder")
    .requiredOption("--root <hash>", "the index root of a receipt, as its export has it")
    .action(run((context, file: string, given: { readonly root: string }) => verifyProof(file, given.root, context)));
  program
    .command("replay <receipt>")
    .description("make its retrieval again and say how well it is repeated, R0 to R3; nothing is sent")
    .option("--question <text>", "the question, for a receipt that did not keep it")
    .option("--after <question>", "an earlier question, as with ask; may be repeated", addTo)
    .addOption(new Option("--grade <grade>", "exit with 1 below it").choices(replayGrades))
    .action(run((context, id: string, given: ReplayGiven) => replay(id, given, context)));
}
