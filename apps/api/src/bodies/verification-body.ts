import { z } from "@hono/zod-openapi";
import type { AnswerVerification } from "@larder/contracts";

export const verificationBody = z
  .object({
    supported: z.boolean(),
    score: z.number().describe("Of the weakest claim, 0 to 1."),
    claims: z.int(),
    problems: z.array(z.string()),
    verifier: z.string(),
  })
  .openapi("Verification", { description: "What a check on this machine found of a generated answer." });

export function toVerificationBody(verification: AnswerVerification | undefined) {
  if (verification === undefined) return null;
  const { isSupported, score, claims, problems, verifierId } = verification;
  return { supported: isSupported, score, claims, problems: [...problems], verifier: verifierId };
}
