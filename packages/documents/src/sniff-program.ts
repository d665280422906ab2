const interpreters: readonly { readonly name: RegExp; readonly mediaType: string }[] = [
  { name: /\bpython/u, mediaType: "text/x-python" },
  { name: /\b(?:node|bun)\b/u, mediaType: "text/javascript" },
  { name: /\b(?:deno|tsx|ts-node)\b/u, mediaType: "text/x-typescript" },
  { name: /\bruby\b/u, mediaType: "text/x-ruby" },
  { name: /\bphp\b/u, mediaType: "text/x-php" },
];

/** Two lines that no other language and no prose has, both of which must be there. */
const programs: readonly { readonly mediaType: string; readonly lines: readonly [RegExp, RegExp] }[] = [
  { mediaType: "text/x-go", lines: [/^package \w+\s*$/mu, /^(?:func|import|type|var|const) /mu] },
  {
    mediaType: "text/x-java",
    lines: [/^(?:import|package) [\w.*]+;/mu, /^(?:public |final )*(?:class|interface|enum) /mu],
  },
  { mediaType: "text/x-csharp", lines: [/^using [\w.]+;/mu, /\b(?:namespace|class|record) \w+/u] },
  { mediaType: "text/x-rust", lines: [/^(?:use|mod) [\w:{}, *]+;/mu, /^\s*(?:pub )?(?:fn|struct|enum|impl)\b/mu] },
  { mediaType: "text/x-c++", lines: [/^#include [<"]/mu, /^(?:using namespace|namespace|template|class)\b|\bstd::/mu] },
  { mediaType: "text/x-c", lines: [/^#include [<"]/mu, /[;{]\s*$/mu] },
  { mediaType: "text/x-python", lines: [/^(?:import|from) [\w.]+/mu, /^\s*(?:async )?(?:def|class) \w+.*:\s*$/mu] },
  {
    mediaType: "text/javascript",
    lines: [
      /^(?:import .{1,200} from ["']|(?:const|var) .{1,100}= require\()/mu,
      /^(?:export )?(?:const|function|class) /mu,
    ],
  },
];

/** The language of a program without a telling name: by its first line, else by two lines of its kind. */
export function sniffProgram(head: string): string | undefined {
  const [first = ""] = head.split("\n", 1);
  if (first.startsWith("#!")) return interpreters.find(({ name }) => name.test(first))?.mediaType;
  if (/^\s*<\?php\b/u.test(head)) return "text/x-php";
  if (/^(?:```|~~~)/mu.test(head)) return undefined; // a text about programs
  return programs.find(({ lines }) => lines.every((line) => line.test(head)))?.mediaType;
}
