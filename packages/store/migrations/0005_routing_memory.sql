CREATE TABLE `feedback` (
	`receipt_id` text PRIMARY KEY NOT NULL,
	`is_good` integer NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`receipt_id`) REFERENCES `receipts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `routing_memory` (
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`state` text NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`provider`, `model`)
);
