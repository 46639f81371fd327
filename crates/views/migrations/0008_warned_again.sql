-- A clock whose due moment has moved warns again: a warning counts from the moment on at which it was to be given.
create index clock_to_warn_again on views_1.clock (warn_at)
  where state = 'running' and (share_warned_at is null or share_warned_at < warn_at);
drop index views_1.clock_to_warn;
