/** What a run was started for, and the conversation it is in wherever that is known. */
export const chat = `
alter table runs add column origin text not null default 'run';
create index runs_of_session on runs (machine_id, (coalesce(session, resumed_session)));
`
