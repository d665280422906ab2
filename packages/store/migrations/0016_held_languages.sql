UPDATE `knowledge_bases` SET `languages` = (
	SELECT json_group_object(`language`, `passages`) FROM (
		SELECT coalesce(p.`language`, 'en') AS `language`, count(*) AS `passages` FROM `documents` d
		JOIN `passages` p ON p.`document_id` = d.`id` AND p.`version` = d.`live_version`
		WHERE d.`knowledge_base_id` = `knowledge_bases`.`id` GROUP BY 1 ORDER BY 1
	)
) WHERE (SELECT coalesce(sum(`value`), 0) FROM json_each(`languages`)) <> `passage_count`;
--> statement-breakpoint
UPDATE `reindexings` SET `languages` = (
	SELECT json_group_object(`language`, `passages`) FROM (
		SELECT coalesce(p.`language`, 'en') AS `language`, count(*) AS `passages` FROM `documents` d
		JOIN `passages` p ON p.`document_id` = d.`id` AND p.`version` = d.`next_version`
		WHERE d.`knowledge_base_id` = `reindexings`.`knowledge_base_id` GROUP BY 1 ORDER BY 1
	)
);
