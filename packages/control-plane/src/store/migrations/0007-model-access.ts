/** What a machine was set up to ask its model source with. Some databases got the column with version 6. */
export const modelAccess = `
alter table machines add column if not exists model_access text;
`
