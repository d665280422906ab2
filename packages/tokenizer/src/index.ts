export { createO200kTokenCounter } from "./o200k-token-counter.ts";
