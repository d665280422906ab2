CREATE TABLE `call_intents` (
	`receipt_id` text PRIMARY KEY NOT NULL,
	`intent` text NOT NULL
);
