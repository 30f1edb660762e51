/**
 * What a machine was set up to ask its model source with, how often it was asked to be set up otherwise, and what the
 * model source did wrong where that is how a run ended.
 */
export const modelAccess = `
alter table machines
  add column model_access text,
  add column setup integer not null default 0;
alter table runs add column cause jsonb;
`
