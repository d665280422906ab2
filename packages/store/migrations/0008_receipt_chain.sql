CREATE TABLE `passage_leaves` (
	`label` integer PRIMARY KEY NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`bucket` integer NOT NULL,
	`passage_id` text NOT NULL,
	`leaf` blob NOT NULL,
	FOREIGN KEY (`label`) REFERENCES `passages`(`label`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "passage_leaves_bucket_number" CHECK("passage_leaves"."bucket" between 0 and 4095),
	CONSTRAINT "passage_leaves_leaf" CHECK(length("passage_leaves"."leaf") = 32)
);
--> statement-breakpoint
CREATE INDEX `passage_leaves_bucket` ON `passage_leaves` (`knowledge_base_id`,`bucket`,`passage_id`,`leaf`);--> statement-breakpoint
CREATE TABLE `passage_trees` (
	`knowledge_base_id` text PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`buckets` blob NOT NULL,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "passage_trees_buckets" CHECK(length("passage_trees"."buckets") = 131072)
);
--> statement-breakpoint
ALTER TABLE `index_operations` ADD `bucket` integer;--> statement-breakpoint
ALTER TABLE `receipts` ADD `previous_hash` text;--> statement-breakpoint
ALTER TABLE `receipts` ADD `hash` text;