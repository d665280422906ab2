import { expect, it } from "vitest";
import { fromBand, fromConnection, fromStatus } from "./classify-failure.ts";

const body = (message: string, code: string | null = null) => ({
  error: { message, code, type: "invalid_request_error" },
});

it.each<[number, unknown, string, string | undefined]>([
  [400, body("This model's maximum context length is 8192 tokens."), "PROVIDER_REJECTED", "context_length"],
  [400, body("", "context_length_exceeded"), "PROVIDER_REJECTED", "context_length"],
  [400, body("prompt is too long: 210000 tokens > 200000 maximum"), "PROVIDER_REJECTED", "context_length"],
  [413, undefined, "PROVIDER_REJECTED", "context_length"],
  [400, body("Invalid schema for response_format 'answer'"), "PROVIDER_REJECTED", "response_format"],
  [422, body("json_schema is not supported by this model"), "PROVIDER_REJECTED", "response_format"],
  [
    404,
    body("The model `x` does not exist or you do not have access to it.", "model_not_found"),
    "PROVIDER_REJECTED",
    "model_unknown",
  ],
  [400, body("Invalid model: x"), "PROVIDER_REJECTED", "model_unknown"],
  [400, { error: "model 'x' not found, try pulling it first" }, "PROVIDER_REJECTED", "model_unknown"],
  [404, "<html>", "PROVIDER_REJECTED", "other"],
  [400, body("messages: at least one is required"), "PROVIDER_REJECTED", "other"],
  [308, undefined, "PROVIDER_REJECTED", "redirect"],
  [400, body("Your credit balance is too low"), "PROVIDER_AUTHENTICATION", "no_credit"],
  [429, body("You exceeded your current quota", "insufficient_quota"), "PROVIDER_AUTHENTICATION", "no_credit"],
  [429, body("Rate limit reached"), "PROVIDER_OVERLOADED", undefined],
  [504, undefined, "PROVIDER_TIMED_OUT", undefined],
  [409, undefined, "PROVIDER_FAILED", undefined],
  [599, undefined, "PROVIDER_FAILED", undefined],
])("types %i with %j as %s", (status, said, code, reason) => {
  const error = fromStatus(status, said);
  expect([error.code, error.details.reason, error.cause]).toEqual([code, reason, undefined]);
});

it("takes the status that an error in band names, and 500 where it names none", () => {
  expect(fromBand({ code: 429 })).toMatchObject({ code: "PROVIDER_OVERLOADED", details: { isInBand: true } });
  expect(fromBand({ code: "server_error", message: "x" })).toMatchObject({ code: "PROVIDER_FAILED" });
  expect(fromBand("oops")).toMatchObject({ code: "PROVIDER_FAILED" });
});

it("finds the system's code however deep it is, and survives a circle", () => {
  const circle: { cause?: unknown } = {};
  circle.cause = circle;
  expect(fromConnection(new Error("a", { cause: { cause: { code: "ECONNREFUSED" } } })).code).toBe(
    "PROVIDER_UNREACHABLE",
  );
  expect(fromConnection({ cause: { errors: [{ code: "EHOSTUNREACH" }] } }).code).toBe("PROVIDER_UNREACHABLE");
  expect(fromConnection({ cause: { code: "ECONNRESET" } }).code).toBe("PROVIDER_FAILED");
  expect(fromConnection(circle).code).toBe("PROVIDER_FAILED");
  expect(fromConnection(undefined).details.reason).toBe("unknown");
});
