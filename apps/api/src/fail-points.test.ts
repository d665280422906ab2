import { expect, it } from "vitest";
import { readFailPoint } from "./fail-points.ts";

it("refuses a place that is none, and does nothing at another place or unset", () => {
  for (const text of ["after-lunch", "after-parse:0", "after-parse:x"]) {
    expect(() => readFailPoint(text), text).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  }
  for (const text of [undefined, "", "after-parse", "before-publish:2"]) readFailPoint(text)("before-publish");
});
