/** Which machines keep a chat gateway and what it does, and which runs went through one. */
export const gateways = `
alter table machines
  add column gateway boolean not null default false,
  add column gateway_state jsonb;
alter table runs add column via text not null default 'one-shot';
`
