/** The cells of a line such as `| a | b |`, without marks and outer white space. */
export function pipeCells(line: string): readonly string[] {
  const inside = line.trim().replace(/^\||\|$/gu, "");
  return inside.split(/(?<!\\)\|/u).map((cell) => cell.replace(/\s+/gu, " ").replaceAll("\\|", "|").trim());
}

/** Names of the columns of a table in GitHub's or Org's form, whose second line is a rule. */
export function headedPipeColumns(text: string): readonly string[] | undefined {
  const [header = "", rule = ""] = text.split("\n", 2);
  if (!rule.includes("-") || !/^[\s:|+-]+$/u.test(rule)) return undefined;
  return named(pipeCells(header));
}

/** Nothing, where no column has a name. */
export function named(cells: readonly string[]): readonly string[] | undefined {
  return cells.some((cell) => cell !== "") ? cells : undefined;
}
