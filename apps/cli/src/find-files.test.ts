import { expect, it } from "vitest";
import { isLeftOut, nameBelow } from "./find-files.ts";

it.each([
  ["/notes/a.md", false],
  ["/notes/d/a.md", false],
  ["/notes/.a.md", true],
  ["/notes/.git/HEAD", true],
  ["/notes/d/node_modules/x/a.md", true],
  ["/notes/~$plan.docx", true],
  ["/notes/plan.md~", true],
  ["/notes/#plan.md#", true],
  ["/notes/film.MP4.part", true],
  ["/notes/parts.md", false],
  ["/notes", false],
])("leaves out %s: %s", (path, expected) => {
  expect(isLeftOut(path, "/notes")).toBe(expected);
});

it("judges what is below the folder only, and names files with it", () => {
  expect(isLeftOut("/srv/.data/notes/a.md", "/srv/.data/notes")).toBe(false);
  expect(nameBelow("/srv/notes/d/a.md", "/srv/notes")).toBe("notes/d/a.md");
  expect(nameBelow("/srv/a.md", "/srv/a.md")).toBe("a.md");
});
