import type { Command } from "commander";
import { Option } from "commander";
import type { RunCommand } from "./define-prices.ts";
import type { EstimateGiven } from "./savings.ts";
import { estimateSavings } from "./savings.ts";
import type { ReconcileGiven } from "./usage.ts";

/** `larder savings estimate` and `larder usage …`: what was saved, and whether the bill agrees. */
export function defineEstimates(program: Command, run: RunCommand): void {
  const windowOption = () => new Option("--window <time>", "up to now: a number followed by m, h or d").default("30d");
  const savings =
    program.commands.find((command) => command.name() === "savings") ??
    program.command("savings").description("what retrieval saved, or did not; signed, with its basis");
  savings
    .command("estimate")
    .description("from the receipts of a window; --kb: of that knowledge base")
    .addOption(windowOption())
    .addOption(new Option("--group <by>", "and of each").choices(["day", "knowledge_base", "model"]))
    .action(run((context, given: EstimateGiven) => estimateSavings(given, context)));
  const usage = program.command("usage").description("our counts and costs beside the providers'");
  usage
    .command("reconcile")
    .description("an invoice's CSV file beside the ledger: drift by day, model and bucket")
    .requiredOption("--invoice <file>", "as OpenAI, Anthropic or OpenRouter export it, or with date, model and cost")
    .option("--provider <id>", "whose it is, where the file does not tell")
    .action(run(async (context, given: ReconcileGiven) => (await import("./usage.ts")).reconcileUsage(given, context)));
  usage
    .command("calibrate")
    .description("how far our token counts are from the billed ones, by model and kind of evidence")
    .addOption(windowOption())
    .action(
      run(async (context, given: { readonly window: string }) =>
        (await import("./usage.ts")).calibrateUsage(given, context),
      ),
    );
}
