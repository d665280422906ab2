import type { ParsedDocument, PassageDraft } from "@larder/contracts";
import { expect } from "vitest";

/** Blocks and pages in order, within the text, not overlapping, and blocks hold every non-space character. */
export function expectSoundDocument({ text, blocks, pages }: ParsedDocument): void {
  expect(text).not.toMatch(/[\0\r\p{Surrogate}]/u);
  let reached = 0;
  let left = "";
  for (const { start, end } of blocks) {
    expect(start).toBeGreaterThanOrEqual(reached);
    expect(end).toBeGreaterThan(start);
    left += text.slice(reached, start);
    reached = end;
  }
  expect(reached).toBeLessThanOrEqual(text.length);
  expect((left + text.slice(reached)).trim()).toBe("");
  pages.forEach(({ page, start, end }, index) => {
    expect(page).toBe(index + 1);
    expect(start).toBeGreaterThanOrEqual(pages[index - 1]?.end ?? 0);
    expect(end).toBeGreaterThanOrEqual(start);
  });
}

/** Passages are slices, in order, and with their leads rebuild the text up to white space at its end. */
export function expectSoundPassages(text: string, passages: readonly PassageDraft[]): void {
  let reached = 0;
  for (const passage of passages) {
    if (passage.text !== text.slice(passage.start, passage.end)) expect(passage.text).toBe("its slice");
    if (passage.lead !== text.slice(reached, passage.start)) expect(passage.lead).toBe("the gap");
    if (passage.lead.trim() !== "") expect(passage.lead).toBe("white space");
    if (passage.text.trim() !== passage.text || passage.text === "") expect(passage.text).toBe("trimmed");
    if (/\p{Surrogate}/u.test(passage.text)) expect(passage.text).toBe("well formed");
    reached = passage.end;
  }
  expect(text.slice(reached).trim()).toBe("");
}
