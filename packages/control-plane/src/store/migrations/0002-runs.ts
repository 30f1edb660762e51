/** Runs and what they did; idempotency keys name whatever was made. */
export const runs = `
alter table idempotency_keys rename column machine_id to made_id;

create table runs (
  id text primary key,
  workspace text not null,
  machine_id text not null constraint runs_machine references machines (id) on delete cascade,
  task text not null,
  model text,
  resumed_session text,
  session text,
  permissions text not null,
  timeout_ms integer not null,
  budget_usd double precision,
  state text not null,
  detail text,
  exit_code integer,
  usage jsonb,
  result text,
  last_seq integer not null default 0,
  cancel_requested_at timestamptz(3),
  created_at timestamptz(3) not null,
  started_at timestamptz(3),
  ended_at timestamptz(3)
);
create index runs_newest_first on runs (machine_id, created_at desc, id desc);
create index runs_active on runs (created_at) where ended_at is null;

create table run_events (
  run_id text not null constraint run_events_run references runs (id) on delete cascade,
  seq integer not null,
  event text not null,
  data jsonb not null,
  truncated boolean not null default false,
  created_at timestamptz(3) not null,
  primary key (run_id, seq)
);

create function announce_run_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('run_changes', new.id);
  return null;
end $$;
create trigger runs_inserted after insert on runs
  for each row execute function announce_run_change();
create trigger runs_updated after update on runs
  for each row when (old is distinct from new) execute function announce_run_change();
`
