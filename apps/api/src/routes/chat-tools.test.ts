import type { FakeAnswer } from "@larder/testkit";
import { nanoUsdCeiling } from "@larder/testkit";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { openGateway } from "../../test/open-gateway.ts";
import { readReply } from "../../test/read-reply.ts";

type Message = OpenAI.ChatCompletionMessageParam;
const clientOf = (url: string) => new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 });
const asked: Message = { role: "user", content: "What is the weather in Oslo and in Bergen?" };
const parameters = { type: "object", properties: { town: { type: "string" } }, required: ["town"] };
const weather: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: { name: "read_weather", description: "Reads the weather of a town.", parameters, strict: true },
};
const calls = [
  { id: "call_a", name: "read_weather", pieces: ['{"to', 'wn":"Oslo"}'] },
  { id: "call_b", name: "read_weather", pieces: ['{"town":"Ber', 'gen"}'] },
];
const toolCalls = calls.map(({ id, name, pieces }) => ({
  id,
  type: "function" as const,
  function: { name, arguments: pieces.join("") },
}));
const answer = (): FakeAnswer => ({ deltas: [], toolCalls: calls });
const receiptsOf = async ({ larder }: Awaited<ReturnType<typeof openGateway>>) =>
  (await larder.ledger.receipts({ limit: 10 }, { signal: AbortSignal.timeout(5_000) })).data;
const pixel = `data:image/png;base64,${Buffer.from("a picture").toString("base64")}`;
const withImage = (url: string): Message => ({
  role: "user",
  content: [
    { type: "text", text: "What is on " },
    { type: "image_url", image_url: { url, detail: "low" } },
    { type: "text", text: " this shelf?" },
  ],
});

it("offers tools to the cheapest model that takes them, and gives its calls with the bill that they had", async () => {
  await using gateway = await openGateway(answer);
  const completion = await clientOf(gateway.url).chat.completions.create({
    model: "auto",
    messages: [asked],
    tools: [weather],
    tool_choice: { type: "function", function: { name: "read_weather" } },
    parallel_tool_calls: true,
  });
  expect(completion.model).toBe("acme/large");
  expect(completion.choices).toMatchObject([
    { finish_reason: "tool_calls", message: { content: null, tool_calls: toolCalls } },
  ]);
  const [record] = gateway.provider.records;
  expect(record?.request.body).toMatchObject({
    tools: [weather],
    tool_choice: { type: "function", function: { name: "read_weather" } },
    parallel_tool_calls: true,
  });
  expect(completion.usage).toMatchObject({ completion_tokens: record?.usage.completionTokens });
  const [receipt] = await receiptsOf(gateway);
  expect(receipt?.cost).toBe(nanoUsdCeiling(record?.bill ?? -1n));
});

it("streams words and then the calls, piece by piece, in the form that the stock client puts together", async () => {
  await using gateway = await openGateway(() => ({ deltas: ["Let me ", "look."], toolCalls: calls }));
  const stream = clientOf(gateway.url).chat.completions.stream({
    model: "auto",
    messages: [asked],
    tools: [weather],
    stream_options: { include_usage: true },
  });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const { choices, usage } = await stream.finalChatCompletion();
  expect(choices).toMatchObject([
    { finish_reason: "tool_calls", message: { content: "Let me look.", tool_calls: toolCalls } },
  ]);
  const [record] = gateway.provider.records;
  expect(usage).toMatchObject({ completion_tokens: record?.usage.completionTokens });
  const pieces = chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
  expect(pieces.map(({ index, id }) => [index, id])).toEqual([
    ...[0, 0, 0].map((index, at) => [index, at === 0 ? "call_a" : undefined]),
    ...[1, 1, 1].map((index, at) => [index, at === 0 ? "call_b" : undefined]),
  ]);
});

it("passes on what came of the calls, and asks nobody who knows no tools, though none is offered any more", async () => {
  await using gateway = await openGateway();
  const results = toolCalls.map(({ id }): Message => ({ role: "tool", tool_call_id: id, content: "Rain." }));
  const messages: Message[] = [asked, { role: "assistant", content: null, tool_calls: toolCalls }, ...results];
  const completion = await clientOf(gateway.url).chat.completions.create({ model: "auto", messages });
  expect(completion.model).toBe("acme/large");
  expect(gateway.provider.records[0]?.request.body.messages).toEqual(messages);
});

