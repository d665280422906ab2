import { describe, expect, it } from "vitest";
import { analyse } from "./analyse.ts";
import { termLanguageOf } from "./languages.ts";

const termsOf = (code: string, text: string) => analyse(text, termLanguageOf(code));

describe("words that mean the same", () => {
  it.each([
    { code: "ar", what: "article and vowel points", words: ["الكتاب", "كِتَابٌ", "كتاب"] },
    { code: "ar", what: "forms of alef", words: ["أحمد", "احمد"] },
    { code: "ar", what: "final heh and teh marbuta", words: ["مدرسة", "مدرسه"] },
    { code: "bg", what: "articles", words: ["книгата", "книги"] },
    { code: "da", what: "plurals", words: ["huset", "husene"] },
    { code: "de", what: "umlauts and plurals", words: ["Häuser", "Hauser", "HÄUSER"] },
    { code: "de", what: "sharp s", words: ["Straße", "STRASSE"] },
    { code: "el", what: "accents, capitals and final sigma", words: ["ΛΟΓΟΣ", "λόγος", "λογοσ"] },
    { code: "es", what: "accents and plurals", words: ["naciones", "nación", "NACION"] },
    { code: "fa", what: "Persian and Arabic letters", words: ["کتابی", "كتابي"] },
    { code: "fi", what: "cases", words: ["talossa", "taloissa"] },
    { code: "fr", what: "elisions", words: ["l’homme", "d'homme", "homme"] },
    { code: "fr", what: "accents and plurals", words: ["libertés", "libertes", "liberté"] },
    { code: "he", what: "vowel points", words: ["שָׁלוֹם", "שלום"] },
    { code: "he", what: "marks of initials", words: ['צה"ל', "צה״ל", "צהל"] },
    { code: "hi", what: "plurals", words: ["किताबें", "किताबों", "किताब"] },
    { code: "hi", what: "dots below and nasal marks", words: ["हिन्दी", "हिन्‍दी"] },
    { code: "hi", what: "nuktas composed, apart and left out", words: ["फ़िल्म", "\u095eिल्म", "फिल्म"] },
    { code: "it", what: "elisions", words: ["dell'arte", "l’arte", "arte"] },
    { code: "pl", what: "the stroke of ł", words: ["Łódź", "lodz"] },
    { code: "ro", what: "comma and cedilla", words: ["cărțile", "cărţile"] },
    { code: "ru", what: "cases", words: ["книгами", "книги", "КНИГА"] },
    { code: "ru", what: "ё and stress", words: ["ёлка", "елка", "е́лка"] },
    { code: "sr", what: "Cyrillic and Latin", words: ["књигама", "knjigama"] },
    { code: "sv", what: "definite forms", words: ["flickorna", "flickor"] },
    { code: "ta", what: "plurals", words: ["புத்தகங்கள்", "புத்தகம்"] },
    { code: "tr", what: "dotted and dotless capitals", words: ["IŞIKLAR", "ışıklar", "ışık"] },
    { code: "tr", what: "dotted capitals", words: ["İstanbul", "istanbul", "ISTANBUL"] },
    { code: "uk", what: "apostrophes", words: ["п'ять", "п’ять"] },
  ])("have one term in $code: $what", ({ code, words }) => {
    const terms = words.map((word) => termsOf(code, word));
    expect(new Set(terms.map((each) => each.join(" "))).size).toBe(1);
    expect(terms[0]?.length).toBeGreaterThan(0);
  });
});

describe("words that differ", () => {
  it("stay apart in Vietnamese where only tones tell them apart, and are found without marks", () => {
    expect(termsOf("vi", "má")).toEqual(["ma", "má"]);
    expect(termsOf("vi", "mà Đà")).toEqual(["ma", "mà", "da", "đà"]);
    expect(termsOf("vi", "ma")).toEqual(["ma"]);
  });

  it("stay apart where marks are letters", () => {
    expect(termsOf("ru", "мой")).not.toEqual(termsOf("ru", "мои"));
    expect(termsOf("hi", "दिन")).not.toEqual(termsOf("hi", "दीन"));
    expect(termsOf("th", "มา")).not.toEqual(termsOf("th", "ม้า"));
  });
});

describe("text of several languages", () => {
  it("reads Latin words in other scripts as English", () => {
    expect(termsOf("ru", "установка libraries и the runners")).toEqual(["установк", "librari", "runner"]);
    expect(termsOf("zh", "使用libraries构建")).toEqual(["使用", "用", "librari", "构建", "建"]);
  });

  it("reads the words of programs as English in any language", () => {
    expect(termsOf("de", "readingFiles und reading_files")).toEqual([
      "readingfiles",
      "read",
      "file",
      "reading_files",
      "read",
      "file",
    ]);
  });

  it("finds a German compound by what it begins with", () => {
    expect(termsOf("de", "Stadtverwaltung")).toContain(termsOf("de", "Stadt")[0]);
    expect(termsOf("en", "Stadtverwaltung")).toHaveLength(1);
  });

  it("leaves out the stop words of the language only", () => {
    expect(termsOf("de", "die Katze")).toEqual(["katz"]);
    expect(termsOf("en", "die cast")).toEqual(["die", "cast"]);
    expect(termsOf("ru", "Что такое человек?")).toEqual(["так", "человек"]);
  });
});
