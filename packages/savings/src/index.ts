export type { SavingsSettings } from "./savings-calculator.ts";
export { createSavingsCalculator } from "./savings-calculator.ts";
export { summariseSavings } from "./summarise-savings.ts";
