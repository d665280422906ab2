import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openInProcess } from "@larder/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const folder = join(process.env.LARDER_SHARED_DIR ?? "../shared", "formats");
const nestle = "unstructured__2023-half-year-analyses-by-segment.xlsx";
const apple = "kg-rag-datas__2023_Q3_AAPL.pdf";
const people = "docling__csv-semicolon.csv";
const countries = "unstructured__factbook.xml";
const ducks = "docling__legacy_sample.xls";
const paper = "docling__elife-56337.xml";
const index = "unstructured__vodafone.xlsx";
/** What is read beside them: prose and other tables to be mistaken about. */
const others = [
  "docling__wiki_duck.html",
  "docling__xlsx_01.xlsx",
  "markitdown__test.xlsx",
  "claude-cookb__Amazon-com-Inc-2023-Shareholder-Letter.pdf",
  "markitdown__SPARSE-2024-INV-1234_borderless_table.pdf",
];

interface TableQuestion {
  readonly question: string;
  readonly file: string;
  /** What the row is about, as its cells say it. */
  readonly label: string;
  readonly value: string;
  /** The name of the value's column; absent where the parsed table has none. */
  readonly column?: string;
}

/** The rules were made with these in sight: a guard of what was reached, not a measure of other tables. */
const questions: readonly TableQuestion[] = [
  { question: "sales of Zone NA first half 2023", file: nestle, label: "Zone NA", value: "12553", column: "Sales" },
  {
    question: "What was the trading operating profit of Nespresso in January–June 2023?",
    ...{ file: nestle, label: "Nespresso", value: "672", column: "Trading operating profit" },
  },
  { question: "PetCare sales January–June 2022", file: nestle, label: "PetCare", value: "8589", column: "Sales" },
  {
    question: "net financial expense in January–June 2022",
    ...{ file: nestle, label: "Net financial income/(expense)", value: "-434", column: "January–June 2022" },
  },
  {
    question: "restructuring costs of Zone EUR in 2023",
    ...{ file: nestle, label: "Zone EUR", value: "-140", column: "restructuring costs" },
  },
  { question: "iPhone net sales three months ended July 1, 2023", file: apple, label: "iPhone", value: "39,669" },
  {
    question: "What was the research and development expense in the three months ended July 1, 2023?",
    ...{ file: apple, label: "Research and development", value: "7,442", column: "Three Months Ended July 1, 2023" },
  },
  {
    question: "How large were the inventories of finished goods on July 1, 2023?",
    ...{ file: apple, label: "Finished goods", value: "3,563", column: "July 1, 2023" },
  },
  {
    question: "What was the operating income in Greater China for the three months ended June 25, 2022?",
    ...{ file: apple, label: "Operating income", value: "5,760", column: "Three Months Ended June 25, 2022" },
  },
  {
    question: "diluted earnings per share nine months ended July 1, 2023",
    ...{ file: apple, label: "Diluted", value: "4.67", column: "Nine Months Ended July 1, 2023" },
  },
  {
    question: "What were the total current liabilities on September 24, 2022?",
    ...{ file: apple, label: "Total current liabilities", value: "153,982", column: "September 24, 2022" },
  },
  {
    question: "Proceeds from sales of marketable securities July 1, 2023",
    ...{ file: apple, label: "Proceeds from sales of marketable securities", value: "3,959", column: "July 1, 2023" },
  },
  {
    question: "What is the email address of Linda Olsen?",
    ...{ file: people, label: "Olsen", value: "stanleyblackwell@benson.org", column: "Email" },
  },
  {
    question: "Which company is Roy Berry with?",
    file: people,
    label: "Berry",
    value: "Murillo-Perry",
    column: "Company",
  },
  {
    question: "How many freshwater ducks were observed in 2022?",
    ...{ file: ducks, label: "2022", value: "170", column: "Freshwater Ducks" },
  },
  {
    question: "What is the capital of Trinidad & Tobado?",
    ...{ file: countries, label: "Trinidad & Tobado", value: "Port of Spain", column: "capital" },
  },
  {
    question: "Who is the leader of Canada?",
    file: countries,
    label: "Canada",
    value: "Justin Trudeau",
    column: "leader",
  },
  {
    question: "On which page are the TV customers?",
    ...{ file: index, label: "TV customers", value: "9", column: "Page" },
  },
  {
    question: "What is the size of the cluster Chr10 in Mb?",
    ...{ file: paper, label: "Chr10", value: "0.6", column: "Size (Mb)" },
  },
];

