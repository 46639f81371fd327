-- While a commit waits for a standby that is away, it holds the head. Whoever tried to halt the log or to let appends go on, and was given
-- up, stayed behind in the queue, one more with each attempt, until no connection was left for anybody. They give up by themselves.
alter function log.halt(text) set lock_timeout = '5s';
alter function log.resume_as_seen(bigint, text, timestamptz) set lock_timeout = '5s';
alter function log.check_kept(bigint, bigint, bigint, uuid) set lock_timeout = '5s';
