import { modelDtypes } from "@larder/model-files";
import type { Command } from "commander";
import { Option } from "commander";
import type { RunCommand } from "./define-prices.ts";
import type { DrillGiven } from "./drill.ts";
import { drill } from "./drill.ts";
import type { LockGiven } from "./lock.ts";
import { verifyLock, writeLock } from "./lock.ts";
import { predictions, probeModels } from "./models.ts";
import type { PinGiven } from "./pin-model.ts";
import { pinModel } from "./pin-model.ts";

/** `larder models …` and `larder lock …`. @param wholeNumber - Reads an option's number */
export function defineModels(program: Command, run: RunCommand, wholeNumber: (text: string) => number): void {
  const models = program
    .command("models")
    .description("models on this machine, what was learned of the others, and leaving one for another");
  models
    .command("pin <folder>")
    .description("write down the sha256 of a model's files, and say what to set")
    .addOption(new Option("--dtype <dtype>", "which graph is used").choices(modelDtypes).default("q8"))
    .option("--replace", "pin files that are not those pinned before", false)
    .action(run((context, folder: string, given: PinGiven) => pinModel(folder, given, context)));
  models
    .command("probe [model]")
    .description("find out by tiny paid requests what models really do")
    .option("--dry-run", "only say what it costs at most")
    .action(
      run((context, model: string | undefined, given: { dryRun?: boolean }) => probeModels(model, given, context)),
    );
  models
    .command("predictions")
    .description("how far expected costs were from the bills")
    .action(run((context) => predictions(context)));
  models
    .command("drill")
    .description("ask the same questions of another model, and say what changes; prints the most it may spend first")
    .requiredOption("--to <model>", "the model to try, as model or provider/model")
    .requiredOption("--questions <file>", 'JSON lines, each with "question"')
    .option("--from <model>", "the model to leave; without it the policy's choice for each question")
    .option("--limit <count>", "most questions", wholeNumber, 100)
    .option("--yes", "spend it", false)
    .action(run((context, given: DrillGiven) => drill(given, context)));
  const lock = program.command("lock").description("what the answers rest on: models, prices, windows, capabilities");
  const file = ["--file <path>", "the lock file", "larder.lock.json"] as const;
  lock
    .command("write")
    .description("write it down")
    .option(...file)
    .action(run((context, given: LockGiven) => writeLock(given, context)));
  lock
    .command("verify")
    .description("say what changed since; exits with 1 when anything did")
    .option(...file)
    .action(run((context, given: LockGiven) => verifyLock(given, context)));
}
