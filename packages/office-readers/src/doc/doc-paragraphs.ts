/** What is known of the paragraph that ends at a byte of the stream. */
export interface DocParagraphFacts {
  /** 1 … 9 for the built-in headings. */
  readonly headingLevel: number | undefined;
  readonly isInTable: boolean;
  readonly isRowEnd: boolean;
  readonly isListItem: boolean;
  readonly listLevel: number;
}

const pageBytes = 512;
const inTableChange = 0x2416;
const rowEndChange = 0x2417;
const listLevelChange = 0x260a;
const listChange = 0x460b;

interface FactRange {
  readonly start: number;
  readonly end: number;
  readonly facts: DocParagraphFacts;
}

/**
 * The facts by place in the stream, from the pages of paragraph properties ([MS-DOC], 2.8.5 and 2.9.174). What cannot be
 * read is left out: the text stands without it.
 */
export class DocParagraphs {
  readonly #ranges: FactRange[] = [];

  constructor(stream: Buffer, table: Buffer) {
    const count = Math.floor((table.length - 4) / 8);
    for (let i = 0; i < count; i += 1) {
      const start = (table.readUInt32LE(4 * (count + 1) + 4 * i) & 0x3fffff) * pageBytes;
      if (start + pageBytes <= stream.length) this.#ranges.push(...readPage(stream.subarray(start, start + pageBytes)));
    }
    this.#ranges.sort((a, b) => a.start - b.start);
  }

  /** Of the paragraph that holds the byte at `offset`. */
  at(offset: number): DocParagraphFacts | undefined {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    const found = this.#ranges[low];
    return found !== undefined && found.start <= offset ? found.facts : undefined;
  }
}

function readPage(page: Buffer): readonly FactRange[] {
  const runs = page.readUInt8(pageBytes - 1);
  const ranges: FactRange[] = [];
  for (let i = 0; i < runs && 4 * (runs + 1) + 13 * i + 13 <= pageBytes; i += 1) {
    const at = 2 * page.readUInt8(4 * (runs + 1) + 13 * i);
    if (at === 0 || at + 2 >= pageBytes) continue;
    const isLong = page.readUInt8(at) === 0;
    const bytes = isLong ? 2 * page.readUInt8(at + 1) : 2 * page.readUInt8(at) - 1;
    const from = at + (isLong ? 2 : 1);
    const facts = toFacts(page.subarray(from, Math.min(from + bytes, pageBytes - 1)));
    ranges.push({ start: page.readUInt32LE(4 * i), end: page.readUInt32LE(4 * (i + 1)), facts });
  }
  return ranges;
}

/** The style's index, then changes: two bytes that say what and how long, and the value. */
function toFacts(properties: Buffer): DocParagraphFacts {
  const style = properties.length >= 2 ? properties.readUInt16LE(0) : 0;
  let isInTable = false;
  let isRowEnd = false;
  let isListItem = false;
  let listLevel = 0;
  for (let at = 2; at + 3 <= properties.length; ) {
    const change = properties.readUInt16LE(at);
    const size = valueBytes(change, properties.readUInt8(at + 2));
    if (change === inTableChange) isInTable = properties.readUInt8(at + 2) !== 0;
    if (change === rowEndChange) isRowEnd = properties.readUInt8(at + 2) !== 0;
    if (change === listLevelChange) listLevel = Math.min(8, properties.readUInt8(at + 2));
    if (change === listChange && at + 4 <= properties.length) isListItem = properties.readUInt16LE(at + 2) !== 0;
    at += 2 + size;
  }
  return { headingLevel: style >= 1 && style <= 9 ? style : undefined, isInTable, isRowEnd, isListItem, listLevel };
}

/** Bytes of a change's value by its upper three bits. */
function valueBytes(change: number, first: number): number {
  const sizes = [1, 1, 2, 4, 2, 2, first + 1, 3];
  return sizes[change >> 13] ?? 1;
}
