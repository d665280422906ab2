ALTER TABLE `knowledge_bases` ADD `languages` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `knowledge_bases` ADD `terms_id` text;--> statement-breakpoint
ALTER TABLE `knowledge_bases` ADD `remade_document` integer;--> statement-breakpoint
ALTER TABLE `passages` ADD `language` text;