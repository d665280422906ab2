import type { Command } from "commander";
import { Option } from "commander";
import type { RunCommand } from "./define-prices.ts";
import type { JobsGiven } from "./jobs.ts";
import { cancelJob, listJobs, retryDocument } from "./jobs.ts";
import type { ReindexGiven } from "./reindex.ts";
import { reindex } from "./reindex.ts";

const states = ["queued", "running", "succeeded", "failed", "cancelled"];

/** `larder jobs …` and `larder reindex`. @param wholeNumber - Reads an option's number */
export function defineJobs(program: Command, run: RunCommand, wholeNumber: (text: string) => number): void {
  program
    .command("reindex")
    .description("make documents anew by the settings of now; --kb: of that knowledge base alone")
    .option("--force", "also where every document is of these settings", false)
    .option("--wait", "until searches see them", false)
    .action(run((context, given: ReindexGiven) => reindex(given, context)));
  const command = program.command("jobs").description("uploads and what became of their documents");
  command
    .command("list")
    .description("the newest uploads; failed documents with reason and tries; --kb: of that knowledge base")
    .addOption(new Option("--state <state>", "only those").choices(states))
    .option("--limit <count>", "how many", wholeNumber, 20)
    .action(run((context, given: JobsGiven) => listJobs(given, context)));
  command
    .command("cancel <job>")
    .description("end what is not done of an upload")
    .action(run((context, id: string) => cancelJob(id, context)));
  command
    .command("retry <document>")
    .description("try a failed document again, from the bytes that are here")
    .action(run((context, id: string) => retryDocument(id, context)));
}
