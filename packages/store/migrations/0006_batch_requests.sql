CREATE TABLE `batch_requests` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`scope` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`deadline_at_ms` integer NOT NULL,
	`request` text NOT NULL,
	`state` text NOT NULL,
	`is_over` integer NOT NULL,
	CONSTRAINT "batch_requests_over" CHECK("batch_requests"."is_over" in (0, 1))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `batch_requests_id_unique` ON `batch_requests` (`id`);--> statement-breakpoint
CREATE INDEX `batch_requests_unfinished` ON `batch_requests` (`is_over`,`number`);