CREATE TABLE `uncounted_terms_tables` (
	`name` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
INSERT INTO `uncounted_terms_tables` SELECT `name` FROM `sqlite_schema` WHERE `type` = 'table' AND `name` GLOB 'passage_terms_*' AND `sql` LIKE 'CREATE VIRTUAL TABLE%';
