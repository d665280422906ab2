import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { CommandContext } from "../command-context.ts";
import type { HistoryGiven } from "./price-history.ts";
import type { ImportGiven, ShowGiven } from "./prices.ts";

/** Makes an action of a command, which is given the context first. */
export type RunCommand = <Given extends unknown[]>(
  command: (context: CommandContext, ...given: Given) => Promise<number>,
) => (...given: Given) => Promise<void>;

/** Loaded when it is asked for: it brings the router with it, which would be most of every other command's start. */
const load = () => import("./prices.ts");

/**
 * `larder prices …`: on files of this machine, without a server and without the network.
 * @param wholeNumber - Reads an option's number
 */
export function definePrices(program: Command, run: RunCommand, wholeNumber: (text: string) => number): void {
  const prices = program.command("prices").description("the price book: what every model costs, and who says so");
  prices
    .command("show [model]")
    .description("prices in force, of one model whole with --provider or as provider/model")
    .option("--provider <id>", "only this provider's")
    .action(
      run(async (context, model: string | undefined, given: ShowGiven) =>
        (await load()).showPrices(model, given, context),
      ),
    );
  prices
    .command("lint [file]")
    .description("prices that are likely wrong, unconfirmed or old; of the catalog in force, or of a file")
    .action(run(async (context, file: string | undefined) => (await load()).lintPriceFile(file, context)));
  prices
    .command("diff [file]")
    .description("what a catalog file would change; without one, how the prices in force differ from the carried ones")
    .action(run(async (context, file: string | undefined) => (await load()).diffPriceFiles(file, context)));
  prices
    .command("import [folder]")
    .description("build a catalog from a folder of price files, check it, and use it from the next start on")
    .option("--out <file>", "write it there instead, for LARDER_PRICES_FILE")
    .option("--dry-run", "only say what would change", false)
    .option("--remove", "go back to the carried catalog", false)
    .action(
      run(async (context, folder: string | undefined, given: ImportGiven) =>
        (await load()).importPrices(folder, given, context),
      ),
    );
  prices
    .command("watch [file]")
    .description("the last answers at a catalog's prices, on paper; without a file, at the prices in force")
    .option("--last <count>", "receipts that are worked out anew", wholeNumber, 200)
    .action(
      run(async (context, file: string | undefined, given: { readonly last: number }) =>
        (await import("./watch-prices.ts")).watchPriceFile(file, given, context),
      ),
    );
  prices
    .command("override [file]")
    .description("put a file of your own prices on top, from the next start on; without one, show what is there")
    .option("--remove", "take it away again", false)
    .action(
      run(async (context, file: string | undefined, given: { readonly remove: boolean }) =>
        (await load()).overridePriceFile(file, given, context),
      ),
    );
  prices
    .command("history <folder>")
    .description("how prices went over a folder of dated catalogs: one model's, its slot's, and at constant quality")
    .option("--model <name>", "as model or provider/model; without it the cheapest of the quality today")
    .option("--min-quality <share>", "for constant quality, 0 to 1", share, 0.5)
    .option("--input <tokens>", "of one query", wholeNumber, 4_600)
    .option("--output <tokens>", "of one query", wholeNumber, 300)
    .action(
      run(async (context, folder: string, given: HistoryGiven) =>
        (await import("./price-history.ts")).priceHistory(folder, given, context),
      ),
    );
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be 0 to 1.");
  return value;
}
