/** Machines, their idempotency keys and locks, secrets, and everything that signs in. */
export const machinesAndAccounts = `
create table machines (
  id text primary key,
  workspace text not null,
  name text not null,
  labels jsonb not null default '{}',
  runtime text not null,
  substrate text not null,
  upstream text,
  protocol text,
  model text,
  preset text,
  spec jsonb not null default '{}',
  env bytea,
  workspace_source jsonb,
  state text not null,
  state_reason text,
  state_detail text,
  target text not null,
  provider_ref text,
  home text not null,
  isolation text not null,
  network text not null,
  capabilities jsonb not null,
  bootstrap jsonb not null,
  bootstrap_offsets jsonb,
  agent jsonb,
  last_line text,
  generation integer not null default 1,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  last_activity_at timestamptz(3) not null,
  expires_at timestamptz(3),
  destroyed_at timestamptz(3)
);
create unique index machines_live_name on machines (workspace, name) where destroyed_at is null;
create index machines_newest_first on machines (workspace, created_at desc, id desc);
create index machines_state on machines (state);

create function announce_machine_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('machine_changes', new.id);
  return null;
end $$;
create trigger machines_inserted after insert on machines
  for each row execute function announce_machine_change();
create trigger machines_updated after update on machines
  for each row when (old is distinct from new) execute function announce_machine_change();

create table idempotency_keys (
  principal text not null,
  key text not null,
  body_hash text not null,
  machine_id text not null,
  created_at timestamptz(3) not null,
  primary key (principal, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

create table workspace_keys (
  workspace text primary key,
  wrapped bytea not null,
  created_at timestamptz(3) not null
);

create table credentials (
  workspace text not null,
  name text not null,
  sealed bytea not null,
  base_url text,
  protocols jsonb,
  last4 text,
  updated_at timestamptz(3) not null,
  primary key (workspace, name)
);

create table login_tokens (
  hash bytea primary key,
  workspace text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);

create table sessions (
  id text primary key,
  workspace text not null,
  cookie_hash bytea not null constraint sessions_cookie_hash unique,
  proof_hash bytea not null,
  created_at timestamptz(3) not null,
  last_seen_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);

create table api_keys (
  id text primary key,
  workspace text not null,
  name text not null,
  hash bytea not null constraint api_keys_hash unique,
  prefix text not null,
  local boolean not null default false,
  created_at timestamptz(3) not null,
  last_used_at timestamptz(3)
);

create table login_attempts (
  address text primary key,
  window_started_at timestamptz(3) not null,
  attempts integer not null
);

create table installation (
  name text primary key,
  value text not null
);

create function announce_account_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('account_changes', '');
  return null;
end $$;
create trigger sessions_ended after delete on sessions
  for each statement execute function announce_account_change();
create trigger api_keys_revoked after delete on api_keys
  for each statement execute function announce_account_change();
`
