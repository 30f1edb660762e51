/** What the model source did wrong where that is how a run ended, and how often a machine was asked to be set up otherwise. */
export const modelFailures = `
alter table runs add column cause jsonb;
alter table machines add column setup integer not null default 0;
`
