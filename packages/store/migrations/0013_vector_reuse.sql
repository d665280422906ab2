ALTER TABLE `vectors` ADD `reuse_key` blob;--> statement-breakpoint
CREATE INDEX `vectors_reuse` ON `vectors` (`reuse_key`);