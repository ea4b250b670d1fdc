-- The trace that a job belongs to, as the W3C's headers of these names have it; a delivery outlives its job.

ALTER TABLE jobs ADD COLUMN traceparent TEXT;
ALTER TABLE jobs ADD COLUMN tracestate TEXT;
ALTER TABLE deliveries ADD COLUMN traceparent TEXT;
ALTER TABLE deliveries ADD COLUMN tracestate TEXT;

PRAGMA user_version = 3;
