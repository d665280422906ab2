CREATE TABLE `document_versions` (
	`document_id` text NOT NULL,
	`version` integer NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`title` text NOT NULL,
	`file_name` text,
	`media_type` text NOT NULL,
	`metadata` text NOT NULL,
	`warnings` text NOT NULL,
	`passage_count` integer DEFAULT 0 NOT NULL,
	`token_count` integer DEFAULT 0 NOT NULL,
	`page_count` integer DEFAULT 0 NOT NULL,
	`parser_id` text,
	`splitter_id` text,
	`created_at_ms` integer NOT NULL,
	`ready_at_ms` integer,
	`text` text,
	PRIMARY KEY(`document_id`, `version`),
	FOREIGN KEY (`document_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "document_versions_version" CHECK("document_versions"."version" >= 1),
	CONSTRAINT "document_versions_sha256" CHECK(length("document_versions"."sha256") = 64 and "document_versions"."sha256" not glob '*[^0-9a-f]*'),
	CONSTRAINT "document_versions_counts" CHECK("document_versions"."bytes" >= 0 and "document_versions"."passage_count" >= 0 and "document_versions"."token_count" >= 0 and "document_versions"."page_count" >= 0),
	CONSTRAINT "document_versions_ready" CHECK(("document_versions"."ready_at_ms" is null) = ("document_versions"."text" is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `document_versions_bytes` ON `document_versions` (`knowledge_base_id`,`sha256`);--> statement-breakpoint
CREATE TABLE `documents` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`external_id` text,
	`live_version` integer DEFAULT 0 NOT NULL,
	`shown_version` integer NOT NULL,
	`last_version` integer NOT NULL,
	`status` text NOT NULL,
	`progress` real DEFAULT 0 NOT NULL,
	`error` text,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "documents_status" CHECK("documents"."status" in ('queued', 'parsing', 'embedding', 'ready', 'failed')),
	CONSTRAINT "documents_progress" CHECK("documents"."progress" between 0 and 1),
	CONSTRAINT "documents_error" CHECK(("documents"."status" = 'failed') = ("documents"."error" is not null)),
	CONSTRAINT "documents_versions" CHECK("documents"."live_version" between 0 and "documents"."last_version" and "documents"."shown_version" between 1 and "documents"."last_version"),
	CONSTRAINT "documents_live" CHECK("documents"."live_version" in (0, "documents"."shown_version")),
	CONSTRAINT "documents_ready" CHECK("documents"."status" <> 'ready' or "documents"."live_version" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `documents_id_unique` ON `documents` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `documents_external_id` ON `documents` (`knowledge_base_id`,`external_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `documents_order` ON `documents` (`knowledge_base_id`,`number`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer,
	`content_type` text,
	`body` text,
	`expires_at_ms` integer NOT NULL,
	PRIMARY KEY(`scope`, `key`),
	CONSTRAINT "idempotency_keys_reply" CHECK(("idempotency_keys"."status" is null) = ("idempotency_keys"."body" is null) and ("idempotency_keys"."status" is null) = ("idempotency_keys"."content_type" is null))
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_expiry` ON `idempotency_keys` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `index_operations` (
	`sequence` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`kind` text NOT NULL,
	`label` integer NOT NULL,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "index_operations_kind" CHECK("index_operations"."kind" in ('add', 'delete')),
	CONSTRAINT "index_operations_label" CHECK("index_operations"."label" between 1 and 4294967294)
);
--> statement-breakpoint
CREATE INDEX `index_operations_order` ON `index_operations` (`knowledge_base_id`,`sequence`);--> statement-breakpoint
CREATE TABLE `job_documents` (
	`job_id` text NOT NULL,
	`position` integer NOT NULL,
	`document_id` text NOT NULL,
	`outcome` text NOT NULL,
	`error` text,
	PRIMARY KEY(`job_id`, `position`),
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`document_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "job_documents_outcome" CHECK("job_documents"."outcome" in ('pending', 'ready', 'failed')),
	CONSTRAINT "job_documents_error" CHECK(("job_documents"."outcome" = 'failed') = ("job_documents"."error" is not null))
);
--> statement-breakpoint
CREATE INDEX `job_documents_document` ON `job_documents` (`document_id`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`finished_at_ms` integer,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_id_unique` ON `jobs` (`id`);--> statement-breakpoint
CREATE INDEX `jobs_knowledge_base` ON `jobs` (`knowledge_base_id`);--> statement-breakpoint
CREATE TABLE `knowledge_bases` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`settings` text NOT NULL,
	`embedder_id` text,
	`document_count` integer DEFAULT 0 NOT NULL,
	`passage_count` integer DEFAULT 0 NOT NULL,
	`token_count` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	CONSTRAINT "knowledge_bases_name" CHECK(length("knowledge_bases"."name") between 1 and 200),
	CONSTRAINT "knowledge_bases_settings" CHECK(json_valid("knowledge_bases"."settings")),
	CONSTRAINT "knowledge_bases_counts" CHECK("knowledge_bases"."document_count" >= 0 and "knowledge_bases"."passage_count" >= 0 and "knowledge_bases"."token_count" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `knowledge_bases_id_unique` ON `knowledge_bases` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `knowledge_bases_name_unique` ON `knowledge_bases` (`name`);--> statement-breakpoint
CREATE TABLE `ledger_entries` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`receipt_id` text NOT NULL,
	`position` integer NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`day` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`outcome` text NOT NULL,
	`billed` text NOT NULL,
	`cost_nano_usd` integer,
	`usage_source` text,
	`input_fresh_tokens` integer NOT NULL,
	`input_cache_read_tokens` integer NOT NULL,
	`input_cache_write_tokens` integer NOT NULL,
	`output_text_tokens` integer NOT NULL,
	`output_reasoning_tokens` integer NOT NULL,
	FOREIGN KEY (`receipt_id`) REFERENCES `receipts`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "ledger_entries_billed" CHECK("ledger_entries"."billed" in ('yes', 'no', 'unknown')),
	CONSTRAINT "ledger_entries_cost" CHECK("ledger_entries"."cost_nano_usd" is null or "ledger_entries"."cost_nano_usd" >= 0),
	CONSTRAINT "ledger_entries_tokens" CHECK("ledger_entries"."input_fresh_tokens" >= 0 and "ledger_entries"."input_cache_read_tokens" >= 0 and "ledger_entries"."input_cache_write_tokens" >= 0 and "ledger_entries"."output_text_tokens" >= 0 and "ledger_entries"."output_reasoning_tokens" >= 0)
);
--> statement-breakpoint
CREATE INDEX `ledger_entries_time` ON `ledger_entries` (`started_at_ms`);--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_entries_attempt` ON `ledger_entries` (`receipt_id`,`position`);--> statement-breakpoint
CREATE TABLE `passages` (
	`label` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`document_id` text NOT NULL,
	`version` integer NOT NULL,
	`ordinal` integer NOT NULL,
	`headings` text NOT NULL,
	`page` integer,
	`start_offset` integer NOT NULL,
	`end_offset` integer NOT NULL,
	`lead` text NOT NULL,
	`tokens` integer NOT NULL,
	`text` text NOT NULL,
	FOREIGN KEY (`document_id`,`version`) REFERENCES `document_versions`(`document_id`,`version`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "passages_label" CHECK("passages"."label" between 1 and 4294967294),
	CONSTRAINT "passages_offsets" CHECK("passages"."start_offset" between 0 and "passages"."end_offset"),
	CONSTRAINT "passages_numbers" CHECK("passages"."ordinal" >= 0 and "passages"."tokens" >= 0 and ("passages"."page" is null or "passages"."page" >= 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `passages_id_unique` ON `passages` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `passages_order` ON `passages` (`document_id`,`version`,`ordinal`);--> statement-breakpoint
CREATE TABLE `receipts` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`receipt` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `receipts_id_unique` ON `receipts` (`id`);--> statement-breakpoint
CREATE INDEX `receipts_time` ON `receipts` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `receipts_knowledge_base_time` ON `receipts` (`knowledge_base_id`,`created_at_ms`);--> statement-breakpoint
CREATE TABLE `tasks` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`job_id` text NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`document_id` text NOT NULL,
	`version` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`due_at_ms` integer NOT NULL,
	`lease_token` text,
	`leased_by` text,
	`last_error` text,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`document_id`,`version`) REFERENCES `document_versions`(`document_id`,`version`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "tasks_attempts" CHECK("tasks"."attempts" >= 0),
	CONSTRAINT "tasks_lease" CHECK(("tasks"."lease_token" is null) = ("tasks"."leased_by" is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_id_unique` ON `tasks` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_document_id_unique` ON `tasks` (`document_id`);--> statement-breakpoint
CREATE INDEX `tasks_job` ON `tasks` (`job_id`);--> statement-breakpoint
CREATE TABLE `vectors` (
	`label` integer PRIMARY KEY NOT NULL,
	`vector` blob NOT NULL,
	FOREIGN KEY (`label`) REFERENCES `passages`(`label`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "vectors_length" CHECK(length("vectors"."vector") > 0 and length("vectors"."vector") % 4 = 0)
);
