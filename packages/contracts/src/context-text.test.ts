import { expect, it } from "vitest";
import { contextText } from "./context-text.ts";

it("says title and headings above a passage once, and not what the passage says itself", () => {
  expect(contextText("Guide", ["Guide", "Setup"], "Run it.")).toBe("Guide\nSetup\nRun it.");
  expect(contextText("Guide", ["Setup"], "## Setup\n\nRun it.")).toBe("Guide\n## Setup\n\nRun it.");
  expect(contextText("", [], "Run it.")).toBe("Run it.");
});
