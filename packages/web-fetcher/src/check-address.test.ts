import { describe, expect, it } from "vitest";
import { checkRedirect } from "./check-address.ts";

const privateHosts: ReadonlySet<string> = new Set(["wiki.internal", "10.0.0.7:8080"]);
const redirect = (from: string, to: string) => checkRedirect(new URL(from), to, privateHosts).href;

describe("a redirect", () => {
  it.each([
    ["https://example.com/a", "https://wiki.internal/"],
    ["http://example.com/a", "//wiki.internal/"],
    ["http://example.com/a", "http://10.0.0.7:8080/x"],
    ["http://93.184.216.34/", "http://10.0.0.7:8080/"],
  ])("of the public page %s to the allowed private %s is refused", (from, to) => {
    expect(() => redirect(from, to)).toThrow(
      expect.objectContaining({ code: "ADDRESS_REFUSED", details: { reason: "not_public" } }),
    );
  });

  it.each([
    ["http://wiki.internal/a", "/b", "http://wiki.internal/b"],
    ["http://wiki.internal/a", "http://10.0.0.7:8080/b", "http://10.0.0.7:8080/b"],
    ["http://wiki.internal/a", "http://example.com/", "http://example.com/"],
    ["http://example.com/a", "https://www.example.com/a", "https://www.example.com/a"],
  ])("of %s to %s is followed", (from, to, next) => {
    expect(redirect(from, to)).toBe(next);
  });
});
