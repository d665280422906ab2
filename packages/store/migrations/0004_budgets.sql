CREATE TABLE `budget_reservations` (
	`id` text NOT NULL,
	`budget_number` integer NOT NULL,
	`start_ms` integer NOT NULL,
	`amount_nano_usd` integer NOT NULL,
	`model` text NOT NULL,
	`reserved_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	PRIMARY KEY(`id`, `budget_number`),
	FOREIGN KEY (`budget_number`) REFERENCES `budgets`(`number`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "budget_reservations_amount" CHECK("budget_reservations"."amount_nano_usd" > 0)
);
--> statement-breakpoint
CREATE INDEX `budget_reservations_sum` ON `budget_reservations` (`budget_number`,`start_ms`,`expires_at_ms`,`amount_nano_usd`);--> statement-breakpoint
CREATE TABLE `budget_spending` (
	`budget_number` integer NOT NULL,
	`start_ms` integer NOT NULL,
	`spent_nano_usd` integer NOT NULL,
	PRIMARY KEY(`budget_number`, `start_ms`),
	FOREIGN KEY (`budget_number`) REFERENCES `budgets`(`number`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "budget_spending_spent" CHECK("budget_spending"."spent_nano_usd" >= 0)
);
--> statement-breakpoint
CREATE TABLE `budgets` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`scope` text NOT NULL,
	`window` text NOT NULL,
	`limit_nano_usd` integer NOT NULL,
	CONSTRAINT "budgets_window" CHECK("budgets"."window" in ('hour', 'day', 'month', 'ever')),
	CONSTRAINT "budgets_limit" CHECK("budgets"."limit_nano_usd" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `budgets_scope_window` ON `budgets` (`scope`,`window`);