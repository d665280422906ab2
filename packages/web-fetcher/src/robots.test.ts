import { describe, expect, it } from "vitest";
import { readRobots } from "./robots.ts";

const isAllowed = (text: string, path: string, agent = "Larder") => readRobots(text, agent).isAllowed(path);

describe("rules", () => {
  it.each([
    ["disallow: /private", "/private/a", false],
    ["disallow: /private", "/public", true],
    ["disallow: /\nallow: /open", "/open/a", true], // the longest decides
    ["allow: /a\ndisallow: /a", "/a", true], // allowing ones first among equals
    ["disallow:", "/a", true],
    ["disallow: /*.pdf$", "/a/b.pdf", false],
    ["disallow: /*.pdf$", "/a/b.pdf?x", true],
    ["disallow: /*.pdf", "/a/b.pdf?x", false],
    ["disallow: /a$", "/a", false],
    ["disallow: /a$", "/ab", true],
    ["disallow: /a*b*c", "/a-x-b-y-c-z", false],
    ["disallow: /a*b*c", "/a-c-b", true],
    ["disallow: /ab*ab$", "/ab", true], // one text is not two
    ["disallow: /*?session=", "/a?session=1", false],
    ["disallow: /größe", "/gr%C3%B6%c3%9fe", false],
    ["disallow: /%7euser", "/~user", false],
    ["disallow: /a%2fb", "/a/b", true], // an encoded slash is another
    ["DISALLOW : /a # why", "/a", false],
    ["disallow: /", "/robots.txt", true],
    ["nonsense\n<html>\ndisallow /a", "/a", true],
  ])("%j for %j: %j", (rules, path, expected) => {
    expect(isAllowed(`user-agent: *\n${rules}`, path)).toBe(expected);
    expect(isAllowed(`\ufeffuser-agent: *\r\n${rules.replaceAll("\n", "\r")}`, path)).toBe(expected);
  });

  it("stay fast for patterns made to be slow", () => {
    const robots = readRobots(`user-agent: *\ndisallow: /${"*a".repeat(1_000)}b$`, "Larder");
    expect(robots.isAllowed(`/${"a".repeat(2_000)}`)).toBe(true);
  });
});

describe("groups", () => {
  const text = `
    disallow: /before-any
    user-agent: other
    user-agent: LARDER/2.0
    disallow: /two
    crawl-delay: 2.5

    user-agent: *
    disallow: /all
    user-agent: larder
    disallow: /again`;

  it("are those that name the program, together, and else those for all", () => {
    for (const [path, expected] of [
      ["/two", false],
      ["/again", false],
      ["/all", true],
      ["/before-any", true],
    ] as const) {
      expect(isAllowed(text, path)).toBe(expected);
    }
    expect(isAllowed(text, "/all", "Somebody")).toBe(false);
    expect(isAllowed(text, "/two", "Somebody")).toBe(true);
    expect(isAllowed(text, "/two", "Other")).toBe(false);
  });

  it("may ask for a delay", () => {
    expect(readRobots(text, "larder").crawlDelaySeconds).toBe(2.5);
    expect(readRobots(text, "Somebody").crawlDelaySeconds).toBeUndefined();
    expect(readRobots("user-agent: *\ncrawl-delay: soon", "x").crawlDelaySeconds).toBeUndefined();
  });
});
