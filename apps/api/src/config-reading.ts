import { z } from "zod";

const mebibyte = 2 ** 20;
const positive = z.coerce.number().int().positive();

/** What is received: how much of it, and how long it may take. */
export const uploadSettings = {
  LARDER_UPLOAD_BYTES_MAX: positive.default(100 * mebibyte).describe("Largest document in bytes."),
  LARDER_UPLOAD_FILES_MAX: positive.default(100).describe("Most files in one upload."),
  LARDER_UPLOAD_DOCUMENTS_MAX: positive
    .default(10_000)
    .describe("Most documents of one upload, those in its archives included."),
  LARDER_UPLOAD_IDLE_MS: positive.default(30_000).describe("Longest wait for the next bytes of an upload."),
  LARDER_REQUEST_TIMEOUT_MS: positive
    .default(300_000)
    .describe("Longest time to receive a request, an upload included; raise it for large files over slow lines."),
  LARDER_UPLOADS_AT_ONCE_MAX: positive.default(8).describe("Uploads received at the same time; more get 429."),
  LARDER_QUEUE_DOCUMENTS_MAX: positive.default(100_000).describe("Documents that may wait; more get 429."),
  LARDER_JSON_BYTES_MAX: positive.default(mebibyte).describe("Largest JSON body in bytes, document texts apart."),
  LARDER_UPLOAD_REQUEST_BYTES_MAX: positive
    .default(1024 * mebibyte)
    .describe("Largest upload, all its files together."),
  LARDER_TEXT_JSON_BYTES_MAX: positive
    .default(16 * mebibyte)
    .describe("Largest JSON body that carries a document's text."),
  LARDER_METADATA_BYTES_MAX: positive.default(64 * 1024).describe("Largest metadata of a document, as JSON."),
};

/** What is taken from one document, and at which cost. */
export const parsingSettings = {
  LARDER_PARSE_TIMEOUT_MS: positive.default(30_000).describe("Longest time to read one document."),
  LARDER_PARSE_MEMORY_BYTES_MAX: positive.default(512 * mebibyte).describe("Most memory to read one document."),
  LARDER_PARSE_TEXT_CHARACTERS_MAX: positive.default(20 * mebibyte).describe("Longest text taken from one document."),
  LARDER_PARSE_PAGES_MAX: positive.default(10_000).describe("Most pages of one document."),
  LARDER_PARSE_HTML_NODES_MAX: positive
    .default(4_000_000)
    .describe("Most elements and texts of one HTML page or XML document."),
  LARDER_PARSE_NESTING_MAX: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(2)
    .describe("Documents inside one another that are read, such as attachments."),
  LARDER_PARSE_ARCHIVE_ENTRIES_MAX: positive
    .default(10_000)
    .describe("Most entries of one archive or Office document."),
  LARDER_PARSE_INFLATED_BYTES_MAX: positive.default(200 * mebibyte).describe("Most bytes that one archive unpacks to."),
  LARDER_PARSE_INFLATED_RATIO_MAX: positive
    .default(200)
    .describe("Most unpacked bytes for one packed byte of an archive's entry; entries up to 1 MiB are exempt."),
  LARDER_PARSE_MAIL_PARTS_MAX: positive.default(2_000).describe("Most parts of one message of mail."),
  LARDER_PARSE_XML_DEPTH_MAX: positive.default(512).describe("Most XML elements nested in each other."),
};
