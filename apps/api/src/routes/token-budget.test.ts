import type { AnswerQuestion, Question, Retrieval, RetrievalQuery, Retriever } from "@larder/contracts";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { TestLarder } from "../../test/open-test-larder.ts";
import { openTestLarder } from "../../test/open-test-larder.ts";
import { readReply } from "../../test/read-reply.ts";
import { createApi } from "../create-api.ts";
import type { Larder } from "../larder.ts";

let larder: TestLarder;
let app: ReturnType<typeof createApi>;
let path: string;
let searched: RetrievalQuery[];
let asked: Question[];
/** What the retriever says besides its evidence. */
let said: Partial<Retrieval>;

beforeAll(async () => {
  larder = await openTestLarder();
  const call = { signal: new AbortController().signal };
  const { id } = await larder.store.createKnowledgeBase({ name: "pantry", description: "", settings: {} }, call);
  path = `/v1/knowledge-bases/${id}`;
  const retriever: Retriever = {
    id: "recording",
    async retrieve(query, { signal }) {
      searched.push(query);
      return { ...(await larder.retriever.retrieve(query, { signal })), ...said };
    },
  };
  const answerQuestion: AnswerQuestion = (question, { signal }) => {
    asked.push(question);
    return larder.answerQuestion(question, { signal });
  };
  const recording: Larder = Object.create(larder, {
    retriever: { value: retriever },
    answerQuestion: { value: answerQuestion },
  });
  app = createApi(recording);
});
beforeEach(() => {
  searched = [];
  asked = [];
  said = {};
});
afterAll(() => larder[Symbol.asyncDispose]());

const post = (route: string, body: unknown) =>
  app.request(`${path}/${route}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

/** The budget alone decides how many pieces there are. */
const unlimited = Number.MAX_SAFE_INTEGER;

it.each([
  { sent: {}, tokenBudget: "auto", limit: unlimited },
  { sent: { limit: 5 }, tokenBudget: undefined, limit: 5 },
  { sent: { token_budget: 900 }, tokenBudget: 900, limit: unlimited },
  { sent: { token_budget: "auto", limit: 5 }, tokenBudget: "auto", limit: 5 },
])("searches with $tokenBudget tokens and $limit pieces for $sent", async ({ sent, tokenBudget, limit }) => {
  expect((await post("search", { query: "plums", ...sent })).status).toBe(200);
  expect(searched).toMatchObject([{ text: "plums", limit }]);
  expect(searched[0]?.tokenBudget).toBe(tokenBudget);
});

it.each([
  { sent: {}, tokenBudget: "auto" },
  { sent: { token_budget: 900 }, tokenBudget: 900 },
])("answers with $tokenBudget tokens for $sent", async ({ sent, tokenBudget }) => {
  expect((await post("query", { question: "plums", ...sent })).status).toBe(200);
  expect(asked).toMatchObject([{ tokenBudget }]);
});

it.each([0, -1, 1.5, "900", "Auto", null, 1e9])("refuses the token budget %j", async (budget) => {
  for (const body of [{ query: "plums" }, { question: "plums" }]) {
    const response = await post("query" in body ? "search" : "query", { ...body, token_budget: budget });
    expect(response.status).toBe(400);
    expect((await readReply(response)).problems[0]?.field).toBe("token_budget");
  }
});

it("says what became of the budget, and null for whole passages", async () => {
  expect(await readReply(post("search", { query: "plums", limit: 5 }))).toMatchObject({ budget: null, confidence: 1 });
  said = { budget: { asked: "auto", tokensMax: 4_000, predictedRecall: 0.96 }, confidence: 0.5 };
  expect(await readReply(post("search", { query: "plums" }))).toMatchObject({
    budget: { asked: "auto", tokens_max: 4_000, predicted_recall: 0.96 },
    confidence: 0.5,
  });
});

it("hands earlier turns on, and says what was searched for", async () => {
  const history = [{ question: "Do plums keep?", answer: "For days." }, { question: "And pears?" }];
  said = { searchedText: "Why?\nplums" };
  expect(await readReply(post("search", { query: "Why?", history }))).toMatchObject({ searched_text: "Why?\nplums" });
  expect((await post("query", { question: "Why?", history })).status).toBe(200);
  expect([searched[0]?.history, asked[0]?.history]).toEqual([history, history]);
  said = {};
  expect(await readReply(post("search", { query: "plums" }))).toMatchObject({ searched_text: null });
  expect(searched.at(-1)).not.toHaveProperty("history");
});

it.each([
  { what: "more turns than the limit", history: Array.from({ length: 51 }, () => ({ question: "?" })) },
  { what: "an unknown name", history: [{ question: "?", role: "user" }] },
  { what: "an answer without its question", history: [{ answer: "Yes." }] },
])("refuses $what", async ({ history }) => {
  for (const body of [{ query: "plums" }, { question: "plums" }]) {
    const response = await post("query" in body ? "search" : "query", { ...body, history });
    expect(response.status).toBe(400);
  }
});
