CREATE TABLE `log_prunings` (
	`knowledge_base_id` text NOT NULL,
	`generation` integer NOT NULL,
	`through` integer NOT NULL,
	PRIMARY KEY(`knowledge_base_id`, `generation`),
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "log_prunings_through" CHECK("log_prunings"."through" > 0)
);
--> statement-breakpoint
CREATE INDEX `index_operations_deletes` ON `index_operations` (`knowledge_base_id`,`generation`,`sequence`) WHERE "index_operations"."kind" = 'delete';--> statement-breakpoint
CREATE INDEX `index_operations_label` ON `index_operations` (`label`);