import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { BreakEvenGiven } from "../economics/profile.ts";
import type { RunCommand } from "./define-prices.ts";
import type { MeasureGiven } from "./economics.ts";

/** Loaded when it is asked for: measuring brings the router with it. */
const load = () => import("./economics.ts");

/** `larder economics …`. @param wholeNumber - Reads an option's number */
export function defineEconomics(program: Command, run: RunCommand, wholeNumber: (text: string) => number): void {
  const economics = program
    .command("economics")
    .description("local hardware or an API: what pays, and what would change it");
  economics
    .command("break-even")
    .description("the one page: verdict, break-even, what flips it, and what was measured or assumed")
    .requiredOption("--profile <file>", "JSON with `workload` and `local`; docs/guides/economics.md shows one")
    .option("--queries <count>", "queries a month, in the place of the profile's", notNegative)
    .option("--ops-hours <hours>", "hours of operations a month", notNegative)
    .option("--rate <usd>", "what such an hour costs", notNegative)
    .option("--decline <factor>", "how the API's price falls: fit, or a factor a year; 0 is flat")
    .option("--history <folder>", "dated catalogs, to fit the decline and draw price jumps from")
    .option("--compare <model>", "cheapest-capable, or one model")
    .option("--min-quality <share>", "what is capable, 0 to 1", notNegative)
    .option("--mc <draws>", "simulated price paths", wholeNumber)
    .option("--seed <number>", "the same seed gives the same page", wholeNumber)
    .option("--tornado", "print only what would change the answer")
    .option("--html <file>", "write the page with its charts there")
    .action(run(async (context, given: BreakEvenGiven) => (await load()).breakEven(given, context)));
  economics
    .command("measure")
    .description("time your own local server; says what it will ask first")
    .option("--provider <id>", "local, local-2, …: its place in LARDER_LOCAL_BASE_URL", "local")
    .option("--base-url <url>", "another address of this machine")
    .option("--model <name>", "without it the first that the server lists")
    .option("--concurrency <counts>", "answers at the same time, such as 1,4", atOnce, [1, 4])
    .option("--rounds <count>", "rounds of each", smallNumber, 3)
    .option("--input <tokens>", "tokens to read", wholeNumber, 1_000)
    .option("--output <tokens>", "most tokens to write", wholeNumber, 128)
    .option("--seconds <count>", "most time for all of it", wholeNumber, 120)
    .option("--dry-run", "only say what it would ask", false)
    .action(run(async (context, given: MeasureGiven) => (await load()).measure(given, context)));

  function smallNumber(text: string): number {
    const value = wholeNumber(text);
    if (value > 100) throw new InvalidArgumentError("It must be 1 to 100.");
    return value;
  }

  function atOnce(text: string): readonly number[] {
    const counts = text.split(",").map(wholeNumber);
    if (counts.length > 8 || counts.some((count) => count > 64)) {
      throw new InvalidArgumentError("It must be at most 8 counts of 1 to 64.");
    }
    return counts;
  }
}

function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be a number, 0 or more.");
  return value;
}
