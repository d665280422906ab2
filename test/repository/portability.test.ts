import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { repositoryFiles, root } from "./repository-files.ts";

/** Words that hold on one machine only. Each is written in two parts, so that this file does not hold them itself. */
const forbidden = [
  {
    what: "a folder of somebody's machine",
    pattern: new RegExp(`${"/wo"}rk/|${"/ro"}ot/|${"/Us"}ers/\\w|${"/ho"}me/(?!node\\b)\\w`),
  },
  {
    what: "a package registry's address",
    pattern: new RegExp(`${"regi"}stry\\.[a-z-]+\\.[a-z]{2,}|${"_auth"}Token|^${"regi"}stry *=`, "m"),
  },
];

const violations = (text: string): readonly string[] =>
  forbidden.filter(({ pattern }) => pattern.test(text)).map(({ what }) => what);

describe("the files of the repository", () => {
  const texts = repositoryFiles
    .map((file) => ({ file, bytes: readFileSync(root + file) }))
    .filter(({ bytes }) => !bytes.subarray(0, 8_000).includes(0)); // a zero byte: not a text

  it("hold nothing of one machine or one network", () => {
    const found = texts.flatMap(({ file, bytes }) =>
      violations(bytes.toString("utf8")).map((what) => `${file}: ${what}`),
    );
    expect(found).toEqual([]);
  });

  it("end their lines the same way everywhere", () => {
    const withReturns = texts.filter(
      ({ file, bytes }) => /\.(?:tsx?|mjs|cjs|json|ya?ml|sql)$/.test(file) && bytes.includes("\r\n"),
    );
    expect(withReturns.map(({ file }) => file)).toEqual([]);
  });

  it.each([`${"/ro"}ot/x`, `"resolved": "https://${"regi"}stry.example.org/x.tgz"`, `//host/:${"_auth"}Token=x`])(
    "would be caught with %s",
    (text) => {
      expect(violations(text)).toHaveLength(1);
    },
  );
});
