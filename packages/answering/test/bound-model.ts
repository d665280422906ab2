/** A model at which one question costs at most $0.02: some 170 tokens in, and 980 out. */
export const boundModel = { id: "m", input: "2", output: "20" };
export const outputTokensMax = 980;