it("passes images on in their place among the words, and expects tokens for them", async () => {
  await using gateway = await openGateway();
  const messages = [withImage(pixel)];
  const completion = await clientOf(gateway.url).chat.completions.create({ model: "auto", messages });
  expect(completion.model).toBe("acme/large");
  expect(gateway.provider.records[0]?.request.body.messages).toEqual(messages);
  const [receipt] = await receiptsOf(gateway);
  expect(receipt?.route.inputs?.shape).toMatchObject({ needs: ["vision"] });
  expect(receipt?.route.inputs?.shape.inputTokens).toBeGreaterThan(85);
});

it.each([
  { what: "tools", body: { messages: [asked], tools: [weather] } },
  { what: "an image", body: { messages: [withImage(pixel)] } },
])("never sends $what to a model that cannot, also when it is named", async ({ body }) => {
  await using gateway = await openGateway(answer);
  const sent = clientOf(gateway.url).chat.completions.create({ model: "small", ...body });
  await expect(sent).rejects.toMatchObject({ status: 422, code: "POLICY_UNSATISFIABLE" });
  expect(gateway.provider.arrivals).toBe(0);
});

it("ends a stream that breaks off in a call's arguments in an error, never in another model's", async () => {
  await using gateway = await openGateway(() => ({ ...answer(), fault: { kind: "reset", afterDeltas: 2 } }));
  const stream = await clientOf(gateway.url).chat.completions.create({
    ...{ model: "auto", messages: [asked], tools: [weather] },
    stream: true,
  });
  let text = "";
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? "";
  };
  await expect(read()).rejects.toMatchObject({ code: "PROVIDER_STREAM_BROKEN" });
  expect(text).toBe('{"to');
  expect(gateway.provider.arrivals).toBe(1);
  expect(await receiptsOf(gateway)).toMatchObject([{ route: { attempts: [{ outcome: "failed_after_text" }] } }]);
});

it("gives one Idempotency-Key the same calls again, streaming too", async () => {
  await using gateway = await openGateway(answer);
  const ask = async () => {
    const options = { headers: { "idempotency-key": "k1" } };
    const body = { model: "auto", messages: [asked], tools: [weather] };
    const stream = clientOf(gateway.url).chat.completions.stream(body, options);
    return (await stream.finalChatCompletion()).choices[0]?.message.tool_calls;
  };
  expect([await ask(), await ask()]).toMatchObject([toolCalls, toolCalls]);
  expect(gateway.provider.arrivals).toBe(1);
});

it("answers a request that may wait with the calls of its model", async () => {
  await using gateway = await openGateway(answer);
  const larder = { policy: { batch_ok: true, deadline_ms: 60_000 } };
  const { id } = await readReply(
    fetch(`${gateway.url}/batch-requests`, {
      method: "POST",
      body: JSON.stringify({ model: "auto", messages: [asked], tools: [weather], larder }),
      headers: { "content-type": "application/json" },
    }),
  );
  const read = () => readReply(fetch(`${gateway.url}/batch-requests/${id}`));
  await expect.poll(read, { timeout: 5_000 }).toMatchObject({
    status: "answered",
    completion: { model: "acme/large", choices: [{ message: { content: null, tool_calls: toolCalls } }] },
  });
});

it.each([
  { what: "a choice without tools", body: { tool_choice: "required" }, param: "tool_choice" },
  { what: "parallel calls without tools", body: { parallel_tool_calls: false }, param: "parallel_tool_calls" },
  {
    what: "the choice of a tool that is not offered",
    body: { tools: [weather], tool_choice: { type: "function", function: { name: "sing" } } },
    param: "tool_choice.function.name",
  },
  {
    what: "a kind of tool that only one provider has",
    body: { tools: [{ type: "web_search" }] },
    param: "tools[0].type",
  },
  {
    what: "a file in place of an image",
    body: { messages: [withImage("file:///etc/passwd")] },
    param: "messages[0].content[1].image_url.url",
  },
  {
    what: "an address where nothing may leave the machine",
    body: { messages: [withImage("https://example.org/a.png")], larder: { policy: { local_only: true } } },
    param: null,
  },
])("refuses $what, and sends nothing", async ({ body, param }) => {
  await using gateway = await openGateway(answer);
  const whole = { model: "auto", messages: [asked], ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming;
  const sent = clientOf(gateway.url).chat.completions.create(whole);
  await expect(sent).rejects.toMatchObject({ status: 400, code: "REQUEST_INVALID", param });
  expect(gateway.provider.arrivals).toBe(0);
});
