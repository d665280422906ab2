/** Money as decimal text of nano-dollars: a double would round it. */
export function toMoneyJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? each.toString() : each));
}
