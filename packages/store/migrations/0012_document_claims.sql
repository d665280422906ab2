CREATE TABLE `document_claims` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`external_id` text,
	`live_id` text,
	`next_id` text,
	`said` text,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`live_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`next_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "document_claims_of_some" CHECK("document_claims"."live_id" is not null or "document_claims"."next_id" is not null)
);
--> statement-breakpoint
CREATE INDEX `document_claims_live` ON `document_claims` (`live_id`);--> statement-breakpoint
CREATE INDEX `document_claims_next` ON `document_claims` (`next_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `document_claims_external_id` ON `document_claims` (`knowledge_base_id`,`external_id`);--> statement-breakpoint
INSERT INTO `document_claims` (`knowledge_base_id`, `external_id`, `live_id`, `next_id`)
SELECT `knowledge_base_id`, `external_id`,
	CASE WHEN `live_version` > 0 THEN `id` END,
	CASE WHEN `status` <> 'ready' THEN `id` END
FROM `documents` ORDER BY `number`;--> statement-breakpoint
DROP INDEX `documents_external_id`;--> statement-breakpoint
ALTER TABLE `documents` DROP COLUMN `external_id`;