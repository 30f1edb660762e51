/** Which version of its runtime a machine has, and whether its agent has yet to take in what was set up anew. */
export const reload = `
alter table machines
  add column runtime_version text,
  add column restart_agent boolean not null default false;
`
