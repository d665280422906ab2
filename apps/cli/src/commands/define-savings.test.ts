import { Command } from "commander";
import { expect, it } from "vitest";
import type { CommandContext } from "../command-context.ts";
import type { RunCommand } from "./define-prices.ts";
import { defineSavings } from "./define-savings.ts";

it.each(["--html", "--out"])("refuses a %s that cannot be written before it connects to anything", async (option) => {
  const connected: string[] = [];
  const context = {
    connect: () => {
      connected.push("connected");
      return Promise.reject(new Error("connected"));
    },
  } as Partial<CommandContext> as CommandContext;
  const run: RunCommand =
    (command) =>
    async (...given) =>
      void (await command(context, ...given));
  const program = new Command();
  defineSavings(program, run, Number);
  const args = ["savings", "measure", "--generate", "5", option, "/no/such/folder/report"];
  await expect(program.parseAsync(args, { from: "user" })).rejects.toMatchObject({
    problem: { code: "CONFIG_INVALID", detail: expect.stringContaining(option) },
  });
  expect(connected).toEqual([]);
});
