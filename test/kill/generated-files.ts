import { seededRandom } from "./seeded-random.ts";

export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
  /** A question whose answer only this file holds. */
  readonly question: string;
}

const subjects = ["harbour", "reactor", "orchard", "archive", "bridge", "glacier", "foundry", "observatory"];
const verbs = ["measures", "stores", "inspects", "repairs", "records", "supplies", "cools", "maps"];
const objects = ["copper wire", "old letters", "ice cores", "steam valves", "apple trees", "tide tables", "lenses"];

/** Markdown files of 1 to 3 sections, all different, each with a code word that no other file has. */
export function generateFiles(count: number, seed: number): readonly GeneratedFile[] {
  const random = seededRandom(seed);
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? "";
  return Array.from({ length: count }, (_, i) => {
    const code = `codeword${seed}x${i}`;
    const sections = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, s) => {
      const sentences = Array.from({ length: 4 + Math.floor(random() * 12) }, (_, n) => {
        return `In year ${1800 + i} the ${pick(subjects)} number ${s}.${n} ${pick(verbs)} the ${pick(objects)}.`;
      });
      return `## Section ${s} of report ${i}\n\n${sentences.join(" ")}\n`;
    });
    const text = `# Report ${i}\n\nThe secret of report ${i} is ${code}.\n\n${sections.join("\n")}`;
    return { name: `report-${i}.md`, text, question: `What is the secret ${code}?` };
  });
}
