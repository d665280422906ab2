import { createRoute, z } from "@hono/zod-openapi";
import type { JobId } from "@larder/contracts";
import { LarderError } from "@larder/contracts";
import type { ApiContext } from "../api-env.ts";
import { createRouter, isDraining } from "../api-env.ts";
import type { ApiLimits } from "../api-settings.ts";
import { jobBody, jobState, jobSummaryBody, toJobBody, toJobSummaryBody } from "../bodies/job-body.ts";
import type { Larder } from "../larder.ts";
import { jobIdOf, knowledgeBaseIdOf } from "../request/path-ids.ts";
import { knowledgeBaseFilter, pageQuery, withoutUndefined } from "../request/request-schemas.ts";
import type { ServerSentEvent } from "../server-sent-events.ts";
import { respondWithEvents } from "../server-sent-events.ts";
import { pause, pollDelaysMs } from "../wait-for-documents.ts";
import { pageOf, problems, reply, toPageBody } from "./route-parts.ts";

const jobPath = z.object({ job: z.string().openapi({ example: "job_0123456789abcdefghij" }) });
const tags = ["Jobs"];

const cancel = createRoute({
  method: "post",
  path: "/v1/jobs/{job}/cancel",
  tags,
  summary: "Cancel what is not done of an upload",
  description:
    "Documents that never were ready become `failed` with `JOB_CANCELLED`; one with a live version keeps it; what another " +
    "job waits for goes on. A job that is over stays as it is.",
  request: { params: jobPath },
  responses: { 200: reply("The job as it is now.", jobBody), ...problems(404) },
});
const read = createRoute({
  method: "get",
  path: "/v1/jobs/{job}",
  tags,
  summary: "Read the state of an upload",
  request: { params: jobPath },
  responses: { 200: reply("It.", jobBody), ...problems(404) },
});
const events = createRoute({
  method: "get",
  path: "/v1/jobs/{job}/events",
  tags,
  summary: "Follow an upload",
  description: "`progress` for each change, then `done`, each with the job as data; or `error` with a problem, last.",
  request: { params: jobPath },
  responses: { 200: reply("Server-sent events.", z.string(), "text/event-stream"), ...problems(404) },
});

export function jobRoutes({ store }: Larder, limits: ApiLimits) {
  const list = createRoute({
    method: "get",
    path: "/v1/jobs",
    tags,
    summary: "List uploads, newest first",
    description: "With `state=failed`: what came to nothing, each failed document with its reason and its tries.",
    request: {
      query: z.strictObject({
        ...pageQuery(limits),
        state: jobState.optional(),
        knowledge_base: knowledgeBaseFilter,
      }),
    },
    responses: { 200: reply("One page.", pageOf(jobSummaryBody)), ...problems(404) },
  });
  return createRouter()
    .openapi(list, async (c) => {
      const { knowledge_base: sent, ...page } = c.req.valid("query");
      const knowledgeBaseId = sent === undefined ? undefined : knowledgeBaseIdOf(sent);
      const jobs = await store.jobs(withoutUndefined({ ...page, knowledgeBaseId }), c.get("call"));
      return c.json(toPageBody(jobs, toJobSummaryBody), 200);
    })
    .openapi(cancel, async (c) => {
      const job = await store.cancelJob(jobIdOf(c.req.valid("param").job), c.get("call"));
      return c.json(toJobBody(job), 200);
    })
    .openapi(read, async (c) => {
      const job = await store.job(jobIdOf(c.req.valid("param").job), c.get("call"));
      return c.json(toJobBody(job), 200);
    })
    .openapi(events, async (c) => {
      const id = jobIdOf(c.req.valid("param").job);
      await store.job(id, c.get("call")); // not there: a problem, not a stream
      return respondWithEvents(c, follow(c, store, id), limits.heartbeatMs);
    });
}

async function* follow(c: ApiContext, store: Larder["store"], id: JobId): AsyncGenerator<ServerSentEvent> {
  const call = c.get("call");
  const delays = pollDelaysMs();
  let shown: string | undefined;
  for (;;) {
    if (isDraining(c)) throw new LarderError("SERVER_STOPPING");
    const body = toJobBody(await store.job(id, call));
    const isDone = body.finished_at !== null;
    const text = JSON.stringify(body);
    if (text !== shown) yield { event: isDone ? "done" : "progress", data: body };
    if (isDone) return;
    shown = text;
    await pause(delays.next().value, call);
  }
}
