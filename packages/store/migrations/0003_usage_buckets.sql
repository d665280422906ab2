ALTER TABLE `ledger_entries` ADD `input_cache_write_long_tokens` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `input_audio_tokens` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `input_image_tokens` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `output_audio_tokens` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `searches` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `lane` text;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `region` text;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `billed_nano_usd` integer;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `price_book_id` text;--> statement-breakpoint
ALTER TABLE `ledger_entries` ADD `prices_as_of` text;