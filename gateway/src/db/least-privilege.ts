import type postgres from 'postgres'

interface Rights {
  readonly superuser: boolean
  readonly bypass: boolean
  readonly owned: string[]
  readonly unguarded: string[]
  readonly guarded: number
}

/**
 * Superusers, roles with BYPASSRLS and owners of tables get round row-level security; so does
 * everyone where it is not enabled and forced. The gateway refuses to run in any of these cases.
 */
export async function assertLeastPrivilege(client: postgres.Sql): Promise<void> {
  const [rights] = await client.unsafe<Rights[]>(`
    select
      role.rolsuper as superuser,
      role.rolbypassrls as bypass,
      to_jsonb(array(
        select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and pg_has_role(current_user, relowner, 'member')
      )) as owned,
      to_jsonb(array(
        select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and has_table_privilege(current_user, oid, 'select')
          and not (relrowsecurity and relforcerowsecurity)
      )) as unguarded,
      (
        select count(*)::int from pg_class
        where relnamespace = 'public'::regnamespace
          and relname in ('tenants', 'assignments', 'preferences', 'sessions', 'audit_logs')
      ) as guarded
    from pg_roles as role where role.rolname = current_user`)
  if (!rights) throw new Error('The role of DATABASE_URL does not exist any more.')
  const faults = faultsOf(rights)
  if (faults.length > 0) {
    throw new Error(`The role of DATABASE_URL must not be used: ${faults.join('; ')}.`)
  }
}

function faultsOf({ superuser, bypass, owned, unguarded, guarded }: Rights): string[] {
  const faults: string[] = []
  if (superuser) faults.push('it is a superuser')
  if (bypass) faults.push('it has BYPASSRLS')
  if (owned.length > 0) faults.push(`it owns ${owned.join(', ')}`)
  if (unguarded.length > 0)
    faults.push(`row-level security is not forced on ${unguarded.join(', ')}`)
  if (guarded < 5) faults.push('tables are missing (run the migrations first)')
  return faults
}
