import type { Logger } from "pino";
import type { IndexAuditReport } from "./index-upkeep.ts";

/** One line a knowledge base; one that differs from the database is an alarm. */
export function logAudits(logger: Logger): (report: IndexAuditReport) => void {
  return ({ knowledgeBaseId, outcome, vectors, samples, recall, problems }) => {
    const facts = { knowledge_base_id: knowledgeBaseId, vectors, samples, recall };
    if (outcome === "damaged") {
      logger.error({ ...facts, problems }, "the vector index differs from the database: it is made anew");
    } else if (outcome === "sound") logger.info(facts, "the vector index agrees with the database");
    else logger.warn({ ...facts, problems }, `the vector index could not be audited: ${outcome}`);
  };
}
