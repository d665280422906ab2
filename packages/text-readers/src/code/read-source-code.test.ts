import { expectSoundDocument } from "@larder/testkit";
import { defaultParseLimits } from "@larder/text-blocks";
import { describe, expect, it } from "vitest";
import { sourceCodeReader } from "./read-source-code.ts";

async function pathsOf(mediaType: string, text: string): Promise<readonly string[]> {
  const parsed = await sourceCodeReader(mediaType)(text, { limits: defaultParseLimits });
  expectSoundDocument(parsed);
  expect(parsed).toMatchObject({ text, mediaType });
  return parsed.blocks.map((b) => `${b.headings.join(".")} = ${text.slice(b.start, b.end).split("\n")[0]?.trim()}`);
}

describe("the symbols of a program", () => {
  it("are blocks with their comments, inside the class that they belong to", async () => {
    const text = `import os

# says why
@cached
def one(a):
    return a

class Two:
    """Doc."""

    def three(self):
        pass

    field = 1

x = one(2)
`;
    expect(await pathsOf("text/x-python", text)).toEqual([
      " = import os",
      "one = # says why",
      "Two = class Two:",
      "Two.three = def three(self):",
      "Two = field = 1",
      " = x = one(2)",
    ]);
  });

  it.each([
    {
      mediaType: "text/x-typescript",
      text: 'import x from "y";\n\n/** Doc. */\nexport async function a() {\n  if (x) {\n  }\n}\n\nexport class B<T> {\n  run(x: number): void {\n  }\n}\n\nexport const c = (d: string) => {\n};\n',
      paths: [
        ' = import x from "y";',
        "a = /** Doc. */",
        "B = export class B<T> {",
        "B.run = run(x: number): void {",
        "c = export const c = (d: string) => {",
      ],
    },
    {
      mediaType: "text/x-java",
      text: "package p;\n\npublic class A {\n  @Override\n  public List<String> b(int c) {\n    return d(c);\n  }\n}\n",
      paths: [" = package p;", "A = public class A {", "A.b = @Override"],
    },
    {
      mediaType: "text/x-csharp",
      text: "using System;\n\nnamespace N\n{\n    public class A\n    {\n        public static int B(int c)\n        {\n        }\n    }\n}\n",
      paths: [" = using System;", "N = namespace N", "N.A = public class A", "N.A.B = public static int B(int c)"],
    },
    {
      mediaType: "text/x-go",
      text: "package p\n\ntype T struct {\n\ta int\n}\n\n// F does.\nfunc (t *T) F() {\n}\n",
      paths: [" = package p", "T = type T struct {", "F = // F does."],
    },
    {
      mediaType: "text/x-rust",
      text: "use a::b;\n\npub struct S;\n\nimpl<T> Tr for S {\n    pub fn f(&self) {\n    }\n}\n",
      paths: [" = use a::b;", "S = pub struct S;", "Tr for S = impl<T> Tr for S {", "Tr for S.f = pub fn f(&self) {"],
    },
    {
      mediaType: "text/x-c",
      text: "#include <x.h>\n\nstruct s {\n  int a;\n};\n\nstatic int *f(int a)\n{\n  return g(a);\n}\n",
      paths: [" = #include <x.h>", "s = struct s {", "f = static int *f(int a)"],
    },
    {
      mediaType: "text/x-c++",
      text: "namespace n {\n\nint A::f() const {\n  return 1;\n}\n}\n",
      paths: ["n = namespace n {", "A::f = int A::f() const {"],
    },
    {
      mediaType: "text/x-ruby",
      text: "module M\n  class C\n    def ok?\n      true\n    end\n  end\nend\n",
      paths: ["M = module M", "M.C = class C", "M.C.ok? = def ok?"],
    },
    {
      mediaType: "text/x-php",
      text: "<?php\nclass C {\n  public function f($a) {\n  }\n}\n",
      paths: [" = <?php", "C = class C {", "C.f = public function f($a) {"],
    },
  ])("are found in $mediaType", async ({ mediaType, text, paths }) => {
    expect(await pathsOf(mediaType, text)).toEqual(paths);
  });

  it("do not hold up a line of a million characters, or a million lines", async () => {
    for (const text of ["a(".repeat(500_000), "a b ".repeat(250_000), "x\n".repeat(200_000)]) {
      expect((await pathsOf("text/x-c++", text)).length).toBeGreaterThan(0);
    }
  });
});
