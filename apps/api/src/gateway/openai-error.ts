import type { ErrorCode, LarderError } from "@larder/contracts";

/** Routes that clients of OpenAI's API call: what they refuse must also have the form that those clients read. */
export const chatCompletionsPath = "/v1/chat/completions";

/** The object that OpenAI's clients look for. `code` is ours and stable; `type` is the nearest of theirs. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: ErrorCode;
}

const typeByStatus: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "insufficient_quota",
  404: "not_found_error",
  429: "rate_limit_error",
};

/**
 * @param status - HTTP status that the error has, or would have if the answer had not begun
 * @param detail - What is wrong, with the field in it where there is one
 * @param param - The field, absent where it is not one field's fault
 */
export function toOpenAiError({ code }: LarderError, status: number, detail: string, param?: string): OpenAiError {
  const type = typeByStatus[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { message: detail, type, param: param ?? null, code };
}
