/** What a site's robots.txt asks of one program. */
export interface Robots {
  /** Of `path` and query as they stand in the address. */
  isAllowed(pathAndQuery: string): boolean;
  /** Seconds between two requests, where the site asks for that. Not part of the RFC, and widely used. */
  readonly crawlDelaySeconds?: number;
}

interface Rule {
  readonly pattern: string;
  readonly isAllowing: boolean;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
  crawlDelaySeconds?: number;
}

/**
 * Reads robots.txt for the program `agent`: the rules of all groups that name it, else of those for `*`. The longest
 * pattern that fits decides, allowing ones first among equals; what no pattern fits is allowed. Any text is a
 * robots.txt: lines that are none of it are passed over.
 *
 * Written here because it is short and the library for it has had no release since 2023.
 *
 * @source RFC 9309, "Robots Exclusion Protocol", sections 2.2.1 to 2.2.3
 */
export function readRobots(text: string, agent: string): Robots {
  const groups = readGroups(text);
  const named = groups.filter(({ agents }) => agents.includes(agent.toLowerCase()));
  const meant = named.length > 0 ? named : groups.filter(({ agents }) => agents.includes("*"));
  const rules = meant.flatMap((group) => group.rules).toSorted(bySpecificity);
  const crawlDelaySeconds = meant.find((group) => group.crawlDelaySeconds !== undefined)?.crawlDelaySeconds;
  return {
    isAllowed(pathAndQuery) {
      const path = normalise(pathAndQuery);
      return path === "/robots.txt" || (rules.find(({ pattern }) => fits(pattern, path))?.isAllowing ?? true);
    },
    ...(crawlDelaySeconds === undefined ? {} : { crawlDelaySeconds }),
  };
}

export const allowAll: Robots = { isAllowed: () => true };

function bySpecificity(a: Rule, b: Rule): number {
  return b.pattern.length - a.pattern.length || Number(b.isAllowing) - Number(a.isAllowing);
}

function readGroups(text: string): readonly Group[] {
  const groups: Group[] = [];
  let group: Group | undefined;
  let isNaming = false; // agents in a row share what follows them
  for (const line of text.replace(/^\ufeff/u, "").split(/\r\n?|\n/u)) {
    const content = line.split("#", 1)[0] ?? "";
    const colon = content.indexOf(":");
    if (colon < 0) continue;
    const name = content.slice(0, colon).trim().toLowerCase();
    const value = content.slice(colon + 1).trim();
    if (name === "user-agent") {
      if (!isNaming || group === undefined) {
        group = { agents: [], rules: [] };
        groups.push(group);
      }
      group.agents.push(productToken(value));
      isNaming = true;
      continue;
    }
    if (group === undefined) continue;
    if (name === "allow" || name === "disallow") {
      isNaming = false;
      if (value !== "") group.rules.push({ pattern: normalise(value), isAllowing: name === "allow" });
    } else if (name === "crawl-delay") {
      isNaming = false;
      if (/^\d{1,6}(?:\.\d{1,6})?$/u.test(value)) group.crawlDelaySeconds = Number(value);
    }
  }
  return groups;
}

/** Some sites name a program with its version. */
function productToken(value: string): string {
  return value.startsWith("*") ? "*" : (/^[a-z_-]+/iu.exec(value)?.[0] ?? value).toLowerCase();
}

/** The same octets in one spelling: what need not be encoded is not, the rest is, in capitals. */
function normalise(path: string): string {
  return path
    .replace(/[^\x21-\x7e]+/gu, (text) => encodeURIComponent(text))
    .replace(/%[0-9a-f]{2}/giu, (encoded) => {
      const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
      return /[\w.~-]/u.test(character) ? character : encoded.toUpperCase();
    });
}

/** `*` is any text, `$` at the end of a pattern is the end of the path. Takes the first place for each piece. */
function fits(pattern: string, path: string): boolean {
  const isToEnd = pattern.endsWith("$");
  const [first = "", ...pieces] = (isToEnd ? pattern.slice(0, -1) : pattern).split("*");
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = isToEnd ? pieces.pop() : undefined;
  for (const piece of pieces) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  if (!isToEnd) return true;
  return last === undefined ? at === path.length : path.length - last.length >= at && path.endsWith(last);
}
