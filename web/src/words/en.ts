import { account } from './en/account.ts'
import { dashboard } from './en/dashboard.ts'
import { errors } from './en/errors.ts'
import { frame } from './en/frame.ts'
import { usage } from './en/usage.ts'
import { staff } from './en/staff.ts'
import { home } from './en/home.ts'
import { messages } from './en/messages.ts'

export const en = { frame, account, dashboard, errors, messages, home, staff, usage }

export type Words = typeof en
