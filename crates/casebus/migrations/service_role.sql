-- The role of the services in a private Postgres: it may log in through the socket and do what each schema's
-- migration grants it, nothing else. Run by the owner at every start of `casebus up`; a second run changes nothing.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'casebus_service') then
    create role casebus_service login;
    comment on role casebus_service is 'The services of casebus: appends and reads, and changes only the read model.';
  end if;
end $$;
