export interface LanguageRules {
  /** A line that starts a symbol; its group `name` is the symbol's. Looked for in a line's first 300 characters. */
  readonly symbols: readonly RegExp[];
  /** A line that belongs to the symbol below it, such as a comment or a decorator. */
  readonly attached: RegExp;
}

const slashComments = /^\s*(?:\/\/|\/\*|\*|@\w|#\[|\[\w)/u;
const hashComments = /^\s*(?:#|@\w)/u;

/** Words that stand where a method's name would, before `(`. */
const noMethod =
  "(?!(?:if|for|while|switch|catch|return|else|do|try|with|using|lock|foreach|function|new|throw|await)\\b)";

const script = [
  /^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:class|interface|enum|namespace|function\*?)\s+(?<name>[\w$]+)/u,
  /^(?:export\s+)?(?:declare\s+)?type\s+(?<name>[\w$]+)\b[^=]*=/u,
  /^(?:export\s+)?(?:const|let|var)\s+(?<name>[\w$]+)\b[^=]*=\s*(?:async\s*)?(?:function\b|(?:<[^>]*>\s*)?\([^)]*\)?[^=]*=>|\($|[\w$]+\s*=>)/u,
  new RegExp(
    `^\\s+(?:(?:public|private|protected|static|readonly|override|abstract|async|get|set)\\s+)*\\*?${noMethod}(?<name>#?[\\w$]+)\\s*(?:<[^>]*>)?\\([^;]*\\{\\s*$`,
    "u",
  ),
];

const javaLike = [
  /^\s*(?:(?:public|private|protected|internal|static|final|sealed|abstract|partial|readonly|unsafe)\s+)*(?:class|interface|enum|record|struct|namespace|@interface)\s+(?<name>[\w.]+)/u,
  new RegExp(
    `^\\s+(?:(?:public|private|protected|internal|static|final|abstract|synchronized|native|virtual|override|async|sealed|default|unsafe|extern|new)\\s+)+(?:<[^>]*>\\s*)?(?:[\\w.]+(?:<[^(]*>)?(?:\\[\\])*\\??\\s+)?${noMethod}(?<name>\\w+)\\s*(?:<[^>]*>)?\\([^;=]*$`,
    "u",
  ),
];

const cLike = [
  /^\s*(?:template\s*<[^>]*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum(?:\s+class)?|namespace)\s+(?<name>[\w:]+)[^;()]*$/u,
  new RegExp(
    `^(?!\\s|#|typedef\\b|return\\b|else\\b)(?:[\\w:*&<>,~\\[\\]]+\\s+)*[*&]*${noMethod}(?<name>[\\w:~]+)\\s*\\([^;]*$`,
    "u",
  ),
];

/** What a symbol's first line looks like, well enough for headings: nothing here parses a language. */
export const languageRules: ReadonlyMap<string, LanguageRules> = new Map<string, LanguageRules>([
  ["text/x-typescript", { symbols: script, attached: slashComments }],
  ["text/javascript", { symbols: script, attached: slashComments }],
  [
    "text/x-python",
    {
      symbols: [/^\s*(?:async\s+)?(?:def|class)\s+(?<name>\w+)/u],
      attached: hashComments,
    },
  ],
  ["text/x-java", { symbols: javaLike, attached: slashComments }],
  ["text/x-csharp", { symbols: javaLike, attached: slashComments }],
  [
    "text/x-go",
    {
      symbols: [/^func\s+(?:\([^)]*\)\s*)?(?<name>\w+)/u, /^type\s+(?<name>\w+)/u],
      attached: slashComments,
    },
  ],
  [
    "text/x-rust",
    {
      symbols: [
        /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+|extern\s+"[^"]*"\s+)*(?:fn|struct|enum|trait|mod|union|macro_rules!)\s+(?<name>\w+)/u,
        /^\s*(?:unsafe\s+)?impl\b(?:<[^{]*?>)?\s*(?<name>[\w:<>, &']{1,120}?)\s*(?:\{|where\b|$)/u,
      ],
      attached: slashComments,
    },
  ],
  ["text/x-c", { symbols: cLike, attached: slashComments }],
  ["text/x-c++", { symbols: cLike, attached: slashComments }],
  [
    "text/x-ruby",
    {
      symbols: [/^\s*(?:def|class|module)\s+(?<name>[\w.:?!=]+)/u],
      attached: hashComments,
    },
  ],
  [
    "text/x-php",
    {
      symbols: [
        /^\s*(?:(?:abstract|final|readonly)\s+)*(?:class|interface|trait|enum)\s+(?<name>\w+)/u,
        /^\s*(?:(?:public|private|protected|static|abstract|final)\s+)*function\s+&?(?<name>\w+)/u,
      ],
      attached: slashComments,
    },
  ],
]);
