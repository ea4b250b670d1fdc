-- Tags have limits: 64 of one job, 16 KiB together. Jobs of earlier versions with far more lose their tags, as reading
-- them could end the service. Permitted tags take less than 128 KiB as JSON.
DELETE FROM tags
WHERE octet_length(name) + octet_length(value) > 16384
    OR job_id IN (SELECT id FROM jobs WHERE octet_length(tags) > 131072);

UPDATE jobs SET tags = NULL WHERE octet_length(tags) > 131072;

PRAGMA user_version = 5;
