/** An ISO 639-1 code such as `en` or `de`; ISO 639-3 (`ceb`) for languages that have no code of two letters. */
export type LanguageCode = string;

export interface DetectedLanguage {
  readonly language: LanguageCode;
  /** 0 to 1. What one detector means by .8 is not what another one does. */
  readonly confidence: number;
}

/** Says in which language a text is written. Works offline, and gives the same answer for the same text. */
export interface LanguageDetector {
  /** Library, version and rules together; stored beside what was detected, which is made again when the id changes. */
  readonly id: string;
  /**
   * `undefined` where the text says nothing: no letters, or too few for a guess. Any string is accepted. A few words
   * are weak evidence: their confidence is low, and `among` (such as the languages of a knowledge base) helps.
   *
   * @param among - Languages that the answer is chosen from; without it any that the detector knows
   */
  detect(text: string, among?: ReadonlySet<LanguageCode>): DetectedLanguage | undefined;
}
