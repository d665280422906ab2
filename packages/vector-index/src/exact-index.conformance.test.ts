import { describeVectorIndex } from "@larder/testkit";
import { createExactIndex } from "./exact-index.ts";

describeVectorIndex("the exact index", async (dimensions) => {
  const index = createExactIndex({ dimensions });
  return { index, [Symbol.asyncDispose]: () => index[Symbol.asyncDispose]() };
});
