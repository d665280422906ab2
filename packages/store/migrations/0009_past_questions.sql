CREATE TABLE `past_questions` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`receipt_id` text NOT NULL,
	`knowledge_base_id` text NOT NULL,
	`embedder_id` text NOT NULL,
	`vector` blob NOT NULL,
	`outcomes` text NOT NULL,
	`at_ms` integer NOT NULL,
	FOREIGN KEY (`knowledge_base_id`) REFERENCES `knowledge_bases`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "past_questions_vector" CHECK(length("past_questions"."vector") > 0 and length("past_questions"."vector") % 4 = 0),
	CONSTRAINT "past_questions_outcomes" CHECK(json_valid("past_questions"."outcomes"))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `past_questions_receipt_id_unique` ON `past_questions` (`receipt_id`);--> statement-breakpoint
CREATE INDEX `past_questions_knowledge_base` ON `past_questions` (`knowledge_base_id`,`number`);