-- The filters of GET /admin/audit-logs, each in the order of its pages.
create index audit_logs_by_action on audit_logs (action, id);
create index audit_logs_by_actor on audit_logs (actor, id);
create index audit_logs_by_email on audit_logs (actor_email, id) where actor_email is not null;
create index audit_logs_by_dashboard on audit_logs (dashboard_slug, id)
  where dashboard_slug is not null;
create index audit_logs_by_time on audit_logs (at);

-- Checks the chain piece by piece, so that a log of years neither holds one snapshot for minutes nor
-- leaves anybody in doubt whether something happens. The caller goes on from the line that the piece
-- before ended with: by the hash that it was given then, not by one that is read again.
--
-- Where fewer lines are left than asked for, the end is compared with the head, in one snapshot.
create function audit_chain_check(after_id bigint, after_hash text, max_lines integer)
  returns table (lines bigint, last_id bigint, last_hash text, broken_at bigint)
  language sql stable
  security definer
  set search_path = ''
  as $$
    with part as (
      select line.id, line.prev_hash, line.hash,
        public.audit_line_hash(line, line.prev_hash) as expected_hash
      from public.audit_logs as line
      where line.id > after_id
      order by line.id
      limit max_lines
    ), chain as (
      select id, prev_hash, hash, expected_hash,
        after_id + pg_catalog.row_number() over (order by id) as expected_id,
        pg_catalog.lag(hash, 1, after_hash) over (order by id) as previous_hash
      from part
    ), summary as (
      select
        pg_catalog.count(*) as lines,
        coalesce(pg_catalog.max(id), after_id) as last_id,
        coalesce((pg_catalog.array_agg(hash order by id desc))[1], after_hash) as last_hash,
        pg_catalog.min(expected_id) filter (
          where id <> expected_id or prev_hash <> previous_hash or hash <> expected_hash
        ) as broken_at
      from chain
    )
    select summary.lines, summary.last_id, summary.last_hash,
      coalesce(summary.broken_at, case
        when summary.lines = max_lines then null
        when summary.last_id < head.last_id then summary.last_id + 1
        when summary.last_id > head.last_id then head.last_id + 1
        when summary.last_hash <> head.last_hash then head.last_id
      end)
    from summary, public.audit_chain_head as head
  $$;

revoke all on function audit_chain_check(bigint, text, integer) from public;
grant execute on function audit_chain_check(bigint, text, integer) to dashgate_gateway;
