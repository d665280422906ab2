import { describe } from "vitest";
import { describeGroups } from "./document-store/describe-groups.ts";
import { describeJobs } from "./document-store/describe-jobs.ts";
import { describeKnowledgeBases } from "./document-store/describe-knowledge-bases.ts";
import { describeOperationLog } from "./document-store/describe-operation-log.ts";
import { describeReadyDocuments } from "./document-store/describe-ready-documents.ts";
import { describeReplacing } from "./document-store/describe-replacing.ts";
import { describeSameText } from "./document-store/describe-same-text.ts";
import { describeSharing } from "./document-store/describe-sharing.ts";
import { describeTakingIn } from "./document-store/describe-taking-in.ts";
import { describeTasks } from "./document-store/describe-tasks.ts";
import type { OpenDocumentStore } from "./document-store/document-store-under-test.ts";

/** The DocumentStore contract, with what it promises of search, of the operation log and of tasks. */
export function describeDocumentStore(name: string, open: OpenDocumentStore): void {
  describe(`${name} keeps the DocumentStore contract`, () => {
    describeKnowledgeBases(open);
    describeTakingIn(open);
    describeReplacing(open);
    describeSharing(open);
    describeTasks(open);
    describeGroups(open);
    describeJobs(open);
    describeSameText(open);
    describeReadyDocuments(open);
    describeOperationLog(open);
  });
}
