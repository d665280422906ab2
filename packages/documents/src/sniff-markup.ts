/** What stands at the starts of lines of each markup, and of no other; as many as `least` of them must be there. */
const markups: readonly { readonly mediaType: string; readonly least: number; readonly marks: readonly RegExp[] }[] = [
  {
    mediaType: "text/org",
    least: 1,
    marks: [/^#\+(?:title|author|options|begin_\w+|startup|filetags):?/imu, /^\*+ (?:TODO|DONE) /mu],
  },
  {
    mediaType: "text/x-rst",
    least: 1,
    marks: [/^\.\. (?:[\w-]+::|_[\w -]+:)/mu, /:(?:ref|doc|class|func|meth|mod):`[^`\n]+`/u],
  },
  {
    mediaType: "text/asciidoc",
    least: 2,
    marks: [/^= \S/mu, /^={2,5} \S/mu, /^\[(?:source|NOTE|quote|cols)[^\]\n]*\]$/mu, /^\|={3,}$/mu, /^:[\w-]+:/mu],
  },
  {
    mediaType: "text/markdown",
    least: 2,
    marks: [
      /^#{1,6} \S[^\n]*\n\s*\n/mu,
      /^#{2,6} \S/mu,
      /^(?:```|~~~)/mu,
      /\[[^\]\n]{1,200}\]\([^)\s]{1,500}\)/u,
      /^\|? ?:?-{3,}:? ?\|/mu,
      /^[-*] \S[^\n]*\n[-*] \S/mu,
      /\*\*\S[^*\n]{0,200}\*\*/u,
    ],
  },
];

/** The lightweight markup whose marks a text has. */
export function sniffMarkup(head: string): string | undefined {
  return markups.find(({ marks, least }) => marks.filter((mark) => mark.test(head)).length >= least)?.mediaType;
}
