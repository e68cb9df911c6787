import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

/**
 * The tables as the gateway's code sees them. Their constraints, rights and policies are written by
 * hand in `migrations/`, which is the only thing that makes or changes a table.
 */
const when = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const object = (name: string) => jsonb(name).$type<Record<string, unknown>>()

export const tenants = pgTable('tenants', {
  id: text('id').primaryKey(),
  displayName: text('display_name').notNull(),
  status: text('status', { enum: ['active', 'suspended'] })
    .notNull()
    .default('active'),
  branding: object('branding').notNull().default({}),
  storagePrefix: text('storage_prefix').notNull(),
  config: object('config').notNull().default({}),
  limits: object('limits').notNull().default({}),
  createdAt: when('created_at').notNull().defaultNow(),
  updatedAt: when('updated_at').notNull().defaultNow(),
})

export const dashboards = pgTable('dashboards', {
  slug: text('slug').primaryKey(),
  title: text('title').notNull(),
  description: text('description').notNull().default(''),
  appUrl: text('app_url').notNull(),
  replicaUrls: text('replica_urls').array().notNull().default([]),
  defaultConfig: object('default_config').notNull().default({}),
  configSchema: object('config_schema'),
  createdAt: when('created_at').notNull().defaultNow(),
  updatedAt: when('updated_at').notNull().defaultNow(),
})

export const assignments = pgTable(
  'assignments',
  {
    tenantId: text('tenant_id').notNull(),
    dashboardSlug: text('dashboard_slug').notNull(),
    position: integer('position').notNull().default(0),
    enabled: boolean('enabled').notNull().default(true),
    config: object('config').notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.dashboardSlug] })],
)

export const preferences = pgTable(
  'preferences',
  {
    tenantId: text('tenant_id').notNull(),
    issuer: text('issuer').notNull(),
    userSub: text('user_sub').notNull(),
    dashboardSlug: text('dashboard_slug').notNull(),
    name: text('name').notNull(),
    value: object('value').notNull(),
    isDefault: boolean('is_default').notNull().default(false),
    version: integer('version').notNull().default(1),
    updatedAt: when('updated_at').notNull().defaultNow(),
    /** For links to a view. */
    id: uuid('id').notNull().defaultRandom(),
    /** The owner's address, where the people of the tenant may see it as well. */
    sharedBy: text('shared_by'),
  },
  (table) => [
    primaryKey({
      columns: [table.tenantId, table.issuer, table.userSub, table.dashboardSlug, table.name],
    }),
  ],
)

export const dashboardMarks = pgTable(
  'dashboard_marks',
  {
    tenantId: text('tenant_id').notNull(),
    issuer: text('issuer').notNull(),
    userSub: text('user_sub').notNull(),
    dashboardSlug: text('dashboard_slug').notNull(),
    isFavourite: boolean('is_favourite').notNull().default(false),
    openedAt: when('opened_at'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.issuer, table.userSub, table.dashboardSlug] }),
  ],
)

export const sessions = pgTable('sessions', {
  idHash: text('id_hash').primaryKey(),
  issuer: text('issuer').notNull(),
  sub: text('sub').notNull(),
  email: text('email').notNull(),
  role: text('role', { enum: ['admin', 'viewer'] }).notNull(),
  /** `null` means all tenants. */
  tenants: text('tenants').array(),
  tenantId: text('tenant_id'),
  opSid: text('op_sid'),
  refreshTokenSealed: text('refresh_token_sealed'),
  accessReceivedAt: when('access_received_at'),
  accessExpiresAt: when('access_expires_at'),
  /** Since when a refresh is under way, or was broken off. */
  refreshBegunAt: when('refresh_begun_at'),
  createdAt: when('created_at').notNull().defaultNow(),
  userAgent: text('user_agent'),
  /** Missing in rows of the release before, as is the next. */
  signedInAt: when('signed_in_at'),
  lastUsedAt: when('last_used_at'),
  idleExpiresAt: when('idle_expires_at').notNull(),
  absoluteExpiresAt: when('absolute_expires_at').notNull(),
  revokedAt: when('revoked_at'),
  revokedReason: text('revoked_reason'),
})

export const usedLogoutTokens = pgTable('used_logout_tokens', {
  idHash: text('id_hash').primaryKey(),
  forgetAfter: when('forget_after').notNull(),
})

export const keyRings = pgTable('key_rings', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  ring: text('ring', { enum: ['cookie', 'tenant-token', 'data'] }).notNull(),
  kid: text('kid').notNull(),
  secretSealed: text('secret_sealed').notNull(),
  publicJwk: object('public_jwk'),
  createdAt: when('created_at').notNull().defaultNow(),
  /** From when on it makes something new; `null` for one that waits for its turn. */
  usedFrom: when('used_from'),
  /** When it made something last; later than now while another is due to take over. */
  retiredAt: when('retired_at'),
  secretResealed: text('secret_resealed'),
  rotationId: text('rotation_id'),
})

/** What the database's trigger fills in; nothing that a writer says here counts. */
const byTrigger = sql`null`

export const auditLogs = pgTable('audit_logs', {
  id: bigint('id', { mode: 'number' }).primaryKey().default(byTrigger),
  at: when('at').notNull().default(byTrigger),
  action: text('action').notNull(),
  actorType: text('actor_type', { enum: ['user', 'client', 'gateway'] }).notNull(),
  actor: text('actor').notNull(),
  actorEmail: text('actor_email'),
  tenantId: text('tenant_id'),
  dashboardSlug: text('dashboard_slug'),
  requestId: text('request_id').notNull(),
  detail: object('detail').notNull().default({}),
  prevHash: text('prev_hash').notNull().default(byTrigger),
  hash: text('hash').notNull().default(byTrigger),
})
