import type { TokenCounter } from "@larder/contracts";

/** Four letters or digits are a token, and so is each other visible character. Additive and fast, for tests. */
export const plainTokenCounter: TokenCounter = {
  id: "plain",
  count: (text) => text.match(/\p{Script=Han}|[\p{L}\p{N}]{1,4}|[^\s\p{L}\p{N}]/gu)?.length ?? 0,
};
