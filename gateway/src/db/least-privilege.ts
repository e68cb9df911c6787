import type postgres from 'postgres'

/**
 * Each row says one thing that the role can do, or could bring about, and must not.
 *
 * `me` are the role and all that it is a member of: what those may do, it may do as well, if need be
 * after SET ROLE. A superuser is a member of everything, which says nothing more.
 */
const faultsQuery = `
with me as (
  select oid, rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication,
    case when rolname = current_user then 'it ' else format('it is a member of %s, which ', rolname)
    end as who
  from pg_roles
  where rolname = current_user
    or pg_has_role(current_user, oid, 'member')
      and not (select rolsuper from pg_roles where rolname = current_user)
), tables as (
  select oid, relname, relowner, relrowsecurity and relforcerowsecurity as guarded,
    exists (
      select from me where has_table_privilege(me.oid, pg_class.oid, 'select, insert, update, delete')
        or has_any_column_privilege(me.oid, pg_class.oid, 'select, insert, update')
    ) as used,
    exists (
      select from me where has_table_privilege(me.oid, pg_class.oid, 'update, delete')
        or has_any_column_privilege(me.oid, pg_class.oid, 'update')
    ) as changed,
    exists (select from me where has_table_privilege(me.oid, pg_class.oid, 'truncate')) as emptied,
    exists (select from me where has_table_privilege(me.oid, pg_class.oid, 'trigger')) as triggered
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
), names (fault, name) as (
  select who || 'is a superuser', null from me where rolsuper
  union all select who || 'has BYPASSRLS', null from me where rolbypassrls
  -- Lets others in, and itself into others.
  union all select who || 'has CREATEROLE', null from me where rolcreaterole
  union all select who || 'has REPLICATION', null from me where rolreplication
  -- PostgreSQL, "Predefined Roles": all data, or the files and programs of the server.
  union all select 'it is a member of', rolname from me where rolname in (
    'pg_read_all_data', 'pg_write_all_data', 'pg_maintain',
    'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
  union all select 'it owns', relname from tables join me on me.oid = relowner
  -- What a trigger or a policy asks is said by the owner of its function.
  union all select 'it owns the function', proname from pg_proc join me on me.oid = proowner
    where pronamespace = 'public'::regnamespace
  -- The owner may drop what lies in it.
  union all select 'it owns the schema', nspname from pg_namespace join me on me.oid = nspowner
    where nspname = 'public'
  union all select 'it owns the database', datname from pg_database join me on me.oid = datdba
    where datname = current_database()
  -- What is found first there may run as who owns the tables (CVE-2018-1058).
  union all select 'it may create objects in the schema', nspname from pg_namespace
    where nspname = 'public'
      and exists (select from me where has_schema_privilege(me.oid, pg_namespace.oid, 'create'))
  union all select 'row-level security is not forced on', relname from tables where used and not guarded
  union all select 'it may change what is recorded in', relname from tables
    where relname in ('audit_logs', 'audit_chain_head') and changed
  -- No policy is asked.
  union all select 'it may empty', relname from tables where emptied
  union all select 'it may make triggers on', relname from tables where triggered
  union all select 'tables are missing (run the migrations first)', null
    where (select count(*) from tables where relname in
      ('tenants', 'assignments', 'preferences', 'sessions', 'key_rings', 'audit_logs')) < 6
)
select distinct concat_ws(' ', fault, string_agg(name, ', ' order by name)) as fault
from names group by fault`

/**
 * Superusers, roles with BYPASSRLS and owners of tables get round row-level security; so does
 * everyone where it is not enabled and forced. The gateway refuses to run in any of these cases, and
 * where its role could bring one about.
 */
export async function assertLeastPrivilege(client: postgres.Sql): Promise<void> {
  const faults = (await client.unsafe<{ fault: string }[]>(faultsQuery)).map(({ fault }) => fault)
  if (faults.length > 0) {
    throw new Error(`The role of DATABASE_URL must not be used: ${faults.toSorted().join('; ')}.`)
  }
}
