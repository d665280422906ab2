import type { ErrorRule } from "@larder/contracts";
import { commandLineErrors, errorRules } from "@larder/contracts";

const actor = { caller: "the caller", provider: "the provider", us: "Larder" } as const;

/** `docs/errors.md` as it should be: one row a code, in alphabetical order so that a new code moves no other row. */
export function errorsDoc(rules: Readonly<Record<string, ErrorRule>> = errorRules): string {
  return [
    "# Error codes",
    "",
    "Every failure carries one of these codes: over HTTP as `code` of an `application/problem+json` body, on the command",
    "line behind the message. A released code never changes its meaning. Written from `packages/contracts/src/errors/` by",
    "`npm run docs:errors`; do not edit.",
    "",
    ...tableOf(rules),
    "",
    "## Of the command line alone",
    "",
    "These come from `larder` itself and never over HTTP.",
    "",
    ...tableOf(commandLineErrors),
    "",
  ].join("\n");
}

function tableOf(rules: Readonly<Record<string, ErrorRule>>): readonly string[] {
  const rows = Object.entries(rules)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, rule]) => {
      const cells = [`\`${code}\``, rule.meaning, rule.hint, actor[rule.blame], rule.retryable ? "yes" : "no"];
      return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    });
  return [
    "| code | meaning | what to do | who must act | may the same call succeed later |",
    "|---|---|---|---|---|",
    ...rows,
  ];
}
