export { createLanguageDetector } from "./script-and-ngram-detector.ts";
