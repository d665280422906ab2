CREATE TABLE `embedders` (
	`id` text PRIMARY KEY NOT NULL,
	`model` text NOT NULL,
	`settings` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `reindexings` (
	`knowledge_base_id` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`job_id` text NOT NULL,
	`embedder_id` text NOT NULL,
	`parser_id` text NOT NULL,
	`splitter_id` text NOT NULL,
	`terms_id` text NOT NULL,
	`languages` text DEFAULT '{}' NOT NULL,
	`staged_document` integer DEFAULT 0 NOT NULL,
	`started_at_ms` integer NOT NULL,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `tasks_document_id_unique`;--> statement-breakpoint
ALTER TABLE `tasks` ADD `remade_for` integer;--> statement-breakpoint
CREATE INDEX `tasks_remade` ON `tasks` (`knowledge_base_id`) WHERE remade_for is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `tasks_document_version` ON `tasks` (`document_id`,`version`);--> statement-breakpoint
DROP INDEX `document_versions_bytes`;--> statement-breakpoint
ALTER TABLE `document_versions` ADD `generation` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `document_versions_bytes` ON `document_versions` (`knowledge_base_id`,`generation`,`sha256`);--> statement-breakpoint
DROP INDEX `index_operations_order`;--> statement-breakpoint
ALTER TABLE `index_operations` ADD `generation` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `index_operations_order` ON `index_operations` (`knowledge_base_id`,`generation`,`sequence`);--> statement-breakpoint
DROP INDEX `passage_leaves_bucket`;--> statement-breakpoint
ALTER TABLE `passage_leaves` ADD `generation` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `passage_leaves_bucket` ON `passage_leaves` (`knowledge_base_id`,`generation`,`bucket`,`passage_id`,`leaf`);--> statement-breakpoint
ALTER TABLE `documents` ADD `next_version` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `kind` text DEFAULT 'upload' NOT NULL;--> statement-breakpoint
ALTER TABLE `knowledge_bases` ADD `generation` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `knowledge_bases` ADD `last_generation` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `knowledge_bases` ADD `remains_since_ms` integer;--> statement-breakpoint
ALTER TABLE `passage_trees` ADD `generation` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `passages` ADD `generation` integer DEFAULT 1 NOT NULL;