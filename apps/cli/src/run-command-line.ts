import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { CommandContext, GlobalOptions } from "./command-context.ts";
import { connect, isServerUrl } from "./command-context.ts";
import { fromCommander } from "./command-invalid.ts";
import type { AskOptions } from "./commands/ask.ts";
import { ask } from "./commands/ask.ts";
import type { BudgetGiven } from "./commands/budgets.ts";
import { listBudgets, removeBudget, setBudget } from "./commands/budgets.ts";
import { defineEconomics } from "./commands/define-economics.ts";
import { defineEstimates } from "./commands/define-estimates.ts";
import { defineIngest } from "./commands/define-ingest.ts";
import { defineJobs } from "./commands/define-jobs.ts";
import { defineModels } from "./commands/define-models.ts";
import type { RunCommand } from "./commands/define-prices.ts";
import { definePrices } from "./commands/define-prices.ts";
import { defineReceipts } from "./commands/define-receipts.ts";
import { defineSavings } from "./commands/define-savings.ts";
import type { DoctorGiven } from "./commands/doctor.ts";
import { doctor } from "./commands/doctor.ts";
import type { QuoteOptions } from "./commands/quote.ts";
import { quote } from "./commands/quote.ts";
import type { SearchOptions } from "./commands/search.ts";
import { search } from "./commands/search.ts";
import { serve } from "./commands/serve.ts";
import { readCondition, readFilter } from "./filter-options.ts";
import { untilInterrupted } from "./interruption.ts";
import { exitCodeOf, exitCodes, problemOf, renderProblem } from "./render/problem.ts";

/** Runs one command and gives the exit code. Results go to standard output, problems and progress to standard error. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const interruption = untilInterrupted();
  let exitCode: number = exitCodes.ok;
  const complaints: string[] = [];
  const program = defineProgram(interruption.signal, complaints, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && isHelp(thrown)) {
      if (thrown.exitCode !== 0) process.stderr.write(complaints.join("")); // no command was named: all of them are shown
      return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    if (interruption.signal.aborted) return exitCodes.interrupted;
    const problem = problemOf(thrown instanceof CommanderError ? fromCommander(thrown) : thrown);
    const isJson = args.includes("--json");
    process.stderr.write(`${isJson ? JSON.stringify(problem) : renderProblem(problem)}\n`);
    return exitCodeOf(problem);
  } finally {
    interruption.release();
  }
}

const isHelp = ({ code }: CommanderError): boolean => /^commander\.(?:help|helpDisplayed|version)$/.test(code);

/** @param complaints - What commander would write to standard error; problems are written in one form, by one function */
function defineProgram(signal: AbortSignal, complaints: string[], end: (exitCode: number) => void): Command {
  const program = new Command("larder")
    .description("Ask your own documents; pay only for the passages that matter; get a receipt.")
    .option(
      "--server <url>",
      "use the Larder at this address instead of one in this process",
      serverUrl,
      process.env.LARDER_SERVER,
    )
    .option("--kb <name>", 'knowledge base, by name or id; without it the only one there is, or "default"')
    .option("--json", "print one JSON document for programs", false)
    .configureOutput({ writeErr: (text) => void complaints.push(text) })
    .exitOverride();

  const run: RunCommand =
    <Given extends unknown[]>(command: (context: CommandContext, ...given: Given) => Promise<number>) =>
    async (...given: Given): Promise<void> => {
      const options = program.opts<GlobalOptions>();
      const context: CommandContext = {
        signal,
        options,
        isTerminal: process.stdout.isTTY === true && process.stderr.isTTY === true,
        print: (text) => void process.stdout.write(`${text}\n`),
        connect: () => connect(options),
      };
      end(await command(context, ...given));
    };

  program
    .command("serve")
    .description("run the HTTP API and the worker")
    .action(run((context) => serve(context)));
  defineIngest(program, run, wholeNumber, addTo);
  program
    .command("ask <question>")
    .description("answer from the knowledge base, with citations and a receipt")
    .option("--budget <tokens>", "most tokens of evidence, or auto", tokenBudget)
    .option("--model <name>", "only this model, as model or provider/model")
    .option("--local-only", "nothing may leave this machine")
    .option("--max-cost <usd>", "most that the answer may cost, in dollars")
    .option("--after <question>", "an earlier question, which this one may refer to; may be repeated", addTo)
    .option("--dry-run", "stop after the route: send nothing")
    .option("--keep-question", "keep the question on the receipt, for a replay")
    .option(
      "--where <condition>",
      "only documents with this metadata, such as team=search; may be repeated",
      readCondition,
    )
    .option("--filter <json>", "only documents of which this filter is true", readFilter)
    .action(run((context, question: string, given: AskOptions) => ask(question, given, context)));
  program
    .command("search <question>")
    .description("find the evidence, without an answer")
    .option("--limit <count>", "most pieces of evidence", wholeNumber)
    .option("--budget <tokens>", "most tokens of evidence, or auto", tokenBudget)
    .option("--mode <mode>", "hybrid, dense or lexical")
    .option("--after <question>", "an earlier question, which this one may refer to; may be repeated", addTo)
    .option(
      "--where <condition>",
      "only documents with this metadata, such as team=search; may be repeated",
      readCondition,
    )
    .option("--filter <json>", "only documents of which this filter is true", readFilter)
    .action(run((context, question: string, given: SearchOptions) => search(question, given, context)));
  program
    .command("quote")
    .description(
      "what a request would cost at every model, and which the budgets have no room for; --kb: as a question to it",
    )
    .option("--input <tokens>", "input tokens", wholeNumber, 2_000)
    .option("--output <tokens>", "output tokens", wholeNumber, 300)
    .option("--key <scope>", "also by the budgets of this API key: its scope, as `larder budgets` names it")
    .action(run((context, given: QuoteOptions) => quote(given, context)));
  defineReceipts(program, run, wholeNumber, addTo);
  defineJobs(program, run, wholeNumber);
  defineBudgets(program, run);
  defineModels(program, run, wholeNumber);
  definePrices(program, run, wholeNumber);
  defineEconomics(program, run, wholeNumber);
  defineSavings(program, run, wholeNumber);
  defineEstimates(program, run);
  program
    .command("doctor")
    .description("check every part and say what to do")
    .option("--audit", "also compare the vector index of every knowledge base with the database", false)
    .action(run((context, given: DoctorGiven) => doctor(given, context)));
  return program;
}

function defineBudgets(program: Command, run: RunCommand): void {
  const windowOption = () =>
    new Option("--window <window>", "counted anew each").choices(["hour", "day", "month", "ever"]).default("month");
  const keyOption = [
    "--key <scope>",
    "of the API key with this scope, key_…; GET /v1/budgets tells a key its own",
  ] as const;
  const command = program
    .command("budgets")
    .description("what may be spent, and what is left of it; --kb: set or remove that knowledge base's")
    .action(run((context) => listBudgets(context)));
  command
    .command("set <usd>")
    .description("make a budget, or change its limit")
    .addOption(windowOption())
    .option(...keyOption)
    .action(run((context, limit: string, given: BudgetGiven) => setBudget(limit, given, context)));
  command
    .command("remove")
    .description("remove a budget with all that it counted")
    .addOption(windowOption())
    .option(...keyOption)
    .action(run((context, given: BudgetGiven) => removeBudget(given, context)));
}

function serverUrl(text: string): string {
  if (!isServerUrl(text)) throw new InvalidArgumentError("It must be an address such as http://127.0.0.1:8787.");
  return text;
}

function addTo(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function tokenBudget(text: string): number | "auto" {
  return text === "auto" ? text : wholeNumber(text);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}
