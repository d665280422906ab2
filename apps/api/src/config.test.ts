import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

it("tells every setting that cannot be used, in words and without its value", () => {
  const wrong = {
    LARDER_PORT: "http",
    LARDER_UPLOAD_BYTES_MAX: "-4",
    LARDER_EMBEDDER_THREADS: "65",
    LARDER_LOG_LEVEL: "loud",
    LARDER_LOCAL_BASE_URL: "sk-secret",
  };
  let thrown: unknown;
  try {
    readConfig(wrong);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: "CONFIG_INVALID" });
  expect((thrown as { details: { problems: string } }).details.problems.split("\n").sort()).toEqual([
    "LARDER_EMBEDDER_THREADS: must be at most 64",
    "LARDER_LOCAL_BASE_URL: must be a URL such as http://127.0.0.1:11434/v1",
    "LARDER_LOG_LEVEL: must be one of debug, info, warn, error, silent",
    "LARDER_PORT: must be a number",
    "LARDER_UPLOAD_BYTES_MAX: must be above 0",
  ]);
});