/** Rows like these exist, these do not. */
const unanswerable = [
  "sales of Zone MENA first half 2023",
  "PetCare sales January–June 2019",
  "Vision Pro net sales three months ended July 1, 2023",
  "What is the email address of Linda Baxter?",
  "What is the capital of Portugal?",
];

const answerSchema = z.looseObject({
  answer: z.string(),
  basis: z.string(),
  grounded: z.boolean(),
  citations: z.array(z.looseObject({ quote: z.string(), document_id: z.string() })),
});
type Answer = z.infer<typeof answerSchema>;

let dataDir: string;
let ask: (question: string) => Promise<Answer>;
let close: () => Promise<void>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "larder-tables-"));
  const larder = await openInProcess({ LARDER_DATA_DIR: dataDir, LARDER_OFFLINE: "1" });
  close = () => larder.close();
  const send = async (path: string, init: RequestInit): Promise<unknown> => {
    const reply = await larder.fetch(new Request(`http://localhost/v1/knowledge-bases${path}`, init));
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  const json = (value: unknown) => ({
    method: "POST",
    body: JSON.stringify(value),
    headers: { "content-type": "application/json" },
  });
  const { id } = z.looseObject({ id: z.string() }).parse(await send("", json({ name: "tables" })));
  for (const file of [nestle, apple, people, countries, ducks, paper, index, ...others]) {
    const body = new FormData();
    body.set("file", new File([new Uint8Array(await readFile(join(folder, file)))], file));
    await send(`/${id}/documents?wait_ms=60000`, { method: "POST", body });
  }
  ask = async (question) => answerSchema.parse(await send(`/${id}/query`, json({ question })));
}, 120_000);

afterAll(async () => {
  await close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Words and numbers as a reader sees them: `$ 39,669` holds `39,669`, `139,669` does not. */
function holds(text: string, part: string): boolean {
  const plain = part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}.,-])${plain}(?![\\p{L}\\p{N}]|[.,]\\d)`, "u").test(text);
}

/** The words of an answer that each citation stands behind, with what it quotes, where that is a row. */
function rowsOf({ answer, citations }: Answer): readonly { readonly quote: string; readonly shown: string }[] {
  const shown = answer.split(/ \[\d+\] ?/);
  return citations
    .map(({ quote }, i) => ({ quote, shown: shown[i] ?? "" }))
    .filter(({ quote }) => quote.includes(" | "));
}

/** That row is quoted and no other, and it is shown with the value, behind its column's name where it has one. */
function isRight(answer: Answer, { label, value, column }: TableQuestion): boolean {
  const rows = rowsOf(answer);
  return (
    rows.length > 0 &&
    rows.every(({ quote, shown }) => {
      const at = shown.search(new RegExp(`= [$ ]*${value.replace(/[.]/g, "\\.")}(?![\\p{L}\\p{N}]|[.,]\\d)`, "u"));
      const name = shown.slice(0, at).split(/[:;] /).at(-1) ?? "";
      return holds(quote, label) && holds(quote, value) && (column === undefined || (at > 0 && name.includes(column)));
    })
  );
}

describe("answers quoted from tables", () => {
  it("have the row and the column that were asked for: 17 of 19", async () => {
    const missed: string[] = [];
    for (const asked of questions) if (!isRight(await ask(asked.question), asked)) missed.push(asked.question);
    expect(missed.length, missed.join("\n")).toBeLessThanOrEqual(2);
  });

  it("never call a row grounded that is not the one that was asked for", async () => {
    const wrong: string[] = [];
    for (const asked of questions) {
      const answer = await ask(asked.question);
      if (answer.grounded && rowsOf(answer).length > 0 && !isRight(answer, asked)) wrong.push(asked.question);
    }
    for (const question of unanswerable) {
      const answer = await ask(question);
      if (answer.grounded && rowsOf(answer).length > 0) wrong.push(question);
    }
    expect(wrong).toEqual([]);
  });
});
