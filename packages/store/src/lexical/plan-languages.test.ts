import { createLanguageDetector } from "@larder/language";
import { describe, expect, it } from "vitest";
import { planLanguages } from "./plan-languages.ts";

const detector = createLanguageDetector();
const english = "The council met on Monday and decided that the bridge across the river would be repaired this year.";
const german = "Der Rat trat am Montag zusammen und beschloss, dass die Brücke in diesem Jahr repariert werden soll.";

describe("planLanguages", () => {
  it("reads each passage in its own language where a document has several", () => {
    expect(planLanguages([english, german, english], detector)).toEqual(["en", "de", "en"]);
  });

  it("reads a passage that says nothing clear in the document's main language", () => {
    expect(planLanguages([german, "12,5 % | 3", "qx = 1;"], detector)).toEqual(["de", "de", "de"]);
  });

  it("takes a short stretch of another language for a quotation", () => {
    expect(planLanguages([...Array<string>(12).fill(english), german], detector)).toEqual(Array(13).fill("en"));
  });

  it("knows no language of nothing, of figures, and without a detector", () => {
    expect(planLanguages([], detector)).toEqual([]);
    expect(planLanguages(["1 2 3", ""], detector)).toEqual([undefined, undefined]);
    expect(planLanguages([german], undefined)).toEqual([undefined]);
  });
});
