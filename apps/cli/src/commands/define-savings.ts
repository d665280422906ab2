import type { Command } from "commander";
import type { MeasureGiven } from "../savings-options.ts";
import { names, shareOfOne, tokenCount, tokenList } from "../savings-options.ts";
import type { RunCommand } from "./define-prices.ts";

/** `larder savings …`; the parts that measure are loaded when they are asked for. */
export function defineSavings(program: Command, run: RunCommand, wholeNumber: (text: string) => number): void {
  const savings = program.command("savings").description("what retrieval saves, measured on questions");
  savings
    .command("measure")
    .description("the same questions through several ways to answer: quality first, then tokens, money and time")
    .option("--set <file>", "questions as JSON lines: question, answers?, document?, spans?")
    .option("--generate <count>", "instead: so many questions made from the documents, marked synthetic", wholeNumber)
    .option("--data <folder>", "instead: labelled sets with documents of their own, as for npm run eval")
    .option("--sets <names>", "only these of them", (text: string) => text.split(","))
    .option("--max-questions <count>", "at most so many of each of them, taken evenly", wholeNumber)
    .option("--arms <names>", "larder and what it is compared with", names)
    .option("--model <name>", "the model that is asked, or that evidence is priced at")
    .option("--quality <metric>", "evidence_recall, exact_match, contains, grounded or judge")
    .option("--judge <name>", "the model that judges, with --quality judge")
    .option("--budgets <tokens>", "of evidence", tokenList, [512, 1_024, 2_048, 4_096, 8_192])
    .option("--primary-budget <tokens>", "the one that verdicts are about", tokenCount)
    .option("--margin <share>", "how much worse answers may be", shareOfOne, 0.02)
    .option("--runs <count>", "how often each question is asked", wholeNumber, 1)
    .option("--seed <number>", "of every draw", wholeNumber, 7)
    .option("--max-output <tokens>", "longest answer", wholeNumber, 300)
    .option("--max-spend <usd>", "refuse a run that may cost more")
    .option("--dry-run", "only say what would be measured, and the most that it can cost", false)
    .option("--html <file>", "write the report as a page that opens offline")
    .option("--out <file>", "write the report as JSON")
    .option("--cache <folder>", "where passage vectors of --data are kept between runs")
    .action(
      run(async (context, given: MeasureGiven) => {
        const { requireWritable } = await import("../writable-file.ts");
        requireWritable(given.html, "--html");
        requireWritable(given.out, "--out");
        return given.data === undefined
          ? (await import("./measure-savings.ts")).measureSavings(given, context)
          : (await import("../evaluation/savings/measure-sets.ts")).measureSets(given, given.data, context);
      }),
    );
}
