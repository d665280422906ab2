import type { WorkerEvent } from "@larder/ingestion";
import type { Logger } from "pino";

/** One line a document, with where its time went and without any of its words. */
export function logWorkerEvents(logger: Logger): (event: WorkerEvent) => void {
  return (event) => {
    if (event.kind === "trouble") {
      logger.error({ err: event.cause }, "the worker has trouble");
      return;
    }
    const { kind, task } = event;
    const facts = {
      knowledge_base_id: task.knowledgeBaseId,
      document_id: task.documentId,
      job_id: task.jobId,
      ...{ version: task.version, attempt: task.attempt, bytes: task.bytes },
    };
    switch (kind) {
      case "finished": {
        const { passages, passagesReused, timingsMs, totalMs } = event;
        const measured = { timings_ms: timingsMs, group_ms: Math.round(totalMs) };
        logger.info({ ...facts, passages, passages_reused: passagesReused, ...measured }, "document ready");
        return;
      }
      case "failed":
        logger.warn({ ...facts, code: event.code, ...causeOf(event) }, "document failed");
        return;
      case "released":
        logger.warn({ ...facts, code: event.code, ...causeOf(event) }, "document is tried again");
        return;
      case "lost":
        logger.info(facts, "document dropped: deleted, cancelled, or another worker's");
    }
  };
}

/** A defect's document says that the log has the cause; other codes say all that there is. */
function causeOf({ code, cause }: { readonly code: string; readonly cause?: unknown }): { readonly err?: unknown } {
  return code === "UNEXPECTED" && cause !== undefined ? { err: cause } : {};
}
