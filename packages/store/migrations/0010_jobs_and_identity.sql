CREATE TABLE `queue_turns` (
	`priority` integer PRIMARY KEY NOT NULL,
	`knowledge_base_id` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `version_reports` (
	`document_id` text NOT NULL,
	`version` integer NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`text_sha256` text,
	`duplicate_of` text,
	`is_skipped` integer DEFAULT false NOT NULL,
	`passages_reused` integer DEFAULT 0 NOT NULL,
	`timings` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`document_id`, `version`),
	FOREIGN KEY (`document_id`,`version`) REFERENCES `document_versions`(`document_id`,`version`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `version_reports_text` ON `version_reports` (`knowledge_base_id`,`text_sha256`);--> statement-breakpoint
CREATE INDEX `version_reports_duplicate` ON `version_reports` (`duplicate_of`);--> statement-breakpoint
ALTER TABLE `jobs` ADD `cancelled_at_ms` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `document_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `ready_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `failed_count` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `jobs_failed` ON `jobs` (`number`) WHERE failed_count > 0;--> statement-breakpoint
CREATE INDEX `jobs_open` ON `jobs` (`number`) WHERE finished_at_ms is null;--> statement-breakpoint
ALTER TABLE `tasks` ADD `priority` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `tasks_turn` ON `tasks` (`priority`,`knowledge_base_id`,`due_at_ms`);--> statement-breakpoint
CREATE INDEX `job_documents_failed` ON `job_documents` (`job_id`,`position`) WHERE outcome = 'failed';--> statement-breakpoint
UPDATE `jobs` SET
	`document_count` = (SELECT count(*) FROM `job_documents` WHERE `job_id` = `jobs`.`id`),
	`ready_count` = (SELECT count(*) FROM `job_documents` WHERE `job_id` = `jobs`.`id` AND `outcome` = 'ready'),
	`failed_count` = (SELECT count(*) FROM `job_documents` WHERE `job_id` = `jobs`.`id` AND `outcome` = 'failed');
